import type { ModifyReplicationGroupCommandInput } from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import type { Changes, Run } from "../kind.ts";
import { logsSent } from "../shared/cache/logs.ts";
import { marked } from "../shared/cache/tags.ts";
import type { Handle, LiveGroup } from "./observe.ts";
import { nodesOf, type ReplicationGroup } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/elasticache.ts");
type GroupRun = Run<ReplicationGroup, Handle>;

/** The longest wait for one change, in seconds: resharding and scaling move all the data. */
const longest = 4 * 3600;

/**
 * Brings a group to the desired state: first more shards and replicas, then all settings in one call, and fewer replicas last, so that a
 * failover always has a replica. AWS allows one change at a time, so each is waited for.
 */
export async function modify(
  aws: Aws,
  sdk: Sdk,
  live: LiveGroup,
  request: ReplicationGroup,
  changes: Changes<ReplicationGroup>,
  run: GroupRun,
): Promise<void> {
  const send = async (what: () => Promise<unknown>) => {
    await whenFree(live, run, what);
    await run.wait(`${live.id} to be modified`, longest, (now) => now !== undefined && now.handle.status === "available");
  };
  const { numNodeGroups } = changes;
  if (numNodeGroups?.after !== undefined)
    await send(() => aws.elasticache(new sdk.ModifyReplicationGroupShardConfigurationCommand(shards(live, numNodeGroups.after!))));
  const replicas = changes.numCacheClusters || changes.replicasPerNodeGroup ? nodesOf(request) - 1 : undefined;
  const have = nodesOf(live.spec) - 1;
  const count = { ReplicationGroupId: live.id, NewReplicaCount: replicas, ApplyImmediately: true } as const;
  if (replicas !== undefined && replicas > have) await send(() => aws.elasticache(new sdk.IncreaseReplicaCountCommand(count)));
  const input = settings(live, request, changes, run);
  if (Object.keys(input).length > 0)
    await send(() =>
      aws.elasticache(new sdk.ModifyReplicationGroupCommand({ ReplicationGroupId: live.id, ApplyImmediately: true, ...input })),
    );
  if (replicas !== undefined && replicas < have) await send(() => aws.elasticache(new sdk.DecreaseReplicaCountCommand(count)));
}

/** Sends a change as soon as AWS accepts it: snapshots, patches and changes by others may be under way. */
async function whenFree(live: LiveGroup, run: GroupRun, send: () => Promise<unknown>): Promise<void> {
  await run.until(`${live.id} to accept the change`, longest, 15, async () => {
    try {
      await send();
      return true;
    } catch (error) {
      if (hasCode(error, "InvalidReplicationGroupState")) return false;
      if (hasCode(error, "InvalidParameterCombination") && /no modifications were requested/i.test(error.message)) return true;
      throw error;
    }
  });
}

/** Returns the change of the number of shards. The shards with the highest numbers are removed. */
function shards({ id, handle }: LiveGroup, count: number) {
  const gone = handle.shards.slice(count);
  return {
    ReplicationGroupId: id,
    NodeGroupCount: count,
    ApplyImmediately: true,
    ...(gone.length > 0 ? { NodeGroupsToRemove: gone } : {}),
  };
}

type Input = Omit<ModifyReplicationGroupCommandInput, "ReplicationGroupId">;

function settings(live: LiveGroup, request: ReplicationGroup, changes: Changes<ReplicationGroup>, run: GroupRun): Input {
  const { securityGroups, description } = changes;
  // AWS checks failover and zones together, so both are sent when one changes.
  const failover = changes.automaticFailover || changes.multiAz;
  return given({
    ReplicationGroupDescription: description?.after === undefined ? undefined : marked(description.after, run.identity.tags),
    // A version is sent with its engine.
    Engine: changes.engine || changes.engineVersion ? request.engine : undefined,
    EngineVersion: changes.engine || changes.engineVersion ? request.engineVersion : undefined,
    CacheNodeType: changes.nodeType?.after,
    AutomaticFailoverEnabled: failover ? (request.automaticFailover ?? live.spec.automaticFailover) : undefined,
    MultiAZEnabled: failover ? (request.multiAz ?? live.spec.multiAz) : undefined,
    SecurityGroupIds: securityGroups?.after && securityGroups.after.length > 0 ? [...securityGroups.after] : undefined,
    CacheParameterGroupName: changes.parameterGroup?.after,
    ...transit(changes),
    ...users(changes),
    // Without cluster mode, AWS needs the node from which snapshots are taken.
    SnapshottingClusterId:
      changes.snapshotRetention?.before === 0 && live.spec.numNodeGroups === undefined ? live.handle.members[0] : undefined,
    SnapshotRetentionLimit: changes.snapshotRetention?.after,
    SnapshotWindow: changes.snapshotWindow?.after,
    PreferredMaintenanceWindow: changes.maintenanceWindow?.after,
    NotificationTopicArn: changes.notificationTopic?.after,
    NotificationTopicStatus: changes.notificationTopic && changes.notificationTopic.after === undefined ? "inactive" : undefined,
    AutoMinorVersionUpgrade: changes.autoMinorVersionUpgrade?.after,
    LogDeliveryConfigurations: changes.logDelivery
      ? logsSent(changes.logDelivery.before ?? {}, changes.logDelivery.after ?? {})
      : undefined,
  });
}

function transit({ transitEncryption }: Changes<ReplicationGroup>): Input {
  const wanted = transitEncryption?.after;
  if (wanted === undefined) return {};
  return wanted === "disabled" ? { TransitEncryptionEnabled: false } : { TransitEncryptionEnabled: true, TransitEncryptionMode: wanted };
}

function users({ userGroups }: Changes<ReplicationGroup>): Input {
  if (!userGroups) return {};
  const { before = [], after = [] } = userGroups;
  const added = after.filter((id) => !before.includes(id));
  const gone = before.filter((id) => !after.includes(id));
  return {
    ...(added.length > 0 ? { UserGroupIdsToAdd: added } : {}),
    ...(gone.length > 0 ? { UserGroupIdsToRemove: gone } : {}),
  };
}

function given(input: Input): Input {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Input;
}
