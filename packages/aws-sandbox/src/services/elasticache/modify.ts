/** Changes of a replication group: one at a time. The group is `modifying` until the change is made. */
import type {
  DecreaseReplicaCountMessage,
  IncreaseReplicaCountMessage,
  ModifyReplicationGroupMessage,
  ModifyReplicationGroupShardConfigurationMessage,
} from "@aws-sdk/client-elasticache";
import type { Call, Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { setInterfaceGroups } from "../ec2/interfaces.ts";
import { describeGroup } from "./describe.ts";
import { familyOf, isNewer, maintenanceWindow, needEngine, needNodeType, resolveVersion, snapshotWindow } from "./engines.ts";
import { groupBusy, invalidCombination, invalidValue, notModelled, required } from "./faults.ts";
import { checkNodeQuota, chooseGroups, nodesOf, setNodes, shardsOf } from "./nodes.ts";
import { needParameterGroup } from "./parameter-groups.ts";
import { changedLogs, checkFailover, checkRetention, needGroup, same, type Of } from "./replication-groups.ts";
import type { GroupPatch, ReplicationGroupRecord } from "./state.ts";
import { timeFor, type timing } from "./timing.ts";

const modelled =
  `ReplicationGroupId ReplicationGroupDescription SnapshottingClusterId AutomaticFailoverEnabled MultiAZEnabled SecurityGroupIds
  PreferredMaintenanceWindow NotificationTopicArn CacheParameterGroupName NotificationTopicStatus ApplyImmediately Engine EngineVersion
  AutoMinorVersionUpgrade SnapshotRetentionLimit SnapshotWindow CacheNodeType UserGroupIdsToAdd UserGroupIdsToRemove
  LogDeliveryConfigurations TransitEncryptionEnabled TransitEncryptionMode`.split(/\s+/);

export const modifyOperations: Readonly<Record<string, Handler>> = {
  ModifyReplicationGroup(input: ModifyReplicationGroupMessage, call) {
    refuseUnknown(call, input, modelled);
    const group = available(call, input.ReplicationGroupId);
    if (Object.keys(input).every((name) => name === "ReplicationGroupId" || name === "ApplyImmediately"))
      throw invalidCombination("No modifications were requested");
    const patch = patchOf(call, group, input);
    const needsNow = patch.engineVersion !== undefined || patch.nodeType !== undefined || patch.transit !== undefined;
    if (needsNow && input.ApplyImmediately !== true) throw notModelled("changes that wait for the maintenance window");
    settle(call, group, input);
    const takes: keyof typeof timing =
      patch.engineVersion !== undefined
        ? "upgraded"
        : patch.nodeType !== undefined
          ? "scaled"
          : patch.transit !== undefined
            ? "encrypted"
            : "adjusted";
    begin(call, group, patch, takes);
    return { ReplicationGroup: describeGroup(group, call) };
  },

  IncreaseReplicaCount(input: IncreaseReplicaCountMessage, call) {
    return { ReplicationGroup: replicas(call, input, (wanted, have) => wanted > have) };
  },

  DecreaseReplicaCount(input: DecreaseReplicaCountMessage, call) {
    refuseUnknown(call, input, ["ReplicationGroupId", "NewReplicaCount", "ApplyImmediately"]);
    return { ReplicationGroup: replicas(call, input, (wanted, have) => wanted < have) };
  },

  ModifyReplicationGroupShardConfiguration(input: ModifyReplicationGroupShardConfigurationMessage, call) {
    refuseUnknown(call, input, ["ReplicationGroupId", "NodeGroupCount", "ApplyImmediately", "NodeGroupsToRemove", "NodeGroupsToRetain"]);
    const group = available(call, input.ReplicationGroupId);
    if (input.ApplyImmediately !== true) throw invalidValue("ApplyImmediately must be true.");
    if (!group.clusterEnabled) throw invalidCombination("Shards can be changed only with cluster mode enabled.");
    const count = required(input.NodeGroupCount, "NodeGroupCount");
    const have = shardsOf(group);
    if (count === have.length) throw invalidCombination("No modifications were requested");
    const next = count > have.length ? grown(have, count) : shrunk(have, count, input);
    checkNodeQuota(call, (count - have.length) * nodesOf(group));
    begin(call, group, { shards: next }, "resharded");
    return { ReplicationGroup: describeGroup(group, call) };
  },
};

export const modifyTransitions = {
  modified(of: Of, call: Call) {
    const group = same(call, of);
    if (!group || group.status !== "modifying") return;
    const { shards, nodes, ...rest } = group.pending;
    if (shards !== undefined || nodes !== undefined) setNodes(call, group, shards ?? shardsOf(group), nodes ?? nodesOf(group));
    Object.assign(group, rest);
    group.pending = {};
    group.status = "available";
  },
};

function begin(call: Call, group: ReplicationGroupRecord, patch: GroupPatch, takes: keyof typeof timing): void {
  group.pending = patch;
  group.status = "modifying";
  call.later(timeFor(call, group.id, takes), "elasticache:modified", { id: group.id, createdAt: group.createdAt });
}

function available(call: Call, id: string | undefined): ReplicationGroupRecord {
  const group = needGroup(call, id);
  if (group.status !== "available")
    throw groupBusy(`Replication group ${group.id} has status ${group.status}, which is not valid for modification.`);
  return group;
}

function replicas(call: Call, input: IncreaseReplicaCountMessage, fits: (wanted: number, have: number) => boolean) {
  const group = available(call, input.ReplicationGroupId);
  if (input.ApplyImmediately !== true) throw invalidValue("ApplyImmediately must be true.");
  const wanted = required(input.NewReplicaCount, "NewReplicaCount");
  const have = nodesOf(group) - 1;
  if (!fits(wanted, have) || wanted > 5 || wanted < 0)
    throw invalidValue(`The new number of replicas ${wanted} is not valid: there are ${have}.`);
  if (wanted === 0 && !group.clusterEnabled && group.automaticFailover)
    throw invalidValue("A replication group with automatic failover must have at least one replica.");
  if (wanted === 0 && group.multiAz) throw invalidValue("A replication group with Multi-AZ must have at least one replica.");
  checkNodeQuota(call, (wanted - have) * shardsOf(group).length);
  begin(call, group, { nodes: wanted + 1 }, "replicasChanged");
  return describeGroup(group, call);
}

function patchOf(call: Call, group: ReplicationGroupRecord, input: ModifyReplicationGroupMessage): GroupPatch {
  const automaticFailover = input.AutomaticFailoverEnabled ?? group.automaticFailover;
  const multiAz = input.MultiAZEnabled ?? group.multiAz;
  checkFailover({ clusterEnabled: group.clusterEnabled, automaticFailover, multiAz, nodes: nodesOf(group) });
  const version = versionOf(group, input);
  const parameters = input.CacheParameterGroupName === undefined ? undefined : needParameterGroup(call, input.CacheParameterGroupName);
  const family = familyOf(version?.engine ?? group.engine, version?.engineVersion ?? group.engineVersion);
  if (parameters && parameters.family !== family)
    throw invalidCombination(
      `The parameter group ${parameters.name} of the family ${parameters.family} cannot be used: ${family} is needed.`,
    );
  if (parameters && (parameters.values["cluster-enabled"] === "yes") !== group.clusterEnabled)
    throw invalidCombination("The cluster mode of the parameter group does not go with that of the replication group.");
  const isDefault = group.parameterGroup.startsWith("default.");
  if (version && !parameters && !isDefault && family !== familyOf(group.engine, group.engineVersion))
    throw invalidCombination(`A parameter group of the family ${family} is needed for ${version.engineVersion}.`);
  const parameterGroup =
    parameters?.name ?? (version && isDefault ? `default.${family}${group.clusterEnabled ? ".cluster.on" : ""}` : undefined);
  const userGroups = [...group.userGroups.filter((id) => !input.UserGroupIdsToRemove?.includes(id)), ...(input.UserGroupIdsToAdd ?? [])];
  if (userGroups.length > 1) throw invalidValue("A replication group has one user group at most.");
  const transit = transitOf(group, input);
  if ((transit ?? group.transit) !== "required" && userGroups.length > 0)
    throw invalidCombination("User groups require encryption in transit.");
  return {
    ...version,
    ...(input.CacheNodeType === undefined ? {} : { nodeType: needNodeType(input.CacheNodeType) }),
    ...(automaticFailover === group.automaticFailover ? {} : { automaticFailover }),
    ...(multiAz === group.multiAz ? {} : { multiAz }),
    ...(parameterGroup === undefined ? {} : { parameterGroup }),
    ...(transit === undefined ? {} : { transit }),
    ...(input.UserGroupIdsToAdd || input.UserGroupIdsToRemove ? { userGroups } : {}),
    ...(input.LogDeliveryConfigurations?.length ? { logs: changedLogs(group.logs, input.LogDeliveryConfigurations) } : {}),
  };
}

/** The new version: a higher one, or Valkey instead of Redis OSS (ElastiCache User Guide, "Version management for ElastiCache"). */
function versionOf(group: ReplicationGroupRecord, input: ModifyReplicationGroupMessage) {
  if (input.EngineVersion === undefined && (input.Engine === undefined || input.Engine === group.engine)) return undefined;
  const engine = needEngine(input.Engine ?? group.engine);
  const engineVersion = resolveVersion(engine, input.EngineVersion);
  if (engine === group.engine && engineVersion === group.engineVersion) return undefined;
  if (engine !== group.engine && !(group.engine === "redis" && engine === "valkey"))
    throw invalidCombination(`The engine cannot be changed from ${group.engine} to ${engine}.`);
  if (engine === group.engine && !isNewer(engineVersion, group.engineVersion))
    throw invalidCombination(`Cannot downgrade ${engine} from ${group.engineVersion} to ${engineVersion}.`);
  return { engine, engineVersion };
}

/**
 * The new mode of TLS. It changes between off, preferred and required one step at a time, from version 7.0.5 on (ElastiCache User Guide,
 * "Enabling in-transit encryption").
 */
function transitOf(group: ReplicationGroupRecord, input: ModifyReplicationGroupMessage): GroupPatch["transit"] {
  if (input.TransitEncryptionEnabled === undefined && input.TransitEncryptionMode === undefined) return undefined;
  const on = input.TransitEncryptionEnabled ?? group.transit !== "disabled";
  const wanted = on ? (input.TransitEncryptionMode ?? "required") : "disabled";
  if (wanted === group.transit) return undefined;
  if (group.engine === "redis" && isNewer("7.0.5", group.engineVersion))
    throw invalidValue("In-transit encryption of an existing replication group can be changed from version 7.0.5 on.");
  if (wanted !== "preferred" && group.transit !== "preferred")
    throw invalidValue(`TransitEncryptionMode must be preferred before it can be ${wanted}.`);
  return wanted;
}

/** Applies the changes that answers show at once, although the group is still modifying. */
function settle(call: Call, group: ReplicationGroupRecord, input: ModifyReplicationGroupMessage): void {
  if (input.SecurityGroupIds?.length) {
    group.securityGroups = chooseGroups(call, group.vpcId, input.SecurityGroupIds);
    for (const { interfaceId } of group.members) setInterfaceGroups(call, interfaceId, group.securityGroups);
  }
  if (input.ReplicationGroupDescription !== undefined) group.description = input.ReplicationGroupDescription;
  if (input.SnapshotRetentionLimit !== undefined) group.snapshotRetention = checkRetention(input.SnapshotRetentionLimit);
  if (input.SnapshotWindow !== undefined) group.snapshotWindow = snapshotWindow(group.id, input.SnapshotWindow);
  if (input.PreferredMaintenanceWindow !== undefined)
    group.maintenanceWindow = maintenanceWindow(group.id, input.PreferredMaintenanceWindow);
  if (input.AutoMinorVersionUpgrade !== undefined) group.autoMinorVersionUpgrade = input.AutoMinorVersionUpgrade;
  if (input.NotificationTopicArn !== undefined) group.topic = input.NotificationTopicArn;
  if (input.NotificationTopicStatus === "inactive") delete group.topic;
}

function grown(have: readonly string[], count: number): string[] {
  const last = Number(have.at(-1));
  return [...have, ...Array.from({ length: count - have.length }, (_, i) => String(last + 1 + i).padStart(4, "0"))];
}

function shrunk(have: readonly string[], count: number, input: ModifyReplicationGroupShardConfigurationMessage): string[] {
  const { NodeGroupsToRemove: gone, NodeGroupsToRetain: kept } = input;
  if ((gone === undefined) === (kept === undefined))
    throw invalidCombination("Either NodeGroupsToRemove or NodeGroupsToRetain is required to decrease the number of shards.");
  const left = have.filter((shard) => (gone ? !gone.includes(shard) : kept!.includes(shard)));
  if (left.length !== count || count < 1) throw invalidValue("The shards that remain do not match NodeGroupCount.");
  return left;
}
