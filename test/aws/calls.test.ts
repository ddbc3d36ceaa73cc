import { expect, test } from "vitest";
import { CallLog } from "../../src/aws/calls.ts";

test("counts the calls by operation, and the most that were under way at once", () => {
  const log = new CallLog();
  const first = log.begin("ec2", "DescribeVpcs", false);
  const second = log.begin("ec2", "CreateVpc", true);
  expect(first({ ms: 7, attempt: 1, requestId: "r-1" })).toEqual({
    service: "ec2",
    operation: "DescribeVpcs",
    ms: 7,
    attempt: 1,
    requestId: "r-1",
  });
  second({ ms: 8, attempt: 1, error: "RequestLimitExceeded" });
  log.begin("ec2", "CreateVpc", true)({ ms: 9, attempt: 2 });
  log.begin("rds", "CreateVpc", true);
  expect([log.reads, log.writes, log.total, log.concurrency]).toEqual([1, 3, 4, 2]);
  expect([...log.byOperation]).toEqual([
    ["ec2:DescribeVpcs", 1],
    ["ec2:CreateVpc", 2],
    ["rds:CreateVpc", 1],
  ]);
});
