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
  { home, cwd, command }: Pick<Context, "home" | "cwd" | "command">,
  environment: Identity & Pick<Environment, "files">,
  load: (path: string) => Identity | undefined,
): Diagnostic[] {
  const own = environment.files.map((file) => resolve(cwd, file));
  const isOwn = ({ path }: Listed) => own.some((file) => file === path || file.startsWith(path + sep));
  const twins = listEnvironments(home).filter((other) => {
    if (isOwn(other) || !mayBe(other, environment)) return false;
    const loaded = load(other.path);
    return loaded !== undefined && isSame(loaded, environment);
  });
  const mine = listEnvironments(home).find(isOwn);
  if (twins.length === 0 || !mine) return [];
  const names = [mine, ...twins].map(({ path }) => relative(cwd, path));
  return [{ ...warning(nameOf(environment), names), ...(changing.has(command) && { severity: "error" }) }];
}

/** Whether a file may be this environment, by its text. Most are not, and need not be loaded. */
function mayBe({ path, kind, name: fileName }: Listed, { project, name, region }: Identity): boolean {
  const files = kind === "file" ? [path] : readdirSync(path).flatMap((file) => (/\.ya?ml$/.test(file) ? [join(path, file)] : []));
  const text = files.map(readable).join("\n");
  const says = (key: string, value: string, omitted: string) => {
    const line = new RegExp(`^["']?${key}["']?[ \\t]*:(.*)$`, "m").exec(text)?.[1];
    if (line === undefined) return omitted === value || /^["']?extends\b/m.test(text);
    return line.includes(value) || line.includes("${");
  };
  return says("environment", name, fileName) && says("project", project, "") && says("region", region, "");
}

function readable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
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
