/** The records of S3: buckets by name, with their settings as they were put. They are plain JSON. */
import type {
  CORSRule,
  LifecycleRule,
  LoggingEnabled,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
  WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import { AwsFault, type Call } from "../../model.ts";
import type { Store } from "../../store.ts";

export interface BucketRecord {
  readonly name: string;
  readonly createdAt: number;
  tags: Record<string, string>;
  ownership?: ObjectOwnership;
  publicAccessBlock?: PublicAccessBlockConfiguration;
  encryption: ServerSideEncryptionRule[];
  versioning?: "Enabled" | "Suspended";
  lifecycle?: LifecycleRule[];
  policy?: string;
  cors?: CORSRule[];
  website?: WebsiteConfiguration;
  logging?: LoggingEnabled;
  /** The number of versions and delete markers of each object; nothing else of an object is stored. */
  objects: Record<string, number>;
}

export const buckets = ({ store }: { readonly store: Store }): Map<string, BucketRecord> => store.table<BucketRecord>("s3.buckets");

/** The bucket that a call names. A bucket of another account exists, but access is denied. */
export function needBucket(
  call: Call,
  input: { readonly Bucket?: string | undefined; readonly ExpectedBucketOwner?: string | undefined },
): BucketRecord {
  const name = input.Bucket ?? "";
  const found = buckets(call).get(name);
  if (found && call.sees(name, "id")) {
    if (input.ExpectedBucketOwner !== undefined && input.ExpectedBucketOwner !== call.account) throw denied();
    return found;
  }
  if (!found && call.exists("bucket", name)) throw denied();
  throw new AwsFault("NoSuchBucket", "The specified bucket does not exist", 404);
}

export function denied(): AwsFault {
  return new AwsFault("AccessDenied", "Access Denied", 403);
}

export function malformedXml(): AwsFault {
  return new AwsFault("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
}

export function invalidArgument(message: string): AwsFault {
  return new AwsFault("InvalidArgument", message);
}
