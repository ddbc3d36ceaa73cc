/** One call for each setting of a bucket. Each read has its own error code for "not set" (Amazon S3 API Reference, "Error responses"). */
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { tagList } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { Changes, Tags } from "../kind.ts";
import { parsedPolicy, policyText, type PolicyDocument } from "../shared/policies/documents.ts";
import type { Bucket } from "./schema.ts";
import {
  fromBlock,
  fromCors,
  fromEncryption,
  fromLogging,
  fromRules,
  fromWebsite,
  toBlock,
  toCors,
  toEncryption,
  toRules,
  toWebsite,
} from "./settings.ts";

export type Sdk = typeof import("../../aws/sdk/s3.ts");

/** The name of a bucket with its expected owner: after a bucket is gone, another account may take its name. */
const of = (aws: Aws, Bucket: string) => ({ Bucket, ExpectedBucketOwner: aws.account });

/** The answer, or undefined where the setting is not set. */
async function unlessUnset<T>(answer: Promise<T>, code: string): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, code)) return undefined;
    throw error;
  }
}

/** Reads of a bucket. */
export function readers(s3: Sdk) {
  const one: { readonly [F in keyof Required<Bucket>]: (aws: Aws, name: string) => Promise<Bucket[F]> } = {
    async versioning(aws, name) {
      const { Status } = await aws.s3(new s3.GetBucketVersioningCommand(of(aws, name)));
      return Status === "Enabled";
    },
    async encryption(aws, name) {
      const found = await unlessUnset(
        aws.s3(new s3.GetBucketEncryptionCommand(of(aws, name))),
        "ServerSideEncryptionConfigurationNotFoundError",
      );
      return fromEncryption(found?.ServerSideEncryptionConfiguration?.Rules ?? []);
    },
    async publicAccessBlock(aws, name) {
      const found = await unlessUnset(aws.s3(new s3.GetPublicAccessBlockCommand(of(aws, name))), "NoSuchPublicAccessBlockConfiguration");
      return fromBlock(found?.PublicAccessBlockConfiguration);
    },
    async ownership(aws, name) {
      const found = await unlessUnset(aws.s3(new s3.GetBucketOwnershipControlsCommand(of(aws, name))), "OwnershipControlsNotFoundError");
      return found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "ObjectWriter";
    },
    async lifecycle(aws, name) {
      const found = await unlessUnset(aws.s3(new s3.GetBucketLifecycleConfigurationCommand(of(aws, name))), "NoSuchLifecycleConfiguration");
      return fromRules(found?.Rules ?? []);
    },
    async policy(aws, name) {
      const found = await unlessUnset(aws.s3(new s3.GetBucketPolicyCommand(of(aws, name))), "NoSuchBucketPolicy");
      return parsedPolicy(found?.Policy) ?? found?.Policy ?? "";
    },
    async cors(aws, name) {
      const found = await unlessUnset(aws.s3(new s3.GetBucketCorsCommand(of(aws, name))), "NoSuchCORSConfiguration");
      return fromCors(found?.CORSRules ?? []);
    },
    async website(aws, name) {
      const found = await unlessUnset(aws.s3(new s3.GetBucketWebsiteCommand(of(aws, name))), "NoSuchWebsiteConfiguration");
      return fromWebsite(found ?? {});
    },
    async logging(aws, name) {
      const { LoggingEnabled } = await aws.s3(new s3.GetBucketLoggingCommand(of(aws, name)));
      return fromLogging(LoggingEnabled ?? {});
    },
  };
  return {
    /** Reads the tags. Throws "not found" for a bucket that does not exist. */
    async tags(aws: Aws, name: string): Promise<Tags> {
      const found = await unlessUnset(aws.s3(new s3.GetBucketTaggingCommand(of(aws, name))), "NoSuchTagSet");
      return tagsOf(found?.TagSet);
    },

    /** Reads the public access block and the settings that are asked for. */
    async settings(aws: Aws, name: string, isAsked: (field: keyof Bucket) => boolean): Promise<Partial<Bucket>> {
      const fields = (Object.keys(one) as (keyof Bucket)[]).filter((field) => field === "publicAccessBlock" || isAsked(field));
      return Object.fromEntries(await Promise.all(fields.map(async (field) => [field, await one[field](aws, name)] as const)));
    },
  };
}

/** Changes of a bucket. S3 refuses two at a time, so they run one after another. */
export function writers(s3: Sdk) {
  return {
    async tags(aws: Aws, name: string, tags: Tags): Promise<void> {
      await aws.s3(new s3.PutBucketTaggingCommand({ ...of(aws, name), Tagging: { TagSet: tagList(tags) } }));
    },

    async policy(aws: Aws, name: string, policy: PolicyDocument | undefined): Promise<void> {
      if (policy === undefined || policy === "") await aws.s3(new s3.DeleteBucketPolicyCommand(of(aws, name)));
      else await aws.s3(new s3.PutBucketPolicyCommand({ ...of(aws, name), Policy: policyText(policy) }));
    },

    async settings(aws: Aws, name: string, request: Bucket, changes: Changes<Bucket>): Promise<void> {
      const where = of(aws, name);
      const { ownership, encryption, lifecycle = {}, cors = [], website = {}, logging = {} } = request;
      if (changes.ownership && ownership !== undefined)
        await aws.s3(
          new s3.PutBucketOwnershipControlsCommand({ ...where, OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } }),
        );
      if (changes.publicAccessBlock)
        await aws.s3(new s3.PutPublicAccessBlockCommand({ ...where, PublicAccessBlockConfiguration: toBlock(request.publicAccessBlock) }));
      if (changes.encryption && encryption !== undefined)
        await aws.s3(
          new s3.PutBucketEncryptionCommand({ ...where, ServerSideEncryptionConfiguration: { Rules: [toEncryption(encryption)] } }),
        );
      if (changes.versioning)
        await aws.s3(
          new s3.PutBucketVersioningCommand({
            ...where,
            VersioningConfiguration: { Status: request.versioning ? "Enabled" : "Suspended" },
          }),
        );
      if (changes.lifecycle) await putLifecycle(aws, where, lifecycle);
      if (changes.cors)
        await (cors.length === 0
          ? aws.s3(new s3.DeleteBucketCorsCommand(where))
          : aws.s3(new s3.PutBucketCorsCommand({ ...where, CORSConfiguration: { CORSRules: toCors(cors) } })));
      if (changes.website) await putWebsite(aws, where, website);
      if (changes.logging) await aws.s3(new s3.PutBucketLoggingCommand({ ...where, BucketLoggingStatus: targetOf(logging) }));
    },
  };

  async function putLifecycle(aws: Aws, where: ReturnType<typeof of>, lifecycle: NonNullable<Bucket["lifecycle"]>): Promise<void> {
    const Rules = toRules(lifecycle);
    if (Rules.length === 0) await aws.s3(new s3.DeleteBucketLifecycleCommand(where));
    else await aws.s3(new s3.PutBucketLifecycleConfigurationCommand({ ...where, LifecycleConfiguration: { Rules } }));
  }

  async function putWebsite(aws: Aws, where: ReturnType<typeof of>, website: NonNullable<Bucket["website"]>): Promise<void> {
    if (Object.keys(website).length === 0) await aws.s3(new s3.DeleteBucketWebsiteCommand(where));
    else await aws.s3(new s3.PutBucketWebsiteCommand({ ...where, WebsiteConfiguration: toWebsite(website) }));
  }
}

/** Without a target, logs are off. */
function targetOf({ bucket, prefix = "" }: NonNullable<Bucket["logging"]>) {
  return bucket === undefined ? {} : { LoggingEnabled: { TargetBucket: bucket, TargetPrefix: prefix } };
}
