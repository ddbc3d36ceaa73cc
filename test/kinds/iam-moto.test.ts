/**
 * The IAM kinds against moto, an emulator by others, with a separate client that reads the result. moto has no AWS managed policies and no
 * delay, so only the sandbox tests those.
 */
import {
  GetInstanceProfileCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Connection } from "../../src/aws/connection.ts";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const kinds = allKinds.filter(({ name }) => ["iamRole", "iamPolicy", "instanceProfile", "oidcProvider"].includes(name));
const statement = (action: string) => `{ Effect: Allow, Action: "${action}", Resource: "*" }`;
const environment = (action: string) => `
format: 1
project: lab
environment: moto
region: ap-northeast-2
iamPolicies:
  shared: { description: Shared, document: { Version: "2012-10-17", Statement: [${statement(action)}] } }
iamRoles:
  app:
    trust: ec2.amazonaws.com
    description: Runs
    maxSessionDuration: 7200
    managedPolicies: [shared]
    policies: { own: { Version: "2012-10-17", Statement: [${statement(action)}] } }
instanceProfiles:
  app: { role: app }
oidcProviders:
  github: { url: "https://token.actions.githubusercontent.com", clientIds: [sts.amazonaws.com], thumbprints: [6938fd4d98bab03faadb97b34396831e3780aea1] }
`;

describe.skipIf(!hasMoto)("against moto (skipped where it is not installed)", () => {
  let testbed: MotoTestbed;
  let seen: IAMClient;

  beforeAll(async () => {
    testbed = await motoTestbed();
    seen = new IAMClient(testbed.client);
  });
  afterAll(() => testbed?.stop());

  const connection = () => testbed as unknown as Connection;
  const run = async (yaml: string, goal: "agree" | "destroy" = "agree") => {
    const planned = await planEnvironment(kinds, connection(), loadText(yaml, kinds), { goal });
    for await (const event of applyEnvironment(connection(), planned, { signal: new AbortController().signal }))
      if (event.type === "finished") expect(event.outcome.failed).toEqual([]);
    return planned;
  };
  const steps = async (yaml: string) => stepsOf(await planEnvironment(kinds, connection(), loadText(yaml, kinds), { goal: "agree" }));

  it("makes, agrees with, changes and deletes all four", async () => {
    const [first, second] = [environment("s3:GetObject"), environment("s3:PutObject")];
    await run(first);
    expect(await steps(first)).toEqual([]);
    const RoleName = "lab-moto-app-ap-northeast-2";
    const { Role } = await seen.send(new GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({ Path: "/infra/lab/moto/", Description: "Runs", MaxSessionDuration: 7200 });
    expect(Role?.Tags).toContainEqual({ Key: "infra:resource", Value: "iamRole/app" });
    const { InstanceProfile } = await seen.send(new GetInstanceProfileCommand({ InstanceProfileName: RoleName }));
    expect(InstanceProfile?.Roles?.map((role) => role.RoleName)).toEqual([RoleName]);

    await run(second);
    expect(await steps(second)).toEqual([]);
    const own = await seen.send(new GetRolePolicyCommand({ RoleName, PolicyName: "own" }));
    expect(decodeURIComponent(own.PolicyDocument!)).toContain("s3:PutObject");
    const PolicyArn = Role!.Arn!.replace(/:role.*/, ":policy/infra/lab/moto/lab-moto-shared-ap-northeast-2");
    const version = await seen.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    expect(version.PolicyVersion?.IsDefaultVersion).toBe(true);

    await run(second, "destroy");
    expect((await seen.send(new ListRolesCommand({ PathPrefix: "/infra/" }))).Roles).toEqual([]);
  });
});
