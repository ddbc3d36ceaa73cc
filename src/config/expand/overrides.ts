import { resolve } from "node:path";
import { limits, type Files } from "../files/files.ts";
import { parseYaml } from "../yaml/parse.ts";
import { error, type Report } from "../yaml/problem.ts";
import { positionOf } from "../yaml/source.ts";
import { textOf, type Override } from "./variables.ts";

export interface OverrideSources {
  readonly vars: Readonly<Record<string, string>>;
  readonly varFiles: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const envPrefix = "INFRA_VAR_";

/**
 * Returns the values for variables from outside. Each source wins over the one before: INFRA_VAR_NAME, then --var-file in order, then
 * --var.
 */
export function overridesOf({ vars, varFiles, env }: OverrideSources, files: Files, report: Report): Map<string, Override> {
  const overrides = new Map<string, Override>();
  for (const [key, text] of Object.entries(env))
    if (key.startsWith(envPrefix) && text !== undefined)
      overrides.set(key.slice(envPrefix.length), { text, at: { file: key, line: 1, column: 1 }, mustBeDeclared: false });
  for (const file of varFiles) for (const [name, override] of fromFile(file, files, report)) overrides.set(name, override);
  for (const [name, text] of Object.entries(vars))
    overrides.set(name, { text, at: files.inline("--var", `${name}=${text}`).position(0, name.length), mustBeDeclared: true });
  return overrides;
}

function fromFile(file: string, files: Files, report: Report): [string, Override][] {
  const source = files.source(resolve(files.cwd, file), limits.named, undefined, true);
  if (!source) return [];
  const { tree, diagnostics } = parseYaml(source);
  diagnostics.forEach(report);
  if (tree?.type !== "map") {
    const at = { file: source.file, line: 1, column: 1 };
    if (diagnostics.length === 0) report(error("unknown-var-file", at, `${source.file} is not a mapping of variables to values.`));
    return [];
  }
  return [...tree.entries].flatMap(([name, { key, value }]): [string, Override][] => {
    const at = positionOf(key);
    if (value.type !== "scalar") return [[name, { text: "", tree: value, at, mustBeDeclared: true }]];
    if (value.value !== null) return [[name, { text: textOf(value), at, mustBeDeclared: true }]];
    report(error("unknown-var-file", at, `the variable ${name} has no value.`));
    return [];
  });
}
