import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { serviceRole } from "../../resource/iam.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Driver, Kind, Live, Member, Run, Slot, Subject } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { idFilters, isMeant, networksOf, tagFilters } from "../shared/lookup.ts";
import { refKey } from "../shared/network/network-index.ts";
import { elasticIpSlot, privateAddressSlot } from "../shared/slots.ts";
import { textOf } from "../shared/told.ts";
import { checkGateway, needs } from "./check.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { elasticIpsOf, type NatGateway, schema, type ZoneAddress } from "./schema.ts";
import { foreignAddresses } from "../shared/network/foreign-addresses.ts";
import type { NatGateway as AwsNatGateway, NatGatewayAddress } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

/**
 * Further addresses of a gateway, or all addresses of a regional one. The key is the allocation (the address for a private gateway); the
 * value is the association's id and its progress.
 */
interface Handle {
  readonly secondary: Readonly<Record<string, Association>>;
  /** Set for a regional gateway whose zones and addresses AWS chooses. */
  readonly isAutomatic?: boolean;
}

interface Association {
  readonly association: string | undefined;
  readonly status: string;
  readonly message?: string | undefined;
}

/** The time in seconds for which a deleted gateway has been seen to hold its addresses. */
const addressesHeldFor = 20;

export const natGateway: Kind<NatGateway, Handle> = {
  name: "natGateway",
  section: "natGateways",
  file: "network",
  idPrefix: "nat-",
  doc: "A gateway for connections from instances without public addresses to other networks, and for none in the other direction.",
  outputs: {
    publicIp: "The public address of a public zonal gateway.",
    privateIp: "The private address of a zonal gateway.",
    routeTable: "The id of the route table that AWS made for a regional gateway.",
  },
  foreign,
  summary: ({ subnet, vpc }) => {
    if (vpc !== undefined) return { line: `for all zones of ${textOf(vpc)}`, tells: ["vpc", "availabilityMode"] };
    return subnet === undefined ? { line: "", tells: [] } : { line: `in ${textOf(subnet)}`, tells: ["subnet"] };
  },
  schema,
  fields: {
    availabilityMode: {
      change: "replace",
      default: { value: "zonal", class: "create-only" },
      because: "the availability mode of a NAT gateway cannot be changed",
    },
    vpc: { change: "replace", because: "a NAT gateway cannot move to another VPC" },
    availabilityZoneAddresses: {
      // A gateway whose owner provides the addresses may have none for a moment, when the address of a zone moves to another zone.
      change: (was, _now, { live }) => ((live ? live.handle.isAutomatic === true : !was?.length) ? "replace" : "update"),
      as: { key: ({ availabilityZone, elasticIp }: ZoneAddress) => `${availabilityZone} ${refKey(elasticIp)}`, unlisted: "remove" },
      because: { replace: "a regional NAT gateway cannot change between zones that AWS chooses and zones that you list" },
      urgency: "traffic",
    },
    subnet: { change: "replace", because: "a NAT gateway cannot move to another subnet" },
    elasticIp: { change: "replace", because: "the primary address of a NAT gateway cannot be changed" },
    connectivityType: {
      change: "replace",
      default: { value: "public", class: "create-only" },
      because: "the connectivity type of a NAT gateway cannot be changed",
    },
    privateIpAddress: { change: "replace", because: "the private address of a NAT gateway cannot be changed" },
    secondaryElasticIps: { change: "update", as: "set", urgency: "traffic" },
    secondaryPrivateIpAddresses: { change: "update", as: "set" },
    secondaryPrivateIpAddressCount: { change: "update" },
  },
  stages: [{ name: "create" }],
  create: "token",
  slots,
  waits: { create: { typical: 120, limit: 600 }, delete: { typical: 180, limit: 1800 }, lag: addressesHeldFor, poll: 10 },
  tagIndex: ec2Index("natgateway"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeAddresses", "ec2:DescribeNatGateways", "ec2:DescribeNetworkInterfaces"],
    write: [
      "ec2:CreateNatGateway",
      "ec2:DeleteNatGateway",
      "ec2:AssignPrivateNatGatewayAddress",
      "ec2:AssociateNatGatewayAddress",
      "ec2:DisassociateNatGatewayAddress",
      "ec2:UnassignPrivateNatGatewayAddress",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteNatGateway", "ec2:DisassociateNatGatewayAddress", "ec2:UnassignPrivateNatGatewayAddress"],
    onlyFor: {
      "ec2:DescribeAddresses": ["elasticIp", "secondaryElasticIps", "availabilityZoneAddresses"],
      "ec2:AssociateNatGatewayAddress": ["secondaryElasticIps", "availabilityZoneAddresses"],
      "ec2:DisassociateNatGatewayAddress": ["secondaryElasticIps", "availabilityZoneAddresses"],
      "ec2:AssignPrivateNatGatewayAddress": ["secondaryPrivateIpAddresses", "secondaryPrivateIpAddressCount"],
      "ec2:UnassignPrivateNatGatewayAddress": ["secondaryPrivateIpAddresses", "secondaryPrivateIpAddressCount"],
    },
    access: {
      "ec2:AssociateNatGatewayAddress": { ours: ["natgateway/*"], free: ["elastic-ip/*"] },
      "ec2:CreateNatGateway": { made: ["natgateway/*"], free: ["elastic-ip/*", "subnet/*", "vpc/*"] },
      "ec2:DisassociateNatGatewayAddress": { ours: ["natgateway/*"], free: ["elastic-ip/*", "network-interface/*"] },
    },
    // The account's first NAT gateway creates AWSServiceRoleForNATGateway (VPC User Guide, "Use service-linked roles for VPC").
    implied: () => [serviceRole("ec2-nat-gateway.amazonaws.com")],
  },
  after: needs,
  check: checkGateway,
  network,
  authored: (spec) => ({
    spec: without(omit(spec, ["privateIpAddress", "secondaryPrivateIpAddresses"]), {
      secondaryElasticIps: [],
      secondaryPrivateIpAddressCount: 0,
      connectivityType: "public",
      availabilityMode: "zonal",
      availabilityZoneAddresses: [],
    }),
  }),
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/**
 * Returns the slots of its addresses. An address that is in use makes the gateway fail (VPC User Guide, "NAT gateway creation fails":
 * Resource.AlreadyAssociated).
 */
function slots({ spec }: Pick<Subject<Partial<NatGateway>>, "spec">): readonly Slot[] {
  const { subnet, privateIpAddress, secondaryPrivateIpAddresses: further = [] } = spec;
  return [
    ...elasticIpsOf(spec).map(({ address, path }) => elasticIpSlot(address, path)),
    ...(subnet === undefined ? [] : further.map((ip, i) => privateAddressSlot(subnet, ip, `secondaryPrivateIpAddresses[${i}]`))),
    ...(subnet === undefined || privateIpAddress === undefined ? [] : [privateAddressSlot(subnet, privateIpAddress, "privateIpAddress")]),
  ];
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** DescribeNatGateways names its filters `Filter`, unlike all other calls. */
function driver(ec2: Sdk): Driver<NatGateway, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.ec2.pages(ec2.DescribeNatGatewaysCommand, { Filter: environmentFilter(scope), MaxResults: 1000 }))
        for (const found of page.NatGateways ?? []) yield live(aws, found);
    },

    async get(aws, ids) {
      const lives = new Map<string, Live<NatGateway, Handle>>();
      for (const Filter of idFilters("nat-gateway-id", ids))
        for await (const page of aws.ec2.pages(ec2.DescribeNatGatewaysCommand, { Filter, MaxResults: 1000 }))
          for (const found of page.NatGateways ?? [])
            if (ids.includes(found.NatGatewayId!)) lives.set(found.NatGatewayId!, live(aws, found));
      return lives;
    },

    preflight: (aws, planned, around) => foreignAddresses(aws, planned, around, (spec) => slots({ spec })),
    preflightChanges: (aws, changing, around) => foreignAddresses(aws, changing, around, (spec) => slots({ spec })),

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filter of idFilters("vpc-id", networksOf(found)))
        for await (const page of aws.ec2.pages(ec2.DescribeNatGatewaysCommand, { Filter, MaxResults: 1000 }))
          for (const one of page.NatGateways ?? [])
            if (one.State === "available" || one.State === "pending")
              members.push({ id: one.NatGatewayId!, what: `NAT gateway in ${one.SubnetId ?? one.VpcId}` });
      return members;
    },

    async create(aws, request, identity) {
      const { NatGateway: made } = await aws.ec2(
        new ec2.CreateNatGatewayCommand({
          ClientToken: identity.token,
          ...placeOf(request),
          ...(request.elasticIp ? { AllocationId: request.elasticIp } : {}),
          ...(request.privateIpAddress ? { PrivateIpAddress: request.privateIpAddress } : {}),
          ...(request.secondaryElasticIps?.length ? { SecondaryAllocationIds: [...request.secondaryElasticIps] } : {}),
          ...(request.secondaryPrivateIpAddresses?.length ? { SecondaryPrivateIpAddresses: [...request.secondaryPrivateIpAddresses] } : {}),
          ...(request.secondaryPrivateIpAddressCount ? { SecondaryPrivateIpAddressCount: request.secondaryPrivateIpAddressCount } : {}),
          TagSpecifications: tagSpecifications("natgateway", identity.tags),
        }),
      );
      return made!.NatGatewayId!;
    },

    update: (aws, _stage, live, request, _changes, run) =>
      request.availabilityMode === "regional"
        ? setZones(ec2, aws, live, request.availabilityZoneAddresses ?? [], run)
        : request.connectivityType === "private"
          ? setPrivateAddresses(ec2, aws, live, request, run)
          : setAddresses(ec2, aws, live, request.secondaryElasticIps ?? [], run),

    async delete(aws, live, run) {
      if (live.state === "deleting" || live.state === "dead") return;
      const isGone = await aws.ec2(new ec2.DeleteNatGatewayCommand({ NatGatewayId: live.id })).then(
        () => false,
        (error) => {
          if (isNotFound(error)) return true;
          throw error;
        },
      );
      if (isGone || live.spec.connectivityType === "private") return;
      await run.wait("AWS to delete it", 1800, (now) => now === undefined || now.state === "dead");
      // The gateway holds its addresses for some seconds more, which no call shows. A gateway that is created with them in that time fails.
      run.say("AWS releases its addresses");
      await aws.clock.sleep(addressesHeldFor * 1000);
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const Filter = [...tagFilters(tags), { Name: "state", Values: ["pending", "available"] }];
      const ids: string[] = [];
      if (owner !== aws.account) return ids; // EC2 lists the account's own gateways only
      for await (const page of aws.ec2.pages(ec2.DescribeNatGatewaysCommand, { Filter, MaxResults: 1000 }))
        for (const found of page.NatGateways ?? [])
          if (isMeant(found, tags, owner) && (found.State === "pending" || found.State === "available")) ids.push(found.NatGatewayId!);
      return ids;
    },
  };
}

/** Returns the place of a gateway in the form of a create. A regional gateway is in no subnet; its addresses are given zone by zone. */
function placeOf({ availabilityMode, vpc, subnet, connectivityType, availabilityZoneAddresses = [] }: NatGateway) {
  if (availabilityMode !== "regional") return { SubnetId: subnet, ConnectivityType: connectivityType ?? "public" };
  const byZone = byZones(availabilityZoneAddresses);
  return {
    AvailabilityMode: availabilityMode,
    VpcId: vpc,
    ConnectivityType: "public" as const,
    ...(byZone.size === 0
      ? {}
      : { AvailabilityZoneAddresses: [...byZone].map(([AvailabilityZone, AllocationIds]) => ({ AvailabilityZone, AllocationIds })) }),
  };
}

function byZones(addresses: readonly ZoneAddress[]): ReadonlyMap<string, string[]> {
  const byZone = new Map<string, string[]>();
  for (const { availabilityZone, elasticIp } of addresses)
    byZone.set(availabilityZone, [...(byZone.get(availabilityZone) ?? []), elasticIp]);
  return byZone;
}

/**
 * Sets the addresses of each zone. New addresses come first, so that no zone is without one. An address that changes its zone must leave
 * the old zone before that.
 */
async function setZones(
  ec2: Sdk,
  aws: Aws,
  live: Live<NatGateway, Handle>,
  request: readonly ZoneAddress[],
  run: Run<NatGateway, Handle>,
): Promise<void> {
  const had = new Map((live.spec.availabilityZoneAddresses ?? []).map(({ elasticIp, availabilityZone }) => [elasticIp, availabilityZone]));
  const wanted = new Map(request.map(({ elasticIp, availabilityZone }) => [elasticIp, availabilityZone]));
  // An address that an earlier run was still removing when it was stopped is also added again, once it is removed.
  const isLeaving = (address: string) => live.handle.secondary[address]?.status === "disassociating";
  const moves = [...wanted].flatMap(([address, zone]) =>
    isLeaving(address) || (had.has(address) && had.get(address) !== zone) ? [address] : [],
  );
  await letGoOf(ec2, aws, live, moves, run);
  for (const [AvailabilityZone, addresses] of byZones(request)) {
    const missing = addresses.filter((address) => !live.handle.secondary[address] || moves.includes(address));
    if (missing.length > 0) await associate(ec2, aws, live, missing, AvailabilityZone);
    if (addresses.some((address) => moves.includes(address) || live.handle.secondary[address]?.status !== "succeeded"))
      await run.wait("its addresses", 600, (now) => addresses.every((address) => statusOf(now, address) === "succeeded"));
  }
  await letGoOf(
    ec2,
    aws,
    live,
    Object.keys(live.handle.secondary).filter((address) => !wanted.has(address)),
    run,
  );
}

/** Removes addresses. AWS gives connections 350 s to end. A removal that an earlier run began is only waited for. */
async function letGoOf(ec2: Sdk, aws: Aws, live: Live<NatGateway, Handle>, leaving: readonly string[], run: Run<NatGateway, Handle>) {
  if (leaving.length === 0) return;
  const AssociationIds = leaving
    .map((address) => live.handle.secondary[address])
    .flatMap((one) => (one?.association && one.status !== "disassociating" ? [one.association] : []));
  if (AssociationIds.length > 0)
    await unlessGone(aws.ec2(new ec2.DisassociateNatGatewayAddressCommand({ NatGatewayId: live.id, AssociationIds })));
  await run.wait("connections through the removed addresses to end", 900, (now) =>
    leaving.every((address) => statusOf(now, address) === undefined),
  );
}

/**
 * Sets the further Elastic IPs. AWS allows one such change at a time, and gives connections on a leaving address 350 s to end. New
 * addresses come first, unless the gateway has its maximum (2 unless the quota was raised: VPC quotas). An address that an earlier run was
 * still removing when it was stopped is waited for, and added again if the file has it.
 */
async function setAddresses(
  ec2: Sdk,
  aws: Aws,
  live: Live<NatGateway, Handle>,
  request: readonly string[],
  run: Run<NatGateway, Handle>,
): Promise<void> {
  const have = live.handle.secondary;
  const leaving = Object.keys(have).filter((address) => have[address]!.status === "disassociating");
  const missing = request.filter((address) => !have[address] || leaving.includes(address));
  const surplus = Object.keys(have).filter((address) => !request.includes(address) && !leaving.includes(address));
  const hasRoomFor = (addresses: readonly string[]) =>
    associate(ec2, aws, live, addresses).then(
      () => true,
      (error) => {
        if (surplus.length === 0 || !hasCode(error, "NatGatewayAddressLimitExceeded")) throw error;
        return false;
      },
    );
  const makeRoom = () => letGoOf(ec2, aws, live, surplus, run);
  if (missing.length > 0) await letGoOf(ec2, aws, live, leaving, run);
  const isFull = missing.length > 0 && !(await hasRoomFor(missing));
  if (isFull) {
    await makeRoom();
    await associate(ec2, aws, live, missing);
  }
  if (request.some((address) => have[address]?.status !== "succeeded"))
    await run.wait("AWS to add its secondary addresses", 600, (now) => request.every((address) => statusOf(now, address) === "succeeded"));
  if (!isFull) await makeRoom();
}

/** Does the same for the private addresses of a private gateway. When a smaller number is requested, the last addresses are removed. */
async function setPrivateAddresses(
  ec2: Sdk,
  aws: Aws,
  live: Live<NatGateway, Handle>,
  request: NatGateway,
  run: Run<NatGateway, Handle>,
): Promise<void> {
  const NatGatewayId = live.id;
  const { secondaryPrivateIpAddresses: named, secondaryPrivateIpAddressCount: number = 0 } = request;
  const have = live.handle.secondary;
  const leaving = Object.keys(have).filter((ip) => have[ip]!.status === "unassigning");
  const staying = Object.keys(have).filter((ip) => !leaving.includes(ip));
  const wanted = named ?? staying.slice(0, number);
  const missing = wanted.filter((ip) => !staying.includes(ip));
  const more = named === undefined ? number - wanted.length : missing.length;
  const areGone = (gone: readonly string[]) => (now: Live<NatGateway, Handle> | undefined) =>
    gone.every((ip) => statusOf(now, ip) === undefined);
  // A removal that an earlier run began is waited for: AWS allows one change at a time, and the same address may be wanted again.
  if (leaving.length > 0) await run.wait("connections through the removed addresses to end", 900, areGone(leaving));
  if (more > 0) {
    const which = named === undefined ? { PrivateIpAddressCount: more } : { PrivateIpAddresses: missing };
    await aws.ec2(new ec2.AssignPrivateNatGatewayAddressCommand({ NatGatewayId, ...which }), { once: true });
    await run.wait("AWS to add its secondary addresses", 600, (now) => {
      const there = Object.keys(now?.handle.secondary ?? {}).filter((ip) => statusOf(now, ip) === "succeeded");
      return named === undefined ? there.length >= number : named.every((ip) => there.includes(ip));
    });
  }
  const surplus = staying.filter((ip) => !wanted.includes(ip));
  if (surplus.length === 0) return;
  await unlessGone(aws.ec2(new ec2.UnassignPrivateNatGatewayAddressCommand({ NatGatewayId, PrivateIpAddresses: surplus })));
  await run.wait("connections through the removed addresses to end", 900, areGone(surplus));
}

/** Adds addresses. An address that another gateway just released is held for some seconds more; after that, AWS's refusal stands. */
async function associate(
  ec2: Sdk,
  aws: Aws,
  live: Live<NatGateway, Handle>,
  missing: readonly string[],
  AvailabilityZone?: string,
): Promise<void> {
  for (const began = aws.clock.now(); ; await aws.clock.sleep(5_000))
    try {
      const zone = AvailabilityZone === undefined ? {} : { AvailabilityZone };
      await aws.ec2(new ec2.AssociateNatGatewayAddressCommand({ NatGatewayId: live.id, AllocationIds: [...missing], ...zone }));
      return;
    } catch (error) {
      if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
      // It is associated with this gateway, by a call whose answer was lost, or with another one.
      const { NatGateways: [now] = [] } = await aws.ec2(
        new ec2.DescribeNatGatewaysCommand({ Filter: [{ Name: "nat-gateway-id", Values: [live.id] }] }),
      );
      if (missing.every((address) => now?.NatGatewayAddresses?.some(({ AllocationId }) => AllocationId === address))) return;
      if (aws.clock.now() - began >= addressesHeldFor * 1000) throw error;
    }
}

/** Returns the status of an address. Throws when AWS gave up on it, because waiting has no use then. */
function statusOf(now: Live<NatGateway, Handle> | undefined, address: string): string | undefined {
  const found = now?.handle.secondary[address];
  if (found?.status === "failed")
    throw new Refusal(`AWS could not add ${address} to ${now!.id}: ${found.message ?? "AWS gives no reason"}`);
  return found?.status;
}

function live(aws: Aws, found: AwsNatGateway): Live<NatGateway, Handle> {
  const addresses = found.NatGatewayAddresses ?? [];
  if (found.AvailabilityMode === "regional") return liveRegional(aws, found, addresses);
  const first = addresses.find(({ IsPrimary }) => IsPrimary) ?? addresses.find(({ IsPrimary }) => IsPrimary === undefined);
  const secondary = secondaryOf(addresses.filter((address) => address !== first));
  // Only complete associations count, so that a later run waits for the others.
  const complete = Object.keys(secondary).filter((address) => secondary[address]!.status === "succeeded");
  const further =
    found.ConnectivityType === "private"
      ? { secondaryPrivateIpAddresses: complete, secondaryPrivateIpAddressCount: complete.length }
      : { secondaryElasticIps: complete };
  return {
    id: found.NatGatewayId!,
    aliases: first?.NetworkInterfaceId ? [first.NetworkInterfaceId] : [],
    tags: tagsOf(found.Tags),
    owner: aws.account, // EC2 lists the account's own gateways only
    state: stateOf(found),
    spec: {
      availabilityMode: "zonal",
      subnet: found.SubnetId!,
      elasticIp: first?.AllocationId,
      connectivityType: found.ConnectivityType === "private" ? "private" : "public",
      ...(first?.PrivateIp ? { privateIpAddress: first.PrivateIp } : {}),
      ...further,
    },
    handle: { secondary },
    outputs: {
      ...(first?.PublicIp ? { publicIp: first.PublicIp } : {}),
      ...(first?.PrivateIp ? { privateIp: first.PrivateIp } : {}),
      subnet: found.SubnetId ?? "",
    },
    ...(found.CreateTime ? { createdAt: found.CreateTime.toISOString() } : {}),
  };
}

/** Returns a regional gateway. When AWS chooses its zones, its addresses come and go and are not compared. */
function liveRegional(aws: Aws, found: AwsNatGateway, addresses: readonly NatGatewayAddress[]): Live<NatGateway, Handle> {
  const secondary = secondaryOf(addresses);
  return {
    id: found.NatGatewayId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    owner: aws.account,
    state: stateOf(found),
    spec: {
      availabilityMode: "regional",
      vpc: found.VpcId!,
      connectivityType: "public",
      availabilityZoneAddresses:
        found.AutoProvisionZones === "enabled"
          ? []
          : addresses.flatMap(({ AllocationId, AvailabilityZone }) =>
              AllocationId && AvailabilityZone && secondary[AllocationId]?.status === "succeeded"
                ? [{ availabilityZone: AvailabilityZone, elasticIp: AllocationId }]
                : [],
            ),
    },
    handle: { secondary, isAutomatic: found.AutoProvisionZones === "enabled" },
    outputs: { routeTable: found.RouteTableId ?? "" },
    ...(found.CreateTime ? { createdAt: found.CreateTime.toISOString() } : {}),
  };
}

function secondaryOf(addresses: readonly NatGatewayAddress[]): Handle["secondary"] {
  return Object.fromEntries(
    addresses.flatMap(({ AllocationId, PrivateIp, AssociationId, Status, FailureMessage }) => {
      const address = AllocationId ?? PrivateIp;
      return address ? [[address, { association: AssociationId, status: Status ?? "succeeded", message: FailureMessage }]] : [];
    }),
  );
}

/** Returns the state. Deleted and failed gateways stay in the list for about an hour, with their tags. */
function stateOf({ State, FailureCode, FailureMessage }: AwsNatGateway): Live["state"] {
  if (State === "failed") return { failed: [FailureCode, FailureMessage].filter(Boolean).join(": ") || "AWS gives no reason" };
  if (State === "deleted") return "dead";
  if (State === "pending" || State === "deleting") return State;
  return "ready";
}
