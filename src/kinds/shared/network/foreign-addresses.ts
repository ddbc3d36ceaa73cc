/**
 * A check before the apply for addresses that a plan assigns to new objects and that foreign objects already use. AWS would refuse these.
 */
import type { Aws } from "../../../aws/aws.ts";
import { interfacesWith } from "../../../aws/interfaces.ts";
import type { Around, AwsId, PlannedObject, PreflightFindings, Slot, Spec } from "../../kind.ts";
import { idFilters } from "../lookup.ts";
import { ifAllowed } from "../instances/preflight.ts";
import { isElasticIpSlot, isPrivateAddressSlot } from "../slots.ts";

interface Wanted {
  readonly one: PlannedObject;
  readonly slot: Slot;
  /** The id of the subnet or the Elastic IP. A new one is not checked, because nothing foreign uses it. */
  readonly place: AwsId;
}

type Problem = PreflightFindings["problems"][number];

/**
 * Returns the addresses that foreign objects use. `slotsOf` returns the slots that a spec takes. An interface that AWS deletes by itself is
 * no problem, because the apply waits for it.
 */
export async function foreignAddresses<S extends object>(
  aws: Aws,
  planned: readonly PlannedObject<S>[],
  around: Around,
  slotsOf: (spec: S, address: string) => readonly Slot[],
): Promise<PreflightFindings> {
  const all = planned.flatMap((one) =>
    slotsOf(one.request, one.address).flatMap((slot): Wanted[] => {
      const place = around.id(String(slot.of?.[0] ?? ""));
      return place === undefined || around.isHeldByOurs(slot) ? [] : [{ one, slot, place }];
    }),
  );
  const unchecked: string[] = [];
  const look = async (wanted: readonly Wanted[], read: (wanted: readonly Wanted[]) => Promise<Problem[]>, what: string) =>
    wanted.length === 0 ? [] : ((await ifAllowed(read(wanted), what, unchecked)) ?? []);
  const problems = await Promise.all([
    look(
      all.filter(({ slot }) => isPrivateAddressSlot(slot)),
      (wanted) => takenPrivate(aws, wanted, around),
      "whether private addresses are free",
    ),
    look(
      all.filter(({ slot }) => isElasticIpSlot(slot)),
      (wanted) => takenElastic(aws, wanted, around),
      "whether Elastic IPs are in use",
    ),
  ]);
  return { problems: problems.flat(), unchecked };
}

async function takenPrivate(aws: Aws, wanted: readonly Wanted[], around: Around): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const filters of idFilters("addresses.private-ip-address", [...new Set(wanted.map(({ slot }) => String(slot.value)))]))
    for (const { blocker, subnet, addresses } of await interfacesWith(aws, filters))
      for (const { one, slot, place } of wanted)
        if (place === subnet && addresses.includes(String(slot.value)) && isForeign(aws, blocker.holder, around, blocker.id))
          problems.push(taken(one, slot, `${blocker.id} (${blocker.what})`));
  return problems;
}

async function takenElastic(aws: Aws, wanted: readonly Wanted[], around: Around): Promise<Problem[]> {
  const ec2 = await import("../../../aws/sdk/ec2.ts");
  const users = new Map<AwsId, { readonly machine?: AwsId | undefined; readonly card?: AwsId | undefined }>();
  for (const Filters of idFilters("allocation-id", [...new Set(wanted.map(({ place }) => place))]))
    for (const { AllocationId, AssociationId, InstanceId, NetworkInterfaceId } of (
      await aws.ec2(new ec2.DescribeAddressesCommand({ Filters }))
    ).Addresses ?? [])
      if (AssociationId) users.set(AllocationId!, { machine: InstanceId, card: NetworkInterfaceId });
  const cards = [...users.values()].flatMap(({ card }) => card ?? []);
  const found = new Map<AwsId, Awaited<ReturnType<typeof interfacesWith>>[number]["blocker"]>();
  for (const filters of idFilters("network-interface-id", cards))
    for (const { blocker } of await interfacesWith(aws, filters)) found.set(blocker.id, blocker);
  return wanted.flatMap(({ one, slot, place }) => {
    const { machine, card } = users.get(place) ?? {};
    const blocker = card === undefined ? undefined : found.get(card);
    const holder = machine ?? blocker?.holder ?? blocker?.owner;
    if (!isForeign(aws, holder, around, card)) return [];
    return [taken(one, slot, blocker ? `${blocker.id} (${blocker.what})` : holder!)];
  });
}

/**
 * Whether an interface belongs to someone else. `holder` is its owner, as an id or the end of an ARN. An interface without a holder is
 * deleted by AWS itself.
 */
function isForeign(aws: Aws, holder: AwsId | undefined, around: Around, card: AwsId | undefined): boolean {
  if (holder === undefined || around.isOurs(holder) || (card !== undefined && around.isOurs(card))) return false;
  return !around.isOurs(`arn:${aws.partition}:elasticloadbalancing:${aws.region}:${aws.account}:${holder}`);
}

function taken({ address }: PlannedObject<Spec>, slot: Slot, holder: string): Problem {
  const text = `${slot.what} is taken by ${holder}, which is not in this environment`;
  const cure = isElasticIpSlot(slot) ? "name another Elastic IP, or disassociate it there" : "write another address, or release it there";
  return { address, path: slot.path, code: "slot-taken", text, cure };
}
