/** Parts of the database kind that need no AWS: the meaning of a status, the calls for a change of storage, the order of upgrades. */
import { describe, expect, it } from "vitest";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { preflightPublic } from "../../src/kinds/db-instance/preflight.ts";
import { live } from "../../src/kinds/db-instance/observe.ts";
import { isCarriedAlong, peersOf, refusedUpgrade, type Peer } from "../../src/kinds/db-instance/replication.ts";
import { isAskedFor } from "../../src/kinds/shared/asked-for.ts";
import { conditionOf, conditions, isFailure, isReady } from "../../src/kinds/shared/rds/status.ts";
import { storage } from "../../src/kinds/db-instance/storage.ts";
import type { Around, Changes, Scope, Spec } from "../../src/kinds/kind.ts";
import { withDefaults } from "../../src/plan/diff.ts";

const scope: Scope = {
  project: "shop",
  environment: "prod",
  asks: (address, field) => scope.wants!(address, field) !== undefined,
  wants: (address, field) => written[address]?.[field],
};
const written: Record<string, Record<string, unknown>> = {
  "dbInstance/main": { engine: "mysql", engineVersion: "8.4" },
  "dbInstance/rep": { replicaOf: "dbInstance/main" },
  "dbInstance/next": { replicaOf: "dbInstance/main", engineVersion: "8.4" },
};

describe("a status", () => {
  it.each<[ReturnType<typeof conditionOf>, string]>([
    ["serving", "available storage-full storage-initialization storage-optimization"],
    ["stopped", "stopped"],
    ["deleting", "deleting"],
    [
      "broken",
      "failed inaccessible-encryption-credentials inaccessible-encryption-credentials-recoverable incompatible-create incompatible-network " +
        "incompatible-option-group incompatible-parameters incompatible-restore insufficient-capacity restore-error incompatible-moon",
    ],
    [
      "pending",
      "backing-up configuring-enhanced-monitoring configuring-iam-database-auth configuring-log-exports converting-to-vpc creating " +
        "delete-precheck maintenance modifying moving-to-vpc rebooting renaming resetting-master-credentials starting stopping " +
        "storage-config-upgrade upgrading a-status-of-2031",
    ],
  ])("%s: %s", (expected, names) => {
    for (const name of names.split(" ")) expect([name, conditionOf(name)]).toEqual([name, expected]);
  });

  it("an apply waits for the end of requested changes, and of nothing else", () => {
    const pending = Object.keys(conditions).filter((name) => conditionOf(name) === "pending");
    expect(pending.filter(isAskedFor)).toEqual([
      "configuring-enhanced-monitoring",
      "configuring-iam-database-auth",
      "configuring-log-exports",
      "creating",
      "modifying",
      "moving-to-vpc",
      "rebooting",
      "renaming",
      "resetting-master-credentials",
      "upgrading",
    ]);
    expect(Object.keys(conditions).filter((name) => isAskedFor(name) && !pending.includes(name))).toEqual([]);
    expect(isAskedFor("a-status-of-2031")).toBe(false);
  });

  it("each is in the table above, and only a status that serves takes changes", () => {
    expect(Object.keys(conditions)).toHaveLength(33);
    expect(Object.keys(conditions).filter(isReady)).toEqual([
      "available",
      "storage-full",
      "storage-initialization",
      "storage-optimization",
    ]);
    expect(
      Object.keys(conditions)
        .filter(isFailure)
        .every((name) => conditions[name] === "broken"),
    ).toBe(true);
  });

  it.each<[string, boolean, unknown]>([
    ["available", true, "ready"],
    ["storage-initialization", true, "ready"],
    ["storage-config-upgrade", true, "pending"],
    ["stopped", true, "ready"],
    ["creating", false, "pending"],
    ["failed", false, { failed: "failed" }],
    ["incompatible-network", true, "ready"], // it holds data, so it counts as existing, and a note names the problem
    ["deleting", true, "deleting"],
  ])("%s of one that has lived %s: %o", (DBInstanceStatus, hasLived, state) => {
    const found = { ...instance("prod-main", "main"), DBInstanceStatus, ...(hasLived ? { InstanceCreateTime: new Date(0) } : {}) };
    expect(live(found, scope).state).toEqual(state);
  });
});

describe("a change of storage sends", () => {
  const small: Partial<DbInstance> = { storageType: "gp3", allocatedStorage: 100, iops: 3000, storageThroughput: 125 };
  const large: Partial<DbInstance> = { storageType: "gp3", allocatedStorage: 500, iops: 15_000, storageThroughput: 700 };
  const io1: Partial<DbInstance> = { storageType: "io1", allocatedStorage: 500, iops: 5000 };
  const to = <F extends keyof DbInstance>(field: F, before: DbInstance[F], after: DbInstance[F]) =>
    ({ [field]: { before, after } }) as Changes<DbInstance>;

  it.each<[string, Partial<DbInstance>, Partial<DbInstance>, Changes<DbInstance>, object]>([
    ["growth under 400 GiB", small, {}, to("allocatedStorage", 100, 200), { AllocatedStorage: 200 }],
    [
      "growth past 400 GiB: what a large disk has at least, not what the small one has",
      small,
      {},
      to("allocatedStorage", 100, 500),
      { AllocatedStorage: 500, Iops: 12_000, StorageThroughput: 500 },
    ],
    [
      "growth to 400 GiB exactly",
      small,
      {},
      to("allocatedStorage", 100, 400),
      { AllocatedStorage: 400, Iops: 12_000, StorageThroughput: 500 },
    ],
    [
      "growth past 400 GiB with what is written",
      small,
      { iops: 13_000, storageThroughput: 600 },
      { ...to("allocatedStorage", 100, 500), ...to("iops", 3000, 13_000), ...to("storageThroughput", 125, 600) },
      { AllocatedStorage: 500, Iops: 13_000, StorageThroughput: 600 },
    ],
    ["growth of a large disk: its I/O stays", large, {}, to("allocatedStorage", 500, 600), { AllocatedStorage: 600, Iops: 15_000 }],
    ["I/O of a large disk, with its size", large, { iops: 16_000 }, to("iops", 15_000, 16_000), { AllocatedStorage: 500, Iops: 16_000 }],
    [
      "throughput of a large disk, with size and I/O",
      large,
      {},
      to("storageThroughput", 700, 800),
      { AllocatedStorage: 500, Iops: 15_000, StorageThroughput: 800 },
    ],
    [
      "growth that waits since another run, made now",
      { ...small, allocatedStorage: 500, iops: 14_000, storageThroughput: 600 },
      {},
      to("allocatedStorage", 100, 500),
      { AllocatedStorage: 500, Iops: 14_000, StorageThroughput: 600 },
    ],
    [
      "from io1 to gp3: nothing of what io1 had",
      io1,
      {},
      to("storageType", "io1", "gp3"),
      { StorageType: "gp3", AllocatedStorage: 500, Iops: 12_000, StorageThroughput: 500 },
    ],
    ["from io1 to gp2", io1, {}, to("storageType", "io1", "gp2"), { StorageType: "gp2", Iops: 0 }],
    ["growth of io1, with its I/O", io1, {}, to("allocatedStorage", 500, 600), { AllocatedStorage: 600, Iops: 5000 }],
    ["the limit alone", large, {}, to("maxAllocatedStorage", 0, 900), { MaxAllocatedStorage: 900 }],
    ["no limit: the size itself", large, {}, to("maxAllocatedStorage", 900, 0), { MaxAllocatedStorage: 500 }],
  ])("%s", (_name, have, request, changes, expected) => {
    const sent = Object.fromEntries(Object.entries(storage(have, request, changes)).filter(([, value]) => value !== undefined));
    expect(sent).toEqual(expected);
  });
});

describe("an upgrade", () => {
  const rep = (more: Partial<Peer> = {}): Peer => ({ id: "prod-rep", address: "dbInstance/rep", version: "8.0.42", ...more });

  it.each<[string, Peer[], string, string | undefined]>([
    ["no replica", [], "8.4", undefined],
    ["a replica that stays behind", [rep()], "8.4", 'write engineVersion: "8.4" on dbInstance/rep too; replicas are upgraded first'],
    ["a replica of nobody's YAML", [{ id: "others", version: "8.0.42" }], "8.4", "upgrade others first"],
    ["a replica that is asked to stay behind", [rep({ resolved: "8.0" })], "8.4", "the file says 8.0 for dbInstance/rep"],
    ["a replica that goes along", [rep({ resolved: "8.4" })], "8.4", undefined],
    ["a replica that went before", [rep({ version: "8.4.6" })], "8.4", undefined],
    ["a minor version, and an older replica", [rep()], "8.0.43", "prod-rep|dbInstance/rep runs 8.0.42"],
    ["a beginning that the replica satisfies", [rep()], "8.0", undefined],
  ])("of MySQL, with %s", (_name, replicas, now, expected) => {
    const impact = refusedUpgrade("mysql", "8.0.42", now, { replicas });
    if (expected === undefined) expect(impact).toBeUndefined();
    else expect((impact as { refuse: string }).refuse).toMatch(new RegExp(expected.replaceAll(/[.()]/g, "\\$&")));
  });

  it.each<[string, Peer | undefined, string, boolean]>([
    ["a source that goes along", { id: "prod-main", version: "16.8", resolved: "17" }, "17", false],
    ["a source that stays", { id: "prod-main", version: "16.8", resolved: "16" }, "17", true],
    ["a source that says nothing", { id: "prod-main", version: "16.8" }, "17", true],
    ["a minor version", { id: "prod-main", version: "16.4" }, "16.8", false],
    ["a source that is not seen", undefined, "17", false],
  ])("of a PostgreSQL replica, with %s", (_name, source, now, isRefused) => {
    const impact = refusedUpgrade("postgres", "16.4", now, { replicas: [], ...(source && { source }) });
    expect(impact !== undefined).toBe(isRefused);
  });

  it("PostgreSQL's replicas come to a new major version with their source, and no other replicas do", () => {
    expect(isCarriedAlong("postgres", true, "16.4", "17")).toBe(true);
    expect(isCarriedAlong("postgres", true, "16.4", "16.8")).toBe(false);
    expect(isCarriedAlong("postgres", false, "16.4", "17")).toBe(false);
    expect(isCarriedAlong("mysql", true, "8.0.42", "8.4")).toBe(false);
  });

  it("is refused by the field's rule of what the listing told", () => {
    const all = new Map(
      [
        { ...instance("prod-main", "main"), ReadReplicaDBInstanceIdentifiers: ["prod-rep", "prod-next", "arn:aws:rds:us-east-1:1:db:far"] },
        { ...instance("prod-rep", "rep"), ReadReplicaSourceDBInstanceIdentifier: "prod-main" },
        { ...instance("prod-next", "next"), ReadReplicaSourceDBInstanceIdentifier: "prod-main" },
      ].map((found) => [found.DBInstanceIdentifier, found]),
    );
    const found = all.get("prod-main")!;
    const peers = peersOf(found, all, scope);
    expect(peers.replicas).toEqual([
      { id: "prod-rep", address: "dbInstance/rep", version: "8.0.42" },
      { id: "prod-next", address: "dbInstance/next", version: "8.0.42", resolved: "8.4" },
    ]);
    expect(peersOf(all.get("prod-rep")!, all, scope).source).toMatchObject({ id: "prod-main", resolved: "8.4" });
    const { change } = dbInstance.fields.engineVersion;
    const seen = live(found, scope, peers);
    const impact = typeof change === "function" ? change("8.0.42", "8.4", { was: seen.spec, now: {}, live: seen }) : change;
    expect(impact).toEqual({
      refuse:
        "MySQL refuses to upgrade a source whose replicas would have an older version: dbInstance/rep runs 8.0.42. " +
        'To upgrade: write engineVersion: "8.4" on dbInstance/rep too; replicas are upgraded first.',
    });
  });
});

describe("a public database in a VPC that is not declared", () => {
  const specs = (enableDnsHostnames?: boolean): Record<string, Spec> => ({
    "dbSubnetGroup/main": { subnets: ["subnet-1"] },
    "subnet-1": { vpc: "vpc-1" },
    ...(enableDnsHostnames === undefined ? {} : { "vpc-1": { enableDnsHostnames } }),
    "dbInstance/source": { subnetGroup: "dbSubnetGroup/main" },
  });

  it.each<[string, Partial<DbInstance>, boolean | undefined, number]>([
    ["without host names", { subnetGroup: "dbSubnetGroup/main", publiclyAccessible: true }, false, 1],
    ["a replica of one there", { replicaOf: "dbInstance/source", publiclyAccessible: true }, false, 1],
    ["with host names", { subnetGroup: "dbSubnetGroup/main", publiclyAccessible: true }, true, 0],
    ["that was not read", { subnetGroup: "dbSubnetGroup/main", publiclyAccessible: true }, undefined, 0],
    ["not public", { subnetGroup: "dbSubnetGroup/main", publiclyAccessible: false }, false, 0],
  ])("%s", (_name, request, names, count) => {
    const around: Around = {
      thorough: false,
      scope: { project: "lab", environment: "dev", asks: () => false },
      id: () => undefined,
      isOurs: () => false,
      isHeldByOurs: () => false,
      spec: (ref) => specs(names)[ref],
    };
    expect(preflightPublic({ address: "dbInstance/main", name: "dev-main", request: request as DbInstance }, around)).toHaveLength(count);
  });
});

describe("the values that a replica has from its source", () => {
  it("is neither sent nor shown as a default", () => {
    const full = withDefaults(dbInstance, { replicaOf: "dbInstance/main" } as Spec);
    for (const field of ["masterPassword", "storageEncrypted", "backupRetention", "engineLifecycleSupport", "finalSnapshot"])
      expect([field, full[field]]).toEqual([field, undefined]);
    expect(withDefaults(dbInstance, {})).toMatchObject({ masterPassword: "managed", storageEncrypted: true, finalSnapshot: true });
  });

  it("is copied for hours where the source is large", () => {
    const { create } = dbInstance.waits;
    const limit = (spec: object) => (create === "instant" ? 0 : create.limitOf?.(spec as Spec));
    expect([limit({ replicaOf: "dbInstance/main" }), limit({})]).toEqual([4 * 3600, 2400]);
  });
});

function instance(DBInstanceIdentifier: string, name: string) {
  return {
    DBInstanceIdentifier,
    DBInstanceArn: `arn:aws:rds:eu-west-1:123456789012:db:${DBInstanceIdentifier}`,
    DbiResourceId: `db-${name}`,
    Engine: "mysql",
    EngineVersion: "8.0.42",
    TagList: [
      { Key: "infra:environment", Value: "prod" },
      { Key: "infra:resource", Value: `dbInstance/${name}` },
    ],
  };
}
