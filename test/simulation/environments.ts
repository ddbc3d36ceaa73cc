/** The environments that are simulated, with the second version of each. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { kindsFor, type Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { types } from "../../src/kinds/types/types.ts";
import "../support/types.ts";

/** Environments that are no examples. */
const only = "test/simulation/only";

/** The names of all environments of the project, and of those that are there to be simulated. */
export function environmentNames(root: string): string[] {
  return [...readdirSync(join(root, "environments")), ...readdirSync(join(root, only))]
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

/** An environment and its second version: test/simulation/changes/NAME.yaml, or where there is none yet, another tag on everything that has tags. */
export function versionsOf(
  root: string,
  name: string,
  kinds: readonly Kind[],
): { readonly first: Environment; readonly second: Environment } {
  const own = join(root, only, `${name}.yaml`);
  const first = load(root, existsSync(own) ? own : name, kinds);
  const change = join(root, "test/simulation/changes", `${name}.yaml`);
  if (existsSync(change)) return { first, second: load(root, change, kinds) };
  const untagged = new Set(
    kindsFor(kinds, first)
      .filter((kind) => kind.untagged)
      .map((kind) => kind.name),
  );
  const nodes = first.nodes.map((node) => ({
    ...node,
    tags: untagged.has(node.kind) ? node.tags : { ...node.tags, version: "second" },
    at: node.at.bind(node),
  }));
  return { first, second: { ...first, nodes } };
}

function load(root: string, nameOrPath: string, kinds: readonly Kind[]): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath, cwd: root, kinds, types });
  if (!environment) throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  return environment;
}
