import type { Aws } from "../../aws/aws.ts";
import type { Around, PlannedObject, PreflightFindings } from "../kind.ts";
import { ifAllowed } from "../shared/instances/preflight.ts";
import { preflightCopy } from "../shared/rds/preflight-copies.ts";
import { isVersionOf } from "../shared/rds/fields.ts";
import { preflightRdsQuota } from "../shared/rds/limits.ts";
import { namedCopy } from "./copies.ts";
import type { DbCluster } from "./schema.ts";
import { together } from "../../resource/findings.ts";

/**
 * Finds clusters that RDS would refuse: from a copy that is not as declared, beyond the account's limit, or with classes that the engine
 * does not have.
 */
export async function preflight(aws: Aws, planned: readonly PlannedObject<DbCluster>[], around: Around): Promise<PreflightFindings> {
  const copies = await Promise.all(planned.map((one) => preflightCopy(aws, one, namedCopy(aws, one.request, around), around)));
  if (!around.thorough) return together(copies);
  const all = await Promise.all([
    preflightRdsQuota(aws, planned, "DBClusters", true),
    ...planned.flatMap((one) =>
      [...new Map(classesOf(one.request).map(({ name, path }) => [name, path]))].map(([name, path]) =>
        preflightClass(aws, one, name, path),
      ),
    ),
  ]);
  return together([...copies, ...all]);
}

function classesOf({ instanceClass, instances = {} }: DbCluster): { name: string; path: string }[] {
  return [
    ...(instanceClass === undefined ? [] : [{ name: instanceClass, path: "instanceClass" }]),
    ...Object.entries(instances).map(([key, member]) => ({ name: member.instanceClass, path: `instances.${key}.instanceClass` })),
  ];
}

async function preflightClass(
  aws: Aws,
  { address, request: { engine, engineVersion } }: PlannedObject<DbCluster>,
  name: string,
  path: string,
): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  const rds = await import("../../aws/sdk/rds.ts");
  // RDS does not accept the beginning of a version, so all versions are read, and those that begin with it count.
  const versions: string[] = [];
  const input = { Engine: engine, DBInstanceClass: name, Vpc: true, MaxRecords: 100 };
  const read = async () => {
    for await (const page of aws.rds.pages(rds.DescribeOrderableDBInstanceOptionsCommand, input))
      for (const { EngineVersion, SupportsClusters } of page.OrderableDBInstanceOptions ?? [])
        if (engine.startsWith("aurora") || SupportsClusters !== false) versions.push(EngineVersion!);
    return true;
  };
  if (!(await ifAllowed(read(), "which database classes RDS offers", unchecked))) return { problems: [], unchecked };
  if (versions.some(isVersionOf(engineVersion))) return { problems: [], unchecked };
  const text =
    versions.length === 0
      ? `RDS does not offer the class ${name} for clusters of ${engine} in ${aws.region}`
      : `RDS does not offer ${engine} ${engineVersion} on ${name} in ${aws.region}; it offers ${[...new Set(versions)].sort().join(", ")}`;
  return { problems: [{ address, path: versions.length === 0 ? path : "engineVersion", text }], unchecked };
}
