import * as iam from "@aws-sdk/client-iam";
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, type Account } from "./account.ts";

async function withProxies(...names: string[]): Promise<Account> {
  const here = await account();
  const roles = new iam.IAMClient({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" },
    requestHandler: here.sandbox.requestHandler,
    endpoint: "https://sandbox.invalid",
    maxAttempts: 1,
  });
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "rds.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await roles.send(new iam.CreateRoleCommand({ RoleName: "proxy", AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await here.pass(1); // until RDS sees the role
  for (const DBProxyName of names)
    await here.rds.send(
      new rds.CreateDBProxyCommand({
        DBProxyName,
        EngineFamily: "POSTGRESQL",
        Auth: [{ AuthScheme: "SECRETS", SecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-a-b" }],
        RoleArn: Role!.Arn!,
        VpcSubnetIds: [...here.subnets],
      }),
    );
  await here.pass(30);
  return here;
}

describe("a proxy of the sandbox's RDS", () => {
  it("takes a new name, keeps its ARN, and frees the old one", async () => {
    const here = await withProxies("front");
    const look = async (DBProxyName: string) => (await here.rds.send(new rds.DescribeDBProxiesCommand({ DBProxyName }))).DBProxies![0]!;
    const modify = (input: Partial<rds.ModifyDBProxyCommandInput>) =>
      here.rds.send(new rds.ModifyDBProxyCommand({ DBProxyName: "front", ...input }));
    const { DBProxyArn } = await look("front");
    // Terraform's provider sends every change with the present name.
    await modify({ NewDBProxyName: "front", IdleClientTimeout: 900 });
    expect(await look("front")).toMatchObject({ Status: "modifying", IdleClientTimeout: 900, DBProxyArn });
    await here.pass(30);
    await modify({ NewDBProxyName: "Entrance" });
    expect(await codeOf(look("front"))).toBe("DBProxyNotFoundFault");
    await here.pass(30);
    expect(await look("entrance")).toMatchObject({ DBProxyName: "entrance", Status: "available", IdleClientTimeout: 900, DBProxyArn });
  });

  it("is refused another's name, and one that is none, and stays as it was", async () => {
    const here = await withProxies("front", "other");
    const modify = (NewDBProxyName: string) =>
      here.rds.send(new rds.ModifyDBProxyCommand({ DBProxyName: "front", NewDBProxyName, RequireTLS: true }));
    expect(await codeOf(modify("other"))).toBe("DBProxyAlreadyExistsFault");
    expect(await codeOf(modify("1st"))).toBe("InvalidParameterValue");
    expect((await here.rds.send(new rds.DescribeDBProxiesCommand({ DBProxyName: "front" }))).DBProxies).toMatchObject([
      { Status: "available", RequireTLS: false },
    ]);
    expect(
      await codeOf(
        here.rds.send(new rds.ModifyDBProxyTargetGroupCommand({ DBProxyName: "front", TargetGroupName: "default", NewName: "other" })),
      ),
    ).toBe("NotImplemented");
  });
});
