/**
 * The whole environment with everything put in, as `infra validate --resolved` prints it: a file that means the same, as far as nothing
 * in it is repeated (`public[a]` is no name that a file can write) and nothing waits for AWS.
 */
import { relative, resolve } from "node:path";
import { mapAnnotated } from "../resource/references.ts";
import { shownLate } from "../resource/late.ts";
import type { Declaration } from "./declared.ts";
import { outputsBefore, type Output } from "./outputs.ts";
import { plainWithAddresses, type Surroundings } from "./resources.ts";
import { followPath } from "./tree.ts";
import { WrittenNumber } from "./written-number.ts";

type Plain = Readonly<Record<string, unknown>>;

/**
 * A name in a part means one of the part's own; outside of it, the same reference is an address. Sections of which nothing is
 * declared in this run are left out. `folder`: of the environment, to which the names of files are relative.
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

/** What a part or a base names beside itself lies elsewhere for the environment. */
function withFilesFrom(folder: string, { kind, tree }: Declaration, value: Plain): Plain {
  return mapAnnotated(kind.schema, value, "x-file", (name, path) => {
    const { source } = followPath(tree, path).value.spot;
    return source.folder === folder ? name : relative(folder, resolve(source.folder, String(name)));
  }) as Plain;
}

/** No expression is left in it: what looks like one is a text, and is written so. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null || value instanceof WrittenNumber) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literal(inner)]));
}
