/** DeleteDBInstance, and the resources that outlive the instance: a final snapshot, automated backups, interfaces for some minutes. */
import type { DeleteDBInstanceMessage, DescribeDBInstanceAutomatedBackupsMessage } from "@aws-sdk/client-rds";
import type { Call, Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { refuseInDeployment } from "./blue-green.ts";
import { memberLeaves, refuseMemberDelete } from "./cluster-remove.ts";
import { describeInstance } from "./describe.ts";
import { invalidCombination, invalidState } from "./faults.ts";
import { needInstance } from "./new-instance.ts";
import { arn, nameOf } from "./names.ts";
import { unplug } from "./network.ts";
import { standAlone } from "./replicas.ts";
import { backupsArn } from "./point-in-time.ts";
import { copyOf, newSnapshotId, takeSnapshot } from "./snapshots.ts";
import { instances, retainedBackups, type InstanceRecord, type RetainedBackupRecord } from "./state.ts";
import { timeFor } from "./timing.ts";
import { isBroken, isFree } from "./work.ts";

export const removeOperations: Readonly<Record<string, Handler>> = {
  DeleteDBInstance(input: DeleteDBInstanceMessage, call) {
    const instance = needInstance(call, input.DBInstanceIdentifier);
    const { SkipFinalSnapshot: skip = false, FinalDBSnapshotIdentifier: name } = input;
    if (instance.status === "deleting") throw invalidState(`Instance ${instance.id} is already being deleted.`);
    if (instance.deletionProtection)
      throw invalidCombination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
    refuseInDeployment(call, instance);
    refuseMemberDelete(call, instance, name);
    const isMember = instance.clusterId !== undefined;
    if (skip && name !== undefined)
      throw invalidCombination("FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is true.");
    if (instance.sourceId !== undefined && !skip)
      throw invalidCombination("A final snapshot cannot be taken of a read replica: SkipFinalSnapshot must be true.");
    if (!skip && name === undefined && !isMember)
      throw invalidCombination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
    if (!skip && !isMember && isBroken(instance))
      throw invalidState(
        `Instance ${instance.id} is ${instance.status}: a final snapshot cannot be taken, and SkipFinalSnapshot must be true.`,
      );
    if (!isBroken(instance) && !isFree(instance) && instance.status !== "stopped")
      throw invalidState(`Instance ${instance.id} is not currently available: it is ${instance.status}.`);
    if (!skip && !isMember) takeSnapshot(call, instance, newSnapshotId(call, name, "FinalDBSnapshotIdentifier"), {}, "finalSnapshot");
    instance.status = "deleting";
    memberLeaves(call, instance, false);
    // When a source is deleted, AWS silently makes its replicas independent.
    for (const id of instance.replicaIds) standAlone(call, instances.get(call, id)!);
    const snapshotTime = skip || isMember ? 0 : timeFor(call, instance.resourceId, "finalSnapshot");
    call.later(timeFor(call, instance.resourceId, "deleted") + snapshotTime, "rds:deleted", {
      id: instance.id,
      resourceId: instance.resourceId,
      keepBackups: input.DeleteAutomatedBackups === false,
    });
    return { DBInstance: describeInstance(instance, call) };
  },

  DescribeDBInstanceAutomatedBackups(input: DescribeDBInstanceAutomatedBackupsMessage, call) {
    refuseUnknown(call, input, ["DbiResourceId", "DBInstanceIdentifier", "DBInstanceAutomatedBackupsArn", "MaxRecords", "Marker"]);
    const wanted = input.DBInstanceIdentifier === undefined ? undefined : nameOf(input.DBInstanceIdentifier);
    const active = instances.all(call).filter((one) => one.createdAt !== undefined && one.backupRetention > 0);
    const all = [
      ...active.map((one) => ({ ...backupOf(call, one), status: "active" })),
      ...retainedBackups.all(call).map((one) => ({ ...one, status: "retained" })),
    ]
      .filter((one) => wanted === undefined || one.instanceId === wanted)
      .filter((one) => input.DbiResourceId === undefined || one.resourceId === input.DbiResourceId)
      .filter(
        ({ resourceId }) =>
          input.DBInstanceAutomatedBackupsArn === undefined || backupsArn(call, resourceId) === input.DBInstanceAutomatedBackupsArn,
      );
    const { items, next } = page(call, all, input, { key: ({ resourceId }) => resourceId, min: 20, max: 100, size: 100, names: "rds" });
    return {
      DBInstanceAutomatedBackups: items.map((one) => ({
        DBInstanceArn: arn(call, "db", one.instanceId),
        DbiResourceId: one.resourceId,
        Region: call.region,
        DBInstanceIdentifier: one.instanceId,
        AllocatedStorage: one.of.allocatedStorage,
        Status: one.status,
        Engine: one.of.engine,
        EngineVersion: one.of.engineVersion,
        MasterUsername: one.of.masterUsername,
        Encrypted: one.of.encrypted,
        ...(one.of.kmsKeyId === undefined ? {} : { KmsKeyId: one.of.kmsKeyId }),
        BackupRetentionPeriod: one.retention,
        OptionGroupName: one.of.optionGroup,
        DBInstanceAutomatedBackupsArn: backupsArn(call, one.resourceId),
      })),
      ...next,
    };
  },
};

export const removeTransitions = {
  deleted({ id, resourceId, keepBackups }: { id: string; resourceId: string; keepBackups: boolean }, call: Call) {
    const instance = instances.get(call, id);
    if (instance?.resourceId !== resourceId) return;
    memberLeaves(call, instance, true);
    if (keepBackups && instance.clusterId === undefined && instance.backupRetention > 0 && instance.createdAt !== undefined)
      retainedBackups.set(call, resourceId, backupOf(call, instance));
    standAlone(call, instance);
    unplug(call, instance);
    instances.delete(call, id);
  },
};

function backupOf(call: Call, instance: InstanceRecord): RetainedBackupRecord {
  return {
    resourceId: instance.resourceId,
    instanceId: instance.id,
    of: copyOf(instance),
    ...(instance.passwordHash === undefined ? {} : { passwordHash: instance.passwordHash }),
    retention: instance.backupRetention,
    since: instance.createdAt ?? instance.askedAt,
    until: call.now,
  };
}
