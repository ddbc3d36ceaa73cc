/** Allowed combinations of size and I/O, and how long one change excludes the next. */
import type { Call } from "../../model.ts";
import { invalidCombination, invalidValue } from "./faults.ts";
import { quota, instances, type InstanceRecord } from "./state.ts";
import { AwsFault } from "../../model.ts";

export interface Storage {
  readonly type: string;
  readonly size: number;
  readonly iops?: number;
  readonly throughput?: number;
}

/**
 * The smallest sizes in GiB. For gp2 the page says 20 GiB, but AWS still accepts 5 and more, as before gp3:
 * Terraform's own tests create databases of 10 GiB.
 */
const least: Readonly<Record<string, number>> = { gp3: 20, gp2: 5, io1: 100, io2: 100, standard: 5 };
const hasChosenIo = (type: string, size: number) => type === "io1" || type === "io2" || (type === "gp3" && size >= 400);

/** The storage of a new instance. Without a type it is gp3, or io1 when IOPS are given (RDS API, CreateDBInstance, StorageType). */
export function newStorage(
  call: Call,
  engine: string,
  asked: { AllocatedStorage?: number; StorageType?: string; Iops?: number; StorageThroughput?: number },
): Storage {
  const type = asked.StorageType ?? (asked.Iops === undefined ? "gp3" : "io1");
  const size = asked.AllocatedStorage;
  if (!Object.hasOwn(least, type)) throw invalidValue(`Invalid storage type: ${type}`);
  if (size === undefined) throw new AwsFault("MissingParameter", "The request must contain the parameter AllocatedStorage.");
  if (size < least[type]! || size > 65536)
    throw invalidValue(`Invalid storage size for engine name ${engine} and storage type ${type}: ${size}`);
  const used = instances.all(call).reduce((sum, one) => sum + one.allocatedStorage, 0);
  if (used + size > quota(call, "storage"))
    throw new AwsFault(
      "StorageQuotaExceeded",
      "The request would result in the user exceeding the allowed amount of storage available across all DB instances.",
    );
  return { type, size, ...io(engine, type, size, asked.Iops, asked.StorageThroughput) };
}

/** The pending values for a storage change of ModifyDBInstance; empty when nothing changes. */
export function changedStorage(
  call: Call,
  instance: InstanceRecord,
  asked: { AllocatedStorage?: number; StorageType?: string; Iops?: number; StorageThroughput?: number },
): { AllocatedStorage?: number; StorageType?: string; Iops?: number; StorageThroughput?: number } {
  const type = asked.StorageType ?? instance.storageType;
  const size = roundedUp(instance.allocatedStorage, asked.AllocatedStorage ?? instance.allocatedStorage);
  const differs =
    type !== instance.storageType ||
    size !== instance.allocatedStorage ||
    (asked.Iops ?? instance.iops ?? 0) !== (instance.iops ?? 0) ||
    (asked.StorageThroughput ?? instance.throughput) !== instance.throughput;
  if (!differs) return {};
  if ((instance.storageLockedUntil ?? 0) > call.now)
    throw invalidCombination(
      "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
    );
  if (!Object.hasOwn(least, type)) throw invalidValue(`Invalid storage type: ${type}`);
  const isProvisioned = hasChosenIo(type, size);
  const sizeChanges = asked.AllocatedStorage !== undefined;
  if (isProvisioned && hasChosenIo(instance.storageType, instance.allocatedStorage) && sizeChanges !== (asked.Iops !== undefined))
    throw invalidCombination(
      "You must specify both the storage size and iops when modifying the storage size or iops on a DB instance that has iops.",
    );
  const isLargeAlready = type === instance.storageType && type === "gp3" && instance.allocatedStorage >= 400;
  const throughput = asked.StorageThroughput ?? (isLargeAlready ? instance.throughput : undefined);
  const made = io(instance.engine, type, size, asked.Iops || undefined, throughput);
  return {
    ...(type === instance.storageType ? {} : { StorageType: type }),
    ...(size === instance.allocatedStorage ? {} : { AllocatedStorage: size }),
    ...(made.iops === undefined || made.iops === instance.iops ? {} : { Iops: made.iops }),
    ...(made.throughput === undefined || made.throughput === instance.throughput ? {} : { StorageThroughput: made.throughput }),
  };
}

/** The new size. Growth by less than a tenth is rounded up to a tenth; a smaller size is refused. */
function roundedUp(have: number, asked: number): number {
  if (asked < have)
    throw invalidCombination(
      `Invalid storage size: the requested storage of ${asked} GiB is less than the current ${have} GiB. Allocated storage cannot be decreased.`,
    );
  return asked === have ? have : Math.max(asked, Math.ceil((have * 11) / 10));
}

function io(
  engine: string,
  type: string,
  size: number,
  iops: number | undefined,
  throughput: number | undefined,
): { iops?: number; throughput?: number } {
  if (type === "gp3" && size < 400) {
    if (iops !== undefined || throughput !== undefined)
      throw invalidCombination(`You can't specify IOPS or storage throughput for engine ${engine} and a storage size less than 400.`);
    return { iops: 3000, throughput: 125 };
  }
  if (type === "gp3") return largeGp3(engine, iops ?? 12_000, throughput ?? 500);
  if (throughput !== undefined) throw invalidCombination(`You can't specify storage throughput for the storage type ${type}.`);
  if (type !== "io1" && type !== "io2") {
    if (iops !== undefined) throw invalidCombination(`You can't specify IOPS for the storage type ${type}.`);
    return {};
  }
  if (iops === undefined) throw invalidCombination(`You must specify IOPS for the storage type ${type}.`);
  if (iops < 1000) throw invalidValue(`Invalid IOPS: ${iops}`);
  return { iops };
}

/**
 * The I/O of gp3 from 400 GiB on, with the modelled engines: at least 12,000 IOPS and 500 MiB a second (RDS
 * User Guide, "General Purpose SSD storage").
 */
function largeGp3(engine: string, iops: number, throughput: number): { iops: number; throughput: number } {
  if (iops < 12_000) throw invalidCombination(`Invalid iops value for engine name ${engine} and storage type gp3: ${iops}`);
  if (throughput < 500)
    throw invalidCombination(`Invalid storage throughput value for engine name ${engine} and storage type gp3: ${throughput}`);
  return { iops, throughput };
}
