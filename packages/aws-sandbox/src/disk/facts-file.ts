/** Objects that the sandbox's accounts have besides the default ones. `infra sandbox add` writes them to `facts.json` beside the states. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { factsIn, type AccountFacts, type FactKind } from "../account-facts.ts";
import { reasonOf, SandboxFileError } from "./file-error.ts";

/** The facts added in a folder; empty when there are none. */
export function readFacts(dir: string): Partial<AccountFacts> {
  const path = join(dir, "facts.json");
  const text = textOf(path);
  if (text === undefined) return {};
  const facts = factsIn(parsed(path, text));
  if (facts === undefined) throw unusable(path, "does not hold lists of names by kind");
  return facts;
}

/** Adds names of a kind to the facts of a folder. */
export function addFacts(dir: string, kind: FactKind, names: readonly string[]): void {
  const facts = readFacts(dir);
  mkdirSync(dir, { recursive: true });
  const all = [...new Set([...(facts[kind] ?? []), ...names])].sort();
  writeFileSync(join(dir, "facts.json"), `${JSON.stringify({ ...facts, [kind]: all }, undefined, 2)}\n`);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable(path, `cannot be read: ${reasonOf(error as Error)}`);
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unusable(path, `is no JSON: ${error.message}`);
  }
}

function unusable(path: string, why: string): SandboxFileError {
  return new SandboxFileError(`${path} ${why}.`, "mend or delete it; `infra sandbox add` writes it anew");
}
