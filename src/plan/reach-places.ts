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
    const [, field, place, rest] = /^(\w+)\[(\d+)\](.*)$/.exec(path ?? "") ?? [];
    if (!node || !decision || field === undefined) return node?.at(path);
    const item = listIn(index.get(address)?.spec, field)[Number(place)];
    const own = listIn(decision.declared?.resolved ?? node.spec, field).findIndex((one) => isSame(decision, field, one, item));
    return own < 0 ? node.at() : node.at(`${field}[${own}]${rest}`);
  };
}

function listIn(spec: object | undefined, field: string): readonly unknown[] {
  const list = (spec as Spec | undefined)?.[field];
  return Array.isArray(list) ? list : [];
}

/** Whether two elements are the same by the keys that the diff uses. One element of the file may stand for several in AWS. */
function isSame({ kind }: Decision, field: string, written: unknown, item: unknown): boolean {
  if (written === item) return true;
  const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field];
  const keys = (one: unknown) => (rule ? keysOf(rule, normalised(kind, { [field]: [one] })[field]) : []);
  const known = new Set(keys(written));
  return keys(item).some((key) => known.has(key));
}
