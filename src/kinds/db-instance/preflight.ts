import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ifAllowed } from "../shared/preflight-machines.ts";
import type { Around, PlannedObject, PreflightFindings } from "../kind.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { isVersionOf } from "../shared/rds-fields.ts";
import { isNewer } from "../shared/rds-versions.ts";
import { preflightRdsQuota } from "../shared/rds-limits.ts";
import type { DbInstance } from "./schema.ts";

/** Databases that RDS would not make: beyond the account's limit, or of a class that there is not for the engine. */
export async function preflight(aws: Aws, planned: readonly PlannedObject<DbInstance>[], around: Around): Promise<PreflightFindings> {
  const { thorough } = around;
  const copies = await Promise.all(planned.map((one) => preflightSnapshot(aws, one)));
  const hidden = [...planned.flatMap((one) => foreseePublic(one, around)), ...copies.flatMap(({ problems }) => problems)];
  const unread = copies.flatMap(({ unchecked }) => unchecked);
  if (!thorough) return { problems: hidden, unchecked: [...new Set(unread)] };
  const [limit, ...classes] = await Promise.all([
    preflightRdsQuota(aws, planned, "DBInstances", thorough),
    ...planned.map((one) => preflightClass(aws, one)),
  ]);
  return {
    problems: [...hidden, ...limit.problems, ...classes.flatMap(({ problems }) => problems)],
    unchecked: [...new Set([...unread, ...limit.unchecked, ...classes.flatMap(({ unchecked }) => unchecked)])],
  };
}

/** A public database whose VPC gives no names, where the check of the YAML alone cannot tell: the VPC or its subnets are not declared. */
export function foreseePublic({ address, request }: PlannedObject<DbInstance>, around: Around): PreflightFindings["problems"] {
  if (request.publiclyAccessible !== true) return [];
  const member = (ref: unknown, field: string): unknown => (typeof ref === "string" ? around.spec(ref)?.[field] : undefined);
  const [subnet] = (member(request.subnetGroup ?? member(request.replicaOf, "subnetGroup"), "subnets") ?? []) as readonly string[];
  const vpc = member(subnet, "vpc");
  if (member(vpc, "enableDnsHostnames") !== false) return [];
  return [{ address, path: "publiclyAccessible", text: `${String(vpc)} has no DNS host names, and AWS makes no public database there` }];
}

async function preflightClass(aws: Aws, { address, request }: PlannedObject<DbInstance>): Promise<PreflightFindings> {
  const { engine, engineVersion, instanceClass } = request;
  const unchecked: string[] = [];
  if (engine === undefined || instanceClass === undefined) return { problems: [], unchecked }; // a replica has its source's
  const rds = await import("../../aws/sdk/rds.ts");
  // The beginning of a version is no version to RDS, so all are asked for, and those looked at that begin so.
  const versions: string[] = [];
  const input = { Engine: engine, DBInstanceClass: instanceClass, Vpc: true, MaxRecords: 100 };
  const read = async () => {
    for await (const page of aws.rds.pages(rds.DescribeOrderableDBInstanceOptionsCommand, input))
      versions.push(...(page.OrderableDBInstanceOptions ?? []).map((option) => option.EngineVersion!));
    return true;
  };
  if (!(await ifAllowed(read(), "which database classes there are", unchecked))) return { problems: [], unchecked };
  const fits = isVersionOf(engineVersion);
  if (versions.some(fits)) return { problems: [], unchecked };
  const text =
    versions.length === 0
      ? `RDS has no class ${instanceClass} for ${engine} in ${aws.region}`
      : `RDS has no ${engine} ${engineVersion} on ${instanceClass} in ${aws.region}; there are ${[...new Set(versions)].sort().join(", ")}`;
  return { problems: [{ address, path: versions.length === 0 ? "instanceClass" : "engineVersion", text }], unchecked };
}

/** What a copy has, the file cannot ask for otherwise: RDS would refuse it, or make another database than is declared. */
async function preflightSnapshot(aws: Aws, { address, request }: PlannedObject<DbInstance>): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  const { snapshot: name } = request;
  if (name === undefined) return { problems: [], unchecked };
  const rds = await import("../../aws/sdk/rds.ts");
  const read = unlessGone(aws.rds(new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name })));
  const answer = await ifAllowed(
    read.then((told) => told ?? { DBSnapshots: [] }),
    "which snapshots there are",
    unchecked,
  );
  if (answer === undefined) return { problems: [], unchecked };
  const [found] = answer.DBSnapshots ?? [];
  const problem = (path: keyof DbInstance, text: string) => ({ address, path, text });
  if (!found) return { problems: [problem("snapshot", `there is no snapshot ${name} in ${aws.region}`)], unchecked };
  const problems = [];
  if (found.Status !== "available")
    problems.push(problem("snapshot", `the snapshot ${name} is ${found.Status}, and cannot be restored yet`));
  if (request.engine !== undefined && request.engine !== found.Engine)
    problems.push(problem("engine", `the snapshot ${name} is of ${found.Engine} ${found.EngineVersion}`));
  else if (request.engineVersion !== undefined && isNewer(found.EngineVersion ?? "", request.engineVersion))
    problems.push(
      problem(
        "engineVersion",
        `the snapshot ${name} is of ${found.EngineVersion}, and AWS takes no database back to ${request.engineVersion}`,
      ),
    );
  if (request.allocatedStorage !== undefined && request.allocatedStorage < (found.AllocatedStorage ?? 0))
    problems.push(problem("allocatedStorage", `the snapshot ${name} has ${found.AllocatedStorage} GiB, and storage never shrinks`));
  if (request.masterUsername !== undefined && request.masterUsername !== found.MasterUsername)
    problems.push(problem("masterUsername", `the user of the snapshot ${name} is ${found.MasterUsername}`));
  if (request.storageEncrypted !== undefined && request.storageEncrypted !== found.Encrypted)
    problems.push(
      problem(
        "storageEncrypted",
        found.Encrypted === true
          ? `the snapshot ${name} is encrypted, and so is what is made of it`
          : `the snapshot ${name} is not encrypted: copy it with a key, and name the copy`,
      ),
    );
  else if (request.kmsKey !== undefined && found.KmsKeyId !== undefined && !isSameKey(request.kmsKey, found.KmsKeyId))
    problems.push(
      problem("kmsKey", `the snapshot ${name} is encrypted with ${found.KmsKeyId}: copy it with the other key, and name the copy`),
    );
  return { problems, unchecked };
}
