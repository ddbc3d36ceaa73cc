/** A small part of RDS's catalogue, with true values: versions, their families and upgrade paths, and the available classes. */
import { invalidCombination, invalidValue } from "./faults.ts";

export type EngineName = "mysql" | "mariadb" | "postgres" | "aurora-mysql" | "aurora-postgresql";

interface Engine {
  readonly port: number;
  readonly license: string;
  readonly description: string;
  /**
   * Minor versions by major version. The last of each list is the default minor version; the default major
   * version is the one without a given version.
   */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  readonly defaultMajor: string;
  readonly logs: readonly string[];
}

export const engines: Readonly<Record<EngineName, Engine>> = {
  mysql: {
    port: 3306,
    license: "general-public-license",
    description: "MySQL Community Edition",
    versions: { "8.0": ["8.0.39", "8.0.40", "8.0.42"], "8.4": ["8.4.3", "8.4.4", "8.4.6"] },
    defaultMajor: "8.4",
    logs: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  },
  mariadb: {
    port: 3306,
    license: "general-public-license",
    description: "MariaDB Community Edition",
    versions: { "10.6": ["10.6.20", "10.6.21"], "10.11": ["10.11.9", "10.11.10", "10.11.11"], "11.4": ["11.4.4", "11.4.5"] },
    defaultMajor: "11.4",
    logs: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  },
  postgres: {
    port: 5432,
    license: "postgresql-license",
    description: "PostgreSQL",
    versions: { "15": ["15.10", "15.12"], "16": ["16.4", "16.6", "16.8"], "17": ["17.2", "17.4", "17.5"] },
    defaultMajor: "17",
    logs: ["postgresql", "upgrade", "iam-db-auth-error"],
  },
  "aurora-mysql": {
    port: 3306,
    license: "general-public-license",
    description: "Aurora MySQL",
    versions: { "8.0": ["8.0.mysql_aurora.3.08.0", "8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.10.0"] },
    defaultMajor: "8.0",
    logs: ["audit", "error", "general", "instance", "slowquery", "iam-db-auth-error"],
  },
  "aurora-postgresql": {
    port: 5432,
    license: "postgresql-license",
    description: "Aurora PostgreSQL",
    versions: { "15": ["15.10", "15.12"], "16": ["16.4", "16.6", "16.8"], "17": ["17.4", "17.5"] },
    defaultMajor: "17",
    logs: ["instance", "postgresql", "iam-db-auth-error"],
  },
};

export function isAurora(engine: string): boolean {
  return engine === "aurora-mysql" || engine === "aurora-postgresql";
}

export function isPostgres(engine: string): boolean {
  return engine === "postgres" || engine === "aurora-postgresql";
}

export const authorities = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"] as const;

export function needEngine(name: string | undefined): EngineName {
  const engine = (name ?? "").toLowerCase();
  if (!Object.hasOwn(engines, engine))
    throw invalidValue(`Invalid DB engine: ${name} (the sandbox models ${Object.keys(engines).join(", ")})`);
  return engine as EngineName;
}

/** The full version for a full version, a major one, or none. A major version means its newest minor version here. */
export function resolveVersion(engine: EngineName, asked: string | undefined): string {
  const { versions, defaultMajor } = engines[engine];
  const minors = versions[asked ?? defaultMajor];
  if (minors) return minors.at(-1)!;
  if (Object.values(versions).some((list) => list.includes(asked!))) return asked!;
  throw invalidCombination(`Cannot find version ${asked} for ${engine}`);
}

export function majorOf(engine: EngineName, version: string): string {
  return Object.entries(engines[engine].versions).find(([, list]) => list.includes(version))![0];
}

export function familyOf(engine: EngineName, version: string): string {
  return `${engine}${majorOf(engine, version)}`;
}

export const families: readonly string[] = Object.entries(engines).flatMap(([name, { versions }]) =>
  Object.keys(versions).map((major) => `${name}${major}`),
);

/** Whether version `b` is newer than `a`. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split(/[^0-9]+/).map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++)
    if ((left[i] ?? 0) !== (right[i] ?? 0)) return (right[i] ?? 0) > (left[i] ?? 0);
  return false;
}

const burstable = ["micro", "small", "medium", "large", "xlarge", "2xlarge"];
const regular = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"];
const sizes: Readonly<Record<string, readonly string[]>> = {
  t3: burstable,
  t4g: burstable,
  m5: regular,
  m6g: regular,
  m6i: regular,
  m7g: regular,
  m7i: regular,
  r5: regular,
  r6g: regular,
  r6i: regular,
  r7g: regular,
  r7i: regular,
};
const classes: readonly string[] = Object.entries(sizes).flatMap(([family, list]) => list.map((size) => `db.${family}.${size}`));

/**
 * Classes with a local disk. Only they can form Multi-AZ clusters (RDS User Guide, "Instance class availability for Multi-AZ DB clusters").
 */
const clustered = ["c6gd", "m5d", "m6gd", "m6id", "r5d", "r6gd", "r6id"].flatMap((family) =>
  [...(family === "c6gd" ? ["medium"] : []), "large", "xlarge", "2xlarge"].map((size) => `db.${family}.${size}`),
);

/**
 * Classes for Aurora: none below "medium", and the serverless class (Aurora User Guide, "Supported DB engines for DB instance classes").
 */
const ofAurora = ["db.serverless", ...classes.filter((name) => /^db\.(t3|t4g)\.(medium|large)$|^db\.r/.test(name))];

export function classesOf(engine: EngineName): readonly string[] {
  if (isAurora(engine)) return ofAurora;
  return engine === "mariadb" ? classes : [...classes, ...clustered];
}

/** Whether a Multi-AZ cluster can use a class. */
export function isClusterClass(name: string): boolean {
  return clustered.includes(name);
}

export function needClass(name: string, engine: EngineName, version: string): string {
  if (classesOf(engine).includes(name)) return name;
  if (!/^db\.[a-z0-9-]+(\.[a-z0-9-]+)?$/.test(name)) throw invalidValue(`Invalid DB Instance class: ${name}`);
  throw invalidCombination(
    `RDS does not support creating a DB instance with the following combination: DBInstanceClass=${name}, Engine=${engine}, EngineVersion=${version}, LicenseModel=${engines[engine].license}. For supported combinations of instance class and database engine version, see the documentation.`,
  );
}

/** Whether a class supports Performance Insights. The smallest classes do not, except with PostgreSQL and Aurora. */
export function hasPerformanceInsights(engine: EngineName, instanceClass: string): boolean {
  return isPostgres(engine) || isAurora(engine) || !/\.(micro|small)$/.test(instanceClass);
}
