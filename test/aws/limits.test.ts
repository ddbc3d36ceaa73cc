/** The buckets that calls draw from. Too large a bucket gets an account throttled; too small a bucket makes users wait for minutes. */
import { describe, expect, test } from "vitest";
import { isRead, publishedLimit } from "../../src/aws/limits.ts";

const told = (service: string, operation: string) => {
  const { key, burst, refill, isHard = false } = publishedLimit(service, operation);
  return `${key}: ${burst}, then ${refill} a second${isHard ? ", for everybody" : ""}`;
};

test.each([
  ["ec2", "DescribeVpcs", "ec2:DescribeVpcs: 100, then 20 a second"],
  ["ec2", "CreateVpc", "ec2:CreateVpc: 50, then 5 a second"],
  ["ec2", "RunInstances", "ec2:RunInstances: 5, then 2 a second"],
  ["ec2", "CreateNatGateway", "ec2:CreateNatGateway: 10, then 1 a second"],
  ["ec2", "CreateTags", "ec2:CreateTags: 100, then 10 a second"],
  ["ec2", "DescribeStaleSecurityGroups", "ec2:DescribeStaleSecurityGroups: 20, then 5 a second"],
  ["kms", "DescribeKey", "kms:DescribeKey: 100, then 100 a second"],
  ["kms", "CreateKey", "kms:CreateKey: 5, then 5 a second"],
  ["ssm", "PutParameter", "ssm:PutParameter: 3, then 3 a second"],
  ["ssm", "GetParameters", "ssm:GetParameters: 40, then 10 a second"],
  ["rds", "PutParameter", "rds:PutParameter: 20, then 4 a second"],
  ["sns", "CreateTopic", "sns:CreateTopic: 30, then 10 a second"],
  ["sns", "ListTagsForResources", "sns:ListTagsForResources: 30, then 10 a second"],
  ["sns", "NoTagResource", "sns:NoTagResource: 30, then 10 a second"],
  ["logs", "TagResource", "logs:TagResource: 10, then 10 a second"],
  ["elbv2", "DescribeTags", "elbv2:DescribeTags: 40, then 10 a second"],
  ["unheard-of", "ListThings", "unheard-of:ListThings: 20, then 5 a second"],
])("%s %s draws from %s", (service, operation, expected) => {
  expect(told(service, operation)).toBe(expected);
});

describe("operations that AWS counts together draw from one bucket", () => {
  test.each([
    ["autoscaling", ["DescribeAutoScalingGroups", "CreateAutoScalingGroup"], "autoscaling: 30, then 6 a second"],
    ["route53", ["GetHostedZone", "ChangeResourceRecordSets"], "route53: 5, then 5 a second, for everybody"],
    ["sns", ["TagResource", "UntagResource", "ListTagsForResource"], "sns:tagging: 10, then 10 a second, for everybody"],
    ["cloudcontrol", ["GetResource", "ListResources", "GetResourceRequestStatus"], "cloudcontrol:read: 20, then 10 a second"],
    ["cloudcontrol", ["CreateResource", "DeleteResource"], "cloudcontrol:write: 4, then 2 a second"],
  ])("%s: %j", (service, operations, expected) => {
    expect(new Set(operations.map((operation) => told(service, operation)))).toEqual(new Set([expected]));
  });
});

test.each([
  ["DescribeVpcs", true],
  ["GetParameter", true],
  ["HeadBucket", true],
  ["ListTagsForResource", true],
  ["SearchTransitGatewayRoutes", true],
  ["CreateVpc", false],
  ["ForgetDescribed", false],
])("%s changes nothing: %s", (operation, expected) => {
  expect(isRead(operation)).toBe(expected);
});
