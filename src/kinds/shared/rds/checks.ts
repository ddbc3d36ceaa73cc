/** Checks of values that RDS's engines refuse, in an instance or in a cluster. */
import type { Problem, ResourceIndex } from "../../kind.ts";
import { isPostgres, type Engine } from "./engines.ts";
import { majorOf } from "./versions.ts";

/** Checks a user name against the names that the engines reserve and against their different lengths. */
export function checkUser(masterUsername: string | undefined, engine: Engine | undefined): Problem[] {
  if (masterUsername === undefined || engine === undefined) return [];
  const most = isPostgres(engine) ? 63 : 16;
  if (masterUsername.length > most)
    return [
      {
        code: "db-user",
        summary: `masterUsername has ${masterUsername.length} characters, but ${engine} allows ${most}`,
        path: "masterUsername",
      },
    ];
  const reserved = isPostgres(engine)
    ? /^(admin|rdsadmin|rdsrepladmin|rdstopmgr|rds_.*|pg_.*|public|none|user)$/i
    : /^(rdsadmin|rdsrepladmin|root|mysql|mariadb|public|none)$/i;
  if (!reserved.test(masterUsername)) return [];
  return [
    {
      code: "db-user",
      summary: `${masterUsername} is a reserved word of ${engine}`,
      path: "masterUsername",
      hint: "choose another name, such as dbadmin",
    },
  ];
}

const logsOf: Readonly<Record<Engine, readonly string[]>> = {
  mysql: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  mariadb: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  postgres: ["postgresql", "upgrade", "iam-db-auth-error"],
  // RDS API, CreateDBCluster, EnableCloudwatchLogsExports.
  "aurora-mysql": ["audit", "error", "general", "instance", "slowquery", "iam-db-auth-error"],
  "aurora-postgresql": ["instance", "postgresql", "iam-db-auth-error"],
};

export function checkLogs(logExports: readonly string[] | undefined, engine: Engine | undefined): Problem[] {
  if (engine === undefined) return [];
  return (logExports ?? []).flatMap((log, i) =>
    logsOf[engine].includes(log)
      ? []
      : [
          {
            code: "bad-value",
            summary: `${engine} has no log ${log}`,
            path: `logExports[${i}]`,
            hint: `write one of ${logsOf[engine].join(", ")}`,
          },
        ],
  );
}

/**
 * Checks that a parameter group fits the engine and its major version. A major upgrade must bring a group of the new family in the same
 * change. `what` is "database" or "cluster".
 */
export function checkFamily(
  what: string,
  { parameterGroup, engineVersion }: { readonly parameterGroup?: string | undefined; readonly engineVersion?: string | undefined },
  engine: Engine | undefined,
  index: ResourceIndex,
  path = "parameterGroup",
): Problem[] {
  if (parameterGroup === undefined || engineVersion === undefined || engine === undefined) return [];
  const family = parameterGroup.startsWith("default.")
    ? parameterGroup.slice("default.".length)
    : (index.get(parameterGroup)?.spec as { family?: string } | undefined)?.family;
  const version = majorOf(engine, engineVersion);
  // `8` alone is not enough to tell the family.
  if (family === undefined || (!isPostgres(engine) && !version.includes("."))) return [];
  if (family === `${engine}${version}`) return [];
  return [
    {
      code: "db-family",
      summary: `the parameter group is for ${family}, but the ${what} is ${engine} ${engineVersion}`,
      path,
      hint: `use a parameter group of the family ${engine}${version}`,
    },
  ];
}

/** Checks that the security groups and subnets are in one VPC, as far as they are declared here. */
export function checkNetwork(
  securityGroups: readonly string[] | undefined,
  subnetGroup: string | undefined,
  index: ResourceIndex,
): Problem[] {
  const vpcs = vpcsOfGroup(subnetGroup, index);
  const [vpc] = vpcs;
  if (vpc === undefined || vpcs.size > 1) return [];
  return (securityGroups ?? []).flatMap((group, i) => {
    const other = vpcOf(group, index);
    return other === undefined || other === vpc
      ? []
      : [{ code: "db-network", summary: `${group} is in ${other}, but the subnets are in ${vpc}`, path: `securityGroups[${i}]` }];
  });
}

/**
 * Checks the VPC of a public database, which is found by its name. AWS refuses one in a VPC without DNS names (RDS User Guide, "Working
 * with a DB instance in a VPC").
 */
export function checkPublic(path: string, subnetGroup: string | undefined, index: ResourceIndex): Problem[] {
  const [vpc] = vpcsOfGroup(subnetGroup, index);
  const network = index.get(vpc ?? "")?.spec as { enableDnsHostnames?: boolean; enableDnsSupport?: boolean } | undefined;
  if (network === undefined || (network.enableDnsHostnames === true && network.enableDnsSupport !== false)) return [];
  return [
    {
      code: "db-public-dns",
      path,
      summary: `a public database needs DNS hostnames and DNS resolution in its VPC, but ${vpc} does not have both`,
      hint: `write enableDnsHostnames: true in ${vpc}${network.enableDnsSupport === false ? ", and remove its enableDnsSupport: false" : ""}`,
    },
  ];
}

/** Returns the declared VPCs of a subnet group's subnets. */
export function vpcsOfGroup(subnetGroup: string | undefined, index: ResourceIndex): ReadonlySet<string> {
  const group = index.get(subnetGroup ?? "")?.spec as { subnets?: readonly string[] } | undefined;
  return new Set((group?.subnets ?? []).map((subnet) => vpcOf(subnet, index)).filter((vpc) => vpc !== undefined));
}

/** Returns the VPC of a declared security group or subnet. */
export function vpcOf(address: string, index: ResourceIndex): string | undefined {
  const vpc: unknown = (index.get(address)?.spec as { vpc?: unknown } | undefined)?.vpc;
  return typeof vpc === "string" ? vpc : undefined;
}
