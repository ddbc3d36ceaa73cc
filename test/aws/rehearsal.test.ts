/** A dry run lets only reads and EC2's own dry runs of writes through. No other call may be sent. */
import { describe, expect, test } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { rehearsal, RehearsalEnded } from "../../src/aws/rehearsal.ts";
import { CreateVpcCommand, DescribeVpcsCommand, ModifyVpcAttributeCommand } from "../../src/aws/sdk/ec2.ts";
import { fakeAws, refused } from "../support/fake-aws.ts";
import { services } from "../support/services.ts";

const yes = refused("validation", "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
const no = refused("auth", "UnauthorizedOperation");
const create = new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" });

const ended = async (doing: Promise<unknown>) => {
  const error = await doing.then(
    () => expect.unreachable("it went on"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RehearsalEnded);
  const { name, message, wasTried } = error as RehearsalEnded;
  expect(name).toBe("RehearsalEnded");
  return `${message} (${wasTried ? "tried" : "not tried"})`;
};

test("reads pass, page by page too", async () => {
  const answer = { Vpcs: [] };
  const aws = fakeAws({ DescribeVpcs: [answer] });
  const way = rehearsal(aws);
  expect(await way.ec2(new DescribeVpcsCommand({ MaxResults: 5 }))).toEqual([answer]);
  for await (const page of way.ec2.pages(DescribeVpcsCommand, { MaxResults: 6 })) expect(page).toBe(answer);
  expect(aws.asked.map(({ input }) => input)).toEqual([{ MaxResults: 5 }, { MaxResults: 6 }]);
});

describe("a write to EC2", () => {
  test("that AWS would let through ends the rehearsal, and was sent as a dry run", async () => {
    const aws = fakeAws({ CreateVpc: yes });
    expect(await ended(rehearsal(aws).ec2(create))).toBe("CreateVpc is allowed (tried)");
    expect(aws.asked).toEqual([{ operation: "CreateVpc", input: { CidrBlock: "10.0.0.0/16", DryRun: true } }]);
    expect(create.input).not.toHaveProperty("DryRun");
  });

  test("that AWS refuses fails as it would", async () => {
    await expect(rehearsal(fakeAws({ CreateVpc: no })).ec2(create)).rejects.toBe(no);
  });

  test("that has no dry run is not sent", async () => {
    const aws = fakeAws({});
    const command = new ModifyVpcAttributeCommand({ VpcId: "vpc-1" });
    expect(await ended(rehearsal(aws).ec2(command))).toBe("ModifyVpcAttribute has no dry run (not tried)");
    expect(aws.asked).toEqual([]);
  });

  test("that an endpoint carries out all the same is an error", async () => {
    await expect(rehearsal(fakeAws({ CreateVpc: {} })).ec2(create)).rejects.toThrow(
      "CreateVpc was sent as a dry run, but the endpoint did not answer that it was one",
    );
  });
});

test.each(services.filter((name) => name !== "ec2"))("a write to %s is held back, in each place and scope", async (name) => {
  const aws = fakeAws({ DescribeVpcs: { Vpcs: [] } });
  const within = { ...aws, within: () => aws, elsewhere: () => aws } as Aws;
  for (const way of [rehearsal(within), rehearsal(within).within({}), rehearsal(within).elsewhere("us-east-1")]) {
    expect(await ended(way[name](create))).toBe("CreateVpc has no dry run (not tried)");
    expect(await way[name](new DescribeVpcsCommand({}))).toEqual({ Vpcs: [] });
  }
  expect(aws.asked.map(({ operation }) => operation)).toEqual(["DescribeVpcs", "DescribeVpcs", "DescribeVpcs"]);
});

test("gathering calls for a moment is no wait, a second is", async () => {
  const aws = fakeAws({});
  const { clock } = rehearsal(aws);
  await clock.sleep(999);
  expect([clock.now(), aws.clock.now(), await clock.work(Promise.resolve("done"))]).toEqual([999, 999, "done"]);
  expect(await ended(clock.sleep(1_000))).toBe("the apply would have to wait here (not tried)");
  const over = AbortSignal.abort(new Error("over"));
  await expect(clock.sleep(1, over)).rejects.toThrow("over");
  expect(aws.clock.now()).toBe(999);
});
