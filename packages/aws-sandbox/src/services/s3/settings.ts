/**
 * The settings of a bucket. Each is put as a whole. Reading one that is not set gives an error code of its own
 * (Amazon S3 API Reference, "Error responses").
 */
import type {
  PutBucketCorsRequest,
  PutBucketEncryptionRequest,
  PutBucketLifecycleConfigurationRequest,
  PutBucketLoggingRequest,
  PutBucketOwnershipControlsRequest,
  PutBucketPolicyRequest,
  PutBucketTaggingRequest,
  PutBucketVersioningRequest,
  PutBucketWebsiteRequest,
  PutPublicAccessBlockRequest,
} from "@aws-sdk/client-s3";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { checkCors, checkEncryption, checkLifecycle, checkPolicy, checkWebsite, tagsIn } from "./checks.ts";
import { buckets, malformedXml, needBucket, type BucketRecord } from "./state.ts";

interface Named {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
}

/** Returns a handler that reads one setting; `code` is S3's error when it is not set. */
function reads<T>(of: (bucket: BucketRecord) => T | undefined, code: string, show: (value: T) => object): Handler<Named, object> {
  return (input, call) => {
    const value = of(needBucket(call, input));
    if (value === undefined) throw new AwsFault(code, "The specified configuration does not exist", 404);
    return show(value);
  };
}

/** Returns a handler that changes one setting. */
function writes<I extends Named>(change: (bucket: BucketRecord, input: I, call: Call) => void): Handler<I, object> {
  return (input, call) => {
    change(needBucket(call, input), input, call);
    return {};
  };
}

const reading: Record<string, Handler> = {
  GetBucketTagging: reads(
    ({ tags }) => (Object.keys(tags).length > 0 ? tags : undefined),
    "NoSuchTagSet",
    (tags) => ({ TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  ),
  GetBucketOwnershipControls: reads(
    ({ ownership }) => ownership,
    "OwnershipControlsNotFoundError",
    (ObjectOwnership) => ({ OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
  ),
  GetPublicAccessBlock: reads(
    ({ publicAccessBlock }) => publicAccessBlock,
    "NoSuchPublicAccessBlockConfiguration",
    (PublicAccessBlockConfiguration) => ({ PublicAccessBlockConfiguration }),
  ),
  GetBucketEncryption: reads(
    ({ encryption }) => encryption,
    "ServerSideEncryptionConfigurationNotFoundError",
    (Rules) => ({ ServerSideEncryptionConfiguration: { Rules } }),
  ),
  GetBucketVersioning: (input: Named, call) => {
    const { versioning } = needBucket(call, input);
    return versioning === undefined ? {} : { Status: versioning };
  },
  GetBucketLifecycleConfiguration: reads(
    ({ lifecycle }) => lifecycle,
    "NoSuchLifecycleConfiguration",
    (Rules) => ({ Rules, TransitionDefaultMinimumObjectSize: "all_storage_classes_128K" }),
  ),
  GetBucketPolicy: reads(
    ({ policy }) => policy,
    "NoSuchBucketPolicy",
    (Policy) => ({ Policy }),
  ),
  GetBucketCors: reads(
    ({ cors }) => cors,
    "NoSuchCORSConfiguration",
    (CORSRules) => ({ CORSRules }),
  ),
  GetBucketWebsite: reads(
    ({ website }) => website,
    "NoSuchWebsiteConfiguration",
    (website) => ({ ...website }),
  ),
  GetBucketLogging: (input: Named, call) => {
    const { logging } = needBucket(call, input);
    return logging === undefined ? {} : { LoggingEnabled: logging };
  },
};

const writing: Record<string, Handler> = {
  PutBucketTagging: writes<PutBucketTaggingRequest>((bucket, { Tagging }, call) => {
    bucket.tags = tagsIn(Tagging?.TagSet ?? [], bucket.tags);
    call.tagged(bucket.name);
  }),
  PutBucketOwnershipControls: writes<PutBucketOwnershipControlsRequest>((bucket, { OwnershipControls }) => {
    const [rule, ...more] = OwnershipControls?.Rules ?? [];
    if (!rule?.ObjectOwnership || more.length > 0) throw malformedXml();
    if (!["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].includes(rule.ObjectOwnership)) throw malformedXml();
    bucket.ownership = rule.ObjectOwnership;
  }),
  PutPublicAccessBlock: writes<PutPublicAccessBlockRequest>((bucket, { PublicAccessBlockConfiguration }) => {
    const none = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
    bucket.publicAccessBlock = { ...none, ...PublicAccessBlockConfiguration };
  }),
  PutBucketEncryption: writes<PutBucketEncryptionRequest>((bucket, { ServerSideEncryptionConfiguration }) => {
    const rules = ServerSideEncryptionConfiguration?.Rules ?? [];
    checkEncryption(rules);
    bucket.encryption = rules.map((rule) => ({ BucketKeyEnabled: false, ...rule }));
  }),
  PutBucketVersioning: writes<PutBucketVersioningRequest>((bucket, { VersioningConfiguration }) => {
    const { Status } = VersioningConfiguration ?? {};
    if (Status !== "Enabled" && Status !== "Suspended")
      throw new AwsFault("IllegalVersioningConfigurationException", "The Versioning element must be specified");
    bucket.versioning = Status;
  }),
  PutBucketLifecycleConfiguration: writes<PutBucketLifecycleConfigurationRequest>((bucket, { LifecycleConfiguration }) => {
    const rules = LifecycleConfiguration?.Rules ?? [];
    checkLifecycle(rules);
    bucket.lifecycle = rules;
  }),
  DeleteBucketLifecycle: writes((bucket) => delete bucket.lifecycle),
  PutBucketPolicy: writes<PutBucketPolicyRequest>((bucket, { Policy }, call) => {
    checkPolicy(call, bucket, Policy ?? "");
    bucket.policy = Policy!;
  }),
  DeleteBucketPolicy: writes((bucket) => delete bucket.policy),
  PutBucketCors: writes<PutBucketCorsRequest>((bucket, { CORSConfiguration }) => {
    const rules = CORSConfiguration?.CORSRules ?? [];
    checkCors(rules);
    bucket.cors = rules;
  }),
  DeleteBucketCors: writes((bucket) => delete bucket.cors),
  PutBucketWebsite: writes<PutBucketWebsiteRequest>((bucket, { WebsiteConfiguration = {} }) => {
    checkWebsite(WebsiteConfiguration);
    bucket.website = WebsiteConfiguration;
  }),
  DeleteBucketWebsite: writes((bucket) => delete bucket.website),
  /** Sets the target of access logs. Without a target they are off. */
  PutBucketLogging: writes<PutBucketLoggingRequest>((bucket, { BucketLoggingStatus }, call) => {
    const { LoggingEnabled } = BucketLoggingStatus ?? {};
    const target = LoggingEnabled?.TargetBucket;
    if (target !== undefined && (target === bucket.name || !buckets(call).has(target)))
      throw new AwsFault(
        "InvalidTargetBucketForLogging",
        "The target bucket for logging does not exist, is not owned by you, or is the bucket itself.",
      );
    if (LoggingEnabled === undefined) delete bucket.logging;
    else bucket.logging = LoggingEnabled;
  }),
};

/** The operations that read or change one setting. */
export const settings: Record<string, Handler> = { ...reading, ...writing };
