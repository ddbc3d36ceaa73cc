/** Finds the objects that AWS made with existing parents, for the declared resources that stand for them. */
import type { Aws } from "../aws/aws.ts";
import type { Address, AwsId, Desired, Kind, Live, Spec } from "../kinds/kind.ts";
import type { Drivers } from "./drivers.ts";
import type { Resolved } from "./resolve.ts";

/**
 * Finds the objects with one call for each kind. For a parent that does not exist yet, it finds nothing, and the apply takes over the
 * object that AWS makes with the parent.
 */
export async function findDefaults(
  drivers: Drivers,
  aws: Aws,
  nodes: readonly (readonly [Kind, Desired])[],
  resolved: Pick<Resolved, "declared"> | undefined,
  idOf: (address: Address) => AwsId | undefined,
): Promise<(readonly [Kind, Desired, Live])[]> {
  const placed = nodes.flatMap(([kind, node]) => {
    if (typeof kind.madeWith !== "object") return [];
    const parent = ((resolved?.declared.get(node.address)?.desired ?? node).spec as Spec)[kind.madeWith.parent];
    const id = typeof parent === "string" ? (parent.includes("/") ? idOf(parent) : parent) : undefined;
    return id === undefined ? [] : [{ kind, node, parent: id }];
  });
  const kinds = [...new Set(placed.map(({ kind }) => kind))];
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const mine = placed.filter((one) => one.kind === kind);
      const lives = await (await drivers.of(kind)).defaults!(aws, [...new Set(mine.map(({ parent }) => parent))]);
      return mine.flatMap(({ node, parent }) => {
        const live = lives.get(parent);
        return live ? [[kind, node, live] as const] : [];
      });
    }),
  );
  return found.flat();
}
