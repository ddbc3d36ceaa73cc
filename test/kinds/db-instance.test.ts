/** The kind's own declarations: its checks, windows and versions. Pure; db-life.test.ts and its neighbours test it with AWS. */
import { describe, expect, it } from "vitest";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { compareVersions, majorOf, satisfies } from "../../src/kinds/shared/rds/versions.ts";
import type { Problem, Subject, ResourceIndex } from "../../src/kinds/kind.ts";

const base: DbInstance = {
  engine: "mysql",
  engineVersion: "8.4",
  instanceClass: "db.t3.micro",
  allocatedStorage: 20,
  subnetGroup: "dbSubnetGroup/main",
  masterUsername: "admin",
};

function subject(kind: string, name: string, spec: object): Subject {
  return { address: `${kind}/${name}`, kind, name, spec: spec as never, tags: {} };
}

/** Returns the codes of a database's problems, with the other declared resources. */
function codes(spec: DbInstance, ...others: Subject[]): string[] {
  return problems(spec, ...others).map(({ code, path }) => (path ? `${code} ${path}` : code));
}

function problems(spec: DbInstance, ...others: Subject[]): readonly Problem[] {
  const self = subject("dbInstance", "main", spec) as Subject<DbInstance>;
  return dbInstance.check!(self, resourceIndexOf(self, ...others));
}

function resourceIndexOf(...all: Subject[]): ResourceIndex {
  return {
    region: "eu-west-1",
    of: (kind) => all.filter((one) => one.kind === kind),
    get: (address) => all.find((one) => one.address === address),
  };
}

describe("a database's checks", () => {
  it("pass the least", () => expect(codes(base)).toEqual([]));

  it("lack fields that only a replica may omit", () => {
    expect(codes({})).toEqual(Array<string>(5).fill("missing-field"));
    expect(codes({ replicaOf: "db-of-others", securityGroups: ["sg"] })).toEqual([]);
  });

  it.each<[string, Partial<DbInstance>, string[]]>([
    ["a zone with a standby", { multiAz: true, availabilityZone: "a" }, ["conflict availabilityZone"]],
    ["iops on a small gp3 disk", { iops: 3000 }, ["db-storage iops"]],
    ["throughput on gp2", { storageType: "gp2", storageThroughput: 200 }, ["db-storage storageThroughput"]],
    ["little iops on a large gp3 disk", { allocatedStorage: 500, iops: 3000 }, ["db-storage iops"]],
    ["little throughput on a large gp3 disk", { allocatedStorage: 400, storageThroughput: 499 }, ["db-storage storageThroughput"]],
    ["what a large gp3 disk has at least", { allocatedStorage: 400, iops: 12_000, storageThroughput: 500 }, []],
    ["io1 without iops, and too small", { storageType: "io1" }, ["db-storage allocatedStorage", "missing-field storageType"]],
    ["a disk that may not grow by a tenth", { maxAllocatedStorage: 21 }, ["db-storage maxAllocatedStorage"]],
    ["a disk that may grow by a tenth", { maxAllocatedStorage: 22 }, []],
    ["autoscaling off", { maxAllocatedStorage: 0 }, []],
    ["windows that overlap", { backupWindow: "03:00-04:00", maintenanceWindow: "sun:03:30-sun:04:30" }, ["db-windows backupWindow"]],
    [
      "windows that meet over midnight",
      { backupWindow: "23:30-00:30", maintenanceWindow: "mon:00:00-mon:00:30" },
      ["db-windows backupWindow"],
    ],
    [
      "windows over the end of the week",
      { backupWindow: "00:10-00:40", maintenanceWindow: "sun:23:30-mon:00:30" },
      ["db-windows backupWindow"],
    ],
    ["windows that touch", { backupWindow: "03:00-04:00", maintenanceWindow: "sun:04:00-sun:05:00" }, []],
    ["a window that is too short", { backupWindow: "03:00-03:20" }, ["db-windows backupWindow"]],
    ["a time that does not exist", { maintenanceWindow: "sun:25:00-sun:26:00" }, ["db-windows maintenanceWindow"]],
    ["monitoring without a role", { monitoringInterval: 60 }, ["missing-field monitoringInterval"]],
    ["a log of another engine", { logExports: ["error", "postgresql"] }, ["bad-value logExports[1]"]],
    ["a user of PostgreSQL's own", { engine: "postgres", engineVersion: "17" }, ["db-user masterUsername"]],
    ["a user's name that is too long for MySQL", { masterUsername: "a_rather_long_name" }, ["db-user masterUsername"]],
    [
      "Extended Support for MariaDB",
      { engine: "mariadb", engineVersion: "11.4", engineLifecycleSupport: "open-source-rds-extended-support" },
      ["conflict engineLifecycleSupport"],
    ],
    ["AWS's group of another version", { parameterGroup: "default.mysql8.0" }, ["db-family parameterGroup"]],
    ["AWS's group of the version", { parameterGroup: "default.mysql8.4" }, []],
  ])("%s", (_name, more, expected) => expect(codes({ ...base, ...more })).toEqual(expected));

  it("our parameter group is of the family of the version", () => {
    const group = (family: string) => subject("dbParameterGroup", "main", { family });
    expect(codes({ ...base, parameterGroup: "dbParameterGroup/main" }, group("mysql8.4"))).toEqual([]);
    expect(codes({ ...base, parameterGroup: "dbParameterGroup/main" }, group("postgres17"))).toEqual(["db-family parameterGroup"]);
  });

  it("security groups and subnets are of one VPC", () => {
    const others = [
      subject("dbSubnetGroup", "main", { subnets: ["subnet/a"] }),
      subject("subnet", "a", { vpc: "vpc/main" }),
      subject("securityGroup", "here", { vpc: "vpc/main" }),
      subject("securityGroup", "there", { vpc: "vpc/other" }),
    ];
    expect(codes({ ...base, securityGroups: ["securityGroup/here", "securityGroup/there"] }, ...others)).toEqual([
      "db-network securityGroups[1]",
    ]);
  });

  it("a replica inherits, and its source has backups and a password that is not managed", () => {
    const replica: DbInstance = { replicaOf: "dbInstance/source", securityGroups: ["sg-1"] };
    const source = (more: Partial<DbInstance>) =>
      subject("dbInstance", "source", { ...base, masterPassword: { ssmParameter: "/p" }, ...more });
    expect(codes(replica, source({}))).toEqual([]);
    expect(codes(replica, source({ masterPassword: "managed" }))).toEqual(["db-replica-password replicaOf"]);
    expect(codes(replica, source({ backupRetention: 0 }))).toEqual(["db-replica-backups replicaOf"]);
    expect(codes({ ...replica, masterUsername: "x", storageEncrypted: true, subnetGroup: "dbSubnetGroup/other" }, source({}))).toEqual([
      "db-inherited masterUsername",
      "db-inherited storageEncrypted",
      "db-inherited subnetGroup",
    ]);
    expect(codes({ replicaOf: "dbInstance/source" }, source({}))).toEqual(["db-replica-groups"]);
  });
});

describe("a database that is changed by blue/green deployments", () => {
  const green: DbInstance = { ...base, masterPassword: { ssmParameter: "/p" }, blueGreenUpdate: true };

  it.each<[string, DbInstance, readonly Subject[], string[]]>([
    ["has backups and a password that is not managed", green, [], []],
    ["has a managed password", { ...green, masterPassword: "managed" }, [], ["db-blue-green blueGreenUpdate"]],
    ["has a managed password, unwritten", { ...base, blueGreenUpdate: true }, [], ["db-blue-green blueGreenUpdate"]],
    ["may say that it is not", { ...base, blueGreenUpdate: false }, [], []],
    ["has no backups", { ...green, backupRetention: 0 }, [], ["db-blue-green blueGreenUpdate"]],
    ["is made of a snapshot", { ...green, snapshot: "theirs" }, [], ["db-blue-green blueGreenUpdate"]],
    ["has a replica", green, [subject("dbInstance", "copy", { replicaOf: "dbInstance/main" })], ["db-blue-green blueGreenUpdate"]],
    ["has a proxy", green, [subject("dbProxy", "front", { dbInstance: "dbInstance/main" })], ["db-blue-green blueGreenUpdate"]],
  ])("%s", (_name, spec, others, expected) => expect(codes(spec, ...others)).toEqual(expected));

  it("is no replica", () => {
    const source = subject("dbInstance", "source", { ...base, masterPassword: { ssmParameter: "/p" } });
    const replica: DbInstance = { replicaOf: "dbInstance/source", securityGroups: ["sg-1"], blueGreenUpdate: true };
    expect(codes(replica, source)).toEqual(["db-blue-green blueGreenUpdate"]);
  });
});

describe("a replica's checks", () => {
  const source = (more: Partial<DbInstance>) =>
    subject("dbInstance", "source", { ...base, masterPassword: { ssmParameter: "/p" }, ...more });
  const replica: DbInstance = { replicaOf: "dbInstance/source", securityGroups: ["sg-1"] };

  it.each<[string, Partial<DbInstance>, Partial<DbInstance>, string[]]>([
    ["says truly that there is no final snapshot", { finalSnapshot: false }, {}, []],
    ["asks for a final snapshot", { finalSnapshot: true }, {}, ["db-inherited finalSnapshot"]],
    ["iops on the size of its source", { iops: 12_000 }, { allocatedStorage: 400 }, []],
    ["iops on the small size of its source", { iops: 12_000 }, {}, ["db-storage iops"]],
    ["is older than its source", { engineVersion: "8.0" }, {}, ["db-replica-version engineVersion"]],
    ["goes before its source", { engineVersion: "8.4" }, { engineVersion: "8.0" }, []],
    ["says less of the version than its source", { engineVersion: "8.4" }, { engineVersion: "8.4.6" }, []],
    [
      "is of another major version of PostgreSQL",
      { engineVersion: "17" },
      { engine: "postgres", engineVersion: "16", masterUsername: "dbadmin" },
      ["db-replica-version engineVersion"],
    ],
    [
      "is of a newer minor version of PostgreSQL",
      { engineVersion: "16.8" },
      { engine: "postgres", engineVersion: "16.4", masterUsername: "dbadmin" },
      [],
    ],
  ])("%s", (_name, more, of, expected) => expect(codes({ ...replica, ...more }, source(of))).toEqual(expected));

  it("stands in the VPC of its source: groups of another are named", () => {
    const others = [
      subject("dbSubnetGroup", "main", { subnets: ["subnet/a"] }),
      subject("subnet", "a", { vpc: "vpc/main" }),
      subject("securityGroup", "there", { vpc: "vpc/other" }),
    ];
    expect(codes({ ...replica, securityGroups: ["securityGroup/there"] }, source({}), ...others)).toEqual(["db-network securityGroups[0]"]);
  });
});

describe("a public database", () => {
  const inVpc = (vpc: object) => [
    subject("dbSubnetGroup", "main", { subnets: ["subnet/a"] }),
    subject("subnet", "a", { vpc: "vpc/main" }),
    subject("vpc", "main", vpc),
  ];

  it.each<[string, Partial<DbInstance>, object, string[]]>([
    ["a VPC without host names", { publiclyAccessible: true }, {}, ["db-public-dns publiclyAccessible"]],
    [
      "a VPC without resolution",
      { publiclyAccessible: true },
      { enableDnsHostnames: true, enableDnsSupport: false },
      ["db-public-dns publiclyAccessible"],
    ],
    ["a VPC with both", { publiclyAccessible: true }, { enableDnsHostnames: true }, []],
    ["no address on the internet", { publiclyAccessible: false }, {}, []],
  ])("%s", (_name, more, vpc, expected) => expect(codes({ ...base, ...more }, ...inVpc(vpc))).toEqual(expected));

  it("is made public after its VPC gives names", () => {
    const self = subject("dbInstance", "main", { ...base, publiclyAccessible: true }) as Subject<DbInstance>;
    expect(dbInstance.after!(self, resourceIndexOf(self, ...inVpc({ enableDnsHostnames: true })))).toEqual(["vpc/main"]);
  });

  it("a replica is held against its source's VPC", () => {
    const source = subject("dbInstance", "source", { ...base, masterPassword: { ssmParameter: "/p" } });
    const replica: DbInstance = { replicaOf: "dbInstance/source", securityGroups: ["sg-1"], publiclyAccessible: true };
    expect(codes(replica, source, ...inVpc({}))).toEqual(["db-public-dns publiclyAccessible"]);
  });
});

describe("small disks", () => {
  it.each<[Partial<DbInstance>, string[]]>([
    [{ storageType: "gp2", allocatedStorage: 5 }, ["warning"]],
    [{ allocatedStorage: 19 }, ["warning"]],
    [{ storageType: "io1", iops: 1000, allocatedStorage: 99 }, ["error"]],
    [{ allocatedStorage: 20 }, []],
  ])("%o: %o", (more, expected) => expect(problems({ ...base, ...more }).map(({ severity = "error" }) => severity)).toEqual(expected));
});

describe("versions", () => {
  it.each<[string, string, boolean]>([
    ["8.0.39", "8.0", true],
    ["8.0.39", "8.0.39", true],
    ["8.4.3", "8.0", false],
    ["8.0.4", "8.0.39", false],
    ["8.0.39", "8.0.4", true], // newer than the written version, because AWS upgraded it
    ["8.01.3", "8.0", false],
  ])("%s satisfies %s: %s", (actual, declared, expected) => expect(satisfies("mysql", actual, declared)).toBe(expected));

  it("compare as numbers, and PostgreSQL's major is one of them", () => {
    expect(compareVersions("10.11.9", "10.11.10")).toBeLessThan(0);
    expect(compareVersions("10.1", "9.6")).toBeGreaterThan(0);
    expect(majorOf("postgres", "16.4")).toBe("16");
    expect(majorOf("mysql", "8.4.3")).toBe("8.4");
    expect(satisfies("postgres", "16.8", "16.4")).toBe(true);
    expect(satisfies("postgres", "17.2", "16")).toBe(false);
  });
});

describe("the data loss of a database", () => {
  it("is data, and for a replica only the instance", () => {
    const holds = dbInstance.dataLoss as (spec: Partial<DbInstance>) => unknown;
    expect(holds(base)).toBe("data");
    expect(holds({ replicaOf: "none" })).toBe("data");
    expect(holds({ replicaOf: "dbInstance/main" })).toBe("machine");
  });

  it("no change of any field replaces it", () => {
    const impacts = Object.values(dbInstance.fields).map((rule) => (typeof rule.change === "function" ? "by value" : rule.change));
    expect(impacts).not.toContain("replace");
  });

  it("how it is to be deleted is written into its tags", () => {
    expect(dbInstance.marks!(base)).toEqual({ "infra:final-snapshot": "take" });
    expect(dbInstance.marks!({ ...base, finalSnapshot: false })).toEqual({ "infra:final-snapshot": "skip" });
    expect(dbInstance.marks!({ replicaOf: "dbInstance/main" })).toEqual({});
  });
});
