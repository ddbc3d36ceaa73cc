/**
 * `infra drift ENV --accept ADDRESS[.FIELD]`: writes the values that AWS has into the file by small edits, and proves the result by a
 * second plan.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { edited, Unwritable, withoutResource, writtenIn, type Place } from "../../config/edit/edit.ts";
import type { Environment } from "../../config/environment.ts";
import { loadEnvironment } from "../../config/load.ts";
import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";
import { kindsFor } from "../../config/environment.ts";
import type { PlanRun } from "../../engine.ts";
import { acceptedIn, bodiesOf, editsOf, type Accepted, type Differing } from "../../import/accept.ts";
import { flow } from "../../import/emit.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import type { Address, Desired } from "../../kinds/kind.ts";
import { isPlainObject } from "../../resource/plain-object.ts";
import type { Plan } from "../../plan/plan.ts";
import { driftOf, type Finding } from "../../render/drift.ts";
import { counted } from "../../diag/words.ts";
import { unifiedDiff } from "../../render/unified-diff.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "./environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { inSession, printFooter, unlessStopped, type Session } from "../session/session.ts";
import { planOf } from "../commands/plan.ts";

export interface AcceptFlags {
  /** Addresses, each with a field or an item of a field after a dot if wanted; or `all`. */
  readonly accept: readonly string[];
  /** Also writes the files. */
  readonly write?: boolean;
}

/** Prints the change of the files as a diff, and writes it if asked. Changes nothing in AWS. */
export async function acceptDrift(context: Context, name: string, flags: AcceptFlags): Promise<ExitCode> {
  const environment = loadOrThrow(context, name);
  return inSession(context, environment, (session, environment) =>
    unlessStopped(context, acceptIn(context, session, { name, environment, flags })),
  );
}

interface Task {
  readonly name: string;
  readonly environment: Environment;
  readonly flags: AcceptFlags;
}

async function acceptIn(context: Context, session: Session, task: Task): Promise<ExitCode> {
  const run = await planOf(context, session, task.environment, {});
  const accepted = meant(task, run.plan);
  const texts = await provedTexts(context, session, task, run, accepted);
  const diffs = [...texts].map(([path, text]) => unifiedDiff(relative(context.cwd, path), readFileSync(path, "utf8"), text));
  context.io.stdout.write(diffs.join(""));
  if (task.flags.write === true) await write(context, texts, gone(run.plan, accepted));
  else context.io.stderr.write("Nothing was written. To change the file, use `--write`, or `git apply` with the lines above.\n");
  printFooter(context, session);
  return exit.ok;
}

/** Returns the differing addresses and fields that the arguments name. */
function meant({ flags, environment }: Task, plan: Plan): readonly Accepted[] {
  const findings = takeable(plan);
  const differing = [...new Set(findings.map(({ address }) => address))];
  if (flags.accept.includes("all")) return differing.map((address) => ({ address }));
  return flags.accept.map((text) => {
    const found = acceptedIn(text, [...differing, ...environment.nodes.map(({ address }) => address)]);
    if (found && findings.some((finding) => isOf(finding, found))) return found;
    if (found && driftOf(plan).findings.some((finding) => isOf(finding, found)))
      throw usage(
        `${text} differs only in the ownership tags, which no file contains.`,
        "`infra adopt` writes them on objects that `adopt:` names, and `infra apply` on all others",
      );
    const some = differing.length === 0 ? "nothing differs" : `these differ: ${differing.slice(0, 8).join(", ")}`;
    throw usage(`${text} does not differ from AWS.`, some);
  });
}

/**
 * Returns the findings that a file can take over. The tags that say who owns an object exist in AWS only, so their findings are left out.
 */
function takeable(plan: Plan): readonly Finding[] {
  return driftOf(plan).findings.filter(({ group, path, yaml }) => {
    if (group !== "changed" || path === undefined) return true;
    const keys = path === "tags" && isPlainObject(yaml) ? Object.keys(yaml) : [];
    return !path.startsWith("tags.infra:") && (keys.length === 0 || keys.some((key) => !key.startsWith("infra:")));
  });
}

function isOf(finding: Finding, { address, path }: Accepted): boolean {
  if (finding.address !== address) return false;
  if (path === undefined) return true;
  const [at, whole] = [finding.path ?? "", `${finding.path}.${finding.item}`];
  // Several tags are reported as one finding.
  if (at === "tags") return path === "tags" || path.startsWith("tags.");
  return [at, whole].some((one) => one === path || one.startsWith(`${path}.`));
}

/** Returns the edited files. Tries the smallest edits first; if a plan does not agree with them, writes the fields again as a whole. */
async function provedTexts(
  context: Context,
  session: Session,
  task: Task,
  run: PlanRun,
  accepted: readonly Accepted[],
): Promise<ReadonlyMap<string, string>> {
  let problem = "";
  for (const asWhole of [false, true]) {
    try {
      const texts = textsWith(context, task, run, accepted, asWhole);
      const left = await leftAfter(context, session, task, run, accepted, texts);
      if (left === undefined) return texts;
      problem = left;
    } catch (error) {
      if (!(error instanceof Unwritable)) throw error;
      problem = error.message;
    }
  }
  throw new DiagnosticError([open(`infra cannot write AWS's values into the file: ${problem}`)]);
}

function open(summary: string): Diagnostic {
  return {
    code: "accept-open",
    severity: "error",
    summary: `${summary.replace(/\.$/, "")}; nothing was written.`,
    hint: "change the file by hand, and check again with `infra drift`",
  };
}

/** Returns the edited files, by path. */
function textsWith(
  { cwd }: Context,
  { environment }: Task,
  run: PlanRun,
  accepted: readonly Accepted[],
  asWhole: boolean,
): Map<string, string> {
  const { project, name, region } = environment;
  const bodies = bodiesOf(run.observed, { project, environment: name, region, account: run.observed.account });
  const texts = new Map<string, string>();
  for (const one of accepted) {
    const desired = environment.nodes.find(({ address }) => address === one.address);
    if (!desired) throw new Unwritable(`${one.address} is not in the file; \`infra import\` writes what exists`);
    const { path, place } = placeIn(cwd, desired, environment);
    const text = texts.get(path) ?? readFileSync(path, "utf8");
    const written = writtenIn(text, place);
    if (written === undefined)
      throw new Unwritable(`${one.address} is not written in ${desired.at().file} itself: a repetition or a part creates it`);
    texts.set(path, withAccepted(text, place, { one, desired, run, body: bodies.get(one.address) ?? {}, asWhole, written, environment }));
  }
  return texts;
}

interface Piece {
  readonly one: Accepted;
  readonly desired: Desired;
  readonly run: PlanRun;
  readonly body: Readonly<Record<string, unknown>>;
  readonly asWhole: boolean;
  readonly written: unknown;
  readonly environment: Environment;
}

function withAccepted(text: string, place: Place, { one, desired, run, body, asWhole, written, environment }: Piece): string {
  const step = run.plan.steps.find(({ address }) => address === one.address);
  if (step?.action === "create") {
    if (one.path !== undefined) throw new Unwritable(`AWS has no ${one.address} at all`);
    return withoutResource(text, place);
  }
  const differing = differingAt(run.plan, one.address);
  if (differing.changes.some(({ secret }) => secret === true)) throw new Unwritable("a value is secret");
  const kind = kindsFor(kinds, environment).find(({ name }) => name === desired.kind)!;
  const tags = run.observed.objects.get(one.address)?.live.tags ?? {};
  return edited(text, place, editsOf(differing, one, { kind, desired, body, tags }, written, asWhole), flow);
}

/** Returns every difference of an address, also those that an apply leaves alone. */
function differingAt({ steps, leftAlone = [], contested = [] }: Plan, address: Address): Differing {
  // An object that is adopted, moved or taken over and also changes has two steps: one for its tags, and one for the rest.
  const own = steps.filter((one) => one.address === address);
  const changes = [
    ...own.flatMap((step) => ("changes" in step ? step.changes : [])),
    ...leftAlone.filter((one) => one.address === address).flatMap((one) => one.changes),
    ...contested.filter((one) => one.address === address).map(({ change }) => change),
  ];
  const tagged = own.find((step) => "tags" in step);
  return { changes, tags: tagged && "tags" in tagged ? tagged.tags : { set: {}, remove: [] } };
}

function placeIn(cwd: string, desired: Desired, environment: Environment): { readonly path: string; readonly place: Place } {
  const kind = kindsFor(kinds, environment).find(({ name }) => name === desired.kind)!;
  return { path: resolve(cwd, desired.at().file), place: { section: kind.section, name: desired.name } };
}

/**
 * Returns why a plan of the edited files does not agree. Returns undefined when the accepted differences are gone and no other has come.
 */
async function leftAfter(
  context: Context,
  session: Session,
  { name }: Task,
  run: PlanRun,
  accepted: readonly Accepted[],
  unsaved: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const { vars, varFiles } = context.options;
  const input = { nameOrPath: name, cwd: context.cwd, home: context.home, kinds, types, vars, varFiles, env: context.io.env, unsaved };
  const { environment, diagnostics } = loadEnvironment(input);
  if (!environment) return diagnostics.find(({ severity }) => severity === "error")?.summary ?? "the changed file could not be read";
  const after = takeable((await planOf(context, session, environment, {})).plan);
  const before = new Set(takeable(run.plan).map(keyOf));
  const left = after.find((finding) => accepted.some((one) => isOf(finding, one)) || !before.has(keyOf(finding)));
  return left && `a plan of the changed file would still change ${[left.address, left.path].filter(Boolean).join(".")}`;
}

function keyOf({ group, address, path, item }: Finding): string {
  return [group, address, path, item].join("\n");
}

/** Returns the addresses whose blocks are removed from the file. */
function gone({ steps }: Plan, accepted: readonly Accepted[]): readonly Address[] {
  return steps
    .filter(({ action, address }) => action === "create" && accepted.some((one) => one.address === address))
    .map(({ address }) => address);
}

async function write(context: Context, texts: ReadonlyMap<string, string>, removed: readonly Address[]): Promise<void> {
  const { io } = context;
  if (removed.length > 0) {
    if (!io.canAsk)
      throw usage(
        `No terminal to ask whether to remove ${removed.join(", ")} from the file. Nothing was written.`,
        "apply the lines above with `git apply`",
      );
    const answer = await unlessStopped(
      context,
      io.ask(`Remove ${removed.join(", ")} from the file, because it no longer exists in AWS? [y/N] `),
    );
    if (!/^y(es)?$/i.test(answer?.trim() ?? "")) {
      io.stderr.write("Nothing was written.\n");
      return;
    }
  }
  for (const [path, text] of texts) writeFileSync(path, text);
  io.stderr.write(`Wrote ${counted(texts.size, "file")}; a plan of ${texts.size === 1 ? "it" : "them"} agrees with AWS there.\n`);
}
