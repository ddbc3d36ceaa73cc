/** How urgent drift of a property is, by its name: nobody has looked at each property of each type. */
import type { FieldRule, FieldUrgency } from "../kind.ts";
import { meaningsOf } from "../shared/policies/documents.ts";
import { opensByPolicy, opensWhen, opensWithMore } from "../shared/urgency.ts";

export function urgencyOfProperty(name: string): FieldRule["urgency"] {
  if (/Polic(y|ies|yDocument|yText)$/.test(name)) return ofPolicy;
  if (name.endsWith("PubliclyAccessible")) return opensWhen(true);
  if (/SecurityGroup(Id)?s$/.test(name)) return opensWithMore;
  if (/Encrypt|Kms|DeletionProtection|TerminationProtection|Log(s|ging|[A-Z]|$)/.test(name)) return "safety";
  return undefined;
}

/** Not all that is called a policy says who may do what: that of a queue's dead letters does not. */
function ofPolicy(expected: unknown, actual: unknown): FieldUrgency | undefined {
  return [expected, actual].some((one) => meaningsOf(one).length > 0) ? opensByPolicy(expected, actual) : undefined;
}
