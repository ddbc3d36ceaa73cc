/** Converts the launch source of a group, its template or its mix, to Auto Scaling's form and back. Versions are always numbers. */
import { ownership } from "../../resource/ownership.ts";
import type {
  AutoScalingGroup as AwsGroup,
  InstanceRequirements,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import type { AwsId } from "../kind.ts";
import { requirementsOf, requirementsRequest } from "../shared/instances/requirements.ts";
import type { AutoScalingGroup, MixedInstances, Override } from "./schema.ts";

export type Source = { LaunchTemplate: LaunchTemplateSpecification } | { MixedInstancesPolicy: MixedInstancesPolicy };

/** Returns the template in its current version, with the mix around it where one is desired. */
export async function sourceOf(aws: Aws, request: Pick<AutoScalingGroup, "launchTemplate" | "mixedInstances">): Promise<Source> {
  const { mixedInstances: mixed } = request;
  const overrides = mixed?.overrides ?? [];
  const isMixed = mixed !== undefined && mixed.enabled !== false;
  const versions = await currentVersions(aws, [
    request.launchTemplate,
    ...(isMixed ? overrides.flatMap((one) => one.launchTemplate ?? []) : []),
  ]);
  const pinned = (id: AwsId): LaunchTemplateSpecification => ({ LaunchTemplateId: plain(id), Version: String(versions.get(plain(id))) });
  if (!isMixed) return { LaunchTemplate: pinned(request.launchTemplate) };
  return {
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: pinned(request.launchTemplate),
        // An empty list would be sent as an empty parameter.
        Overrides: overrides.length > 0 ? overrides.map((one) => overrideOf(one, pinned)) : undefined,
      },
      InstancesDistribution: distributionOf(mixed),
    },
  };
}

function overrideOf(one: Override, pinned: (id: AwsId) => LaunchTemplateSpecification) {
  return {
    InstanceType: one.instanceType,
    InstanceRequirements: one.instanceRequirements && (requirementsRequest(one.instanceRequirements) as InstanceRequirements),
    WeightedCapacity: one.weight === undefined ? undefined : String(one.weight),
    LaunchTemplateSpecification: one.launchTemplate === undefined ? undefined : pinned(one.launchTemplate),
  };
}

function distributionOf(mixed: MixedInstances) {
  return {
    OnDemandAllocationStrategy: mixed.onDemandStrategy,
    OnDemandBaseCapacity: mixed.onDemandBase,
    OnDemandPercentageAboveBaseCapacity: mixed.onDemandPercentage,
    SpotAllocationStrategy: mixed.spotStrategy,
    SpotInstancePools: mixed.spotStrategy === undefined || mixed.spotStrategy === "lowest-price" ? mixed.spotPools : undefined,
    SpotMaxPrice: mixed.spotMaxPrice,
  };
}

async function currentVersions(aws: Aws, ids: readonly AwsId[]): Promise<ReadonlyMap<AwsId, number>> {
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const { LaunchTemplates = [] } = await aws.ec2(
    new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [...new Set(ids.map(plain))] }),
  );
  return new Map(LaunchTemplates.map((template) => [template.LaunchTemplateId!, template.DefaultVersionNumber!]));
}

/** An observed spec also contains the version of a template. */
function plain(reference: AwsId): AwsId {
  return reference.replace(/:.*$/, "");
}

/**
 * The launch source as a spec says it: the template with its version. Where that is the current version, the engine replaces it by the
 * address.
 */
export function observeSource(group: AwsGroup): Pick<AutoScalingGroup, "launchTemplate" | "mixedInstances"> {
  const isOthers = isMadeByOthers(group);
  const to = (found: LaunchTemplateSpecification | undefined) => referenceTo(found, isOthers);
  const policy = group.MixedInstancesPolicy;
  if (!policy) return { launchTemplate: to(group.LaunchTemplate), mixedInstances: { enabled: false } };
  const split = policy.InstancesDistribution;
  return {
    launchTemplate: to(policy.LaunchTemplate?.LaunchTemplateSpecification),
    mixedInstances: {
      enabled: true,
      overrides: (policy.LaunchTemplate?.Overrides ?? []).map((one) => ({
        instanceType: one.InstanceType,
        instanceRequirements: requirementsOf(one.InstanceRequirements),
        weight: one.WeightedCapacity === undefined ? undefined : Number(one.WeightedCapacity),
        launchTemplate: one.LaunchTemplateSpecification ? to(one.LaunchTemplateSpecification) : undefined,
      })),
      onDemandBase: split?.OnDemandBaseCapacity,
      onDemandPercentage: split?.OnDemandPercentageAboveBaseCapacity,
      onDemandStrategy: split?.OnDemandAllocationStrategy as MixedInstances["onDemandStrategy"],
      spotStrategy: split?.SpotAllocationStrategy as MixedInstances["spotStrategy"],
      spotPools: split?.SpotInstancePools,
      spotMaxPrice: split?.SpotMaxPrice,
    },
  };
}

/** Whether others made the group. Such a group follows its template as they set it up, until a change of ours pins a version. */
function isMadeByOthers({ Tags = [] }: AwsGroup): boolean {
  const keys = new Set(Tags.map(({ Key }) => Key));
  return keys.has(ownership.adopted) || !keys.has(ownership.resource);
}

/** The template with its version, or without one where a group of others follows the template without a pinned version. */
function referenceTo(found: LaunchTemplateSpecification | undefined, isOthers: boolean): string {
  const isPinned = /^\d+$/.test(found?.Version ?? "");
  if (isOthers && !isPinned && found?.LaunchTemplateId !== undefined) return found.LaunchTemplateId;
  return `${found?.LaunchTemplateId ?? found?.LaunchTemplateName ?? "none"}:${found?.Version ?? "$Default"}`;
}
