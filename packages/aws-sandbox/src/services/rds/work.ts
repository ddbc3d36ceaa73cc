/** What takes time: creation, modifications at once or in the maintenance window, and how the status follows. */
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

/** What a change does to the status while it is being made, and for how long. */
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

/** Makes what is pending under these keys: after a while in which the status says nothing of it. */
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

/** Something that takes the instance for a time, without a value to change. */
export function occupy(call: Call, instance: InstanceRecord, status: string, ms: number, lag = 0, keys: readonly Key[] = []): void {
  const of: Of = { id: instance.id, resourceId: instance.resourceId };
  instance.works++;
  if (lag === 0) instance.status = status;
  else call.later(lag, "rds:workBegins", { ...of, status });
  call.later(lag + ms, "rds:workEnds", { ...of, keys });
}

/** What is made of a snapshot loads its storage for hours, where that was asked for: RDS shows it of some instances only. */
export function loadStorage(call: Call, instance: InstanceRecord, from: number): void {
  if (!call.fault("rds:storageInitializes")) return;
  instance.storageLoadsUntil = call.now + from + timing.storageLoaded;
  call.later(from + timing.storageLoaded, "rds:loaded", { id: instance.id, resourceId: instance.resourceId });
}

/** Lets what is pending be made in the next maintenance window. */
export function awaitWindow(call: Call, instance: InstanceRecord): void {
  call.later(nextOpening(call.now, instance.maintenanceWindow) - call.now, "rds:windowOpens", {
    id: instance.id,
    resourceId: instance.resourceId,
  });
}

/** Whether AWS takes changes of the instance now. */
export function isFree(instance: InstanceRecord): boolean {
  return ["available", "storage-full", "storage-initialization", "storage-optimization"].includes(instance.status);
}

/** States in which an instance can only be deleted, and without a last snapshot (RDS API, DeleteDBInstance, SkipFinalSnapshot). */
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
    // The first to come up writes; backups are the cluster's.
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

  /** The window may have been moved since this was scheduled. */
  windowOpens(of: Of, call: Call) {
    const instance = same(call, of);
    if (!instance || Object.keys(instance.pending).length === 0) return;
    if (isOpen(call.now, instance.maintenanceWindow) && isFree(instance)) make(call, instance, Object.keys(instance.pending) as Key[], 0);
    else awaitWindow(call, instance);
  },
};

const storageKeys: readonly Key[] = ["AllocatedStorage", "StorageType", "Iops", "StorageThroughput"];

/** What it is while nothing is done to it. */
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

/** Types without I/O of their own lose it; those with get it from the values that come with them. */
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

/** The instance that a transition was meant for, unless it is going, or another has its name by now. */
function same(call: Call, { id, resourceId }: Of): InstanceRecord | undefined {
  const named = instances.get(call, id);
  // A switchover gives an instance another name while something is under way.
  const found = named?.resourceId === resourceId ? named : instances.all(call).find((one) => one.resourceId === resourceId);
  return found?.status === "deleting" ? undefined : found;
}
