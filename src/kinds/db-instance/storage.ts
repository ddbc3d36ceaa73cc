import type { ModifyDBInstanceCommandInput } from "@aws-sdk/client-rds";
import type { Changes } from "../kind.ts";
import { isLargeGp3, largeGp3, type DbInstance } from "./schema.ts";

type StorageInput = Pick<
  ModifyDBInstanceCommandInput,
  "StorageType" | "AllocatedStorage" | "Iops" | "StorageThroughput" | "MaxAllocatedStorage"
>;

/**
 * The storage settings of a call. Size and IOPS are sent together where IOPS are provisioned ("you must specify both the storage size and
 * iops"). gp3 storage under 400 GiB has fixed IOPS, so none are sent for it. Large storage refuses the values of small storage: when
 * storage grows past the threshold, the call sends the minimums of large storage (RDS User Guide, "General Purpose SSD storage").
 */
export function storage(live: Partial<DbInstance>, request: Partial<DbInstance>, changes: Changes<DbInstance>): Partial<StorageInput> {
  const { storageType, allocatedStorage, iops, storageThroughput, maxAllocatedStorage } = changes;
  const size = allocatedStorage?.after ?? live.allocatedStorage ?? 0;
  const limit = maxAllocatedStorage ? { MaxAllocatedStorage: maxAllocatedStorage.after || size } : {};
  if (!storageType && !allocatedStorage && !iops && !storageThroughput) return limit;
  const type = storageType?.after ?? live.storageType ?? "gp3";
  // With another storage type, the old IOPS and throughput do not carry over.
  const have: Partial<DbInstance> = storageType ? {} : live;
  const isLarge = isLargeGp3(type, size);
  const wasLarge = isLargeGp3(have.storageType, allocatedStorage?.before ?? size);
  return {
    ...limit,
    StorageType: storageType?.after,
    AllocatedStorage: isIo(type) || isLarge ? size : allocatedStorage?.after,
    Iops: isLarge
      ? (iops?.after ?? request.iops ?? Math.max(have.iops ?? 0, largeGp3.iops))
      : isIo(type)
        ? (iops?.after ?? request.iops ?? have.iops)
        : storageType && isIo(storageType.before) && !type.startsWith("gp3")
          ? 0
          : undefined,
    StorageThroughput:
      storageThroughput?.after ??
      (isLarge && !wasLarge ? (request.storageThroughput ?? Math.max(have.storageThroughput ?? 0, largeGp3.throughput)) : undefined),
  };
}

function isIo(type: string | undefined): boolean {
  return type === "io1" || type === "io2";
}
