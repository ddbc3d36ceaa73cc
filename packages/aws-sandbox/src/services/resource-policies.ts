/** Policies of keys and buckets: written like those of IAM, and naming principals that must exist. */
import { AwsFault, type Call } from "../model.ts";
import { checkPrincipal, listed, statementsOf } from "./iam/documents.ts";

type Json = Readonly<Record<string, unknown>>;

/** How a service words its refusals. */
export interface PolicyRefusals {
  /** The code of a text that is no policy. */
  readonly code: string;
  /** What it says of a principal that is not there. */
  readonly unknownPrincipal: string;
}

/** The statements of a policy that names principals. A role or a user of this account must be there (IAM User Guide, "AWS JSON policy elements: Principal"). */
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

/** Whether a statement speaks of an action: by its name, or by a pattern. */
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

/** IAM's own words for what is wrong with a document, under the code of another service. */
function inWordsOf<T>({ code }: PolicyRefusals, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    throw new AwsFault(code, error.message);
  }
}
