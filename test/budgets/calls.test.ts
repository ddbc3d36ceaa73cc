import { beforeAll, describe, expect, it } from "vitest";
import type { CallCounts } from "@plumbline/aws-sandbox/call-log.ts";
import { callsOf, emptyAccount, estateOf, type Account, type Estate } from "./estates.ts";

/**
 * The writes for 41 resources when each call does as much as AWS allows. The attachment, flags, routes and associations need calls of their
 * own.
 */
const writesOfOneEstate = 72;

describe.each([1, 5, 20])("%i estates", (count) => {
  let account: Account;
  let estate: Estate;
  let made: Awaited<ReturnType<Account["apply"]>>;

  beforeAll(async () => {
    account = emptyAccount();
    estate = estateOf(count);
    made = await account.apply(estate.environment);
  });

  it("are made with no call too many", () => {
    expect(made.result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    expect(made.calls.errors).toEqual({});
    expect(made.calls.writes - leaseWrites(made.calls)).toBe(writesOfOneEstate * count);
    if (count === 20) expect(made.calls.total).toBeLessThanOrEqual(2 * estate.workload.resources);
  });

  it("are planned, with nothing to do, in about one call for each kind that they have", async () => {
    const { result, calls } = await account.plan(estate.environment);
    expect(result.plan.steps).toEqual([]);
    expect(calls.writes).toBe(0);
    expect(calls.total, JSON.stringify(calls.operations)).toBeLessThanOrEqual(16 + 2 * count);
    expect(callsOf(calls, "ec2")).toBeLessThanOrEqual(13 + 2 * count);
    const { "ec2:DescribeVpcAttribute": flags, ...others } = calls.operations;
    expect(flags).toBe(2 * count);
    expect(others).not.toHaveProperty("ec2:DescribeSecurityGroupRules"); // the file declares all groups that the rules name
    expect(Object.entries(others).filter(([, calls]) => calls > 1)).toEqual([]);
  });

  it("cost a handful of calls when one rule changes", async () => {
    const { result, calls } = await account.apply(estate.changed);
    if (result.ended !== "ran") throw new Error(result.ended);
    expect(result.outcome.done.map(({ address, stage }) => `${address} ${stage}`)).toEqual(["securityGroup/e0-g0 rules"]);
    expect(calls.writes - leaseWrites(calls)).toBe(2); // the new rule, then the old one
    const plan = 17 + 2 * count; // the plan reads the rules of the one group that differs
    expect(calls.reads).toBeLessThanOrEqual(plan + 7); // under the lock the group, its rules and its VPC are read again
  });
});

/** Counts the writes that take the lease, renew it and give it back. */
function leaseWrites(calls: CallCounts): number {
  return calls.operations["ssm:PutParameter"] ?? 0;
}
