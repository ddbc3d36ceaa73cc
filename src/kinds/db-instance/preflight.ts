import type { Aws } from "../../aws/aws.ts";
import { ifAllowed } from "../shared/instances/preflight.ts";
import type { Around, PlannedObject, PreflightFindings } from "../kind.ts";
import { preflightCopy } from "../shared/rds/preflight-copies.ts";
import { isVersionOf } from "../shared/rds/fields.ts";
import { preflightRdsQuota } from "../shared/rds/limits.ts";
import { namedCopy } from "./copies.ts";
import type { DbInstance } from "./schema.ts";
import { together } from "../../resource/findings.ts";

/**
 * Finds databases that RDS would refuse: from a copy that is not as declared, beyond the account's limit, or of a class that the engine
 * does not have.
 */
export async function preflight(aws: Aws, planned: readonly PlannedObject<DbInstance>[], around: Around): Promise<PreflightFindings> {
  const hidden = { problems: planned.flatMap((one) => preflightPublic(one, around)), unchecked: [] };
  const copies = await Promise.all(planned.map((one) => preflightCopy(aws, one, namedCopy(aws, one.request, around), around)));
  if (!around.thorough) return together([hidden, ...copies]);
  const all = await Promise.all([preflightRdsQuota(aws, planned, "DBInstances", true), ...planned.map((one) => preflightClass(aws, one))]);
  return together([hidden, ...copies, ...all]);
}

/**
 * Finds a public database whose VPC gives no DNS names, where the check of the YAML alone cannot tell because the VPC or its subnets are
 * not declared.
 */
export function preflightPublic({ address, request }: PlannedObject<DbInstance>, around: Around): PreflightFindings["problems"] {
  if (request.publiclyAccessible !== true) return [];
  const member = (ref: unknown, field: string): unknown => (typeof ref === "string" ? around.spec(ref)?.[field] : undefined);
  const [subnet] = (member(request.subnetGroup ?? member(request.replicaOf, "subnetGroup"), "subnets") ?? []) as readonly string[];
  const vpc = member(subnet, "vpc");
  if (member(vpc, "enableDnsHostnames") !== false) return [];
  return [
    {
      address,
      path: "publiclyAccessible",
      text: `AWS does not create a public database in ${String(vpc)}, because the VPC has no DNS host names`,
    },
  ];
}

async function preflightClass(aws: Aws, { address, request }: PlannedObject<DbInstance>): Promise<PreflightFindings> {
  const { engine, engineVersion, instanceClass } = request;
  const unchecked: string[] = [];
  if (engine === undefined || instanceClass === undefined) return { problems: [], unchecked }; // a replica has its source's
  const rds = await import("../../aws/sdk/rds.ts");
  // RDS does not accept the beginning of a version, so all versions are read, and those that begin with it count.
  const versions: string[] = [];
  const input = { Engine: engine, DBInstanceClass: instanceClass, Vpc: true, MaxRecords: 100 };
  const read = async () => {
    for await (const page of aws.rds.pages(rds.DescribeOrderableDBInstanceOptionsCommand, input))
      versions.push(...(page.OrderableDBInstanceOptions ?? []).map((option) => option.EngineVersion!));
    return true;
  };
  if (!(await ifAllowed(read(), "which database classes RDS offers", unchecked))) return { problems: [], unchecked };
  const fits = isVersionOf(engineVersion);
  if (versions.some(fits)) return { problems: [], unchecked };
  const text =
    versions.length === 0
      ? `RDS does not offer the class ${instanceClass} for ${engine} in ${aws.region}`
      : `RDS does not offer ${engine} ${engineVersion} on ${instanceClass} in ${aws.region}; it offers ${[...new Set(versions)].sort().join(", ")}`;
  return { problems: [{ address, path: versions.length === 0 ? "instanceClass" : "engineVersion", text }], unchecked };
}
