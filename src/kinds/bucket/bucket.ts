import { foreign } from "./foreign.ts";
import type { Grant, IamPlace, Kind, MapShape, Naming, ResourceIndex, Subject } from "../kind.ts";
import { isOfFile } from "../shared/kms-keys.ts";
import { meansSame } from "../shared/policies/documents.ts";
import { authored } from "./authored.ts";
import { check } from "./check.ts";
import { schema, type Bucket, type Rule } from "./schema.ts";
import { allBlocked, toCors, toEncryption, toRules, toWebsite } from "./settings.ts";
import { policyLines } from "../shared/policies/told.ts";
import { opensByPolicy, opensUnless } from "../shared/urgency.ts";

/**
 * The beginning of the names that we give. Bucket names are unique in the world, and policies cannot check tags of a bucket (Amazon S3 User
 * Guide, "Using tags for attribute-based access control").
 */
const named = "{project}-{environment}-*";

/** The IAM action that changes each setting. */
const puts = {
  "s3:PutBucketVersioning": "versioning",
  "s3:PutEncryptionConfiguration": "encryption",
  "s3:PutBucketPublicAccessBlock": "publicAccessBlock",
  "s3:PutBucketOwnershipControls": "ownership",
  "s3:PutLifecycleConfiguration": "lifecycle",
  "s3:PutBucketPolicy": "policy",
  "s3:DeleteBucketPolicy": "policy",
  "s3:PutBucketCORS": "cors",
  "s3:PutBucketWebsite": "website",
  "s3:DeleteBucketWebsite": "website",
  "s3:PutBucketLogging": "logging",
} as const satisfies Readonly<Record<string, keyof Bucket>>;

const gets = {
  "s3:GetBucketVersioning": "versioning",
  "s3:GetEncryptionConfiguration": "encryption",
  "s3:GetBucketOwnershipControls": "ownership",
  "s3:GetLifecycleConfiguration": "lifecycle",
  "s3:GetBucketPolicy": "policy",
  "s3:GetBucketCORS": "cors",
  "s3:GetBucketWebsite": "website",
  "s3:GetBucketLogging": "logging",
} as const satisfies Readonly<Record<string, keyof Bucket>>;

const always = ["s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging", "s3:TagResource"];
const writes = [...always, ...Object.keys(puts)].sort();

export const bucket: Kind<Bucket, null> = {
  name: "bucket",
  section: "buckets",
  file: "data",
  doc: "An S3 bucket. It is not public unless the file says so, and infra never empties it.",
  outputs: {
    arn: "The ARN. With `/*` after it, every object in the bucket.",
    name: "The name in AWS.",
    domainName: "The regional domain name of the bucket.",
  },
  drawn: () => ({ as: "beside", glyph: "part", sub: "bucket" }),
  schema,
  foreign,
  fields: {
    versioning: { change: "update", urgency: "safety" },
    encryption: {
      change: "update",
      same: isSameEncryption,
      because: "existing objects keep their encryption",
      urgency: "safety",
    },
    publicAccessBlock: { change: "update", default: { value: allBlocked, class: "enforced" }, urgency: opensUnless(true) },
    ownership: { change: "update", urgency: opensUnless("BucketOwnerEnforced") },
    lifecycle: { change: "update", as: rules(), made: { off: {} }, urgency: "safety" },
    policy: {
      change: "update",
      late: true,
      same: (request, have) => have !== undefined && meansSame(request, have),
      lines: policyLines,
      made: { off: "" },
      urgency: opensByPolicy,
    },
    cors: { change: "update", same: (request, have) => isSame(toCors(request), toCors(have ?? [])), made: { off: [] }, urgency: "safety" },
    website: {
      change: "update",
      same: (request, have) => isSame(toWebsite(request), toWebsite(have ?? {})),
      made: { off: {} },
      urgency: "traffic",
    },
    logging: { change: "update", same: isSameLogging, made: { off: {} }, urgency: "safety" },
  },
  stages: [
    { name: "create" },
    { name: "settings", fields: ["ownership", "publicAccessBlock", "encryption", "versioning", "lifecycle", "cors", "website", "logging"] },
    { name: "policy", fields: ["policy"] },
  ],
  create: "name",
  naming: naming(),
  replace: "delete-first",
  keepsId: true,
  dataLoss: "data",
  neverReplaced:
    "declare a second bucket under another name, copy the objects, change everything that uses this bucket, and then remove it",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "s3" },
  fromArn: { type: "s3", idOf: (arn) => arn.slice(arn.lastIndexOf(":") + 1) },
  // The tag index; for each bucket its tags and its public access block. Each other setting that the YAML writes is one more call.
  readCost: ({ ours }) => 1 + 2 * ours,
  iam: {
    read: ["s3:GetBucketPublicAccessBlock", "s3:GetBucketTagging", "s3:ListAllMyBuckets", "tag:GetResources", ...Object.keys(gets)],
    write: writes,
    remove: ["s3:DeleteBucket"],
    onlyFor: onlyFor(),
    // TagResource and UntagResource of S3 Control have a condition on tag keys; PutBucketTagging has none (Service Authorization Reference,
    // "Amazon S3").
    tagging: { more: ["s3:UntagResource"], withoutKeys: ["s3:PutBucketTagging"] },
    access: Object.fromEntries(writes.map((action) => [action, { any: [named] }])),
    implied,
  },
  normalise: ({ publicAccessBlock: block, ...spec }) =>
    block === undefined ? spec : { ...spec, publicAccessBlock: { ...allBlocked, ...block } },
  check,
  authored,
  withoutNetwork: "clients reach it through public addresses or a gateway endpoint, which is a part of its own",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/s3.ts")),
};

/** The naming rules of buckets (Amazon S3 User Guide, "General purpose bucket naming rules"). */
function naming(): Naming {
  return { max: 63, forbidden: /[^a-z0-9.-]/, lower: true, perAccount: true, perWorld: true, whyNot: whyNotName };
}

function whyNotName(name: string): string | undefined {
  if (name.length < 3) return "it has fewer than 3 characters";
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return "it must begin and end with a letter or a digit";
  if (/\.\.|^\d+\.\d+\.\d+\.\d+$/.test(name)) return "it must not contain two consecutive dots or look like an IP address";
  const taken = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$/.exec(name)?.[0];
  return taken === undefined ? undefined : `names with "${taken}" there are reserved for AWS`;
}

/** A foreign rule that does something the YAML cannot express is never the same as a written one. */
function rules(): MapShape {
  const text = (rule: Rule) => toRules({ rule });
  return {
    map: true,
    unlisted: "remove",
    same: (request: Rule, have: Rule & { readonly more?: true }) => have.more !== true && isSame(text(request), text(have)),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Encryption = NonNullable<Bucket["encryption"]>;

/** Compares the algorithm, and the other settings only where they are written. S3 returns a key as it was given. */
function isSameEncryption(request: Encryption, have: Encryption | undefined): boolean {
  if (have === undefined) return false;
  const algorithm = (of: Encryption) => toEncryption(of).ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  if (algorithm(request) !== algorithm(have)) return false;
  if (request.bucketKey !== undefined && request.bucketKey !== have.bucketKey) return false;
  return request.kmsKey === undefined || isSameKey(request.kmsKey, have.kmsKey);
}

function isSameKey(request: string, have: string | undefined): boolean {
  if (have === undefined || request === have) return have !== undefined;
  return !isOfFile(request) && have.endsWith(`/${request}`);
}

type Logging = NonNullable<Bucket["logging"]>;

function isSameLogging(request: Logging, have: Logging | undefined): boolean {
  return request.bucket === have?.bucket && (request.prefix ?? "") === (have?.prefix ?? "");
}

/**
 * Permissions for a bucket whose name the file chose. S3 does not check KMS permissions when a key is set; only writers of objects use it.
 */
function implied({ awsName }: Subject<Bucket>, _index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const isOurs = awsName === undefined || awsName.startsWith(`${place.project}-${place.environment}-`);
  return isOurs ? [] : [{ sid: "ManageNamedBuckets", actions: writes, resources: [awsName] }];
}

/** The actions of single settings. The public access block is not among them: it is compared even where it is not written. */
function onlyFor(): Readonly<Record<string, readonly string[]>> {
  const all = Object.entries({ ...gets, ...puts }).filter(([, field]) => field !== "publicAccessBlock");
  return Object.fromEntries(all.map(([action, field]) => [action, [field]]));
}
