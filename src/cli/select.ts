import { listEnvironments } from "../config/load.ts";
import type { Context } from "./context.ts";
import { usage } from "./outputs.ts";

/** The environments that were named, or all of environments/. */
export function namedOrAll(context: Context, names: readonly string[]): readonly string[] {
  if (names.length > 0) return names;
  const all = listEnvironments(context.cwd).map(({ name }) => name);
  if (all.length === 0) throw usage("there is no environment here.", "`infra init` writes a first one; `-C DIR` changes the directory");
  return all;
}
