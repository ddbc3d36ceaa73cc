import * as ec2 from "@aws-sdk/client-ec2";
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, type Account } from "./account.ts";

describe("a subnet group of the sandbox's RDS", () => {
  const create = (here: Account, SubnetIds: string[], name = "Databases") =>
    here.rds.send(new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: name, DBSubnetGroupDescription: "d", SubnetIds }));

  it("is known in lower case, covers two zones, and shows no tags but for the asking", async () => {
    const here = await account();
    const { DBSubnetGroup } = await here.rds.send(
      new rds.CreateDBSubnetGroupCommand({
        DBSubnetGroupName: "Databases",
        DBSubnetGroupDescription: "d",
        SubnetIds: [...here.subnets],
        Tags: [{ Key: "a", Value: "b" }],
      }),
    );
    expect(DBSubnetGroup).toMatchObject({
      DBSubnetGroupName: "databases",
      VpcId: here.vpc,
      SubnetGroupStatus: "Complete",
      DBSubnetGroupArn: "arn:aws:rds:eu-west-1:000000000000:subgrp:databases".replace(
        "000000000000",
        DBSubnetGroup!.DBSubnetGroupArn!.split(":")[4]!,
      ),
    });
    expect(DBSubnetGroup).not.toHaveProperty("TagList");
    expect((await here.rds.send(new rds.ListTagsForResourceCommand({ ResourceName: DBSubnetGroup!.DBSubnetGroupArn }))).TagList).toEqual([
      { Key: "a", Value: "b" },
    ]);
  });

  it("is refused in one zone, with unknown subnets, of two VPCs, under a bad or taken name", async () => {
    const here = await account();
    const [a, b] = here.subnets;
    const vpc = (await here.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }))).Vpc!.VpcId!;
    const other = (
      await here.ec2.send(new ec2.CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.1.1.0/24", AvailabilityZone: "eu-west-1c" }))
    ).Subnet!.SubnetId!;
    expect(await codeOf(create(here, [a]))).toBe("DBSubnetGroupDoesNotCoverEnoughAZs");
    expect(await codeOf(create(here, [a, "subnet-0123456789abcdef0"]))).toBe("InvalidSubnet");
    expect(await codeOf(create(here, [a, other]))).toBe("InvalidSubnet");
    expect(await codeOf(create(here, [a, b], "default"))).toBe("InvalidParameterValue");
    expect(await codeOf(create(here, [a, b], "1st"))).toBe("InvalidParameterValue");
    expect(await codeOf(create(here, [a, b], "GROUP"))).toBe("DBSubnetGroupAlreadyExists");
  });

  it("keeps the subnets in which instances stand, and stays until the last instance is gone", async () => {
    const here = await account();
    const third = (
      await here.ec2.send(new ec2.CreateSubnetCommand({ VpcId: here.vpc, CidrBlock: "10.0.3.0/24", AvailabilityZone: "eu-west-1c" }))
    ).Subnet!.SubnetId!;
    const modify = (...SubnetIds: string[]) => here.rds.send(new rds.ModifyDBSubnetGroupCommand({ DBSubnetGroupName: "group", SubnetIds }));
    const remove = () => here.rds.send(new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: "group" }));
    await here.create({ AvailabilityZone: "eu-west-1a" });
    expect(await codeOf(modify(here.subnets[1], third))).toBe("SubnetAlreadyInUse");
    expect(await codeOf(modify(here.subnets[0], third))).toBe("(no error)");
    await here.pass(30);
    await here.remove({ SkipFinalSnapshot: true });
    await expect(remove()).rejects.toThrow("at least one database instance: main is still using it");
    expect(await codeOf(remove())).toBe("InvalidDBSubnetGroupStateFault");
    await here.pass(15);
    expect(await codeOf(remove())).toBe("(no error)");
    expect(await codeOf(remove())).toBe("DBSubnetGroupNotFoundFault");
  });
});

describe("a parameter group of the sandbox's RDS", () => {
  async function withGroup(): Promise<Account> {
    const here = await account();
    await here.rds.send(
      new rds.CreateDBParameterGroupCommand({ DBParameterGroupName: "own", DBParameterGroupFamily: "mysql8.4", Description: "own" }),
    );
    return here;
  }
  const set = (here: Account, ...Parameters: rds.Parameter[]) =>
    here.rds.send(new rds.ModifyDBParameterGroupCommand({ DBParameterGroupName: "own", Parameters }));
  const user = async (here: Account) =>
    (await here.rds.send(new rds.DescribeDBParametersCommand({ DBParameterGroupName: "own", Source: "user" }))).Parameters!.map(
      ({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue],
    );

  it.each<[string, rds.Parameter, string]>([
    // AWS may have this parameter. The sandbox uses AWS's error only for names that AWS certainly does not have.
    ["of no name it knows", { ParameterName: "init_connect", ParameterValue: "1", ApplyMethod: "immediate" }, "NotImplemented"],
    ["of another engine's name", { ParameterName: "work_mem", ParameterValue: "64", ApplyMethod: "immediate" }, "InvalidParameterValue"],
    ["of no form of a name", { ParameterName: "wait timeout", ParameterValue: "1", ApplyMethod: "immediate" }, "InvalidParameterValue"],
    ["that cannot be modified", { ParameterName: "port", ParameterValue: "1", ApplyMethod: "pending-reboot" }, "InvalidParameterValue"],
    ["out of range", { ParameterName: "max_connections", ParameterValue: "0", ApplyMethod: "immediate" }, "InvalidParameterValue"],
    ["of none of the words", { ParameterName: "slow_query_log", ParameterValue: "ON", ApplyMethod: "immediate" }, "InvalidParameterValue"],
    [
      "that is static, at once",
      { ParameterName: "performance_schema", ParameterValue: "1", ApplyMethod: "immediate" },
      "InvalidParameterCombination",
    ],
  ])("refuses a value %s", async (_name, parameter, code) => {
    const here = await withGroup();
    expect(await codeOf(set(here, { ParameterName: "wait_timeout", ParameterValue: "60", ApplyMethod: "immediate" }, parameter))).toBe(
      code,
    );
    expect(await user(here)).toEqual([]);
  });

  it("takes twenty values a call, and counts one that equals the default as the system's", async () => {
    const here = await withGroup();
    const one = { ParameterName: "wait_timeout", ParameterValue: "60", ApplyMethod: "immediate" as const };
    expect(await codeOf(set(here, ...Array.from({ length: 21 }, () => one)))).toBe("InvalidParameterValue");
    await set(here, one, { ParameterName: "local_infile", ParameterValue: "1", ApplyMethod: "immediate" });
    expect(await user(here)).toEqual([["wait_timeout", "60"]]);
    const two = { ParameterName: "interactive_timeout", ParameterValue: "60", ApplyMethod: "immediate" as const };
    await set(here, two);
    const reset = { DBParameterGroupName: "own", Parameters: [{ ...two, ParameterValue: undefined }] };
    expect(await codeOf(here.rds.send(new rds.ResetDBParameterGroupCommand({ ...reset, ResetAllParameters: true })))).toBe(
      "InvalidParameterCombination",
    );
    await here.rds.send(new rds.ResetDBParameterGroupCommand(reset));
    expect(await user(here)).toEqual([["wait_timeout", "60"]]);
    await here.rds.send(new rds.ResetDBParameterGroupCommand({ DBParameterGroupName: "own", ResetAllParameters: true }));
    expect(await user(here)).toEqual([]);
  });

  it("tells its instances: dynamic values arrive, static ones wait for a reboot that only people make", async () => {
    const here = await withGroup();
    await here.create({ DBParameterGroupName: "own" });
    await here.pass(30);
    const status = async () => (await here.look()).DBParameterGroups![0]!.ParameterApplyStatus;
    await set(here, { ParameterName: "wait_timeout", ParameterValue: "60", ApplyMethod: "immediate" });
    expect(await status()).toBe("applying");
    await here.pass(1);
    expect(await status()).toBe("in-sync");
    await set(here, { ParameterName: "performance_schema", ParameterValue: "1", ApplyMethod: "pending-reboot" });
    await here.pass(10 * 24 * 60);
    expect(await status()).toBe("pending-reboot");
    await here.rds.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    expect(await status()).toBe("in-sync");
  });

  it("stays while an instance has it, and the default ones stay always", async () => {
    const here = await withGroup();
    await here.create({ DBParameterGroupName: "own" });
    const remove = (name: string) => codeOf(here.rds.send(new rds.DeleteDBParameterGroupCommand({ DBParameterGroupName: name })));
    expect(await remove("own")).toBe("InvalidDBParameterGroupState");
    expect(await remove("default.mysql8.4")).toBe("InvalidDBParameterGroupState");
    expect(await remove("gone")).toBe("DBParameterGroupNotFound");
  });

  it("is listed with its parameters in pages, and by the names that are asked for", async () => {
    const here = await withGroup();
    let count = 0;
    for await (const page of rds.paginateDescribeDBParameters({ client: here.rds, pageSize: 20 }, { DBParameterGroupName: "own" }))
      count += page.Parameters!.length;
    expect(count).toBeGreaterThan(30);
    const { Parameters } = await here.rds.send(
      new rds.DescribeDBParametersCommand({
        DBParameterGroupName: "own",
        Filters: [{ Name: "parameter-name", Values: ["max_connections"] }],
      }),
    );
    expect(Parameters).toMatchObject([{ ParameterName: "max_connections", Source: "system", ApplyType: "dynamic", IsModifiable: true }]);
    const { EngineDefaults } = await here.rds.send(
      new rds.DescribeEngineDefaultParametersCommand({ DBParameterGroupFamily: "postgres17", MaxRecords: 20 }),
    );
    expect(EngineDefaults!.Marker).toBeDefined();
  });
});
