import { describe, expect, it } from "vitest";
import type { ApplyEvent } from "../../src/apply/events.ts";
import { acquireLease, readLease } from "../../src/apply/lease.ts";
import { applyUnderLease, applyEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { outcomeText } from "../../src/render/apply-summary.ts";
import { header, openTestbed, loadText } from "../support/testbed.ts";

const network = `vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
`;

describe("a run that is stopped", () => {
  it("starts nothing new, ends its waits, says so, and gives the lease back", async () => {
    const testbed = openTestbed();
    const yaml = `${header}${network}internetGateways:\n  main: { vpc: main }\nelasticIps:\n  nat: {}\nnatGateways:\n  main: { subnet: a, elasticIp: nat }\nrouteTables:\n  a: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: natGateway/main }], subnets: [a] }\n`;
    const connection = await testbed.connection();
    const stop = new AbortController();
    const events: ApplyEvent[] = [];
    const onEvent = (event: ApplyEvent) => {
      events.push(event);
      if (event.type === "step-waiting" && event.step.address === "natGateway/main") stop.abort(new Error("SIGINT"));
    };
    const result = await applyUnderLease(kinds, connection, loadText(yaml), {
      goal: "agree",
      signal: stop.signal,
      onEvent,
      lease: { me: { who: "me", run: "1" } },
    });
    expect(result).toMatchObject({ ended: "ran", outcome: { status: "stopped", failed: [] } });
    const outcome = result.ended === "ran" ? result.outcome : undefined;
    const skipped = outcome!.skipped.map(({ step, because }) => [`${step.address} ${step.stage}`, because]);
    expect(skipped).toContainEqual(["natGateway/main create", "the run was stopped while it waited; the next run continues it"]);
    expect(skipped).toContainEqual(["routeTable/a routes", "natGateway/main was not finished"]);
    expect(outcomeText(outcome!, "Run it again.")).toMatch(
      /^Not finished \(1\)\n  natGateway\/main: the run was stopped[^]*\nSkipped \(1\)\n/m,
    );
    const stoppedAt = events.findIndex((event) => event.type === "step-waiting" && event.step.address === "natGateway/main");
    expect(events.slice(stoppedAt).some((event) => event.type === "step-started")).toBe(false);
    const owner = { project: "lab", environment: "test" };
    expect((await readLease(connection.aws, owner)).record?.state).toBe("released");
    // The next run continues from there, with the same internet gateway.
    await testbed.apply(yaml);
    const gateways = [...testbed.sandbox.stores.values()].flatMap((store) => [...store.table("ec2.natGateways").keys()]);
    expect(gateways).toHaveLength(1);
    await (await acquireLease(connection.aws, owner, { who: "me", run: "2" }, { signal: new AbortController().signal })).giveBack();
  });
});

describe("a step that fails", () => {
  it("leaves independent branches alone, skips dependent steps, and lets nothing be deleted", async () => {
    const testbed = openTestbed();
    const group = (name: string) => `  ${name}: { vpc: main }\n`;
    await testbed.apply(`${header}${network}securityGroups:\n${group("old")}`);
    const changed = `${header}${network}  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }\nrouteTables:\n  b: { vpc: main, routes: [], subnets: [b] }\nsecurityGroups:\n${group("new")}`;
    testbed.sandbox.setFaults({ refuse: [{ operation: "ec2:CreateSubnet", code: "SubnetLimitExceeded", status: 400 }] });
    const { outcome } = await testbed.tryApply(changed);
    expect(outcome.status).toBe("partial");
    expect(outcome.failed.map(({ step, failure }) => [step.address, failure.code])).toEqual([["subnet/b", "SubnetLimitExceeded"]]);
    expect(outcome.done.map(({ address }) => address)).toEqual(expect.arrayContaining(["securityGroup/new"]));
    const skipped = Object.fromEntries(outcome.skipped.map(({ step, because }) => [`${step.address} ${step.stage}`, because]));
    expect(skipped["securityGroup/old delete"]).toBe("nothing is deleted before every create and change has succeeded");
    expect(
      Object.entries(skipped)
        .filter(([step]) => step.startsWith("routeTable/b"))
        .map(([, because]) => because),
    ).toContain("subnet/b failed");
    testbed.sandbox.setFaults({});
    await testbed.apply(changed);
  });
});

describe("a delete that AWS refuses", () => {
  it("names the foreign machine in our subnet", async () => {
    const testbed = openTestbed();
    await testbed.apply(`${header}${network}`);
    const connection = await testbed.connection();
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const run = await testbed.plan(`${header}${network}`);
    const subnet = run.observed.objects.get("subnet/a")!.live.id;
    const { Images: [image] = [] } = await connection.aws.ec2(new ec2.DescribeImagesCommand({ Owners: ["amazon"] }));
    const { Instances: [machine] = [] } = await connection.aws.ec2(
      new ec2.RunInstancesCommand({ SubnetId: subnet, ImageId: image!.ImageId!, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 }),
    );
    const { outcome } = await testbed.tryApply(`${header}${network}`, "destroy");
    const refused = outcome.failed.find(({ step }) => step.address === "subnet/a")!;
    expect(refused.failure).toMatchObject({
      code: "blocked",
      blockers: [{ what: expect.stringContaining(machine!.InstanceId!) as string }],
    });
  });

  it("names the foreign group that refers to ours", async () => {
    const testbed = openTestbed();
    const ours = `${header}${network}securityGroups:\n  ours: { vpc: main }\n`;
    await testbed.apply(ours);
    const { observed, connection } = await testbed.plan(ours);
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const group = observed.objects.get("securityGroup/ours")!.live.id;
    const theirs = await connection.aws.ec2(
      new ec2.CreateSecurityGroupCommand({ GroupName: "theirs", Description: "theirs", VpcId: observed.objects.get("vpc/main")!.live.id }),
    );
    await connection.aws.ec2(
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: theirs.GroupId!,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: group }] }],
      }),
    );
    const { outcome } = await testbed.tryApply(`${header}${network}`);
    const refused = outcome.failed.find(({ step }) => step.address === "securityGroup/ours")!;
    expect(refused.failure.code).toBe("blocked");
    expect(refused.failure.message).toContain(theirs.GroupId!);
  });
});

describe("three hundred machines under AWS's published throttling", () => {
  const yaml = (count: number) =>
    `${header}${network}instances:\n  web: { count: ${count}, subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.nano, disposable: true }\n`;

  it("take no more than a quarter longer than the bucket of RunInstances allows", async () => {
    const testbed = openTestbed();
    const wide = yaml(300).replace("10.0.1.0/24", "10.0.0.0/20");
    testbed.sandbox.setFaults({ throttle: "published" });
    const { connection, ...run } = await testbed.plan(wide);
    const began = testbed.clock.now();
    const made = new Set<string>();
    for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal }))
      if (event.type === "step-done" && event.step.kind === "instance") made.add(event.step.address);
    expect(made.size).toBe(300);
    // Five at once, then two a second (EC2 API, "Request throttling"). The last instance needs its seconds to start.
    const bound = (300 - 5) / 2;
    expect((testbed.clock.now() - began) / 1000).toBeLessThan(1.25 * bound);
  });

  it("are waited for with as many calls as one is", async () => {
    const pollCalls = async (count: number) => {
      const testbed = openTestbed();
      const wide = yaml(count).replace("10.0.1.0/24", "10.0.0.0/20");
      const { connection, ...run } = await testbed.plan(wide);
      testbed.sandbox.forgetCalls();
      for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal })) void event;
      return testbed.sandbox.counts().operations["ec2:DescribeInstances"]!;
    };
    const one = await pollCalls(1);
    const many = await pollCalls(200);
    // One poll every five seconds while the instances are made, not one poll for each instance.
    expect(many).toBeLessThan(one + 200 / 2 / 5 + 20);
  });
});

describe("three hundred groups that refer to one another", () => {
  it("are each read before they are deleted, without delaying the delete and without a call for each", async () => {
    const testbed = openTestbed();
    testbed.sandbox.setFaults({ events: { "quotas:lifted": "always" } });
    const group = (n: number) => `  g${n}:\n    vpc: main\n    ingress: [{ port: 80, source: securityGroup/g${(n + 1) % 300} }]\n`;
    await testbed.apply(`${header}${network}securityGroups:\n${Array.from({ length: 300 }, (_, n) => group(n)).join("")}`);
    const { connection, ...run } = await testbed.plan(`${header}${network}`);
    testbed.sandbox.forgetCalls();
    const began = testbed.clock.now();
    for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal })) void event;
    const { operations } = testbed.sandbox.counts();
    expect(operations["ec2:DeleteSecurityGroup"]).toBe(300);
    // Each read holds 24 groups, and there is a second between two reads. The last few reads hold fewer.
    expect(operations["ec2:DescribeSecurityGroups"]).toBeLessThan(300 / 24 + 5);
    expect((testbed.clock.now() - began) / 1000).toBeLessThan(300 / 24 + 5);
  });
});
