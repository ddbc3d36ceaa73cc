/** Checks settings of a bucket as S3 does (Amazon S3 API Reference, the page of each operation). */
import type { CORSRule, LifecycleRule, ServerSideEncryptionRule, Tag, WebsiteConfiguration } from "@aws-sdk/client-s3";
import { AwsFault, type Call } from "../../model.ts";
import { listed } from "../iam/documents.ts";
import { principalsOf, resourceStatements } from "../resource-policies.ts";
import { denied, invalidArgument, malformedXml, type BucketRecord } from "./state.ts";

const mostTags = 50;

/** Checks a bucket's name (Amazon S3 User Guide, "General purpose bucket naming rules"). */
export function checkName(name: string): string {
  const isGood =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !/\.\.|^\d+\.\d+\.\d+\.\d+$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$/.test(name);
  if (!isGood) throw new AwsFault("InvalidBucketName", "The specified bucket is not valid.");
  return name;
}

/** Checks tags. A put replaces the whole set, and must keep AWS's own tags unchanged. */
export function tagsIn(list: readonly Tag[], have: Readonly<Record<string, string>> = {}): Record<string, string> {
  const keys = list.map(({ Key }) => Key!);
  const system = (pairs: readonly (readonly [string, string])[]) => JSON.stringify(pairs.filter(([key]) => key.startsWith("aws:")).sort());
  if (new Set(keys).size < keys.length) throw new AwsFault("InvalidTag", "Cannot provide multiple Tags with the same key");
  if (system(list.map(({ Key, Value }) => [Key!, Value ?? ""])) !== system(Object.entries(have)))
    throw new AwsFault("InvalidTag", "System tags cannot be added/updated by requester");
  if (list.length > mostTags) throw new AwsFault("BadRequest", `Bucket tag count cannot be greater than ${mostTags}`);
  for (const { Key = "", Value = "" } of list)
    if (Key.length > 128 || Value.length > 256) throw new AwsFault("InvalidTag", "The tag is longer than it may be");
  return Object.fromEntries(list.map(({ Key, Value }) => [Key!, Value ?? ""]));
}

export function checkEncryption(rules: readonly ServerSideEncryptionRule[]): void {
  if (rules.length !== 1) throw malformedXml();
  const { SSEAlgorithm, KMSMasterKeyID } = rules[0]!.ApplyServerSideEncryptionByDefault ?? {};
  if (!["AES256", "aws:kms", "aws:kms:dsse"].includes(SSEAlgorithm ?? "")) throw malformedXml();
  if (SSEAlgorithm === "AES256" && KMSMasterKeyID !== undefined)
    throw invalidArgument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse");
}

/** Checks lifecycle rules. Each has a unique id, a filter, which may be empty, and an action. */
export function checkLifecycle(rules: readonly LifecycleRule[]): void {
  if (rules.length === 0 || rules.length > 1000) throw malformedXml();
  const ids = rules.map(({ ID }) => ID);
  if (new Set(ids).size < ids.length) throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule");
  for (const rule of rules) checkRule(rule);
}

function checkRule(rule: LifecycleRule): void {
  const { ID = "", Status, Filter, Prefix, Expiration, NoncurrentVersionExpiration, Transitions, NoncurrentVersionTransitions } = rule;
  if (ID.length > 255) throw invalidArgument("ID length should not exceed allowed limit of 255");
  if (Status !== "Enabled" && Status !== "Disabled") throw malformedXml();
  if (Filter === undefined && Prefix === undefined) throw malformedXml();
  const does = [
    Expiration,
    NoncurrentVersionExpiration,
    Transitions?.[0],
    NoncurrentVersionTransitions?.[0],
    rule.AbortIncompleteMultipartUpload,
  ];
  if (does.every((one) => one === undefined)) throw new AwsFault("InvalidRequest", "At least one action needs to be specified in a rule");
  const days = [Expiration?.Days, NoncurrentVersionExpiration?.NoncurrentDays, rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation];
  if (days.some((count) => count !== undefined && count < 1))
    throw invalidArgument("'Days' for Expiration action must be a positive integer");
  if (Expiration?.ExpiredObjectDeleteMarker !== undefined && Expiration.Days !== undefined) throw malformedXml();
  for (const { StorageClass, Days } of Transitions ?? [])
    if (StorageClass?.endsWith("_IA") && Days !== undefined && Days < 30)
      throw invalidArgument(`'Days' in Transition action must be greater than or equal to 30 for storageClass '${StorageClass}'`);
  const last = Math.max(-1, ...(Transitions ?? []).map(({ Days }) => Days ?? -1));
  if (Expiration?.Days !== undefined && last >= Expiration.Days)
    throw invalidArgument("'Days' in the Expiration action for filter must be greater than 'Days' in the Transition action");
}

export function checkCors(rules: readonly CORSRule[]): void {
  if (rules.length === 0 || rules.length > 100) throw malformedXml();
  for (const { AllowedMethods = [], AllowedOrigins = [], AllowedHeaders = [] } of rules) {
    if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw malformedXml();
    const bad = AllowedMethods.find((method) => !["GET", "PUT", "HEAD", "POST", "DELETE"].includes(method));
    if (bad !== undefined)
      throw new AwsFault("InvalidRequest", `Found unsupported HTTP method in CORS config. Unsupported method is ${bad}`);
    const many = [...AllowedOrigins, ...AllowedHeaders].find((text) => text.split("*").length > 2);
    if (many !== undefined) throw new AwsFault("InvalidRequest", `"${many}" can not have more than one wildcard.`);
  }
}

export function checkWebsite({ IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules }: WebsiteConfiguration): void {
  if (RedirectAllRequestsTo !== undefined) {
    if (IndexDocument || ErrorDocument || RoutingRules) throw malformedXml();
    return;
  }
  if (!IndexDocument?.Suffix) throw invalidArgument("A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty");
  if (IndexDocument.Suffix.includes("/")) throw invalidArgument("The IndexDocument Suffix is not well formed");
}

/** Checks a policy. Principals must exist, resources must be in this bucket, and a public policy is refused if the bucket blocks those. */
export function checkPolicy(call: Call, bucket: BucketRecord, text: string): void {
  if (Buffer.byteLength(text) > 20_480) throw new AwsFault("MalformedPolicy", "Policy exceeds the maximum allowed document size.");
  const statements = resourceStatements(call, text, { code: "MalformedPolicy", unknownPrincipal: "Invalid principal in policy" });
  const own = `arn:${call.partition}:s3:::${bucket.name}`;
  for (const statement of statements) {
    const resources = listed(statement["Resource"] ?? statement["NotResource"]);
    if (resources.length === 0) throw new AwsFault("MalformedPolicy", "Missing required field Resource");
    if (resources.some((resource) => resource !== own && !resource.startsWith(`${own}/`)))
      throw new AwsFault("MalformedPolicy", "Policy has invalid resource");
    const actions = listed(statement["Action"] ?? statement["NotAction"]);
    if (actions.length === 0) throw new AwsFault("MalformedPolicy", "Missing required field Action");
    if (actions.some((action) => action !== "*" && !/^s3:/i.test(action)))
      throw new AwsFault("MalformedPolicy", "Policy has invalid action");
    const isPublic =
      statement["Effect"] === "Allow" && statement["Condition"] === undefined && principalsOf(statement["Principal"]).includes("*");
    if (isPublic && bucket.publicAccessBlock?.BlockPublicPolicy) throw denied();
  }
}
