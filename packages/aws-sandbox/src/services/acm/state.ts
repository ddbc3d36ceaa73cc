/** What Certificate Manager remembers of a region, by ARN. Plain JSON. */
import { AwsFault, type Call } from "../../model.ts";
import type { Store } from "../../store.ts";
import { hash32 } from "../../random.ts";

export interface CertificateRecord {
  readonly arn: string;
  readonly domain: string;
  /** All names, the domain included, in the order of the request. */
  readonly names: readonly string[];
  readonly keyAlgorithm: string;
  transparency: string;
  readonly export: string;
  readonly created: number;
  status: "PENDING_VALIDATION" | "ISSUED" | "VALIDATION_TIMED_OUT";
  /** Since when its records are all there. */
  proven?: number;
  issued?: number;
  /** No parent domain names the name servers of the zone: nobody in the world sees the records. */
  readonly undelegated?: true;
  tags: Record<string, string>;
}

export const certificates = ({ store }: { readonly store: Pick<Store, "table"> }) => store.table<CertificateRecord>("acm.certificates");

/** What was asked for under a token, whatever became of it. */
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

/** Seconds until a certificate tells its records (ACM API, RequestCertificate: "a delay of several seconds"). */
const recordsAfter = 4_000;

/** The record that proves a name: the same for a name and its wildcard, and for every certificate of the account (ACM User Guide, "DNS validation"). */
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
