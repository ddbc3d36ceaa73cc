/** The simulated environments, with the second version of each. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { kindsFor, type Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { types } from "../../src/kinds/types/types.ts";
import type { Case } from "../contract/case.ts";
import { allCases } from "../contract/cases.ts";
import "../support/types.ts";

/** The folder of environments that are no examples. */
const only = "test/simulation/only";

/** By `cases/KIND`: the resources of the contract suite, for kinds that no environment has. */
const cases = new Map((await allCases()).map((one) => [`cases/${one.kind}`, one]));

/**
 * Returns the names of all environments of the project, of those made only for the simulation, and of the cases of kinds that none of them
 * has.
 */
export function environmentNames(root: string, kinds: readonly Kind[]): string[] {
  const files = ["environments", only].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => join(root, folder, file)),
  );
  const texts = files.map((file) => readFileSync(file, "utf8"));
  const lone = kinds.filter(({ section }) => !texts.some((text) => text.includes(`\n${section}:`)));
  return [...files.map((file) => basename(file, ".yaml")).sort(), ...lone.map(({ name }) => `cases/${name}`)];
}

/**
 * Returns an environment and its second version: test/simulation/changes/NAME.yaml, or without one, the same with another tag on everything
 * that has tags.
 */
export function versionsOf(
  root: string,
  name: string,
  kinds: readonly Kind[],
): { readonly first: Environment; readonly second: Environment } {
  const own = join(root, only, `${name}.yaml`);
  const known = cases.get(name);
  const first = known ? loadCase(root, known, kinds) : load(root, existsSync(own) ? own : name, kinds);
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

/** Returns an object with all the fields of the first form that needs no object of somebody else, and the resources around it. */
function loadCase(root: string, { kind: name, index, bare, forms }: Case, kinds: readonly Kind[]): Environment {
  const form = forms.find(({ before }) => before === undefined);
  const { section } = kinds.find((kind) => kind.name === name)!;
  const around = { ...index, ...form?.index };
  const sections = { ...around, [section]: { ...around[section], main: form?.full ?? bare } };
  const header = { format: 1, project: "plumbline", environment: "case", region: "ap-northeast-2" };
  const path = join(root, "case.yaml");
  return load(root, path, kinds, new Map([[path, JSON.stringify({ ...header, ...sections })]])); // a YAML document holds JSON as it is
}

function load(root: string, nameOrPath: string, kinds: readonly Kind[], unsaved: ReadonlyMap<string, string> = new Map()): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath, cwd: root, kinds, types, unsaved });
  if (!environment) throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  return environment;
}
