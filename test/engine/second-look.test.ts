/** The reads under the lock: the objects that the plan touches and those that they name, or everything. */
import { describe, expect, test } from "vitest";
import { acquireLease, breakLease, type LeaseView, readLease, setFrozen } from "../../src/apply/lease.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { applyUnderLease, type ApplyResult, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const yaml = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: false }
internetGateways:
  main: { vpc: main }
securityGroups:
  web: { vpc: main, description: Web, ingress: [{ port: 80, source: 0.0.0.0/0 }] }
  db: { vpc: main, description: Database, ingress: [{ port: 3306, source: securityGroup/web }] }
`;
const moved = yaml.replace("3306", "3307");
const owner = { project: "lab", environment: "test" };
const asking = (done: () => void = () => undefined) => ({ signal: new AbortController().signal, waiting: done });

let runs = 0;

/** Applies, and returns the reads between the confirmation and the first step; `meanwhile` runs during the confirmation. */
async function apply(
  { sandbox, connection, load }: Testbed,
  text: string,
  meanwhile: (aws: Aws, run: PlanRun) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly result: ApplyResult; readonly read: readonly string[] }> {
  const other = (await connection()).aws;
  let from = 0;
  let to: number | undefined;
  const result = await applyUnderLease(kinds, await connection(), load(text), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => (to ??= sandbox.calls.length),
    confirm: async (run) => {
      await meanwhile(other, run);
      from = sandbox.calls.length;
      return true;
    },
    lease: { me: { who: "me", run: `run ${runs++}` } },
    consistencyDelay: 0,
  });
  const read = sandbox.calls.slice(from, to).filter(({ service, mutating }) => service !== "ssm" && !mutating);
  return { result, read: read.map(({ operation }) => operation).sort() };
}

async function made(text = yaml): Promise<Testbed> {
  const testbed = openTestbed();
  expect((await apply(testbed, text)).result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  return testbed;
}

const idOf = (run: PlanRun, address: string) => run.observed.objects.get(address)!.live.id;
const done = { ended: "ran", outcome: { status: "done", failed: [], skipped: [] } };
/** The reads of both groups and their rules, and whether the VPC exists. */
const little = ["DescribeSecurityGroupRules", "DescribeSecurityGroups", "DescribeVpcs"];
const everything = expect.arrayContaining(["DescribeInternetGateways", "DescribeSubnets", "DescribeVpcAttribute"]) as unknown;

async function tagged(aws: Aws, id: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const ec2 = await import("../../src/aws/sdk/ec2.ts");
  await aws.ec2(new ec2.CreateTagsCommand({ Resources: [id], Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }));
}

describe("under the lock", () => {
  test("only objects that the plan writes to and names are read again", async () => {
    const { result, read } = await apply(await made(), moved);
    expect(result).toMatchObject(done);
    expect(read).toEqual(little);
  });

  test("a kind is listed in full when the plan makes an object of it", async () => {
    const gate = `${yaml}  more: { vpc: main, description: More }\n`;
    const { result, read } = await apply(await made(), gate);
    expect(result).toMatchObject(done);
    expect(read).toEqual(little.filter((operation) => operation !== "DescribeSecurityGroupRules")); // existing groups agree
  });

  test("a change that somebody makes elsewhere is not met: it is the next plan's", async () => {
    const testbed = await made();
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const { result, read } = await apply(testbed, moved, (aws, run) => {
      const input = { SubnetId: idOf(run, "subnet/a"), MapPublicIpOnLaunch: { Value: true } };
      return aws.ec2(new ec2.ModifySubnetAttributeCommand(input));
    });
    expect(result).toMatchObject(done);
    expect(read).toEqual(little);
    expect(stepsOf(await testbed.plan(moved))).toEqual(["update subnet/a"]);
  });

  test("a changed object with another value by now ends the run, as before", async () => {
    const testbed = await made();
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const { result, read } = await apply(testbed, moved, async (aws, run) => {
      const UserIdGroupPairs = [{ GroupId: idOf(run, "securityGroup/web") }];
      const IpPermissions = [{ IpProtocol: "tcp", FromPort: 3306, ToPort: 3306, UserIdGroupPairs }];
      await aws.ec2(new ec2.RevokeSecurityGroupIngressCommand({ GroupId: idOf(run, "securityGroup/db"), IpPermissions }));
      const open = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
      await aws.ec2(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId: idOf(run, "securityGroup/db"), IpPermissions: open }));
    });
    expect(result).toMatchObject({ ended: "changed" });
    expect(read).toEqual(everything);
  });

  test("an object that the change names and that is gone by now is noticed: everything is read again", async () => {
    const text = `${yaml}routeTables:\n  main: { vpc: main, subnets: [a] }\n`;
    const testbed = await made(text);
    const routed = text.replace("subnets: [a]", "subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }]");
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const { result, read } = await apply(testbed, routed, async (aws, run) => {
      const ids = { InternetGatewayId: idOf(run, "internetGateway/main"), VpcId: idOf(run, "vpc/main") };
      await aws.ec2(new ec2.DetachInternetGatewayCommand(ids));
      await aws.ec2(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: ids.InternetGatewayId }));
    });
    expect(result).toMatchObject({
      ended: "changed",
      check: { unexpected: [{ step: { action: "create", address: "internetGateway/main" } }] },
    });
    expect(read).toEqual(everything);
  });

  test("an object that the change names and that is no longer ours is noticed, too", async () => {
    const testbed = await made();
    const { result, read } = await apply(testbed, moved, (aws, run) =>
      tagged(aws, idOf(run, "vpc/main"), { "infra:environment": "other" }),
    );
    expect(result).toMatchObject({ ended: "changed" });
    expect(read).toEqual(everything);
  });

  test("a second object under the address of a new object is found", async () => {
    const testbed = await made();
    const more = `${yaml}  more: { vpc: main, description: More }\n`;
    const { result } = await apply(testbed, more, async () => {
      const other = await testbed.connection();
      const run = await applyUnderLease(kinds, other, testbed.load(more), {
        goal: "agree",
        signal: new AbortController().signal,
        onEvent: () => undefined,
        lease: { me: { who: "you", run: "you" } },
      });
      expect(run).toMatchObject(done);
    });
    expect(result).toMatchObject({ ended: "ran", alreadyDone: ["securityGroup/more"], run: { plan: { steps: [] } } });
    expect((await testbed.plan(more)).observed.shown.get("securityGroup/more")).toHaveLength(1);
  });

  test("an object that another run made after the lists were read does not keep this run from using its name", async () => {
    const testbed = await made();
    const more = `${yaml}iamRoles:\n  more: { trust: ec2.amazonaws.com }\n`;
    const request = { goal: "agree" as const, signal: new AbortController().signal, onEvent: () => undefined };
    let isFirst = true;
    const late = kinds.map((kind) => {
      if (kind.name !== "iamRole") return kind;
      const load = async () => {
        const its = await kind.load();
        const named: typeof its.named = async (...asked) => {
          if (isFirst) {
            isFirst = false;
            const lease = { me: { who: "you", run: "you" } };
            expect(await applyUnderLease(kinds, await testbed.connection(), testbed.load(more), { ...request, lease })).toMatchObject(done);
          }
          return its.named!(...asked);
        };
        return { ...its, named };
      };
      return { ...kind, load };
    });
    const lease = { me: { who: "me", run: "me" } };
    const result = await applyUnderLease(late, await testbed.connection(), testbed.load(more), { ...request, lease, preflight: true });
    expect(isFirst).toBe(false);
    expect(result).toMatchObject({ ended: "nothing-to-do" });
  });

  test("a run that waits for another asks once more whether it may follow, and leaves the commit of that one", async () => {
    const testbed = await made();
    const { aws } = await testbed.connection();
    const follow = async ({ record }: LeaseView) => {
      if (record?.commit === "newer") throw new Error("commit older is older than newer");
    };
    const newer = async () => {
      const lease = await acquireLease(aws, owner, { who: "you", run: "you", commit: "newer" }, asking());
      await lease.begin(aws);
      lease.clearPause();
      await lease.giveBack();
    };
    const older = { me: { who: "me", run: "me", commit: "older" }, follow };
    const calls = testbed.sandbox.calls.length;
    const run = applyUnderLease(kinds, await testbed.connection(), testbed.load(moved), {
      goal: "agree",
      signal: new AbortController().signal,
      onEvent: () => undefined,
      confirm: async () => newer().then(() => true),
      lease: older,
    });
    await expect(run).rejects.toThrow("commit older is older than newer");
    expect((await readLease(aws, owner)).record).toMatchObject({ state: "released", commit: "newer" });
    const writes = testbed.sandbox.calls.slice(calls).filter(({ mutating, service }) => mutating && service !== "ssm");
    expect(writes).toEqual([]);
  });

  test("a freeze while somebody is asked ends the apply before it takes the lock", async () => {
    const testbed = await made();
    const frozen = { who: "ops", why: "an audit", since: "2026-01-01T00:00:00.000Z" };
    const { result } = await apply(testbed, moved, (aws) => setFrozen(aws, owner, frozen));
    expect(result).toEqual({ ended: "frozen", frozen });
    expect((await testbed.plan(moved)).plan.steps).toHaveLength(1);
  });

  test("where the last reads are refused, the end of the run is still reported, and why its outputs are missing", async () => {
    const testbed = openTestbed();
    const denied = { code: "RequestExpired", status: 400 };
    const refuse = [{ operation: "ec2:DescribeVpcs", times: 100, ...denied }];
    const request = { goal: "agree" as const, signal: new AbortController().signal, consistencyDelay: 0 };
    const result = await applyUnderLease(kinds, await testbed.connection(), testbed.load(yaml), {
      ...request,
      onEvent: (event) => event.type === "finished" && testbed.sandbox.setFaults({ refuse }),
      lease: { me: { who: "me", run: "me" } },
    });
    expect(result).toMatchObject({
      ...done,
      made: new Map(),
      notes: [
        "the objects could not be read after the last step: DescribeVpcs: RequestExpired; outputs are missing here, `infra output` shows them",
      ],
    });
  });

  const others: readonly (readonly [string, (aws: Aws) => Promise<unknown>])[] = [
    ["another run had it", async (aws) => (await acquireLease(aws, owner, { who: "you", run: "you" }, asking())).giveBack()],
    [
      "somebody freed it",
      async (aws) => {
        await acquireLease(aws, owner, { who: "you", run: "you" }, asking());
        await breakLease(aws, owner, { who: "admin", run: "admin" });
      },
    ],
  ];
  test.each(others)("everything is read again where %s meanwhile", async (_what, meanwhile) => {
    const { result, read } = await apply(await made(), moved, meanwhile);
    expect(result).toMatchObject(done);
    expect(read).toEqual(everything);
  });

  test("everything is read again where somebody freed it before: its holder may have gone on", async () => {
    const testbed = await made();
    const { aws } = await testbed.connection();
    await acquireLease(aws, owner, { who: "you", run: "you" }, asking());
    await breakLease(aws, owner, { who: "admin", run: "admin" });
    const { result, read } = await apply(testbed, moved);
    expect(result).toMatchObject(done);
    expect(read).toEqual(everything);
  });

  const whole: readonly (readonly [string, string, string])[] = [
    ["something is deleted", yaml, yaml.replace(/  db:.*\n/, "")],
    ["something is replaced", yaml, yaml.replace("10.0.1.0/24", "10.0.9.0/24")],
    ["the file asserts something", `${yaml}assert: { it: { deny: { from: internet, port: 22 } } }\n`, ""],
  ];
  test.each(whole)("everything is read again where %s", async (_what, before, after) => {
    const { read } = await apply(await made(before), after || before.replace("3306", "3307"));
    expect(read).toEqual(everything);
  });

  test("a freeze while an apply without a lock waits its minute ends it before its first write", async () => {
    const testbed = await made();
    const frozen = { who: "ops", why: "an audit", since: "2026-01-01T00:00:00.000Z" };
    const connection = await testbed.connection();
    const request = { goal: "agree", signal: new AbortController().signal, onEvent: () => undefined, lease: "none" } as const;
    const confirm = async () => {
      await setFrozen(connection.aws, owner, frozen);
      return true;
    };
    const result = await applyUnderLease(kinds, connection, testbed.load(moved), { ...request, confirm });
    expect(result).toEqual({ ended: "frozen", frozen });
    expect((await testbed.plan(moved)).plan.steps).toHaveLength(1);
  });

  test("without a lock everything is read again", async () => {
    const testbed = await made();
    const from = testbed.sandbox.calls.length;
    const request = { goal: "agree", signal: new AbortController().signal, onEvent: () => undefined, lease: "none" } as const;
    expect(await applyUnderLease(kinds, await testbed.connection(), testbed.load(moved), request)).toMatchObject(done);
    expect(testbed.sandbox.calls.slice(from).filter(({ operation }) => operation === "DescribeSubnets")).toHaveLength(2);
  });
});
