import type { FieldUrgency } from "../kind.ts";
import type { LoadBalancer } from "./schema.ts";

type Listener = NonNullable<LoadBalancer["listeners"]>[string];

const isEncrypted = ({ protocol }: Partial<Listener>) => protocol === "HTTPS" || protocol === "TLS";

/** Fields that make a client prove who it is; "none" in AWS's form is absence. */
const logins = ["jwtValidation", "authenticateOidc", "authenticateCognito"] as const;

function asksLess(expected: object | undefined, actual: object | undefined): boolean {
  const asks = (of: object | undefined, field: string) => {
    const value = (of as Readonly<Record<string, unknown>> | undefined)?.[field];
    return value !== undefined && value !== "none";
  };
  return logins.some((field) => asks(expected, field) && !asks(actual, field));
}

/** A listener leads traffic; one that asks less of its clients than the file says is open to more. */
export function urgencyOfListener(expected?: Partial<Listener>, actual?: Partial<Listener>): FieldUrgency {
  if (expected === undefined || actual === undefined) return "traffic";
  const asksFor = ({ mutualAuthentication }: Partial<Listener>) => mutualAuthentication?.mode === "verify";
  if ((isEncrypted(expected) && !isEncrypted(actual)) || (asksFor(expected) && !asksFor(actual))) return "exposure";
  const rules = Object.entries(expected.rules ?? {});
  if (asksLess(expected, actual) || rules.some(([name, rule]) => actual.rules?.[name] && asksLess(rule, actual.rules[name])))
    return "exposure";
  return expected.sslPolicy !== undefined && expected.sslPolicy !== actual.sslPolicy ? "safety" : "traffic";
}
