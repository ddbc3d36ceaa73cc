/** The records of Certificate Manager in a region, by ARN. They are plain JSON. */
import { AwsFault, type Call } from "../../model.ts";
import type { Store } from "../../store.ts";
import { hash32 } from "../../random.ts";

export interface CertificateRecord {
  readonly arn: string;
  readonly domain: string;
  /** All names, including the domain, in the order of the request. */
  readonly names: readonly string[];
  readonly keyAlgorithm: string;
  transparency: string;
  readonly export: string;
  readonly created: number;
  status: "PENDING_VALIDATION" | "ISSUED" | "VALIDATION_TIMED_OUT";
  /** Since when all of its records exist. */
  proven?: number;
  issued?: number;
  /** No parent domain names the name servers of the zone, so no resolver sees the records. */
  readonly undelegated?: true;
  tags: Record<string, string>;
}

export const certificates = ({ store }: { readonly store: Pick<Store, "table"> }) => store.table<CertificateRecord>("acm.certificates");

/** The request with a token, kept even when its certificate is gone. */
interface TokenRecord {
  readonly arn: string;
  readonly since: number;
}

export const tokens = ({ store }: { readonly store: Pick<Store, "table"> }) => store.table<TokenRecord>("acm.tokens");

export function needCertificate(call: Call, arn: string): CertificateRecord {
  const found = certificates(call).get(arn);
  if (!found || !call.sees(arn, "id"))
    throw new AwsFault("ResourceNotFoundException", `Could not find certificate ${arn} in account ${call.account}`);
  return found;
}

/** Milliseconds until answers show the records of a certificate (ACM API, RequestCertificate: "a delay of several seconds"). */
const recordsAfter = 4_000;

/**
 * The record that validates a name. It is the same for a name and its wildcard, and for every certificate of the
 * account (ACM User Guide, "DNS validation").
 */
export function proofOf(call: Call, certificate: CertificateRecord, name: string) {
  if (call.now - certificate.created < recordsAfter) return undefined;
  const domain = name.replace(/^\*\./, "");
  const word = (salt: string) =>
    [1, 2, 3, 4].map((n) => hash32(`${call.account} ${domain} ${salt}`, n).toString(16).padStart(8, "0")).join("");
  return {
    Name: `_${word("name")}.${domain}.`,
    Type: "CNAME",
    Value: `_${word("value")}.${word("host").slice(0, 10)}.acm-validations.aws.`,
  };
}
