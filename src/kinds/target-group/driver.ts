import type { TargetGroup as AwsGroup, TargetDescription, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { existing, soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { hasOtherMarks } from "../../resource/made-marks.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import type { AwsId, Change, Driver, Member, Scope, Tags } from "../kind.ts";
import { toAttributes } from "../shared/elbv2/attributes.ts";
import { createByName, elbv2Limits, elbv2Tagging, elbv2TagsOf, nameIn, perCall } from "../shared/elbv2/objects.ts";
import { networksOf } from "../shared/lookup.ts";
import { beyondLimit } from "../shared/instances/preflight.ts";
import { attributeFields, attributes, readAttributes } from "./attributes.ts";
import { defaultTimeout } from "./health.ts";
import { isRegistered, live, partOf, targetOf, type Handle, type LiveGroup } from "./live.ts";
import type { HealthCheck, Target, TargetGroup } from "./schema.ts";
import { idOf, normalise } from "./targets.ts";
import { isInScope } from "../shared/in-scope.ts";

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

export function driver(elbv2: Sdk): Driver<TargetGroup, Handle> {
  return {
    async *list(aws, scope) {
      if (scope.candidates) return yield* await observe(aws, await described(aws, scope.candidates), scope);
      for await (const page of aws.elbv2.pages(elbv2.DescribeTargetGroupsCommand, { PageSize: 400 }))
        yield* await observe(aws, page.TargetGroups ?? [], scope);
    },

    async get(aws, ids, scope) {
      const groups = await described(aws, ids);
      // These are read by id, whatever their tags say: an object that is being adopted has none of our tags yet.
      return new Map((await observe(aws, groups, scope, "whatever its tags")).map((one) => [one.id, one]));
    },

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      const members: Member[] = [];
      if (networks.size > 0)
        for await (const page of aws.elbv2.pages(elbv2.DescribeTargetGroupsCommand, { PageSize: 400 }))
          for (const { TargetGroupArn, TargetGroupName, VpcId = "" } of page.TargetGroups ?? [])
            if (networks.has(VpcId)) members.push({ id: TargetGroupArn!, what: `target group ${TargetGroupName} in ${VpcId}` });
      return members;
    },

    create: (aws, request, identity) =>
      createByName(
        aws,
        identity,
        async () =>
          (await unlessGone(aws.elbv2(new elbv2.DescribeTargetGroupsCommand({ Names: [identity.name] }))))?.TargetGroups?.[0]
            ?.TargetGroupArn,
        async () => {
          const { TargetGroups: [made] = [] } = await aws.elbv2(
            new elbv2.CreateTargetGroupCommand({
              Name: identity.name,
              VpcId: request.vpc,
              Protocol: request.protocol,
              Port: request.port,
              TargetType: request.targetType ?? "instance",
              ProtocolVersion: request.protocolVersion,
              IpAddressType: request.ipAddressType,
              ...healthRequest(request.healthCheck, request),
              Tags: tagList(identity.tags),
            }),
            { once: true },
          );
          return made!.TargetGroupArn!;
        },
      ),

    initialState: (request) => ({
      spec: { ...readAttributes([], { protocol: request.protocol, targetType: request.targetType ?? "instance" }), targets: [] },
      handle: { port: request.port ?? 0, loadBalancers: [] },
    }),

    async update(aws, stage, live, request, changes) {
      if (stage === "targets") return setTargets(aws, live, request, changes.targets);
      if (stage === "attributes") {
        const written = Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change?.after]));
        await soon(aws, () =>
          aws.elbv2(
            new elbv2.ModifyTargetGroupAttributesCommand({ TargetGroupArn: live.id, Attributes: toAttributes(attributes, written) }),
          ),
        );
      } else if (changes.healthCheck) {
        await soon(aws, () =>
          aws.elbv2(
            new elbv2.ModifyTargetGroupCommand({
              TargetGroupArn: live.id,
              ...healthRequest(changedHealth(request, live.spec.healthCheck), request),
            }),
          ),
        );
      }
    },

    async delete(aws, live) {
      await unlessGone(aws.elbv2(new elbv2.DeleteTargetGroupCommand({ TargetGroupArn: live.id })));
    },

    tag: (aws, live, set, remove) => elbv2Tagging(aws, [live.id], set, remove),

    /** Returns existing groups by name. One name that does not exist fails a whole call, so a failed call is repeated in halves. */
    async named(aws, names) {
      const ask = async (Names: string[]) => (await aws.elbv2(new elbv2.DescribeTargetGroupsCommand({ Names }))).TargetGroups ?? [];
      return new Map((await existing(names, perCall, ask)).map((one) => [one.TargetGroupName!, one.TargetGroupArn!]));
    },

    async preflight(aws, planned, { thorough }) {
      const unchecked: string[] = [];
      if (!thorough) return { problems: [], unchecked };
      let used = 0;
      for await (const page of aws.elbv2.pages(elbv2.DescribeTargetGroupsCommand, { PageSize: 400 }))
        used += page.TargetGroups?.length ?? 0;
      const limits = await elbv2Limits(aws, unchecked);
      return { problems: beyondLimit(planned, { used, most: limits.get("target-groups") }, "target groups"), unchecked };
    },

    async blockers(aws, lives) {
      const groups = await existing(
        lives.map(({ id }) => id),
        perCall,
        async (TargetGroupArns) => (await aws.elbv2(new elbv2.DescribeTargetGroupsCommand({ TargetGroupArns }))).TargetGroups ?? [],
      );
      return new Map(
        groups.map((group) => [
          group.TargetGroupArn!,
          (group.LoadBalancerArns ?? []).map((arn) => ({
            id: arn,
            what: `load balancer ${nameIn(arn)}, which has a listener or rule that forwards to it`,
            holder: arn,
          })),
        ]),
      );
    },

    async find(aws, tags) {
      const found: AwsId[] = [];
      for await (const page of aws.elbv2.pages(elbv2.DescribeTargetGroupsCommand, { PageSize: 400 })) {
        const have = await elbv2TagsOf(
          aws,
          (page.TargetGroups ?? []).map((group) => group.TargetGroupArn!),
        );
        for (const [arn, its] of have) if (Object.entries(tags).every(([key, value]) => its[key] === value)) found.push(arn);
      }
      return found;
    },

    async details(aws, lives) {
      const parts = await Promise.all(
        lives.map(async (live) => [live.id, { parts: ((await unlessGone(health(aws, live.id))) ?? []).map(partOf) }] as const),
      );
      return new Map(parts);
    },
  };

  async function described(aws: Aws, ids: readonly AwsId[]): Promise<AwsGroup[]> {
    const ask = async (TargetGroupArns: string[]) =>
      (await aws.elbv2(new elbv2.DescribeTargetGroupsCommand({ TargetGroupArns }))).TargetGroups ?? [];
    return existing(ids, perCall, ask);
  }

  /**
   * Returns the groups of a page that belong to the environment, with the fields that the YAML compares. Groups of another project have
   * only the fields of the listing.
   */
  async function observe(aws: Aws, groups: readonly AwsGroup[], scope: Scope, which?: "whatever its tags"): Promise<LiveGroup[]> {
    const tags = await elbv2TagsOf(
      aws,
      groups.map((group) => group.TargetGroupArn!),
    );
    const inScope = groups.filter((group) => (which ? tags.has(group.TargetGroupArn!) : isInScope(tags.get(group.TargetGroupArn!), scope)));
    const lives = await Promise.all(inScope.map((group) => unlessGone(observeOne(aws, group, tags.get(group.TargetGroupArn!)!, scope))));
    return lives.filter((one) => one !== undefined);
  }

  async function observeOne(aws: Aws, group: AwsGroup, tags: Tags, scope: Scope): Promise<LiveGroup> {
    const base = live(group, tags);
    const address = tags[ownership.resource] === undefined ? undefined : addressOfTag(tags[ownership.resource]!);
    // An object without our tags is being adopted, so all of it is read.
    const asks = (field: keyof TargetGroup) =>
      address === undefined || (tags[ownership.project] === scope.project && scope.asks(address, field));
    const [attributesRead, targets] = await Promise.all([
      attributeFields.some(asks) ? listAttributes(aws, group) : undefined,
      // Every group has a port, so this asks whether the group is declared. Targets that we registered and that have left the YAML are read
      // only when marks say that there are some.
      asks("targets") || (asks("port") && hasOtherMarks(tags, [])) ? health(aws, base.id) : undefined,
    ]);
    return {
      ...base,
      spec: {
        ...base.spec,
        ...(attributesRead ? readAttributes(attributesRead, { protocol: base.spec.protocol, targetType: base.spec.targetType }) : {}),
        ...(targets ? { targets: targets.filter(isRegistered).map((one) => targetOf(one, group)) } : {}),
      },
    };
  }

  async function listAttributes(aws: Aws, group: AwsGroup) {
    return (await aws.elbv2(new elbv2.DescribeTargetGroupAttributesCommand({ TargetGroupArn: group.TargetGroupArn! }))).Attributes ?? [];
  }

  async function health(aws: Aws, arn: AwsId): Promise<TargetHealthDescription[]> {
    return (await aws.elbv2(new elbv2.DescribeTargetHealthCommand({ TargetGroupArn: arn }))).TargetHealthDescriptions ?? [];
  }

  /** Registers new targets first, so that the group never has fewer targets than before or after the change. */
  async function setTargets(
    aws: Aws,
    group: LiveGroup,
    request: TargetGroup,
    change: Change<TargetGroup["targets"]> | undefined,
  ): Promise<void> {
    const wanted = normalise(request).targets as Target[] | undefined;
    const added = change?.items ? change.items.added.map((item) => item.value as Target) : (wanted ?? []);
    const removed = (change?.items?.removed ?? []).map((item) => item.value as Target);
    const register = async () => {
      const Targets = describe(added, group.handle.port);
      if (Targets.length > 0)
        await whenItMayBe(aws, () => aws.elbv2(new elbv2.RegisterTargetsCommand({ TargetGroupArn: group.id, Targets })));
    };
    const deregister = async () => {
      const Targets = describe(removed, group.handle.port);
      if (Targets.length > 0) await aws.elbv2(new elbv2.DeregisterTargetsCommand({ TargetGroupArn: group.id, Targets }));
    };
    // A group of functions or load balancers has at most one target (Elastic Load Balancing, "Lambda functions as targets").
    const hasOne = group.spec.targetType === "lambda" || group.spec.targetType === "alb";
    if (hasOne) await deregister();
    await register();
    if (!hasOne) await deregister();
  }
}

/**
 * Returns targets for a call, always with the port: an instance may also be registered on another port, which is not meant. A function has
 * no port.
 */
function describe(targets: readonly Target[], groupPort: number): TargetDescription[] {
  return targets.map((target) => ({
    Id: idOf(target),
    ...(target.lambda === undefined ? { Port: target.port ?? groupPort } : {}),
    ...(target.availabilityZone === undefined ? {} : { AvailabilityZone: target.availabilityZone }),
  }));
}

/**
 * Sends a registration until the function's permission takes effect, some seconds after it was given (Elastic Load Balancing, "Lambda
 * functions as targets").
 */
async function whenItMayBe<T>(aws: Aws, send: () => Promise<T>): Promise<T> {
  for (const began = aws.clock.now(); ; await aws.clock.sleep(5_000))
    try {
      return await soon(aws, send);
    } catch (error) {
      const mayPass = hasCode(error, "AccessDenied") && /permission to invoke/i.test(error.message);
      if (!mayPass || aws.clock.now() - began > 60_000) throw error;
    }
}

/**
 * Returns the health check to send. A timeout that is not written stays as it is, unless the protocol changes or it is no longer less than
 * the interval. Then it becomes the default of a new group, so that the result does not depend on the earlier state.
 */
function changedHealth(request: TargetGroup, have: HealthCheck | undefined): HealthCheck | undefined {
  const health = request.healthCheck;
  if (!health || !have || health.timeout !== undefined) return health;
  const isAnother = health.protocol !== undefined && health.protocol !== have.protocol;
  const isTooLong = (have.timeout ?? 0) >= (health.interval ?? have.interval ?? Infinity);
  return isAnother || isTooLong ? { ...health, timeout: defaultTimeout(request, health.protocol ?? have.protocol) } : health;
}

/** Returns the health check in the form of a create or a modify. A modify leaves fields that are not sent as they are. */
function healthRequest(health: HealthCheck | undefined, { protocolVersion }: Pick<TargetGroup, "protocolVersion">) {
  if (!health) return {};
  return {
    HealthCheckEnabled: health.enabled,
    HealthCheckProtocol: health.protocol,
    HealthCheckPort: health.port === undefined ? undefined : String(health.port),
    HealthCheckPath: health.path,
    HealthCheckIntervalSeconds: health.interval,
    HealthCheckTimeoutSeconds: health.timeout,
    HealthyThresholdCount: health.healthyThreshold,
    UnhealthyThresholdCount: health.unhealthyThreshold,
    Matcher:
      health.matcher === undefined ? undefined : protocolVersion === "GRPC" ? { GrpcCode: health.matcher } : { HttpCode: health.matcher },
  };
}
