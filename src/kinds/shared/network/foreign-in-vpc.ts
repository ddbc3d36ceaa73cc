/** A check before the apply for slots of a VPC that foreign objects hold and that a plan needs. AWS would refuse these. */
import type { Around, AwsId, PlannedObject, PreflightFindings } from "../../kind.ts";
import { cureOfTaken } from "../../../resource/findings.ts";
import { ifAllowed } from "../instances/preflight.ts";

/** Groups the planned objects by the id of their VPC. A VPC that is itself new holds nothing foreign. */
function byNetwork<S extends { readonly vpc: string }>(
  planned: readonly PlannedObject<S>[],
  around: Around,
): Map<AwsId, PlannedObject<S>[]> {
  const networks = new Map<AwsId, PlannedObject<S>[]>();
  for (const one of planned) {
    const id = around.id(one.request.vpc);
    if (id !== undefined) networks.set(id, [...(networks.get(id) ?? []), one]);
  }
  return networks;
}

/** Reads the existing objects and reports each new object that conflicts with a foreign one. Names the reads that were denied. */
export async function heldByForeign<S extends { readonly vpc: string }, T>(
  planned: readonly PlannedObject<S>[],
  around: Around,
  what: string,
  read: (networks: readonly AwsId[]) => Promise<readonly { readonly network: AwsId; readonly id: AwsId; readonly found: T }[]>,
  clash: (one: PlannedObject<S>, found: T) => { readonly path: string; readonly text: string } | undefined,
): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  const networks = byNetwork(planned, around);
  if (networks.size === 0) return { problems: [], unchecked };
  const there = (await ifAllowed(read([...networks.keys()]), what, unchecked)) ?? [];
  const problems = there
    .filter(({ id }) => !around.isOurs(id))
    .flatMap(({ network, id, found }) =>
      (networks.get(network) ?? []).flatMap((one) => {
        const said = clash(one, found);
        if (!said) return [];
        const { path, text } = said;
        // A VPC has one gateway, so the user cannot write another value.
        const cure = cureOfTaken(id, path === "vpc" || path === "subnet" ? undefined : path);
        return [{ address: one.address, path, code: "slot-taken" as const, text: `${text} ${id}, which is not in this environment`, cure }];
      }),
    );
  return { problems, unchecked };
}
