import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Desired, Kind, Problem, Slot, ResourceIndex } from "../kinds/kind.ts";
import { refsOf } from "../resource/references.ts";
import type { KindsByName } from "./checks.ts";
import type { Declared } from "./declared.ts";

/** The desired resources as the kinds' checks see them. */
export function resourceIndexOf(region: string, nodes: readonly Desired[]): ResourceIndex {
  const byAddress = new Map<Address, Desired>();
  const byKind = new Map<string, Desired[]>();
  for (const node of nodes) {
    byAddress.set(node.address, node);
    const same = byKind.get(node.kind);
    if (same) same.push(node);
    else byKind.set(node.kind, [node]);
  }
  return { region, of: (kind) => byKind.get(kind) ?? [], get: (address) => byAddress.get(address) };
}

/**
 * What the kinds themselves find. A resource that refers to a broken one is left out, since its problems would be
 * consequences; of a counted resource the first speaks for all.
 */
export function checkKinds(nodes: readonly Desired[], index: ResourceIndex, declared: Declared, kinds: KindsByName): Diagnostic[] {
  return nodes.flatMap((node) => {
    const kind = kinds.get(node.kind)!;
    if (/\[[1-9]\d*\]$/.test(node.name) || refersToBroken(node, index, declared, kinds)) return [];
    return [...(kind.check?.(node, index) ?? []), ...sharedByCount(node, kind, index)].map(
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

/** What only one may hold, a count above 1 cannot ask for: its objects are alike. */
function sharedByCount(node: Desired, kind: Kind, index: ResourceIndex): Problem[] {
  const second = node.address.endsWith("[0]") ? index.get(node.address.replace(/\[0\]$/, "[1]")) : undefined;
  if (!second || !kind.slots) return [];
  const others = new Set(kind.slots(second, index).map(keyOf));
  return kind
    .slots(node, index)
    .filter((slot) => others.has(keyOf(slot)))
    .map(({ path, what }) => ({
      code: "conflict",
      path,
      summary: `${node.address} and ${second.address} would both take ${what}, which one object only can hold.`,
      hint: "with a `count` above 1, leave it out, or declare the resources one by one",
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
