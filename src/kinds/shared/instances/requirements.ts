/** Requirements that select instance types, instead of one type. Used by launch templates and by Auto Scaling groups with several types. */
import type { InstanceRequirements as Told, InstanceRequirementsRequest } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import { boolean, integer, number, object, oneOf, optional, set, string } from "../../../resource/fields.ts";
import type { Problem } from "../../kind.ts";

const range = (what: string, of: typeof integer | typeof number) =>
  object({ min: optional(of("The minimum.", { minimum: 0 })), max: optional(of("The maximum.", { minimum: 0 })) }, what);
const atLeast = (what: string) =>
  object({ min: integer("The minimum.", { minimum: 0 }), max: optional(integer("The maximum.", { minimum: 0 })) }, what);
const some = (doc: string) => optional(oneOf(["included", "excluded", "required"], doc));
const types = (doc: string) =>
  optional(
    set(string("An instance type or a pattern: `m5.*`, `r*`.", { pattern: "^[a-zA-Z0-9.*-]{1,30}$" }), doc, {
      minItems: 1,
      maxItems: 400,
      uniqueItems: true,
    }),
  );

/** EC2 API, InstanceRequirementsRequest. AWS's own default applies to fields that are not written. */
export const instanceRequirements = object(
  {
    vCpuCount: atLeast("Number of vCPUs."),
    memoryMiB: atLeast("The memory, in MiB."),
    memoryGiBPerVCpu: optional(range("The memory per vCPU, in GiB.", number)),
    cpuManufacturers: optional(
      set(oneOf(["intel", "amd", "amazon-web-services", "apple"], "A manufacturer."), "The CPU manufacturers; any if omitted.", {
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    instanceGenerations: optional(
      set(oneOf(["current", "previous"], "A generation."), "The instance generations; all if omitted.", {
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    allowedInstanceTypes: types("Instance types to choose from; no others are used."),
    excludedInstanceTypes: types("Instance types to exclude."),
    bareMetal: some("Whether bare metal types are included, excluded or required. Default: `excluded`."),
    burstablePerformance: some("Whether burstable types (with CPU credits) are included, excluded or required. Default: `excluded`."),
    localStorage: some("Whether types with instance store volumes are included, excluded or required. Default: `included`."),
    localStorageTypes: optional(
      set(oneOf(["hdd", "ssd"], "A type of local storage."), "The types of local storage; both if omitted.", {
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    totalLocalStorageGB: optional(range("The total local storage, in GB.", number)),
    networkInterfaceCount: optional(range("Number of network interfaces.", integer)),
    networkBandwidthGbps: optional(range("The network bandwidth, in Gbit/s.", number)),
    baselineEbsBandwidthMbps: optional(range("The baseline bandwidth to EBS, in Mbit/s.", integer)),
    acceleratorCount: optional(range("Number of accelerators; `{ max: 0 }`: none.", integer)),
    acceleratorTypes: optional(
      set(oneOf(["gpu", "fpga", "inference", "media"], "A type of accelerator."), "The types of accelerators; any if omitted.", {
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    requireHibernateSupport: optional(boolean("Whether only types that support hibernation are used.")),
    spotMaxPricePercentageOverLowestPrice: optional(
      integer("The highest price of a Spot Instance, in percent above the cheapest matching type. Default: 100.", { minimum: 0 }),
    ),
    onDemandMaxPricePercentageOverLowestPrice: optional(
      integer("The highest price of an On-Demand Instance, in percent above the cheapest matching type. Default: 20.", { minimum: 0 }),
    ),
  },
  "Requirements on instances, instead of one type: AWS chooses types that match and are available.",
);

export type InstanceRequirements = Static<typeof instanceRequirements>;

/** Returns the requirements in EC2's form, which Auto Scaling shares. */
export function requirementsRequest(wanted: InstanceRequirements): InstanceRequirementsRequest {
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [awsName(field), isRange(value) ? { Min: value.min, Max: value.max } : value]),
  ) as unknown as InstanceRequirementsRequest;
}

/** Returns the requirements as an author writes them. */
export function requirementsOf(told: Told | undefined): InstanceRequirements | undefined {
  if (told === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]: [string, unknown]) => {
      const field = fieldName(name);
      if (value === undefined || !(field in instanceRequirements.properties)) return [];
      return [
        [
          field,
          isTold(value)
            ? { ...(value.Min === undefined ? {} : { min: value.Min }), ...(value.Max === undefined ? {} : { max: value.Max }) }
            : value,
        ],
      ];
    }),
  ) as InstanceRequirements;
}

/** Returns AWS's name of a field: VCpuCount for `vCpuCount`, MemoryGiBPerVCpu for `memoryGiBPerVCpu`. */
function awsName(field: string): string {
  return `${field[0]!.toUpperCase()}${field.slice(1)}`;
}

function fieldName(name: string): string {
  return `${name[0]!.toLowerCase()}${name.slice(1)}`;
}

function isRange(value: unknown): value is { readonly min?: number; readonly max?: number } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTold(value: unknown): value is { readonly Min?: number; readonly Max?: number } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether AWS's requirements agree with the written ones. Order has no meaning, and fields that are not written are left to AWS. */
export function isSameRequirements(request: InstanceRequirements, have: InstanceRequirements | undefined): boolean {
  if (have === undefined) return false;
  const known = have as Readonly<Record<string, unknown>>;
  return Object.entries(request).every(([field, value]) => {
    const its = known[field];
    if (value === undefined) return true;
    if (Array.isArray(value)) return Array.isArray(its) && [...value].sort().join() === [...(its as unknown[])].sort().join();
    if (!isRange(value)) return value === its;
    return isRange(its) && value.min === its.min && value.max === its.max;
  });
}

/** Reports combinations that AWS refuses (EC2 API, InstanceRequirementsRequest). */
export function checkRequirements(wanted: InstanceRequirements, path: string): Problem[] {
  const problems: Problem[] = [];
  if (wanted.allowedInstanceTypes && wanted.excludedInstanceTypes)
    problems.push({
      code: "conflict",
      path: `${path}.excludedInstanceTypes`,
      summary: "`allowedInstanceTypes` and `excludedInstanceTypes` exclude each other.",
      hint: "remove one of them",
    });
  for (const [field, value] of Object.entries(wanted))
    if (isRange(value) && value.min !== undefined && value.max !== undefined && value.min > value.max)
      problems.push({
        code: "bad-value",
        path: `${path}.${field}`,
        summary: `min is ${value.min}, which is more than max, ${value.max}.`,
      });
  return problems;
}
