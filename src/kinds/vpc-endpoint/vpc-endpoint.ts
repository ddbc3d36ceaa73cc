import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Authored, Change, Driver, Kind, Live, Member, ResourceIndex, Slot, Subject } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { idFilters, networksOf } from "../shared/lookup.ts";
import { refKey } from "../shared/network/network-index.ts";
import { policyLines } from "../shared/policies/told.ts";
import { atLeast } from "../shared/slots.ts";
import { textOf } from "../shared/told.ts";
import { checkEndpoint } from "./check.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { canonicalPolicy, fullAccess } from "./policy.ts";
import { schema, type VpcEndpoint } from "./schema.ts";
import { addressesFor, fullName, privateDnsOf, shortName, typeOf } from "./service.ts";
import type { VpcEndpoint as AwsVpcEndpoint } from "@aws-sdk/client-ec2";
import { opensByPolicy, opensWithMore } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const vpcEndpoint: Kind<VpcEndpoint, null> = {
  name: "vpcEndpoint",
  section: "vpcEndpoints",
  file: "network",
  idPrefix: "vpce-",
  doc: "A private connection from a VPC to a service, without the internet.",
  outputs: {
    service: "The short name of the service.",
    vpc: "The id of the VPC.",
    dnsName: "The first DNS name of an interface endpoint.",
  },
  summary: ({ type, service, vpc }) => ({
    line: `${type ?? "Gateway"} for ${textOf(service)} in ${textOf(vpc)}`,
    tells: ["type", "service", "vpc"],
  }),
  schema,
  foreign,
  fields: {
    vpc: { change: "replace", because: "an endpoint cannot move to another VPC" },
    service: { change: "replace", because: "the service of an endpoint cannot be changed" },
    type: {
      change: "replace",
      default: { value: "Gateway", class: "create-only" },
      because: "the type of an endpoint cannot be changed",
    },
    routeTables: { change: "update", as: "set", default: { value: [], class: "enforced" }, urgency: "traffic" },
    // EC2 API, ModifyVpcEndpoint: subnets and security groups of an interface endpoint are added and removed, and it keeps at least one of
    // each.
    subnets: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "subnet"), urgency: "traffic" },
    securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
    privateDns: { change: "update", urgency: "traffic" },
    policy: {
      change: "update",
      late: true,
      as: "json",
      lines: policyLines,
      default: { value: fullAccess, class: "enforced" },
      urgency: opensByPolicy,
    },
    ipAddressType: { change: "update" },
    dnsRecordIpType: { change: "update", urgency: "traffic" },
  },
  stages: [{ name: "create" }],
  create: "token",
  slots,
  replace: "create-first",
  waits: { create: { typical: 75, limit: 900 }, delete: { typical: 60, limit: 900 }, poll: 5 },
  tagIndex: ec2Index("vpc-endpoint"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeVpcEndpoints"],
    write: ["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint", "ec2:DeleteVpcEndpoints", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteVpcEndpoints"],
    access: {
      "ec2:CreateVpcEndpoint": { made: ["vpc-endpoint/*"], free: ["route-table/*", "security-group/*", "subnet/*", "vpc/*"] },
      "ec2:ModifyVpcEndpoint": { ours: ["vpc-endpoint/*"], free: ["route-table/*", "security-group/*", "subnet/*"] },
    },
    // AWS ties a hosted zone with the private names to the VPC, in the name of the caller (AWS PrivateLink Guide, "Identity and access
    // management").
    implied: ({ spec }) =>
      privateDnsOf(spec) ? [{ sid: "PrivateNamesOfEndpoints", actions: ["route53:AssociateVPCWithHostedZone"], resources: ["*"] }] : [],
  },
  normalise: (spec) => ({
    ...spec,
    ...(spec.service === undefined ? {} : { service: shortName(spec.service) }),
    ...(spec.policy === undefined ? {} : { policy: canonicalPolicy(spec.policy) }),
    ...(spec.service !== undefined && spec.type === "Interface" ? { privateDns: privateDnsOf({ ...spec, service: spec.service }) } : {}),
  }),
  check: checkEndpoint,
  network,
  authored: authoredEndpoint,
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/**
 * Returns the slots. A route table has one route to a service, and in a VPC one endpoint has a service's private names (AWS PrivateLink
 * Guide).
 */
function slots({ spec }: Subject<VpcEndpoint>, _index: ResourceIndex): readonly Slot[] {
  if (spec.service === undefined) return [];
  const value = shortName(spec.service);
  const routes = (spec.routeTables ?? []).map((table, i) => ({
    space: `endpoint routes of ${refKey(table)}`,
    value,
    path: `routeTables[${i}]`,
    what: `the route to ${value} in ${refKey(table)}`,
    of: [table],
  }));
  if (!privateDnsOf(spec)) return routes;
  const names = {
    space: `private names in ${refKey(spec.vpc)}`,
    value,
    path: "privateDns",
    what: `the private DNS names for ${value} in ${refKey(spec.vpc)}`,
  };
  return [...routes, { ...names, of: [spec.vpc] }];
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** Returns an endpoint as an author writes it: only the fields of its type, and without AWS's default policy, which allows everything. */
function authoredEndpoint(spec: Partial<VpcEndpoint>): Authored<VpcEndpoint> {
  const isGateway = typeOf(spec) === "Gateway";
  const others = isGateway ? (["subnets", "securityGroups", "privateDns"] as const) : (["routeTables"] as const);
  const usual = {
    ipAddressType: "ipv4",
    dnsRecordIpType: isGateway ? "service-defined" : "ipv4",
    privateDns: privateDnsOf({ type: spec.type, service: spec.service ?? "" }),
    policy: fullAccess,
  };
  // AWS chooses other records for other addresses.
  const kept = spec.ipAddressType === undefined || spec.ipAddressType === "ipv4" ? {} : { dnsRecordIpType: spec.dnsRecordIpType };
  const noNames = typeOf(spec) === "GatewayLoadBalancer" ? (["dnsRecordIpType"] as const) : [];
  return { spec: omit({ ...without(omit(spec, others), usual), ...kept }, noNames) };
}

function driver(ec2: Sdk): Driver<VpcEndpoint, null> {
  const described = pagesOf(ec2.DescribeVpcEndpointsCommand, (page) => page.VpcEndpoints);
  return {
    ...ec2Kind({ described, idFilter: "vpc-endpoint-id", idOf: (one) => one.VpcEndpointId, live: (found, aws) => live(aws, found) }),

    async create(aws, request, identity) {
      const type = typeOf(request);
      const input = {
        VpcEndpointType: type,
        VpcId: request.vpc,
        ServiceName: fullName(request.service, aws.region),
        ...(request.routeTables?.length ? { RouteTableIds: request.routeTables } : {}),
        ...(request.subnets?.length ? { SubnetIds: request.subnets } : {}),
        ...(request.securityGroups?.length ? { SecurityGroupIds: request.securityGroups } : {}),
        ...(type === "Interface" ? { PrivateDnsEnabled: privateDnsOf(request) } : {}),
        ...(isFull(request.policy) ? {} : { PolicyDocument: request.policy }),
        ...(request.ipAddressType ? { IpAddressType: request.ipAddressType } : {}),
        ...(request.dnsRecordIpType ? { DnsOptions: { DnsRecordIpType: request.dnsRecordIpType } } : {}),
        ClientToken: identity.token,
        TagSpecifications: tagSpecifications("vpc-endpoint", identity.tags),
      };
      const { VpcEndpoint: made } = await afterNames(ec2, aws, request, () => aws.ec2(new ec2.CreateVpcEndpointCommand(input)));
      return made!.VpcEndpointId!;
    },

    async update(aws, _stage, live, request, changes, run) {
      const { policy, privateDns, ipAddressType } = changes;
      const again = privateDns?.after === true || ipAddressType !== undefined ? request.dnsRecordIpType : undefined;
      const records = changes.dnsRecordIpType?.after ?? again ?? recordsAfter(live.spec, request);
      const input = {
        VpcEndpointId: live.id,
        ...difference(changes.routeTables, "RouteTableIds"),
        ...difference(changes.subnets, "SubnetIds"),
        ...difference(changes.securityGroups, "SecurityGroupIds"),
        ...(privateDns ? { PrivateDnsEnabled: privateDns.after ?? false } : {}),
        ...(policy ? (isFull(policy.after) ? { ResetPolicy: true } : { PolicyDocument: request.policy ?? policy.after }) : {}),
        ...(ipAddressType?.after ? { IpAddressType: ipAddressType.after } : {}),
        ...(records ? { DnsOptions: { DnsRecordIpType: records } } : {}),
      };
      await afterNames(ec2, aws, request, () => aws.ec2(new ec2.ModifyVpcEndpointCommand(input)));
      await run.wait("the endpoint to be available again", 900, (now) => now?.state === "ready");
    },

    async delete(aws, live) {
      if (live.state === "deleting" || live.state === "dead") return;
      const { Unsuccessful: [refused] = [] } = await aws.ec2(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [live.id] }));
      // A successful answer may hold a failure (EC2 API, DeleteVpcEndpoints).
      if (refused?.Error && !refused.Error.Code?.endsWith(".NotFound"))
        throw new Refusal(`AWS refused to delete ${live.id}: ${refused.Error.Code}: ${refused.Error.Message}`);
    },

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters)) {
          const what = `endpoint for ${one.ServiceName} in ${one.VpcId}`;
          members.push({ id: one.VpcEndpointId!, what, isMadeByService: one.RequesterManaged ?? false });
        }
      return members;
    },
  };
}

/** Returns other DNS records when the present ones do not fit the new addresses and the file names none. */
function recordsAfter(was: Partial<VpcEndpoint>, { ipAddressType }: VpcEndpoint): VpcEndpoint["dnsRecordIpType"] {
  if (typeOf(was) !== "Interface" || ipAddressType === undefined || was.dnsRecordIpType === undefined) return undefined;
  return addressesFor[was.dnsRecordIpType].includes(ipAddressType) ? undefined : ipAddressType;
}

function isFull(policy: string | undefined): boolean {
  return policy === undefined || canonicalPolicy(policy) === fullAccess;
}

/** Returns, for example, `AddSubnetIds` and `RemoveSubnetIds`. EC2 does not accept empty lists. */
function difference(change: Change<string[] | undefined> | undefined, name: string): Readonly<Record<string, string[]>> {
  const { before = [], after = [] } = change ?? {};
  const added = after.filter((id) => !before.includes(id));
  const removed = before.filter((id) => !after.includes(id));
  return { ...(added.length > 0 ? { [`Add${name}`]: added } : {}), ...(removed.length > 0 ? { [`Remove${name}`]: removed } : {}) };
}

/** The time in seconds for which the private names of a deleted endpoint have been seen to stay. */
const namesStay = 600;

/**
 * Sends a call again while private names are still taken. They stay with an endpoint for minutes after its deletion, which no call shows.
 * The error stands when AWS shows another endpoint that has the names.
 */
async function afterNames<T>(ec2: Sdk, aws: Aws, request: VpcEndpoint, call: () => Promise<T>): Promise<T> {
  for (const began = aws.clock.now(); ; await aws.clock.sleep(15_000))
    try {
      return await call();
    } catch (error) {
      const isTaken = hasCode(error, "InvalidParameter") && /conflicting DNS domain/i.test(error.message);
      if (!isTaken || aws.clock.now() - began >= namesStay * 1000 || (await isHeld(ec2, aws, request))) throw error;
    }
}

async function isHeld(ec2: Sdk, aws: Aws, request: VpcEndpoint): Promise<boolean> {
  const Filters = [
    { Name: "vpc-id", Values: [request.vpc] },
    { Name: "service-name", Values: [fullName(request.service, aws.region)] },
  ];
  const { VpcEndpoints = [] } = await aws.ec2(new ec2.DescribeVpcEndpointsCommand({ Filters }));
  return VpcEndpoints.some((found) => found.PrivateDnsEnabled && !["deleting", "dead"].includes(String(stateOf(found))));
}

function live(aws: Aws, found: AwsVpcEndpoint): Live<VpcEndpoint, null> {
  const type = found.VpcEndpointType as VpcEndpoint["type"];
  const name = found.DnsEntries?.[0]?.DnsName;
  const records = found.DnsOptions?.DnsRecordIpType;
  return {
    id: found.VpcEndpointId!,
    aliases: found.NetworkInterfaceIds ?? [],
    tags: tagsOf(found.Tags),
    owner: found.OwnerId ?? aws.account,
    state: stateOf(found),
    spec: {
      vpc: found.VpcId!,
      service: shortName(found.ServiceName!),
      ...(type ? { type } : {}),
      routeTables: found.RouteTableIds ?? [],
      subnets: found.SubnetIds ?? [],
      securityGroups: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      privateDns: found.PrivateDnsEnabled ?? false,
      ...(found.PolicyDocument ? { policy: canonicalPolicy(found.PolicyDocument) } : {}),
      ...(found.IpAddressType ? { ipAddressType: found.IpAddressType as NonNullable<VpcEndpoint["ipAddressType"]> } : {}),
      ...(records ? { dnsRecordIpType: records as NonNullable<VpcEndpoint["dnsRecordIpType"]> } : {}),
    },
    handle: null,
    outputs: { service: shortName(found.ServiceName ?? ""), type: type ?? "", vpc: found.VpcId ?? "", ...(name ? { dnsName: name } : {}) },
    ...(found.CreationTimestamp ? { createdAt: found.CreationTimestamp.toISOString() } : {}),
    ...(plainState(found) === "pendingacceptance" ? { notes: ["the owner of the service has not accepted it yet"] } : {}),
  };
}

/** Returns the state in lower case: the SDK's enum has capitals, AWS's answers do not. */
function plainState({ State }: AwsVpcEndpoint): string {
  return String(State ?? "available").toLowerCase();
}

function stateOf(found: AwsVpcEndpoint): Live["state"] {
  switch (plainState(found)) {
    case "available":
    case "pendingacceptance":
    case "partial":
      return "ready";
    case "pending":
      return "pending";
    case "deleting":
      return "deleting";
    case "deleted":
      return "dead";
    default:
      return { failed: found.LastError?.Message ?? found.FailureReason ?? `AWS says "${found.State}"` };
  }
}
