/** Converts the data of a launch template between the YAML's form and EC2's. */
import { textOfBytes } from "../../resource/binary.ts";
import type { LaunchTemplateBlockDeviceMapping, RequestLaunchTemplateData, ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import { tagsOf } from "../../resource/ownership.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { furtherOfTemplate, furtherRequest } from "../shared/instances/further-interfaces.ts";
import { requirementsOf, requirementsRequest } from "../shared/instances/requirements.ts";
import type { DataVolume, Machine, MetadataOptions } from "../shared/instances/fields.ts";
import { imageFacts, launchParameters, needsImageFacts, networkParameters, ownInterface } from "../shared/instances/launch.ts";
import type { LaunchTemplate } from "./schema.ts";

/**
 * Builds the complete document of a version. It takes nothing from the version before except `image`, which the caller decides. Only the
 * template itself has the ownership tags. Instances get the tags that the author wrote for them.
 */
export async function dataOf(aws: Aws, request: LaunchTemplate, image: string | undefined): Promise<RequestLaunchTemplateData> {
  const machine = { ...request, image };
  const facts = image !== undefined && needsImageFacts(machine) ? await imageFacts(aws, image) : undefined;
  const tags = [...specification("instance", request.instanceTags), ...specification("volume", request.volumeTags)];
  return {
    ...(launchParameters(machine, facts) as RequestLaunchTemplateData),
    ...interfacesOf(request),
    ...(request.instanceRequirements ? { InstanceRequirements: requirementsRequest(request.instanceRequirements) } : {}),
    ...(tags.length > 0 ? { TagSpecifications: tags } : {}),
  };
}

/** The network part. With further interfaces, the first one is also written as an interface, with its groups. */
function interfacesOf(request: LaunchTemplate): RequestLaunchTemplateData {
  const { networkInterfaces: further = [], networkInterfaceOptions: options, ipv6AddressCount } = request;
  if (further.length === 0) return networkParameters(request, { ipv6AddressCount, options });
  return {
    NetworkInterfaces: [ownInterface(request, { ipv6AddressCount, options }), ...further.map((one, i) => furtherRequest(one, i + 1))],
  };
}

/** Returns 16 hexadecimal digits that identify a document, whatever the order of its members. */
export function hashOfData(data: RequestLaunchTemplateData): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(data)))
    .digest("hex")
    .slice(0, 16);
}

/** The spec of a version. All data of a template is read, so a field that it does not set has the value undefined. */
export function observeData(data: ResponseLaunchTemplateData): Omit<LaunchTemplate, "imageUpdates" | "description"> {
  const cards = (data.NetworkInterfaces ?? []).toSorted((a, b) => (a.DeviceIndex ?? 0) - (b.DeviceIndex ?? 0));
  const card = cards.find(({ DeviceIndex = 0 }) => DeviceIndex === 0);
  const further = cards.filter(({ DeviceIndex = 0 }) => DeviceIndex > 0);
  const mappings = data.BlockDeviceMappings ?? [];
  const root = mappings.find(isRoot);
  return {
    image: data.ImageId,
    instanceType: data.InstanceType,
    instanceRequirements: requirementsOf(data.InstanceRequirements),
    keyPair: data.KeyName,
    securityGroups: card?.Groups ?? data.SecurityGroupIds ?? [],
    associatePublicIpAddress: card?.AssociatePublicIpAddress,
    ipv6AddressCount: card?.Ipv6AddressCount,
    networkInterfaceOptions: card && {
      description: card.Description,
      deleteOnTermination: card.DeleteOnTermination,
      secondaryPrivateIpAddressCount: card.SecondaryPrivateIpAddressCount,
    },
    networkInterfaces: further.length > 0 ? further.map(furtherOfTemplate) : undefined,
    instanceProfile: data.IamInstanceProfile?.Name ?? data.IamInstanceProfile?.Arn,
    userData: !data.UserData ? undefined : textOfBytes(Buffer.from(data.UserData, "base64")),
    rootVolume: root ? volumeOf(root) : undefined,
    volumes: Object.fromEntries(mappings.filter((mapping) => !isRoot(mapping)).map((mapping) => [mapping.DeviceName!, volumeOf(mapping)])),
    metadataOptions: metadataOf(data),
    monitoring: data.Monitoring?.Enabled,
    disableApiTermination: data.DisableApiTermination,
    disableApiStop: data.DisableApiStop,
    hibernation: data.HibernationOptions?.Configured,
    cpuOptions:
      data.CpuOptions?.CoreCount === undefined
        ? undefined
        : { coreCount: data.CpuOptions.CoreCount, threadsPerCore: data.CpuOptions.ThreadsPerCore ?? 1 },
    enclave: data.EnclaveOptions?.Enabled,
    maintenanceOptions: data.MaintenanceOptions?.AutoRecovery ? { autoRecovery: data.MaintenanceOptions.AutoRecovery } : undefined,
    privateDnsNameOptions: data.PrivateDnsNameOptions && {
      hostnameType: data.PrivateDnsNameOptions.HostnameType,
      enableResourceNameDnsARecord: data.PrivateDnsNameOptions.EnableResourceNameDnsARecord,
      enableResourceNameDnsAAAARecord: data.PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord,
    },
    shutdownBehavior: data.InstanceInitiatedShutdownBehavior,
    spot: spotOf(data),
    placementGroup: data.Placement?.GroupName,
    capacityReservation:
      data.CapacityReservationSpecification?.CapacityReservationTarget?.CapacityReservationId ?? reservationPreference(data),
    tenancy: data.Placement?.Tenancy as Machine["tenancy"],
    ebsOptimized: data.EbsOptimized,
    creditSpecification: data.CreditSpecification?.CpuCredits as Machine["creditSpecification"],
    instanceTags: tagsFor(data, "instance"),
    volumeTags: tagsFor(data, "volume"),
  };
}

function specification<T extends "instance" | "volume">(type: T, tags: Readonly<Record<string, string>> | undefined) {
  return tags && Object.keys(tags).length > 0 ? tagSpecifications(type, tags) : [];
}

function tagsFor(data: ResponseLaunchTemplateData, type: "instance" | "volume"): Record<string, string> {
  return { ...tagsOf(data.TagSpecifications?.find((specification) => specification.ResourceType === type)?.Tags) };
}

/** Whether the device is the root. Names of data volumes never end with `a`. */
function isRoot({ DeviceName }: LaunchTemplateBlockDeviceMapping): boolean {
  return /(sd|xvd)a[0-9]*$/.test(DeviceName ?? "");
}

function volumeOf({ Ebs, VirtualName, NoDevice }: LaunchTemplateBlockDeviceMapping): DataVolume {
  if (NoDevice !== undefined) return { noDevice: true };
  if (VirtualName !== undefined) return { virtualName: VirtualName };
  return {
    size: Ebs?.VolumeSize,
    type: Ebs?.VolumeType as DataVolume["type"],
    iops: Ebs?.Iops,
    throughput: Ebs?.Throughput,
    encrypted: Ebs?.Encrypted,
    kmsKey: Ebs?.KmsKeyId,
    deleteOnTermination: Ebs?.DeleteOnTermination,
    snapshot: Ebs?.SnapshotId,
  };
}

function metadataOf({ MetadataOptions: options }: ResponseLaunchTemplateData): MetadataOptions {
  return {
    httpTokens: options?.HttpTokens,
    httpPutResponseHopLimit: options?.HttpPutResponseHopLimit,
    httpEndpoint: options?.HttpEndpoint,
    httpProtocolIpv6: options?.HttpProtocolIpv6,
    instanceMetadataTags: options?.InstanceMetadataTags,
  };
}

function spotOf({ InstanceMarketOptions: market }: ResponseLaunchTemplateData): Machine["spot"] {
  if (market?.MarketType !== "spot") return false;
  const options = market.SpotOptions;
  return { type: options?.SpotInstanceType, interruptionBehavior: options?.InstanceInterruptionBehavior, maxPrice: options?.MaxPrice };
}

function reservationPreference({ CapacityReservationSpecification: reservation }: ResponseLaunchTemplateData): string | undefined {
  const preference = reservation?.CapacityReservationPreference;
  return preference === "open" || preference === "none" ? preference : undefined;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
