import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Desired, ResourceIndex } from "../kinds/kind.ts";
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
 * consequences. A mistake that all objects of a repeated resource have is said once: `load` sees to that.
 */
export function checkKinds(nodes: readonly Desired[], index: ResourceIndex, declared: Declared, kinds: KindsByName): Diagnostic[] {
  return nodes.flatMap((node) => {
    const kind = kinds.get(node.kind)!;
    if (!kind.check || refersToBroken(node, index, declared, kinds)) return [];
    return kind.check(node, index).map(({ code, severity, summary, hint, path }): Diagnostic => ({
      code,
      severity: severity ?? "error",
      at: node.at(path),
      summary,
      hint,
    }));
  });
}

function refersToBroken(node: Desired, index: ResourceIndex, declared: Declared, kinds: KindsByName): boolean {
  return refsOf(kinds.get(node.kind)!.schema, node.spec).some(
    ({ value }) => typeof value === "string" && !index.get(value) && declared.has(value),
  );
}
