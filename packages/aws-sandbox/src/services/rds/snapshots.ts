/** Snapshots, and instances restored from them. */
import type {
  CreateDBSnapshotMessage,
  DeleteDBSnapshotMessage,
  DescribeDBSnapshotAttributesMessage,
  DescribeDBSnapshotsMessage,
  RestoreDBInstanceFromDBSnapshotMessage,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeInstance, describeSnapshot } from "./describe.ts";
import { invalidState, invalidValue, noSnapshot, required } from "./faults.ts";
import { needInstance, newIdentifier } from "./new-instance.ts";
import { identifier, nameOf } from "./names.ts";
import { restoreDefaults, restoreInstance, restoreNames } from "./restore.ts";
import { quota, snapshots, type InstanceRecord, type SnapshotRecord } from "./state.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { isFree, occupy } from "./work.ts";

const restorable = ["DBInstanceIdentifier", "DBSnapshotIdentifier", ...restoreNames];

export const snapshotOperations: Readonly<Record<string, Handler>> = {
  CreateDBSnapshot(input: CreateDBSnapshotMessage, call) {
    const instance = needInstance(call, input.DBInstanceIdentifier);
    if (instance.clusterId !== undefined)
      throw invalidState(`${instance.id} is a member of the DB cluster ${instance.clusterId}: take a snapshot of the cluster.`);
    const id = newSnapshotId(call, input.DBSnapshotIdentifier, "DBSnapshotIdentifier");
    if (!isFree(instance))
      throw invalidState(`Cannot create a snapshot because the database instance ${instance.id} is not currently in the available state.`);
    const record = takeSnapshot(call, instance, id, newTags(input.Tags));
    occupy(call, instance, "backing-up", timeFor(call, id, "snapshotTaken"));
    return { DBSnapshot: describeSnapshot(record, call) };
  },

  DescribeDBSnapshots(input: DescribeDBSnapshotsMessage, call) {
    // No snapshot here is shared or public, so these parameters make no difference.
    refuseUnknown(call, input, [
      "DBInstanceIdentifier",
      "DBSnapshotIdentifier",
      "SnapshotType",
      "DbiResourceId",
      "MaxRecords",
      "Marker",
      "Filters",
      "IncludeShared",
      "IncludePublic",
    ]);
    if (input.DBSnapshotIdentifier !== undefined) {
      const found = needSnapshot(call, input.DBSnapshotIdentifier);
      // An automated snapshot is found only when the call asks for its type (RDS API, DescribeDBSnapshots: DBSnapshotIdentifier).
      if (found.type !== (input.SnapshotType ?? "manual")) throw noSnapshot(found.id);
      return { DBSnapshots: [describeSnapshot(found, call)] };
    }
    const wanted = input.DBInstanceIdentifier === undefined ? undefined : nameOf(input.DBInstanceIdentifier);
    const all = filtered(snapshots.all(call), input.Filters)
      .filter((one) => call.sees(snapshots.key(one.id), "id"))
      .filter((one) => wanted === undefined || one.instanceId === wanted)
      .filter((one) => input.DbiResourceId === undefined || one.resourceId === input.DbiResourceId)
      .filter((one) => input.SnapshotType === undefined || one.type === input.SnapshotType);
    const { items, next } = page(call, all, input, { key: ({ id }) => snapshots.key(id), min: 20, max: 100, size: 100, names: "rds" });
    return { DBSnapshots: items.map((one) => describeSnapshot(one, call)), ...next };
  },

  /** The accounts that may restore a snapshot. No snapshot here is shared. */
  DescribeDBSnapshotAttributes(input: DescribeDBSnapshotAttributesMessage, call) {
    const { id } = needSnapshot(call, input.DBSnapshotIdentifier);
    return {
      DBSnapshotAttributesResult: {
        DBSnapshotIdentifier: id,
        DBSnapshotAttributes: [{ AttributeName: "restore", AttributeValues: [] }],
      },
    };
  },

  DeleteDBSnapshot(input: DeleteDBSnapshotMessage, call) {
    const record = needSnapshot(call, input.DBSnapshotIdentifier);
    if (record.status !== "available")
      throw new AwsFault(
        "InvalidDBSnapshotState",
        `Cannot delete the snapshot because it is not currently in the available state: ${record.id}`,
      );
    snapshots.delete(call, record.id);
    return { DBSnapshot: describeSnapshot(record, call) };
  },

  RestoreDBInstanceFromDBSnapshot(input: RestoreDBInstanceFromDBSnapshotMessage, call) {
    refuseUnknown(call, input, restorable, restoreDefaults);
    const id = newIdentifier(call, input.DBInstanceIdentifier);
    const snapshot = needSnapshot(call, input.DBSnapshotIdentifier);
    if (snapshot.status !== "available")
      throw new AwsFault("InvalidDBSnapshotState", `The snapshot ${snapshot.id} is not currently in the available state.`);
    return { DBInstance: describeInstance(restoreInstance(call, id, input, snapshot), call) };
  },
};

export const snapshotTransitions = {
  snapshotTaken({ id, resourceId }: { id: string; resourceId: string }, call: Call) {
    const record = snapshots.get(call, id);
    if (record?.resourceId === resourceId) record.status = "available";
  },
};

/** The snapshots that pass the filters. Filters are joined by AND, their values by OR (RDS API, DescribeDBSnapshots). */
function filtered(all: readonly SnapshotRecord[], filters: DescribeDBSnapshotsMessage["Filters"]): SnapshotRecord[] {
  const tests = (filters ?? []).map(({ Name, Values }) => {
    const wanted = new Set((Values ?? []).map(nameOf));
    if (wanted.size === 0) throw invalidValue(`The filter ${Name} needs values.`);
    if (Name === "dbi-resource-id") return ({ resourceId }: SnapshotRecord) => wanted.has(resourceId.toLowerCase());
    if (Name === "db-instance-id") return ({ instanceId }: SnapshotRecord) => wanted.has(instanceId);
    if (Name === "db-snapshot-id") return ({ id }: SnapshotRecord) => wanted.has(id);
    if (Name === "snapshot-type") return ({ type }: SnapshotRecord) => wanted.has(type);
    if (Name === "engine") return ({ of }: SnapshotRecord) => wanted.has(of.engine);
    throw invalidValue(`Unrecognized filter name: ${Name}`);
  });
  return all.filter((one) => tests.every((test) => test(one)));
}

export function newSnapshotId(call: Call, text: string | undefined, parameter: string): string {
  const id = identifier(text, parameter, 255);
  if (snapshots.get(call, id))
    throw new AwsFault(
      "DBSnapshotAlreadyExists",
      `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`,
    );
  if (snapshots.all(call).filter(({ type }) => type === "manual").length >= quota(call, "snapshots"))
    throw new AwsFault("SnapshotQuotaExceeded", "The request would result in the user exceeding the allowed number of DB snapshots.");
  return id;
}

/** The values of an instance that a snapshot or a backup keeps. */
export function copyOf(instance: InstanceRecord): SnapshotRecord["of"] {
  const {
    engine,
    engineVersion,
    allocatedStorage,
    storageType,
    iops,
    throughput,
    encrypted,
    kmsKeyId,
    masterUsername,
    port,
    zone,
    vpcId,
    dbName,
    createdAt,
    subnetGroup,
    parameterGroup,
    optionGroup,
    backupRetention,
    iamAuthentication,
  } = instance;
  const optional = Object.fromEntries(
    Object.entries({ iops, throughput, kmsKeyId, dbName, createdAt }).filter(([, value]) => value !== undefined),
  );
  return {
    engine,
    engineVersion,
    allocatedStorage,
    storageType,
    encrypted,
    masterUsername,
    port,
    zone,
    vpcId,
    subnetGroup,
    parameterGroup,
    optionGroup,
    backupRetention,
    iamAuthentication,
    ...optional,
  };
}

/**
 * Takes a snapshot. It has the data of the moment of the call, and can be used minutes later. It gets the
 * instance's tags if the instance says so.
 */
export function takeSnapshot(
  call: Call,
  instance: InstanceRecord,
  id: string,
  tags: Record<string, string>,
  takes: "snapshotTaken" | "finalSnapshot" = "snapshotTaken",
): SnapshotRecord {
  const record: SnapshotRecord = {
    id,
    instanceId: instance.id,
    resourceId: instance.resourceId,
    askedAt: call.now,
    type: "manual",
    of: copyOf(instance),
    ...(instance.passwordHash === undefined ? {} : { passwordHash: instance.passwordHash }),
    status: "creating",
    tags: { ...(instance.copyTagsToSnapshot ? instance.tags : {}), ...tags },
  };
  snapshots.set(call, id, record);
  call.later(timeFor(call, id, takes), "rds:snapshotTaken", { id, resourceId: instance.resourceId });
  return record;
}

function needSnapshot(call: Call, name: string | undefined): SnapshotRecord {
  const wanted = nameOf(required(name, "DBSnapshotIdentifier"));
  const found = snapshots.get(call, wanted);
  if (!found || !call.sees(snapshots.key(wanted), "id")) throw noSnapshot(wanted);
  return found;
}
