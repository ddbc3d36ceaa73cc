import type { Problem, Subject, ResourceIndex } from "../kind.ts";
import { whyNotType } from "../shared/instance-types.ts";
import { checkStorage } from "./check-storage.ts";
import { checkWindows } from "./windows.ts";
import { defaults, isReplica, type DbInstance, type Engine } from "./schema.ts";
import { isMajor, isOlder } from "./replication.ts";
import { majorOf } from "./versions.ts";

type Self = Subject<DbInstance>;

/** What the schema cannot say about a database: what a replica inherits, what excludes what, what AWS refuses minutes later. */
export function check(self: Self, index: ResourceIndex): readonly Problem[] {
  const source = isReplica(self.spec) ? index.get(self.spec.replicaOf!) : undefined;
  const engine = self.spec.engine ?? (source?.spec as DbInstance | undefined)?.engine;
  return [
    ...(isReplica(self.spec) ? checkReplica(self, source) : checkPrimary(self)),
    ...checkUser(self.spec, engine),
    ...checkLogs(self.spec, engine),
    ...checkFamily(self.spec, engine, index),
    ...checkNetwork(self.spec, index),
    ...checkPublic(self.spec, index),
    ...checkStorage(self.spec, source?.spec as DbInstance | undefined),
    ...checkWindows(self.spec),
    ...checkRest(self.spec, engine),
  ];
}

function checkPrimary({ spec }: Self): Problem[] {
  const needed = ["engine", "instanceClass", "allocatedStorage", "subnetGroup", "masterUsername"] as const;
  return needed
    .filter((field) => spec[field] === undefined)
    .map((field) => ({
      code: "missing-field",
      summary: `${field} is missing`,
      hint: "only a replica (`replicaOf:`) takes it from its source",
    }));
}

function checkReplica({ spec }: Self, source: Subject | undefined): Problem[] {
  const problems: Problem[] = [];
  const inherited = ["masterUsername", "masterPassword", "dbName", "storageEncrypted"] as const;
  for (const field of inherited)
    if (spec[field] !== undefined)
      problems.push({ code: "db-inherited", summary: `a replica has the ${field} of its source`, path: field, hint: `remove ${field}` });
  if (spec.finalSnapshot === true)
    problems.push({
      code: "db-inherited",
      summary: "AWS takes no final snapshot of a replica",
      path: "finalSnapshot",
      hint: "remove finalSnapshot, or write false",
    });
  if (!source) return problems;
  const origin = source.spec as DbInstance;
  for (const field of ["engine", "subnetGroup"] as const)
    if (spec[field] !== undefined && spec[field] !== origin[field])
      problems.push({
        code: "db-inherited",
        summary: `a replica has the ${field} of its source, and ${source.address} has another`,
        path: field,
      });
  problems.push(...checkReplicaVersion(spec, source.address, origin));
  if ((origin.masterPassword ?? defaults.masterPassword) === "managed")
    problems.push({
      code: "db-replica-password",
      summary: `${source.address} has a managed password, and AWS makes no replicas of such databases`,
      path: "replicaOf",
      hint: `write masterPassword: { ssmParameter: NAME } in ${source.address}`,
    });
  if (origin.backupRetention === 0)
    problems.push({
      code: "db-replica-backups",
      summary: `${source.address} keeps no backups, and a replica begins as a restored backup`,
      path: "replicaOf",
      hint: "give its source a backupRetention of a day or more",
    });
  if (spec.securityGroups === undefined)
    problems.push({
      code: "db-replica-groups",
      severity: "warning",
      summary: "without securityGroups, a replica gets the VPC's default group, not those of its source",
      hint: "write securityGroups",
    });
  return problems;
}

/** No replica is older than its source, and those of PostgreSQL have its major version. */
function checkReplicaVersion({ engineVersion: own }: DbInstance, address: string, { engine, engineVersion: its }: DbInstance): Problem[] {
  if (own === undefined || its === undefined) return [];
  const problem = (summary: string): Problem[] => [
    { code: "db-replica-version", summary, path: "engineVersion", hint: `write engineVersion: "${its}", as ${address} has it` },
  ];
  if (engine === "postgres" && isMajor(engine, own, its))
    return problem(`a PostgreSQL replica has the major version of its source, and ${address} is ${its}`);
  return isOlder(own, its) ? problem(`a replica cannot be older than its source, and ${address} is ${its}`) : [];
}

/** Names that the engines keep for themselves, and their length, which differs. */
function checkUser({ masterUsername }: DbInstance, engine: Engine | undefined): Problem[] {
  if (masterUsername === undefined || engine === undefined) return [];
  const most = engine === "postgres" ? 63 : 16;
  if (masterUsername.length > most)
    return [
      {
        code: "db-user",
        summary: `masterUsername has ${masterUsername.length} characters, and ${engine} takes ${most}`,
        path: "masterUsername",
      },
    ];
  const reserved =
    engine === "postgres"
      ? /^(admin|rdsadmin|rdsrepladmin|rdstopmgr|rds_.*|pg_.*|public|none|user)$/i
      : /^(rdsadmin|rdsrepladmin|root|mysql|mariadb|public|none)$/i;
  if (!reserved.test(masterUsername)) return [];
  return [
    {
      code: "db-user",
      summary: `${masterUsername} is a reserved word of ${engine}`,
      path: "masterUsername",
      hint: "take another name, such as dbadmin",
    },
  ];
}

const logsOf: Readonly<Record<Engine, readonly string[]>> = {
  mysql: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  mariadb: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  postgres: ["postgresql", "upgrade", "iam-db-auth-error"],
};

function checkLogs({ logExports }: DbInstance, engine: Engine | undefined): Problem[] {
  if (engine === undefined) return [];
  return (logExports ?? []).flatMap((log, i) =>
    logsOf[engine].includes(log)
      ? []
      : [
          {
            code: "bad-value",
            summary: `${engine} has no log ${log}`,
            path: `logExports[${i}]`,
            hint: `one of ${logsOf[engine].join(", ")}`,
          },
        ],
  );
}

/** A parameter group is of one engine and major version; a major upgrade brings a group of the new family in the same change. */
function checkFamily({ parameterGroup, engineVersion }: DbInstance, engine: Engine | undefined, index: ResourceIndex): Problem[] {
  if (parameterGroup === undefined || engineVersion === undefined || engine === undefined) return [];
  const family = parameterGroup.startsWith("default.")
    ? parameterGroup.slice("default.".length)
    : (index.get(parameterGroup)?.spec as { family?: string } | undefined)?.family;
  const version = majorOf(engine, engineVersion);
  // `8` alone is not enough to tell the family.
  if (family === undefined || (engine !== "postgres" && !version.includes("."))) return [];
  if (family === `${engine}${version}`) return [];
  return [
    {
      code: "db-family",
      summary: `the parameter group is for ${family}, and the database is ${engine} ${engineVersion}`,
      path: "parameterGroup",
      hint: `use a group of the family ${engine}${version}`,
    },
  ];
}

/** Security groups and subnets of one VPC, as far as they are declared here. */
function checkNetwork(spec: DbInstance, index: ResourceIndex): Problem[] {
  const vpcs = vpcsOf(spec, index);
  const [vpc] = vpcs;
  if (vpc === undefined || vpcs.size > 1) return [];
  return (spec.securityGroups ?? []).flatMap((group, i) => {
    const other = vpcOf(group, index);
    return other === undefined || other === vpc
      ? []
      : [{ code: "db-network", summary: `${group} is in ${other}, and the subnets are in ${vpc}`, path: `securityGroups[${i}]` }];
  });
}

/** A public database is found by its name: AWS refuses one in a VPC that gives no names (RDS User Guide, "Working with a DB instance in a VPC"). */
function checkPublic(spec: DbInstance, index: ResourceIndex): Problem[] {
  if (spec.publiclyAccessible !== true) return [];
  const [vpc] = vpcsOf(spec, index);
  const network = index.get(vpc ?? "")?.spec as { enableDnsHostnames?: boolean; enableDnsSupport?: boolean } | undefined;
  if (network === undefined || (network.enableDnsHostnames === true && network.enableDnsSupport !== false)) return [];
  return [
    {
      code: "db-public-dns",
      summary: `a public database needs DNS host names and DNS resolution in its VPC, and ${vpc} lacks them`,
      path: "publiclyAccessible",
      hint: `write enableDnsHostnames: true in ${vpc}${network.enableDnsSupport === false ? ", and remove its enableDnsSupport: false" : ""}`,
    },
  ];
}

/** The declared VPCs in which it stands; a replica stands in its source's. */
export function vpcsOf(spec: DbInstance, index: ResourceIndex): ReadonlySet<string> {
  const source = isReplica(spec) ? (index.get(spec.replicaOf ?? "")?.spec as DbInstance | undefined) : undefined;
  const group = index.get(spec.subnetGroup ?? source?.subnetGroup ?? "")?.spec as { subnets?: readonly string[] } | undefined;
  return new Set((group?.subnets ?? []).map((subnet) => vpcOf(subnet, index)).filter((vpc) => vpc !== undefined));
}

function vpcOf(address: string, index: ResourceIndex): string | undefined {
  const vpc: unknown = (index.get(address)?.spec as { vpc?: unknown } | undefined)?.vpc;
  return typeof vpc === "string" ? vpc : undefined;
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
      summary: "multiAz and availabilityZone exclude each other: AWS places both halves",
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
