/** The reads of a plan with nothing to do: as many as the environment needs, however many other objects and kinds there are. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { header, loadText } from "../support/testbed.ts";
import { emptyAccount, type Account } from "./estates.ts";

const small = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
`;

/** The reads of the plan of any network, and the further reads for instances. */
const network = [
  "sts:GetCallerIdentity",
  "tagging:GetResources",
  "ec2:DescribeVpcs",
  ["ec2:DescribeVpcAttribute", 2],
  "ec2:DescribeSubnets",
] as const;
const machines = [
  ...network,
  "ssm:GetParameters",
  ...["InternetGateways", "RouteTables", "SecurityGroups", "Instances", "Volumes"].map((what) => `ec2:Describe${what}`),
];
const all = [
  ...machines,
  ...["Addresses", "KeyPairs", "LaunchTemplates", "LaunchTemplateVersions", "NatGateways"].map((what) => `ec2:Describe${what}`),
  "autoscaling:DescribeAutoScalingGroups",
  "autoscaling:DescribePolicies",
  ...["LoadBalancers", "Listeners", "Rules", "TargetGroups"].map((what) => `elbv2:Describe${what}`),
  ["elbv2:DescribeTags", 3],
  "rds:DescribeDBInstances",
  "rds:DescribeDBSubnetGroups",
  "rds:ListTagsForResource",
] as const;

/** Each call happens once, unless the list has a number. A new kind must add no calls here; a change of a line needs a reason. */
const environments: readonly (readonly [string, () => Environment, readonly (string | readonly [string, number])[]])[] = [
  ["a VPC and a subnet", () => loadText(small), [...network, "ssm:GetParametersByPath"]],
  ["basic-vpc", () => loaded("environments", "basic-vpc"), machines],
  ["web-lab", () => loaded("test/fixtures/web-lab", "./web-lab.yaml"), all],
];

describe.each(environments)("%s", (_name, load, expected) => {
  let account: Account;
  let environment: Environment;
  let calls: number;

  beforeAll(async () => {
    account = emptyAccount();
    environment = load();
    expect((await account.apply(environment)).result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  });

  test("is planned in these calls, and no other", async () => {
    const { result, calls: made } = await account.plan(environment);
    expect(result.plan.steps).toEqual([]);
    expect(made.operations).toEqual(Object.fromEntries(expected.map((one) => (typeof one === "string" ? [one, 1] : one))));
    calls = made.total;
  });

  test("and in six more at most among 10,000 topics, 2,000 target groups and 1,000 databases of others", async () => {
    crowd(account, environment.region);
    const { result, calls: made } = await account.plan(environment);
    expect(result.plan.steps).toEqual([]);
    expect(made.total, JSON.stringify(made.operations)).toBeLessThanOrEqual(calls + 6);
  });
});

test.each([
  ["aurora", 25],
  ["chat", 48],
  ["ci-roles", 17],
  ["https-service", 59],
])("%s is planned in %i calls: one or two for each of its kinds, and those for single objects", async (name, exact) => {
  const account = emptyAccount();
  const environment = loaded("environments", name);
  expect((await account.apply(environment)).result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  const { result, calls } = await account.plan(environment);
  expect(result.plan.steps).toEqual([]);
  expect(calls, JSON.stringify(calls.operations)).toMatchObject({ total: exact, writes: 0 });
});

function loaded(cwd: string, nameOrPath: string): Environment {
  const { environment, diagnostics } = loadEnvironment({
    nameOrPath: nameOrPath.startsWith(".") ? nameOrPath : `./${nameOrPath}.yaml`,
    cwd,
    kinds,
    types,
  });
  if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return environment;
}

/** Puts objects of others into the account without the API, because ten thousand creates would take longer than the whole measurement. */
function crowd({ sandbox }: Account, region: string): void {
  const store = sandbox.stores.get(`123456789012/${region}`)!;
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:123456789012:${rest}`;
  for (let n = 0; n < 10_000; n++) {
    const topic = { arn: arn("sns", `other-${n}`), name: `other-${n}`, attributes: {}, tags: { team: "other" } };
    store.table("sns.topics").set(topic.arn, topic);
  }
  for (let n = 0; n < 2_000; n++) {
    const group = {
      arn: arn("elasticloadbalancing", `targetgroup/other-${n}/${String(n).padStart(16, "0")}`),
      name: `other-${n}`,
      tags: {},
    };
    store.table("elbv2.targetGroups").set(group.arn, group);
  }
  for (let n = 0; n < 1_000; n++) store.table("rds.instances").set(`db/other-${n}`, { id: `other-${n}`, engine: "mysql", tags: {} });
}
