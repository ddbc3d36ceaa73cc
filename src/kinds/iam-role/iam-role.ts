import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { Json, Kind, Problem, Subject } from "../kind.ts";
import { checkTagCases, iamNaming, replaceOrder } from "../shared/iam-objects.ts";
import { checkPolicy, policyLimits } from "../shared/policies/checks.ts";
import { isObject, meansSame, policyText, type PolicyDocument } from "../shared/policies/documents.ts";
import { schema, trustDocument, type IamRole, type Trust } from "./schema.ts";
import { policiesLines, policyLines } from "../shared/policies/told.ts";
import { opensByPolicy, opensWithMore } from "../shared/urgency.ts";

const roleEnd = "role/*";

export const iamRole: Kind<IamRole, null> = {
  name: "iamRole",
  section: "iamRoles",
  fromArn: { type: "iam:role", idOf: (arn) => arn.slice(arn.lastIndexOf("/") + 1) },
  doc: "An IAM role: permissions for the services and users that assume it.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  summary: ({ trust }) => (typeof trust === "string" ? { line: `for ${trust}`, tells: ["trust"] } : { line: "", tells: [] }),
  schema,
  foreign,
  fields: {
    trust: {
      change: "update",
      same: (want, have) => have !== undefined && meansSame(trustDocument(want), trustDocument(have)),
      lines: (trust, field) => (isObject(trust) && "document" in trust ? policyLines(trust["document"] as Json, field) : undefined),
      late: true,
      urgency: (expected?: Trust, actual?: Trust) => opensByPolicy(expected && trustDocument(expected), actual && trustDocument(actual)),
    },
    managedPolicies: {
      change: "update",
      as: { key: (one: string) => one, unlisted: "keep" },
      made: "entries",
      // A policy can be deleted only when it is attached to nothing (IAM API reference, DeletePolicy).
      whileGone: () => undefined,
      urgency: opensWithMore,
    },
    policies: {
      change: "update",
      as: { map: true, unlisted: "keep", same: meansSame },
      made: "entries",
      late: true,
      lines: policiesLines,
      urgency: opensByPolicy,
    },
    permissionsBoundary: {
      change: "update",
      whileGone: () => "without its permissions boundary, the role would have more permissions for a while",
      // Whether another boundary is narrower cannot be told.
      urgency: (expected, actual) => (expected !== undefined && expected !== "none" && actual !== expected ? "exposure" : "safety"),
    },
    path: { change: "replace", because: "the path is part of the ARN" },
    maxSessionDuration: { change: "update", default: { value: 3600, class: "enforced" }, urgency: "safety" },
    description: { change: "update", late: true },
  },
  // The create sends the trust policy, so objects that it names must exist before.
  stages: [{ name: "create" }, { name: "access", fields: ["managedPolicies", "policies"] }],
  create: "name",
  isGlobal: true,
  naming: iamNaming(64),
  replace: replaceOrder,
  waits: { create: "instant", delete: "instant" },
  // A page of roles. For each role: its settings, its attached policies and its inline policies. `parts`: the documents of inline policies.
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 100)) + 3 * n.ours + (n.parts ?? n.ours),
  iam: {
    read: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListRoles"],
    write: [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePermissionsBoundary",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetInstanceProfile",
      "iam:ListInstanceProfilesForRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
    remove: [
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetInstanceProfile",
      "iam:ListInstanceProfilesForRole",
      "iam:RemoveRoleFromInstanceProfile",
    ],
    onlyFor: {
      "iam:AttachRolePolicy": ["managedPolicies"],
      "iam:PutRolePolicy": ["policies"],
      "iam:DeleteRolePermissionsBoundary": ["permissionsBoundary"],
      "iam:DeleteRolePolicy": ["policies"],
      "iam:DetachRolePolicy": ["managedPolicies"],
      "iam:PutRolePermissionsBoundary": ["permissionsBoundary"],
    },
    // IAM has no condition key for the create call that writes tags.
    access: { "iam:CreateRole": { made: [roleEnd] }, "iam:TagRole": { made: [roleEnd], ours: [roleEnd] } },
  },
  check,
  authored: asRead,
  drawn: () => ({ as: "beside", glyph: "person", sub: "IAM role" }),
  withoutNetwork: "the network model does not contain permissions",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/iam.ts")),
};

function check(self: Subject<IamRole>): readonly Problem[] {
  const { trust, policies = {}, managedPolicies = [] } = self.spec;
  const trustPath = typeof trust === "object" && "document" in trust ? "trust.document" : "trust";
  const inline = Object.entries(policies).flatMap(([name, document]) =>
    checkPolicy(document, `policies.${name}`, "identity", policyLimits.inline),
  );
  return [
    ...checkPolicy(trustDocument(trust), trustPath, "trust", policyLimits.trust),
    ...inline,
    ...checkSum(policies, inline),
    ...(managedPolicies.length > attachedAtFirst ? [manyAttached(managedPolicies.length)] : []),
    ...checkTagCases(self),
  ];
}

/** The default quota of managed policies on a role (IAM User Guide, "IAM and AWS STS quotas"). */
const attachedAtFirst = 10;

function manyAttached(count: number): Problem {
  return {
    code: "quota",
    severity: "warning",
    summary: `${count} managed policies are attached, and AWS allows ${attachedAtFirst} per role unless the account's quota was raised`,
    path: "managedPolicies",
    hint: "merge several policies into one, or ask for a higher quota",
  };
}

/** Checks the length of all inline policies together. A policy that is too long by itself has already been reported. */
function checkSum(policies: Readonly<Record<string, PolicyDocument>>, found: readonly Problem[]): Problem[] {
  const sum = Object.values(policies).reduce((all, document) => all + policyText(document).replace(/\s/g, "").length, 0);
  if (sum <= policyLimits.inline || found.some(({ severity }) => severity !== "warning")) return [];
  const summary = `the inline policies of the role have ${sum} characters together, and AWS allows ${policyLimits.inline}`;
  return [{ code: "policy", summary, path: "policies", hint: "move one to `iamPolicies` and attach it" }];
}
