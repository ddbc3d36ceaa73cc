/** Launch sources of groups: checked when a call sets one, resolved when an instance is launched. */
import type { InstanceRequirements, LaunchTemplateSpecification, MixedInstancesPolicy } from "@aws-sdk/client-auto-scaling";
import type { RunInstancesRequest } from "@aws-sdk/client-ec2";
import { AwsFault, type Call } from "../../model.ts";
import { resolveTemplate } from "../ec2/launch-template-versions.ts";
import { typesFor } from "../ec2/instance-types.ts";
import { images, launchTemplates } from "../ec2/state.ts";
import { checkTemplate } from "../ec2/template-check.ts";
import { between, invalid, required } from "./faults.ts";
import type { LaunchSource, MachineRecord } from "./state.ts";

interface Given {
  readonly LaunchTemplate?: LaunchTemplateSpecification | undefined;
  readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined;
}

/** The launch source in a request; undefined when there is none. */
export function sourceOf(call: Call, given: Given): LaunchSource | undefined {
  if (given.LaunchTemplate && given.MixedInstancesPolicy)
    throw invalid("Valid requests must contain either LaunchTemplate or MixedInstancesPolicy parameter, not both.");
  if (given.LaunchTemplate) return { template: templateOf(call, given.LaunchTemplate) };
  if (given.MixedInstancesPolicy) return { mixed: mixedOf(call, given.MixedInstancesPolicy) };
  return undefined;
}

/** Checks a template. Every error with it gets the same text, followed by its own. `types` replace the template's type. */
function templateOf(call: Call, given: LaunchTemplateSpecification, types: readonly string[] = []): NonNullable<LaunchSource["template"]> {
  if ((given.LaunchTemplateId === undefined) === (given.LaunchTemplateName === undefined))
    throw invalid("Valid requests must contain either launchTemplateId or LaunchTemplateName");
  const Version = given.Version ?? "$Default";
  const { template, data } = resolving(() => {
    const found = resolveTemplate(call, { ...given, Version });
    checkTemplate(call, found.data, types);
    return found;
  });
  if ((data.NetworkInterfaces?.length ?? 0) > 0 && (data.SecurityGroupIds?.length ?? 0) > 0)
    throw invalid(
      "You must use a valid fully-formed launch template. When a network interface is provided, the security groups must be a part of it.",
    );
  return { id: template.id, name: template.name, version: Version };
}

function resolving<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof AwsFault) throw invalid(`You must use a valid fully-formed launch template. ${error.message}`);
    throw error;
  }
}

function mixedOf(call: Call, given: MixedInstancesPolicy): MixedInstancesPolicy {
  const named = (given.LaunchTemplate?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
  const base = templateOf(call, required(given.LaunchTemplate?.LaunchTemplateSpecification, "launchTemplate"), named);
  const overrides = (given.LaunchTemplate?.Overrides ?? []).map((one) => ({
    ...one,
    ...(one.LaunchTemplateSpecification
      ? {
          LaunchTemplateSpecification: specificationOf(
            templateOf(call, one.LaunchTemplateSpecification, one.InstanceType ? [one.InstanceType] : []),
          ),
        }
      : {}),
  }));
  const types = overrides.flatMap((one) => one.InstanceType ?? []);
  for (const one of overrides) {
    if (one.InstanceType !== undefined && one.InstanceRequirements)
      throw invalid("An override has an instance type or requirements, not both.");
    if (one.InstanceRequirements) checkRequirements(one.InstanceRequirements);
  }
  checkDistribution(given.InstancesDistribution ?? {});
  if (new Set(types).size < types.length) throw invalid("Instance types in the overrides must be unique.");
  return {
    LaunchTemplate: { LaunchTemplateSpecification: specificationOf(base), Overrides: overrides },
    InstancesDistribution: {
      OnDemandAllocationStrategy: "prioritized",
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 100,
      SpotAllocationStrategy: "lowest-price",
      ...(given.InstancesDistribution?.SpotAllocationStrategy === undefined ||
      given.InstancesDistribution.SpotAllocationStrategy === "lowest-price"
        ? { SpotInstancePools: 2 }
        : {}),
      ...Object.fromEntries(Object.entries(given.InstancesDistribution ?? {}).filter(([, value]) => value !== undefined)),
    },
  };
}

/** Checks instance requirements (Auto Scaling API, InstanceRequirements). */
function checkRequirements(needs: InstanceRequirements): void {
  if (needs.VCpuCount?.Min === undefined || needs.MemoryMiB?.Min === undefined)
    throw invalid("InstanceRequirements must contain VCpuCount and MemoryMiB with a minimum.");
  if (needs.AllowedInstanceTypes?.length && needs.ExcludedInstanceTypes?.length)
    throw invalid("AllowedInstanceTypes and ExcludedInstanceTypes cannot be specified together.");
  if (typesFor(needs as never).length === 0) throw invalid("No instance type matches the instance requirements.");
}

/** Checks the distribution of instances (EC2 Auto Scaling API, InstancesDistribution). */
function checkDistribution({
  OnDemandAllocationStrategy: onDemand = "prioritized",
  SpotAllocationStrategy: spot = "lowest-price",
  OnDemandBaseCapacity: base,
  OnDemandPercentageAboveBaseCapacity: share,
}: NonNullable<MixedInstancesPolicy["InstancesDistribution"]>): void {
  if (!["prioritized", "lowest-price"].includes(onDemand)) throw invalid(`Invalid OnDemandAllocationStrategy ${onDemand}`);
  if (!["capacity-optimized", "capacity-optimized-prioritized", "diversified", "lowest-price", "price-capacity-optimized"].includes(spot))
    throw invalid(`Invalid SpotAllocationStrategy ${spot}`);
  between(base, 0, 2 ** 31, "onDemandBaseCapacity");
  between(share, 0, 100, "onDemandPercentageAboveBaseCapacity");
}

export function specificationOf(template: {
  readonly id: string;
  readonly name: string;
  readonly version: string | number;
}): LaunchTemplateSpecification {
  return { LaunchTemplateId: template.id, LaunchTemplateName: template.name, Version: String(template.version) };
}

/** A launch source as Describe calls show it: the template with its id and its name. */
export function describeSource(source: LaunchSource): Given {
  return source.template ? { LaunchTemplate: specificationOf(source.template) } : { MixedInstancesPolicy: source.mixed };
}

export interface Model {
  readonly reference: LaunchTemplateSpecification;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly type: string;
  readonly isSpot: boolean;
}

/** The next instance's template version, type and market, from the present number of On-Demand instances. */
export function nextModel(call: Call, source: LaunchSource, have: { readonly onDemand: number; readonly all: number }): Model {
  const base = source.template ? specificationOf(source.template) : source.mixed!.LaunchTemplate!.LaunchTemplateSpecification!;
  const [first] = source.mixed?.LaunchTemplate?.Overrides ?? [];
  const reference = first?.LaunchTemplateSpecification ?? base;
  const resolved = resolveTemplate(call, byId(reference));
  return {
    reference: byId(reference),
    id: resolved.template.id,
    name: resolved.template.name,
    version: resolved.version,
    type:
      first?.InstanceType ??
      typeOf(
        call,
        first?.InstanceRequirements ?? (resolved.data as { readonly InstanceRequirements?: object }).InstanceRequirements,
        resolved.data,
      ) ??
      resolved.data.InstanceType ??
      "m1.small",
    isSpot: source.mixed !== undefined && !isOnDemand(source.mixed, have),
  };
}

function typeOf(call: Call, needs: object | undefined, data: RunInstancesRequest): string | undefined {
  if (needs === undefined) return undefined;
  return typesFor(needs as never, images(call).get(data.ImageId ?? "")?.architecture)[0]?.id;
}

function isOnDemand(
  { InstancesDistribution: split }: MixedInstancesPolicy,
  { onDemand, all }: { readonly onDemand: number; readonly all: number },
): boolean {
  const base = split?.OnDemandBaseCapacity ?? 0;
  if (onDemand < base) return true;
  const above = Math.max(0, all + 1 - base);
  return onDemand - base < Math.ceil((above * (split?.OnDemandPercentageAboveBaseCapacity ?? 100)) / 100);
}

/** Whether an instance is as the source would launch it now. */
export function isCurrent(call: Call, source: LaunchSource, machine: MachineRecord): boolean {
  const overrides = source.mixed?.LaunchTemplate?.Overrides ?? [];
  const fitting = overrides.find((one) =>
    one.InstanceRequirements
      ? typesFor(one.InstanceRequirements as never).some(({ id }) => id === machine.type)
      : one.InstanceType === machine.type,
  );
  if (overrides.length > 0 && !fitting) return false;
  const reference =
    fitting?.LaunchTemplateSpecification ??
    (source.template ? specificationOf(source.template) : source.mixed!.LaunchTemplate!.LaunchTemplateSpecification!);
  return (
    reference.LaunchTemplateId === machine.template.id &&
    numberOf(call, reference) === machine.template.version &&
    (overrides.length > 0 || hasTypeOf(call, reference, machine))
  );
}

/** Whether an instance has the template's type, when there are no overrides. For a deleted version this is unknown and counts as true. */
function hasTypeOf(call: Call, { LaunchTemplateId, Version }: LaunchTemplateSpecification, machine: MachineRecord): boolean {
  const version = launchTemplates(call).get(LaunchTemplateId ?? "")?.versions[numberOf(call, { LaunchTemplateId, Version })];
  const needs = version?.data["InstanceRequirements"];
  if (needs) return typesFor(needs as never).some(({ id }) => id === machine.type);
  return version === undefined || (version.data["InstanceType"] ?? "m1.small") === machine.type;
}

/** The number of a version. A number stays the same even if the version no longer exists. */
function numberOf(call: Call, reference: LaunchTemplateSpecification): number {
  return reference.Version?.startsWith("$") ? resolveTemplate(call, byId(reference)).version : Number(reference.Version);
}

function byId({ LaunchTemplateId, Version }: LaunchTemplateSpecification): LaunchTemplateSpecification {
  return { LaunchTemplateId, Version };
}
