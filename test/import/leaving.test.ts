/**
 * A CloudFormation stack as the source of an import, through its API: while the stack exists, after its deletion, and objects that are
 * never taken.
 */
import { describe, expect, it } from "vitest";
import type { StackRecord } from "@plumbline/aws-sandbox/services/cloudformation/state.ts";
import type { Connection } from "../../src/aws/connection.ts";
import { stackNamed } from "../../src/cli/import-sources.ts";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { importPolicy } from "../../src/iam/policy.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { adopted, importOf, loadUnsaved, stripped } from "./support.ts";

const arn = (name: string) => `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f`;

const estate = `${header}
vpcs: { main: { cidrBlock: 10.7.0.0/16 } }
subnets:
  a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.7.2.0/24, availabilityZone: b }
securityGroups: { web: { vpc: main, name: legacy-web, ingress: [{ port: 80, source: 0.0.0.0/0 }] } }
topics: { ops: { name: ops } }
`;

/** Makes an estate as a stack with a nested stack does: CloudFormation's tags on everything that it tags, and its own list of resources. */
async function stacked() {
  const testbed = openTestbed();
  await testbed.apply(estate);
  const run = await testbed.plan(estate);
  await stripped(run, run.connection);
  const store = testbed.sandbox.stores.get("123456789012/eu-west-1")!;
  const idOf = (address: string) => run.observed.objects.get(address)!.live.id;
  const tag = (id: string, stack: string) => {
    const tags = {
      "aws:cloudformation:stack-id": arn(stack),
      "aws:cloudformation:stack-name": stack,
      "aws:cloudformation:logical-id": "X",
    };
    store.table<object>("ec2.tags").set(id, { ...store.table<object>("ec2.tags").get(id), ...tags });
  };
  for (const address of ["vpc/main", "securityGroup/web"]) tag(idOf(address), "shop");
  for (const address of ["subnet/a", "subnet/b"]) tag(idOf(address), "shop-Net-1ABC");
  const resource = (logicalId: string, type: string, physicalId: string) => ({
    logicalId,
    type,
    physicalId,
    status: "CREATE_COMPLETE" as const,
  });
  const stacks = store.table<StackRecord>("cloudformation.stacks");
  const put = (name: string, resources: StackRecord["resources"]) =>
    stacks.set(arn(name), { id: arn(name), name, status: "CREATE_COMPLETE", created: testbed.clock.now(), resources });
  put("shop", [
    resource("Network", "AWS::EC2::VPC", idOf("vpc/main")),
    resource("Nested", "AWS::CloudFormation::Stack", arn("shop-Net-1ABC")),
    resource("WebGroup", "AWS::EC2::SecurityGroup", idOf("securityGroup/web")),
    resource("Alerts", "AWS::SNS::Topic", idOf("topic/ops")),
    resource("Share", "AWS::Nowhere::Share", "share-1"),
    // 120 resources that are parts of others give the list a second page.
    ...Array.from({ length: 120 }, (_, i) => resource(`Rule${i}`, "AWS::EC2::SecurityGroupIngress", `rule-${i}`)),
    { logicalId: "Never", type: "AWS::EC2::VPC", status: "CREATE_FAILED" as const },
  ]);
  put("shop-Net-1ABC", [
    resource("SubnetA", "AWS::EC2::Subnet", idOf("subnet/a")),
    resource("SubnetB", "AWS::EC2::Subnet", idOf("subnet/b")),
  ]);
  const set = (status: StackRecord["status"]) => {
    for (const one of stacks.values()) {
      one.status = status;
      if (status === "DELETE_COMPLETE") one.deleted = testbed.clock.now();
      if (status === "DELETE_COMPLETE") for (const each of one.resources) each.status = "DELETE_SKIPPED";
    }
  };
  const look = () => testbed.connection();
  const read = async (way: Connection, name: string) => {
    const { roots, names, leaving, tail, before, unknown } = await stackNamed(way.aws, name);
    const imported = await importOf(way, run.environment, roots, { given: names, leaving: leaving!, tail });
    return { imported, unknown: unknown(new Set()), before };
  };
  return { testbed, run, set, look, read, idOf };
}

const named = ["securityGroup/web-group", "subnet/subnet-a", "subnet/subnet-b", "topic/alerts", "vpc/network"];

describe("a stack that lives", () => {
  it("gives a file with its logical ids, proved as if the stack had released its objects; until it has, nothing is adopted", async () => {
    const { testbed, set, look, read } = await stacked();
    testbed.sandbox.forgetCalls();
    const { imported, unknown, before } = await read(await look(), "shop");
    const sent = Object.keys(testbed.sandbox.counts().operations).map((one) =>
      one
        .replace(/^elbv2/, "elasticloadbalancing")
        .replace(/^tagging/, "tag")
        .replace(/^efs/, "elasticfilesystem"),
    );
    expect(sent).toEqual(expect.arrayContaining(["cloudformation:DescribeStacks", "cloudformation:ListStackResources"]));
    const allowed = importPolicy(kinds).Statement.flatMap(({ Action }) => Action);
    expect(sent.filter((one) => !allowed.includes(one))).toEqual([]);

    expect(imported.open).toEqual([]);
    expect(imported.entries.map(({ address }) => address).sort()).toEqual(named);
    expect(unknown).toEqual(["share-1 (AWS::Nowhere::Share)"]);
    expect(before).toBe("delete the stack shop without its resources (the end of the file says how)");
    expect(imported.text).toContain("# 2. aws cloudformation delete-stack --stack-name shop\n");

    const file = loadUnsaved(imported.text).environment!;
    const refused = await planEnvironment(kinds, await look(), file, { goal: "agree" });
    expect(refused.diagnostics.filter(({ code }) => code === "adopt-made-by-other")).toHaveLength(4);
    expect(stepsOf(refused)).toEqual(["retag topic/alerts"]); // CloudFormation does not tag it

    set("DELETE_COMPLETE");
    await adopted(await look(), file);
    testbed.sandbox.forgetCalls();
    const after = await testbed.plan(imported.text.replace(/^ +adopt: .*\n/gm, "").replace(/, adopt: \{ id: [^}]* \}/g, ""));
    expect(stepsOf(after)).toEqual([]);
    expect(after.observed.objects.size).toBe(5);
    // Our tag holds the stack's id, so CloudFormation is not asked again.
    expect(Object.keys(testbed.sandbox.counts().operations).filter((one) => one.startsWith("cloudformation"))).toEqual([]);
    expect(after.observed.objects.get("vpc/network")!.live.tags["infra:adopted"]).toBe(arn("shop"));
    expect(after.observed.objects.get("topic/alerts")!.live.tags["infra:adopted"]).toBe("true");
  });

  it("keeps its objects where only their VPC was named", async () => {
    const { run, look, idOf } = await stacked();
    const roots = [{ kind: kinds.find(({ name }) => name === "vpc")!, id: idOf("vpc/main") }];
    const imported = await importOf(await look(), run.environment, roots);
    expect(imported.entries).toEqual([]);
    expect(imported.sorted.outside.map(({ why }) => why)).toContain("made by the CloudFormation stack shop");
  });
});

describe("a stack that is gone", () => {
  it("is found by its id for 90 days, and by the tags on its objects ever after", async () => {
    const { testbed, run, set, look, read, idOf } = await stacked();
    set("DELETE_COMPLETE");
    const { imported, before } = await read(await look(), arn("shop"));
    expect(imported.entries.map(({ address }) => address).sort()).toEqual(named);
    expect(before).toBeUndefined();
    expect(imported.text).not.toContain("delete-stack");
    await testbed.clock.sleep(91 * 86_400_000);
    await expect(stackNamed((await look()).aws, arn("shop"))).rejects.toThrow(/has no stack arn:.* in eu-west-1/);
    const roots = [{ kind: kinds.find(({ name }) => name === "vpc")!, id: idOf("vpc/main") }];
    const later = await importOf(await look(), run.environment, roots);
    expect(later.entries).toHaveLength(4);
    await adopted(await look(), loadUnsaved(later.text).environment!);
    expect(stepsOf(await testbed.plan(later.text))).toEqual([]);
  });
});

describe("a stack that cannot be imported", () => {
  it.each([
    ["DELETE_IN_PROGRESS", "shop", /still working on the stack shop \(DELETE_IN_PROGRESS\)/],
    ["UPDATE_IN_PROGRESS", "shop", /still working on the stack shop \(UPDATE_IN_PROGRESS\)/],
    ["DELETE_FAILED", "shop", /the deletion of the stack shop failed/],
    ["DELETE_COMPLETE", "shop", /has no stack shop in eu-west-1 for account 123456789012/],
    ["CREATE_COMPLETE", "nobodys", /has no stack nobodys in eu-west-1/],
  ] as const)("%s, as %s", async (status, name, why) => {
    const { look, set } = await stacked();
    set(status);
    await expect(stackNamed((await look()).aws, name)).rejects.toThrow(why);
  });

  it("asks again when CloudFormation throttles, and takes no denied answer for gone", async () => {
    const { testbed, run, look, read, set, idOf } = await stacked();
    testbed.sandbox.setFaults({
      refuse: [
        { operation: "ListStackResources", code: "Throttling" },
        { operation: "DescribeStacks", nth: 2, times: "always", code: "AccessDenied", status: 403, message: "not authorized" },
      ],
    });
    expect((await read(await look(), "shop")).imported.entries).toHaveLength(5);
    set("DELETE_COMPLETE");
    const roots = [{ kind: kinds.find(({ name }) => name === "vpc")!, id: idOf("vpc/main") }];
    expect((await importOf(await look(), run.environment, roots)).entries).toEqual([]);
  });
});
