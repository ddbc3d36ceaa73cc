import { listEnvironments } from "../config/load.ts";
import type { Context } from "./context.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import { listed } from "../render/layout.ts";
import { usage } from "./outputs.ts";

/** The environments that were named, or all of environments/. */
export function namedOrAll(context: Context, names: readonly string[]): readonly string[] {
  return names.length > 0 ? names : atLeastOne(context);
}

/** The environment that was named, or the only one there is. */
export function namedOrOnly(context: Context, name: string | undefined, command: string, orElse = ""): string {
  if (name !== undefined) return name;
  const [first, ...others] = atLeastOne(context);
  if (others.length > 0) throw usage(`${command} needs the name of an environment${orElse}.`, namesHere(context));
  return first;
}

/** The environment that was named. For commands where a wrong one does harm: there the only one is no default either. */
export function named(context: Context, name: string | undefined, command: string): string {
  if (name !== undefined) return name;
  throw usage(`${command} needs the name of an environment.`, namesHere(context));
}

/** Which environments there are, for a hint. */
export function namesHere({ home }: Context): string {
  const names = listEnvironments(home).map(({ name }) => name);
  const rest = names.length - mostNames;
  if (names.length === 0) return "environments/ is empty or missing";
  return `environments/ has: ${names.slice(0, mostNames).join(", ")}${rest > 0 ? ` and ${rest} more (\`infra environments\` lists them)` : ""}`;
}

/** What words that name none of these were meant to be, as a hint; undefined where nothing is near. */
export function meantAmong(words: readonly string[], candidates: readonly string[]): string | undefined {
  const near = [...new Set(words.flatMap((word) => didYouMean(word, candidates) ?? []))];
  return near.length === 0 ? undefined : `did you mean ${listed(near)}?`;
}

const mostNames = 20;

function atLeastOne({ home }: Context): readonly [string, ...string[]] {
  const [first, ...others] = listEnvironments(home).map(({ name }) => name);
  if (first === undefined) throw usage("there is no environment here.", "`infra init` writes a first one; `-C DIR` changes the directory");
  return [first, ...others];
}
