import type { AutoScalingGroup as AwsGroup, CreateAutoScalingGroupType, UpdateAutoScalingGroupType } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import type { Address, Around, AwsId, Changes, CreateIdentity, Driver, Member, Run } from "../kind.ts";
import { preflightTypes, type Launch } from "../shared/instances/preflight.ts";
import { setHooks } from "./hooks.ts";
import { describeGroup, untilInService } from "./launches.ts";
import { setNotifications } from "./notifications.ts";
import type { Handle, LiveGroup } from "./live.ts";
import { lattice, live, observe } from "./observe.ts";
import { setPolicies } from "./policies.ts";
import { remove } from "./remove.ts";
import { rollOut } from "./rollout.ts";
import { setSchedules } from "./schedules.ts";
import type { AutoScalingGroup } from "./schema.ts";
import { setMetrics, setProcesses, setWarmPool, suspendedUnder } from "./settings.ts";
import { sourceOf } from "./source.ts";
import { removeTags, tagRequests, writeTags } from "./tags.ts";
import { hasIdentity } from "../shared/in-scope.ts";

const off = { enabled: false } as const;

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

const latticeSource = (Identifier: string) => ({ Identifier, Type: lattice });

/** The maximum of AttachLoadBalancerTargetGroups and AttachTrafficSources (Auto Scaling API). */
const targetsPerCall = 10;

export function driver(sdk: Sdk): Driver<AutoScalingGroup, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.autoscaling.pages(sdk.DescribeAutoScalingGroupsCommand, {
        Filters: environmentFilter(scope),
        MaxRecords: 100,
      }))
        for (const live of await Promise.all((page.AutoScalingGroups ?? []).map((found) => unlessGone(observe(aws, sdk, found, scope)))))
          if (live) yield live;
    },

    async get(aws, ids, scope) {
      const lives = new Map<AwsId, LiveGroup>();
      for (const AutoScalingGroupNames of batches(ids, 50)) {
        const { AutoScalingGroups = [] } = await aws.autoscaling(
          new sdk.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames, MaxRecords: 50 }),
        );
        for (const found of AutoScalingGroups) {
          const one = isOurs(found) ? live(found) : await unlessGone(observe(aws, sdk, found, scope));
          if (one) lives.set(one.id, one);
        }
      }
      return lives;
    },

    async within(aws, found) {
      const subnets = found.get("subnet") ?? new Set();
      const members: Member[] = [];
      if (subnets.size > 0)
        for await (const page of aws.autoscaling.pages(sdk.DescribeAutoScalingGroupsCommand, { MaxRecords: 100 }))
          for (const { AutoScalingGroupName: name, VPCZoneIdentifier = "" } of page.AutoScalingGroups ?? []) {
            const isInside = VPCZoneIdentifier.split(",").some((subnet) => subnets.has(subnet));
            if (isInside) members.push({ id: name!, what: `Auto Scaling group ${name}` });
          }
      return members;
    },

    async create(aws, request, identity) {
      const input: CreateAutoScalingGroupType = {
        AutoScalingGroupName: identity.name,
        ...(await sourceOf(aws, request)),
        ...fieldsOf(request),
        MinSize: 0,
        MaxSize: 0,
        ...(request.targetGroups?.length ? { TargetGroupARNs: [...request.targetGroups] } : {}),
        ...(request.trafficSources?.length ? { TrafficSources: request.trafficSources.map(latticeSource) } : {}),
        Tags: tagRequests(identity.name, identity.tags, new Set(request.propagateTags)),
      };
      await whenNameIsFree(aws, identity, () => aws.autoscaling(new sdk.CreateAutoScalingGroupCommand(input)));
      return identity.name;
    },

    initialState: (request) => ({
      spec: {
        ...request,
        minSize: 0,
        maxSize: 0,
        desiredCapacity: 0,
        suspendedProcesses: [],
        metrics: [],
        lifecycleHooks: {},
        notifications: [],
        scalingPolicies: {},
        scheduledActions: {},
        warmPool: { enabled: false },
      },
      handle: { machines: [], desired: 0, suspended: [] },
    }),

    async update(aws, stage, found, request, changes, run) {
      const name = found.id;
      if (stage === "create") return changeInPlace(aws, found, request, changes, run);
      if (stage === "capacity") return resize(aws, found, request, changes, run);
      if (changes.suspendedProcesses) await setProcesses(aws, sdk, name, changes.suspendedProcesses);
      if (changes.metrics) await setMetrics(aws, sdk, name, changes.metrics);
      if (changes.lifecycleHooks) await setHooks(aws, sdk, name, request.lifecycleHooks ?? {}, changes.lifecycleHooks);
      if (changes.notifications) await setNotifications(aws, sdk, name, changes.notifications);
      if (changes.warmPool) await setWarmPool(aws, sdk, name, request.warmPool ?? off, found.spec.warmPool, run);
      if (changes.scalingPolicies) await setPolicies(aws, sdk, name, request.scalingPolicies ?? {}, changes.scalingPolicies);
      if (changes.scheduledActions) await setSchedules(aws, sdk, name, request.scheduledActions ?? {}, changes.scheduledActions);
    },

    delete: (aws, found, run) => remove(aws, sdk, found, run),

    async tag(aws, found, set, removed) {
      await writeTags(aws, sdk, found.id, set, await propagatedOf(aws, found.id, Object.keys(set)));
      await removeTags(aws, sdk, found.id, removed);
    },

    async named(aws, names) {
      const found = new Map<string, AwsId>();
      for (const AutoScalingGroupNames of batches(names, 50)) {
        const input = { AutoScalingGroupNames, MaxRecords: 50, IncludeInstances: false };
        const { AutoScalingGroups = [] } = await aws.autoscaling(new sdk.DescribeAutoScalingGroupsCommand(input));
        for (const { AutoScalingGroupName } of AutoScalingGroups) found.set(AutoScalingGroupName!, AutoScalingGroupName!);
      }
      return found;
    },

    preflight: (aws, planned, around) =>
      preflightTypes(
        aws,
        planned.flatMap(({ address, request }) => launchesOf(address, request, around)),
      ),

    async find(aws, tags) {
      const names: AwsId[] = [];
      const Filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
      for await (const page of aws.autoscaling.pages(sdk.DescribeAutoScalingGroupsCommand, { Filters, IncludeInstances: false }))
        for (const found of page.AutoScalingGroups ?? []) {
          const have = tagsOf(found.Tags);
          if (Object.entries(tags).every(([key, value]) => have[key] === value)) names.push(found.AutoScalingGroupName!);
        }
      return names;
    },
  };

  /**
   * Makes the group when its name is free. A name stays taken until the old group with that name is gone. A group with our identity was
   * made by a call whose answer was lost, and is taken. The name is looked up first, because some endpoints silently overwrite a group of
   * the same name.
   */
  async function whenNameIsFree(aws: Aws, identity: CreateIdentity, make: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < 90; tries++) {
      const known = await describeGroup(aws, sdk, identity.name);
      if (known && known.Status === undefined) {
        if (hasIdentity(tagsOf(known.Tags), identity)) return;
        throw taken(identity.name);
      }
      if (!known && (await isMade(make))) return;
      await aws.clock.sleep(10_000);
    }
    throw taken(identity.name);
  }

  async function isMade(make: () => Promise<unknown>): Promise<boolean> {
    try {
      await make();
      return true;
    } catch (error) {
      if (!hasCode(error, "AlreadyExists", "AlreadyExistsFault")) throw error;
      return false;
    }
  }

  async function changeInPlace(
    aws: Aws,
    found: LiveGroup,
    request: AutoScalingGroup,
    changes: Changes<AutoScalingGroup>,
    run: Run<AutoScalingGroup, Handle>,
  ): Promise<void> {
    const fields = fieldsOf(Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change?.after])));
    // AWS requires the type of the health check and its grace period together.
    if (fields.HealthCheckType !== undefined || fields.HealthCheckGracePeriod !== undefined) {
      fields.HealthCheckType ??= request.healthCheckType ?? found.spec.healthCheckType;
      fields.HealthCheckGracePeriod ??= request.healthCheckGracePeriod ?? found.spec.healthCheckGracePeriod;
    }
    if (Object.keys(fields).length > 0)
      await aws.autoscaling(new sdk.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: found.id, ...fields }));
    if (changes.propagateTags) await handOn(aws, found, request.propagateTags ?? [], run.identity);
    if (changes.targetGroups) await setTargetGroups(aws, found, request.targetGroups ?? []);
    if (changes.trafficSources) await setTrafficSources(aws, found, request.trafficSources ?? []);
    const mixedInstances = request.mixedInstances ?? (changes.mixedInstances ? off : undefined);
    if (changes.launchTemplate || changes.mixedInstances)
      await rollOut(aws, sdk, found, { ...request, ...(mixedInstances ? { mixedInstances } : {}) }, run);
  }

  /**
   * The same for target groups of VPC Lattice. AWS lists and changes the two kinds of target groups separately (Auto Scaling API,
   * TrafficSourceIdentifier).
   */
  async function setTrafficSources(aws: Aws, found: LiveGroup, request: readonly string[]): Promise<void> {
    const have = found.spec.trafficSources ?? [];
    const [more, less] = [request.filter((arn) => !have.includes(arn)), have.filter((arn) => !request.includes(arn))];
    const AutoScalingGroupName = found.id;
    for (const some of batches(more, targetsPerCall))
      await aws.autoscaling(new sdk.AttachTrafficSourcesCommand({ AutoScalingGroupName, TrafficSources: some.map(latticeSource) }));
    for (const some of batches(less, targetsPerCall))
      await aws.autoscaling(new sdk.DetachTrafficSourcesCommand({ AutoScalingGroupName, TrafficSources: some.map(latticeSource) }));
  }

  /** Attaches new target groups first, so that the instances are always in one. */
  async function setTargetGroups(aws: Aws, found: LiveGroup, request: readonly AwsId[]): Promise<void> {
    const have = found.spec.targetGroups ?? [];
    const [more, less] = [request.filter((arn) => !have.includes(arn)), have.filter((arn) => !request.includes(arn))];
    const AutoScalingGroupName = found.id;
    for (const TargetGroupARNs of batches(more, targetsPerCall))
      await aws.autoscaling(new sdk.AttachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs }));
    for (const TargetGroupARNs of batches(less, targetsPerCall))
      await aws.autoscaling(new sdk.DetachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs }));
  }

  async function resize(
    aws: Aws,
    found: LiveGroup,
    request: AutoScalingGroup,
    changes: Changes<AutoScalingGroup>,
    run: Run<AutoScalingGroup, Handle>,
  ): Promise<void> {
    const began = aws.clock.now();
    // A group that never had instances begins with the written capacity, even if policies or schedules move it later.
    const first = found.spec.maxSize === 0 ? request.desiredCapacity : undefined;
    await aws.autoscaling(
      new sdk.UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: found.id,
        MinSize: changes.minSize?.after,
        MaxSize: changes.maxSize?.after,
        DesiredCapacity: changes.desiredCapacity?.after ?? first,
      }),
    );
    if (suspendedUnder(found, request).includes("Launch")) run.say("the process Launch is suspended, so infra does not wait for instances");
    else await untilInService(aws, sdk, found.id, began, run);
  }

  async function handOn(aws: Aws, found: LiveGroup, keys: readonly string[], identity: CreateIdentity): Promise<void> {
    const have = new Set(found.spec.propagateTags);
    const changed = Object.entries({ ...found.tags, ...identity.tags }).filter(([key]) => have.has(key) !== keys.includes(key));
    await writeTags(aws, sdk, found.id, Object.fromEntries(changed), new Set(keys));
  }

  /**
   * Returns the tags that are propagated to instances now. Another field decides that, so it stays as it is. Our own tags are never
   * propagated.
   */
  async function propagatedOf(aws: Aws, name: AwsId, keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.every((key) => key.startsWith("infra:"))) return new Set();
    const group = await describeGroup(aws, sdk, name);
    return new Set((group?.Tags ?? []).filter((tag) => tag.PropagateAtLaunch).map((tag) => tag.Key!));
  }
}

/** A single instance type must be available in every zone of the group. With several types, AWS launches where it finds one. */
function launchesOf(address: Address, request: AutoScalingGroup, { spec }: Around): Launch[] {
  const overrides = request.mixedInstances?.enabled === false ? [] : (request.mixedInstances?.overrides ?? []);
  const types = overrides.flatMap(({ instanceType, launchTemplate }, i) =>
    instanceType ? [{ path: `mixedInstances.overrides[${i}]`, instanceType, launchTemplate }] : [],
  );
  const template = spec(request.launchTemplate) as { instanceType?: string; image?: unknown } | undefined;
  if (types.length > 0)
    return types.map(({ path, instanceType, launchTemplate }) => {
      const { image } = (launchTemplate === undefined ? template : (spec(launchTemplate) as typeof template)) ?? {};
      return { address, path, type: instanceType, zones: [], ...(typeof image === "string" ? { image } : {}) };
    });
  if (template?.instanceType === undefined) return [];
  const zones = request.subnets.flatMap((subnet) => (spec(subnet) as { availabilityZone?: string } | undefined)?.availabilityZone ?? []);
  return [{ address, path: "subnets", type: template.instanceType, zones: [...new Set(zones)] }];
}

/** The fields that a create and an update share. Fields without a value are left out, so an update does not change them. */
function fieldsOf(spec: Partial<AutoScalingGroup>): Partial<UpdateAutoScalingGroupType> {
  const fields: Partial<UpdateAutoScalingGroupType> = {
    VPCZoneIdentifier: spec.subnets?.join(","),
    HealthCheckType: spec.healthCheckType,
    HealthCheckGracePeriod: spec.healthCheckGracePeriod,
    DefaultCooldown: spec.defaultCooldown,
    DefaultInstanceWarmup: spec.defaultInstanceWarmup,
    // An empty list would be sent as an empty parameter. "Default" means the same.
    TerminationPolicies: spec.terminationPolicies && (spec.terminationPolicies.length > 0 ? [...spec.terminationPolicies] : ["Default"]),
    NewInstancesProtectedFromScaleIn: spec.protectFromScaleIn,
    MaxInstanceLifetime: spec.maxInstanceLifetime,
    CapacityRebalance: spec.capacityRebalance,
    InstanceMaintenancePolicy: spec.maintenancePolicy && {
      MinHealthyPercentage: spec.maintenancePolicy.minHealthyPercentage,
      MaxHealthyPercentage: spec.maintenancePolicy.maxHealthyPercentage,
    },
    AvailabilityZoneDistribution: spec.zoneDistribution && { CapacityDistributionStrategy: spec.zoneDistribution },
    CapacityReservationSpecification: spec.capacityReservations && {
      CapacityReservationPreference: spec.capacityReservations.preference,
      ...(spec.capacityReservations.reservations?.length
        ? { CapacityReservationTarget: { CapacityReservationIds: [...spec.capacityReservations.reservations] } }
        : {}),
    },
    ServiceLinkedRoleARN: spec.serviceLinkedRole,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isOurs(found: AwsGroup): boolean {
  return tagsOf(found.Tags)[ownership.resource] !== undefined;
}

function taken(name: string): AwsError {
  return new AwsError({
    class: "duplicate",
    code: "AlreadyExists",
    message: `The name "${name}" is taken by another Auto Scaling group`,
    service: "autoscaling",
    operation: "CreateAutoScalingGroup",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}
