import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["aws_iam_role", "iam_role", "role", "roles"],
  fields: {
    PolicyArn: "managedPolicies",
    ManagedPolicyArns: "managedPolicies",
    managed_policy_arns: "managedPolicies",
    AssumeRolePolicyDocument: "trust",
    assume_role_policy: "trust",
    inline_policy: "policies",
  },
};
