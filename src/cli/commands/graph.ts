import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { resourceIndexOf } from "../../config/kind-checks.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { DiagnosticError } from "../../diag/diagnostic.ts";
import { harmless } from "../../diag/harmless.ts";
import { reasonOf } from "../../diag/system-error.ts";
import type { Kind, Subject } from "../../kinds/kind.ts";
import { onlyChanged } from "../../picture/changes.ts";
import { countsOf, pictureOf } from "../../picture/picture.ts";
import { framesOf } from "../../picture/scene.ts";
import { namedBy, withFrame, pictureInputOf, type PictureInput } from "../../picture/input.ts";
import { subjectOfFound } from "../../plan/resource-index.ts";
import type { Observed } from "../../plan/observed.ts";
import { networkHtml } from "../../render/html/plan.ts";
import { mermaidOfResources, type Resource } from "../../render/mermaid.ts";
import { plain } from "../../render/painter.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program, typed } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, formatOfFile, formatsOf, usage, type Renderers } from "../outputs.ts";
import { kindsIn, livesIn, inputOfRun } from "../apply/plan-picture.ts";
import { read } from "../read-status.ts";
import { printDiagnostics } from "../report-error.ts";
import { namedOrOnly } from "../environments/select.ts";
import { inSession, printFooter, unlessStopped } from "../session/session.ts";
import { planOf } from "./plan.ts";

export interface GraphFlags {
  readonly live?: boolean;
  readonly vpc?: string;
  readonly only?: "changed";
  readonly check?: string;
}

/** `infra graph ENV`: draws the network. */
export async function graph(context: Context, nameOrPath: string | undefined, flags: GraphFlags): Promise<ExitCode> {
  if (flags.check !== undefined && context.options.outputs.length > 0) throw usage("--check cannot be used with --format or --output.");
  if (flags.only !== undefined && flags.live === true)
    throw usage("--only changed and --live cannot be used together.", "--only changed draws what a plan would change");
  const name = namedOrOnly(context, nameOrPath, "graph");
  const environment = loadOrThrow(context, name);
  const drawn = flags.only === undefined ? await statesOf(context, environment, flags) : await changesOf(context, environment);
  const renderers = renderersOf(drawn, flags.vpc);
  if (flags.check !== undefined) return check(context, renderers, name, flags, flags.check);
  emit(context, renderers);
  return exit.ok;
}

interface Drawing {
  readonly input: PictureInput;
  readonly kinds: readonly Kind[];
  readonly subjects: readonly Subject[];
}

/** Returns one state of the environment: as it is declared, or as it is in AWS. */
async function statesOf(context: Context, environment: Environment, flags: GraphFlags): Promise<Drawing> {
  const place = { title: `${environment.project}/${environment.name}`, region: environment.region };
  const index = (subjects: readonly Subject[]) => resourceIndexOf(environment.region, subjects);
  if (flags.live !== true) {
    const [kinds, subjects] = [kindsIn(environment), environment.nodes];
    return { input: pictureInputOf(place, kinds, subjects, index(subjects)), kinds, subjects };
  }
  const observed = await observedIn(context, environment);
  const [kinds, subjects] = [kindsIn(environment, observed), [...observed.objects.values()].map(subjectOfFound)];
  return { input: pictureInputOf(place, kinds, subjects, index(subjects), livesIn(observed)), kinds, subjects };
}

/** Returns only the resources that a plan would change. */
async function changesOf(context: Context, environment: Environment): Promise<Drawing> {
  return inSession(context, environment, async (session, environment) => {
    const run = await unlessStopped(context, planOf(context, session, environment, {}));
    printDiagnostics(run.diagnostics, context.io);
    printFooter(context, session);
    const subjects = [...environment.nodes, ...[...run.observed.objects.values()].map(subjectOfFound)];
    return { input: onlyChanged(inputOfRun(run)), kinds: kindsIn(environment, run.observed), subjects };
  });
}

function renderersOf({ input, kinds, subjects }: Drawing, vpc: string | undefined): Renderers {
  const shown = vpc === undefined ? input : withFrame(input, frameNamed(input, vpc));
  const addresses = new Set(shown.shown.map(({ address }) => address));
  const listed = new Map(
    subjects.filter(({ address }) => addresses.has(address)).map((subject) => [subject.address, resourceOf(kinds, subject)]),
  );
  const html = () => networkHtml(shown.title, countsOf(shown), pictureOf(shown, false), shown);
  return { svg: () => pictureOf(shown), html, mermaid: () => mermaidOfResources([...listed.values()]) };
}

function resourceOf(kinds: readonly Kind[], subject: Subject): Resource {
  const kind = kinds.find(({ name }) => name === subject.kind)!;
  return { address: subject.address, refersTo: namedBy(kind, subject) };
}

/** Returns the address of the network with this name or address. */
function frameNamed(input: PictureInput, wanted: string): string {
  const frames = framesOf(input);
  const found = frames.find(({ address, name }) => address === wanted || name === wanted);
  if (found) return found.address;
  const names = frames.map(({ name }) => name);
  const near = didYouMean(wanted, names);
  throw usage(
    `there is no network "${wanted}" here.`,
    near === undefined ? (names.length === 0 ? "this environment has none" : `there are: ${names.join(", ")}`) : `did you mean "${near}"?`,
  );
}

async function observedIn(context: Context, environment: Environment): Promise<Observed> {
  return inSession(context, environment, async (session, environment) => {
    const { observed } = await read(context, session, environment);
    printFooter(context, session);
    return observed;
  });
}

/** `--check FILE`: whether a committed picture equals the one that would be drawn now. */
function check(context: Context, renderers: Renderers, name: string, flags: GraphFlags, file: string): ExitCode {
  const format = formatOfFile(file);
  const render = renderers[format];
  if (!render) throw usage(`"${file}" does not have the extension of a picture.`, `infra graph writes: ${formatsOf("graph").join(", ")}`);
  const now = harmless(render({ width: 0, paint: plain, verbose: false }) ?? "");
  const there = textOf(resolve(context.cwd, file));
  if (there === now) return exit.ok;
  const options = `${flags.live === true ? " --live" : ""}${flags.only === undefined ? "" : " --only changed"}${flags.vpc === undefined ? "" : ` --vpc ${flags.vpc}`}`;
  const command = `${program(context)} graph ${typed(name, context.cwd)}${options} --output ${typed(file, context.cwd)}`;
  context.io.stdout.write(`${file} ${there === undefined ? "does not exist" : "is out of date"}. \`${command}\` writes it.\n`);
  return exit.differences;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === undefined) throw error;
    const summary = `${path} cannot be read: ${reasonOf(error as Error)} (${code}).`;
    throw new DiagnosticError([{ code: "file-unreadable", severity: "error", summary }]);
  }
}
