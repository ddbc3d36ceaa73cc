/** Work on instances that takes time: creation, changes at once or in the maintenance window, and the status meanwhile. */
import type { Call } from "../../model.ts";
import { chooseOptionGroup, isDefaultOptionGroup } from "./chosen-options.ts";
import { familyOf, majorOf, type EngineName } from "./engines.ts";
import { otherZone, plugInStandby, unplugStandby } from "./network.ts";
import { defaultParameterGroup, isDefault } from "./parameter-groups.ts";
import { clusters, instances, subnetGroups, type InstanceRecord, type Pending } from "./state.ts";
import { timeFor, timing } from "./timing.ts";
import { isOpen, nextOpening } from "./windows.ts";

interface Of {
  readonly id: string;
  readonly resourceId: string;
}

type Key = keyof Pending;

/** The status of an instance during each change, and the duration of the change. */
const works: Readonly<Record<Key, { readonly status: string; readonly takes: keyof typeof timing }>> = {
  DBInstanceClass: { status: "modifying", takes: "classChanged" },
  AllocatedStorage: { status: "modifying", takes: "storageChanged" },
  StorageType: { status: "modifying", takes: "storageChanged" },
  Iops: { status: "modifying", takes: "storageChanged" },
  StorageThroughput: { status: "modifying", takes: "storageChanged" },
  MultiAZ: { status: "modifying", takes: "multiAzChanged" },
  EngineVersion: { status: "upgrading", takes: "upgraded" },
  BackupRetentionPeriod: { status: "modifying", takes: "adjusted" },
  CACertificateIdentifier: { status: "modifying", takes: "restarted" },
  Port: { status: "rebooting", takes: "restarted" },
  IAMDatabaseAuthenticationEnabled: { status: "configuring-iam-database-auth", takes: "adjusted" },
  MasterUserPassword: { status: "resetting-master-credentials", takes: "adjusted" },
  logs: { status: "configuring-log-exports", takes: "adjusted" },
  OptionGroupName: { status: "modifying", takes: "adjusted" },
};

/** Makes the pending changes of these keys. For a while, the status does not show it. */
export function make(
  call: Call,
  instance: InstanceRecord,
  keys: readonly Key[],
  lag = timeFor(call, instance.resourceId, "statusLag"),
): void {
  const due = keys.filter((key) => instance.pending[key] !== undefined && !instance.making.includes(key));
  if (due.length === 0) return;
  const longest = due.reduce((a, b) => (duration(call, instance, b) > duration(call, instance, a) ? b : a));
  instance.making.push(...due);
  occupy(call, instance, works[longest].status, duration(call, instance, longest), lag, due);
}

/** Occupies the instance for a time with work that changes no value. */
export function occupy(call: Call, instance: InstanceRecord, status: string, ms: number, lag = 0, keys: readonly Key[] = []): void {
  const of: Of = { id: instance.id, resourceId: instance.resourceId };
  instance.works++;
  if (lag === 0) instance.status = status;
  else call.later(lag, "rds:workBegins", { ...of, status });
  call.later(lag + ms, "rds:workEnds", { ...of, keys });
}

/**
 * Loads the storage of an instance from a snapshot for hours, if the plan of faults asks for it: RDS shows this only for some instances.
 */
export function loadStorage(call: Call, instance: InstanceRecord, from: number): void {
  if (!call.fault("rds:storageInitializes")) return;
  instance.storageLoadsUntil = call.now + from + timing.storageLoaded;
  call.later(from + timing.storageLoaded, "rds:loaded", { id: instance.id, resourceId: instance.resourceId });
}

/** Schedules the pending changes for the next maintenance window. */
export function awaitWindow(call: Call, instance: InstanceRecord): void {
  call.later(nextOpening(call.now, instance.maintenanceWindow) - call.now, "rds:windowOpens", {
    id: instance.id,
    resourceId: instance.resourceId,
  });
}

/** Whether AWS accepts changes of the instance now. */
export function isFree(instance: InstanceRecord): boolean {
  return ["available", "storage-full", "storage-initialization", "storage-optimization"].includes(instance.status);
}

/** Whether an instance can only be deleted, and without a final snapshot (RDS API, DeleteDBInstance, SkipFinalSnapshot). */
export function isBroken({ status }: InstanceRecord): boolean {
  return status === "failed" || status === "incompatible-restore" || status === "incompatible-network";
}

export const workTransitions = {
  created(of: Of, call: Call) {
    const instance = same(call, of);
    if (!instance) return;
    if (call.fault("rds:createFails")) {
      instance.status = "failed";
      return;
    }
    instance.createdAt = call.now;
    const cluster = instance.clusterId === undefined ? undefined : clusters.get(call, instance.clusterId);
    // The first available instance is the writer. Backups belong to the cluster.
    if (cluster && cluster.writer === undefined) cluster.writer = instance.id;
    if (instance.backupRetention > 0 && cluster === undefined)
      occupy(call, instance, "backing-up", timeFor(call, instance.resourceId, "firstBackup"));
    else instance.status = idle(call, instance);
  },

  loaded(of: Of, call: Call) {
    const instance = same(call, of);
    if (instance?.status === "storage-initialization") instance.status = "available";
  },

  workBegins({ status, ...of }: Of & { status: string }, call: Call) {
    const instance = same(call, of);
    if (instance) instance.status = status;
  },

  workEnds({ keys, ...of }: Of & { keys: readonly Key[] }, call: Call) {
    const instance = same(call, of);
    if (!instance) return;
    for (const key of keys) applyPending(call, instance, key);
    instance.making = instance.making.filter((key) => !keys.includes(key));
    instance.works--;
    if (instance.works === 0) settle(call, instance, keys);
  },

  optimized(of: Of, call: Call) {
    const instance = same(call, of);
    if (instance?.status === "storage-optimization") instance.status = idle(call, instance);
  },

  /** The window may have moved since this was scheduled. */
  windowOpens(of: Of, call: Call) {
    const instance = same(call, of);
    if (!instance || Object.keys(instance.pending).length === 0) return;
    if (isOpen(call.now, instance.maintenanceWindow) && isFree(instance)) make(call, instance, Object.keys(instance.pending) as Key[], 0);
    else awaitWindow(call, instance);
  },
};

const storageKeys: readonly Key[] = ["AllocatedStorage", "StorageType", "Iops", "StorageThroughput"];

/** The status while no work is running. */
function idle(call: Call, { storageLoadsUntil }: InstanceRecord): string {
  return call.now < (storageLoadsUntil ?? 0) ? "storage-initialization" : "available";
}

function settle(call: Call, instance: InstanceRecord, keys: readonly Key[]): void {
  instance.status = idle(call, instance);
  if (!keys.some((key) => storageKeys.includes(key))) return;
  instance.status = "storage-optimization";
  instance.storageLockedUntil = call.now + timing.storageLocked;
  call.later(timing.storageOptimized, "rds:optimized", { id: instance.id, resourceId: instance.resourceId });
}

function duration(call: Call, instance: InstanceRecord, key: Key): number {
  const isMajor =
    key === "EngineVersion" &&
    majorOf(instance.engine as EngineName, instance.pending.EngineVersion!) !==
      majorOf(instance.engine as EngineName, instance.engineVersion);
  return timeFor(call, instance.resourceId, isMajor ? "majorUpgraded" : works[key].takes);
}

function applyPending(call: Call, instance: InstanceRecord, key: Key): void {
  const { pending } = instance;
  switch (key) {
    case "DBInstanceClass":
      instance.instanceClass = pending.DBInstanceClass!;
      break;
    case "AllocatedStorage":
      instance.allocatedStorage = pending.AllocatedStorage!;
      break;
    case "StorageType":
      applyStorageType(instance, pending.StorageType!);
      break;
    case "Iops":
      instance.iops = pending.Iops!;
      break;
    case "StorageThroughput":
      instance.throughput = pending.StorageThroughput!;
      break;
    case "MultiAZ":
      applyMultiAz(call, instance, pending.MultiAZ!);
      break;
    case "EngineVersion":
      applyVersion(call, instance, pending.EngineVersion!);
      break;
    case "BackupRetentionPeriod":
      instance.backupRetention = pending.BackupRetentionPeriod!;
      break;
    case "CACertificateIdentifier":
      instance.caCertificate = pending.CACertificateIdentifier!;
      break;
    case "Port":
      instance.port = pending.Port!;
      break;
    case "IAMDatabaseAuthenticationEnabled":
      instance.iamAuthentication = pending.IAMDatabaseAuthenticationEnabled!;
      break;
    case "logs":
      instance.logExports = [...new Set([...instance.logExports, ...pending.logs!.on])]
        .filter((log) => !pending.logs!.off.includes(log))
        .sort();
      break;
    case "OptionGroupName":
      instance.optionGroup = pending.OptionGroupName!;
      break;
    case "MasterUserPassword":
      break;
  }
  delete pending[key];
}

/**
 * Sets the storage type. Types without IOPS or throughput of their own lose the values; other types
 * get them from the values of the same call.
 */
function applyStorageType(instance: InstanceRecord, type: string): void {
  instance.storageType = type;
  if (type !== "gp3") delete instance.throughput;
  if (type === "gp2" || type === "standard") delete instance.iops;
}

function applyMultiAz(call: Call, instance: InstanceRecord, multiAz: boolean): void {
  if (multiAz === instance.multiAz) return;
  instance.multiAz = multiAz;
  if (!multiAz) {
    unplugStandby(call, instance);
    delete instance.secondaryZone;
    return;
  }
  const group = subnetGroups.get(call, instance.subnetGroup)!;
  instance.secondaryZone = otherZone(call, group, instance.zone);
  plugInStandby(call, instance);
}

function applyVersion(call: Call, instance: InstanceRecord, version: string): void {
  instance.engineVersion = version;
  if (isDefault(instance.parameterGroup))
    instance.parameterGroup = defaultParameterGroup(call, familyOf(instance.engine as EngineName, version)).name;
  if (isDefaultOptionGroup(instance.optionGroup))
    instance.optionGroup = chooseOptionGroup(call, instance.engine as EngineName, version, instance.vpcId, undefined);
  instance.parameterStatus = "in-sync"; // the upgrade restarts it
  if (instance.engine === "postgres") for (const id of instance.replicaIds) applyVersion(call, instances.get(call, id)!, version);
}

/** The instance of a transition; undefined when it is being deleted, or when another instance has its name now. */
function same(call: Call, { id, resourceId }: Of): InstanceRecord | undefined {
  const named = instances.get(call, id);
  // A switchover may rename an instance while work on it is running.
  const found = named?.resourceId === resourceId ? named : instances.all(call).find((one) => one.resourceId === resourceId);
  return found?.status === "deleting" ? undefined : found;
}
