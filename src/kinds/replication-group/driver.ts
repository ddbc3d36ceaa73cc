import type { CacheCluster, CreateReplicationGroupCommandInput, ReplicationGroup as AwsGroup } from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, CreateIdentity, Driver, Member, Scope } from "../kind.ts";
import { logsSent } from "../shared/cache/logs.ts";
import { isBusy, marked, nameIn, proven, tagCache, tagsOfCache } from "../shared/cache/tags.ts";
import { finalSnapshotTag } from "../shared/final-snapshot.ts";
import { isInScope } from "../shared/in-scope.ts";
import { networksOf } from "../shared/lookup.ts";
import { mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { modify } from "./modify.ts";
import { live, type Handle, type LiveGroup } from "./observe.ts";
import { canFailOver, defaults, hasShards, type ReplicationGroup } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/elasticache.ts");

export function driver(sdk: Sdk): Driver<ReplicationGroup, Handle> {
  return {
    async *list(aws, scope) {
      const all: AwsGroup[] = [];
      for await (const found of groups(aws)) all.push(found);
      const candidates = await mayBeOurs(all, told, scope, "replicationGroup");
      for (const one of await lives(aws, candidates, scope)) if (isInScope(one.tags, scope)) yield one;
    },

    async get(aws, ids, scope) {
      const found = ids.length === 1 ? await one(aws, ids[0]!) : await some(aws, new Set(ids));
      return new Map((await lives(aws, found, scope)).map((live) => [live.id, live]));
    },

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      if (networks.size === 0) return [];
      const inside = new Map<string, string>();
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheSubnetGroupsCommand, { MaxRecords: 100 }))
        for (const { CacheSubnetGroupName = "", VpcId = "" } of page.CacheSubnetGroups ?? [])
          if (networks.has(VpcId)) inside.set(CacheSubnetGroupName, VpcId);
      const members = new Map<AwsId, Member>();
      for await (const { ReplicationGroupId: id, CacheSubnetGroupName = "" } of nodes(aws)) {
        const vpc = inside.get(CacheSubnetGroupName);
        if (id !== undefined && vpc !== undefined) members.set(id, { id, what: `replication group ${id} in ${vpc}` });
      }
      return [...members.values()];
    },

    async create(aws, request, identity) {
      await aws.elasticache(new sdk.CreateReplicationGroupCommand(createInput(request, identity)), { once: true });
      return identity.name;
    },

    update: (aws, _stage, found, request, changes, run) => modify(aws, sdk, found, request, changes, run),

    async delete(aws, found, run) {
      if (found.state === "deleting" || !(await proven(found, run))) return;
      const { status, arn } = found.handle;
      const takesSnapshot = found.tags[finalSnapshotTag] !== "skip" && status !== "create-failed";
      let number = 1;
      await run.until(`${found.id} to accept the deletion`, 3600, 15, async () => {
        const name = takesSnapshot ? `${found.id}-final${number === 1 ? "" : `-${number}`}` : undefined;
        try {
          const input = { ReplicationGroupId: found.id, ...(name === undefined ? {} : { FinalSnapshotIdentifier: name }) };
          await aws.elasticache(new sdk.DeleteReplicationGroupCommand(input));
          if (name !== undefined) run.say(`final snapshot ${name}`);
          return true;
        } catch (error) {
          if (isNotFound(error)) return true;
          if (hasCode(error, "SnapshotFeatureNotSupportedFault", "SnapshotFeatureNotSupported"))
            throw new Refusal(
              `AWS cannot take a snapshot of ${found.id} (${arn}). Write finalSnapshot: false on the resource, apply, and then remove the resource again.`,
            );
          if (hasCode(error, "SnapshotAlreadyExistsFault", "SnapshotAlreadyExists")) number++;
          else if (!isBusy(error)) throw error;
          else if (await isGoing(aws, found.id)) return true;
          return false;
        }
      });
    },

    tag: (aws, found, set, remove) =>
      tagCache(aws, found, set, remove, (ReplicationGroupDescription) =>
        aws.elasticache(
          new sdk.ModifyReplicationGroupCommand({ ReplicationGroupId: found.id, ReplicationGroupDescription, ApplyImmediately: true }),
        ),
      ),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i]!.length > 0).map((name) => [name, name.toLowerCase()]));
    },
  };

  async function* groups(aws: Aws): AsyncIterable<AwsGroup> {
    for await (const page of aws.elasticache.pages(sdk.DescribeReplicationGroupsCommand, { MaxRecords: 100 }))
      yield* page.ReplicationGroups ?? [];
  }

  async function* nodes(aws: Aws): AsyncIterable<CacheCluster> {
    for await (const page of aws.elasticache.pages(sdk.DescribeCacheClustersCommand, { MaxRecords: 100 })) yield* page.CacheClusters ?? [];
  }

  async function one(aws: Aws, ReplicationGroupId: string): Promise<AwsGroup[]> {
    const answer = await unlessGone(aws.elasticache(new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId })));
    return answer?.ReplicationGroups ?? [];
  }

  async function some(aws: Aws, ids: ReadonlySet<string>): Promise<AwsGroup[]> {
    const found: AwsGroup[] = [];
    for await (const group of groups(aws)) if (ids.has(group.ReplicationGroupId!)) found.push(group);
    return found;
  }

  /**
   * Reads groups with their tags. AWS returns the version, the security and parameter groups and the window only with the nodes, so one
   * listing of nodes is used for all groups.
   */
  async function lives(aws: Aws, found: readonly AwsGroup[], scope: Scope): Promise<LiveGroup[]> {
    const firsts = new Map<string, CacheCluster>();
    if (found.length > 0 && scope.existence !== true)
      for await (const node of nodes(aws))
        if (node.ReplicationGroupId !== undefined && !firsts.has(node.ReplicationGroupId)) firsts.set(node.ReplicationGroupId, node);
    const read = await Promise.all(
      found.map(async (group) => {
        const tags = await tagsOfCache(aws, {
          kind: "replicationGroup",
          id: group.ReplicationGroupId!,
          arn: group.ARN!,
          description: group.Description,
        });
        return tags && live(group, firsts.get(group.ReplicationGroupId!), tags.tags, tags.isTold);
      }),
    );
    return read.filter((one) => one !== undefined);
  }

  async function isGoing(aws: Aws, id: string): Promise<boolean> {
    const [found] = await one(aws, id);
    return found === undefined || found.Status === "deleting";
  }
}

/**
 * Returns the input of a create. Settings whose AWS default is unsafe are always sent: both encryptions and the failover are off by
 * default.
 */
function createInput(request: ReplicationGroup, identity: CreateIdentity): CreateReplicationGroupCommandInput {
  const transit = request.transitEncryption ?? defaults.transitEncryption;
  const logs = logsSent({}, request.logDelivery ?? {});
  return {
    ReplicationGroupId: identity.name,
    ReplicationGroupDescription: marked(request.description ?? nameIn(identity.tags), identity.tags),
    Tags: tagList(identity.tags),
    Engine: request.engine,
    EngineVersion: request.engineVersion,
    CacheNodeType: request.nodeType,
    ...(hasShards(request)
      ? {
          NumNodeGroups: request.numNodeGroups,
          ReplicasPerNodeGroup: request.replicasPerNodeGroup ?? defaults.replicasPerNodeGroup,
          ClusterMode: "enabled",
        }
      : { NumCacheClusters: request.numCacheClusters ?? defaults.numCacheClusters }),
    AutomaticFailoverEnabled: request.automaticFailover ?? canFailOver(request),
    MultiAZEnabled: request.multiAz ?? defaults.multiAz,
    CacheSubnetGroupName: request.subnetGroup,
    SecurityGroupIds: request.securityGroups && request.securityGroups.length > 0 ? [...request.securityGroups] : undefined,
    CacheParameterGroupName: request.parameterGroup,
    Port: request.port,
    TransitEncryptionEnabled: transit !== "disabled",
    TransitEncryptionMode: transit === "disabled" ? undefined : transit,
    AtRestEncryptionEnabled: request.atRestEncryption ?? defaults.atRestEncryption,
    KmsKeyId: request.kmsKey,
    UserGroupIds: request.userGroups && request.userGroups.length > 0 ? [...request.userGroups] : undefined,
    SnapshotRetentionLimit: request.snapshotRetention,
    SnapshotWindow: request.snapshotWindow,
    PreferredMaintenanceWindow: request.maintenanceWindow,
    NotificationTopicArn: request.notificationTopic,
    AutoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    LogDeliveryConfigurations: logs.length > 0 ? logs : undefined,
  };
}

function told({ ReplicationGroupId: name, ARN: arn, Description: description }: AwsGroup): Listed {
  return { name: name!, arn: arn!, description };
}
