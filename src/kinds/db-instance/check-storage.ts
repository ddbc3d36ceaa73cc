import type { Problem } from "../kind.ts";
import { defaults, largeGp3, isLargeGp3, tenthMore, type DbInstance } from "./schema.ts";

/** The minimum size for each storage type, which all our engines take. Maximums grow from year to year and are left to AWS. */
const least = { gp3: 20, gp2: 20, io1: 100, io2: 100, standard: 5 } as const;
type StorageType = keyof typeof least;

/** Finds sizes and IOPS that AWS refuses. `source`: the source of a replica, whose size counts where the replica writes none. */
export function checkStorage(spec: DbInstance, source?: Partial<DbInstance>): Problem[] {
  const type = spec.storageType ?? defaults.storageType;
  return [...checkSize(spec, type), ...checkIo(spec, type, spec.allocatedStorage ?? source?.allocatedStorage), ...checkLimit(spec)];
}

/** AWS documents a minimum of 20 GiB for gp2 and gp3, but older databases with less exist. There it is only a warning. */
function checkSize({ allocatedStorage: size }: DbInstance, type: StorageType): Problem[] {
  if (size === undefined || size >= least[type]) return [];
  const isGp = type === "gp2" || type === "gp3";
  return [
    {
      code: "db-storage",
      ...(isGp ? { severity: "warning" as const } : {}),
      summary: isGp
        ? `AWS documents ${least[type]} GiB as the minimum of ${type} storage, and may refuse ${size} GiB for a new database`
        : `the minimum of ${type} storage is ${least[type]} GiB`,
      path: "allocatedStorage",
    },
  ];
}

/** Checks IOPS and throughput against the storage type. `size`: undefined where the YAML does not say it. */
function checkIo(spec: DbInstance, type: StorageType, size: number | undefined): Problem[] {
  const problems = (["iops", "storageThroughput"] as const).flatMap((field) => {
    const value = spec[field];
    if (value === undefined) return [];
    if (type === "gp3") return size === undefined ? [] : checkGp3(field, value, size);
    if (type === "gp2" || type === "standard" || field === "storageThroughput") return [none(field, type)];
    return [];
  });
  if ((type === "io1" || type === "io2") && spec.iops === undefined)
    problems.push({ code: "missing-field", summary: `${type} storage needs iops`, path: "storageType" });
  return problems;
}

function none(path: string, type: StorageType): Problem {
  return { code: "db-storage", summary: `${type} storage has no ${path}`, path, hint: `remove ${path}` };
}

/**
 * gp3 storage under 400 GiB has fixed 3,000 IOPS and 125 MiB a second, and AWS refuses any value for them. Larger storage has higher
 * minimums.
 */
function checkGp3(field: "iops" | "storageThroughput", value: number, size: number): Problem[] {
  if (!isLargeGp3("gp3", size))
    return [
      {
        code: "db-storage",
        summary: `${field} cannot be chosen on gp3 storage under ${largeGp3.from} GiB`,
        path: field,
        hint: `remove ${field}: this storage always has 3,000 IOPS and 125 MiB per second`,
      },
    ];
  const lowest = field === "iops" ? largeGp3.iops : largeGp3.throughput;
  if (value >= lowest) return [];
  return [
    {
      code: "db-storage",
      summary: `the minimum of ${field} is ${lowest} on gp3 storage of ${largeGp3.from} GiB or more, and the file says ${value}`,
      path: field,
      hint: `write ${lowest} or more, or remove ${field} to get ${lowest}`,
    },
  ];
}

function checkLimit({ allocatedStorage: size, maxAllocatedStorage: most }: DbInstance): Problem[] {
  if (!most || size === undefined || most >= tenthMore(size)) return [];
  return [
    {
      code: "db-storage",
      summary: `maxAllocatedStorage must be at least ${tenthMore(size)} GiB, a tenth more than allocatedStorage (AWS advises a quarter more)`,
      path: "maxAllocatedStorage",
    },
  ];
}
