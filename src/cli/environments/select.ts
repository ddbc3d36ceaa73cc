import { listEnvironments } from "../../config/load.ts";
import type { Context } from "../context.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { listed } from "../../diag/words.ts";
import { usage } from "../outputs.ts";

/** Returns the environments that were named, or all of environments/. */
export function namedOrAll(context: Context, names: readonly string[]): readonly string[] {
  return names.length > 0 ? names : atLeastOne(context);
}

/** Returns the environment that was named, or the only one that exists. */
export function namedOrOnly(context: Context, name: string | undefined, command: string, orElse = ""): string {
  if (name !== undefined) return name;
  const [first, ...others] = atLeastOne(context);
  if (others.length > 0) throw usage(`${command} needs the name of an environment${orElse}.`, namesHere(context));
  return first;
}

/** Returns the environment that was named. For commands in which a wrong environment does harm: even the only environment is no default. */
export function named(context: Context, name: string | undefined, command: string): string {
  if (name !== undefined) return name;
  throw usage(`${command} needs the name of an environment.`, namesHere(context));
}

/** Lists the environments, for a hint. */
export function namesHere({ home }: Context): string {
  const names = listEnvironments(home).map(({ name }) => name);
  const rest = names.length - mostNames;
  if (names.length === 0) return "environments/ is empty or missing";
  return `environments/ has: ${names.slice(0, mostNames).join(", ")}${rest > 0 ? ` and ${rest} more (\`infra environments\` lists them)` : ""}`;
}

/** Returns a hint with the candidates that are close to unknown words. Returns undefined when none is close. */
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
