import type { Static } from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { policyDocument } from "../shared/policies/documents.ts";

const encryption = object(
  {
    algorithm: optional(
      oneOf(["AES256", "aws:kms", "aws:kms:dsse"], "The encryption algorithm. If omitted: `aws:kms` with a `kmsKey`, else `AES256`."),
    ),
    kmsKey: optional(keyRef("The KMS key. If omitted: the AWS managed key for S3.")),
    bucketKey: optional(boolean("Whether S3 uses a bucket key, which reduces the number of calls to KMS.")),
  },
  "The default encryption of new objects. If omitted: S3 managed keys.",
);

const publicAccessBlock = object(
  {
    blockPublicAcls: optional(boolean("Whether S3 refuses ACLs that grant public access. Default: true.")),
    ignorePublicAcls: optional(boolean("Whether S3 ignores ACLs that grant public access. Default: true.")),
    blockPublicPolicy: optional(boolean("Whether S3 refuses policies that grant public access. Default: true.")),
    restrictPublicBuckets: optional(boolean("Whether only this account has access when a policy is public. Default: true.")),
  },
  "The settings that block public access to the bucket. All are on by default.",
);

const days = (doc: string) => optional(integer(doc, { minimum: 1 }));

/** Storage classes that objects can move to (Amazon S3 API Reference, Transition). */
const classes = "^(STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER_IR|GLACIER|DEEP_ARCHIVE)$";
const transitions = (doc: string) => optional(map(integer("Number of days after which objects move.", { minimum: 0 }), doc, classes));

const rule = object({
  enabled: optional(boolean("Whether the rule is enabled. Default: true.")),
  prefix: optional(string("The prefix of the names of objects to which the rule applies.", { minLength: 1, maxLength: 1024 })),
  days: days("Number of days after which an object is deleted."),
  noncurrentDays: days("Number of days after which a noncurrent version is deleted."),
  noncurrentVersions: optional(
    integer("Number of noncurrent versions to keep all the same, with `noncurrentDays`.", { minimum: 1, maximum: 100 }),
  ),
  expiredDeleteMarkers: optional(boolean("Whether delete markers are removed when no other version of the object is left.")),
  abortUploadDays: days("Number of days after which an incomplete multipart upload is deleted."),
  transitions: transitions("Storage classes to which objects move, each with a number of days."),
  noncurrentTransitions: transitions("Storage classes to which noncurrent versions move, each with a number of days."),
});

const cors = object({
  id: optional(string("A name for the rule.", { maxLength: 255 })),
  allowedOrigins: set(string("An origin, with at most one `*`.", { minLength: 1 }), "Origins from which browsers may send requests.", {
    minItems: 1,
  }),
  allowedMethods: set(oneOf(["GET", "PUT", "HEAD", "POST", "DELETE"], "A method."), "HTTP methods that such requests may use.", {
    minItems: 1,
  }),
  allowedHeaders: optional(set(string("A header, with at most one `*`.", { minLength: 1 }), "Headers that such requests may have.")),
  exposeHeaders: optional(set(string("A header.", { minLength: 1 }), "Headers of the response that scripts in the browser may read.")),
  maxAge: optional(integer("Number of seconds for which browsers cache the answer to a preflight request.", { minimum: 0 })),
});

const website = object(
  {
    indexDocument: optional(string("The name of the index document of a folder.", { pattern: "^[^/]+$", examples: ["index.html"] })),
    errorDocument: optional(string("The name of the document for errors such as missing objects.", { minLength: 1 })),
    redirectAllTo: optional(string("The host to which all requests are redirected.", { minLength: 1, examples: ["www.example.com"] })),
    redirectProtocol: optional(oneOf(["http", "https"], "The protocol of the redirect, with `redirectAllTo`.")),
  },
  "The hosting of the bucket as a static website, over HTTP only. Readers need a `policy` and a `publicAccessBlock` that allow access.",
);

const logging = object(
  {
    bucket: optional(
      ref("bucket", "The bucket for the logs: another bucket of this region, whose policy allows logging.s3.amazonaws.com to write.", {
        named: true,
      }),
    ),
    prefix: optional(string("The prefix of the names of log objects.", { maxLength: 512 })),
  },
  "The server access log, with a line for each request.",
);

export const schema = object({
  versioning: optional(
    boolean(
      "The versioning state: whether overwritten and deleted objects are kept as old versions. Once on, it can be suspended but not removed.",
    ),
  ),
  encryption: optional(encryption),
  publicAccessBlock: optional(publicAccessBlock),
  ownership: optional(
    oneOf(
      ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
      "The ownership of objects that other accounts upload. If omitted: AWS's default for new buckets, `BucketOwnerEnforced`, without ACLs.",
    ),
  ),
  lifecycle: optional(map(rule, "Lifecycle rules, by name: they delete objects or move them to cheaper storage classes.", "^.{1,255}$")),
  policy: optional(policyDocument("The bucket policy: permissions for the bucket and its objects.")),
  cors: optional(
    list(cors, "CORS rules for requests from websites of other origins, in order; the first rule that matches is used.", { maxItems: 100 }),
  ),
  website: optional(website),
  logging: optional(logging),
});

export type Bucket = Static<typeof schema>;
export type Rule = Static<typeof rule>;
export type Cors = Static<typeof cors>;
