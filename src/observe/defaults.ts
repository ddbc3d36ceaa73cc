/** What AWS made with VPCs that are there, for the resources of the file that stand for it. */
import type { Aws } from "../aws/aws.ts";
import type { Address, AwsId, Desired, Kind, Live, Spec } from "../kinds/kind.ts";
import type { Drivers } from "./observe.ts";
import type { Resolved } from "./resolve.ts";

/** One call a kind; of a VPC that is yet to be made nothing is found, and the apply takes over what AWS makes with it. */
export async function findDefaults(
  drivers: Drivers,
  aws: Aws,
  nodes: readonly (readonly [Kind, Desired])[],
  resolved: Pick<Resolved, "declared"> | undefined,
  idOf: (address: Address) => AwsId | undefined,
): Promise<(readonly [Kind, Desired, Live])[]> {
  const placed = nodes.flatMap(([kind, node]) => {
    const vpc = ((resolved?.declared.get(node.address)?.desired ?? node).spec as Spec)["vpc"];
    const id = typeof vpc === "string" ? (vpc.includes("/") ? idOf(vpc) : vpc) : undefined;
    return id === undefined ? [] : [{ kind, node, vpc: id }];
  });
  const kinds = [...new Set(placed.map(({ kind }) => kind))];
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const mine = placed.filter((one) => one.kind === kind);
      const lives = await (await drivers.of(kind)).defaults!(aws, [...new Set(mine.map(({ vpc }) => vpc))]);
      return mine.flatMap(({ node, vpc }) => {
        const live = lives.get(vpc);
        return live ? [[kind, node, live] as const] : [];
      });
    }),
  );
  return found.flat();
}
