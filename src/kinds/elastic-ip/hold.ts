/** Associates an address with an instance or an interface, and takes it off. */
import type { Address as AwsAddress, Instance as AwsInstance } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Live, Tags } from "../kind.ts";
import type { ElasticIp, Handle } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

interface Target {
  readonly InstanceId?: string;
  readonly NetworkInterfaceId?: string;
}

/** Associates a free address. It is never taken from another holder: AWS would do so unless told not to (EC2 API, AssociateAddress). */
export async function putOn(ec2: Sdk, aws: Aws, AllocationId: string, request: ElasticIp): Promise<void> {
  const { instance, networkInterface, privateIpAddress: ip } = request;
  const input = { AllocationId, AllowReassociation: false, ...(ip === undefined ? {} : { PrivateIpAddress: ip }) };
  const send = (target: Target) => aws.ec2(new ec2.AssociateAddressCommand({ ...input, ...target }));
  const isThere = (now: AwsAddress | undefined) =>
    (networkInterface === undefined ? now?.InstanceId === instance : now?.NetworkInterfaceId === networkInterface) &&
    (ip === undefined || now?.PrivateIpAddress === ip);
  const sent = networkInterface === undefined ? onMachine(ec2, aws, instance!, send) : send({ NetworkInterfaceId: networkInterface });
  await sent.catch(async (error) => {
    if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
    const now = await read(ec2, aws, AllocationId);
    if (isThere(now)) return;
    throw now?.AssociationId
      ? new Refusal(`${now.PublicIp} is associated with ${holderOf(now)}; disassociate it there first`, { cause: error })
      : error;
  });
}

/**
 * For an instance with several interfaces EC2 must be told which one (EC2 API, AssociateAddress): it is the one with which the instance
 * started.
 */
async function onMachine<T>(ec2: Sdk, aws: Aws, InstanceId: string, send: (target: Target) => Promise<T>): Promise<T> {
  return send({ InstanceId }).catch(async (error) => {
    if (!hasCode(error, "InvalidInstanceID") || !/multiple (network )?interfaces/i.test(error.message)) throw error;
    const cards = (await readMachine(ec2, aws, InstanceId))?.NetworkInterfaces;
    const first = cards?.find(({ Attachment }) => Attachment?.DeviceIndex === 0)?.NetworkInterfaceId;
    if (first === undefined) throw error;
    return send({ NetworkInterfaceId: first });
  });
}

/** Takes the address off an instance or interface of ours. It refuses where a foreign holder has it. */
export async function takeOff(ec2: Sdk, aws: Aws, live: Live<ElasticIp, Handle>): Promise<void> {
  const { instance, association, publicIp, interface: card } = live.handle;
  if (!(await isHeldByOurs(ec2, aws, live)))
    throw new Refusal(
      instance
        ? `${publicIp} is associated with instance ${instance}, which is not in this environment; disassociate it there first`
        : `${publicIp} is associated with network interface ${card ?? association}, which this environment does not manage; disassociate it there first`,
    );
  await unlessGone(aws.ec2(new ec2.DisassociateAddressCommand({ AssociationId: association! })));
}

/** Whether the holder belongs to this environment, or is an instance that is being terminated: AWS then frees the address. */
async function isHeldByOurs(ec2: Sdk, aws: Aws, { handle, tags }: Live<ElasticIp, Handle>): Promise<boolean> {
  if (handle.instance) {
    const machine = await readMachine(ec2, aws, handle.instance);
    return !machine || isSibling(tagsOf(machine.Tags), tags);
  }
  return isOnOurInterface(ec2, aws, { handle, tags });
}

/** Whether the address is on an interface of this environment. An interface that a service manages does not count. */
export async function isOnOurInterface(
  ec2: Sdk,
  aws: Aws,
  { handle, tags }: Pick<Live<ElasticIp, Handle>, "handle" | "tags">,
): Promise<boolean> {
  if (!handle.interface) return false;
  const Filters = [{ Name: "network-interface-id", Values: [handle.interface] }];
  const { NetworkInterfaces: [card] = [] } = await aws.ec2(new ec2.DescribeNetworkInterfacesCommand({ Filters }));
  return card !== undefined && !card.RequesterManaged && isSibling(tagsOf(card.TagSet), tags);
}

/** Whether the holder belongs to the same environment. A holder that a service started with copied tags does not. */
function isSibling(holder: Tags, ours: Tags): boolean {
  const isSame = [ownership.project, ownership.environment].every((key) => ours[key] !== undefined && holder[key] === ours[key]);
  return isSame && !Object.keys(holder).some((key) => key.startsWith("aws:"));
}

/** Reads the instance. Undefined when it is being terminated. */
async function readMachine(ec2: Sdk, aws: Aws, id: string): Promise<AwsInstance | undefined> {
  const { Reservations = [] } = await aws.ec2(new ec2.DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [id] }] }));
  const found = Reservations.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === id);
  return found?.State?.Name === "terminated" || found?.State?.Name === "shutting-down" ? undefined : found;
}

export async function read(ec2: Sdk, aws: Aws, id: string): Promise<AwsAddress | undefined> {
  const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters: [{ Name: "allocation-id", Values: [id] }] }));
  return Addresses.find(({ AllocationId }) => AllocationId === id);
}

export function holderOf(found: AwsAddress): string {
  if (found.InstanceId) return `instance ${found.InstanceId}`;
  const owner =
    found.NetworkInterfaceOwnerId && found.NetworkInterfaceOwnerId !== found.NetworkInterfaceId
      ? ` of ${found.NetworkInterfaceOwnerId}`
      : "";
  return `network interface ${found.NetworkInterfaceId ?? found.AssociationId}${owner}`;
}
