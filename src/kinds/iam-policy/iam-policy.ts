import type { Kind, Problem, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { checkTagCases, iamNaming, replaceOrder } from "../shared/iam-objects.ts";
import { checkPolicy, policyLimits } from "../shared/policies/checks.ts";
import { meansSame } from "../shared/policies/documents.ts";
import { policyLines } from "../shared/policies/told.ts";
import { type Handle, type IamPolicy, schema } from "./schema.ts";
import { opensByPolicy } from "../shared/urgency.ts";

const policyEnd = "policy/*";

export const iamPolicy: Kind<IamPolicy, Handle> = {
  name: "iamPolicy",
  section: "iamPolicies",
  fromArn: { type: "iam:policy", idOf: (arn) => arn },
  doc: "A managed policy, which several roles can share.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  schema,
  fields: {
    document: {
      change: "update",
      because: "AWS makes a new version of the policy, and keeps at most five",
      same: meansSame,
      lines: policyLines,
      late: true,
      urgency: opensByPolicy,
    },
    description: { change: "replace", because: "AWS cannot change the description of a policy" },
    path: { change: "replace", because: "the path is part of the ARN" },
  },
  stages: [{ name: "create" }],
  create: "name",
  isGlobal: true,
  naming: iamNaming(128),
  replace: replaceOrder,
  waits: { create: "instant", delete: "instant" },
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 100)) + 2 * n.ours,
  iam: {
    read: ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicies"],
    write: [
      "iam:CreatePolicy",
      "iam:CreatePolicyVersion",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DetachRolePolicy",
      "iam:GetRole",
      "iam:ListEntitiesForPolicy",
      "iam:ListPolicyVersions",
      "iam:SetDefaultPolicyVersion",
      "iam:TagPolicy",
      "iam:UntagPolicy",
    ],
    remove: [
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DetachRolePolicy",
      "iam:GetRole",
      "iam:ListEntitiesForPolicy",
      "iam:ListPolicyVersions",
    ],
    access: { "iam:CreatePolicy": { made: [policyEnd] }, "iam:TagPolicy": { made: [policyEnd], ours: [policyEnd] } },
  },
  check,
  authored: asRead,
  drawn: () => ({ as: "beside", glyph: "person", sub: "IAM policy" }),
  withoutNetwork: "the network model does not contain permissions",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/iam.ts")),
};

function check(self: Subject<IamPolicy>): readonly Problem[] {
  return [...checkPolicy(self.spec.document, "document", "identity", policyLimits.managed), ...checkTagCases(self)];
}
