import type { Authored, Spec } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import type { FoundSet, Place } from "../shared/dns/record-sets.ts";
import { types, type Record53 } from "./schema.ts";

interface Handle {
  readonly place: Place;
  /** The ARN of the zone. */
  readonly zone: string;
}

/**
 * Returns a record as an author writes it. An alias of a declared load balancer names that load balancer; any other alias has a DNS name.
 */
export function authored(
  read: Partial<Record53>,
  { place: { set }, zone }: Handle,
  specOf: (id: string) => Spec | undefined,
): Authored<Record53> {
  const left = whyLeft(set);
  if (left !== undefined) return { left };
  const spec = { ...read, zone: specOf(zone) ? read.zone! : zone };
  const { AliasTarget: target } = set!.raw;
  const called = [spec.name, ...(spec.type === "A" ? [] : [spec.type]), ...(spec.routing ? [spec.routing.setIdentifier] : [])].join(" ");
  if (!target) return { spec: omit(spec, ["alias", "evaluateTargetHealth"]), called };
  const isOfFile = typeof spec.alias === "string" && specOf(spec.alias) !== undefined;
  const alias = isOfFile ? spec.alias! : { dnsName: target.DNSName!, hostedZone: target.HostedZoneId! };
  return { spec: { ...omit(spec, ["ttl", "values"]), alias }, called };
}

/** Returns the reason why a file cannot describe a set. */
function whyLeft(set: FoundSet | undefined): string | undefined {
  if (!set) return "the record no longer exists; only the TXT record that named its owner is left";
  const { name, type, raw } = set;
  if (isProof(set)) return "it is a validation record of an ACM certificate, which needs it";
  if (!(types as readonly string[]).includes(type)) return `infra does not support records of type ${type}`;
  if (raw.SetIdentifier !== undefined && raw.Weight === undefined)
    return `it is one of several records for ${name} ${type} with a routing policy that infra does not support; only weighted routing is supported`;
  if (raw.TrafficPolicyInstanceId !== undefined) return "a traffic policy manages it";
  return raw.HealthCheckId === undefined ? undefined : "it uses a health check, which infra does not support";
}

/** Whether a set proves a certificate: a CNAME to a name under `acm-validations.aws` (ACM User Guide, "DNS validation"). */
export function isProof({ type, raw }: FoundSet): boolean {
  return type === "CNAME" && (raw.ResourceRecords ?? []).some(({ Value = "" }) => /\.acm-validations\.aws\.?$/.test(Value));
}
