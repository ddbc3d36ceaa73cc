import type { Static } from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { policyDocument } from "../shared/policy-documents.ts";

const encryption = object(
  {
    algorithm: optional(
      oneOf(["AES256", "aws:kms", "aws:kms:dsse"], "How objects are encrypted. If omitted: `aws:kms` with a `kmsKey`, else `AES256`."),
    ),
    kmsKey: optional(keyRef("The KMS key. If omitted: AWS's own for S3.")),
    bucketKey: optional(boolean("Whether S3 keeps a key of the bucket for a while, which makes fewer calls to KMS.")),
  },
  "How new objects are encrypted. If omitted: by S3's own keys.",
);

const publicAccessBlock = object(
  {
    blockPublicAcls: optional(boolean("Refuses ACLs that make something public; true when absent.")),
    ignorePublicAcls: optional(boolean("Takes no notice of such ACLs; true when absent.")),
    blockPublicPolicy: optional(boolean("Refuses policies that make the bucket public; true when absent.")),
    restrictPublicBuckets: optional(boolean("Lets only this account in where a policy is public; true when absent.")),
  },
  "What keeps the bucket from being public. All of it is on unless it is said otherwise.",
);

const days = (doc: string) => optional(integer(doc, { minimum: 1 }));

/** Storage classes that objects can move to (Amazon S3 API Reference, Transition). */
const classes = "^(STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER_IR|GLACIER|DEEP_ARCHIVE)$";
const transitions = (doc: string) => optional(map(integer("Days after which.", { minimum: 0 }), doc, classes));

const rule = object({
  enabled: optional(boolean("Whether the rule is followed; true when absent.")),
  prefix: optional(string("Only objects whose names begin so.", { minLength: 1, maxLength: 1024 })),
  days: days("Days after which an object is deleted."),
  noncurrentDays: days("Days after which a version that has been replaced is deleted."),
  noncurrentVersions: optional(
    integer("How many such versions are kept all the same, with `noncurrentDays`.", { minimum: 1, maximum: 100 }),
  ),
  expiredDeleteMarkers: optional(boolean("Whether markers of deleted objects go once no version is left.")),
  abortUploadDays: days("Days after which an upload in parts that was not completed is thrown away."),
  transitions: transitions("Storage classes to which objects move, each with the days after which."),
  noncurrentTransitions: transitions("The same for versions that have been replaced."),
});

const cors = object({
  id: optional(string("A name for the rule.", { maxLength: 255 })),
  allowedOrigins: set(string("An origin, with at most one `*`.", { minLength: 1 }), "Whose pages may ask.", { minItems: 1 }),
  allowedMethods: set(oneOf(["GET", "PUT", "HEAD", "POST", "DELETE"], "A method."), "What they may do.", { minItems: 1 }),
  allowedHeaders: optional(set(string("A header, with at most one `*`.", { minLength: 1 }), "Headers that they may send.")),
  exposeHeaders: optional(set(string("A header.", { minLength: 1 }), "Headers of the answer that they may see.")),
  maxAge: optional(integer("Seconds for which a browser remembers the answer.", { minimum: 0 })),
});

const website = object(
  {
    indexDocument: optional(string("The page for a folder.", { pattern: "^[^/]+$", examples: ["index.html"] })),
    errorDocument: optional(string("The page for what is not there.", { minLength: 1 })),
    redirectAllTo: optional(string("A host to which every request is sent instead.", { minLength: 1, examples: ["www.example.com"] })),
    redirectProtocol: optional(oneOf(["http", "https"], "With `redirectAllTo`: how that host is asked.")),
  },
  "Serves the bucket as a website, over HTTP only. Whoever is to read it needs `policy` and `publicAccessBlock` that let them.",
);

const logging = object(
  {
    bucket: optional(
      ref("bucket", "The bucket that the logs go to: another one of this region, whose policy lets logging.s3.amazonaws.com write.", {
        named: true,
      }),
    ),
    prefix: optional(string("How the names of logs begin.", { maxLength: 512 })),
  },
  "Where a line is written for each request.",
);

export const schema = object({
  versioning: optional(
    boolean("Whether what is overwritten or deleted is kept as an old version. Once on, it can be suspended and never taken away."),
  ),
  encryption: optional(encryption),
  publicAccessBlock: optional(publicAccessBlock),
  ownership: optional(
    oneOf(
      ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
      "Who owns objects that other accounts put. If omitted: AWS's default for new buckets, `BucketOwnerEnforced`, without ACLs.",
    ),
  ),
  lifecycle: optional(map(rule, "Rules that delete objects or move them to cheaper storage, by name.", "^.{1,255}$")),
  policy: optional(policyDocument("Who may do what with the bucket and its objects.")),
  cors: optional(list(cors, "Which pages of other sites may ask, in order: the first rule that fits counts.", { maxItems: 100 })),
  website: optional(website),
  logging: optional(logging),
});

export type Bucket = Static<typeof schema>;
export type Rule = Static<typeof rule>;
export type Cors = Static<typeof cors>;
