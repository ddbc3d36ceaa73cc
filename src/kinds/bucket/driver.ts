import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { markOf, marksIn } from "../../resource/made-marks.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import { dnsSuffixOf } from "../../resource/partition.ts";
import type { AwsId, CreateIdentity, Driver, Live, Scope, Tags } from "../kind.ts";
import { arnsOfEnvironment, arnsTagged } from "../shared/tag-index.ts";
import type { Bucket } from "./schema.ts";
import { readers, writers, type Sdk } from "./calls.ts";
import { isInScope } from "../shared/in-scope.ts";

type LiveBucket = Live<Bucket, null>;

export function driver(s3: Sdk): Driver<Bucket, null> {
  const read = readers(s3);
  const write = writers(s3);
  return {
    /** Reads declared buckets by name, and finds buckets that left the file through the tag index. */
    async *list(aws, scope) {
      const indexed = (await arnsOfEnvironment(aws, "s3", scope)).flatMap(nameIn);
      const names = new Set([...indexed, ...(scope.namesOf?.("bucket") ?? [])]);
      const found = await Promise.all([...names].map((name) => unlessForeign(aws, name, observe(aws, name, scope))));
      for (const live of found) if (live && isInScope(live.tags, scope)) yield live;
    },

    async get(aws, ids, scope) {
      const found = await Promise.all(ids.map((id) => observe(aws, id, scope)));
      return new Map(found.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    /**
     * Looks up the name first: in us-east-1, a create of a bucket that exists succeeds and resets its ACL (Amazon S3 API Reference,
     * CreateBucket). Emulators forget the tags of a create, so they are written once more.
     */
    async create(aws, _request, identity) {
      const known = await holderOf(aws, identity.name);
      if (known !== "nobody") return takeOver(known, identity);
      const configuration = {
        Tags: tagList(identity.tags),
        ...(aws.region !== "us-east-1" && { LocationConstraint: aws.region as "eu-west-1" }),
      };
      try {
        await aws.s3(new s3.CreateBucketCommand({ Bucket: identity.name, CreateBucketConfiguration: configuration }));
      } catch (error) {
        if (hasCode(error, "BucketAlreadyExists")) throw takenName(identity.name, error);
        if (!hasCode(error, "BucketAlreadyOwnedByYou")) throw error;
      }
      const made = await soon(aws, () => read.tags(aws, identity.name));
      if (Object.keys(made).length === 0) await write.tags(aws, identity.name, identity.tags);
      else return takeOver(made, identity);
      return identity.name;
    },

    async update(aws, stage, live, request, changes) {
      if (stage === "policy") return write.policy(aws, live.id, request.policy);
      await write.settings(aws, live.id, request, changes);
    },

    /** Never empties the bucket: its objects belong to whoever put them there. */
    async delete(aws, live) {
      try {
        await unlessGone(aws.s3(new s3.DeleteBucketCommand({ Bucket: live.id, ExpectedBucketOwner: aws.account })));
      } catch (error) {
        throw hasCode(error, "BucketNotEmpty") ? notEmpty(live.id, error) : error;
      }
    },

    /** S3 sets all tags of a bucket at once, including AWS's own. */
    async tag(aws, live, set, remove) {
      const have = await read.tags(aws, live.id);
      const left = Object.entries(have).filter(([key]) => !remove.includes(key));
      await write.tags(aws, live.id, { ...Object.fromEntries(left), ...set });
    },

    /** Buckets of other accounts count as well, because their names are taken. */
    async named(aws, names) {
      const holders = await Promise.all(names.map(async (name) => [name, await holderOf(aws, name)] as const));
      return new Map(holders.filter(([, holder]) => holder !== "nobody").map(([name]) => [name, name]));
    },

    async find(aws, tags) {
      const found = await Promise.all((await arnsTagged(aws, "s3", tags)).flatMap(nameIn).map((name) => observe(aws, name)));
      const isMeant = (live: LiveBucket) => Object.entries(tags).every(([key, value]) => live.tags[key] === value);
      return found
        .filter((live) => live !== undefined)
        .filter(isMeant)
        .map(({ id }) => id);
    },
  };

  async function observe(aws: Aws, name: string, scope?: Scope): Promise<LiveBucket | undefined> {
    const tags = await unlessGone(read.tags(aws, name));
    if (!tags) return undefined;
    const address = addressOfTag(tags[ownership.resource] ?? "");
    const marks = marksIn(tags);
    const isAsked = (field: keyof Bucket) => scope?.asks(address, field) === true || marks.has(markOf(field));
    const spec = scope?.existence ? {} : await unlessGone(read.settings(aws, name, isAsked));
    const arn = `arn:${aws.partition}:s3:::${name}`;
    return (
      spec && {
        id: name,
        aliases: [arn],
        tags,
        name,
        state: "ready",
        spec,
        handle: null,
        outputs: { arn, name, domainName: `${name}.s3.${aws.region}.${dnsSuffixOf(aws.partition)}` },
      }
    );
  }

  /** The tags of a bucket of this account, or who has the name instead. */
  async function holderOf(aws: Aws, name: string): Promise<Tags | "nobody" | "another account"> {
    try {
      return (await unlessGone(read.tags(aws, name))) ?? "nobody";
    } catch (error) {
      if (!isDenied(error) || (await isOurAccounts(aws, name))) throw error;
      return "another account";
    }
  }

  /**
   * Undefined for a bucket of another account. S3 gives the same answer for such a bucket and for one that may not be read; the list of the
   * account's own buckets shows which it is.
   */
  async function unlessForeign<T>(aws: Aws, name: string, answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!isDenied(error) || (await isOurAccounts(aws, name))) throw error;
      return undefined;
    }
  }

  async function isOurAccounts(aws: Aws, name: string): Promise<boolean> {
    for await (const page of aws.s3.pages(s3.ListBucketsCommand, { Prefix: name, MaxBuckets: 1000 }))
      if ((page.Buckets ?? []).some(({ Name }) => Name === name)) return true;
    return false;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof AwsError && hasCode(error, "AccessDenied");
}

/** Takes over an existing bucket if it has the tags of this resource: the answer to its create was lost. */
function takeOver(holder: Tags | "another account", identity: CreateIdentity): AwsId {
  if (holder === "another account") throw takenName(identity.name);
  const isSame = [ownership.project, ownership.environment, ownership.resource].every((key) => holder[key] === identity.tags[key]);
  if (!isSame) throw problem("duplicate", "BucketAlreadyOwnedByYou", `This account already has a bucket with the name ${identity.name}`);
  return identity.name;
}

function takenName(name: string, cause?: unknown): AwsError {
  return problem(
    "validation",
    "BucketAlreadyExists",
    `Another account has a bucket with the name ${name}, and bucket names are unique in all of AWS: write another \`name\``,
    cause,
  );
}

function notEmpty(name: string, cause: unknown): AwsError {
  return problem(
    "protected",
    "BucketNotEmpty",
    `${name} is not empty, so it is kept. If its objects may be lost, delete them first with their old versions (S3 console: Empty), and run this again`,
    cause,
  );
}

function problem(cls: AwsError["class"], code: string, message: string, cause?: unknown): AwsError {
  const known = cause instanceof AwsError ? cause : undefined;
  return new AwsError(
    {
      class: cls,
      code,
      message,
      service: "s3",
      operation: known?.operation ?? "CreateBucket",
      status: known?.status,
      requestId: known?.requestId,
      attempts: 1,
    },
    cause,
  );
}

/** Reads the bucket name from an ARN. Access points have ARNs of S3, too. */
function nameIn(arn: AwsId): readonly string[] {
  return /^arn:[^:]+:s3:::([^/]+)$/.exec(arn)?.slice(1) ?? [];
}
