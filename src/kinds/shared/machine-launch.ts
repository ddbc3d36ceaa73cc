/** How a machine is launched, in EC2's words: what RunInstances and a launch template's data share. */
import { zipped } from "../../resource/gzip.ts";
import { bytesOf } from "../../resource/binary.ts";
import type {
  BlockDeviceMapping,
  EbsBlockDevice,
  InstanceMetadataOptionsRequest,
  _InstanceType as InstanceType,
  Tenancy,
  VolumeType,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import type { DataVolume, Machine, MetadataOptions, Spot } from "./machine-fields.ts";
import { nameOf } from "./iam-objects.ts";
import { Refusal } from "../../resource/refusal.ts";

/** What the image says about the disk that a machine boots from. */
export interface ImageFacts {
  readonly rootDevice: string;
  readonly rootSize: number | undefined;
  readonly architecture: string | undefined;
}

const known = new WeakMap<Aws, Map<string, Promise<ImageFacts>>>();

/** Reads an image once a connection; a thousand machines of one image cost one call. */
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
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const { Images: [found] = [] } = await aws.ec2(new ec2.DescribeImagesCommand({ ImageIds: [image], IncludeDeprecated: true }));
  if (!found) throw new Refusal(`EC2 shows no image ${image} to this account: it may be deregistered or private.`);
  const mappings = found.BlockDeviceMappings ?? [];
  // Some images name a root device ("/dev/sda") that is not among their mappings ("/dev/sda1"); the first one is it then.
  // A root volume under a wrong name would silently become a second disk.
  const root = mappings.find((mapping) => mapping.DeviceName === found.RootDeviceName) ?? mappings[0];
  return {
    rootDevice: root?.DeviceName ?? found.RootDeviceName ?? "/dev/xvda",
    rootSize: root?.Ebs?.VolumeSize,
    architecture: found.Architecture,
  };
}

/** Whether launching needs `imageFacts`: only a machine whose disks are written does. */
export function needsImageFacts(machine: Partial<Machine>): boolean {
  return machine.rootVolume !== undefined || Object.keys(machine.volumes ?? {}).length > 0;
}

/** The parameters that RunInstances and a launch template's data share. Everything unwritten is left out, so that AWS's own default applies. */
export function launchParameters(machine: Machine, facts: ImageFacts | undefined) {
  return defined({
    ImageId: machine.image as string | undefined, // wanted: resolved to an AMI id
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
 * The network half of the launch parameters. A public address can only be asked for on an interface, and then the
 * subnet and the groups must be said there too (`InvalidParameterCombination` otherwise).
 */
export function networkParameters(machine: OnNetwork, place: Place = {}) {
  const { subnet, privateIpAddress, secondaryPrivateIpAddresses: more = [], ipv6AddressCount, options } = place;
  const groups = machine.securityGroups?.length ? [...machine.securityGroups] : undefined;
  if (machine.associatePublicIpAddress === undefined && more.length === 0 && ipv6AddressCount === undefined && options === undefined)
    return defined({ SubnetId: subnet, PrivateIpAddress: privateIpAddress, SecurityGroupIds: groups });
  return { NetworkInterfaces: [ownInterface(machine, place)] };
}

type OnNetwork = Pick<Machine, "securityGroups" | "associatePublicIpAddress">;

/** What else is said of the interface that is made with a machine. */
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

/** The interface that is made with a machine and goes with it. */
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
 * RunInstances and launch templates take what is sent in base64, whatever it is: user data is opaque to EC2. cloud-init unpacks
 * what gzip made (cloud-init's documentation, "User-data formats").
 */
export function encodeUserData(text: string, encoding: Machine["userDataEncoding"]): string {
  return bytesOf(sentUserData(text, encoding)).toString("base64");
}

/** User data as it is sent. */
export function sentUserData(text: string, encoding: Machine["userDataEncoding"]): string {
  return encoding === "gzip" ? zipped(text) : text;
}

/** The root device first, always with its size and its end, then the data volumes by device. */
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

/** A device may also be an instance store, or be left out. EC2 tells neither of a machine. */
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
    // A key without the flag is refused.
    Encrypted: volume.kmsKey === undefined ? volume.encrypted : true,
    KmsKeyId: volume.kmsKey,
    DeleteOnTermination: volume.deleteOnTermination ?? true,
  });
}

/** An endpoint that is off has no other setting, whatever is written beside it or left behind in EC2. */
export function normaliseMachine<S extends Pick<Partial<Machine>, "metadataOptions" | "instanceProfile">>(spec: S): S {
  const { metadataOptions } = spec;
  const instanceProfile: unknown = spec.instanceProfile; // as it was written it may be `{ name }`
  return {
    ...spec,
    ...(metadataOptions?.httpEndpoint === "disabled" ? { metadataOptions: { httpEndpoint: "disabled" } } : {}),
    // EC2 takes a name or an ARN; machines show the one, templates the other.
    ...(typeof instanceProfile === "string" && instanceProfile.startsWith("arn:") ? { instanceProfile: nameOf(instanceProfile) } : {}),
  };
}

/** Metadata options in EC2's words; an endpoint that is off takes no other setting. */
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

/** KMS answers with the key's ARN, whatever the author wrote; an alias cannot be told from it and is taken as the same. */
export function isSameKmsKey(request: string, have: string | undefined): boolean {
  if (request === have || /(^|:)alias\//.test(request)) return have !== undefined;
  return have !== undefined && have.endsWith(`/${request}`);
}

/** Without the members that are undefined, which the SDK would take for written in some places and the reader for noise. */
function defined<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** The conditions of `spot: true | { … }`, or undefined for a machine that is not on spot. */
export function spotOf(spot: Machine["spot"]): Spot | undefined {
  return spot === true ? {} : spot || undefined;
}

/** Whether a machine is bought as is wanted; conditions that EC2 does not tell are taken as the same. */
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
