/** The launch of an instance in EC2's form, as RunInstances and a launch template's data share it. */
import { zipped } from "../../../resource/gzip.ts";
import { bytesOf } from "../../../resource/binary.ts";
import type {
  BlockDeviceMapping,
  EbsBlockDevice,
  InstanceMetadataOptionsRequest,
  _InstanceType as InstanceType,
  Tenancy,
  VolumeType,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../../aws/aws.ts";
import type { DataVolume, Machine, MetadataOptions, Spot } from "./fields.ts";
import { nameOf } from "../iam-objects.ts";
import { Refusal } from "../../../resource/refusal.ts";

/** The facts about an image's root volume, and its architecture. */
export interface ImageFacts {
  readonly rootDevice: string;
  readonly rootSize: number | undefined;
  readonly architecture: string | undefined;
}

const known = new WeakMap<Aws, Map<string, Promise<ImageFacts>>>();

/** Reads an image, once for each connection: a thousand instances of one image cost one call. */
export function imageFacts(aws: Aws, image: string): Promise<ImageFacts> {
  const cache = known.get(aws) ?? new Map<string, Promise<ImageFacts>>();
  known.set(aws, cache);
  let facts = cache.get(image);
  if (!facts) {
    facts = readImage(aws, image);
    cache.set(image, facts);
    facts.catch(() => cache.delete(image));
  }
  return facts;
}

async function readImage(aws: Aws, image: string): Promise<ImageFacts> {
  const ec2 = await import("../../../aws/sdk/ec2.ts");
  const { Images: [found] = [] } = await aws.ec2(new ec2.DescribeImagesCommand({ ImageIds: [image], IncludeDeprecated: true }));
  if (!found) throw new Refusal(`This account cannot see the image ${image}: it may be deregistered or private.`);
  const mappings = found.BlockDeviceMappings ?? [];
  // Some images name a root device ("/dev/sda") that is not among their mappings ("/dev/sda1"). Then the first mapping is the root device.
  // A root volume under a wrong name would silently become a second volume.
  const root = mappings.find((mapping) => mapping.DeviceName === found.RootDeviceName) ?? mappings[0];
  return {
    rootDevice: root?.DeviceName ?? found.RootDeviceName ?? "/dev/xvda",
    rootSize: root?.Ebs?.VolumeSize,
    architecture: found.Architecture,
  };
}

/** Whether launching needs `imageFacts`. Only an instance whose volumes are written does. */
export function needsImageFacts(machine: Partial<Machine>): boolean {
  return machine.rootVolume !== undefined || Object.keys(machine.volumes ?? {}).length > 0;
}

/**
 * The parameters that RunInstances and a launch template's data share. Fields that are not written are left out, so that AWS's own defaults
 * apply.
 */
export function launchParameters(machine: Machine, facts: ImageFacts | undefined) {
  return defined({
    ImageId: machine.image as string | undefined, // a reference is resolved to an AMI id before
    InstanceType: machine.instanceType as InstanceType | undefined,
    KeyName: machine.keyPair,
    IamInstanceProfile: machine.instanceProfile === undefined ? undefined : { Name: nameOf(machine.instanceProfile) },
    UserData: machine.userData === undefined ? undefined : encodeUserData(machine.userData, machine.userDataEncoding),
    BlockDeviceMappings: facts && needsImageFacts(machine) ? blockDevices(machine, facts) : undefined,
    MetadataOptions: metadataRequest({ ...machine.metadataOptions, httpTokens: machine.metadataOptions?.httpTokens ?? "required" }),
    Monitoring: machine.monitoring === undefined ? undefined : { Enabled: machine.monitoring },
    DisableApiTermination: machine.disableApiTermination,
    DisableApiStop: machine.disableApiStop,
    HibernationOptions: machine.hibernation === undefined ? undefined : { Configured: machine.hibernation },
    CpuOptions:
      machine.cpuOptions === undefined
        ? undefined
        : { CoreCount: machine.cpuOptions.coreCount, ThreadsPerCore: machine.cpuOptions.threadsPerCore },
    EnclaveOptions: machine.enclave === undefined ? undefined : { Enabled: machine.enclave },
    MaintenanceOptions: machine.maintenanceOptions === undefined ? undefined : { AutoRecovery: machine.maintenanceOptions.autoRecovery },
    PrivateDnsNameOptions: dnsNameOptions(machine.privateDnsNameOptions),
    InstanceInitiatedShutdownBehavior: machine.shutdownBehavior,
    InstanceMarketOptions: marketOptions(machine.spot),
    Placement: placement(machine),
    CapacityReservationSpecification: capacityReservation(machine.capacityReservation),
    EbsOptimized: machine.ebsOptimized,
    CreditSpecification: machine.creditSpecification === undefined ? undefined : { CpuCredits: machine.creditSpecification },
  });
}

/**
 * Returns the network part of the launch parameters. A public address can be requested only on an interface, and then the subnet and the
 * security groups must be there too (`InvalidParameterCombination` otherwise).
 */
export function networkParameters(machine: OnNetwork, place: Place = {}) {
  const { subnet, privateIpAddress, secondaryPrivateIpAddresses: more = [], ipv6AddressCount, options } = place;
  const groups = machine.securityGroups?.length ? [...machine.securityGroups] : undefined;
  if (machine.associatePublicIpAddress === undefined && more.length === 0 && ipv6AddressCount === undefined && options === undefined)
    return defined({ SubnetId: subnet, PrivateIpAddress: privateIpAddress, SecurityGroupIds: groups });
  return { NetworkInterfaces: [ownInterface(machine, place)] };
}

type OnNetwork = Pick<Machine, "securityGroups" | "associatePublicIpAddress">;

/** Further settings of the interface that is created with an instance. */
export interface CardOptions {
  readonly description?: string | undefined;
  readonly deleteOnTermination?: boolean | undefined;
  readonly secondaryPrivateIpAddressCount?: number | undefined;
}

interface Place {
  readonly subnet?: string | undefined;
  readonly privateIpAddress?: string | undefined;
  readonly secondaryPrivateIpAddresses?: readonly string[] | undefined;
  readonly ipv6AddressCount?: number | undefined;
  readonly options?: CardOptions | undefined;
}

/** Returns the first interface, which is created with the instance and by default deleted with it. */
export function ownInterface(machine: OnNetwork, place: Place) {
  const { privateIpAddress: first, secondaryPrivateIpAddresses: more = [], options = {} } = place;
  const listed = [
    ...(first === undefined ? [] : [{ PrivateIpAddress: first, Primary: true }]),
    ...more.map((PrivateIpAddress) => ({ PrivateIpAddress, Primary: false })),
  ];
  return defined({
    DeviceIndex: 0,
    AssociatePublicIpAddress: machine.associatePublicIpAddress,
    DeleteOnTermination: options.deleteOnTermination ?? true,
    Description: options.description,
    SecondaryPrivateIpAddressCount: options.secondaryPrivateIpAddressCount,
    SubnetId: place.subnet,
    PrivateIpAddress: more.length > 0 ? undefined : first,
    PrivateIpAddresses: more.length > 0 ? listed : undefined,
    Ipv6AddressCount: place.ipv6AddressCount,
    Groups: machine.securityGroups?.length ? [...machine.securityGroups] : undefined,
  });
}

/**
 * Returns user data in base64, which RunInstances and launch templates require. EC2 does not look into it. cloud-init unpacks gzip data
 * (cloud-init's documentation, "User-data formats").
 */
export function encodeUserData(text: string, encoding: Machine["userDataEncoding"]): string {
  return bytesOf(sentUserData(text, encoding)).toString("base64");
}

/** Returns user data as it is sent, zipped if the file asks for that. */
export function sentUserData(text: string, encoding: Machine["userDataEncoding"]): string {
  return encoding === "gzip" ? zipped(text) : text;
}

/** Returns the root device first, always with its size and `DeleteOnTermination`, then the data volumes by device. */
function blockDevices(machine: Machine, facts: ImageFacts): BlockDeviceMapping[] {
  const root = {
    DeviceName: facts.rootDevice,
    Ebs: { ...ebs(machine.rootVolume ?? {}), VolumeSize: machine.rootVolume?.size ?? facts.rootSize },
  };
  const data = Object.entries(machine.volumes ?? {}).map(([DeviceName, volume]) => {
    if (volume.noDevice) return { DeviceName, NoDevice: "" };
    if (volume.virtualName !== undefined) return { DeviceName, VirtualName: volume.virtualName };
    return { DeviceName, Ebs: { ...ebs(volume), VolumeType: volume.type ?? "gp3" } }; // EC2's own default is still gp2
  });
  return [root, ...data];
}

/** Whether a device is a volume. It may also be an instance store, or be left out; EC2 does not return these two for an instance. */
export function isDisk({ virtualName, noDevice }: DataVolume): boolean {
  return virtualName === undefined && noDevice === undefined;
}

function ebs(volume: DataVolume): EbsBlockDevice {
  return defined({
    VolumeSize: volume.size,
    VolumeType: volume.type as VolumeType | undefined,
    Iops: volume.iops,
    Throughput: volume.throughput,
    SnapshotId: volume.snapshot,
    // EC2 refuses a key without this flag.
    Encrypted: volume.kmsKey === undefined ? volume.encrypted : true,
    KmsKeyId: volume.kmsKey,
    DeleteOnTermination: volume.deleteOnTermination ?? true,
  });
}

/**
 * Returns the fields in one form for comparisons. A metadata endpoint that is off has no other settings, even if the file or EC2 holds
 * some.
 */
export function normaliseMachine<S extends Pick<Partial<Machine>, "metadataOptions" | "instanceProfile">>(spec: S): S {
  const { metadataOptions } = spec;
  const instanceProfile: unknown = spec.instanceProfile; // before it is resolved, it may be `{ name }`
  return {
    ...spec,
    ...(metadataOptions?.httpEndpoint === "disabled" ? { metadataOptions: { httpEndpoint: "disabled" } } : {}),
    // EC2 takes a name or an ARN. It returns one for instances and the other for launch templates.
    ...(typeof instanceProfile === "string" && instanceProfile.startsWith("arn:") ? { instanceProfile: nameOf(instanceProfile) } : {}),
  };
}

/** Returns metadata options in EC2's form. An endpoint that is off takes no other settings. */
export function metadataRequest(options: MetadataOptions): InstanceMetadataOptionsRequest {
  if (options.httpEndpoint === "disabled") return { HttpEndpoint: "disabled" };
  return defined({
    HttpTokens: options.httpTokens,
    HttpPutResponseHopLimit: options.httpPutResponseHopLimit,
    HttpEndpoint: options.httpEndpoint,
    HttpProtocolIpv6: options.httpProtocolIpv6,
    InstanceMetadataTags: options.instanceMetadataTags,
  });
}

function dnsNameOptions(options: Machine["privateDnsNameOptions"]) {
  if (options === undefined) return undefined;
  return defined({
    HostnameType: options.hostnameType,
    EnableResourceNameDnsARecord: options.enableResourceNameDnsARecord,
    EnableResourceNameDnsAAAARecord: options.enableResourceNameDnsAAAARecord,
  });
}

function marketOptions(written: Machine["spot"]) {
  const spot = spotOf(written);
  if (!spot) return undefined;
  const options = defined({
    SpotInstanceType: spot.type,
    InstanceInterruptionBehavior: spot.interruptionBehavior,
    MaxPrice: spot.maxPrice,
  });
  return { MarketType: "spot" as const, ...(Object.keys(options).length > 0 ? { SpotOptions: options } : {}) };
}

function placement(machine: Machine) {
  const { tenancy, placementGroup } = machine;
  return tenancy === undefined && placementGroup === undefined
    ? undefined
    : defined({ Tenancy: tenancy as Tenancy | undefined, GroupName: placementGroup });
}

function capacityReservation(written: string | undefined) {
  if (written === undefined) return undefined;
  if (written === "open" || written === "none") return { CapacityReservationPreference: written } as const;
  return { CapacityReservationTarget: { CapacityReservationId: written } };
}

/**
 * Whether two references mean the same key. AWS returns the key's ARN for any form. An alias cannot be compared with it, so it counts as
 * the same.
 */
export function isSameKmsKey(request: string, have: string | undefined): boolean {
  if (request === have || /(^|:)alias\//.test(request)) return have !== undefined;
  return have !== undefined && have.endsWith(`/${request}`);
}

/** Returns the object without undefined members. The SDK would treat some of them as set, and readers would see noise. */
function defined<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** Returns the options of `spot: true | { … }`, or undefined for an instance that is not a Spot Instance. */
export function spotOf(spot: Machine["spot"]): Spot | undefined {
  return spot === true ? {} : spot || undefined;
}

/** Whether the purchase options are the requested ones. Options that EC2 does not return count as the same. */
export function isSameSpot(request: Machine["spot"], have: Machine["spot"]): boolean {
  const asked = spotOf(request);
  const bought = spotOf(have);
  if (!asked || !bought) return !asked === !bought;
  const differs = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a !== b && Number(a) !== Number(b);
  return (
    !differs(asked.type, bought.type) &&
    !differs(asked.interruptionBehavior, bought.interruptionBehavior) &&
    !differs(asked.maxPrice, bought.maxPrice)
  );
}
