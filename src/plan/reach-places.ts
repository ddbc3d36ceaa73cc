/** Finds where the file writes a value of AWS. A list stands in the file in its author's order, and in AWS in another. */
import type { Environment } from "../config/environment.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Address, FieldRule, ResourceIndex, Spec } from "../kinds/kind.ts";
import { keysOf } from "./compare.ts";
import type { Decision } from "./decision.ts";
import { normalised } from "./normalised.ts";

/** Returns a function from an address and a path to the place in the file. `index`: the resources that the paths are about. */
export function placesIn(
  { nodes }: Pick<Environment, "nodes">,
  decisions: ReadonlyMap<Address, Decision>,
  index: ResourceIndex,
): (address: Address, path?: string) => Position | undefined {
  const written = new Map(nodes.map((node) => [node.address, node]));
  return (address, path) => {
    const node = written.get(address);
    const decision = decisions.get(address);
    const { field, place, rest } = partsOf(path);
    if (!node || !decision || field === undefined) return node?.at(path);
    const item = listIn(index.get(address)?.spec, field)[place];
    const own = listIn(decision.declared?.resolved ?? node.spec, field).findIndex((one) => isSame(decision, field, one, item));
    return own < 0 ? node.at() : node.at(`${field}[${own}]${rest}`);
  };
}

/**
 * Returns a function from an address and a path to the names of the field or the entry in a diff: "routes[1]" is "routes.0.0.0.0/0".
 * `index`: the resources that the paths are about.
 */
export function fieldsIn(
  decisions: ReadonlyMap<Address, Decision>,
  index: ResourceIndex,
): (address: Address, path: string) => readonly string[] {
  return (address, path) => {
    const { field, place } = partsOf(path);
    const decision = decisions.get(address);
    const item = field === undefined ? undefined : listIn(index.get(address)?.spec, field)[place];
    if (!decision || field === undefined || item === undefined) return [path];
    return keysIn(decision, field, item).map((key) => `${field}.${key}`);
  };
}

/** Returns the parts of "routes[1].target". Without a field if the path does not name an entry of a list. */
function partsOf(path = ""): { readonly field: string | undefined; readonly place: number; readonly rest: string } {
  const [, field, place, rest = ""] = /^(\w+)\[(\d+)\](.*)$/.exec(path) ?? [];
  return { field, place: Number(place), rest };
}

function listIn(spec: object | undefined, field: string): readonly unknown[] {
  const list = (spec as Spec | undefined)?.[field];
  return Array.isArray(list) ? list : [];
}

/** Whether two elements are the same by the keys that the diff uses. One element of the file may stand for several in AWS. */
function isSame(decision: Decision, field: string, written: unknown, item: unknown): boolean {
  if (written === item) return true;
  const known = new Set(keysIn(decision, field, written));
  return keysIn(decision, field, item).some((key) => known.has(key));
}

function keysIn({ kind }: Decision, field: string, item: unknown): readonly string[] {
  const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field];
  return rule ? keysOf(rule, normalised(kind, { [field]: [item] })[field]) : [];
}
