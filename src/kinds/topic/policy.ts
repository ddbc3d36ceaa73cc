/** Checks of a topic's policy, and the policy that SNS gives a new topic. */
import { didYouMean } from "../../diag/did-you-mean.ts";

/**
 * The actions that a topic's policy may allow (SNS Developer Guide, "Amazon SNS API permissions": actions on topics). SNS refuses others
 * with "Policy statement action out of service scope". Receive occurs in old default policies.
 */
const actions = [
  "AddPermission",
  "DeleteTopic",
  "GetDataProtectionPolicy",
  "GetTopicAttributes",
  "ListSubscriptionsByTopic",
  "ListTagsForResource",
  "Publish",
  "PutDataProtectionPolicy",
  "Receive",
  "RemovePermission",
  "SetTopicAttributes",
  "Subscribe",
  "TagResource",
  "UntagResource",
];

export interface PolicyProblem {
  readonly summary: string;
  readonly hint?: string;
}

/** Returns why SNS would refuse a policy: it is not a JSON object, or it names an action that topics do not have. */
export function whyNotPolicy(text: string): readonly PolicyProblem[] {
  const policy = parsed(text);
  if (policy === undefined) return [{ summary: "the policy is not a JSON object" }];
  const statements = [policy["Statement"] ?? []].flat();
  return statements.flatMap((statement) => namedIn(statement)).flatMap(whyNotAction);
}

/** Returns the policy that SNS gives a new topic: it allows everything to the owner's account (SNS Developer Guide, "Default policy"). */
export function defaultPolicy(arn: string): string {
  const statement = {
    Sid: "__default_statement_ID",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: [
      "AddPermission",
      "DeleteTopic",
      "GetTopicAttributes",
      "ListSubscriptionsByTopic",
      "Publish",
      "RemovePermission",
      "SetTopicAttributes",
      "Subscribe",
    ].map((action) => `SNS:${action}`),
    Resource: arn,
    Condition: { StringEquals: { "AWS:SourceOwner": arn.split(":")[4] } },
  };
  return JSON.stringify({ Version: "2008-10-17", Id: "__default_policy_ID", Statement: [statement] });
}

/**
 * Whether a policy is the one that SNS gives a new topic: one statement, for the owner's account (SNS Developer Guide, "Default policy").
 */
export function isDefaultPolicy(text: string | undefined): boolean {
  const statements = [parsed(text ?? "")?.["Statement"] ?? []].flat() as unknown as readonly Readonly<Record<string, unknown>>[];
  const [only] = statements;
  return (
    statements.length === 1 &&
    only?.["Sid"] === "__default_statement_ID" &&
    /^\{"StringEquals":\{"AWS:SourceOwner":"\d{12}"\}\}$/i.test(JSON.stringify(only["Condition"]))
  );
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function namedIn(statement: unknown): readonly unknown[] {
  if (typeof statement !== "object" || statement === null) return [];
  const { Action, NotAction } = statement as { readonly Action?: unknown; readonly NotAction?: unknown };
  return [Action ?? [], NotAction ?? []].flat();
}

function whyNotAction(named: unknown): readonly PolicyProblem[] {
  const [, service, action = ""] = /^([^:]*):(.*)$/.exec(String(named)) ?? [];
  const pattern = new RegExp(
    `^${action
      .replace(/[^A-Za-z0-9*?]/g, "")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "i",
  );
  if (service?.toLowerCase() === "sns" && actions.some((one) => pattern.test(one))) return [];
  const near = service?.toLowerCase() === "sns" ? didYouMean(action, actions) : undefined;
  return [
    {
      summary: `the policy of a topic cannot contain the action "${String(named)}"`,
      hint: near ? `did you mean "SNS:${near}"?` : `the actions are ${actions.map((one) => `SNS:${one}`).join(", ")}`,
    },
  ];
}
