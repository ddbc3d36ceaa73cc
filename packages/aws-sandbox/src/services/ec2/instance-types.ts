/** Instance types: a small table of common families. Other types cannot be launched here. */
import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceRequirementsRequest,
  InstanceTypeInfo,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue } from "./faults.ts";
import { zonesOf, type Zone } from "./zones.ts";

export interface InstanceTypeRecord {
  /** The type's name. */
  readonly id: string;
  readonly family: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly architecture: "x86_64" | "arm64";
  readonly burstable: boolean;
}

/** Size, vCPUs, and memory in GiB of the general family. The `c` family has half of the memory, `r` twice as much. */
const burstableSizes = [
  ["nano", 2, 0.5],
  ["micro", 2, 1],
  ["small", 2, 2],
  ["medium", 2, 4],
  ["large", 2, 8],
  ["xlarge", 4, 16],
  ["2xlarge", 8, 32],
] as const;
const fixedSizes = [
  ["large", 2, 8],
  ["xlarge", 4, 16],
  ["2xlarge", 8, 32],
  ["4xlarge", 16, 64],
  ["8xlarge", 32, 128],
  ["12xlarge", 48, 192],
  ["16xlarge", 64, 256],
  ["24xlarge", 96, 384],
] as const;
const gravitonSizes = [["medium", 1, 4], ...fixedSizes.slice(0, -1)] as const;

const types: ReadonlyMap<string, InstanceTypeRecord> = new Map(
  [
    ...["t2", "t3", "t3a", "t4g"].flatMap((family) =>
      burstableSizes.map(([size, vcpus, gib]) => make(family, size, family === "t2" && vcpus === 2 && gib < 4 ? 1 : vcpus, gib)),
    ),
    ...["m5", "m6i", "c5", "c6i", "r5", "r6i"].flatMap((family) => fixedSizes.map(([size, vcpus, gib]) => make(family, size, vcpus, gib))),
    ...["m7g", "c7g", "r7g"].flatMap((family) => gravitonSizes.map(([size, vcpus, gib]) => make(family, size, vcpus, gib))),
  ].map((type) => [type.id, type]),
);

function make(family: string, size: string, vcpus: number, gib: number): InstanceTypeRecord {
  const factor = family.startsWith("c") ? 0.5 : family.startsWith("r") ? 2 : 1;
  return {
    id: `${family}.${size}`,
    family,
    vcpus,
    memoryMib: gib * factor * 1024,
    architecture: /^[a-z]\d+g/.test(family) ? "arm64" : "x86_64",
    burstable: family.startsWith("t"),
  };
}

export function needType(name: string): InstanceTypeRecord {
  const type = types.get(name);
  if (!type) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  return type;
}

/** The types that meet the requirements (EC2 API, InstanceRequirements), as far as the table knows them, the smallest first. */
export function typesFor(needs: InstanceRequirementsRequest, architecture?: string): readonly InstanceTypeRecord[] {
  const matches = (id: string) => (pattern: string) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(id);
  const within = (value: number, range: { readonly Min?: number | undefined; readonly Max?: number | undefined } | undefined) =>
    value >= (range?.Min ?? 0) && value <= (range?.Max ?? Infinity);
  return [...types.values()]
    .filter(
      (type) =>
        within(type.vcpus, needs.VCpuCount) &&
        within(type.memoryMib, needs.MemoryMiB) &&
        within(type.memoryMib / 1024 / type.vcpus, needs.MemoryGiBPerVCpu) &&
        (architecture === undefined || type.architecture === architecture) &&
        ((needs.BurstablePerformance ?? "excluded") !== "excluded" || !type.burstable) &&
        (needs.BurstablePerformance !== "required" || type.burstable) &&
        needs.BareMetal !== "required" &&
        needs.LocalStorage !== "required" &&
        (needs.AcceleratorCount?.Min ?? 0) === 0 &&
        (!needs.AllowedInstanceTypes?.length || needs.AllowedInstanceTypes.some(matches(type.id))) &&
        !needs.ExcludedInstanceTypes?.some(matches(type.id)),
    )
    .sort((a, b) => a.vcpus - b.vcpus || a.memoryMib - b.memoryMib);
}

export function isBurstable(name: string): boolean {
  return types.get(name)?.burstable ?? false;
}

/** The zones that offer a type. The first generation of burstable types is missing from the newer zones of a region. */
function zonesOffering(call: Call, type: InstanceTypeRecord): readonly Zone[] {
  const zones = zonesOf(call);
  return type.family === "t2" && zones.length > 3 ? [zones[0]!, zones[2]!] : zones;
}

export function checkOffered(call: Call, type: InstanceTypeRecord, zone: string): void {
  const zones = zonesOffering(call, type).map((one) => one.name);
  if (!zones.includes(zone))
    throw new AwsFault(
      "Unsupported",
      `Your requested instance type (${type.id}) is not supported in your requested Availability Zone (${zone}). Please retry your request by not specifying an Availability Zone or choosing ${zones.join(", ")}.`,
    );
}

const describeTypes: Handler<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = (input, call) => {
  const names = input.InstanceTypes ?? [];
  if (names.length > 0 && input.MaxResults !== undefined)
    throw invalidCombination("The parameter instanceTypes cannot be used with the parameter maxResults");
  const unknown = names.filter((name) => !types.has(name));
  if (unknown.length > 0)
    throw new AwsFault("InvalidInstanceType", `The following supplied instance types do not exist: [${unknown.join(", ")}]`);
  const { found, NextToken } = list<InstanceTypeRecord>(call, input, {
    records: names.length > 0 ? names.map((name) => types.get(name)!) : types.values(),
    tagged: null,
    pages: [5, 100],
    defaultPage: 100,
    filters: {
      "bare-metal": () => false,
      "burstable-performance-supported": (type) => type.burstable,
      "current-generation": (type) => type.family !== "t2",
      "free-tier-eligible": (type) => type.id === "t2.micro" || type.id === "t3.micro",
      hypervisor: (type) => (type.family === "t2" ? "xen" : "nitro"),
      "instance-storage-supported": () => false,
      "instance-type": (type) => type.id,
      "memory-info.size-in-mib": (type) => type.memoryMib,
      "processor-info.supported-architecture": (type) => type.architecture,
      "supported-root-device-type": () => "ebs",
      "supported-usage-class": () => ["on-demand", "spot"],
      "supported-virtualization-type": () => "hvm",
      "vcpu-info.default-vcpus": (type) => type.vcpus,
    },
  });
  return { NextToken, InstanceTypes: found.map(describe) };
};

function describe(type: InstanceTypeRecord): InstanceTypeInfo {
  return {
    InstanceType: type.id as "t3.micro",
    CurrentGeneration: type.family !== "t2",
    FreeTierEligible: type.id === "t2.micro" || type.id === "t3.micro",
    SupportedUsageClasses: ["on-demand", "spot"],
    SupportedRootDeviceTypes: ["ebs"],
    SupportedVirtualizationTypes: ["hvm"],
    BareMetal: false,
    Hypervisor: type.family === "t2" ? "xen" : "nitro",
    ProcessorInfo: { SupportedArchitectures: [type.architecture], SustainedClockSpeedInGhz: 2.5 },
    VCpuInfo: {
      DefaultVCpus: type.vcpus,
      DefaultCores: Math.max(1, type.vcpus / (type.architecture === "arm64" ? 1 : 2)),
      DefaultThreadsPerCore: type.architecture === "arm64" || type.vcpus === 1 ? 1 : 2,
    },
    MemoryInfo: { SizeInMiB: type.memoryMib },
    InstanceStorageSupported: false,
    EbsInfo: {
      EbsOptimizedSupport: type.family === "t2" ? "unsupported" : "default",
      EncryptionSupport: "supported",
      NvmeSupport: type.family === "t2" ? "unsupported" : "required",
    },
    NetworkInfo: {
      MaximumNetworkInterfaces: type.vcpus < 4 ? 3 : 4,
      Ipv4AddressesPerInterface: type.vcpus < 4 ? 10 : 15,
      Ipv6AddressesPerInterface: type.vcpus < 4 ? 10 : 15,
      Ipv6Supported: true,
      EnaSupport: type.family === "t2" ? "unsupported" : "required",
    },
    PlacementGroupInfo: { SupportedStrategies: type.burstable ? ["partition", "spread"] : ["cluster", "partition", "spread"] },
    HibernationSupported: false,
    BurstablePerformanceSupported: type.burstable,
    DedicatedHostsSupported: !type.burstable,
    AutoRecoverySupported: true,
  };
}

const describeOfferings: Handler<DescribeInstanceTypeOfferingsRequest, DescribeInstanceTypeOfferingsResult> = (input, call) => {
  const by = input.LocationType ?? "region";
  const places = (type: InstanceTypeRecord) =>
    by === "region" ? [call.region] : zonesOffering(call, type).map((zone) => (by === "availability-zone-id" ? zone.id : zone.name));
  if (!["region", "availability-zone", "availability-zone-id"].includes(by))
    throw invalidValue(`Value (${by}) for parameter locationType is invalid.`);
  const { found, NextToken } = list(call, input, {
    records: [...types.values()].flatMap((type) => places(type).map((place) => ({ id: `${type.id} ${place}`, type: type.id, place }))),
    tagged: null,
    pages: [5, 1000],
    filters: { "instance-type": (one) => one.type, location: (one) => one.place },
  });
  return {
    NextToken,
    InstanceTypeOfferings: found.map((one) => ({ InstanceType: one.type as "t3.micro", Location: one.place, LocationType: by })),
  };
};

export const instanceTypeOperations: Record<string, Handler> = {
  DescribeInstanceTypeOfferings: describeOfferings,
  DescribeInstanceTypes: describeTypes,
};
