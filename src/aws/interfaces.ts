/** Finds the network interfaces that block the delete of a subnet, a security group or a VPC, and their owners. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import type { AwsId, Blocker } from "../kinds/kind.ts";
import type { Aws } from "./aws.ts";

/** The largest number of values in one filter (EC2 API, "Filtering"). */
const perCall = 200;

/** Returns the network interfaces in security groups, subnets or VPCs, by the id of these, with names that show people the owner. */
export async function interfacesIn(
  aws: Aws,
  filter: "group-id" | "subnet-id" | "vpc-id",
  ids: readonly AwsId[],
): Promise<Map<AwsId, Blocker[]>> {
  const blockers = new Map<AwsId, Blocker[]>(ids.map((id) => [id, []]));
  for (let from = 0; from < ids.length; from += perCall)
    for (const found of await describeInterfaces(aws, [{ Name: filter, Values: ids.slice(from, from + perCall) }]))
      for (const id of placesOf(found)[filter]) blockers.get(id)?.push(blockerOf(found));
  return blockers;
}

function placesOf({ Groups = [], SubnetId, VpcId }: NetworkInterface): Record<"group-id" | "subnet-id" | "vpc-id", readonly AwsId[]> {
  return { "group-id": Groups.map(({ GroupId }) => GroupId!), "subnet-id": [SubnetId!], "vpc-id": [VpcId!] };
}

function blockerOf(found: NetworkInterface): Blocker {
  const holder = holderOf(found);
  const owner = makerOf(found);
  return {
    id: found.NetworkInterfaceId!,
    what: `network interface ${ownerOf(found)}`,
    ...(holder !== undefined ? { holder } : {}),
    ...(owner !== undefined ? { owner } : {}),
  };
}

/**
 * Returns the object that keeps the interface in use. Load balancers, databases and NAT gateways leave interfaces behind for minutes, so
 * such an interface does not show whether its maker still exists.
 */
function holderOf(found: NetworkInterface): AwsId | undefined {
  const machine = found.Attachment?.InstanceId;
  if (machine) return machine;
  const { Description = "" } = found;
  const endpoint = /^VPC Endpoint Interface (vpce-\w+)|^EFS mount target for (fs-\w+)/.exec(Description);
  if (endpoint) return endpoint[1] ?? endpoint[2];
  const isAnybodys =
    !found.RequesterManaged && found.Status === "available" && !/^(ELB|RDS|AWS Lambda|Interface for NAT)/.test(Description);
  return isLambdas(found) || isAnybodys ? found.NetworkInterfaceId : undefined;
}

/**
 * Returns the NAT gateway or load balancer that made the interface, whether it exists or not. The interface's description gives an id, or
 * the end of an ARN.
 */
function makerOf({ Description = "" }: NetworkInterface): string | undefined {
  const nat = /^Interface for NAT Gateway (nat-\w+)/.exec(Description);
  const balancer = /^ELB ((?:app|net|gwy)\/\S+)$/.exec(Description);
  return nat ? nat[1] : balancer ? `loadbalancer/${balancer[1]}` : undefined;
}

/** Returns the network interfaces that a filter finds, with their subnets and private addresses. */
export async function interfacesWith(
  aws: Aws,
  filters: readonly { readonly Name?: string | undefined; readonly Values?: string[] | undefined }[],
): Promise<{ readonly blocker: Blocker; readonly subnet: AwsId | undefined; readonly addresses: readonly string[] }[]> {
  return (await describeInterfaces(aws, filters)).map((found) => ({
    blocker: blockerOf(found),
    subnet: found.SubnetId,
    addresses: (found.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
  }));
}

/** An interface of an instance, or one that somebody made for an instance. */
export interface MachineInterface {
  readonly id: AwsId;
  readonly machine: AwsId | undefined;
  readonly subnet: AwsId;
  readonly groups: readonly AwsId[];
  /** Absent when the interface has several addresses. */
  readonly address: string | undefined;
  readonly isPublic: boolean;
  readonly ipv6: readonly string[];
}

/**
 * Returns the interfaces of instances in subnets. It leaves out the interfaces that AWS's services keep, because they do not show whom they
 * serve.
 */
export async function machinesIn(aws: Aws, subnets: readonly AwsId[]): Promise<readonly MachineInterface[]> {
  const machines: MachineInterface[] = [];
  for (let from = 0; from < subnets.length; from += perCall)
    for (const found of await describeInterfaces(aws, [{ Name: "subnet-id", Values: subnets.slice(from, from + perCall) }])) {
      const machine = found.Attachment?.InstanceId;
      if (found.RequesterManaged || isLambdas(found) || (machine === undefined && holderOf(found) !== found.NetworkInterfaceId)) continue;
      machines.push({
        id: found.NetworkInterfaceId!,
        machine,
        subnet: found.SubnetId!,
        groups: (found.Groups ?? []).map(({ GroupId }) => GroupId!),
        address: (found.PrivateIpAddresses ?? []).length > 1 ? undefined : found.PrivateIpAddress,
        isPublic: found.Association?.PublicIp !== undefined,
        ipv6: (found.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
      });
    }
  return machines;
}

/** Returns the interfaces of a VPC that have a public address. While one exists, AWS does not detach the internet gateway. */
export async function publicInterfacesIn(aws: Aws, vpc: string): Promise<Blocker[]> {
  return (await describeInterfaces(aws, [{ Name: "vpc-id", Values: [vpc] }]))
    .filter((found) => found.Association?.PublicIp !== undefined)
    .map((found) => ({
      ...blockerOf(found),
      what: `public address ${found.Association!.PublicIp} on the network interface ${ownerOf(found)}`,
    }));
}

async function describeInterfaces(aws: Aws, filters: Parameters<typeof interfacesWith>[1]): Promise<NetworkInterface[]> {
  const ec2 = await import("./sdk/ec2.ts");
  const found: NetworkInterface[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeNetworkInterfacesCommand, {
    Filters: [...filters],
    MaxResults: 1000,
  }))
    found.push(...(page.NetworkInterfaces ?? []));
  return found;
}

function ownerOf(found: NetworkInterface): string {
  const machine = found.Attachment?.InstanceId;
  if (machine) return `of instance ${machine}`;
  const requester = found.RequesterManaged && found.RequesterId ? ` (${found.RequesterId})` : "";
  const until = untilWhen(found);
  if (found.Description) return `of ${serviceIn(found.Description)}${requester}${until}`;
  return `of type ${found.InterfaceType ?? "interface"}, ${found.Status ?? "state unknown"}${requester}${until}`;
}

/** AWS's services name the purpose of an interface only in its description, each service in its own words. */
const services: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^AWS Lambda VPC ENI-?(.*)$/, ([, name]) => `Lambda function ${name || "(unnamed)"}`],
  [/^Interface for NAT Gateway (nat-\w+)/, ([, id]) => `NAT gateway ${id}`],
  [/^VPC Endpoint Interface (vpce-\w+)/, ([, id]) => `VPC endpoint ${id}`],
  [/^RDSNetworkInterface/, () => "a database (RDS)"],
  [/^EFS mount target for (fs-\w+)/, ([, id]) => `an EFS mount target of ${id}`],
  [/^Amazon EKS (.+)/, ([, name]) => `EKS cluster ${name}`],
  [/^aws-K8S-(i-\w+)/, ([, id]) => `the Kubernetes network plug-in of ${id}`],
];

function serviceIn(description: string): string {
  for (const [pattern, name] of services) {
    const match = pattern.exec(description);
    if (match) return name(match);
  }
  return description;
}

/** Lambda deletes its interfaces long after the function (AWS Lambda Developer Guide, VPC networking). */
function untilWhen(found: NetworkInterface): string {
  return isLambdas(found) ? ", which AWS removes up to 45 minutes after the function is deleted" : "";
}

function isLambdas(found: NetworkInterface): boolean {
  return found.InterfaceType === "lambda" || found.Description?.startsWith("AWS Lambda VPC ENI") === true;
}
