import { expect, it } from "vitest";
import { AwsError, classify, hasCode, isNotFound } from "../../src/aws/errors.ts";

it.each([
  ["DBInstanceNotFound", "DBInstanceNotFoundFault", "not-found"],
  ["DBInstanceAlreadyExists", "DBInstanceAlreadyExistsFault", "duplicate"],
  ["LoadBalancerNotFound", "LoadBalancerNotFoundException", "not-found"],
  ["TargetGroupNotFound", "TargetGroupNotFoundException", "not-found"],
  ["ResourceInUse", "ResourceInUseFault", "dependency"],
  ["PriorityInUse", "PriorityInUseException", "duplicate"],
  ["DuplicateListener", "DuplicateListenerException", "duplicate"],
  ["OperationNotPermitted", "OperationNotPermittedException", "protected"],
  ["ScalingActivityInProgress", "ScalingActivityInProgressFault", "dependency"],
  ["InstanceRefreshInProgress", "InstanceRefreshInProgressFault", "wrong-state"],
  ["ResourceContention", "ResourceContentionFault", "transient"],
  ["DBSubnetGroupNotFoundFault", "DBSubnetGroupNotFoundFault", "not-found"],
])("trap 20: the wire's %s and the SDK's %s are both %s", (wire, name, expected) => {
  expect([wire, name].map((code) => classify(code, "", 400, "Any"))).toEqual([expected, expected]);
});

it.each([
  ["AutoScalingGroup name not found - AutoScalingGroup test-web not found", "not-found"],
  ["Group test-web not found", "not-found"],
  ["No warm pool found for Auto Scaling group test-web", "not-found"],
  ["Instance i-1 is not part of Auto Scaling group test-web.", "not-found"],
  ["Invalid IAM Instance Profile name", "wrong-state"],
  ["Unable to publish test message to notification target arn:aws:sns:eu-west-1:123456789012:ops", "wrong-state"],
  ["Max bound, 1, must be greater than or equal to min bound, 2", "validation"],
])("trap 20: Auto Scaling says everything as ValidationError, and the text decides: %s is %s", (message, expected) => {
  expect(classify("ValidationError", message, 400, "Any")).toBe(expected);
});

it.each(["LimitExceeded", "LimitExceededException", "LimitExceededFault"])(
  "trap 21: %s is a quota, and no throttle to wait out",
  (code) => {
    expect(classify(code, "", 400, "AddRoleToInstanceProfile")).toBe("quota");
  },
);

it.each([
  [500, "transient"],
  [501, "validation"],
  [503, "transient"],
])("an unknown code with status %s is %s: an operation that is not implemented is not sent again", (status, expected) => {
  expect(classify("NotImplemented", "The sandbox does not model the parameter init_connect.", status, "Any")).toBe(expected);
});

/** Every message text that decides the class before the code does. */
it.each([
  ["ReleaseAddress", "AuthFailure", "You do not have permission", "dependency"],
  ["DescribeVpcs", "AuthFailure", "You do not have permission", "auth"],
  ["AttachVolume", "InvalidInstanceID", "The pending instance 'i-1' is not in a valid state for this operation.", "wrong-state"],
  ["ListTagsForResource", "InvalidResourceId", "", "not-found"],
  ["RunInstances", "InvalidParameterValue", "Invalid IAM Instance Profile name", "wrong-state"],
  ["CreateDBInstance", "InvalidParameterValue", "IAM role ARN value is invalid: ENHANCED_MONITORING", "wrong-state"],
  ["CreateFlowLogs", "InvalidParameter", "Unable to assume given IAM role", "wrong-state"],
  ["PutBucketPolicy", "MalformedPolicy", "Invalid principal in policy", "wrong-state"],
  ["DescribeKey", "KMSInvalidStateException", "arn:aws:kms:key is pending deletion.", "not-found"],
  ["CreateResource", "InvalidRequest", "The role defined for the function cannot be assumed by Lambda.", "wrong-state"],
  ["CreateResource", "InvalidRequest", "Scheduler is not authorized to assume the provided role", "wrong-state"],
  ["ModifyDBInstance", "InvalidParameterCombination", "A previous storage change is being optimized.", "dependency"],
  [
    "DeleteDBInstance",
    "InvalidParameterCombination",
    "Cannot delete protected DB Instance, please disable deletion protection",
    "protected",
  ],
  ["DeleteDBInstance", "InvalidDBInstanceState", "Instance orders is already being deleted.", "not-found"],
  ["ModifyVpcAttribute", "RequestRefused", "The maximum number of mutating objects has been reached", "concurrency"],
  ["DetachNetworkInterface", "IncorrectState", "Interface eni-1 is in the 'available' state", "not-found"],
  ["DescribeVpcs", "AuthFailure", "Signature expired: 20260101T000000Z is now earlier than", "expired"],
  ["CreateLoadBalancer", "InvalidSecurityGroup", "", "not-found"],
  ["SetSubnets", "InvalidSubnet", "VPC vpc-1 has no internet gateway", "not-found"],
])("%s: %s, %s is %s", (operation, code, message, expected) => {
  expect(classify(code, message, 400, operation)).toBe(expected);
});

it.each([
  ["InvalidVpcID.NotFound", "not-found"],
  ["InvalidGroup.NotFoundException", "not-found"],
  ["ReplicationGroupNotFoundFault", "not-found"],
  ["NotFoundNow", "validation"],
  ["InvalidPermission.Duplicate", "duplicate"],
  ["InvalidPermission.Duplicates", "validation"],
  ["CacheParameterGroupAlreadyExistsFault", "duplicate"],
  ["VpcLimitExceeded", "quota"],
  ["RulesPerSecurityGroupLimitExceeded", "quota"],
  ["DBClusterQuotaExceededFault", "quota"],
  ["PrefixListMaxEntriesExceeded", "quota"],
  ["TooManyTargets", "quota"],
  ["NotTooMany", "validation"],
])("an unlisted code is known by its ending: %s is %s", (code, expected) => {
  expect(classify(code, "", 400, "Any")).toBe(expected);
});

it.each([
  ["RequestLimitExceeded", 503, "DescribeVpcs", "throttle"],
  ["ThrottlingException", 400, "DescribeVpcs", "throttle"],
  ["SlowDown", 503, "ListBuckets", "throttle"],
  ["Anything", 429, "DescribeVpcs", "throttle"],
  ["TooManyRequests", 400, "ChangeResourceRecordSets", "throttle"],
  ["TooManyRequests", 429, "UpdateFileSystem", "validation"], // AWS allows it once in 24 hours
  ["SlowDown", 503, "UpdateFileSystem", "throttle"],
])("%s with status %i to %s is %s", (code, status, operation, expected) => {
  expect(classify(code, "", status, operation)).toBe(expected);
});

it.each([
  [499, "validation"],
  [undefined, "validation"],
  [502, "transient"],
])("an unknown code with status %s is %s", (status, expected) => {
  expect(classify("Unheard", "", status, "Any")).toBe(expected);
});

const call = { service: "ec2", operation: "DeleteVpc", status: 400, requestId: "r-1", attempts: 1, message: "gone" };

it("tells a missing object from every other failure", () => {
  const gone = new AwsError({ ...call, class: "not-found", code: "InvalidVpcID.NotFound" });
  expect(
    [gone, new AwsError({ ...call, class: "auth", code: "NotFound" }), { ...gone, class: "not-found" }, undefined].map(isNotFound),
  ).toEqual([true, false, false, false]);
});

it("compares codes without regard to case", () => {
  const error = new AwsError({ ...call, class: "dependency", code: "DependencyViolation" });
  expect(hasCode(error, "Other", "dependencyviolation")).toBe(true);
  expect(hasCode(error, "Other", "Dependency")).toBe(false);
  expect(hasCode(error)).toBe(false);
  expect(hasCode({ code: "DependencyViolation" }, "DependencyViolation")).toBe(false);
});

it("has the wire's words, its cause, and by default says that it was sent", () => {
  const cause = new Error("of the SDK");
  const of = { ...call, class: "throttle", code: "SlowDown" } as const;
  const error = new AwsError(of, cause);
  expect(error).toMatchObject({ ...of, name: "AwsError", isUnsent: false, hasToken: false, skew: undefined, cause });
  expect(new AwsError({ ...of, isUnsent: true, hasToken: true, skew: 7 })).toMatchObject({ isUnsent: true, hasToken: true, skew: 7 });
});
