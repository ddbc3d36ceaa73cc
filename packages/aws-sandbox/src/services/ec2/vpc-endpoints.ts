/**
 * VPC endpoints. A gateway endpoint writes a route into each of its tables. An endpoint of type Interface or GatewayLoadBalancer has an
 * interface in each of its subnets, which goes some time after the delete was answered.
 */
import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  UnsuccessfulItem,
  VpcEndpoint,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, knownValue, notModelled, required } from "./faults.ts";
import { idKinds, isWellFormed, need } from "./ids.ts";
import { createManagedInterface, deleteManagedInterface, setInterfaceGroups } from "./interfaces.ts";
import { prefixListNamed } from "./prefix-lists.ts";
import { within } from "./quotas.ts";
import { groups, interfaces, routeTables, subnets, vpcEndpoints, vpcs, type VpcEndpointRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";

/** AWS's own services with interface endpoints, the most used ones (AWS PrivateLink Guide, "AWS services that integrate"). */
const services = `
  autoscaling athena backup bedrock-runtime cloudformation codebuild dynamodb ec2 ec2messages ecr.api ecr.dkr ecs
  ecs-agent ecs-telemetry elasticache elasticfilesystem elasticloadbalancing events execute-api glue guardduty-data
  kinesis-firehose kinesis-streams kms lambda logs monitoring rds rds-data s3 secretsmanager sns sqs ssm ssmmessages
  states sts xray
`
  .trim()
  .split(/\s+/);

/** The default policy of an endpoint (AWS PrivateLink Guide, "Default endpoint policy"). */
const fullAccess = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';

const create: Handler<CreateVpcEndpointRequest, CreateVpcEndpointResult> = (input, call) => {
  const { ids } = once(call, input, () => [begin(call, input).id]);
  const made = vpcEndpoints(call).get(ids[0]!);
  return { VpcEndpoint: made ? describe(call, made) : { VpcEndpointId: ids[0] }, ClientToken: input.ClientToken };
};

function begin(call: Call, input: CreateVpcEndpointRequest): VpcEndpointRecord {
  const type = input.VpcEndpointType ?? "Gateway";
  knownValue(type, ["Gateway", "Interface", "GatewayLoadBalancer"], "vpcEndpointType");
  for (const field of ["ServiceRegion", "SubnetConfigurations", "ResourceConfigurationArn", "ServiceNetworkArn"] as const)
    if (input[field] !== undefined) throw notModelled(`${field} of endpoints`);
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const service = needService(call, required(input.ServiceName, "serviceName"), type);
  const tags = tagsToBe(input.TagSpecifications, "vpc-endpoint");
  checkPolicy(input.PolicyDocument);
  const records = recordsGiven(input.DnsOptions, type);
  const made: VpcEndpointRecord = {
    id: call.id("vpce"),
    vpcId: vpc.id,
    service,
    type: type as VpcEndpointRecord["type"],
    createdAt: call.now,
    changedAt: call.now,
    policy: input.PolicyDocument ?? fullAccess,
    routeTables: [],
    interfaces: {},
    groups: [],
    privateDns: false,
    ipAddressType: "ipv4",
  };
  checkShape(call, made, {
    tables: input.RouteTableIds ?? [],
    subnets: input.SubnetIds ?? [],
    groups: input.SecurityGroupIds ?? [],
    privateDns: type === "Interface" && (input.PrivateDnsEnabled ?? true),
    ipAddressType: input.IpAddressType,
    records,
  });
  checkQuota(call, made);
  vpcEndpoints(call).set(made.id, made);
  giveTags(call, made.id, tags["vpc-endpoint"]);
  if (input.IpAddressType) made.ipAddressType = input.IpAddressType;
  // A gateway endpoint is answered with "service-defined", an IPv4 interface endpoint with "ipv4" (seen in answers of CreateVpcEndpoint).
  if (type !== "GatewayLoadBalancer") made.dnsRecordIpType = records ?? (type === "Gateway" ? "service-defined" : made.ipAddressType);
  made.privateDns = type === "Interface" && (input.PrivateDnsEnabled ?? true);
  if (type === "Interface") made.groups = input.SecurityGroupIds?.length ? [...input.SecurityGroupIds] : [defaultGroup(call, vpc.id)];
  for (const subnet of input.SubnetIds ?? []) addSubnet(call, made, subnet);
  for (const table of input.RouteTableIds ?? []) addRoute(call, made, table);
  return made;
}

/** Returns the type of DNS records that a request names. */
function recordsGiven(given: CreateVpcEndpointRequest["DnsOptions"], type: string): string | undefined {
  const { DnsRecordIpType: records, ...others } = given ?? {};
  for (const [name, value] of Object.entries(others)) if (value !== undefined) throw notModelled(`DnsOptions.${name} of endpoints`);
  knownValue(records, ["ipv4", "dualstack", "ipv6", "service-defined"], "dnsRecordIpType");
  if (records !== undefined && type === "GatewayLoadBalancer") throw notModelled("DnsOptions of endpoints of the type GatewayLoadBalancer");
  return records;
}

/** The addresses that each type of DNS records needs (AWS PrivateLink Guide, "Create a service powered by AWS PrivateLink"). */
const addressesFor: Readonly<Record<string, readonly string[]>> = {
  ipv4: ["ipv4", "dualstack"],
  ipv6: ["ipv6", "dualstack"],
  dualstack: ["dualstack"],
  "service-defined": ["dualstack"],
};

function needService(call: Call, name: string, type: string): string {
  const unknown = new AwsFault("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
  if (new RegExp(`^com\\.amazonaws\\.vpce\\.${call.region}\\.vpce-svc-([0-9a-f]{8}|[0-9a-f]{17})$`).test(name)) {
    if (type === "Gateway") throw wrongType(name, type);
    return name;
  }
  const [, short = ""] = new RegExp(`^com\\.amazonaws\\.${call.region}\\.(.+)$`).exec(name) ?? [];
  if (!services.includes(short)) throw unknown;
  if (type === "GatewayLoadBalancer" || (type === "Gateway" && prefixListNamed(call, name) === undefined)) throw wrongType(name, type);
  return name;
}

function wrongType(name: string, type: string): AwsFault {
  return new AwsFault("InvalidParameter", `Endpoint type (${type}) does not match available service types of ${name}.`);
}

interface Wanted {
  readonly tables: readonly string[];
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly privateDns: boolean;
  readonly ipAddressType: string | undefined;
  readonly records: string | undefined;
}

/** Checks a change before anything is changed. */
function checkShape(call: Call, of: VpcEndpointRecord, wanted: Wanted): void {
  const { tables, subnets, groups, privateDns, ipAddressType } = wanted;
  if (of.type === "Gateway" && (subnets.length > 0 || groups.length > 0))
    throw invalidCombination("Subnets and security groups are for endpoints of the type Interface");
  if (of.type !== "Gateway" && tables.length > 0) throw invalidCombination("Route tables are for endpoints of the type Gateway");
  if (of.type === "GatewayLoadBalancer" && groups.length > 0)
    throw invalidCombination("Endpoints of the type GatewayLoadBalancer have no security groups");
  if (of.type === "GatewayLoadBalancer" && subnets.length + Object.keys(of.interfaces).length > 1)
    throw new AwsFault("InvalidParameter", "An endpoint of the type GatewayLoadBalancer has one subnet.");
  knownValue(ipAddressType, ["ipv4", "dualstack", "ipv6"], "ipAddressType");
  if (ipAddressType !== undefined && ipAddressType !== "ipv4" && of.type !== "Gateway")
    for (const id of subnets)
      if (!need(call, idKinds.subnet, id, "subnetId").ipv6.length)
        throw new AwsFault("InvalidParameter", `The subnet ${id} has no IPv6 CIDR block.`);
  const addresses = ipAddressType ?? of.ipAddressType;
  const records = wanted.records ?? of.dnsRecordIpType;
  if (of.type === "Interface" && records !== undefined && !addressesFor[records]!.includes(addresses))
    throw new AwsFault("InvalidParameter", `The DNS record IP type ${records} does not fit the IP address type ${addresses}.`);
  for (const id of tables) checkTable(call, of, id);
  checkSubnets(call, of, subnets);
  for (const id of groups)
    if (need(call, idKinds.group, id, "groupId").vpcId !== of.vpcId)
      throw new AwsFault("InvalidGroup.NotFound", `The security group '${id}' does not exist in VPC '${of.vpcId}'`);
  if (privateDns) checkPrivateDns(call, of);
}

function checkTable(call: Call, of: VpcEndpointRecord, id: string): void {
  const table = need(call, idKinds.routeTable, id, "routeTableId");
  if (table.vpcId !== of.vpcId) throw new AwsFault("InvalidParameter", `Route table ${id} and endpoint belong to different networks`);
  const destination = prefixListNamed(call, of.service)!.id;
  if (table.routes.some((route) => route.destination === destination))
    throw new AwsFault("RouteAlreadyExists", `route table ${id} already has a route with destination-prefix-list-id ${destination}`);
}

/** Checks the subnets: one in each zone, including the endpoint's present ones. */
function checkSubnets(call: Call, of: VpcEndpointRecord, ids: readonly string[]): void {
  const zones = new Set(Object.keys(of.interfaces).map((id) => subnets(call).get(id)?.zone));
  for (const id of ids) {
    const subnet = need(call, idKinds.subnet, id, "subnetId");
    if (subnet.vpcId !== of.vpcId) throw new AwsFault("InvalidParameter", `Subnet ${id} does not belong to VPC ${of.vpcId}`);
    if (zones.has(subnet.zone))
      throw new AwsFault("DuplicateSubnetsInSameZone", `Found another VPC endpoint subnet in the availability zone of ${id}.`);
    zones.add(subnet.zone);
  }
}

/** Checks the prerequisites of private DNS (AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint"). */
function checkPrivateDns(call: Call, of: VpcEndpointRecord): void {
  const vpc = vpcs(call).get(of.vpcId)!;
  if (of.service.includes(".vpce-svc-"))
    throw new AwsFault(
      "InvalidParameter",
      `Private DNS can't be enabled because the service ${of.service} does not provide a private DNS name.`,
    );
  if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames)
    throw new AwsFault(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  for (const other of vpcEndpoints(call).values())
    if (other !== of && other.vpcId === of.vpcId && other.service === of.service && other.privateDns)
      throw new AwsFault(
        "InvalidParameter",
        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${dnsName(call, of.service)} in the VPC ${of.vpcId}`,
      );
}

function checkPolicy(text: string | undefined): void {
  if (text === undefined) return;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "Statement" in parsed) return;
  } catch {
    // the error follows below
  }
  throw new AwsFault("InvalidPolicyDocument", "Policy Document is not valid.");
}

function checkQuota(call: Call, of: VpcEndpointRecord): void {
  const isGateway = of.type === "Gateway";
  const have = [...vpcEndpoints(call).values()].filter((one) =>
    isGateway ? one.type === "Gateway" : one.type !== "Gateway" && one.vpcId === of.vpcId,
  );
  within(
    call,
    isGateway ? "gatewayEndpoints" : "interfaceEndpointsPerVpc",
    have.length,
    "VpcEndpointLimitExceeded",
    "The maximum number of VPC endpoints has been reached.",
  );
}

function defaultGroup(call: Call, vpcId: string): string {
  for (const group of groups(call).values()) if (group.vpcId === vpcId && group.name === "default") return group.id;
  throw new Error(`VPC ${vpcId} has no default security group`);
}

function addSubnet(call: Call, of: VpcEndpointRecord, subnetId: string): void {
  const made = createManagedInterface(call, {
    subnetId,
    groups: of.groups,
    description: `VPC Endpoint Interface ${of.id}`,
    requesterId: "727180483921",
    type: of.type === "GatewayLoadBalancer" ? "gateway_load_balancer_endpoint" : "vpc_endpoint",
    instanceOwnerId: "amazon-aws",
  });
  of.interfaces[subnetId] = made.id;
}

function addRoute(call: Call, of: VpcEndpointRecord, id: string): void {
  const destination = prefixListNamed(call, of.service)!.id;
  routeTables(call)
    .get(id)!
    .routes.push({ destination, family: "prefixList", target: { type: "vpcEndpoint", id: of.id }, origin: "CreateRoute" });
  of.routeTables.push(id);
}

function dropRoute(call: Call, of: VpcEndpointRecord, id: string): void {
  of.routeTables = of.routeTables.filter((one) => one !== id);
  const table = routeTables(call).get(id);
  if (table) table.routes = table.routes.filter(({ target }) => target.type !== "vpcEndpoint" || target.id !== of.id);
}

const modify: Handler<ModifyVpcEndpointRequest, ModifyVpcEndpointResult> = (input, call) => {
  const of = need(call, idKinds.vpcEndpoint, input.VpcEndpointId, "vpcEndpointId");
  if (input.SubnetConfigurations !== undefined) throw notModelled("SubnetConfigurations of endpoints");
  const records = recordsGiven(input.DnsOptions, of.type);
  if (stateOf(call, of) === "deleting") throw new AwsFault("IncorrectState", `The VPC endpoint ${of.id} is in state deleting.`);
  if (stateOf(call, of) === "pending") throw new AwsFault("IncorrectState", `The VPC endpoint ${of.id} is in state pending.`);
  if (input.ResetPolicy && input.PolicyDocument !== undefined)
    throw invalidCombination("ResetPolicy and PolicyDocument exclude each other");
  if (input.PrivateDnsEnabled && of.type !== "Interface") throw invalidCombination("Private DNS is for endpoints of the type Interface");
  checkPolicy(input.PolicyDocument);
  const leaving = input.RemoveSubnetIds ?? [];
  for (const id of leaving) if (!of.interfaces[id]) throw invalidValue(`The subnet ${id} is not one of ${of.id}`);
  checkGroupsLeft(of, input);
  const kept = Object.fromEntries(Object.entries(of.interfaces).filter(([id]) => !leaving.includes(id)));
  checkShape(call, of.type === "Gateway" ? of : { ...of, interfaces: kept }, {
    tables: (input.AddRouteTableIds ?? []).filter((id) => !of.routeTables.includes(id)),
    subnets: (input.AddSubnetIds ?? []).filter((id) => !kept[id]),
    groups: input.AddSecurityGroupIds ?? [],
    privateDns: input.PrivateDnsEnabled === true && !of.privateDns,
    ipAddressType: input.IpAddressType,
    records,
  });
  for (const id of leaving) {
    deleteManagedInterface(call, of.interfaces[id]!);
    delete of.interfaces[id];
  }
  for (const id of input.RemoveRouteTableIds ?? []) dropRoute(call, of, id);
  for (const id of input.AddRouteTableIds ?? []) if (!of.routeTables.includes(id)) addRoute(call, of, id);
  of.groups = [...new Set([...of.groups, ...(input.AddSecurityGroupIds ?? [])])].filter(
    (id) => !input.RemoveSecurityGroupIds?.includes(id),
  );
  for (const id of Object.values(of.interfaces)) if (of.groups.length > 0) setInterfaceGroups(call, id, of.groups);
  for (const id of input.AddSubnetIds ?? []) if (!of.interfaces[id]) addSubnet(call, of, id);
  if (input.PolicyDocument !== undefined) of.policy = input.PolicyDocument;
  if (input.ResetPolicy) of.policy = fullAccess;
  if (input.PrivateDnsEnabled !== undefined) of.privateDns = input.PrivateDnsEnabled;
  if (input.IpAddressType !== undefined) of.ipAddressType = input.IpAddressType;
  if (records !== undefined) of.dnsRecordIpType = records;
  if (of.type !== "Gateway") of.changedAt = call.now;
  return { Return: true };
};

function checkGroupsLeft(of: VpcEndpointRecord, input: ModifyVpcEndpointRequest): void {
  const left = [...of.groups, ...(input.AddSecurityGroupIds ?? [])].filter((id) => !input.RemoveSecurityGroupIds?.includes(id));
  if (of.type === "Interface" && left.length === 0)
    throw new AwsFault("InvalidParameter", "An interface endpoint needs at least one security group.");
}

/** Deletes endpoints. A successful answer may hold failures: `Unsuccessful` lists them by id. */
const remove: Handler<DeleteVpcEndpointsRequest, DeleteVpcEndpointsResult> = (input, call) => {
  const Unsuccessful = required(input.VpcEndpointIds, "vpcEndpointId").flatMap((id): UnsuccessfulItem[] => {
    if (!isWellFormed(idKinds.vpcEndpoint, id)) throw new AwsFault(idKinds.vpcEndpoint.malformed, `Invalid id: "${id}"`);
    const of = vpcEndpoints(call).get(id);
    if (!of) return [{ ResourceId: id, Error: { Code: "InvalidVpcEndpointId.NotFound", Message: idKinds.vpcEndpoint.says(id) } }];
    if (of.deletedAt !== undefined) return [];
    of.deletedAt = call.now;
    of.privateDns = false;
    for (const table of of.routeTables) dropRoute(call, of, table);
    call.later(of.type === "Gateway" ? timing.gatewayEndpointDeleted : timing.interfaceEndpointDeleted, "ec2:vpcEndpointGone", { id });
    return [];
  });
  return { Unsuccessful };
};

function gone({ id }: { readonly id: string }, call: Call): void {
  const of = vpcEndpoints(call).get(id);
  if (!of) return;
  for (const one of Object.values(of.interfaces)) deleteManagedInterface(call, one);
  vpcEndpoints(call).delete(id);
  dropTags(call, id);
}

/** The state of an endpoint. It is in lower case on the wire, unlike the SDK's enumeration (seen in answers of DescribeVpcEndpoints). */
function stateOf(call: Call, of: VpcEndpointRecord): "pending" | "available" | "deleting" {
  if (of.deletedAt !== undefined) return "deleting";
  const takes = of.type === "Gateway" ? timing.gatewayEndpointAvailable : timing.interfaceEndpointAvailable;
  return call.now < of.changedAt + takes ? "pending" : "available";
}

const describeEndpoints: Handler<DescribeVpcEndpointsRequest, DescribeVpcEndpointsResult> = (input, call) => {
  const { found, NextToken } = list<VpcEndpointRecord>(call, input, {
    records: vpcEndpoints(call).values(),
    ids: { kind: idKinds.vpcEndpoint, given: input.VpcEndpointIds, parameter: "vpcEndpointId" },
    pages: [1, 1000],
    filters: {
      "ip-address-type": (of) => of.ipAddressType,
      "service-name": (of) => of.service,
      "vpc-endpoint-id": (of) => of.id,
      "vpc-endpoint-state": (of) => stateOf(call, of),
      "vpc-endpoint-type": (of) => of.type,
      "vpc-id": (of) => of.vpcId,
    },
  });
  return { NextToken, VpcEndpoints: found.map((of) => describe(call, of)) };
};

function describe(call: Call, of: VpcEndpointRecord): VpcEndpoint {
  const name = `${of.id}-${of.id.slice(-8)}.${dnsName(call, of.service)}`;
  return {
    VpcEndpointId: of.id,
    VpcEndpointType: of.type,
    VpcId: of.vpcId,
    ServiceName: of.service,
    State: stateOf(call, of) as VpcEndpoint["State"],
    PolicyDocument: of.policy,
    RouteTableIds: of.routeTables.filter((id) => routeTables(call).has(id)),
    SubnetIds: Object.keys(of.interfaces),
    Groups: of.groups.map((id) => ({ GroupId: id, GroupName: groups(call).get(id)?.name })),
    IpAddressType: of.ipAddressType as "ipv4",
    ...(of.dnsRecordIpType ? { DnsOptions: { DnsRecordIpType: of.dnsRecordIpType as "ipv4" } } : {}),
    PrivateDnsEnabled: of.privateDns,
    RequesterManaged: false,
    NetworkInterfaceIds: Object.values(of.interfaces).filter((id) => interfaces(call).has(id)),
    DnsEntries: of.type === "Interface" ? [{ DnsName: name, HostedZoneId: "Z27UANNT0PRK1T" }] : [],
    CreationTimestamp: new Date(of.createdAt),
    OwnerId: call.account,
    Tags: tagList(call, of.id),
  };
}

/** The DNS name of a service: "ssm.eu-west-1.vpce.amazonaws.com" for "com.amazonaws.eu-west-1.ssm". */
function dnsName(call: Call, service: string): string {
  return `${service.split(".").slice(3).reverse().join(".")}.${call.region}.vpce.amazonaws.com`;
}

export const vpcEndpointOperations: Record<string, Handler> = {
  CreateVpcEndpoint: create,
  DeleteVpcEndpoints: remove,
  DescribeVpcEndpoints: describeEndpoints,
  ModifyVpcEndpoint: modify,
};

export const vpcEndpointTransitions = { vpcEndpointGone: gone };
