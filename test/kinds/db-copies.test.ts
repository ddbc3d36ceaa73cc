/** Databases that are restored from copies, and the option groups that copies keep in use. */
import * as rds from "@aws-sdk/client-rds";
import * as ssm from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { AwsError } from "../../src/aws/errors.ts";
import type { Around, Kind } from "../../src/kinds/kind.ts";
import { dbCluster, type DbCluster } from "../../src/kinds/db-cluster/db-cluster.ts";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { dbOptionGroup } from "../../src/kinds/db-option-group/db-option-group.ts";
import type { DbOptionGroup } from "../../src/kinds/db-option-group/schema.ts";
import { changesOf } from "../../src/plan/diff.ts";
import { hashTags } from "../../src/plan/tags.ts";
import { converge, differences, find, listed, mysql, planned, removed, sandboxTestbed, surroundings, type Testbed } from "./db-testbed.ts";

const audit: DbOptionGroup = {
  engine: "mysql",
  majorEngineVersion: "8.4",
  options: { MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "CONNECT", SERVER_AUDIT_EXCL_USERS: "rdsadmin" } } },
};

/** Makes a database with an option group. When it is deleted, a snapshot and backups stay behind. */
async function withDatabase(testbed: Testbed) {
  const on = await surroundings(testbed);
  await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", audit);
  const spec = mysql(on, { engineVersion: "8.4", optionGroup: "prod-audit" });
  return { on, spec, live: await converge(testbed, dbInstance, "dbInstance/main", spec) };
}

const groupOf = async (testbed: Testbed) =>
  (await testbed.aws.rds(new rds.DescribeOptionGroupsCommand({ OptionGroupName: "prod-audit" }))).OptionGroupsList![0]!;

describe("an option group", () => {
  it("that a database has is not deleted", async () => {
    const testbed = await sandboxTestbed();
    await withDatabase(testbed);
    const [group] = await listed(testbed, dbOptionGroup);
    await expect(removed(testbed, dbOptionGroup, group!)).rejects.toMatchObject({ code: "InvalidOptionGroupStateFault" });
    const blockers = await (await dbOptionGroup.load()).blockers!(testbed.aws, [group!]);
    expect(blockers.get("prod-audit")).toMatchObject([{ id: "prod-main", holder: "prod-main" }]);
  });

  it("that only copies have is released, and later adopted with the values of the file", async () => {
    const testbed = await sandboxTestbed();
    const { live } = await withDatabase(testbed);
    await removed(testbed, dbInstance, live);
    const [group] = await listed(testbed, dbOptionGroup);
    const driver = await dbOptionGroup.load();
    await driver.delete(testbed.aws, group!, { say: (text: string) => void testbed.said.push(text) } as never);
    expect(await listed(testbed, dbOptionGroup)).toEqual([]);
    expect(testbed.said.at(-1)).toMatch(
      /^AWS keeps prod-audit for snapshot prod-main-final-.*, backups of prod-main; infra only removes its own tags/,
    );
    const { OptionGroupArn } = await groupOf(testbed);
    const { TagList } = await testbed.aws.rds(new rds.ListTagsForResourceCommand({ ResourceName: OptionGroupArn }));
    expect(TagList).toEqual([]);
    expect((await driver.named!(testbed.aws, ["prod-audit"])).size).toBe(0);

    const other: DbOptionGroup = { ...audit, options: { MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "QUERY" } } } };
    await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", other);
    expect(await differences(testbed, dbOptionGroup, "dbOptionGroup/audit", other)).toEqual([]);
    expect((await groupOf(testbed)).Options![0]!.OptionSettings!.filter(({ Value }) => Value === "rdsadmin")).toEqual([]);
  });

  it("loses an option once, though the answer is lost", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", audit);
    testbed.sandbox!.setFaults({ loseAnswer: [{ operation: "rds:ModifyOptionGroup" }] });
    await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", { ...audit, options: {} });
    expect((await groupOf(testbed)).Options).toEqual([]);
  });

  it("gets a setting back that has no default by two calls, also when the second is refused and the change is made again", async () => {
    const testbed = await sandboxTestbed();
    const live = await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", audit);
    const other: DbOptionGroup = { ...audit, options: { MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "QUERY" } } } };
    const difference = await planned(testbed, dbOptionGroup, "dbOptionGroup/audit", other);
    const want = { spec: other as never, ignoreChanges: [] };
    const changes = changesOf(dbOptionGroup as unknown as Kind, difference, "options", want, live as never) as never;
    const driver = await dbOptionGroup.load();
    const change = () => driver.update!(testbed.aws, "options", live, other, changes, {} as never);
    const busy = { operation: "rds:ModifyOptionGroup", nth: 2, code: "InvalidOptionGroupStateFault" };
    testbed.sandbox!.setFaults({ refuse: [busy] });
    await expect(change()).rejects.toMatchObject({ code: busy.code });
    await change();
    const [option] = (await groupOf(testbed)).Options!;
    const set = (name: string) => option!.OptionSettings!.find(({ Name }) => Name === name)?.Value;
    expect([set("SERVER_AUDIT_EVENTS"), set("SERVER_AUDIT_EXCL_USERS")]).toEqual(["QUERY", undefined]);
  });

  it("of somebody else with the name is not taken up", async () => {
    const testbed = await sandboxTestbed();
    await testbed.aws.rds(
      new rds.CreateOptionGroupCommand({
        OptionGroupName: "prod-audit",
        EngineName: "mysql",
        MajorEngineVersion: "8.4",
        OptionGroupDescription: "theirs",
      }),
    );
    await expect(converge(testbed, dbOptionGroup, "dbOptionGroup/audit", audit)).rejects.toMatchObject({
      code: "OptionGroupAlreadyExistsFault",
    });
  });

  it("that waits for the window of a database is reported, and is no difference", async () => {
    const testbed = await sandboxTestbed();
    const { spec } = await withDatabase(testbed);
    const plain: DbInstance = { ...spec, optionGroup: "default:mysql-8-4" };
    await converge(testbed, dbInstance, "dbInstance/main", plain);
    expect(await differences(testbed, dbInstance, "dbInstance/main", plain)).toEqual([]);
    const live = (await find(testbed, dbInstance, "dbInstance/main"))!;
    expect(live.notes).toContainEqual(
      expect.stringContaining("optionGroup prod-audit → default:mysql-8-4 waits for the maintenance window"),
    );
  });
});

describe("a database that is made of a copy", () => {
  const tagged = (spec: DbInstance) => hashTags(dbInstance as unknown as Kind, spec);

  it("has the copy's user and its own password, and says nothing of the line that goes; another copy is refused", async () => {
    const testbed = await sandboxTestbed();
    const { on, live } = await withDatabase(testbed);
    await testbed.aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: live.id, DBSnapshotIdentifier: "kept" }));
    await testbed.clock.sleep(3_600_000);
    const spec: DbInstance = {
      engine: "mysql",
      instanceClass: "db.t3.medium",
      subnetGroup: on.subnetGroup,
      snapshot: "kept",
      masterPassword: { ssmParameter: "/shop/copy" },
      performanceInsights: true,
      deletionProtection: false,
    };
    const copy = await converge(testbed, dbInstance, "dbInstance/copy", spec, tagged(spec));
    expect(copy.spec).toMatchObject({ masterUsername: "dbadmin", optionGroup: "prod-audit", performanceInsights: true });
    const { Parameter } = await testbed.aws.ssm(new ssm.GetParameterCommand({ Name: "/shop/copy", WithDecryption: true }));
    expect(Parameter!.Value).toHaveLength(40);
    // The tag that the password was not set is gone.
    expect((await find(testbed, dbInstance, "dbInstance/copy"))!.tags).not.toHaveProperty("infra:password");
    const { snapshot: _gone, ...without } = spec;
    const looks: readonly (readonly [DbInstance, readonly string[]])[] = [
      [spec, []],
      [without, []],
      [{ ...spec, snapshot: "other" }, ["snapshot: refused"]],
    ];
    for (const [written, expected] of looks) expect(await differences(testbed, dbInstance, "dbInstance/copy", written)).toEqual(expected);
    // A `snapshot` that is added later would replace the existing data.
    expect(await differences(testbed, dbInstance, "dbInstance/main", { ...spec, snapshot: "kept" })).toContain("snapshot: refused");
  });

  it("is refused by the plan where it differs from the file", async () => {
    const testbed = await sandboxTestbed();
    const { on, live } = await withDatabase(testbed);
    await testbed.aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: live.id, DBSnapshotIdentifier: "kept" }));
    await testbed.clock.sleep(3_600_000);
    const around = { thorough: false, spec: () => undefined } as unknown as Around;
    const told = async (request: Partial<DbInstance>) => {
      const planned = { address: "dbInstance/copy", name: "prod-copy", request: { ...mysql(on, {}), ...request } };
      return (await (await dbInstance.load()).preflight!(testbed.aws, [planned], around)).problems.map(({ path }) => path);
    };
    expect(await told({ snapshot: "kept", engineVersion: "8.4" })).toEqual([]);
    expect(await told({ snapshot: "gone" })).toEqual(["snapshot"]);
    expect(await told({ snapshot: "kept", engine: "postgres", engineVersion: "17" })).toEqual(["engine"]);
    expect(await told({ snapshot: "kept", engineVersion: "8.0" })).toEqual(["engineVersion"]);
    expect(await told({ snapshot: "kept", allocatedStorage: 5, masterUsername: "root2", storageEncrypted: false })).toEqual([
      "allocatedStorage",
      "masterUsername",
      "storageEncrypted",
    ]);
  });
});

/** An RDS with these copies, which keeps the inputs. */
function rdsThatHas(answers: Readonly<Record<string, unknown>>) {
  const asked: { readonly operation: string; readonly input: object }[] = [];
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    asked.push({ operation, input: command.input });
    const answer = answers[operation];
    if (answer instanceof Error) throw answer;
    return answer ?? {};
  };
  return { asked, aws: { region: "ap-northeast-2", rds: send } as unknown as Aws };
}

async function told<S extends object, H>(kind: Kind<S, H>, aws: Aws, request: Partial<S>) {
  const around = { thorough: false, spec: () => undefined, id: (ref: string) => `prod-${ref.split("/")[1]}` } as unknown as Around;
  const driver = await kind.load();
  const planned = [{ address: `${kind.name}/copy`, name: "prod-copy", request: request as S }];
  return driver.preflight!(aws, planned, around);
}

const ofOthers = "arn:aws:rds:ap-northeast-2:999999999999:snapshot:theirs";
const clusterOfOthers = "arn:aws:rds:ap-northeast-2:999999999999:cluster-snapshot:theirs";

describe("a copy is requested by the name that RDS returns", () => {
  const mysqlSnapshot = { DBSnapshots: [{ Engine: "mysql", EngineVersion: "8.4.7", Encrypted: true, Status: "available" }] };
  const auroraSnapshot = { DBClusterSnapshots: [{ Engine: "aurora-mysql", StorageEncrypted: true, Status: "available" }] };

  it.each([
    ["kept", {}],
    ["rds:main-2026-11-20-03-00", { SnapshotType: "automated" }],
    ["awsbackup:job-1", { SnapshotType: "awsbackup" }],
    [ofOthers, { IncludeShared: true, IncludePublic: true }],
    ["arn:aws:rds:ap-northeast-2:123456789012:snapshot:rds:main-2026-11-20-03-00", { SnapshotType: "automated" }],
  ])("the snapshot %s", async (snapshot, more) => {
    const { aws, asked } = rdsThatHas({ DescribeDBSnapshots: mysqlSnapshot });
    expect(await told(dbInstance, aws, { engine: "mysql", snapshot })).toEqual({ problems: [], unchecked: [] });
    expect(asked).toEqual([{ operation: "DescribeDBSnapshots", input: { DBSnapshotIdentifier: snapshot, ...more } }]);
  });

  it.each([
    ["kept", {}],
    ["rds:main-2026-11-20-03-00", { SnapshotType: "automated" }],
    [clusterOfOthers, { IncludeShared: true, IncludePublic: true }],
  ])("the cluster snapshot %s", async (snapshot, more) => {
    const { aws, asked } = rdsThatHas({ DescribeDBClusterSnapshots: auroraSnapshot });
    expect(await told(dbCluster, aws, { engine: "aurora-mysql", snapshot })).toEqual({ problems: [], unchecked: [] });
    expect(asked).toEqual([{ operation: "DescribeDBClusterSnapshots", input: { DBClusterSnapshotIdentifier: snapshot, ...more } }]);
  });

  it("the snapshot of an instance, from which Aurora takes over", async () => {
    const { aws, asked } = rdsThatHas({ DescribeDBSnapshots: mysqlSnapshot });
    const request: Partial<DbCluster> = { engine: "aurora-mysql", engineVersion: "8.0", snapshot: ofOthers };
    expect(await told(dbCluster, aws, request)).toEqual({ problems: [], unchecked: [] });
    expect(asked.map(({ operation }) => operation)).toEqual(["DescribeDBSnapshots"]);
    expect((await told(dbCluster, aws, { ...request, engine: "aurora-postgresql" })).problems).toMatchObject([{ path: "engine" }]);
  });

  it("one that this account cannot see is not said to be missing", async () => {
    const missing = (code: string) => new AwsError({ code, message: "", operation: "", class: "not-found" } as never);
    const { aws } = rdsThatHas({
      DescribeDBSnapshots: missing("DBSnapshotNotFound"),
      DescribeDBClusterSnapshots: missing("DBClusterSnapshotNotFoundFault"),
    });
    for (const [kind, arn] of [
      [dbInstance, ofOthers],
      [dbCluster, clusterOfOthers],
    ] as const)
      expect(await told(kind as unknown as Kind, aws, { snapshot: arn })).toEqual({
        problems: [],
        unchecked: [`the snapshot ${arn}: RDS does not show it to this account, but a restore from it may still work`],
      });
    for (const kind of [dbInstance, dbCluster])
      expect((await told(kind as unknown as Kind, aws, { snapshot: "kept" })).problems).toEqual([
        { address: `${kind.name}/copy`, path: "snapshot", text: "there is no snapshot kept in ap-northeast-2" },
      ]);
  });
});

it("a key of the file is that of a copy where it is the same, by whatever name", async () => {
  const KmsKeyId = "arn:aws:kms:ap-northeast-2:123456789012:key/prod-data";
  const { aws } = rdsThatHas({
    DescribeDBSnapshots: { DBSnapshots: [{ Engine: "mysql", Encrypted: true, KmsKeyId, Status: "available" }] },
  });
  const problemsOf = async (kmsKey: string) => (await told(dbInstance, aws, { snapshot: "kept", kmsKey })).problems;
  expect(await Promise.all([KmsKeyId, "prod-data", "alias/any", "kmsKey/data"].map(problemsOf))).toEqual([[], [], [], []]);
  expect(await problemsOf("kmsKey/other")).toMatchObject([{ path: "kmsKey", isSilent: true }]);
});

describe("a copy that is not encrypted", () => {
  const plain = { Engine: "aurora-mysql", MasterUsername: "dbadmin", StorageEncrypted: false, Encrypted: false };
  const { aws } = rdsThatHas({
    DescribeDBSnapshots: { DBSnapshots: [{ ...plain, Engine: "mysql", Status: "available" }] },
    DescribeDBClusterSnapshots: { DBClusterSnapshots: [{ ...plain, Status: "available" }] },
    DescribeDBInstances: { DBInstances: [{ ...plain, Engine: "mysql" }] },
    DescribeDBClusters: { DBClusters: [plain] },
    DescribeDBInstanceAutomatedBackups: { DBInstanceAutomatedBackups: [{ ...plain, Engine: "mysql" }] },
    DescribeDBClusterAutomatedBackups: { DBClusterAutomatedBackups: [plain] },
  });
  const time = "latest";
  const instances: Partial<DbInstance>[] = [
    { snapshot: "kept" },
    ...["dbInstance/main", "db-ABC", "arn:aws:rds:ap-northeast-2:1:auto-backup:ab-1"].map((source) => ({
      restoreToPointInTime: { dbInstance: source, time },
    })),
  ];
  const clusters: Partial<DbCluster>[] = [
    { snapshot: "kept" },
    ...["dbCluster/main", "cluster-ABC"].map((source) => ({ restoreToPointInTime: { dbCluster: source, time } })),
  ];

  it.each(instances)("makes no database of it where the file omits the encryption: %o", async (request) => {
    const { problems } = await told(dbInstance, aws, request);
    expect(problems).toMatchObject([
      { path: "storageEncrypted", text: expect.stringContaining("copy it with a KMS key, and write the name of the copy, or") },
    ]);
    expect((await told(dbInstance, aws, { ...request, kmsKey: "alias/ours" })).problems).toHaveLength(1);
    expect((await told(dbInstance, aws, { ...request, storageEncrypted: false })).problems).toEqual([]);
  });

  it.each(clusters)("makes no cluster of it where the file omits the encryption: %o", async (request) => {
    const { problems } = await told(dbCluster, aws, request);
    const remedy =
      request.snapshot === undefined
        ? "take a snapshot, and write its name and kmsKey"
        : "write kmsKey (the AWS managed key is alias/aws/rds)";
    expect(problems).toMatchObject([{ path: "storageEncrypted", text: expect.stringContaining(remedy) }]);
    expect((await told(dbCluster, aws, { ...request, storageEncrypted: false })).problems).toEqual([]);
  });

  it("is encrypted with the key that is written where RDS does so: in a cluster that is made of a snapshot", async () => {
    const problemsOf = async (request: Partial<DbCluster>) =>
      (await told(dbCluster, aws, { kmsKey: "alias/ours", ...request })).problems.map(({ path }) => path);
    expect(await Promise.all(clusters.map(problemsOf))).toEqual([[], ["storageEncrypted"], ["storageEncrypted"]]);
  });
});
