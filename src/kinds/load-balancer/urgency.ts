import type { FieldUrgency } from "../kind.ts";
import type { LoadBalancer } from "./schema.ts";

type Listener = NonNullable<LoadBalancer["listeners"]>[string];

const isEncrypted = ({ protocol }: Partial<Listener>) => protocol === "HTTPS" || protocol === "TLS";

/** A listener leads traffic; one that asks less of its clients than the file says is open to more. */
export function urgencyOfListener(expected?: Partial<Listener>, actual?: Partial<Listener>): FieldUrgency {
  if (expected === undefined || actual === undefined) return "traffic";
  const asksFor = ({ mutualAuthentication }: Partial<Listener>) => mutualAuthentication?.mode === "verify";
  if ((isEncrypted(expected) && !isEncrypted(actual)) || (asksFor(expected) && !asksFor(actual))) return "exposure";
  return expected.sslPolicy !== undefined && expected.sslPolicy !== actual.sslPolicy ? "safety" : "traffic";
}
