/** Certificate Manager in the sandbox: public certificates, which records in the public zones of the account's Route 53 validate. */
import type {
  AddTagsToCertificateRequest,
  DeleteCertificateRequest,
  DescribeCertificateRequest,
  ListCertificatesRequest,
  ListTagsForCertificateRequest,
  RemoveTagsFromCertificateRequest,
  RequestCertificateRequest,
  Tag,
  UpdateCertificateOptionsRequest,
} from "@aws-sdk/client-acm";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { listeners } from "../elbv2/state.ts";
import { fullName, setKey, sets, zones } from "../route53/state.ts";
import { certificates, needCertificate, proofOf, tokens, type CertificateRecord } from "./state.ts";

const hour = 3_600_000;
const minute = 60_000;
const mostTags = 50;
/** The default quota of names in a certificate (ACM User Guide, "Quotas"). */
const mostNames = 10;

const operations: Record<string, Handler> = {
  /**
   * Requests a certificate. The same token within an hour is the same request (ACM API, RequestCertificate: IdempotencyToken), even if its
   * certificate was deleted since.
   */
  RequestCertificate(input: RequestCertificateRequest, call) {
    refuseUnknown(call, input, [
      "DomainName",
      "ValidationMethod",
      "SubjectAlternativeNames",
      "IdempotencyToken",
      "KeyAlgorithm",
      "Options",
      "Tags",
    ]);
    const { DomainName, SubjectAlternativeNames = [], ValidationMethod, IdempotencyToken: token, KeyAlgorithm = "RSA_2048" } = input;
    if (ValidationMethod !== "DNS")
      throw new AwsFault("NotImplemented", `The sandbox does not model the validation ${ValidationMethod ?? "EMAIL"} of certificates.`);
    if (token !== undefined && !/^\w{1,32}$/.test(token))
      throw validation(`Value '${token}' at 'idempotencyToken' failed to satisfy constraint`);
    const names = [...new Set([DomainName!, ...SubjectAlternativeNames].map((name) => checkName(name)))];
    if (DomainName!.length > 64) throw validation("The first domain name can have no more than 64 characters.");
    if (names.length > mostNames) throw limit(`Error: ${names.length} domain names exceed the limit of ${mostNames}`);
    if (!["RSA_2048", "EC_prime256v1", "EC_secp384r1"].includes(KeyAlgorithm))
      throw validation(`Key algorithm ${KeyAlgorithm} is not supported.`);
    const known = token === undefined ? undefined : tokens(call).get(token);
    if (known && call.now - known.since < hour) return { CertificateArn: known.arn };
    const arn = `arn:${call.partition}:acm:${call.region}:${call.account}:certificate/${uuid(call)}`;
    const certificate: CertificateRecord = {
      arn,
      domain: names[0]!,
      names,
      keyAlgorithm: KeyAlgorithm,
      transparency: input.Options?.CertificateTransparencyLoggingPreference ?? "ENABLED",
      export: input.Options?.Export ?? "DISABLED",
      created: call.now,
      status: "PENDING_VALIDATION",
      ...(call.fault("acm:notDelegated") && { undelegated: true as const }),
      tags: {},
    };
    addTags(certificate, input.Tags ?? []);
    certificates(call).set(arn, certificate);
    if (token !== undefined) tokens(call).set(token, { arn, since: call.now });
    call.later(minute, "acm:look", { arn });
    return { CertificateArn: arn };
  },

  DescribeCertificate({ CertificateArn }: DescribeCertificateRequest, call) {
    return { Certificate: described(call, needCertificate(call, CertificateArn!)) };
  },

  /** Lists certificates. Without a filter, only those with an RSA key of up to 2048 bits (ACM API, Filters). */
  ListCertificates(input: ListCertificatesRequest, call) {
    refuseUnknown(call, input, ["CertificateStatuses", "Includes", "MaxItems", "NextToken"]);
    const { CertificateStatuses: statuses = [], Includes: { keyTypes = ["RSA_1024", "RSA_2048"] } = {} } = input;
    const all = [...certificates(call).values()].filter(
      (one) =>
        call.sees(one.arn, "id") &&
        (statuses.length === 0 || statuses.includes(one.status)) &&
        (keyTypes as readonly string[]).includes(one.keyAlgorithm),
    );
    const { items, next } = page(call, all, input, { key: ({ arn }) => arn, max: 1000, size: 1000, names: "acm" });
    const list = items.map((one) => ({
      CertificateArn: one.arn,
      DomainName: one.domain,
      SubjectAlternativeNameSummaries: one.names,
      HasAdditionalSubjectAlternativeNames: false,
      Status: one.status,
      Type: "AMAZON_ISSUED",
      KeyAlgorithm: shownKey(one),
      InUse: usersOf(call, one).length > 0,
    }));
    return { CertificateSummaryList: list, ...next };
  },

  ListTagsForCertificate({ CertificateArn }: ListTagsForCertificateRequest, call) {
    const { tags } = needCertificate(call, CertificateArn!);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },

  AddTagsToCertificate({ CertificateArn, Tags }: AddTagsToCertificateRequest, call) {
    addTags(needCertificate(call, CertificateArn!), Tags!);
    call.tagged(CertificateArn!);
    return {};
  },

  /** Removes tags. When the call gives a value, it removes only a tag with that value (ACM API, RemoveTagsFromCertificate). */
  RemoveTagsFromCertificate({ CertificateArn, Tags }: RemoveTagsFromCertificateRequest, call) {
    const { tags } = needCertificate(call, CertificateArn!);
    for (const { Key, Value } of Tags!) if (Value === undefined || tags[Key!] === Value) delete tags[Key!];
    call.tagged(CertificateArn!);
    return {};
  },

  UpdateCertificateOptions({ CertificateArn, Options }: UpdateCertificateOptionsRequest, call) {
    const certificate = needCertificate(call, CertificateArn!);
    if (certificate.status !== "ISSUED")
      throw new AwsFault("InvalidStateException", `The certificate ${CertificateArn} is in the state ${certificate.status}.`);
    certificate.transparency = Options?.CertificateTransparencyLoggingPreference ?? certificate.transparency;
    return {};
  },

  DeleteCertificate({ CertificateArn }: DeleteCertificateRequest, call) {
    const certificate = needCertificate(call, CertificateArn!);
    if (usersOf(call, certificate).length > 0)
      throw new AwsFault("ResourceInUseException", `Certificate ${CertificateArn} in account ${call.account} is in use.`);
    certificates(call).delete(CertificateArn!);
    return {};
  },
};

const transitions = {
  /** Checks the records, at first every minute, and gives up after 72 hours (ACM User Guide, "Troubleshoot certificate validation"). */
  look({ arn }: { arn: string }, call: Call) {
    const certificate = certificates(call).get(arn);
    if (certificate?.status !== "PENDING_VALIDATION") return;
    if (!isProven(call, certificate)) delete certificate.proven;
    else if (certificate.proven !== undefined) {
      certificate.status = "ISSUED";
      certificate.issued = call.now;
      return;
    } else certificate.proven = call.now;
    const age = call.now - certificate.created;
    if (age >= 72 * hour) certificate.status = "VALIDATION_TIMED_OUT";
    else call.later(age < hour ? minute : 15 * minute, "acm:look", { arn });
  },
};

/** Whether public zones that resolvers can see have the records of all names. */
function isProven(call: Call, certificate: CertificateRecord): boolean {
  if (certificate.undelegated) return false;
  const home = { store: call.accountStore };
  const open = [...zones(home).values()].filter(({ isPrivate }) => !isPrivate);
  return certificate.names.every((name) => {
    const proof = proofOf(call, certificate, name);
    return (
      proof !== undefined &&
      open.some((zone) => {
        const set = sets(home).get(setKey({ zone: zone.id, name: fullName(proof.Name), type: "CNAME" }));
        return set?.values?.some((value) => fullName(value) === fullName(proof.Value)) === true;
      })
    );
  });
}

function described(call: Call, one: CertificateRecord) {
  return {
    CertificateArn: one.arn,
    DomainName: one.domain,
    SubjectAlternativeNames: one.names,
    DomainValidationOptions: one.names.map((DomainName) => ({
      DomainName,
      ValidationDomain: DomainName,
      ValidationMethod: "DNS",
      ValidationStatus: one.status === "ISSUED" ? "SUCCESS" : one.status === "PENDING_VALIDATION" ? "PENDING_VALIDATION" : "FAILED",
      ResourceRecord: proofOf(call, one, DomainName),
    })),
    Status: one.status,
    Type: "AMAZON_ISSUED",
    KeyAlgorithm: shownKey(one),
    CreatedAt: new Date(one.created),
    ...(one.issued !== undefined && { IssuedAt: new Date(one.issued), NotAfter: new Date(one.issued + 198 * 24 * hour) }),
    InUseBy: usersOf(call, one),
    Options: { CertificateTransparencyLoggingPreference: one.transparency, Export: one.export },
    RenewalEligibility: usersOf(call, one).length > 0 ? "ELIGIBLE" : "INELIGIBLE",
  };
}

/** The key algorithm in answers: `EC-prime256v1` for `EC_prime256v1` in the request. */
function shownKey({ keyAlgorithm }: CertificateRecord): string {
  return keyAlgorithm.replace("_", "-");
}

/** ARNs of the load balancers with a listener that uses the certificate. */
function usersOf(call: Call, { arn }: CertificateRecord): string[] {
  const users = [...listeners(call).values()].filter((one) => one.certificate === arn || one.certificates.includes(arn));
  return [...new Set(users.map(({ loadBalancer }) => loadBalancer))];
}

function checkName(name: string): string {
  const lower = name.toLowerCase();
  if (name.length > 253 || !/^(\*\.)?(([a-z0-9-]{0,62}[a-z0-9])\.)+([a-z0-9-]{1,62}[a-z0-9])$/.test(lower))
    throw validation(`Value '${name}' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern`);
  return lower;
}

function addTags(certificate: CertificateRecord, tags: readonly Tag[]): void {
  if (tags.some(({ Key }) => /^aws:/i.test(Key!))) throw new AwsFault("InvalidTagException", "Tag keys that begin with aws: are reserved.");
  const after = { ...certificate.tags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value ?? ""])) };
  if (Object.keys(after).length > mostTags) throw new AwsFault("TooManyTagsException", `A certificate can have at most ${mostTags} tags.`);
  certificate.tags = after;
}

function uuid(call: Call): string {
  const hex = `${call.id("c").slice(2)}${call.id("c").slice(2)}`;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function validation(message: string): AwsFault {
  return new AwsFault("ValidationException", message);
}

function limit(message: string): AwsFault {
  return new AwsFault("LimitExceededException", message);
}

export const model: ServiceModel = { operations, transitions };
