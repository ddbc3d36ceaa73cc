/** S3 in the sandbox: general purpose buckets with their settings. Of objects it knows only their existence. */
import type {
  CreateBucketRequest,
  DeleteBucketRequest,
  DeleteObjectRequest,
  HeadBucketRequest,
  ListBucketsRequest,
  PutObjectRequest,
} from "@aws-sdk/client-s3";
import { AwsFault, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { checkName, tagsIn } from "./checks.ts";
import { settings } from "./settings.ts";
import { buckets, needBucket, type BucketRecord } from "./state.ts";

const everything = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const operations: Record<string, Handler> = {
  ...settings,

  /**
   * Creates a bucket. In us-east-1, a repeated call is answered like the first one (Amazon S3 API Reference, CreateBucket:
   * BucketAlreadyOwnedByYou).
   */
  CreateBucket(input: CreateBucketRequest, call) {
    refuseUnknown(call, input, ["Bucket", "CreateBucketConfiguration", "ObjectOwnership"]);
    const name = checkName(input.Bucket!);
    checkPlace(call.region, input.CreateBucketConfiguration?.LocationConstraint);
    const known = buckets(call).get(name);
    if (known && call.region !== "us-east-1")
      throw new AwsFault(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
      );
    if (!known && call.exists("bucket", name))
      throw new AwsFault(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        409,
      );
    const Location = call.region === "us-east-1" ? `/${name}` : `http://${name}.s3.amazonaws.com/`;
    if (known) return { Location };
    const bucket: BucketRecord = {
      name,
      createdAt: call.now,
      tags: tagsIn(input.CreateBucketConfiguration?.Tags ?? []),
      ownership: input.ObjectOwnership ?? "BucketOwnerEnforced",
      publicAccessBlock: { ...everything },
      encryption: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
      objects: {},
    };
    buckets(call).set(name, bucket);
    call.tagged(name);
    return { Location };
  },

  HeadBucket(input: HeadBucketRequest, call) {
    needBucket(call, input);
    return { BucketRegion: call.region };
  },

  ListBuckets(input: ListBucketsRequest, call) {
    refuseUnknown(call, input, ["Prefix", "BucketRegion", "MaxBuckets", "ContinuationToken"]);
    const { Prefix = "", BucketRegion = call.region } = input;
    const isMeant = ({ name }: BucketRecord) => BucketRegion === call.region && name.startsWith(Prefix) && call.sees(name, "id");
    const all = [...buckets(call).values()].filter(isMeant).sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = page(call, all, input, { key: ({ name }) => name, max: 10_000, size: 10_000, names: "s3" });
    const Buckets = items.map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt), BucketRegion: call.region }));
    return { Buckets, Owner: { ID: call.account.padStart(64, "0") }, ...next };
  },

  DeleteBucket(input: DeleteBucketRequest, call) {
    const bucket = needBucket(call, input);
    if (Object.keys(bucket.objects).length > 0) throw new AwsFault("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
    buckets(call).delete(bucket.name);
    return {};
  },

  PutObject(input: PutObjectRequest, call) {
    const { objects, versioning } = needBucket(call, input);
    const key = input.Key!;
    objects[key] = versioning === "Enabled" ? (objects[key] ?? 0) + 1 : 1;
    return {};
  },

  /**
   * Deletes an object. With versioning the call only adds a delete marker: the object is no longer visible, but the bucket is not empty.
   */
  DeleteObject(input: DeleteObjectRequest, call) {
    const { objects, versioning } = needBucket(call, input);
    const key = input.Key!;
    if (versioning === undefined || input.VersionId !== undefined) {
      const left = (objects[key] ?? 0) - 1;
      if (left > 0) objects[key] = left;
      else delete objects[key];
    } else objects[key] = (objects[key] ?? 0) + 1;
    return {};
  },
};

/** Checks the region of a new bucket (Amazon S3 API Reference, CreateBucket: LocationConstraint). */
function checkPlace(region: string, constraint: string | undefined): void {
  const asked = constraint === "EU" ? "eu-west-1" : (constraint ?? "us-east-1");
  if (region === "us-east-1" && constraint !== undefined)
    throw new AwsFault("InvalidLocationConstraint", "The specified location-constraint is not valid");
  if (asked !== region)
    throw new AwsFault(
      "IllegalLocationConstraintException",
      `The ${constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
}

export const model: ServiceModel = { operations };
