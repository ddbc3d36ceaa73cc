/** What foreign objects hold in the networks in which a plan would make something: looked at before the apply, since AWS would refuse. */
import type { Around, AwsId, PlannedObject, PreflightFindings } from "../kind.ts";
import { cureOfTaken } from "../../resource/findings.ts";
import { ifAllowed } from "./preflight-machines.ts";

/** By the id of the network: what a plan would make in it. Networks that are themselves new hold nothing foreign. */
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

/** Reads what is there, and says of each new object what a foreign object has of it; denied reads are named. */
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
        // Of the gateway of a network there is no other one to write.
        const cure = cureOfTaken(id, path === "vpc" || path === "subnet" ? undefined : path);
        return [{ address: one.address, path, code: "slot-taken" as const, text: `${text} ${id}, which is not ours`, cure }];
      }),
    );
  return { problems, unchecked };
}
