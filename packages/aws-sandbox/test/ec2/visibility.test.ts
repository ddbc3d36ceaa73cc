import {
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { SandboxState } from "../../src/state.ts";
import { openTestbed, codeOf } from "./ec2.ts";
import { network } from "./network.ts";

const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: [{ Key: "env", Value: "dev" }] }];

describe("late visibility", () => {
  it("hides a new object from reads by id and from operations that would use it", async () => {
    const b = openTestbed();
    await b.ec2.send(new DescribeVpcsCommand({}));
    b.pass(60);
    b.sandbox.setFaults({ lag: { ids: 5000 } });
    const VpcId = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc!.VpcId!;
    const look = () => codeOf(b.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] })));
    expect(await look()).toBe("InvalidVpcID.NotFound");
    expect(await codeOf(b.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.0.0/24" })))).toBe("InvalidVpcID.NotFound");
    expect(await codeOf(b.ec2.send(new CreateTagsCommand({ Resources: [VpcId], Tags: [{ Key: "a", Value: "b" }] })))).toBe(
      "InvalidVpcID.NotFound",
    );
    expect((await b.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    b.pass(6);
    expect(await look()).toBe("succeeded");
  });

  it("of the tag index is separate from that of ids", async () => {
    const b = openTestbed();
    b.sandbox.setFaults({ lag: { tags: 10_000 } });
    const VpcId = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications }))).Vpc!.VpcId!;
    const byTag = async () => (await b.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "tag:env", Values: ["dev"] }] }))).Vpcs!.length;
    const inIndex = async () =>
      (await b.ec2.send(new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [VpcId] }] }))).Tags!.length;
    expect((await b.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).Vpcs![0]!.Tags).toHaveLength(1);
    expect([await byTag(), await inIndex()]).toEqual([0, 0]);
    b.pass(11);
    expect([await byTag(), await inIndex()]).toEqual([1, 1]);
    await b.ec2.send(new CreateTagsCommand({ Resources: [VpcId], Tags: [{ Key: "env", Value: "dev" }] }));
    expect(await byTag()).toBe(0);
  });
});

it("state survives JSON, with its pending events", async () => {
  const state = new SandboxState(7);
  const before = openTestbed({ state });
  const { subnet } = await network(before);
  await before.ec2.send(
    new RunInstancesCommand({ ImageId: "ami-0a1b2c3d4e5f60001", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, SubnetId: subnet }),
  );
  const after = openTestbed({ state: SandboxState.from(JSON.parse(JSON.stringify(state))) });
  for (const { pass } of [before, after]) pass(60);
  const looks = [
    new DescribeVpcsCommand({}),
    new DescribeSubnetsCommand({}),
    new DescribeSecurityGroupsCommand({}),
    new DescribeInstancesCommand({}),
  ];
  for (const look of looks) {
    const [a, c] = await Promise.all([before, after].map((one) => one.ec2.send(look as DescribeVpcsCommand)));
    expect({ ...c, $metadata: 0 }).toEqual({ ...a, $metadata: 0 });
  }
  const { Reservations } = await after.ec2.send(new DescribeInstancesCommand({}));
  expect(Reservations![0]!.Instances![0]!.State!.Name).toBe("running");
});
