import type { Problem } from "../kind.ts";
import { defaults, isReplica, tenthMore, type DbInstance } from "./schema.ts";

/** Sizes that every engine of ours takes at least, by storage type. Upper bounds grow from year to year and are left to AWS. */
const least = { gp3: 20, gp2: 20, io1: 100, io2: 100, standard: 5 } as const;

/** What AWS refuses of sizes and I/O. */
export function checkStorage(spec: DbInstance): Problem[] {
  const type = spec.storageType ?? (isReplica(spec) ? undefined : defaults.storageType);
  return [...checkSize(spec, type), ...checkIo(spec, type), ...checkLimit(spec)];
}

function checkSize({ allocatedStorage: size }: DbInstance, type: keyof typeof least | undefined): Problem[] {
  if (size === undefined || type === undefined || size >= least[type]) return [];
  return [{ code: "db-storage", summary: `${type} storage has ${least[type]} GiB at least`, path: "allocatedStorage" }];
}

/** gp3 disks under 400 GiB have 3,000 operations and 125 MiB a second, and AWS refuses to be told so. */
function checkIo(spec: DbInstance, type: keyof typeof least | undefined): Problem[] {
  const problems: Problem[] = [];
  for (const field of ["iops", "storageThroughput"] as const) {
    if (spec[field] === undefined || type === undefined) continue;
    if (type === "gp3" && (spec.allocatedStorage ?? 0) < 400)
      problems.push({
        code: "db-storage",
        summary: `${field} cannot be chosen on gp3 storage under 400 GiB`,
        path: field,
        hint: `remove ${field}: it has 3,000 operations and 125 MiB a second`,
      });
    else if (type === "gp2" || type === "standard" || (field === "storageThroughput" && type !== "gp3"))
      problems.push({ code: "db-storage", summary: `${type} storage has no ${field}`, path: field, hint: `remove ${field}` });
  }
  if ((type === "io1" || type === "io2") && spec.iops === undefined)
    problems.push({ code: "missing-field", summary: `${type} storage needs iops`, path: "storageType" });
  return problems;
}

function checkLimit({ allocatedStorage: size, maxAllocatedStorage: most }: DbInstance): Problem[] {
  if (!most || size === undefined || most >= tenthMore(size)) return [];
  return [
    {
      code: "db-storage",
      summary: `maxAllocatedStorage is a tenth above allocatedStorage at least: ${tenthMore(size)} GiB (AWS advises a quarter)`,
      path: "maxAllocatedStorage",
    },
  ];
}
