/**
 * A kind that an environment does not use costs it nothing: plans make the same calls when there is one kind more, and never load its
 * driver.
 */
import { beforeAll, expect, test } from "vitest";
import { connect } from "../../src/aws/connect.ts";
import { applyUnderLease, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Driver, Kind } from "../../src/kinds/kind.ts";
import { iamPolicy } from "../../src/iam/policy.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { VirtualClock } from "@plumbline/clock";
import { importOf, stripped } from "../import/support.ts";
import { header, loadText } from "../support/testbed.ts";

const gateway = kinds.find(({ name }) => name === "egressOnlyInternetGateway")!;

/** A kind that the account has no objects of. Its only call returns an empty list. */
const newKind: Kind = {
  ...gateway,
  name: "madeUpGateway",
  section: "madeUpGateways",
  idPrefix: "mugw-",
  tagIndex: { type: "ec2:made-up-gateway" },
  load: () => Promise.reject(new Error("nobody needs its driver")),
};

/** The same kind in a service whose objects are not in the tag index. */
const { tagIndex: _, ...withoutIndex } = newKind;
const unindexed: Kind = { ...withoutIndex, load: gateway.load };

/** A kind whose objects lie in networks. */
const lying: Kind = { ...newKind, load: async () => ({ ...(await gateway.load()), within: askOnce }) };
const askOnce: NonNullable<Driver["within"]> = async (aws) => {
  const ec2 = await import("../../src/aws/sdk/ec2.ts");
  await aws.ec2(new ec2.DescribeEgressOnlyInternetGatewaysCommand({}));
  return [];
};

const yaml = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main }
instances:
  web: { subnet: a, instanceType: t3.micro, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, securityGroups: [web] }
`;

/** Counts the calls of a first plan, of the apply, of a plan after it, and on request of an import of everything that was made. */
async function callsWith(all: readonly Kind[], alsoImport = false) {
  const environment = loadText(yaml);
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" };
  const way = await connect({ region: environment.region, clock, requestHandler: sandbox.requestHandler, credentials });
  const operations: Record<string, Readonly<Record<string, number>>> = {};
  const counted = async <T>(name: string, work: () => Promise<T>) => {
    sandbox.forgetCalls();
    const result = await work();
    operations[name] = sandbox.counts().operations;
    return result;
  };
  const lease = { me: { who: "kinds", run: "1" } };
  const request = { goal: "agree", signal: new AbortController().signal, onEvent: () => undefined, lease } as const;
  await counted("a first plan", () => planEnvironment(all, way, environment, { goal: "agree" }));
  const made = await counted("the apply", () => applyUnderLease(all, way, environment, request));
  expect(made).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  const again = await counted("a plan after it", () => planEnvironment(all, way, environment, { goal: "agree" }));
  expect(again.plan.steps).toEqual([]);
  if (!alsoImport) return operations;
  await stripped(again, way);
  const roots = [...again.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
  await counted("an import", () => importOf(way, environment, roots, {}, all));
  return operations;
}

let before: Awaited<ReturnType<typeof callsWith>>;
beforeAll(async () => void (before = await callsWith(kinds, true)));

test("a kind more adds no call to a plan or an apply without it", async () => {
  const { "an import": _import, ...plans } = before;
  expect(Object.keys(plans)).toEqual(["a first plan", "the apply", "a plan after it"]);
  expect(await callsWith([...kinds, newKind])).toEqual(plans);
});

test("one that the index of tags does not show adds a call as long as no apply has run", async () => {
  const { "an import": _import, ...plans } = before;
  const one = (name: string) => ({ ...plans[name], "ec2:DescribeEgressOnlyInternetGateways": 1 });
  expect(await callsWith([...kinds, unindexed])).toEqual({ ...plans, "a first plan": one("a first plan"), "the apply": one("the apply") });
});

test("a kind more that lies in networks adds the one call to an import that says there is none", async () => {
  const after = await callsWith([...kinds, lying], true);
  const { "ec2:DescribeEgressOnlyInternetGateways": asked, ...others } = after["an import"]!;
  expect(asked).toBe(1);
  expect({ ...after, "an import": others }).toEqual(before);
});

test("a kind more changes nothing of a role that is made for the file alone", () => {
  const environment = loadText(yaml);
  for (const purpose of ["plan", "apply"] as const)
    expect(iamPolicy([...kinds, newKind], environment, purpose, { fileOnly: true })).toEqual(
      iamPolicy(kinds, environment, purpose, { fileOnly: true }),
    );
});
