import { describe, expect, test } from "vitest";
import { loadEnvironment, listEnvironments } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { isRead, isUnknownCreate } from "../../src/plan/iam-actions.ts";
import {
  iamPolicy,
  lengthOf,
  managedPolicyLimit,
  split,
  type PolicyDocument,
  type PolicySubject,
  type Purpose,
} from "../../src/plan/iam-policy.ts";

const cwd = new URL("../..", import.meta.url).pathname;
const names = listEnvironments(cwd).map(({ name }) => name);
const load = (name: string) => loadEnvironment({ nameOrPath: name, cwd, kinds }).environment!;
const actionsOf = ({ Statement }: PolicyDocument) => Statement.flatMap(({ Action }) => Action);

/** Resources of one kind, all fields unwritten but these. */
function subject(kind: string, spec: object): PolicySubject {
  return {
    project: "shop",
    name: "prod",
    region: "eu-west-1",
    account: "123456789012",
    nodes: [{ kind, address: `${kind}/x`, name: "x", spec, tags: {} }] as unknown as PolicySubject["nodes"],
  };
}

describe("golden", () => {
  test.each([
    ["web-service", "plan"],
    ["web-service", "apply"],
    ["database", "apply"],
    ["auto-scaling", "apply"],
    ["basic-vpc", "adopt"],
    ["basic-vpc", "guard"],
  ] as const)("%s for %s", async (name, purpose) => {
    await expect(`${JSON.stringify(iamPolicy(kinds, load(name), purpose), undefined, 2)}\n`).toMatchFileSnapshot(
      `golden/iam-${name}-${purpose}.json`,
    );
  });
});

describe.each(names)("%s", (name) => {
  test("a plan may write nothing and decrypt nothing", () => {
    for (const action of actionsOf(iamPolicy(kinds, load(name), "plan"))) expect(action).toMatch(/^[a-z0-9]+:(Describe|List|Get)/);
    expect(
      actionsOf(iamPolicy(kinds, load(name), "plan")).filter(
        (action) => action.startsWith("kms:") || action === "ssm:GetParameter" || action.startsWith("secretsmanager:"),
      ),
    ).toEqual([]);
  });

  test("an apply writes nothing without a condition or a resource", () => {
    for (const { Action, Resource, Condition, Sid } of iamPolicy(kinds, load(name), "apply").Statement)
      if (Resource === "*" && Condition === undefined)
        expect(
          Action.filter((action) => !isRead(action)),
          Sid,
        ).toEqual([]);
  });

  test("an apply may do all that a plan may", () => {
    expect(actionsOf(iamPolicy(kinds, load(name), "apply"))).toEqual(
      expect.arrayContaining(actionsOf(iamPolicy(kinds, load(name), "plan"))),
    );
  });

  test("statements have names that IAM takes, each once", () => {
    for (const purpose of ["plan", "apply", "adopt", "guard"] as Purpose[]) {
      const sids = iamPolicy(kinds, load(name), purpose).Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    }
  });

  test("split, it fits into managed policies and loses nothing", () => {
    const whole = iamPolicy(kinds, load(name), "apply");
    const parts = split(whole);
    for (const part of parts) expect(lengthOf(part)).toBeLessThanOrEqual(managedPolicyLimit);
    expect(parts.flatMap(({ Statement }) => Statement)).toEqual(whole.Statement);
  });
});

test("every action that makes something is known with what it makes", () => {
  const elsewhere = /^(iam|kms|secretsmanager|ssm):/; // called on our behalf, and tied to those who call
  expect(kinds.flatMap(({ iam }) => iam.write).filter((action) => !elsewhere.test(action) && isUnknownCreate(action))).toEqual([]);
});

test("an action of no kind's is not allowed", () => {
  const known = new Set([
    ...kinds.flatMap(({ iam }) => [...iam.read, ...iam.write]),
    "ec2:DescribeTags",
    "ec2:DescribeAvailabilityZones",
    "sts:GetCallerIdentity",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:PutParameter",
    "ssm:DeleteParameter",
  ]);
  for (const name of names) for (const action of actionsOf(iamPolicy(kinds, load(name), "apply"))) expect(known, action).toContain(action);
});

describe("only what a written field needs", () => {
  test.each([
    ["ec2:DescribeInstanceAttribute", "instance", {}, { disableApiTermination: true }],
    ["ec2:DescribeSpotInstanceRequests", "instance", {}, { spot: true }],
    ["iam:PassRole", "instance", {}, { instanceProfile: "web" }],
    ["iam:PassRole", "dbInstance", {}, { monitoringRole: "arn:aws:iam::1:role/x" }],
    ["ssm:GetParameter", "dbInstance", {}, { masterPassword: { ssmParameter: "/shop/password" } }],
  ])("%s of %s", (action, kind, without, written) => {
    expect(actionsOf(iamPolicy(kinds, subject(kind, without), "apply"))).not.toContain(action);
    expect(actionsOf(iamPolicy(kinds, subject(kind, written), "apply"))).toContain(action);
  });

  test("an image's parameter is the only one that is read", () => {
    const { Statement } = iamPolicy(kinds, subject("instance", { image: { ssm: "/aws/service/ami" } }), "plan");
    expect(Statement.find(({ Sid }) => Sid === "ReadImageParameters")).toEqual({
      Sid: "ReadImageParameters",
      Effect: "Allow",
      Action: ["ssm:GetParameters"],
      Resource: ["arn:aws:ssm:eu-west-1::parameter/aws/service/ami"],
    });
  });
});

test("China and GovCloud have partitions of their own", () => {
  const resources = (region: string) => JSON.stringify(iamPolicy(kinds, { ...subject("dbInstance", {}), region }, "apply"));
  expect(resources("cn-north-1")).toContain("arn:aws-cn:rds:cn-north-1:123456789012:db:*");
  expect(resources("cn-north-1")).toContain("rds.cn-north-1.amazonaws.com.cn");
  expect(resources("us-gov-west-1")).toContain("arn:aws-us-gov:");
  expect(resources("cn-north-1")).not.toContain("arn:aws:");
});

test("a guard spares whom it is told to", () => {
  const [statement] = iamPolicy(kinds, subject("vpc", {}), "guard", ["arn:aws:iam::123456789012:role/deployer"]).Statement;
  expect(statement).toMatchObject({
    Effect: "Deny",
    Condition: { ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/deployer"] } },
  });
});
