/** Checks policy documents as IAM does (IAM User Guide, "Grammar of the IAM JSON policy language"). */
import { AwsFault } from "../../model.ts";

type Json = Readonly<Record<string, unknown>>;

/** The statements of an identity policy. Throws IAM's error for a policy that it would refuse. */
export function checkIdentityPolicy(text: string | undefined): Json[] {
  const statements = statementsOf(text);
  for (const statement of statements) {
    if ("Principal" in statement || "NotPrincipal" in statement) throw malformed("Policy document should not specify a principal.");
    if (!one(statement, "Action", "NotAction")) throw malformed("Policy statement must contain actions.");
    if (!one(statement, "Resource", "NotResource")) throw malformed("Policy statement must contain resources.");
    for (const resource of listed(statement["Resource"] ?? statement["NotResource"]))
      if (resource !== "*" && !/^arn:[^:]+:[^:]*:[^:]*:[^:]*:.+/.test(resource) && !resource.startsWith("arn:*"))
        throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    for (const action of listed(statement["Action"] ?? statement["NotAction"]))
      if (action !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action))
        throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  return statements;
}

/** The statements of a role's trust policy. Throws IAM's error for a policy that it would refuse. */
export function checkTrustPolicy(text: string | undefined): Json[] {
  const statements = statementsOf(text);
  for (const statement of statements) {
    if ("Resource" in statement || "NotResource" in statement) throw malformed("Has prohibited field Resource");
    if (!one(statement, "Principal", "NotPrincipal")) throw malformed("Missing required field Principal");
    if (!one(statement, "Action", "NotAction")) throw malformed("Missing required field Action");
    for (const action of listed(statement["Action"]))
      if (!/^sts:/i.test(action)) throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    checkPrincipal(statement["Principal"] ?? statement["NotPrincipal"]);
    checkGitHub(statement);
  }
  return statements;
}

/** The length as IAM counts it, without white space. */
export function countedLength(text: string): number {
  return text.replace(/\s/g, "").length;
}

export function malformed(text: string): AwsFault {
  return new AwsFault("MalformedPolicyDocument", text);
}

/** Encodes a document as in URLs (RFC 3986), as IAM does in answers. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function listed(value: unknown): string[] {
  return [value].flat().filter((item): item is string => typeof item === "string");
}

/**
 * The statements of any policy. It checks only the rules that all kinds of policy share. `sids` says
 * which characters statement ids may have.
 */
export function statementsOf(text: string | undefined, sids: "letters and digits" | "any" = "letters and digits"): Json[] {
  const document = parsed(text ?? "");
  const { Version: version, Statement: written } = document;
  if (Object.keys(document).some((key) => !["Version", "Id", "Statement"].includes(key))) throw syntax();
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") throw syntax();
  const statements = [written].flat();
  if (written === undefined || statements.length === 0 || !statements.every(isObject)) throw syntax();
  const named = statements.map((statement) => statement["Sid"]).filter((sid) => sid !== undefined && sid !== "");
  if (new Set(named).size < named.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  for (const statement of statements) checkStatement(statement, sids);
  return statements;
}

const members = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

function checkStatement(statement: Json, sids: "letters and digits" | "any"): void {
  if (Object.keys(statement).some((key) => !members.includes(key))) throw syntax();
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") throw syntax();
  if (sids === "letters and digits" && !/^[0-9A-Za-z]*$/.test(String(statement["Sid"] ?? "")))
    throw malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*");
  const condition = statement["Condition"];
  if (condition !== undefined && (!isObject(condition) || !Object.values(condition).every(isObject))) throw syntax();
}

export function checkPrincipal(principal: unknown): void {
  if (principal === "*") return;
  if (!isObject(principal)) throw malformed("Invalid principal in policy");
  for (const [sort, who] of Object.entries(principal)) {
    if (!["AWS", "Service", "Federated", "CanonicalUser"].includes(sort)) throw malformed(`Invalid principal in policy: "${sort}"`);
    for (const one of listed(who))
      if (!shapes[sort]!.test(one)) throw malformed(`Invalid principal in policy: "${sort.toUpperCase()}":"${one}"`);
  }
}

const shapes: Readonly<Record<string, RegExp>> = {
  AWS: /^(\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(role|user|assumed-role)\/[^*?]+))$/,
  Service: /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/,
  Federated: /^(arn:aws[a-z-]*:iam::\d{12}:(oidc-provider|saml-provider)\/.+|[a-z.-]+)$/,
  CanonicalUser: /^[0-9a-f]{64}$/,
};

/**
 * Checks a statement for GitHub's issuer, which is the same for all users of GitHub: IAM requires a condition on the repository (IAM User
 * Guide, "Create a role for OpenID Connect federation").
 */
function checkGitHub(statement: Json): void {
  const federated = isObject(statement["Principal"]) ? listed(statement["Principal"]["Federated"]) : [];
  if (statement["Effect"] !== "Allow" || !federated.some((one) => one.endsWith("/token.actions.githubusercontent.com"))) return;
  const keys = Object.values((statement["Condition"] ?? {}) as Record<string, object>).flatMap((test) => Object.keys(test));
  if (!keys.some((key) => key.toLowerCase() === "token.actions.githubusercontent.com:sub"))
    throw malformed("The trust policy must evaluate the condition key token.actions.githubusercontent.com:sub for this identity provider.");
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw malformed("This policy contains invalid Json");
}

function one(statement: Json, a: string, b: string): boolean {
  const present = [a, b].filter((key) => key in statement);
  return present.length === 1 && (isObject(statement[present[0]!]) || listed(statement[present[0]!]).length > 0);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const syntax = () => malformed("Syntax errors in policy.");
