import { adoptMayGo } from "../../config/edit/without-adopt.ts";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { interfacesIn } from "../../aws/interfaces.ts";
import type { Environment } from "../../config/environment.ts";
import { placePatterns } from "../../config/schema/schema.ts";
import { loadEnvironment, type Loaded } from "../../config/load.ts";
import { DiagnosticError } from "../../diag/diagnostic.ts";
import { ReadDenied, type Root } from "../../import/discover.ts";
import { importAround, type Imported } from "../../import/import.ts";
import { referencesOut } from "../../import/outside.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import type { AwsId, Kind } from "../../kinds/kind.ts";
import { importText } from "../../render/import-text.ts";
import { someOf } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { collectSoonerWhileReading } from "../session/garbage-collection.ts";
import { program } from "../environments/environment.ts";
import { nothing, rootMeant, sourceIn, stackNamed, typedRoots, type Source } from "../import-sources.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { inSession, printFooter, unlessStopped, type Session } from "../session/session.ts";
import { regionOfShell } from "../session/shell-region.ts";
import { nameAfter } from "./init.ts";

export interface ImportFlags {
  readonly name: string;
  readonly project?: string;
  readonly region?: string;
  readonly depth: "vpc" | "linked";
  readonly names: "name-tag" | "id";
  readonly exclude?: readonly string[];
  /** Writes a folder of files instead of one text. */
  readonly split?: boolean;
  /** Writes repeated groups of resources as parts. */
  readonly parts?: boolean;
  /** A Terraform state, or the resources of a CloudFormation stack. */
  readonly from?: string;
  /** A CloudFormation stack, by its name or its id. */
  readonly fromStack?: string;
}

/**
 * `infra import ROOT…`: reads the resources around the roots and prints a file. The file is proved to change nothing but tags. Writes
 * nothing to AWS.
 */
export async function importRoots(context: Context, written: readonly string[], flags: ImportFlags): Promise<ExitCode> {
  const texts = written.flatMap((text) => text.split(","));
  const meanings = texts.map(rootMeant);
  const { from, fromStack } = flags;
  if (from !== undefined && fromStack !== undefined)
    throw usage("--from and --from-stack cannot be used together.", "import them one after the other");
  const source = from === undefined ? nothing : sourceIn(context, from);
  if (texts.length === 0 && from === undefined && fromStack === undefined)
    throw usage("import needs a ROOT, --from or --from-stack.", "write vpc-0123456789abcdef0, an ARN, KIND/NAME or a tag KEY=VALUE");
  const place = placeOf(context, flags);
  if (flags.split === true && flags.parts === true)
    throw usage("--split and --parts cannot be used together.", "choose one, and do the rest by hand");
  if (flags.split === true) checkFolder(context, place.name);
  if (flags.parts === true) checkFile(context, place.name);
  const what = someOf([...texts, ...(from === undefined ? [] : [from]), ...(fromStack === undefined ? [] : [`the stack ${fromStack}`])]);
  collectSoonerWhileReading();
  return inSession(context, place, (session) =>
    unlessStopped(context, importInto(context, session, { place, what, meanings, source, flags })),
  );
}

interface Place {
  readonly project: string;
  readonly name: string;
  readonly region: string;
}

function placeOf(context: Context, flags: ImportFlags): Place {
  const region = flags.region ?? regionOfShell(context.io.env, context.options.profile)?.region;
  if (region === undefined) throw usage("import needs a region.", "--region eu-west-1, or AWS_REGION");
  const place = { project: flags.project ?? nameAfter(context.home), name: flags.name, region };
  for (const [key, text] of [
    ["project", place.project],
    ["environment", place.name],
    ["region", place.region],
  ] as const)
    if (!new RegExp(placePatterns[key]).test(text)) throw usage(`"${text}" cannot be the ${key}.`, `it must match ${placePatterns[key]}`);
  return place;
}

interface Task {
  readonly place: Place;
  /** The roots as they were typed. */
  readonly what: string;
  readonly meanings: readonly ReturnType<typeof rootMeant>[];
  readonly source: Source;
  readonly flags: ImportFlags;
}

async function importInto(context: Context, session: Session, { place, what, meanings, source: given, flags }: Task): Promise<ExitCode> {
  const { connection } = session;
  const source = flags.fromStack === undefined ? given : await stackNamed(connection.aws, flags.fromStack);
  const typed = await typedRoots(connection.aws, meanings);
  const roots = [...typed.roots, ...source.roots];
  const found = [...kinds, ...new Set(roots.flatMap(({ kind }) => (kind.written === undefined ? [] : kind)))];
  context.io.stderr.write(`reading around ${what}\n`);
  const imported = await importAround(found, connection, {
    roots,
    project: place.project,
    environment: place.name,
    region: place.region,
    depth: flags.depth,
    exclude: new Set(flags.exclude ?? []),
    names: flags.names,
    ...(flags.parts === true && { parts: true }),
    given: source.names,
    tail: (ids) => source.tail(ids),
    ...(source.leaving && { leaving: source.leaving }),
    head: [`Imported from ${what} by \`infra import\`.`, adoptMayGo(place.name)],
    load: (text) => loadText(context, place.name, text),
  }).catch(sayWhatWasDenied);
  refuseWhatIsOwned(imported, typed.roots);
  const known = new Set(imported.sorted.taken.flatMap(({ live }) => [live.id, ...live.aliases]));
  const gone = imported.found.missing.filter(({ kind, id }) => !typed.roots.some((one) => one.kind === kind && one.id === id));
  const unknown = [...typed.unknown, ...source.unknown(known), ...(await notLookedAt(session, imported))];
  const folder =
    flags.split === true
      ? writeFolder(context, place.name, imported)
      : flags.parts === true
        ? writeParts(context, place.name, imported)
        : undefined;
  if (flags.parts === true && folder?.length === 1)
    context.io.stderr.write(
      "  --parts found no part: it needs groups of at least three resources under names with different prefixes (`blue-…`, `green-…`)\n",
    );
  for (const word of flags.exclude ?? [])
    if (!imported.found.excluded.has(word))
      context.io.stderr.write(`  --exclude ${word} had no effect: it is neither a kind nor the id of an object that was found\n`);
  print(context, found, imported, { unknown, missing: gone.map(({ kind, id }) => `${id} (${kind.name})`), folder });
  const saving = isSaved(context) || folder !== undefined ? "" : `save it as ${join("environments", `${place.name}.yaml`)}, `;
  const before = source.before === undefined ? "" : `, ${source.before}`;
  context.io.stderr.write(`next    ${saving}read the file${before}, then: ${program(context)} adopt ${place.name}\n`);
  printFooter(context, session);
  return imported.open.length > 0 ? exit.differences : exit.ok;
}

/** Loads a text as if it were the file of this name, whatever that file contains now. */
function loadText(context: Pick<Context, "home" | "cwd">, name: string, text: string): Loaded {
  const path = join(context.home, "environments", `${name}.yaml`);
  return loadEnvironment({ nameOrPath: path, cwd: context.cwd, home: context.home, kinds, types, unsaved: new Map([[path, text]]) });
}

function sayWhatWasDenied(error: unknown): never {
  if (!(error instanceof ReadDenied)) throw error;
  throw new DiagnosticError([
    {
      code: "access-denied",
      severity: "error",
      summary: error.message,
      hint: `allow it (\`infra iam-policy --for import\` prints what an import needs), or leave them out: ${error.kinds.map(({ name }) => `--exclude ${name}`).join(" ")}`,
    },
  ]);
}

/**
 * Throws when a root of the command line cannot be imported. Other resources that cannot be imported are only reported, and referred to by
 * `{ id }`.
 */
function refuseWhatIsOwned({ found, sorted, entries }: Imported, typed: readonly Root[]): void {
  const isTyped = (kind: Kind, id: AwsId) => typed.some((one) => one.kind === kind && one.id === id);
  const problems = [
    ...found.missing.filter(({ kind, id }) => isTyped(kind, id)).map(({ kind, id }) => `there is no ${kind.name} ${id} here`),
    ...sorted.outside.filter(({ kind, live }) => isTyped(kind, live.id)).map(({ live, why }) => `${live.id}: ${why}`),
  ];
  if (entries.length === 0 && problems.length === 0)
    problems.push(
      typed.length === 0
        ? "no object of the state or the stack is here in AWS and has a kind in infra"
        : "no object is left that a file can declare",
    );
  if (problems.length === 0) return;
  throw new DiagnosticError(
    problems.map((summary) => ({
      code: "import-root",
      severity: "error",
      summary: `${summary.replace(/\.$/, "")}; nothing was written.`,
      hint: "check the id, the region and the account; `infra release` releases an object of another environment",
    })),
  );
}

/** Lists services without a kind here. Their network interfaces are in the network and belong to no resource that was found. */
async function notLookedAt({ connection: { aws } }: Session, { found }: Imported): Promise<string[]> {
  const unread = found.unread.map(({ id, what }) => `${id} (${what})`);
  const networks = [...found.lives].flatMap(([kind, lives]) => (kind.idPrefix === "vpc-" ? [...lives.keys()] : []));
  if (networks.length === 0) return unread;
  const all = [...found.lives.values()].flatMap((lives) => [...lives.values()]);
  const known = new Set([...all.flatMap(({ id, aliases }) => [id, ...aliases]), ...found.excluded]);
  const ends = [...known].filter((id) => id.startsWith("arn:")).map((arn) => arn.slice(arn.lastIndexOf(":") + 1));
  const unmanaged = [...(await interfacesIn(aws, "vpc-id", networks)).values()].flat().filter(({ id, holder, owner, what }) => {
    const isKnown = [id, holder, owner].some((one) => one !== undefined && (known.has(one) || ends.includes(one)));
    // The network interface of a database does not say which database it belongs to. Databases that cannot be imported are reported by
    // their listing.
    return !isKnown && !what.includes("a database (RDS)");
  });
  return [...unread, ...unmanaged.map(({ id, what }) => `${id} (${what})`)];
}

/** Writes `environments/NAME/` with one file for the network, one for what runs in it and one for data. Returns the paths of the files. */
function writeFolder({ home, cwd }: Context, name: string, { files, text }: Imported): readonly string[] {
  const folder = join(home, "environments", name);
  const written = loadText({ home, cwd }, name, text).environment;
  mkdirSync(folder, { recursive: true });
  const parts = files();
  for (const [file, content] of parts) writeFileSync(join(folder, file), content);
  const together = loadEnvironment({ nameOrPath: folder, cwd, home, kinds, types }).environment;
  // The proof was made for the single text, so the files must mean the same.
  const isSame = written === undefined || (together !== undefined && meaning(together) === meaning(written));
  if (!isSame) throw new Error(`the files in ${folder} differ from what was proved`);
  return [...parts.keys()].map((file) => relative(cwd, join(folder, file)));
}

/**
 * Writes `environments/NAME.yaml`, and in `parts/` beside it the parts that it uses. Writes the file alone when there are no parts. Returns
 * the paths of the files.
 */
function writeParts({ home, cwd }: Context, name: string, { text, parted }: Imported): readonly string[] {
  const path = join(home, "environments", `${name}.yaml`);
  const files = new Map([
    [path, parted?.text ?? text],
    ...[...(parted?.parts ?? [])].map(([file, content]) => [join(home, "parts", file), content] as const),
  ]);
  const load = (unsaved: ReadonlyMap<string, string>) =>
    loadEnvironment({ nameOrPath: path, cwd, home, kinds, types, unsaved }).environment;
  const [together, alone] = [load(files), load(new Map([[path, text]]))];
  // The proof was made for the text without parts. With them it must mean the same.
  const isSame = alone === undefined || (together !== undefined && meaning(together) === meaning(alone));
  const kept = isSame ? files : new Map([[path, text]]);
  for (const [file, content] of kept) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return [...kept.keys()].map((file) => relative(cwd, file));
}

function checkFile({ home }: Context, name: string): void {
  const taken = [join(home, "environments", `${name}.yaml`), join(home, "environments", name)].find((path) => existsSync(path));
  if (taken !== undefined)
    throw usage(
      `${relative(home, taken)} exists already, and --parts writes environments/${name}.yaml.`,
      "choose another --name, or move it away",
    );
}

function meaning({ nodes, project, region }: Environment): string {
  const said = nodes.map(({ at: _at, ...node }) => node).sort((a, b) => (a.address < b.address ? -1 : 1));
  return JSON.stringify([said, project, region]);
}

/** Refuses a folder with files before anything is read, because those files would become part of the environment. */
function checkFolder({ home }: Context, name: string): void {
  const folder = join(home, "environments", name);
  const file = `${folder}.yaml`;
  if (existsSync(file))
    throw usage(
      `environments/${name}.yaml exists already, and --split creates the folder environments/${name}/.`,
      "choose another --name, or move the file away",
    );
  if (existsSync(folder) && readdirSync(folder).some((one) => /\.ya?ml$/.test(one)))
    throw usage(`environments/${name}/ already contains files.`, "choose another --name, or move them away");
}

/** Whether `--output` names a file for the text. */
function isSaved({ options: { outputs } }: Context): boolean {
  return outputs.some(({ file, format = "text" }) => file !== undefined && file !== "-" && format === "text" && !file.endsWith(".json"));
}

interface Told {
  readonly unknown: readonly string[];
  readonly missing: readonly string[];
  /** The files that were written, if the text was split. */
  readonly folder: readonly string[] | undefined;
}

function print(context: Context, kinds: readonly Kind[], imported: Imported, { unknown, missing, folder }: Told): void {
  const { entries, sorted, text, open } = imported;
  const found = kinds.flatMap(({ name, section }) => {
    const count = entries.filter(({ kind }) => kind.name === name).length;
    return count > 0 ? [{ kind: name, section, count }] : [];
  });
  const outside = [...new Set(referencesOut(entries).map(({ to }) => to))];
  const report = {
    found,
    leftOut: sorted.outside.map(({ live, why }) => ({ id: live.id, why })),
    outside,
    unknown,
    excluded: [...imported.found.excluded],
    missing,
    resources: entries.length,
    lines: text.split("\n").length - 1,
    remarks: entries.reduce((sum, { remarks }) => sum + remarks.length, 0),
    open,
    tagged: imported.run?.plan.steps.length ?? 0,
  };
  context.io.stderr.write(importText(report));
  // The text is in a file, so it is not printed as well.
  if (folder !== undefined) {
    emit(context, { text: () => folder.map((path) => `${path}\n`).join(""), json: () => jsonText(report) });
    return;
  }
  const rest = isSaved(context) ? [text] : [text, text];
  emit(context, { text: () => rest.pop(), json: () => jsonText(report) });
}
