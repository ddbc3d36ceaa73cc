/** Policies of endpoints, compared by meaning. */

/**
 * The policy of an endpoint that was created without one: it allows everything that the endpoint can reach (AWS PrivateLink Guide, "Default
 * endpoint policy").
 */
export const fullAccess = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}';

type Part = Readonly<Record<string, unknown>>;

/**
 * Returns the policy in one form: keys sorted, a list of one replaced by its item, and lists without an order sorted. AWS's default policy
 * has a version, which means nothing in a policy without variables: all its forms become `fullAccess`. A text that is not a policy stays
 * unchanged, and AWS will report the error.
 */
export function canonicalPolicy(text: string): string {
  const policy = policyIn(text);
  if (policy === undefined) return text;
  const Statement = [policy["Statement"] ?? []].flat().map((statement) => (isPart(statement) ? canonicalStatement(statement) : statement));
  return textOf({ ...policy, Statement, Version: undefined }) === fullAccess ? fullAccess : textOf({ ...policy, Statement });
}

/** Returns the JSON object that the text holds; undefined when it holds none. */
export function policyIn(text: string): Part | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPart(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function canonicalStatement(statement: Part): Part {
  return Object.fromEntries(
    Object.entries(statement).map(([key, value]) => {
      if (/^(Not)?Principal$/.test(key) && isPart(value)) return [key, principalOf(value)];
      return [key, /^(Not)?(Action|Resource)$/.test(key) ? canonicalList(value) : value];
    }),
  );
}

/**
 * Returns a principal in one form. `{ AWS: "*" }` means everybody, as `"*"` does (IAM User Guide, "AWS JSON policy elements: Principal").
 */
function principalOf(principal: Part): unknown {
  const lists = Object.fromEntries(Object.entries(principal).map(([key, value]) => [key, canonicalList(value)]));
  return textOf(lists) === '{"AWS":"*"}' ? "*" : lists;
}

function canonicalList(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const unique = [...new Set(value.map(String))].sort();
  return unique.length === 1 ? unique[0] : unique;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isPart(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
