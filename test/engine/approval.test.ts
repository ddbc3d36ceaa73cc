/** An approval is run in several applies. Steps that an earlier run did are left out and named; a new step stops the apply. */
import { describe, expect, it } from "vitest";
import { applyUnderLease, type ApplyResult } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { approvalOf, type Approval } from "../../src/plan/approval.ts";
import { header, openTestbed, type Testbed } from "../support/testbed.ts";

const yaml = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;

/** Applies an approved plan, and stops when `until` is done. */
async function applyApproved(index: Testbed, approval: Approval, until?: string, text = yaml): Promise<ApplyResult> {
  const stop = new AbortController();
  const me = { who: "test", run: `run ${index.clock.now()}`, process: "1" };
  return applyUnderLease(kinds, await index.connection(), index.load(text), {
    goal: "agree",
    signal: stop.signal,
    onEvent: (event) => event.type === "step-done" && event.step.address === until && stop.abort(),
    approval,
    lease: { me },
  });
}

describe("an approval", () => {
  it("is continued by the next run, which names the finished steps", async () => {
    const index = openTestbed();
    const approval = approvalOf((await index.plan(yaml)).plan);
    const first = await applyApproved(index, approval, "vpc/main");
    expect(first).toMatchObject({ ended: "ran", outcome: { status: "stopped" }, alreadyDone: [] });
    const second = await applyApproved(index, approval);
    expect(second).toMatchObject({
      ended: "ran",
      outcome: { status: "done" },
      alreadyDone: expect.arrayContaining(["vpc/main"]) as unknown,
    });
    expect((await applyApproved(index, approval)).ended).toBe("nothing-to-do");
  });

  it("does not cover later changes of others", async () => {
    const index = openTestbed();
    await index.apply(yaml.replace("10.0.2.0/24", "10.0.3.0/24"));
    const approval = approvalOf((await index.plan(yaml)).plan);
    const { plan } = await index.plan(yaml);
    const vpc = plan.objects.find(({ address }) => address === "vpc/main")!.id;
    const input = { VpcId: vpc, EnableDnsSupport: { Value: false } };
    await index.sandbox.call({ service: "ec2", operation: "ModifyVpcAttribute", account: "123456789012", region: "eu-west-1", input });
    const calls = index.sandbox.calls.length;
    const ended = await applyApproved(index, approval);
    expect(ended).toMatchObject({ ended: "changed", check: { unexpected: [{ step: { action: "update", address: "vpc/main" } }] } });
    expect(index.sandbox.calls.slice(calls).filter(({ mutating }) => mutating)).toEqual([]);
  });

  it("does not cover another image, or another object of others, than those that were found for it", async () => {
    const index = openTestbed();
    const call = (service: string, operation: string, input: object) =>
      index.sandbox.call({ service, operation, account: "123456789012", region: "eu-west-1", input });
    const images = ((await call("ec2", "DescribeImages", { Owners: ["amazon"] })) as { Images: { ImageId: string }[] }).Images;
    const name = (Value: string) => call("ssm", "PutParameter", { Name: "/team/image", Type: "String", Value, Overwrite: true });
    const group = async (GroupName: string) => {
      const vpc = (await index.plan(yaml)).plan.objects.find(({ address }) => address === "vpc/main")!.id;
      const { GroupId } = (await call("ec2", "CreateSecurityGroup", { GroupName, Description: "shared", VpcId: vpc })) as {
        GroupId: string;
      };
      return GroupId;
    };
    const share = (id: string) => call("ec2", "CreateTags", { Resources: [id], Tags: [{ Key: "Name", Value: "shared" }] });
    await index.apply(yaml);
    const [one, other] = [await group("one"), await group("other")];
    await Promise.all([name(images[0]!.ImageId), share(one)]);
    const more = `${yaml}instances:\n  web: { subnet: a, instanceType: t3.micro, image: { ssm: /team/image }, securityGroups: [{ tags: { Name: shared } }] }\n`;
    const approval = approvalOf((await index.plan(more)).plan);
    const apply = async () =>
      applyUnderLease(kinds, await index.connection(), index.load(more), {
        goal: "agree",
        signal: new AbortController().signal,
        onEvent: () => {},
        approval,
        lease: { me: { who: "test", run: "1" } },
      });
    const changed = { ended: "changed", check: { unexpected: [{ why: "instance/web: the YAML has other values than at the approval" }] } };

    await name(images[1]!.ImageId);
    expect(await apply()).toMatchObject(changed);
    await name(images[0]!.ImageId);
    await call("ec2", "DeleteTags", { Resources: [one], Tags: [{ Key: "Name" }] });
    await share(other);
    expect(await apply()).toMatchObject(changed);
    await call("ec2", "DeleteTags", { Resources: [other], Tags: [{ Key: "Name" }] });
    await share(one);
    expect(await apply()).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  });

  const ip = (more: string) => `elasticIps: { web: { ${more} } }`;
  const group = (name: string) => `securityGroups: { web: { vpc: main, description: Web, name: ${name}, tags: { Name: web } } }`;
  it.each([
    ["what protects it", ip("protect: true"), ip("")],
    ["what keeps it from a deletion", ip("retain: true"), ip("")],
    ["what gives it up", ip(""), ip("disposable: true")],
    ["its name, where its tag has another", group("one"), group("two")],
  ])("does not cover a new object after the file changed %s", async (_what, before, after) => {
    const index = openTestbed();
    const approval = approvalOf((await index.plan(`${yaml}${before}\n`)).plan);
    expect(await applyApproved(index, approval, undefined, `${yaml}${after}\n`)).toMatchObject({
      ended: "changed",
      check: { unexpected: [{ why: expect.stringMatching(/\/web: the YAML has other values than at the approval$/) as unknown }] },
    });
  });

  it("does not cover a deletion that leaves less behind than it said", async () => {
    const index = openTestbed();
    await index.apply(`${yaml}keyPairs: { admin: { generate: ed25519, privateKey: { ssmParameter: /shop/key } } }\n`);
    const { plan } = await index.plan(yaml);
    expect(plan.steps).toMatchObject([{ action: "delete", because: expect.stringContaining("the private key stays") as unknown }]);
    const { id } = plan.objects.find(({ address }) => address === "keyPair/admin")!;
    const allowed = `${yaml}allowDestroy: { keyPair/admin: ${id} }\n`;
    expect(await applyApproved(index, approvalOf(plan), undefined, allowed)).toMatchObject({
      ended: "changed",
      check: { unexpected: [{ why: "keyPair/admin: its delete leaves behind something else than at the approval" }] },
    });
    expect(await applyApproved(index, approvalOf(plan))).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  });

  it("does not cover a database that is deleted without its last snapshot, since somebody changed its tag", async () => {
    const index = openTestbed();
    const database = `dbSubnetGroups: { main: { subnets: [a, b] } }
dbInstances:
  main: { engine: postgres, instanceClass: db.t4g.medium, allocatedStorage: 20, subnetGroup: main, masterUsername: boss, masterPassword: { ssmParameter: /shop/db } }
`;
    await index.apply(yaml + database);
    const call = (operation: string, input: object) =>
      index.sandbox.call({ service: "rds", operation, account: "123456789012", region: "eu-west-1", input });
    const { DBInstances } = (await call("DescribeDBInstances", {})) as { DBInstances: { DbiResourceId: string; DBInstanceArn: string }[] };
    const [{ DbiResourceId, DBInstanceArn } = { DbiResourceId: "", DBInstanceArn: "" }] = DBInstances;
    const without = `${yaml}dbSubnetGroups: { main: { subnets: [a, b] } }\nallowDestroy: { dbInstance/main: ${DbiResourceId} }\n`;
    const approval = approvalOf((await index.plan(without)).plan);
    await call("AddTagsToResource", { ResourceName: DBInstanceArn, Tags: [{ Key: "infra:final-snapshot", Value: "skip" }] });
    expect(await applyApproved(index, approval, undefined, without)).toMatchObject({
      ended: "changed",
      check: { unexpected: [{ why: "dbInstance/main: its delete leaves behind something else than at the approval" }] },
    });
    await call("AddTagsToResource", { ResourceName: DBInstanceArn, Tags: [{ Key: "infra:final-snapshot", Value: "take" }] });
    expect(await applyApproved(index, approval, undefined, without)).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  });

  it("counts values that AWS has as approved as done, and no others that the file no longer asks for", async () => {
    const index = openTestbed();
    const groups = `${yaml}securityGroups: { a: { vpc: main, description: A }, b: { vpc: main, description: B } }\n`;
    const approval = approvalOf((await index.plan(groups)).plan);
    await applyApproved(index, approval, "vpc/main", groups);
    const fewer = groups.replace(", b: { vpc: main, description: B }", "");
    expect(await applyApproved(index, approval, undefined, fewer)).toMatchObject({
      ended: "ran",
      alreadyDone: ["vpc/main"],
      notAskedFor: ["securityGroup/b"],
    });
  });

  it("is the answer to the plan that was shown, too: steps that another run does before the lock is taken are named", async () => {
    const index = openTestbed();
    const connection = await index.connection();
    const run = applyUnderLease(kinds, connection, index.load(yaml), {
      goal: "agree",
      signal: new AbortController().signal,
      onEvent: () => {},
      confirm: async () => {
        await applyApproved(index, approvalOf((await index.plan(yaml)).plan), "vpc/main");
        return true;
      },
      lease: { me: { who: "test", run: "the first", process: "1" } },
    });
    expect(await run).toMatchObject({ ended: "ran", outcome: { status: "done" }, alreadyDone: ["vpc/main"], notAskedFor: [] });
  });
});
