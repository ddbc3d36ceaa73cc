/** Finds what S3 would refuse in a bucket, before anything is sent. Pure. */
import type { Problem, Subject } from "../kind.ts";
import { checkPolicy, policyLimits } from "../shared/policies/checks.ts";
import { isObject, parsedPolicy, statementsOf, type Json } from "../shared/policies/documents.ts";
import type { Bucket, Rule } from "./schema.ts";
import { allBlocked, toRules } from "./settings.ts";

export function check({ address, spec }: Subject<Bucket>): readonly Problem[] {
  return [
    ...checkEncryption(spec.encryption),
    ...Object.entries(spec.lifecycle ?? {}).flatMap(([name, rule]) => checkRule(rule, `lifecycle.${name}`)),
    ...checkBucketPolicy(spec),
    ...checkWebsite(spec.website),
    ...checkLogging(spec.logging, address),
    ...(spec.cors ?? []).flatMap(({ allowedOrigins, allowedHeaders = [] }, i) =>
      [...allowedOrigins, ...allowedHeaders]
        .filter((text) => text.split("*").length > 2)
        .map((text) => conflict(`cors[${i}]`, `"${text}" has more than one *`, "write each pattern with at most one *")),
    ),
  ];
}

function checkEncryption({ algorithm, kmsKey }: NonNullable<Bucket["encryption"]> = {}): Problem[] {
  if (algorithm !== "AES256" || kmsKey === undefined) return [];
  return [conflict("encryption.kmsKey", "AES256 always uses a key of S3", "write `algorithm: aws:kms`, or remove `kmsKey`")];
}

function checkRule(rule: Rule, path: string): Problem[] {
  const { transitions = {}, days, noncurrentDays, noncurrentVersions, expiredDeleteMarkers } = rule;
  const problems: Problem[] = [];
  const [made] = toRules({ rule });
  const { ID: _id, Status: _status, Filter: _filter, ...does } = made!;
  if (Object.keys(does).length === 0)
    problems.push(conflict(path, "the rule does nothing", "write `days`, `noncurrentDays`, `transitions` or `abortUploadDays`"));
  for (const [storage, after] of Object.entries(transitions)) {
    if (storage.endsWith("_IA") && after < 30)
      problems.push(
        conflict(`${path}.transitions.${storage}`, `objects can move to ${storage} after 30 days, not ${after}`, "write 30 or more"),
      );
    if (days !== undefined && after >= days)
      problems.push(
        conflict(
          `${path}.transitions.${storage}`,
          `the objects are deleted after ${days} days, before they would move to ${storage} after ${after} days`,
          "write a smaller number of days here",
        ),
      );
  }
  if (noncurrentVersions !== undefined && noncurrentDays === undefined)
    problems.push(conflict(`${path}.noncurrentVersions`, "`noncurrentVersions` needs `noncurrentDays`", "add `noncurrentDays`"));
  if (expiredDeleteMarkers !== undefined && days !== undefined)
    problems.push(
      conflict(
        `${path}.expiredDeleteMarkers`,
        "`days` also removes delete markers, and S3 accepts only one of the two",
        "remove one of them",
      ),
    );
  return problems;
}

function checkBucketPolicy({ policy, publicAccessBlock }: Bucket): Problem[] {
  if (policy === undefined || policy === "") return [];
  const problems = checkPolicy(policy, "policy", "resource", policyLimits.bucket);
  const blocks = { ...allBlocked, ...publicAccessBlock }.blockPublicPolicy;
  const isPublic = statementsOf(parsedPolicy(policy) ?? {}).some(isForEverybody);
  if (isPublic && blocks)
    problems.push(
      conflict(
        "policy",
        "the policy allows access for everybody, and `publicAccessBlock` refuses such policies",
        "write specific principals, add a Condition, or write `publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false }`",
      ),
    );
  return problems;
}

/**
 * Whether a statement is open to everybody. A statement with a condition may be, and S3 decides (Amazon S3 User Guide, "The meaning of
 * public").
 */
function isForEverybody({ Effect, Principal, Condition }: Json): boolean {
  const who = isObject(Principal) ? [Principal["AWS"]].flat() : [Principal];
  return Effect === "Allow" && Condition === undefined && who.includes("*");
}

function checkWebsite(website: Bucket["website"]): Problem[] {
  if (website === undefined || Object.keys(website).length === 0) return [];
  const { indexDocument, errorDocument, redirectAllTo, redirectProtocol } = website;
  if (redirectAllTo === undefined && indexDocument === undefined)
    return [conflict("website", "a website needs `indexDocument` or `redirectAllTo`", "add one of them")];
  if (redirectAllTo !== undefined && (indexDocument ?? errorDocument) !== undefined)
    return [
      conflict(
        "website.redirectAllTo",
        "a website with `redirectAllTo` cannot have documents",
        "remove `indexDocument` and `errorDocument`",
      ),
    ];
  if (redirectProtocol !== undefined && redirectAllTo === undefined)
    return [conflict("website.redirectProtocol", "`redirectProtocol` needs `redirectAllTo`", "add `redirectAllTo`")];
  return [];
}

/**
 * Warns about logs that log themselves without end (Amazon S3 User Guide, "Logging requests with server access logging", which advises
 * against it).
 */
function checkLogging(logging: Bucket["logging"], address: string): Problem[] {
  if (logging?.bucket === address)
    return [
      conflict("logging.bucket", "the bucket would log to itself, so that each log makes another log without end", "write another bucket"),
    ];
  if (logging === undefined || Object.keys(logging).length === 0 || logging.bucket !== undefined) return [];
  return [conflict("logging", "the destination of the logs is missing", "add `bucket`")];
}

function conflict(path: string, summary: string, hint: string): Problem {
  return { code: "conflict", path, summary, hint };
}
