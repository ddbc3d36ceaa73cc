/** A launch. All of it is checked before anything is created. */
import { AwsFault, type Call } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { profileArn, propagation, roleOfProfileSince } from "../iam/known.ts";
import { takeReservation } from "./capacity-reservations.ts";
import { invalidCombination, invalidValue, knownValue, required } from "./faults.ts";
import { needReadyImage } from "./images.ts";
import { checkOffered, type InstanceTypeRecord, needType } from "./instance-types.ts";
import { needKey } from "./keys.ts";
import { type Disk, planDisks } from "./launch-disks.ts";
import { makeNetwork, planNetwork } from "./launch-network.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { needPlacementGroup } from "./placement.ts";
import { quota } from "./quotas.ts";
import { checkSpot } from "./spot.ts";
import { isIpv6Only } from "./subnets.ts";
import {
  counters,
  type ImageRecord,
  type InstanceRecord,
  instances,
  type MetadataOptions,
  profileAssociations,
  type Tags,
} from "./state.ts";
import { giveTags, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { makeVolume } from "./volumes.ts";
import type { InstanceMetadataOptionsRequest, RunInstancesRequest } from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";

/** Parameters of RunInstances that the sandbox models; all others are refused. */
const modelled = [
  "BlockDeviceMappings",
  "CapacityReservationSpecification",
  "ClientToken",
  "CpuOptions",
  "CreditSpecification",
  "DisableApiStop",
  "DisableApiTermination",
  "EbsOptimized",
  "EnclaveOptions",
  "HibernationOptions",
  "IamInstanceProfile",
  "ImageId",
  "InstanceInitiatedShutdownBehavior",
  "InstanceMarketOptions",
  "InstanceType",
  "KeyName",
  "LaunchTemplate",
  "MaintenanceOptions",
  "MaxCount",
  "MetadataOptions",
  "MinCount",
  "Monitoring",
  "NetworkInterfaces",
  "Placement",
  "PrivateDnsNameOptions",
  "PrivateIpAddress",
  "SecurityGroupIds",
  "SecurityGroups",
  "SubnetId",
  "TagSpecifications",
  "UserData",
];

export function planLaunch(
  call: Call,
  request: RunInstancesRequest,
  template?: { readonly id: string; readonly version: number },
): LaunchPlan {
  refuseUnknown(call, request, modelled);
  const image = needReadyImage(call, required(request.ImageId, "ImageId"));
  const type = needType(request.InstanceType ?? "m1.small");
  checkArchitecture(type, image.architecture);
  const network = planNetwork(call, request);
  // EC2 User Guide, "Instances built on the AWS Nitro System": t2 is not built on it, and such types have no interface without IPv4.
  if (type.family === "t2" && network.some(({ subnet }) => isIpv6Only(subnet)))
    throw invalidCombination(`The instance type ${type.id} does not support IPv6-only subnets`);
  const { zone } = network[0]!.subnet;
  if (request.Placement?.AvailabilityZone && request.Placement.AvailabilityZone !== zone)
    throw invalidValue(`The availability zone ${request.Placement.AvailabilityZone} is not that of the subnet ${network[0]!.subnet.id}`);
  checkOffered(call, type, zone);
  if (request.KeyName) needKey(call, request.KeyName);
  if (request.Placement?.GroupName) needPlacementGroup(call, request.Placement.GroupName);
  checkUserData(request.UserData);
  checkSpot(request);
  checkPlacement(request.Placement ?? {});
  knownValue(request.InstanceInitiatedShutdownBehavior, ["stop", "terminate"], "instanceInitiatedShutdownBehavior");
  knownValue(request.PrivateDnsNameOptions?.HostnameType, ["ip-name", "resource-name"], "privateDnsNameOptions.hostnameType");
  knownValue(request.MaintenanceOptions?.AutoRecovery, ["default", "disabled"], "maintenanceOptions.autoRecovery");
  if (request.CreditSpecification && !type.burstable)
    throw invalidCombination("The credit specification is for burstable instance types only");
  checkCpus(request.CpuOptions, type);
  checkEnclave(request, type);
  const disks = planDisks(call, image, request.BlockDeviceMappings ?? []);
  // EC2 User Guide, "Prerequisites for EC2 instance hibernation".
  if (request.HibernationOptions?.Configured && disks.find(({ device }) => device === image.rootDevice)?.encrypted !== true)
    throw new AwsFault("UnsupportedHibernationConfiguration", "The root volume of an instance that hibernates must be encrypted.");
  return {
    request,
    ...(template ? { template } : {}),
    image,
    type,
    network,
    disks,
    ...(request.IamInstanceProfile ? { profile: profileOf(call, request.IamInstanceProfile) } : {}),
    metadata: metadataOf(image, request),
    reservation: reservationOf(call, request.CapacityReservationSpecification, {
      instanceType: type.id,
      zone,
      tenancy: request.Placement?.Tenancy ?? "default",
    }),
    ...(request.PrivateDnsNameOptions ? { dnsOptions: dnsOptionsOf(request.PrivateDnsNameOptions) } : {}),
    ...(type.burstable ? { cpuCredits: creditsOf(type, request) } : {}),
    tags: tagsToBe(request.TagSpecifications, "instance", "volume", "network-interface", "spot-instances-request"),
  };
}

/**
 * Checks CPU options: both values, and no more than the type has (EC2 User Guide, "Rules for specifying
 * CPU options for an Amazon EC2 instance").
 */
function checkCpus(given: RunInstancesRequest["CpuOptions"], type: InstanceTypeRecord): void {
  if (!given) return;
  const { CoreCount: cores, ThreadsPerCore: threads } = given;
  if (cores === undefined || threads === undefined) throw invalidCombination("CpuOptions takes both CoreCount and ThreadsPerCore");
  const most = type.architecture === "arm64" || type.vcpus === 1 ? 1 : 2;
  if (type.family === "t2") throw invalidCombination(`The instance type ${type.id} does not support CPU options`);
  if (cores < 1 || cores > Math.max(1, type.vcpus / most) || threads < 1 || threads > most)
    throw invalidValue(`CpuOptions of ${cores} cores with ${threads} threads are not valid for ${type.id}`);
}

/** Checks enclave options: four vCPUs (two on arm64), and no hibernation (Nitro Enclaves User Guide, "Requirements"). */
function checkEnclave({ EnclaveOptions, HibernationOptions }: RunInstancesRequest, type: InstanceTypeRecord): void {
  if (!EnclaveOptions?.Enabled) return;
  if (HibernationOptions?.Configured) throw invalidCombination("Enclaves and hibernation exclude each other");
  if (type.burstable || type.vcpus < (type.architecture === "arm64" ? 2 : 4))
    throw invalidCombination(`The instance type ${type.id} does not support AWS Nitro Enclaves`);
}

/** Checks tenancy and host. The sandbox models no hosts, so a request cannot name one. */
function checkPlacement({ Tenancy, HostId }: NonNullable<RunInstancesRequest["Placement"]>): void {
  knownValue(Tenancy, ["default", "dedicated", "host"], "tenancy");
  if (HostId) throw new AwsFault("InvalidHostID.NotFound", `The host ID '${HostId}' does not exist`);
}

export function checkArchitecture(type: InstanceTypeRecord, architecture: string): void {
  if (type.architecture !== architecture)
    throw invalidValue(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
    );
}

/** Checks user data: at most 16 KB before encoding (EC2 User Guide, "User data"). */
export function checkUserData(encoded: string | undefined): void {
  if (encoded === undefined) return;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded))
    throw new AwsFault("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  if (Buffer.from(encoded, "base64").length > 16_384) throw invalidValue("User data is limited to 16384 bytes");
}

/** The instance profile of a request, which must exist in the account. */
export function profileOf(
  call: Call,
  { Arn, Name }: { readonly Arn?: string | undefined; readonly Name?: string | undefined },
): { arn: string; id: string } {
  if (Arn && Name)
    throw invalidCombination("The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'");
  const asked = Name ?? required(Arn, "iamInstanceProfile");
  if (!call.exists("instanceProfile", asked))
    throw invalidValue(
      `Value (${asked}) for parameter iamInstanceProfile.${Arn ? "arn" : "name"} is invalid. Invalid IAM Instance Profile ${Arn ? "ARN" : "name"}`,
    );
  const arn = Arn ?? profileArn(call.accountStore, asked) ?? `arn:${call.partition}:iam::${call.account}:instance-profile/${asked}`;
  const since = roleOfProfileSince(call.accountStore, asked);
  if (since === undefined || call.now - since < propagation)
    throw invalidValue(`IAM Instance Profile "${arn}" has no associated IAM Roles`);
  return { arn, id: `AIPA${createHash("sha1").update(arn).digest("hex").slice(0, 17).toUpperCase()}` };
}

/** Checks the quota of vCPUs that standard instances share. Only running instances count. */
export function checkVcpus(call: Call, more: number): void {
  if ((counters(call).get("vcpus")?.value ?? 0) + more > quota(call, "vcpus"))
    throw new AwsFault(
      "VcpuLimitExceeded",
      `You have requested more vCPU capacity than your current vCPU limit of ${quota(call, "vcpus")} allows for the instance bucket that the specified instance type belongs to.`,
    );
}

export function useVcpus(call: Call, change: number): void {
  counters(call).set("vcpus", { value: (counters(call).get("vcpus")?.value ?? 0) + change });
}

/** The reservation of a launch: "open", "none", or the id of one that fits the instance and has room. */
export function reservationOf(
  call: Call,
  given: RunInstancesRequest["CapacityReservationSpecification"],
  machine?: Parameters<typeof takeReservation>[2],
): string {
  const id = given?.CapacityReservationTarget?.CapacityReservationId;
  if (id && given.CapacityReservationPreference)
    throw invalidCombination("A capacity reservation target and a preference exclude each other");
  if (id) return takeReservation(call, id, machine);
  const preference = given?.CapacityReservationPreference ?? "open";
  if (preference !== "open" && preference !== "none")
    throw invalidValue(`Value (${preference}) for parameter capacityReservationPreference is invalid.`);
  return preference;
}

function dnsOptionsOf(given: NonNullable<RunInstancesRequest["PrivateDnsNameOptions"]>): InstanceRecord["dnsOptions"] {
  return {
    type: given.HostnameType ?? "ip-name",
    aRecord: given.EnableResourceNameDnsARecord ?? false,
    aaaaRecord: given.EnableResourceNameDnsAAAARecord ?? false,
  };
}

export interface CreateIdentity {
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly requesterId?: string | undefined;
  readonly systemTags?: Tags | undefined;
  readonly spotRequestId?: string | undefined;
}

/** Makes the pending instance with its interfaces and disks. instances.ts handles its later states. */
export function makeInstance(call: Call, plan: LaunchPlan, creation: CreateIdentity): InstanceRecord {
  const { request, image, type } = plan;
  const id = call.id("i");
  const made = makeNetwork(call, id, plan.network);
  const primary = made[0]!;
  const { zone, vpcId } = plan.network[0]!.subnet;
  const instance: InstanceRecord = {
    id,
    reservationId: creation.reservationId,
    ...(creation.requesterId ? { requesterId: creation.requesterId } : {}),
    launchIndex: creation.launchIndex,
    imageId: image.id,
    architecture: image.architecture,
    rootDevice: image.rootDevice,
    ...(request.KeyName ? { keyName: request.KeyName } : {}),
    zone,
    tenancy: request.Placement?.Tenancy ?? "default",
    clientToken: request.ClientToken ?? "",
    createdAt: call.now,
    ...(creation.spotRequestId ? { spotRequestId: creation.spotRequestId } : {}),
    ...(plan.template ? { template: plan.template } : {}),
    hibernation: request.HibernationOptions?.Configured ?? false,
    enclave: request.EnclaveOptions?.Enabled ?? false,
    ...(request.CpuOptions?.CoreCount
      ? { cpuOptions: { cores: request.CpuOptions.CoreCount, threads: request.CpuOptions.ThreadsPerCore ?? 1 } }
      : {}),
    ...(primary.privateIps[0] === undefined ? {} : { primaryIp: primary.privateIps[0] }),
    launchedAt: call.now,
    state: "pending",
    turn: 0,
    instanceType: type.id,
    vpcId,
    subnetId: primary.subnetId,
    interfaces: made.map((one) => one.id),
    devices: {},
    ...(request.UserData ? { userData: Buffer.from(request.UserData, "base64").toString("base64") } : {}),
    disableApiTermination: request.DisableApiTermination ?? false,
    disableApiStop: request.DisableApiStop ?? false,
    shutdownBehavior: request.InstanceInitiatedShutdownBehavior ?? "stop",
    ebsOptimized: request.EbsOptimized ?? false,
    monitoring: request.Monitoring?.Enabled ?? false,
    metadata: plan.metadata,
    metadataSince: call.now,
    ...(plan.cpuCredits ? { cpuCredits: plan.cpuCredits } : {}),
    ...(request.Placement?.GroupName ? { placementGroup: request.Placement.GroupName } : {}),
    ...(request.Placement?.PartitionNumber ? { partition: request.Placement.PartitionNumber } : {}),
    autoRecovery: request.MaintenanceOptions?.AutoRecovery ?? "default",
    reservation: plan.reservation,
    ...(plan.dnsOptions ? { dnsOptions: plan.dnsOptions } : {}),
  };
  if (plan.profile) joinProfile(call, instance, plan.profile);
  for (const disk of plan.disks) addDisk(call, instance, disk, plan.tags["volume"]);
  instances(call).set(id, instance);
  const template: Tags = plan.template
    ? { "aws:ec2launchtemplate:id": plan.template.id, "aws:ec2launchtemplate:version": String(plan.template.version) }
    : {};
  giveTags(call, id, { ...template, ...creation.systemTags, ...plan.tags["instance"] });
  plan.network.forEach((one, place) => one.existing || giveTags(call, made[place]!.id, plan.tags["network-interface"]));
  // With a disk key that does not exist or cannot be used, EC2 accepts the launch and terminates the instance (EC2 User Guide, "Instance
  // terminates immediately").
  const hasKeys = plan.disks.every(({ kmsKeyId }) => kmsKeyId === undefined || call.exists("kmsKey", kmsKeyId));
  const fails = !hasKeys || call.fault("ec2:instanceTerminatesAtLaunch");
  call.later(
    fails ? timing.instanceFails : timeFor(call, id, timing.instanceRunning),
    fails ? "ec2:instanceFails" : "ec2:instanceSettles",
    {
      id,
      turn: 0,
    },
  );
  return instance;
}

function addDisk(call: Call, instance: InstanceRecord, disk: Disk, tags: Tags | undefined): void {
  const volume = makeVolume(call, { ...disk, zone: instance.zone });
  volume.attachments.push({ instanceId: instance.id, device: disk.device, since: call.now });
  instance.devices[disk.device] = { volumeId: volume.id, deleteOnTermination: disk.deleteOnTermination, attachedAt: call.now };
  giveTags(call, volume.id, tags);
}

/** The metadata options of a new instance. An image may require IMDSv2, with one more hop for containers. */
function metadataOf(image: ImageRecord, { MetadataOptions: given }: RunInstancesRequest): MetadataOptions {
  checkMetadata(given ?? {});
  return {
    HttpTokens: given?.HttpTokens ?? (image.imdsV2 ? "required" : "optional"),
    HttpPutResponseHopLimit: given?.HttpPutResponseHopLimit ?? (image.imdsV2 ? 2 : 1),
    HttpEndpoint: given?.HttpEndpoint ?? "enabled",
    HttpProtocolIpv6: given?.HttpProtocolIpv6 ?? "disabled",
    InstanceMetadataTags: given?.InstanceMetadataTags ?? "disabled",
  };
}

/** Checks metadata options. A disabled endpoint takes no other option. */
export function checkMetadata({ HttpEndpoint, ...others }: InstanceMetadataOptionsRequest): void {
  const hops = others.HttpPutResponseHopLimit;
  if (hops !== undefined && (hops < 1 || hops > 64))
    throw invalidValue(`Value (${hops}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and 64.`);
  knownValue(HttpEndpoint, ["enabled", "disabled"], "httpEndpoint");
  knownValue(others.HttpTokens, ["optional", "required"], "httpTokens");
  knownValue(others.HttpProtocolIpv6, ["enabled", "disabled"], "httpProtocolIpv6");
  knownValue(others.InstanceMetadataTags, ["enabled", "disabled"], "instanceMetadataTags");
  if (HttpEndpoint === "disabled" && Object.values(others).some((value) => value !== undefined))
    throw invalidCombination("Metadata options may not be given when HttpEndpoint is disabled");
}

function creditsOf(type: InstanceTypeRecord, { CreditSpecification: given }: RunInstancesRequest): "standard" | "unlimited" {
  const credits = given?.CpuCredits ?? (type.family === "t2" ? "standard" : "unlimited");
  if (credits !== "standard" && credits !== "unlimited") throw invalidValue(`Value (${credits}) for parameter cpuCredits is invalid.`);
  return credits;
}

export function joinProfile(call: Call, instance: InstanceRecord, profile: { readonly arn: string; readonly id: string }): void {
  if (instance.profile) profileAssociations(call).delete(instance.profile.associationId);
  const associationId = call.id("iip-assoc");
  instance.profile = { associationId, ...profile, since: call.now };
  profileAssociations(call).set(associationId, { owner: instance.id });
}
