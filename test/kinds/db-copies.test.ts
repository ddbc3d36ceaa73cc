/** Databases that are made of copies, and the option groups that copies hold on to. */
import * as rds from "@aws-sdk/client-rds";
import * as ssm from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import type { Around, Kind } from "../../src/kinds/kind.ts";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { dbOptionGroup } from "../../src/kinds/db-option-group/db-option-group.ts";
import type { DbOptionGroup } from "../../src/kinds/db-option-group/schema.ts";
import { hashTags } from "../../src/plan/tags.ts";
import { converge, differences, find, listed, mysql, removed, sandboxLab, surroundings, type Testbed } from "./db-testbed.ts";

const audit: DbOptionGroup = {
  engine: "mysql",
  majorEngineVersion: "8.4",
  options: { MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "CONNECT", SERVER_AUDIT_EXCL_USERS: "rdsadmin" } } },
};

/** A database with an option group; deleted, it leaves a snapshot and backups behind. */
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
    const testbed = await sandboxLab();
    await withDatabase(testbed);
    const [group] = await listed(testbed, dbOptionGroup);
    await expect(removed(testbed, dbOptionGroup, group!)).rejects.toMatchObject({ code: "InvalidOptionGroupStateFault" });
    const blockers = await (await dbOptionGroup.load()).blockers!(testbed.aws, [group!]);
    expect(blockers.get("prod-audit")).toMatchObject([{ id: "prod-main", holder: "prod-main" }]);
  });

  it("that only copies have is let go, and taken up again with what the file says then", async () => {
    const testbed = await sandboxLab();
    const { live } = await withDatabase(testbed);
    await removed(testbed, dbInstance, live);
    const [group] = await listed(testbed, dbOptionGroup);
    const driver = await dbOptionGroup.load();
    await driver.delete(testbed.aws, group!, { say: (text: string) => void testbed.said.push(text) } as never);
    expect(await listed(testbed, dbOptionGroup)).toEqual([]);
    expect(testbed.said.at(-1)).toMatch(/^AWS keeps prod-audit for snapshot prod-main-final-.*, backups of prod-main: it is let go/);
    const { OptionGroupArn } = await groupOf(testbed);
    const { TagList } = await testbed.aws.rds(new rds.ListTagsForResourceCommand({ ResourceName: OptionGroupArn }));
    expect(TagList).toEqual([]);
    expect((await driver.named!(testbed.aws, ["prod-audit"])).size).toBe(0);

    const other: DbOptionGroup = { ...audit, options: { MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "QUERY" } } } };
    await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", other);
    expect(await differences(testbed, dbOptionGroup, "dbOptionGroup/audit", other)).toEqual([]);
    expect((await groupOf(testbed)).Options![0]!.OptionSettings!.filter(({ Value }) => Value === "rdsadmin")).toEqual([]);
  });

  it("of somebody else with the name is not taken up", async () => {
    const testbed = await sandboxLab();
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

  it("that waits for the window of a database is told, and is no difference", async () => {
    const testbed = await sandboxLab();
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
    const testbed = await sandboxLab();
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
    // The tag that said that the password was not set is gone.
    expect((await find(testbed, dbInstance, "dbInstance/copy"))!.tags).not.toHaveProperty("infra:password");
    const { snapshot: _gone, ...without } = spec;
    const looks: readonly (readonly [DbInstance, readonly string[]])[] = [
      [spec, []],
      [without, []],
      [{ ...spec, snapshot: "other" }, ["snapshot: refused"]],
    ];
    for (const [written, expected] of looks) expect(await differences(testbed, dbInstance, "dbInstance/copy", written)).toEqual(expected);
    // A line that comes later asks for other data in the place of what is there.
    expect(await differences(testbed, dbInstance, "dbInstance/main", { ...spec, snapshot: "kept" })).toContain("snapshot: refused");
  });

  it("is refused by the plan where it is not what the file says", async () => {
    const testbed = await sandboxLab();
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
