import type { Problem, Subject, ResourceIndex } from "../kind.ts";
import { whyNotType } from "../shared/instances/types.ts";
import { checkStorage } from "./check-storage.ts";
import { checkFamily, checkLogs, checkNetwork, checkPublic, checkUser, vpcsOfGroup } from "../shared/rds/checks.ts";
import { checkInsights } from "../shared/rds/insights.ts";
import { isMajor, isOlder, majorOf } from "../shared/rds/versions.ts";
import { checkWindows } from "../shared/rds/windows.ts";
import { defaults, isReplica, isRestored, type DbInstance, type Engine } from "./schema.ts";

type Self = Subject<DbInstance>;

/**
 * Checks of a database that the schema cannot express: inherited fields of a replica, fields that exclude each other, and requests that AWS
 * refuses only minutes later.
 */
export function check(self: Self, index: ResourceIndex): readonly Problem[] {
  const source = isReplica(self.spec) ? index.get(self.spec.replicaOf!) : undefined;
  const engine = self.spec.engine ?? (source?.spec as DbInstance | undefined)?.engine;
  return [
    ...(isReplica(self.spec) ? checkReplica(self, source) : checkPrimary(self)),
    ...checkUser(self.spec.masterUsername, engine),
    ...checkLogs(self.spec.logExports, engine),
    ...checkFamily("database", self.spec, engine, index),
    ...checkNetwork(self.spec.securityGroups, subnetGroupOf(self.spec, index), index),
    ...(self.spec.publiclyAccessible === true ? checkPublic("publiclyAccessible", subnetGroupOf(self.spec, index), index) : []),
    ...checkStorage(self.spec, source?.spec as DbInstance | undefined),
    ...checkWindows(self.spec),
    ...checkInsights(self.spec),
    ...checkOptions(self.spec, engine, index),
    ...(self.spec.blueGreenUpdate === true ? checkBlueGreen(self, index) : []),
    ...checkCreation(self.spec),
    ...checkRest(self.spec, engine),
  ];
}

function checkPrimary({ spec }: Self): Problem[] {
  const needed = ["engine", "instanceClass", "allocatedStorage", "subnetGroup", "masterUsername"] as const;
  const ofCopy: readonly string[] = isRestored(spec) ? ["allocatedStorage", "masterUsername"] : [];
  return needed
    .filter((field) => !ofCopy.includes(field))
    .filter((field) => spec[field] === undefined)
    .map((field) => ({
      code: "missing-field",
      summary: `${field} is missing`,
      hint: "only a replica (`replicaOf`) gets it from its source",
    }));
}

function checkReplica({ spec }: Self, source: Subject | undefined): Problem[] {
  const problems: Problem[] = [];
  const inherited = ["masterUsername", "masterPassword", "dbName", "storageEncrypted"] as const;
  for (const field of inherited)
    if (spec[field] !== undefined)
      problems.push({
        code: "db-inherited",
        summary: `a replica always has the ${field} of its source`,
        path: field,
        hint: `remove ${field}`,
      });
  if (spec.finalSnapshot === true)
    problems.push({
      code: "db-inherited",
      summary: "AWS does not take a final snapshot of a replica",
      path: "finalSnapshot",
      hint: "remove finalSnapshot, or write false",
    });
  if (!source) return problems;
  const origin = source.spec as DbInstance;
  for (const field of ["engine", "subnetGroup"] as const)
    if (spec[field] !== undefined && spec[field] !== origin[field])
      problems.push({
        code: "db-inherited",
        summary: `a replica always has the ${field} of its source, and ${source.address} has another`,
        path: field,
      });
  problems.push(...checkReplicaVersion(spec, source.address, origin));
  if ((origin.masterPassword ?? defaults.masterPassword) === "managed")
    problems.push({
      code: "db-replica-password",
      summary: `${source.address} has a managed password, and AWS does not create replicas of such databases`,
      path: "replicaOf",
      hint: `write masterPassword: { ssmParameter: NAME } in ${source.address}`,
    });
  if (origin.backupRetention === 0)
    problems.push({
      code: "db-replica-backups",
      summary: `${source.address} has no automated backups, and AWS creates a replica from a backup`,
      path: "replicaOf",
      hint: "give the source a backupRetention of one day or more",
    });
  if (spec.securityGroups === undefined)
    problems.push({
      code: "db-replica-groups",
      severity: "warning",
      summary: "without securityGroups, a replica gets the default security group of the VPC, not the groups of its source",
      hint: "write securityGroups",
    });
  return problems;
}

/** A replica must not be older than its source. A replica of PostgreSQL has the major version of its source. */
function checkReplicaVersion({ engineVersion: own }: DbInstance, address: string, { engine, engineVersion: its }: DbInstance): Problem[] {
  if (own === undefined || its === undefined) return [];
  const problem = (summary: string): Problem[] => [
    { code: "db-replica-version", summary, path: "engineVersion", hint: `write engineVersion: "${its}", the version of ${address}` },
  ];
  if (engine === "postgres" && isMajor(engine, own, its))
    return problem(`a PostgreSQL replica must have the major version of its source, and ${address} has ${its}`);
  return isOlder(own, its) ? problem(`a replica cannot have an older version than its source, and ${address} has ${its}`) : [];
}

/** The declared VPCs in which it lies. A replica lies in those of its source. */
export function vpcsOf(spec: DbInstance, index: ResourceIndex): ReadonlySet<string> {
  return vpcsOfGroup(subnetGroupOf(spec, index), index);
}

function subnetGroupOf(spec: DbInstance, index: ResourceIndex): string | undefined {
  const source = isReplica(spec) ? (index.get(spec.replicaOf ?? "")?.spec as DbInstance | undefined) : undefined;
  return spec.subnetGroup ?? source?.subnetGroup;
}

/** An option group is for one major version. A major upgrade needs another group in the same change. */
function checkOptions({ optionGroup, engineVersion }: DbInstance, engine: Engine | undefined, index: ResourceIndex): Problem[] {
  if (optionGroup === undefined || engine === undefined) return [];
  const own = index.get(optionGroup)?.spec as { engine?: string; majorEngineVersion?: string } | undefined;
  const awsOwn = /^default:([a-z]+)-(.+)$/.exec(optionGroup)?.slice(1).join(" ").replaceAll("-", ".");
  const group = own ? `${own.engine} ${own.majorEngineVersion}` : awsOwn;
  const major = engineVersion === undefined ? undefined : majorOf(engine, engineVersion);
  // For these engines, `8` alone does not tell the major version.
  const isKnown = major !== undefined && (engine === "postgres" || major.includes("."));
  if (group === undefined || (group.startsWith(`${engine} `) && (!isKnown || group === `${engine} ${major}`))) return [];
  return [
    {
      code: "db-family",
      path: "optionGroup",
      summary: `the option group is for ${group}, and the database is ${engine} ${engineVersion ?? ""}`.trimEnd(),
      hint: `use an option group for ${engine} ${isKnown ? major : "of the same major version"}`,
    },
  ];
}

/** Finds databases for which RDS makes no blue/green deployment, as far as the file shows. */
function checkBlueGreen({ address, spec }: Self, index: ResourceIndex): Problem[] {
  const problem = (summary: string, hint: string): Problem => ({ code: "db-blue-green", path: "blueGreenUpdate", summary, hint });
  if (isReplica(spec)) return [problem("AWS does not make a blue/green deployment of a read replica", "remove blueGreenUpdate")];
  const replicas = index.of("dbInstance").filter((one) => (one.spec as DbInstance).replicaOf === address);
  const proxies = index.of("dbProxy").filter((one) => (one.spec as { readonly dbInstance?: unknown }).dbInstance === address);
  return [
    ...((spec.masterPassword ?? defaults.masterPassword) === "managed"
      ? [
          problem(
            "AWS does not make a blue/green deployment of a database with a managed password",
            "write masterPassword: { ssmParameter: NAME }",
          ),
        ]
      : []),
    ...(spec.backupRetention === 0
      ? [problem("AWS does not make a blue/green deployment of a database without backups", "write a backupRetention of one day or more")]
      : []),
    // After a restore, a deployment would change the new database and delete the restored instance before any plan showed it.
    ...(isRestored(spec)
      ? [
          problem(
            "blueGreenUpdate cannot be used while snapshot or restoreToPointInTime is written",
            "remove blueGreenUpdate; when the database exists, remove the source and add blueGreenUpdate",
          ),
        ]
      : []),
    ...replicas.map((one) =>
      problem(
        `${one.address} is a replica of this database, and a blue/green deployment would copy the replica too`,
        "remove blueGreenUpdate",
      ),
    ),
    ...proxies.map((one) =>
      problem(
        `${one.address} is a proxy of this database, and AWS does not make a blue/green deployment behind a proxy`,
        "remove blueGreenUpdate",
      ),
    ),
  ];
}

/** A database is created in only one of these ways. */
function checkCreation(spec: DbInstance): Problem[] {
  const ways = (["snapshot", "restoreToPointInTime", "replicaOf"] as const).filter((field) =>
    field === "replicaOf" ? isReplica(spec) : spec[field] !== undefined,
  );
  return ways.slice(1).map((path) => ({
    code: "conflict",
    path,
    summary: `a database is created from only one source: ${ways.join(" and ")} exclude each other`,
    hint: "remove one of them",
  }));
}

function checkRest(spec: DbInstance, engine: Engine | undefined): Problem[] {
  const problems: Problem[] = [];
  const wrong = spec.instanceClass === undefined ? undefined : whyNotType(spec.instanceClass, "db.");
  if (wrong)
    problems.push({
      code: "bad-instance-type",
      path: "instanceClass",
      summary: `RDS has no class "${spec.instanceClass}": ${wrong.why}.`,
      hint: wrong.hint,
    });
  if (spec.multiAz === true && spec.availabilityZone !== undefined)
    problems.push({
      code: "conflict",
      summary: "multiAz and availabilityZone exclude each other: AWS chooses both zones",
      path: "availabilityZone",
    });
  if ((spec.monitoringInterval ?? 0) > 0 && spec.monitoringRole === undefined)
    problems.push({ code: "missing-field", summary: "monitoringInterval needs monitoringRole", path: "monitoringInterval" });
  if (engine === "mariadb" && spec.engineLifecycleSupport !== undefined)
    problems.push({
      code: "conflict",
      summary: "there is no Extended Support for MariaDB",
      path: "engineLifecycleSupport",
      hint: "remove engineLifecycleSupport",
    });
  return problems;
}
