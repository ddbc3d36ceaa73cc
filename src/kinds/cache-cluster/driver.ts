/**
 * Cache clusters have no description that could hold a mark, and their tags cannot be read while they are not available. Meanwhile a
 * cluster with the name of a declared one counts as that one. This is enough to wait for it, but not to change or delete it
 * (docs/decisions/0093-caches-without-a-description.md).
 */
import type {
  CacheCluster as AwsCluster,
  CreateCacheClusterCommandInput,
  ModifyCacheClusterCommandInput,
} from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Changes, CreateIdentity, Driver, Member, Scope } from "../kind.ts";
import { logsSent } from "../shared/cache/logs.ts";
import { cacheTagging } from "../shared/cache/tagging.ts";
import { isBusy, isSameOwner, proven, tagsOfCache, whenFree } from "../shared/cache/tags.ts";
import { finalSnapshotTag } from "../shared/final-snapshot.ts";
import { isInScope } from "../shared/in-scope.ts";
import { networksOf } from "../shared/lookup.ts";
import { mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { filled } from "../shared/rds/fields.ts";
import { live, type Handle, type LiveCluster } from "./observe.ts";
import { defaults, type CacheCluster } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/elasticache.ts");

/** The maximum wait for one change, in seconds: AWS replaces nodes one after another. */
const longest = 2 * 3600;

/** Milliseconds after which the tags of a new cluster can be read. */
const readableAfter = 2_400_000;

export function driver(sdk: Sdk): Driver<CacheCluster, Handle> {
  return {
    async *list(aws, scope) {
      const all: AwsCluster[] = [];
      for await (const found of clusters(aws)) all.push(found);
      for (const found of await mayBeOurs(all, told, scope, "cacheCluster")) {
        const one = await read(aws, found, scope);
        if (one && isInScope(one.tags, scope)) yield one;
      }
    },

    async get(aws, ids, scope) {
      const lives = new Map<string, LiveCluster>();
      for (const found of ids.length === 1 ? await one(aws, ids[0]!) : await some(aws, new Set(ids))) {
        const told = await read(aws, found, scope);
        if (told) lives.set(told.id, told);
      }
      return lives;
    },

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      if (networks.size === 0) return [];
      const inside = new Map<string, string>();
      for await (const page of aws.elasticache.pages(sdk.DescribeCacheSubnetGroupsCommand, { MaxRecords: 100 }))
        for (const { CacheSubnetGroupName = "", VpcId = "" } of page.CacheSubnetGroups ?? [])
          if (networks.has(VpcId)) inside.set(CacheSubnetGroupName, VpcId);
      const members: Member[] = [];
      for await (const { CacheClusterId: id, CacheSubnetGroupName = "" } of clusters(aws)) {
        const vpc = inside.get(CacheSubnetGroupName);
        if (vpc !== undefined) members.push({ id: id!, what: `cache cluster ${id} in ${vpc}` });
      }
      return members;
    },

    async create(aws, request, identity) {
      await aws.elasticache(new sdk.CreateCacheClusterCommand(createInput(request, identity)), { once: true });
      return identity.name;
    },

    async update(aws, _stage, found, request, changes, run) {
      if (!(await proven(found, run, "changed", "name"))) return;
      const input = settings(found, request, changes);
      await run.until(`${found.id} to accept the change`, longest, 15, async () => {
        try {
          await aws.elasticache(new sdk.ModifyCacheClusterCommand({ CacheClusterId: found.id, ApplyImmediately: true, ...input }));
          return true;
        } catch (error) {
          if (isBusy(error)) return false;
          if (hasCode(error, "InvalidParameterCombination") && /no modifications were requested/i.test(error.message)) return true;
          throw error;
        }
      });
      await run.wait(`${found.id} to be modified`, longest, (now) => now !== undefined && now.handle.status === "available");
    },

    async delete(aws, found, run) {
      if (found.state === "deleting" || !(await proven(found, run, "deleted", "name"))) return;
      const takesSnapshot = found.tags[finalSnapshotTag] !== "skip" && found.spec.engine !== "memcached" && typeof found.state !== "object";
      let number = 1;
      await run.until(`${found.id} to accept the deletion`, 3600, 15, async () => {
        const name = takesSnapshot ? `${found.id}-final${number === 1 ? "" : `-${number}`}` : undefined;
        try {
          const input = { CacheClusterId: found.id, ...(name === undefined ? {} : { FinalSnapshotIdentifier: name }) };
          await aws.elasticache(new sdk.DeleteCacheClusterCommand(input));
          if (name !== undefined) run.say(`final snapshot ${name}`);
          return true;
        } catch (error) {
          if (isNotFound(error)) return true;
          if (hasCode(error, "SnapshotFeatureNotSupportedFault", "SnapshotFeatureNotSupported"))
            throw new Refusal(
              `AWS cannot take a snapshot of ${found.id} (${found.handle.arn}). Write finalSnapshot: false on the resource, apply, and then remove the resource again.`,
            );
          if (hasCode(error, "SnapshotAlreadyExistsFault", "SnapshotAlreadyExists")) number++;
          else if (!isBusy(error)) throw error;
          else if (await isGoing(aws, found.id)) return true;
          return false;
        }
      });
    },

    async tag(aws, found, set, remove) {
      if (found.handle.isTold) await readable(aws, found);
      await whenFree(aws, () => cacheTagging(aws, found.handle.arn, set, remove));
    },

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i]!.length > 0).map((name) => [name, name.toLowerCase()]));
    },
  };

  /** The clusters that belong to no replication group, with their nodes. */
  async function* clusters(aws: Aws): AsyncIterable<AwsCluster> {
    const input = { MaxRecords: 100, ShowCacheNodeInfo: true, ShowCacheClustersNotInReplicationGroups: true };
    for await (const page of aws.elasticache.pages(sdk.DescribeCacheClustersCommand, input))
      for (const found of page.CacheClusters ?? []) if (found.ReplicationGroupId === undefined) yield found;
  }

  async function one(aws: Aws, CacheClusterId: string): Promise<AwsCluster[]> {
    const answer = await unlessGone(aws.elasticache(new sdk.DescribeCacheClustersCommand({ CacheClusterId, ShowCacheNodeInfo: true })));
    return answer?.CacheClusters ?? [];
  }

  async function some(aws: Aws, ids: ReadonlySet<string>): Promise<AwsCluster[]> {
    const found: AwsCluster[] = [];
    for await (const cluster of clusters(aws)) if (ids.has(cluster.CacheClusterId!)) found.push(cluster);
    return found;
  }

  async function read(aws: Aws, found: AwsCluster, scope: Scope): Promise<LiveCluster | undefined> {
    const id = found.CacheClusterId!;
    const address = scope.called?.("cacheCluster", id);
    const tags = await tagsOfCache(aws, {
      kind: "cacheCluster",
      id,
      arn: found.ARN!,
      description: undefined,
      isBusy: found.CacheClusterStatus !== "available",
      declared: address === undefined ? undefined : { project: scope.project, environment: scope.environment, address },
    });
    return tags && live(found, tags.tags, tags.isTold);
  }

  /** Waits until the cluster's own tags can be read, and continues only if they name the same owner as its name did. */
  async function readable(aws: Aws, found: LiveCluster): Promise<void> {
    const began = aws.clock.now();
    for (;;) {
      const [now] = await one(aws, found.id);
      if (now === undefined) return;
      const cache = { kind: "cacheCluster", id: found.id, arn: found.handle.arn, description: undefined, isBusy: true };
      const read = await tagsOfCache(aws, cache);
      if (read && !read.isTold && isSameOwner(read.tags, found.tags)) return;
      if (!read?.isTold || aws.clock.now() - began > readableAfter)
        throw new Refusal(
          `${found.id} has the name of a declared cluster, and its tags ${read?.isTold ? "cannot be read" : "say that it is not of this environment"}. infra changed nothing.`,
        );
      await aws.clock.sleep(15_000);
    }
  }

  async function isGoing(aws: Aws, id: AwsId): Promise<boolean> {
    const [found] = await one(aws, id);
    return found === undefined || found.CacheClusterStatus === "deleting";
  }
}

function createInput(request: CacheCluster, identity: CreateIdentity): CreateCacheClusterCommandInput {
  const logs = logsSent({}, request.logDelivery ?? {});
  return {
    CacheClusterId: identity.name,
    Tags: tagList(identity.tags),
    Engine: request.engine,
    EngineVersion: request.engineVersion,
    CacheNodeType: request.nodeType,
    NumCacheNodes: request.numCacheNodes ?? defaults.numCacheNodes,
    AZMode: request.azMode,
    PreferredAvailabilityZone: request.availabilityZone,
    CacheSubnetGroupName: request.subnetGroup,
    SecurityGroupIds: filled(request.securityGroups),
    CacheParameterGroupName: request.parameterGroup,
    Port: request.port,
    TransitEncryptionEnabled: request.transitEncryption,
    SnapshotRetentionLimit: request.snapshotRetention,
    SnapshotWindow: request.snapshotWindow,
    PreferredMaintenanceWindow: request.maintenanceWindow,
    NotificationTopicArn: request.notificationTopic,
    AutoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    LogDeliveryConfigurations: logs.length > 0 ? logs : undefined,
  };
}

function settings(found: LiveCluster, request: CacheCluster, changes: Changes<CacheCluster>): Partial<ModifyCacheClusterCommandInput> {
  const { notificationTopic: topic, logDelivery: logs, numCacheNodes } = changes;
  const count = numCacheNodes?.after;
  const have = found.handle.nodes;
  const input: Partial<ModifyCacheClusterCommandInput> = {
    // A version is sent together with its engine.
    Engine: changes.engineVersion ? request.engine : undefined,
    EngineVersion: changes.engineVersion ? request.engineVersion : undefined,
    CacheNodeType: changes.nodeType?.after,
    NumCacheNodes: count,
    AZMode: count !== undefined && count > have.length ? request.azMode : undefined,
    // The youngest nodes are removed.
    CacheNodeIdsToRemove: count !== undefined && count < have.length ? have.slice(count) : undefined,
    SecurityGroupIds: filled(changes.securityGroups?.after),
    CacheParameterGroupName: changes.parameterGroup?.after,
    SnapshotRetentionLimit: changes.snapshotRetention?.after,
    SnapshotWindow: changes.snapshotWindow?.after,
    PreferredMaintenanceWindow: changes.maintenanceWindow?.after,
    NotificationTopicArn: topic?.after,
    NotificationTopicStatus: topic && topic.after === undefined ? "inactive" : undefined,
    AutoMinorVersionUpgrade: changes.autoMinorVersionUpgrade?.after,
    LogDeliveryConfigurations: logs ? logsSent(logs.before ?? {}, logs.after ?? {}) : undefined,
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<ModifyCacheClusterCommandInput>;
}

/** The listing returns neither tags nor a description. */
function told({ CacheClusterId: name, ARN: arn }: AwsCluster): Listed {
  return { name: name!, arn: arn!, description: undefined };
}
