/** IAM in the sandbox, as strict as the API reference says. */
import * as Iam from "@aws-sdk/client-iam";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { VirtualClock } from "@plumbline/clock";
import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";

let clock: VirtualClock;
let iam: Iam.IAMClient;
let ec2: EC2Client;
let ssm: SSMClient;

const image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

beforeEach(() => {
  clock = new VirtualClock();
  const { requestHandler } = createSandbox({ clock });
  const settings = {
    region: "eu-west-1",
    endpoint: "https://sandbox.invalid",
    requestHandler,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "x" },
    maxAttempts: 1,
  };
  iam = new Iam.IAMClient(settings as never);
  ec2 = new EC2Client(settings as never);
  ssm = new SSMClient(settings as never);
});

const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const trust = (Principal: unknown, more: object = {}) => policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });
const ec2Trust = trust({ Service: "ec2.amazonaws.com" });

const role = (RoleName: string, more: Partial<Iam.CreateRoleRequest> = {}) =>
  iam.send(new Iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: ec2Trust, ...more }));
const refusal = (answer: Promise<unknown>) =>
  answer.then(
    () => "it was done",
    (error: Error & { Code?: string }) => `${error.Code ?? error.name}: ${error.message}`,
  );

describe("roles", () => {
  it("have names that are unique whatever their case and path, and are listed by path without their tags", async () => {
    await role("App", { Path: "/infra/shop/dev/", Tags: [{ Key: "a", Value: "1" }], Description: "Runs" });
    expect(await refusal(role("app"))).toBe("EntityAlreadyExists: Role with name app already exists.");
    expect(await refusal(role("monitoring"))).toContain("EntityAlreadyExists");
    const { Roles = [] } = await iam.send(new Iam.ListRolesCommand({ PathPrefix: "/infra/shop/" }));
    expect(Roles.map(({ Arn, Tags }) => [Arn, Tags])).toEqual([["arn:aws:iam::123456789012:role/infra/shop/dev/App", undefined]]);
    expect((await iam.send(new Iam.ListRolesCommand({ PathPrefix: "/other/" }))).Roles).toEqual([]);
    const { Role } = await iam.send(new Iam.GetRoleCommand({ RoleName: "APP" }));
    expect(Role).toMatchObject({ Tags: [{ Key: "a", Value: "1" }], MaxSessionDuration: 3600, Description: "Runs" });
    expect(JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!))).toEqual(JSON.parse(ec2Trust));
    expect(Role!.AssumeRolePolicyDocument).toContain("%7B");
  });

  it.each([
    ["no JSON", "{", "This policy contains invalid Json"],
    ["a resource", trust({ Service: "ec2.amazonaws.com" }, { Resource: "*" }), "Has prohibited field Resource"],
    ["no principal", policy({ Effect: "Allow", Action: "sts:AssumeRole" }), "Missing required field Principal"],
    ["another effect", trust({ Service: "ec2.amazonaws.com" }, { Effect: "Maybe" }), "Syntax errors in policy."],
    [
      "another action",
      trust({ Service: "ec2.amazonaws.com" }, { Action: "s3:Get" }),
      "AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    ["a role that is not there", trust({ AWS: "arn:aws:iam::123456789012:role/gone" }), "Invalid principal in policy"],
    [
      "GitHub without sub",
      trust({ Federated: "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com" }, {}),
      "Invalid principal in policy",
    ],
  ])("refuse a trust policy with %s", async (_, document, text) => {
    expect(await refusal(role("app", { AssumeRolePolicyDocument: document }))).toContain(`MalformedPolicyDocument: ${text}`);
  });

  it("demand a condition on the repository, for GitHub's issuer", async () => {
    const Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    expect(
      await refusal(role("ci", { AssumeRolePolicyDocument: trust({ Federated }, { Action: "sts:AssumeRoleWithWebIdentity" }) })),
    ).toContain("must evaluate the condition key token.actions.githubusercontent.com:sub");
  });

  it("show a principal by its id once it is deleted, also when another has its name", async () => {
    const { Role: first } = await role("caller");
    await role("app", { AssumeRolePolicyDocument: trust({ AWS: first!.Arn }) });
    const shown = async () =>
      decodeURIComponent((await iam.send(new Iam.GetRoleCommand({ RoleName: "app" }))).Role!.AssumeRolePolicyDocument!);
    expect(await shown()).toContain(first!.Arn);
    await iam.send(new Iam.DeleteRoleCommand({ RoleName: "caller" }));
    expect(await shown()).toContain(first!.RoleId);
    await role("caller");
    expect(await shown()).toContain(first!.RoleId);
    await iam.send(new Iam.UpdateAssumeRolePolicyCommand({ RoleName: "app", PolicyDocument: trust({ AWS: first!.Arn }) }));
    expect(await shown()).toContain(first!.Arn);
  });

  it("are deleted only when they are empty and in no profile", async () => {
    const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await role("app");
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: "app", PolicyArn }));
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: "app", PolicyArn }));
    await iam.send(new Iam.PutRolePolicyCommand({ RoleName: "app", PolicyName: "own", PolicyDocument: policy(statement) }));
    await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: "app" }));
    await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: "app", RoleName: "app" }));
    const remove = () => refusal(iam.send(new Iam.DeleteRoleCommand({ RoleName: "app" })));
    expect(await remove()).toContain("DeleteConflict: Cannot delete entity, must remove roles from instance profile first.");
    await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: "app", RoleName: "app" }));
    expect(await remove()).toContain("must detach all policies first");
    await iam.send(new Iam.DetachRolePolicyCommand({ RoleName: "app", PolicyArn }));
    expect(await remove()).toContain("must delete policies first");
    await iam.send(new Iam.DeleteRolePolicyCommand({ RoleName: "app", PolicyName: "own" }));
    expect(await remove()).toBe("it was done");
    expect(await remove()).toBe("NoSuchEntity: The role with name app cannot be found.");
  });

  it("take ten policies, and 10,240 characters of their own", async () => {
    await role("app");
    for (let i = 0; i < 10; i++) {
      const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: `p${i}`, PolicyDocument: policy(statement) }));
      await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: "app", PolicyArn: Policy!.Arn! }));
    }
    const more = iam.send(new Iam.AttachRolePolicyCommand({ RoleName: "app", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }));
    expect(await refusal(more)).toContain("LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10");
    const long = policy({ ...statement, Resource: `arn:aws:s3:::${"x".repeat(10_200)}` });
    const own = iam.send(new Iam.PutRolePolicyCommand({ RoleName: "app", PolicyName: "long", PolicyDocument: long }));
    expect(await refusal(own)).toContain("Maximum policy size of 10240 bytes exceeded");
    const none = iam.send(new Iam.AttachRolePolicyCommand({ RoleName: "app", PolicyArn: "arn:aws:iam::aws:policy/NoSuch" }));
    expect(await refusal(none)).toContain("NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuch does not exist or is not attachable.");
  });

  it("keep the fields that UpdateRole omits, and take tag keys for one whatever their case", async () => {
    await role("app", { Description: "Runs" });
    await iam.send(new Iam.UpdateRoleCommand({ RoleName: "app", MaxSessionDuration: 7200 }));
    await iam.send(new Iam.TagRoleCommand({ RoleName: "app", Tags: [{ Key: "Owner", Value: "a" }] }));
    await iam.send(new Iam.TagRoleCommand({ RoleName: "app", Tags: [{ Key: "owner", Value: "b" }] }));
    const { Role } = await iam.send(new Iam.GetRoleCommand({ RoleName: "app" }));
    expect(Role).toMatchObject({ Description: "Runs", MaxSessionDuration: 7200, Tags: [{ Key: "owner", Value: "b" }] });
  });
});

describe("managed policies", () => {
  it("have five versions, and the default one cannot be deleted", async () => {
    const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: "read", PolicyDocument: policy(statement) }));
    const PolicyArn = Policy!.Arn!;
    const version = () => iam.send(new Iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy(statement) }));
    for (let i = 0; i < 4; i++) await version();
    expect(await refusal(version())).toContain("LimitExceeded: A managed policy can have up to 5 versions.");
    expect(await refusal(iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" })))).toContain("DeleteConflict");
    await iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    await version();
    const { Versions = [] } = await iam.send(new Iam.ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions.map(({ VersionId }) => VersionId)).toEqual(["v6", "v5", "v4", "v3", "v1"]);
    expect(await refusal(iam.send(new Iam.DeletePolicyCommand({ PolicyArn })))).toContain("more than one version");
  });

  it("stay while they are attached or bound a role", async () => {
    const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: "read", PolicyDocument: policy(statement) }));
    const PolicyArn = Policy!.Arn!;
    await role("app", { PermissionsBoundary: PolicyArn });
    const remove = () => refusal(iam.send(new Iam.DeletePolicyCommand({ PolicyArn })));
    expect(await remove()).toContain("used as a permissions boundary");
    await iam.send(new Iam.DeleteRolePermissionsBoundaryCommand({ RoleName: "app" }));
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: "app", PolicyArn }));
    expect(await remove()).toContain("attached to entities");
    const { PolicyRoles } = await iam.send(new Iam.ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(PolicyRoles).toEqual([{ RoleName: "app", RoleId: expect.stringMatching(/^AROA/) }]);
  });
});

describe("OpenID Connect providers", () => {
  it("are one a URL, and are answered without https://", async () => {
    const Url = "https://token.actions.githubusercontent.com";
    const make = () => iam.send(new Iam.CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ["sts.amazonaws.com"] }));
    const { OpenIDConnectProviderArn } = await make();
    expect(OpenIDConnectProviderArn).toBe("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com");
    expect(await refusal(make())).toBe(`EntityAlreadyExists: Provider with url ${Url} already exists.`);
    const found = await iam.send(new Iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    expect(found).toMatchObject({ Url: "token.actions.githubusercontent.com", ThumbprintList: [expect.stringMatching(/^[0-9a-f]{40}$/)] });
    const none = iam.send(new Iam.UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList: [] }));
    expect(await refusal(none)).toContain("ValidationError");
  });
});

describe("other services", () => {
  it("know a profile, and the role in it, seconds after IAM does", async () => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: image }));
    const launch = () =>
      refusal(
        ec2.send(
          new RunInstancesCommand({
            ImageId: Parameter!.Value!,
            InstanceType: "t3.micro",
            MinCount: 1,
            MaxCount: 1,
            IamInstanceProfile: { Name: "app" },
          }),
        ),
      );
    await role("app");
    await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: "app", Path: "/infra/shop/dev/" }));
    expect(await launch()).toContain("Value (app) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
    await clock.sleep(10_000);
    expect(await launch()).toContain("has no associated IAM Roles");
    await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: "app", RoleName: "app" }));
    await clock.sleep(10_000);
    expect(await launch()).not.toContain("IAM");
  });
});
