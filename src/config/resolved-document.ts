/**
 * Returns the whole environment with all values put in, for `infra validate --resolved`. The result is a file with the same meaning as long
 * as nothing in it is repeated (a file cannot write the name `public[a]`) and nothing waits for AWS.
 */
import { relative, resolve } from "node:path";
import { mapAnnotated } from "../resource/references.ts";
import { shownLate } from "../resource/late.ts";
import type { Declaration } from "./references/declared.ts";
import { outputsBefore, type Output } from "./expand/outputs.ts";
import { plainWithAddresses, type Surroundings } from "./resources.ts";
import { followPath } from "./yaml/tree.ts";
import { WrittenNumber } from "./yaml/written-number.ts";

type Plain = Readonly<Record<string, unknown>>;

/**
 * Returns the document. A name in a part means one of the part's own resources, so outside of it the same reference is written as an
 * address. Sections without resources in this run are left out. `folder` is the folder of the environment, to which the names of files are
 * relative.
 */
export function resolvedDocument(plain: Plain, outputs: readonly Output[], folder: string, around: Surroundings): Plain {
  const { declared, environment } = around;
  const sections = new Set(declared.kinds.map(({ section }) => section));
  const resources = new Map<string, Record<string, unknown>>();
  for (const one of declared.all) {
    const { section } = one.kind;
    const value = one.prefix === undefined ? one.plain : plainWithAddresses(one, around);
    resources.set(section, { ...resources.get(section), [one.name]: withFilesFrom(folder, one, value as Plain) });
  }
  const { format, project, ...rest } = plain;
  const head = { ...(format !== undefined && { format }), ...(project !== undefined && { project }), environment };
  const entries = Object.entries({ ...head, ...rest }).map(([key, value]) => [key, resources.get(key) ?? value] as const);
  const shown = shownLate(
    Object.fromEntries(entries.filter(([key, value]) => !sections.has(key) || Object.keys(value as Plain).length > 0)),
  );
  return literal(outputs.length > 0 ? { ...shown, outputs: outputsBefore(outputs) } : shown) as Plain;
}

/** Makes the file names of a part or base relative to the environment's folder. */
function withFilesFrom(folder: string, { kind, tree }: Declaration, value: Plain): Plain {
  return mapAnnotated(kind.schema, value, "x-file", (name, path) => {
    const { source } = followPath(tree, path).value.spot;
    return source.folder === folder ? name : relative(folder, resolve(source.folder, String(name)));
  }) as Plain;
}

/** Returns a value without expressions. Text that looks like an expression is escaped. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null || value instanceof WrittenNumber) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literal(inner)]));
}
