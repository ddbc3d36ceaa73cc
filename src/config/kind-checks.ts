import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Desired, Kind, Problem, Slot, ResourceIndex, Subject } from "../kinds/kind.ts";
import { refsOf } from "../resource/references.ts";
import type { KindsByName } from "./checks.ts";
import type { Declared } from "./references/declared.ts";
import { partsOfName } from "./values/repetition.ts";

/** Returns the index of resources, declared or found, that the kinds use. */
export function resourceIndexOf(region: string, nodes: readonly Subject[]): ResourceIndex {
  const byAddress = new Map<Address, Subject>();
  const byKind = new Map<string, Subject[]>();
  for (const node of nodes) {
    byAddress.set(node.address, node);
    const same = byKind.get(node.kind);
    if (same) same.push(node);
    else byKind.set(node.kind, [node]);
  }
  return { region, of: (kind) => byKind.get(kind) ?? [], get: (address) => byAddress.get(address) };
}

/**
 * Runs the checks of the kinds. A resource that refers to a broken one is left out, because its problems would be consequences. A mistake
 * that all objects of a repeated resource share is reported once: `load` takes care of that.
 */
export function checkKinds(nodes: readonly Desired[], index: ResourceIndex, declared: Declared, kinds: KindsByName): Diagnostic[] {
  return nodes.flatMap((node) => {
    const kind = kinds.get(node.kind)!;
    if (refersToBroken(node, index, declared, kinds)) return [];
    return [...(kind.check?.(node, index) ?? []), ...sharedByItems(node, kind, index)].map(
      ({ code, severity, summary, hint, path }): Diagnostic => ({
        code,
        severity: severity ?? "error",
        at: node.at(path),
        summary,
        hint,
      }),
    );
  });
}

/** Reports a slot that every object of a repeated resource would take although only one object can. The first two objects speak for all. */
function sharedByItems(node: Desired, kind: Kind, index: ResourceIndex): Problem[] {
  const { base, key } = partsOfName(node.name);
  if (key === undefined || !kind.slots) return [];
  const items = index.of(kind.name).filter(({ name }) => name.startsWith(`${base}[`));
  const [first, second] = items;
  if (!second || first?.address !== node.address) return [];
  const others = new Set(kind.slots(second, index).map(keyOf));
  return kind
    .slots(node, index)
    .filter((slot) => others.has(keyOf(slot)))
    .map(({ path, what }) => ({
      code: "conflict",
      path,
      summary: `${node.address} and ${second.address} would both take ${what}, which only one object can have.`,
      hint: "with `count` or `forEach`, leave it out, or make it different for each with ${each.key}",
    }));
}

function keyOf({ space, value }: Slot): string {
  return JSON.stringify([space, value]);
}

function refersToBroken(node: Desired, index: ResourceIndex, declared: Declared, kinds: KindsByName): boolean {
  return refsOf(kinds.get(node.kind)!.schema, node.spec).some(
    ({ value }) => typeof value === "string" && !index.get(value) && declared.has(value),
  );
}
