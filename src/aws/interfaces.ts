/** Who stands in the way of a delete: the network interfaces inside a subnet, a group or a VPC, and whose they are. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import type { Blocker } from "../kinds/kind.ts";
import type { Aws } from "./aws.ts";

/** The network interfaces in a group, subnet or VPC, named so that people know whose they are. */
export async function interfacesIn(aws: Aws, filter: "group-id" | "subnet-id" | "vpc-id", id: string): Promise<Blocker[]> {
  return (await describeInterfaces(aws, filter, id)).map((found) => ({
    id: found.NetworkInterfaceId!,
    what: `network interface ${ownerOf(found)}`,
  }));
}

/** Those of a VPC that have a public address: while there is one, AWS does not detach the internet gateway. */
export async function publicInterfacesIn(aws: Aws, vpc: string): Promise<Blocker[]> {
  return (await describeInterfaces(aws, "vpc-id", vpc))
    .filter((found) => found.Association?.PublicIp !== undefined)
    .map((found) => ({
      id: found.NetworkInterfaceId!,
      what: `public address ${found.Association!.PublicIp} on the network interface ${ownerOf(found)}`,
    }));
}

async function describeInterfaces(aws: Aws, filter: string, id: string): Promise<NetworkInterface[]> {
  const ec2 = await import("./sdk/ec2.ts");
  const found: NetworkInterface[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeNetworkInterfacesCommand, {
    Filters: [{ Name: filter, Values: [id] }],
    MaxResults: 1000,
  }))
    found.push(...(page.NetworkInterfaces ?? []));
  return found;
}

function ownerOf(found: NetworkInterface): string {
  const machine = found.Attachment?.InstanceId;
  if (machine) return `of instance ${machine}`;
  const requester = found.RequesterManaged && found.RequesterId ? ` (${found.RequesterId})` : "";
  const patience = patienceFor(found);
  if (found.Description) return `of ${serviceIn(found.Description)}${requester}${patience}`;
  return `of type ${found.InterfaceType ?? "interface"}, ${found.Status ?? "state unknown"}${requester}${patience}`;
}

/** AWS's services say what they made an interface for in its description only, each in its own words. */
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

/** Lambda lets its interfaces go long after the function (AWS Lambda Developer Guide, VPC networking). */
function patienceFor(found: NetworkInterface): string {
  const isLambda = found.InterfaceType === "lambda" || found.Description?.startsWith("AWS Lambda VPC ENI");
  return isLambda ? ", which AWS removes up to 45 minutes after the function" : "";
}
