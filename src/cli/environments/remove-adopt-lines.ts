import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { loadEnvironment } from "../../config/load.ts";
import { withoutAdopt } from "../../config/edit/without-adopt.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import { counted } from "../../diag/words.ts";
import type { Context } from "../context.ts";

/** Removes the `adopt:` lines of these addresses from their files, if the environment still means the same. */
export function tidy(context: Context, nameOrPath: string, environment: Environment, addresses: readonly string[]): void {
  const nodes = environment.nodes.filter(({ address }) => addresses.includes(address));
  const paths = new Set(nodes.map(({ at }) => resolve(context.cwd, at("adopt.id").file)));
  const sections = new Map(kinds.map(({ section, name }) => [section, name]));
  // The section of a type has the same name as its kind.
  const isWanted = (section: string, name: string) => addresses.includes(`${sections.get(section) ?? section}/${name}`);
  const texts = new Map([...paths].map((path) => [path, withoutAdopt(readFileSync(path, "utf8"), isWanted)]));
  const { vars, varFiles } = context.options;
  const input = { nameOrPath, cwd: context.cwd, home: context.home, kinds, types, vars, varFiles, env: context.io.env, unsaved: texts };
  const after = loadEnvironment(input).environment;
  if (!after || meaning(after) !== meaning(environment)) {
    context.io.stderr.write("note: the `adopt:` lines were not removed: without them the file would mean something else\n");
    return;
  }
  for (const [path, text] of texts) writeFileSync(path, text);
  const left = after.nodes.filter(({ address, adopt }) => adopt !== undefined && addresses.includes(address)).length;
  const kept = left > 0 ? `; ${counted(left, "line")} left for you to remove by hand` : "";
  context.io.stderr.write(`Removed ${counted(nodes.length - left, "`adopt:` line")}${kept}.\n`);
}

/** Returns everything that an environment says except `adopt:`. */
function meaning({ nodes, moved, tags, allowDestroy }: Environment): string {
  const said = nodes.map(({ adopt: _adopt, at: _at, ...node }) => node);
  return JSON.stringify([said, moved.map(({ from, to }) => [from, to]), tags, allowDestroy]);
}
