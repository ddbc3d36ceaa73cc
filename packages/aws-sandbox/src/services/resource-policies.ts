/** Policies of keys and buckets. They have the form of IAM policies, and name principals that must exist. */
import { AwsFault, type Call } from "../model.ts";
import { checkPrincipal, listed, statementsOf } from "./iam/documents.ts";

type Json = Readonly<Record<string, unknown>>;

/** The wording of a service's refusals. */
export interface PolicyRefusals {
  /** The error code for a text that is not a policy. */
  readonly code: string;
  /** The message for a principal that does not exist. */
  readonly unknownPrincipal: string;
}

/**
 * The statements of a policy that names principals. A role or user of this account must exist (IAM User
 * Guide, "AWS JSON policy elements: Principal").
 */
export function resourceStatements(call: Call, text: string, refusals: PolicyRefusals): Json[] {
  const statements = inWordsOf(refusals, () => statementsOf(text, "any"));
  for (const statement of statements) {
    const principal = statement["Principal"] ?? statement["NotPrincipal"];
    if (principal === undefined) throw new AwsFault(refusals.code, "Missing required field Principal");
    inWordsOf(refusals, () => checkPrincipal(principal));
    for (const who of principalsOf(principal)) if (isMissing(call, who)) throw new AwsFault(refusals.code, refusals.unknownPrincipal);
  }
  return statements;
}

/** The accounts, roles and users that a principal names. */
export function principalsOf(principal: unknown): string[] {
  if (principal === "*") return ["*"];
  return listed((principal as Json | undefined)?.["AWS"]);
}

/** Whether a statement covers an action, by its name or by a pattern. */
export function speaksOf(statement: Json, action: string): boolean {
  return listed(statement["Action"]).some((pattern) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^$()|[\]\\{}]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "i",
    ).test(action),
  );
}

function isMissing(call: Call, who: string): boolean {
  const [, account, type] = /^arn:[^:]+:iam::(\d{12}):(role|user)\//.exec(who) ?? [];
  if (account !== call.account) return false;
  return type === "user" || !call.exists("role", who);
}

/** Runs a check of IAM and throws its message under the code of another service. */
function inWordsOf<T>({ code }: PolicyRefusals, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    throw new AwsFault(code, error.message);
  }
}
