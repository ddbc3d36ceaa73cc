/** Finds files under environments/ that are the same environment. A file was copied, and its `environment:` stayed. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { listEnvironments, type Listed } from "../../config/load.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { listed as inWords } from "../../diag/words.ts";
import type { Context } from "../context.ts";

type Identity = Pick<Environment, "project" | "name" | "region" | "account">;

/** Returns a warning for each identity that several of the environments have, by the name of the last of them. */
export function sharedIdentities(
  environments: readonly { readonly name: string; readonly environment?: Identity & Pick<Environment, "files"> }[],
): ReadonlyMap<string, Diagnostic> {
  const groups: { readonly identity: Identity; readonly same: Map<string, string> }[] = [];
  for (const { name, environment } of environments) {
    if (!environment) continue;
    const file = environment.files.join(); // a name and a path may mean one file
    const group = groups.find(({ identity }) => isSame(identity, environment));
    if (group) group.same.set(file, name);
    else groups.push({ identity: environment, same: new Map([[file, name]]) });
  }
  const shared = groups.flatMap(({ identity, same }) => (same.size > 1 ? [{ identity: nameOf(identity), same: [...same.values()] }] : []));
  return new Map(shared.map(({ identity, same }) => [same.at(-1)!, warning(identity, same)]));
}

/** Commands that change AWS. For them two files that are the same environment are an error, because each would delete what the other makes. */
const changing: ReadonlySet<string> = new Set(["apply", "destroy", "adopt"]);

/** Returns a warning, or for a command that changes AWS an error, when another file under environments/ is the same environment. */
export function sharedIdentity(
  context: Pick<Context, "home" | "cwd" | "command">,
  environment: Identity & Pick<Environment, "files">,
  load: (path: string) => Identity | undefined,
): Diagnostic[] {
  const { home, cwd, command } = context;
  const all = listEnvironments(home);
  const own = environment.files.map((file) => resolve(cwd, file));
  const isOwn = ({ path }: Listed) => own.some((file) => file === path || file.startsWith(path + sep));
  const mine = all.find(isOwn);
  if (!mine) return [];
  const twins = all.filter((other) => {
    if (isOwn(other) || !mayBe(headsOf(context, other), other.name, environment)) return false;
    const loaded = load(other.path);
    return loaded !== undefined && isSame(loaded, environment);
  });
  if (twins.length === 0) return [];
  const names = [mine, ...twins].map(({ path }) => relative(cwd, path));
  return [{ ...warning(nameOf(environment), names), ...(changing.has(command) && { severity: "error" }) }];
}

/** What the text of an environment says at its top, before anything is loaded. */
interface Heads {
  readonly environment: string | undefined;
  readonly project: string | undefined;
  readonly region: string | undefined;
  /** A base may say what the text does not. */
  readonly hasBase: boolean;
}

/** The texts that a command has looked at. `plan --all` asks for each of them once for every environment. */
const seen = new WeakMap<object, Map<string, Heads>>();

function headsOf(context: object, { path, kind }: Listed): Heads {
  const known = seen.get(context) ?? new Map<string, Heads>();
  seen.set(context, known);
  const heads = known.get(path) ?? headsIn(textOf(path, kind));
  known.set(path, heads);
  return heads;
}

function headsIn(text: string): Heads {
  const after = (key: string) => new RegExp(`^["']?${key}["']?[ \\t]*:(.*)$`, "m").exec(text)?.[1];
  return { environment: after("environment"), project: after("project"), region: after("region"), hasBase: after("extends") !== undefined };
}

function textOf(path: string, kind: Listed["kind"]): string {
  const files = kind === "file" ? [path] : readdirSync(path).flatMap((file) => (/\.ya?ml$/.test(file) ? [join(path, file)] : []));
  return files.map(readable).join("\n");
}

/** A file that cannot be read is no environment that anybody can apply. Commands about that file report why. */
function readable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether a file may be this environment. Most are not, and need not be loaded. */
function mayBe({ environment, project, region, hasBase }: Heads, fileName: string, of: Identity): boolean {
  const says = (line: string | undefined, value: string, omitted: string) =>
    line === undefined ? omitted === value || hasBase : line.includes(value) || line.includes("${");
  return says(environment, of.name, fileName) && says(project, of.project, "") && says(region, of.region, "");
}

/** Two files may give one name to environments in different accounts, if each names its account. */
function isSame(a: Identity, b: Identity): boolean {
  return nameOf(a) === nameOf(b) && (a.account === undefined || b.account === undefined || a.account === b.account);
}

function nameOf({ project, name, region }: Identity): string {
  return `${project}/${name} in ${region}`;
}

function warning(identity: string, names: readonly string[]): Diagnostic {
  return {
    code: "same-environment",
    severity: "warning",
    summary: `${inWords(names)} are the same environment: ${identity}.`,
    hint: "give each its own `environment:`, or each its `account:`; an apply of one changes and deletes the objects of the other",
  };
}
