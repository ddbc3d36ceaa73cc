import { authored } from "./authored.ts";
import { foreign } from "./foreign.ts";
import type { TargetGroup as AwsGroup, TargetDescription, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { existing, soon, unlessGone } from "../../aws/eventual.ts";
import { hasOtherMarks } from "../../resource/made-marks.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import { toAttributes } from "../shared/elbv2-attributes.ts";
import { createByName, elbv2Limits, elbv2Tagging, elbv2TagsOf, isInScope, nameIn, perCall } from "../shared/elbv2-objects.ts";
import { beyondLimit } from "../shared/preflight-machines.ts";
import { networksOf } from "../shared/lookup.ts";
import type { AwsId, Change, Driver, Kind, Live, Member, Scope, Tags } from "../kind.ts";
import { attributeFields, attributes, readAttributes } from "./attributes.ts";
import { check } from "./check.ts";
import { defaultTimeout } from "./health.ts";
import { schema, type HealthCheck, type Target, type TargetGroup } from "./schema.ts";

export type { TargetGroup } from "./schema.ts";
import { network } from "./network.ts";
import { textOf } from "../shared/told.ts";
import { targetGroupCodes } from "./codes.ts";

interface Handle {
  readonly port: number;
  /** Those whose listeners or rules forward to it. */
  readonly loadBalancers: readonly AwsId[];
}

type LiveGroup = Live<TargetGroup, Handle>;

const replaced = (what: string) => ({ change: "replace", because: `the ${what} of a target group cannot change in place` }) as const;

export const targetGroup: Kind<TargetGroup, Handle> = {
  name: "targetGroup",
  section: "targetGroups",
  doc: "The machines or addresses to which a load balancer sends traffic, and how their health is checked.",
  outputs: { arn: "Its ARN.", name: "Its name in AWS." },
  foreign,
  summary: ({ protocol, port, vpc }) =>
    vpc === undefined || protocol === undefined
      ? { line: "", tells: [] }
      : { line: `${protocol} ${port ?? ""} in ${textOf(vpc)}`, tells: ["protocol", "port", "vpc"] },
  codes: targetGroupCodes,
  schema,
  fields: {
    vpc: replaced("VPC"),
    protocol: replaced("protocol"),
    port: replaced("port"),
    targetType: { ...replaced("target type"), default: { value: "instance", class: "create-only" } },
    protocolVersion: replaced("protocol version"),
    ipAddressType: replaced("address family"),
    healthCheck: { change: "update" },
    deregistrationDelay: { change: "update" },
    slowStart: { change: "update" },
    algorithm: { change: "update" },
    anomalyMitigation: { change: "update" },
    stickiness: { change: "update", of: { enabled: { change: "update" } } },
    crossZone: { change: "update" },
    preserveClientIp: { change: "update" },
    proxyProtocolV2: { change: "update" },
    connectionTermination: { change: "update" },
    dnsFailover: { change: "update" },
    unhealthyStateRouting: { change: "update" },
    // Auto Scaling, ECS, Kubernetes and deployment tools register targets as well: what is not listed is theirs.
    targets: { change: "update", as: { key: keyOf, unlisted: "keep" }, made: "entries", whileGone: "free" },
  },
  stages: [{ name: "create" }, { name: "attributes", fields: attributeFields }, { name: "targets", fields: ["targets"] }],
  create: "name",
  naming: { max: 32, forbidden: /[^A-Za-z0-9-]/ },
  // A group that a listener forwards to cannot be deleted, so the new one comes first, under another name.
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "elasticloadbalancing:targetgroup", idOf: (arn) => arn },
  // Pages of 400 and tags of 20 for all of the account; the attributes and the targets of ours, where the YAML writes any.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 400)) + Math.ceil(n.account / 20) + 2 * n.ours,
  iam: {
    read: [
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ],
    write: [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:DescribeAccountLimits",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RegisterTargets",
      "elasticloadbalancing:RemoveTags",
    ],
    remove: ["elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:DeregisterTargets"],
    onlyFor: {
      "elasticloadbalancing:DeregisterTargets": ["targets"],
      "elasticloadbalancing:ModifyTargetGroup": ["healthCheck"],
      "elasticloadbalancing:ModifyTargetGroupAttributes": attributeFields,
      "elasticloadbalancing:RegisterTargets": ["targets"],
    },
    access: { "elasticloadbalancing:CreateTargetGroup": { made: ["targetgroup/*"] } },
  },
  check,
  network,
  normalise,
  authored,
  drawn: () => ({ as: "hidden", sub: "target group" }),
  load: async () => driver(await import("../../aws/sdk/elbv2.ts")),
};

/** Targets as objects, sticky unless said otherwise, and no port where it is the group's own, as AWS's answers cannot tell. */
function normalise(spec: Partial<TargetGroup>): Partial<TargetGroup> {
  const { stickiness, targets } = spec;
  return {
    ...spec,
    ...(stickiness && stickiness.enabled === undefined ? { stickiness: { ...stickiness, enabled: true } } : {}),
    ...(targets ? { targets: targets.map((target) => asObject(target, spec.port)) } : {}),
  };
}

function asObject(written: string | Target, groupPort: number | undefined): Target {
  if (typeof written === "string") return { instance: written };
  const { port, ...target } = written;
  return port === undefined || port === groupPort ? target : { ...target, port };
}

function keyOf(target: Target): string {
  return `${target.instance ?? target.ip}${target.port === undefined ? "" : `:${target.port}`}`;
}

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

function driver(elbv2: Sdk): Driver<TargetGroup, Handle> {
  return {
    async *list(aws, scope) {
      if (scope.candidates) return yield* await observe(aws, await described(aws, scope.candidates), scope);
      for await (const page of aws.elbv2.pages(elbv2.DescribeTargetGroupsCommand, { PageSize: 400 }))
        yield* await observe(aws, page.TargetGroups ?? [], scope);
    },

    async get(aws, ids, scope) {
      const groups = await described(aws, ids);
      // By id, so whatever their tags say: an object that is being adopted has none of ours yet.
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
      handle: { port: request.port, loadBalancers: [] },
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

    /** By listing them all: asked for by name, one name that is free fails the whole call. */
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
            what: `load balancer ${nameIn(arn)}, a listener or rule of which forwards to it`,
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

  /** Those of a page that are ours, with what their YAML asks for; of another project's only what the listing told. */
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
    // Without our tags it is being adopted, and all of it is read.
    const asks = (field: keyof TargetGroup) =>
      address === undefined || (tags[ownership.project] === scope.project && scope.asks(address, field));
    const [attributesRead, targets] = await Promise.all([
      attributeFields.some(asks) ? listAttributes(aws, group) : undefined,
      // Every group has a port. What we registered and the YAML no longer has is looked for where marks say that there is something.
      asks("targets") || (asks("port") && hasOtherMarks(tags, [])) ? health(aws, base.id) : undefined,
    ]);
    return {
      ...base,
      spec: {
        ...base.spec,
        ...(attributesRead ? readAttributes(attributesRead, { protocol: base.spec.protocol!, targetType: base.spec.targetType }) : {}),
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

  /** New ones first, so that the group is never emptier than either version. */
  async function setTargets(
    aws: Aws,
    group: LiveGroup,
    request: TargetGroup,
    change: Change<TargetGroup["targets"]> | undefined,
  ): Promise<void> {
    const wanted = normalise(request).targets as Target[] | undefined;
    const added = change?.items ? change.items.added.map((item) => item.value as Target) : (wanted ?? []);
    const removed = (change?.items?.removed ?? []).map((item) => item.value as Target);
    // With the port, always: a machine may be there on another port as well, and is not meant.
    const describe = (targets: readonly Target[]) =>
      targets.map((target): TargetDescription => ({ Id: target.instance ?? target.ip, Port: target.port ?? group.handle.port }));
    if (added.length > 0)
      await soon(aws, () => aws.elbv2(new elbv2.RegisterTargetsCommand({ TargetGroupArn: group.id, Targets: describe(added) })));
    if (removed.length > 0) await aws.elbv2(new elbv2.DeregisterTargetsCommand({ TargetGroupArn: group.id, Targets: describe(removed) }));
  }
}

/**
 * A change of health checks. An unwritten timeout stays as it is, unless it is another protocol's default or no longer less
 * than the interval: then it becomes what a new group would have, so that the result does not depend on what was before.
 */
function changedHealth(request: TargetGroup, have: HealthCheck | undefined): HealthCheck | undefined {
  const health = request.healthCheck;
  if (!health || !have || health.timeout !== undefined) return health;
  const isAnother = health.protocol !== undefined && health.protocol !== have.protocol;
  const isTooLong = (have.timeout ?? 0) >= (health.interval ?? have.interval ?? Infinity);
  return isAnother || isTooLong ? { ...health, timeout: defaultTimeout(request, health.protocol ?? have.protocol) } : health;
}

/** What a create or a modify says of health checks; a modify leaves what is not said as it is. */
function healthRequest(health: HealthCheck | undefined, { protocolVersion }: Pick<TargetGroup, "protocolVersion">) {
  if (!health) return {};
  return {
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

function live(group: AwsGroup, tags: Tags): LiveGroup {
  const arn = group.TargetGroupArn!;
  return {
    id: arn,
    aliases: [arn.slice(arn.indexOf("targetgroup/"))], // as CloudWatch calls it
    tags,
    owner: arn.split(":")[4],
    name: group.TargetGroupName,
    state: "ready",
    spec: {
      vpc: group.VpcId,
      protocol: group.Protocol as TargetGroup["protocol"],
      port: group.Port,
      targetType: group.TargetType as TargetGroup["targetType"],
      protocolVersion: group.ProtocolVersion as TargetGroup["protocolVersion"],
      ipAddressType: group.IpAddressType ?? "ipv4",
      healthCheck: healthOf(group),
    },
    handle: { port: group.Port!, loadBalancers: group.LoadBalancerArns ?? [] },
    outputs: { name: group.TargetGroupName ?? "", traffic: `${group.Protocol} ${group.Port}` },
  };
}

function healthOf(group: AwsGroup): HealthCheck {
  const port = group.HealthCheckPort;
  return {
    protocol: group.HealthCheckProtocol as HealthCheck["protocol"],
    port: port === undefined || port === "traffic-port" ? "traffic-port" : Number(port),
    path: group.HealthCheckPath,
    interval: group.HealthCheckIntervalSeconds,
    timeout: group.HealthCheckTimeoutSeconds,
    healthyThreshold: group.HealthyThresholdCount,
    unhealthyThreshold: group.UnhealthyThresholdCount,
    matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode,
  };
}

/** A target that drains is on its way out. */
function isRegistered({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State !== "draining";
}

function targetOf({ Target }: TargetHealthDescription, group: AwsGroup): Target {
  const id = Target!.Id!;
  const port = Target!.Port === group.Port ? undefined : Target!.Port;
  return { ...(group.TargetType === "ip" ? { ip: id } : { instance: id }), ...(port === undefined ? {} : { port }) };
}

function partOf({ Target, TargetHealth: its }: TargetHealthDescription) {
  const why = its?.State === "healthy" ? "" : ` (${[its?.Reason, its?.Description].filter(Boolean).join(": ")})`;
  return { id: Target!.Id!, text: `port ${Target!.Port}: ${its?.State ?? "unknown"}${why === " ()" ? "" : why}` };
}
