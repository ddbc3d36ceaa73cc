import type { ModifyDBInstanceCommandInput } from "@aws-sdk/client-rds";
import type { Changes } from "../kind.ts";
import { isLargeGp3, largeGp3, type DbInstance } from "./schema.ts";

type StorageInput = Pick<
  ModifyDBInstanceCommandInput,
  "StorageType" | "AllocatedStorage" | "Iops" | "StorageThroughput" | "MaxAllocatedStorage"
>;

/**
 * Size and I/O travel together where I/O is provisioned ("you must specify both the storage size and iops"), and not at
 * all on gp3 disks under 400 GiB, which have what they have. What a small disk has is refused on a large one: a disk that
 * grows past the threshold is told the least that a large one takes (RDS User Guide, "General Purpose SSD storage").
 */
export function storage(live: Partial<DbInstance>, request: Partial<DbInstance>, changes: Changes<DbInstance>): Partial<StorageInput> {
  const { storageType, allocatedStorage, iops, storageThroughput, maxAllocatedStorage } = changes;
  const size = allocatedStorage?.after ?? live.allocatedStorage ?? 0;
  const limit = maxAllocatedStorage ? { MaxAllocatedStorage: maxAllocatedStorage.after || size } : {};
  if (!storageType && !allocatedStorage && !iops && !storageThroughput) return limit;
  const type = storageType?.after ?? live.storageType ?? "gp3";
  // Of another type than before, it keeps nothing of what it has.
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
