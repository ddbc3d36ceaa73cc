/** IAM through the engine: the owners of objects, the changes of others, and what other services know of the objects. */
import {
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  AddRoleToInstanceProfileCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { iamPolicy } from "../../src/kinds/iam-policy/iam-policy.ts";
import { iamRole } from "../../src/kinds/iam-role/iam-role.ts";
import { instance } from "../../src/kinds/instance/instance.ts";
import { instanceProfile } from "../../src/kinds/instance-profile/instance-profile.ts";
import { oidcProvider } from "../../src/kinds/oidc-provider/oidc-provider.ts";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const kinds = [vpc, subnet, instance, iamRole, iamPolicy, instanceProfile, oidcProvider];
const allow = (action: string) => `{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "${action}", Resource: "*" }] }`;
const role = (more = "") => `${header}iamRoles:\n  app: { trust: ec2.amazonaws.com${more} }\n`;
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const name = "lab-test-app-eu-west-1";

const logs = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "logs:PutLogEvents", Resource: "*" }] });

const open = () => openTestbed({ kinds });

function others(testbed: Testbed): IAMClient {
  return new IAMClient({
    region: "us-east-1",
    endpoint: "https://sandbox.invalid",
    requestHandler: testbed.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  });
}

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" }],
});

describe("the ownership of IAM objects", () => {
  it("carries project, environment and region in its name, and lies under the environment's path", async () => {
    const testbed = open();
    await testbed.apply(role());
    const { Roles = [] } = await others(testbed).send(new ListRolesCommand({}));
    expect(Roles.map(({ Arn }) => Arn)).toEqual([`arn:aws:iam::123456789012:role/infra/lab/test/${name}`]);
  });

  it("a foreign object of the name, in other letters and under another path, is an error of the plan, and nothing is written", async () => {
    const testbed = open();
    const theirs = name.toUpperCase();
    const seen = others(testbed);
    await seen.send(new CreateRoleCommand({ RoleName: theirs, Path: "/theirs/", AssumeRolePolicyDocument: trust }));
    await seen.send(new CreatePolicyCommand({ PolicyName: theirs, Path: "/theirs/", PolicyDocument: logs }));
    await seen.send(new CreateInstanceProfileCommand({ InstanceProfileName: theirs, Path: "/theirs/" }));
    const yaml = `${role()}
iamPolicies: { app: { document: ${logs} } }
instanceProfiles: { app: { role: app } }
`;
    const connection = await testbed.connection();
    const { diagnostics } = await planEnvironment(kinds, connection, testbed.load(yaml), { goal: "agree", preflight: true });
    const taken = (what: string) =>
      `the name "${name}" (for AWS the same name as "${name.toUpperCase()}") is taken by arn:aws:iam::123456789012:${what}/theirs/${name.toUpperCase()}`;
    expect(diagnostics.map(({ code, severity, summary }) => `${severity} ${code} ${summary}`).sort()).toEqual([
      `error slot-taken iamPolicy/app: ${taken("policy")}.`,
      `error slot-taken iamRole/app: ${taken("role")}.`,
      `error slot-taken instanceProfile/app: ${taken("instance-profile")}.`,
    ]);
  });

  it("a lost answer to a create makes no second role", async () => {
    const testbed = openTestbed({ kinds, sandbox: { faults: { loseAnswer: [{ operation: "iam:CreateRole" }] } } });
    await testbed.apply(role());
    expect(stepsOf(await testbed.plan(role()))).toEqual([]);
  });

  it("under another path it is found by its name", async () => {
    const testbed = open();
    await testbed.apply(role(", path: /service/"));
    expect(stepsOf(await testbed.plan(role(", path: /service/, description: x")))).toEqual(["update iamRole/app"]);
  });

  it("the account's existing provider for GitHub is reported, with a way round", async () => {
    const testbed = open();
    const url = "https://token.actions.githubusercontent.com";
    await others(testbed).send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ["sts.amazonaws.com"] }));
    const yaml = (more = "") => `${header}oidcProviders: { github: { url: "${url}", clientIds: [sts.amazonaws.com]${more} } }\n`;
    const applied = await testbed.tryApply(yaml());
    const told = [
      ...applied.run.diagnostics.map(({ summary }) => summary),
      ...applied.outcome.failed.map(({ failure }) => failure.message),
    ];
    expect(told.join("\n")).toMatch(/is taken by|has a provider for/);
    const arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    await testbed.apply(yaml(`, adopt: { id: "${arn}" }`));
    expect(stepsOf(await testbed.plan(yaml()))).toEqual([]);
  });
});

describe("changes of others", () => {
  it("attached policies of others stay and are reported; ours is detached when its line is removed", async () => {
    const testbed = open();
    await testbed.apply(role(`, managedPolicies: ["${readOnly}"]`));
    const PolicyArn = "arn:aws:iam::aws:policy/SecurityAudit";
    await others(testbed).send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
    const run = await testbed.plan(role(`, managedPolicies: ["${readOnly}"]`));
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.map(({ text }) => text).join("\n")).toContain("SecurityAudit");
    await testbed.apply(role());
    const { AttachedPolicies } = await others(testbed).send(new ListAttachedRolePoliciesCommand({ RoleName: name }));
    expect(AttachedPolicies?.map((one) => one.PolicyArn)).toEqual([PolicyArn]);
  });

  it.each([
    ["another description", (yaml: string) => yaml.replace("description: One", "description: Two")],
    ["another path", (yaml: string) => yaml.replace("path: /service/", "path: /other/")],
  ])("a policy under a path of its own gets %s: our role detaches it, and gets it again", async (_what, edit) => {
    const testbed = open();
    const yaml = `${role(", managedPolicies: [iamPolicy/app]")}iamPolicies: { app: { path: /service/, description: One, document: ${logs} } }\n`;
    await testbed.apply(yaml);
    const { run } = await testbed.apply(edit(yaml));
    expect(stepsOf(run).sort()).toEqual(["replace iamPolicy/app", "update iamRole/app"]);
    expect(run.plan.notes.map(({ code, text }) => `${code}: ${text}`)).toEqual([
      "gap: iamRole/app is without iamPolicy/app until its replacement exists",
    ]);
    expect(stepsOf(await testbed.plan(edit(yaml)))).toEqual([]);
    const { AttachedPolicies } = await others(testbed).send(new ListAttachedRolePoliciesCommand({ RoleName: name }));
    expect(AttachedPolicies).toHaveLength(1);
  });

  it("a policy under a path of its own that bounds a role is not replaced: the role could do more for a moment; another name would not help", async () => {
    const testbed = open();
    const policy = () => `iamPolicies: { app: { path: /service/, description: One, document: ${logs} } }\n`;
    await testbed.apply(role(", permissionsBoundary: iamPolicy/app") + policy());
    const bound = await testbed.plan(role(", permissionsBoundary: iamPolicy/app") + policy().replace("One", `Two, name: ${name}`));
    expect(bound.diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      `cannot-let-go: iamPolicy/app (arn:aws:iam::123456789012:policy/service/${name}) would have to be deleted before it is created again, because AWS cannot change the description of a policy; iamRole/app cannot do without it: without its permissions boundary, the role would have more permissions for a while.`,
    ]);
    expect(bound.diagnostics.map(({ hint }) => hint)).toEqual([expect.stringMatching(/^make two changes: /)]);
    expect(stepsOf(bound)).toEqual([]);
  });

  it("a policy that others have attached is neither detached from them nor replaced, and an impossible delete is reported and soon given up", async () => {
    const testbed = open();
    const policy = () => `iamPolicies: { app: { path: /service/, description: One, document: ${logs} } }\n`;
    await testbed.apply(role() + policy());
    await others(testbed).send(new CreateRoleCommand({ RoleName: "theirs", AssumeRolePolicyDocument: trust }));
    const PolicyArn = `arn:aws:iam::123456789012:policy/service/${name}`;
    await others(testbed).send(new AttachRolePolicyCommand({ RoleName: "theirs", PolicyArn }));
    const attached = await testbed.plan(role() + policy().replace("One", "Two"));
    const theirs = "arn:aws:iam::123456789012:role/theirs (the role theirs, which has it as a policy or as a permissions boundary)";
    expect(attached.diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      `in-use: iamPolicy/app (${PolicyArn}) is to be replaced, but other objects use it: ${theirs}.`,
    ]);
    expect(stepsOf(attached)).toEqual([]);
    const plain = openTestbed({ kinds });
    await plain.apply(role() + policy().replace("path: /service/, ", ""));
    await others(plain).send(new CreateRoleCommand({ RoleName: "theirs", AssumeRolePolicyDocument: trust }));
    const ours = PolicyArn.replace("/service/", "/infra/lab/test/");
    await others(plain).send(new AttachRolePolicyCommand({ RoleName: "theirs", PolicyArn: ours }));
    const { run, outcome } = await plain.tryApply(role());
    expect(run.diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      `warning: iamPolicy/app (${ours}) is to be deleted, but other objects use it: ${theirs}.`,
    ]);
    expect(outcome.failed.map(({ failure }) => failure.code)).toEqual(["blocked"]);
    expect(outcome.ms).toBeLessThan(120_000); // virtual time: nothing in this run detaches the policy from the other role
  });

  it("a policy of its own that was deleted comes back", async () => {
    const testbed = open();
    const yaml = role(`, policies: { read: ${allow("s3:GetObject")} }`);
    await testbed.apply(yaml);
    await others(testbed).send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: "read" }));
    expect(stepsOf(await testbed.plan(yaml))).toEqual(["update iamRole/app"]);
    await testbed.apply(yaml);
    expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
  });

  it("a foreign profile that holds the role stands in the way of its delete, and is named", async () => {
    const testbed = open();
    await testbed.apply(role());
    await others(testbed).send(new CreateInstanceProfileCommand({ InstanceProfileName: "theirs" }));
    await others(testbed).send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "theirs", RoleName: name }));
    const applied = await testbed.tryApply(header);
    const told = JSON.stringify([applied.run.plan, applied.run.diagnostics, applied.outcome.failed.map(({ failure }) => failure)]);
    expect(told).toContain("the instance profile theirs");
    await expect(others(testbed).send(new GetRoleCommand({ RoleName: name }))).resolves.toBeDefined();
  });
});

describe("documents", () => {
  it("keep five versions: the oldest that is not the default goes, and a text that was there comes back as it is", async () => {
    const testbed = open();
    const yaml = (action: string) => `${header}iamPolicies:\n  p: { document: ${allow(action)} }\n`;
    for (const action of ["s3:A", "s3:B", "s3:C", "s3:D", "s3:E", "s3:F"]) await testbed.apply(yaml(action));
    await testbed.apply(yaml("s3:D"));
    const PolicyArn = "arn:aws:iam::123456789012:policy/infra/lab/test/lab-test-p-eu-west-1";
    const { Versions = [] } = await others(testbed).send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions.map(({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? "*" : ""}`)).toEqual([
      "v6",
      "v5",
      "v4*",
      "v3",
      "v2",
    ]);
  });

  it("mistakes are reported with their line, all at once", () => {
    const bad = `${header}iamRoles:\n  app:\n    trust: ec2.amazonaws.com\n    policies:\n      a: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*" }] }\n      b: "{"\n`;
    expect(() => open().load(bad)).toThrow(
      /test.yaml:9.*policies\.a\.Statement\[0\]: the statement has no Resource.*test.yaml:10.*the text is not a JSON object/s,
    );
  });
});

describe("references", () => {
  const machine = (profile: string) => `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
instances:
  web: { subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, disposable: true, instanceProfile: ${profile} }
`;

  it("a machine waits until EC2 knows the profile and its role", async () => {
    const testbed = open();
    const yaml = `${role()}instanceProfiles: { app: { role: app } }\n${machine("app")}`;
    await testbed.apply(yaml);
    expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
    const refused = testbed.sandbox.calls.filter(({ operation, code }) => operation === "RunInstances" && code === "InvalidParameterValue");
    expect(refused.length).toBeGreaterThan(0);
    await testbed.destroy(yaml);
    expect((await others(testbed).send(new ListRolesCommand({}))).Roles).toEqual([]);
  });

  it("somebody else's profile is looked up by its name, and one that is not there is an error of the plan", async () => {
    const testbed = open();
    await testbed.apply(header + machine("{ name: web }"));
    expect(stepsOf(await testbed.plan(header + machine("{ name: web }")))).toEqual([]);
    const { diagnostics } = await testbed.plan(header + machine("{ name: gone }"));
    expect(diagnostics.map(({ summary }) => summary)).toEqual([expect.stringContaining("has no instanceProfile named gone")]);
  });

  it.each([
    ["web", "declare it under instanceProfiles, or for one outside this environment write { name: web }"],
    ["arn:aws:iam::123456789012:instance-profile/web", 'write { arn: "arn:aws:iam::123456789012:instance-profile/web" }'],
  ])("a bare %s that is not declared is an error with a hint", (written, hint) => {
    expect(() => open().load(header + machine(`"${written}"`))).toThrow(hint);
  });
});
