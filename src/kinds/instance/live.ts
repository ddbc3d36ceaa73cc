/** Converts an instance from EC2's form to the words of authors. */
import type { Instance as AwsInstance, InstanceNetworkInterface, SpotInstanceRequest, Volume } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import type { Instance } from "./schema.ts";
import type { AwsId, Live, Tags } from "../kind.ts";
import type { DataVolume, MetadataOptions, RootVolume, Spot } from "../shared/instances/fields.ts";
import type { FurtherInterface } from "../shared/instances/further-interfaces.ts";
import { tagsOf } from "../../resource/ownership.ts";

export type InstanceLive = Live<Instance, Handle>;

export interface Handle {
  /** EC2's own word: pending, running, stopping, stopped … */
  readonly power: string;
  /** Why EC2 brought it into this state, when EC2 says. */
  readonly reason?: string;
  /** The network interface that it was created with. */
  readonly card?: AwsId;
  /** Whether that interface was made with the instance and is deleted with it. */
  readonly ownsCard: boolean;
  readonly cards: number;
  /** The interfaces that outlive it, with their attachments, in the order of their device indices. */
  readonly attached: readonly AttachedCard[];
  /** The interfaces after the first that were made with it, in the order of their device indices. */
  readonly madeWith: readonly AwsId[];
  readonly disks: readonly Disk[];
  readonly spotRequest?: AwsId;
  /** Whether a change of the metadata options has taken effect. */
  readonly metadataApplied: boolean;
}

export interface AttachedCard {
  readonly id: AwsId;
  readonly attachment: AwsId;
  readonly index: number;
}

export interface Disk {
  readonly device: string;
  readonly volume: AwsId;
  readonly isRoot: boolean;
  readonly diesWithIt: boolean;
}

/** The tag that an instance has while a restart of ours has it stopped. It tells a later run to start the instance again. */
export const resumeTag = "infra:resume";

/** An instance from a listing, and its owner. */
export interface Sighting {
  readonly one: AwsInstance;
  readonly owner: string | undefined;
}

/** Results of additional calls about instances, where they were made. */
export interface Details {
  readonly volumes: ReadonlyMap<AwsId, Volume>;
  readonly spot: ReadonlyMap<AwsId, SpotInstanceRequest>;
  /** Returns the volume tags that the YAML writes for an instance, by the tags of that instance. */
  readonly wantedTags: (own: Tags) => Readonly<Record<string, unknown>>;
  /** Attributes that cost a call for each instance, by instance id. Only for instances whose YAML writes them. */
  readonly attributes: ReadonlyMap<AwsId, Partial<Instance>>;
  /** Instances that are listed but that a call for their attributes does not find: not visible everywhere yet, or just gone. */
  readonly unseen: ReadonlySet<AwsId>;
}

/** The states in which an instance counts as existing. */
export const livingOnly = { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] };

export function isLiving({ State }: AwsInstance): boolean {
  return livingOnly.Values.includes(State?.Name ?? "");
}

/** Converts an instance to the words of authors. */
export function liveOf(aws: Aws, { one, owner }: Sighting, details: Details): InstanceLive {
  const id = one.InstanceId!;
  const tags = tagsOf(one.Tags);
  const card = one.NetworkInterfaces?.find((candidate) => candidate.Attachment?.DeviceIndex === 0) ?? one.NetworkInterfaces?.[0];
  const attached = attachedTo(one);
  const ownsCard = !attached.some(({ id: other }) => other === card?.NetworkInterfaceId);
  const disks = disksOf(one);
  const reason = reasonOf(one);
  const initialState = one.NetworkInterfaces?.flatMap(({ Attachment }) => Attachment?.AttachTime ?? [])[0] ?? one.LaunchTime;
  return {
    id,
    aliases: [
      `arn:${aws.partition}:ec2:${aws.region}:${owner ?? aws.account}:instance/${id}`,
      ...(card?.NetworkInterfaceId && ownsCard ? [card.NetworkInterfaceId] : []),
    ],
    tags,
    state: details.unseen.has(id) ? "pending" : stateOf(one),
    spec: specOf(one, card, tags, disks, details),
    handle: {
      power: one.State?.Name ?? "unknown",
      ...(reason ? { reason } : {}),
      ...(card?.NetworkInterfaceId ? { card: card.NetworkInterfaceId } : {}),
      ownsCard,
      cards: one.NetworkInterfaces?.length ?? 0,
      attached,
      madeWith: interfacesMadeWith(one).map(({ NetworkInterfaceId }) => NetworkInterfaceId!),
      disks,
      ...(one.SpotInstanceRequestId ? { spotRequest: one.SpotInstanceRequestId } : {}),
      metadataApplied: one.MetadataOptions?.State !== "pending",
    },
    ...(owner ? { owner } : {}),
    ...(one.ClientToken ? { token: one.ClientToken } : {}),
    ...(initialState ? { createdAt: initialState.toISOString() } : {}),
    outputs: outputsOf(one),
  };
}

function stateOf({ State }: AwsInstance): "pending" | "ready" | "deleting" | "dead" {
  switch (State?.Name) {
    case "running":
    case "stopped":
      return "ready";
    case "shutting-down":
      return "deleting";
    case "terminated":
      return "dead";
    default:
      return "pending";
  }
}

/**
 * Adds the reason of a failed launch. Such a launch ends minutes later as a terminated instance, and only its state reason says why (no
 * grant for the key of its volume, no capacity).
 */
export function withLaunchFailure(aws: Aws, { one }: Sighting, live: InstanceLive): InstanceLive {
  const isGoing = live.state === "dead" || live.state === "deleting";
  const age = aws.clock.now() - (one.LaunchTime?.getTime() ?? 0);
  const reason = reasonOf(one);
  if (!isGoing || age > 900_000 || reason === undefined || /UserInitiated|InstanceInitiated/.test(reason)) return live;
  return { ...live, state: { failed: reason } };
}

function reasonOf({ StateReason: reason }: AwsInstance): string | undefined {
  return reason?.Code ? `${reason.Code}: ${reason.Message || "EC2 gives no details"}` : undefined;
}

/**
 * The attached interfaces that outlive the instance. An interface that is deleted with the instance belongs to it; an attached interface of
 * ours does not.
 */
function attachedTo(one: AwsInstance): AttachedCard[] {
  return (one.NetworkInterfaces ?? [])
    .flatMap(({ NetworkInterfaceId, Attachment }) =>
      NetworkInterfaceId && Attachment?.AttachmentId && Attachment.DeleteOnTermination === false && Attachment.Status !== "detaching"
        ? [{ id: NetworkInterfaceId, attachment: Attachment.AttachmentId, index: Attachment.DeviceIndex ?? 0 }]
        : [],
    )
    .sort((a, b) => a.index - b.index);
}

/**
 * The interfaces that were attached together with the first one and are deleted with the instance. Interfaces that came later are foreign:
 * containers get such interfaces (Amazon EKS User Guide, "Amazon VPC CNI").
 */
function interfacesMadeWith(one: AwsInstance): InstanceNetworkInterface[] {
  const cards = one.NetworkInterfaces ?? [];
  const began = cards.find(({ Attachment }) => Attachment?.DeviceIndex === 0)?.Attachment?.AttachTime?.getTime();
  return cards
    .filter(({ Attachment }) => Attachment?.DeleteOnTermination === true && (Attachment.DeviceIndex ?? 0) > 0)
    .filter(({ Attachment }) => began !== undefined && Attachment?.AttachTime?.getTime() === began)
    .sort((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0));
}

function furtherOf(card: InstanceNetworkInterface): FurtherInterface {
  return {
    subnet: card.SubnetId!,
    securityGroups: (card.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    ...(card.Description ? { description: card.Description } : {}),
    ...(card.PrivateIpAddress ? { privateIpAddress: card.PrivateIpAddress } : {}),
    secondaryPrivateIpAddressCount: Math.max(0, (card.PrivateIpAddresses?.length ?? 1) - 1),
    ipv6AddressCount: card.Ipv6Addresses?.length ?? 0,
  };
}

function disksOf(one: AwsInstance): Disk[] {
  const mappings = one.BlockDeviceMappings ?? [];
  // Some images name a root device that is not among their mappings. The first mapping is then the root.
  const root = mappings.find(({ DeviceName }) => DeviceName === one.RootDeviceName) ?? mappings[0];
  return mappings.flatMap((mapping) => {
    const { DeviceName, Ebs } = mapping;
    return DeviceName && Ebs?.VolumeId
      ? [{ device: DeviceName, volume: Ebs.VolumeId, isRoot: mapping === root, diesWithIt: Ebs.DeleteOnTermination ?? false }]
      : [];
  });
}

/** Builds the spec from what was read only. A field that is absent here is not compared. */
function specOf(
  one: AwsInstance,
  card: InstanceNetworkInterface | undefined,
  tags: Tags,
  disks: readonly Disk[],
  details: Details,
): Partial<Instance> {
  const groups = (card?.Groups ?? one.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
  const publicAddress = hasAutomaticAddress(one, card);
  return {
    ...present("image", one.ImageId),
    ...present("instanceType", one.InstanceType),
    ...present("subnet", one.SubnetId),
    keyPair: one.KeyName,
    securityGroups: groups,
    ...present("privateIpAddress", one.PrivateIpAddress),
    networkInterfaces: [...attachedTo(one).map(({ id }) => id), ...interfacesMadeWith(one).map(furtherOf)],
    secondaryPrivateIpAddresses: (card?.PrivateIpAddresses ?? []).flatMap(({ Primary, PrivateIpAddress }) =>
      Primary || !PrivateIpAddress ? [] : [PrivateIpAddress],
    ),
    ipv6AddressCount: card?.Ipv6Addresses?.length ?? 0,
    ...present("associatePublicIpAddress", publicAddress),
    instanceProfile: one.IamInstanceProfile?.Arn?.split("/").at(-1),
    monitoring: one.Monitoring?.State === "enabled" || one.Monitoring?.State === "pending",
    metadataOptions: metadataOf(one),
    sourceDestCheck: ((one.NetworkInterfaces?.length ?? 0) > 1 ? card?.SourceDestCheck : one.SourceDestCheck) ?? true,
    ebsOptimized: one.EbsOptimized ?? false,
    spot: spotOfInstance(one, details),
    hibernation: one.HibernationOptions?.Configured ?? false,
    ...present(
      "cpuOptions",
      one.CpuOptions?.CoreCount === undefined
        ? undefined
        : { coreCount: one.CpuOptions.CoreCount, threadsPerCore: one.CpuOptions.ThreadsPerCore ?? 1 },
    ),
    enclave: one.EnclaveOptions?.Enabled ?? false,
    ...present("maintenanceOptions", one.MaintenanceOptions?.AutoRecovery && { autoRecovery: one.MaintenanceOptions.AutoRecovery }),
    ...present("privateDnsNameOptions", dnsNameOptionsOf(one)),
    launchTemplate: tags["aws:ec2launchtemplate:id"],
    tenancy: one.Placement?.Tenancy ?? "default",
    placementGroup: one.Placement?.GroupName || undefined,
    ...present("capacityReservation", reservationOf(one)),
    ...present("state", powerOf(one, tags)),
    ...volumesOf(disks, details),
    ...volumeTagsOf(disks, tags, details),
    ...details.attributes.get(one.InstanceId!),
  };
}

function present<K extends keyof Instance>(key: K, value: unknown): Partial<Instance> {
  return value === undefined ? {} : { [key]: value };
}

/** The power state. If a restart of ours left the instance stopped, neither the YAML nor an operator chose that state. */
function powerOf(one: AwsInstance, tags: Tags): string | undefined {
  const power = one.State?.Name;
  if (tags[resumeTag] !== undefined && isLiving(one)) return "interrupted";
  if (power === "running" || power === "pending") return "running";
  return power === "stopped" || power === "stopping" ? "stopped" : undefined;
}

/**
 * Whether the public address was assigned automatically. Undefined where it cannot be known: a stopped instance has no address, and an
 * Elastic IP replaces an automatic one.
 */
function hasAutomaticAddress(one: AwsInstance, card: InstanceNetworkInterface | undefined): boolean | undefined {
  if (one.State?.Name !== "running" || !card) return undefined;
  if (!card.Association) return false;
  return card.Association.IpOwnerId === "amazon" ? true : undefined;
}

function metadataOf({ MetadataOptions: options }: AwsInstance): MetadataOptions {
  return {
    ...(options?.HttpTokens ? { httpTokens: options.HttpTokens } : {}),
    ...(options?.HttpPutResponseHopLimit ? { httpPutResponseHopLimit: options.HttpPutResponseHopLimit } : {}),
    ...(options?.HttpEndpoint ? { httpEndpoint: options.HttpEndpoint } : {}),
    ...(options?.HttpProtocolIpv6 ? { httpProtocolIpv6: options.HttpProtocolIpv6 } : {}),
    ...(options?.InstanceMetadataTags ? { instanceMetadataTags: options.InstanceMetadataTags } : {}),
  } as MetadataOptions;
}

function dnsNameOptionsOf({ PrivateDnsNameOptions: options }: AwsInstance): Instance["privateDnsNameOptions"] {
  if (options?.HostnameType === undefined) return undefined;
  return {
    hostnameType: options.HostnameType,
    enableResourceNameDnsARecord: options.EnableResourceNameDnsARecord ?? false,
    enableResourceNameDnsAAAARecord: options.EnableResourceNameDnsAAAARecord ?? false,
  };
}

/**
 * The tags that all volumes share that are deleted with the instance, except the instance's own tags, which they got at the launch. Absent
 * when the volumes were not read.
 */
function volumeTagsOf(disks: readonly Disk[], own: Tags, { volumes, wantedTags }: Details): Pick<Partial<Instance>, "volumeTags"> {
  const [first, ...others] = disks.flatMap(({ volume, diesWithIt }) => {
    const found = diesWithIt ? volumes.get(volume) : undefined;
    return found ? [tagsOf(found.Tags)] : [];
  });
  if (first === undefined) return {};
  const shared = Object.entries(first).filter(([key, value]) => others.every((tags) => tags[key] === value));
  const wanted = wantedTags(own);
  const isTheirs = ([key, value]: [string, string]) => !key.startsWith("aws:") && (own[key] !== value || key in wanted);
  return { volumeTags: Object.fromEntries(shared.filter(isTheirs)) };
}

function reservationOf({ CapacityReservationSpecification: specification }: AwsInstance): string | undefined {
  return specification?.CapacityReservationTarget?.CapacityReservationId ?? specification?.CapacityReservationPreference;
}

function spotOfInstance(one: AwsInstance, { spot }: Details): boolean | Spot {
  if (one.InstanceLifecycle !== "spot") return false;
  const request = spot.get(one.SpotInstanceRequestId ?? "");
  if (!request) return true;
  return {
    ...(request.Type ? { type: request.Type } : {}),
    ...(request.InstanceInterruptionBehavior ? { interruptionBehavior: request.InstanceInterruptionBehavior } : {}),
    ...(request.SpotPrice ? { maxPrice: request.SpotPrice } : {}),
  };
}

/** The volumes. Absent when they were not read. */
function volumesOf(disks: readonly Disk[], { volumes }: Details): Pick<Partial<Instance>, "rootVolume" | "volumes"> {
  const read = disks.flatMap((disk) => {
    const volume = volumes.get(disk.volume);
    return volume ? [{ disk, spec: volumeSpec(volume, disk) }] : [];
  });
  const root = read.find(({ disk }) => disk.isRoot);
  if (read.length === 0) return {};
  const { snapshot: _, ...rootSpec } = root?.spec ?? {};
  return {
    ...(root ? { rootVolume: rootSpec as RootVolume } : {}),
    volumes: Object.fromEntries(read.filter(({ disk }) => !disk.isRoot).map(({ disk, spec }) => [disk.device, spec])),
  };
}

function volumeSpec(volume: Volume, disk: Disk): DataVolume {
  return {
    size: volume.Size,
    type: volume.VolumeType as DataVolume["type"],
    iops: volume.Iops,
    throughput: volume.Throughput,
    encrypted: volume.Encrypted ?? false,
    kmsKey: volume.KmsKeyId,
    snapshot: volume.SnapshotId || undefined,
    deleteOnTermination: disk.diesWithIt,
  };
}

function outputsOf(one: AwsInstance): Readonly<Record<string, string>> {
  const shown = {
    state: one.State?.Name,
    privateIp: one.PrivateIpAddress,
    publicIp: one.PublicIpAddress,
    ipv6: one.Ipv6Address ?? one.NetworkInterfaces?.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses)[0]?.Ipv6Address,
    zone: one.Placement?.AvailabilityZone,
    type: one.InstanceType,
  };
  return Object.fromEntries(Object.entries(shown).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
