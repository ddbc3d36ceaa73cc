/** Converts the settings of a bucket between the YAML's form and S3's. Pure. */
import type {
  CORSRule,
  LifecycleRule,
  LoggingEnabled,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
  TransitionStorageClass,
  WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import type { Bucket, Cors, Rule } from "./schema.ts";

type Block = Required<NonNullable<Bucket["publicAccessBlock"]>>;

/** The default: everything is blocked. */
export const allBlocked: Block = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

export function toBlock(block: Bucket["publicAccessBlock"]): PublicAccessBlockConfiguration {
  const all = { ...allBlocked, ...block };
  return {
    BlockPublicAcls: all.blockPublicAcls,
    IgnorePublicAcls: all.ignorePublicAcls,
    BlockPublicPolicy: all.blockPublicPolicy,
    RestrictPublicBuckets: all.restrictPublicBuckets,
  };
}

/** A bucket without this setting blocks nothing. */
export function fromBlock(block: PublicAccessBlockConfiguration = {}): Block {
  return {
    blockPublicAcls: block.BlockPublicAcls ?? false,
    ignorePublicAcls: block.IgnorePublicAcls ?? false,
    blockPublicPolicy: block.BlockPublicPolicy ?? false,
    restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
  };
}

export function toEncryption({ algorithm, kmsKey, bucketKey }: NonNullable<Bucket["encryption"]>): ServerSideEncryptionRule {
  return {
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: algorithm ?? (kmsKey === undefined ? "AES256" : "aws:kms"),
      ...(kmsKey !== undefined && { KMSMasterKeyID: kmsKey }),
    },
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey }),
  };
}

export function fromEncryption([rule]: readonly ServerSideEncryptionRule[]): Bucket["encryption"] {
  const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  return {
    algorithm: (SSEAlgorithm ?? "AES256") as "AES256",
    ...(KMSMasterKeyID !== undefined && { kmsKey: KMSMasterKeyID }),
    bucketKey: rule?.BucketKeyEnabled ?? false,
  };
}

export function toRules(lifecycle: NonNullable<Bucket["lifecycle"]>): LifecycleRule[] {
  return Object.entries(lifecycle).map(([ID, rule]) => toRule(ID, rule));
}

function toRule(ID: string, rule: Rule): LifecycleRule {
  const { transitions = {}, noncurrentTransitions = {} } = rule;
  const expiration = {
    ...(rule.days !== undefined && { Days: rule.days }),
    ...(rule.expiredDeleteMarkers !== undefined && { ExpiredObjectDeleteMarker: rule.expiredDeleteMarkers }),
  };
  return {
    ID,
    Status: rule.enabled === false ? "Disabled" : "Enabled",
    Filter: { Prefix: rule.prefix ?? "" },
    ...(Object.keys(expiration).length > 0 && { Expiration: expiration }),
    ...(rule.noncurrentDays !== undefined && {
      NoncurrentVersionExpiration: {
        NoncurrentDays: rule.noncurrentDays,
        ...(rule.noncurrentVersions !== undefined && { NewerNoncurrentVersions: rule.noncurrentVersions }),
      },
    }),
    ...(rule.abortUploadDays !== undefined && { AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abortUploadDays } }),
    ...(Object.keys(transitions).length > 0 && {
      Transitions: byDays(transitions).map(([StorageClass, Days]) => ({ StorageClass, Days })),
    }),
    ...(Object.keys(noncurrentTransitions).length > 0 && {
      NoncurrentVersionTransitions: byDays(noncurrentTransitions).map(([StorageClass, NoncurrentDays]) => ({
        StorageClass,
        NoncurrentDays,
      })),
    }),
  };
}

function byDays(transitions: Readonly<Record<string, number>>): [TransitionStorageClass, number][] {
  return (Object.entries(transitions) as [TransitionStorageClass, number][]).sort(([, a], [, b]) => a - b);
}

export function fromRules(rules: readonly LifecycleRule[]): NonNullable<Bucket["lifecycle"]> {
  return Object.fromEntries(rules.map((rule, i) => [rule.ID ?? `rule-${i + 1}`, fromRule(rule)]));
}

function fromRule(rule: LifecycleRule): Rule {
  const prefix = rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix;
  const { Expiration: gone, NoncurrentVersionExpiration: old, AbortIncompleteMultipartUpload: abort } = rule;
  const transitions = (rule.Transitions ?? []).map(({ StorageClass, Days }) => [StorageClass!, Days ?? 0] as const);
  const noncurrent = (rule.NoncurrentVersionTransitions ?? []).map(
    ({ StorageClass, NoncurrentDays }) => [StorageClass!, NoncurrentDays ?? 0] as const,
  );
  return {
    ...(doesMore(rule) && { more: true }),
    enabled: rule.Status === "Enabled",
    ...(prefix !== undefined && prefix !== "" && { prefix }),
    ...(gone?.Days !== undefined && { days: gone.Days }),
    ...(gone?.ExpiredObjectDeleteMarker !== undefined && { expiredDeleteMarkers: gone.ExpiredObjectDeleteMarker }),
    ...(old?.NoncurrentDays !== undefined && { noncurrentDays: old.NoncurrentDays }),
    ...(old?.NewerNoncurrentVersions !== undefined && { noncurrentVersions: old.NewerNoncurrentVersions }),
    ...(abort?.DaysAfterInitiation !== undefined && { abortUploadDays: abort.DaysAfterInitiation }),
    ...(transitions.length > 0 && { transitions: Object.fromEntries(transitions) }),
    ...(noncurrent.length > 0 && { noncurrentTransitions: Object.fromEntries(noncurrent) }),
  };
}

/**
 * Whether the rule does something that the YAML cannot express: filters by tags or sizes, or calendar dates. Such a rule never equals a
 * written one.
 */
function doesMore({ Filter, Expiration, Transitions = [] }: LifecycleRule): boolean {
  const { Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan } = Filter ?? {};
  const others = [Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan, Expiration?.Date, ...Transitions.map(({ Date: date }) => date)];
  return others.some((one) => one !== undefined);
}

export function toCors(rules: readonly Cors[]): CORSRule[] {
  return rules.map(({ id, allowedOrigins, allowedMethods, allowedHeaders, exposeHeaders, maxAge }) => ({
    ...(id !== undefined && { ID: id }),
    AllowedOrigins: [...allowedOrigins],
    AllowedMethods: [...allowedMethods],
    ...(allowedHeaders !== undefined && { AllowedHeaders: [...allowedHeaders] }),
    ...(exposeHeaders !== undefined && { ExposeHeaders: [...exposeHeaders] }),
    ...(maxAge !== undefined && { MaxAgeSeconds: maxAge }),
  }));
}

export function fromCors(rules: readonly CORSRule[]): Cors[] {
  return rules.map(({ ID, AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, MaxAgeSeconds }) => ({
    ...(ID !== undefined && { id: ID }),
    allowedOrigins: AllowedOrigins ?? [],
    allowedMethods: (AllowedMethods ?? []) as Cors["allowedMethods"],
    ...(AllowedHeaders !== undefined && AllowedHeaders.length > 0 && { allowedHeaders: AllowedHeaders }),
    ...(ExposeHeaders !== undefined && ExposeHeaders.length > 0 && { exposeHeaders: ExposeHeaders }),
    ...(MaxAgeSeconds !== undefined && { maxAge: MaxAgeSeconds }),
  }));
}

export function toWebsite({
  indexDocument,
  errorDocument,
  redirectAllTo,
  redirectProtocol,
}: NonNullable<Bucket["website"]>): WebsiteConfiguration {
  if (redirectAllTo !== undefined)
    return { RedirectAllRequestsTo: { HostName: redirectAllTo, ...(redirectProtocol !== undefined && { Protocol: redirectProtocol }) } };
  return {
    ...(indexDocument !== undefined && { IndexDocument: { Suffix: indexDocument } }),
    ...(errorDocument !== undefined && { ErrorDocument: { Key: errorDocument } }),
  };
}

export function fromWebsite({
  IndexDocument,
  ErrorDocument,
  RedirectAllRequestsTo: all,
}: WebsiteConfiguration): NonNullable<Bucket["website"]> {
  return {
    ...(IndexDocument?.Suffix !== undefined && { indexDocument: IndexDocument.Suffix }),
    ...(ErrorDocument?.Key !== undefined && { errorDocument: ErrorDocument.Key }),
    ...(all?.HostName !== undefined && { redirectAllTo: all.HostName }),
    ...(all?.Protocol !== undefined && { redirectProtocol: all.Protocol }),
  };
}

export function fromLogging({ TargetBucket, TargetPrefix }: Partial<LoggingEnabled>): NonNullable<Bucket["logging"]> {
  return {
    ...(TargetBucket !== undefined && { bucket: TargetBucket }),
    ...(TargetPrefix !== undefined && TargetPrefix !== "" && { prefix: TargetPrefix }),
  };
}
