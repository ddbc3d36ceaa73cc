import { isAbsolute, relative } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { listEnvironments, loadEnvironment, type Loaded, type LoadInput } from "../../config/load.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import type { Context } from "../context.ts";
import { collectSooner } from "../session/garbage-collection.ts";
import { printDiagnostics } from "../report-error.ts";
import { sharedIdentity } from "./same-identity.ts";
import { WrongFile } from "./wrong-file.ts";

/** Loads an environment by name or path, with the variables that were given. */
export function load(context: Context, nameOrPath: string, asserted?: LoadInput["asserted"]): Loaded {
  const { vars, varFiles } = context.options;
  const { cwd, home } = context;
  const held = asserted === undefined ? {} : { asserted };
  const loaded = loadEnvironment({ nameOrPath, cwd, home, kinds, types, vars, varFiles, env: context.io.env, ...held });
  collectSooner(loaded.environment?.nodes.length ?? 0);
  return loaded;
}

/** An environment that was named on the command line. */
export interface TypedEnvironment extends Environment {
  /** The name for it on the next command line. */
  readonly typed: string;
}

/**
 * Loads an environment for commands that cannot go on without it. Throws errors and prints warnings. Assertions are checked only for
 * commands that ask for it.
 */
export function loadOrThrow(context: Context, nameOrPath: string, asserted: LoadInput["asserted"] = "none"): TypedEnvironment {
  return loadWithWarnings(context, nameOrPath, asserted).environment;
}

/** Does the same and also returns the printed warnings, for reports that are read elsewhere. */
export function loadWithWarnings(
  context: Context,
  nameOrPath: string,
  asserted: LoadInput["asserted"],
): { readonly environment: TypedEnvironment; readonly warnings: readonly Diagnostic[] } {
  const { environment, diagnostics } = load(context, nameOrPath, asserted);
  if (!environment) throw new WrongFile(nameOrPath, diagnostics);
  const warnings = [...diagnostics, ...sharedIdentity(context, environment, (path) => load(context, path, "none").environment)];
  if (warnings.some(({ severity }) => severity === "error")) throw new WrongFile(nameOrPath, warnings);
  printDiagnostics(warnings, context.io);
  return { environment: { ...environment, typed: typed(nameOrPath, context.cwd) }, warnings };
}

/** The names of the environments that have YAML here. */
export function knownEnvironments({ home }: Pick<Context, "home">): readonly string[] {
  return listEnvironments(home).map(({ name }) => name);
}

/** Returns the beginning of a suggested command. A command that was tried in the sandbox must not continue in an account. */
export function program(context: Pick<Context, "options">): string {
  return context.options.sandbox ? "infra --sandbox" : "infra";
}

/** Returns the name of an environment for the next command line, made from the text that was typed. */
export function typed(nameOrPath: string, cwd: string): string {
  const short = isAbsolute(nameOrPath) ? relative(cwd, nameOrPath) : nameOrPath;
  return quoted(short);
}

/** Returns the flags that narrow the next command line as this one was narrowed. */
export function targeting(targets: readonly string[] = []): string {
  return targets.map((address) => ` --target ${quoted(address)}`).join("");
}

function quoted(word: string): string {
  return /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
