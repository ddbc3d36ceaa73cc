/**
 * The tags of a cache. ElastiCache does not return them while the cache is not available ("Cluster not in available state to perform
 * tagging operations"). That lasts minutes during a create and hours during resharding. In that time the tag index of the tagging API is
 * asked. When the index does not show the cache yet, the mark in its description stands for its tags. That is enough to wait for the cache,
 * and not enough to delete it (docs/decisions/0075-tags-that-cannot-be-read.md).
 */
import type { Aws } from "../../../aws/aws.ts";
import { AwsError, hasCode } from "../../../aws/errors.ts";
import { ownership, tagOfAddress, tagsOf } from "../../../resource/ownership.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { Address, Live, Run, Tags } from "../../kind.ts";
import { cacheTagging, cacheTagsOf } from "./tagging.ts";
import { descriptionOf, markedDescription, markIn, remarked } from "../marked-description.ts";

export interface Read {
  readonly tags: Tags;
  /** Whether the tags come from the mark in the description, or from the declared name. */
  readonly isTold: boolean;
}

/** A cache as a listing shows it. */
export interface FoundCache {
  readonly kind: string;
  readonly id: string;
  readonly arn: string;
  readonly description: string | undefined;
  /** For a kind without a description: the declared resource with this name, and its owner. */
  readonly declared?: { readonly project: string; readonly environment: string; readonly address: Address } | undefined;
  /** Whether the listing shows only that the cache is being created, changed or deleted. AWS may then answer as if it had no tags. */
  readonly isBusy?: boolean;
}

/** The facts about a cache that the driver needs to find its owner. */
export interface CacheHandle {
  readonly arn: string;
  readonly status: string;
  readonly description: string;
  /** Whether the tags could not be read and those in the mark of its description are used instead. */
  readonly isTold: boolean;
}

/** Returns a status that deserves a note. */
export function unusualStatus(status: string, isTold: boolean): string | undefined {
  if (status === "available") return undefined;
  return isTold ? `${status}: ElastiCache does not return its tags until it is available` : status;
}

/** Returns the tags of a cache, or undefined when it is gone. */
export async function tagsOfCache(aws: Aws, cache: FoundCache): Promise<Read | undefined> {
  try {
    const tags = await cacheTagsOf(aws, cache.arn);
    if (tags) return { tags, isTold: false };
    // During a create, ElastiCache says of a cluster that it "is either not present or not available".
    if (cache.isBusy !== true) return undefined;
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
  const tags = await indexed(aws, cache.arn);
  return tags ? { tags, isTold: false } : { tags: told(cache), isTold: true };
}

export function isBusy(error: unknown): boolean {
  return hasCode(error, "InvalidReplicationGroupState", "InvalidCacheClusterState", "InvalidServerlessCacheStateFault");
}

/** Checks that a cache's own tags name us before it is deleted. A cache that is known only by its name is also checked before a change. */
export async function proven<S extends object, H extends CacheHandle>(
  live: Live<S, H>,
  run: Run<S, H>,
  what: "deleted" | "changed" = "deleted",
  knownBy: "description" | "name" = "description",
): Promise<boolean> {
  if (!live.handle.isTold) return true;
  const seen = await run.wait(
    `ElastiCache to return the tags of ${live.id}`,
    3600,
    (now) => now === undefined || !now.handle.isTold || typeof now.state === "object",
  );
  if (seen === undefined) return false;
  if (seen.handle.isTold || !isSameOwner(seen.tags, live.tags))
    throw new Refusal(
      `The tags of ${live.id} (${seen.handle.status}) do not show its owner, and infra does not trust its ${knownBy} alone, so it was not ${what}. ${what === "deleted" ? "Delete it by hand if it is yours." : "Wait until it is available, and plan again."}`,
    );
  return true;
}

export function isSameOwner(tags: Tags, others: Tags): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === others[key]);
}

/**
 * Writes tags and keeps the mark in the description correct. A mark that exists is corrected before the tags are written. A description
 * without a mark stays as it is, because an adoption writes tags only. When the ownership tags are removed, so is the mark. The cache is
 * busy for a moment after each write and then takes no tags.
 */
export async function tagCache(
  aws: Aws,
  found: { readonly id: string; readonly tags: Tags; readonly handle: CacheHandle },
  set: Tags,
  remove: readonly string[],
  describe: (description: string) => Promise<unknown>,
): Promise<void> {
  const write = async (description: string) => {
    if (description !== found.handle.description) await whenFree(aws, () => describe(description));
  };
  const text = descriptionOf(found.handle.description) || found.id;
  const tags = { ...found.tags, ...set };
  if (set[ownership.environment] !== undefined || set[ownership.resource] !== undefined)
    await write(remarked(found.handle.description, marked(text, tags)));
  await whenFree(aws, () => cacheTagging(aws, found.handle.arn, set, remove));
  if (remove.includes(ownership.environment)) await write(text);
}

/** Returns the description with the owner, which can be read when the tags cannot. */
export function marked(text: string, tags: Tags): string {
  return markedDescription(text, tags[ownership.project] ?? "", tags[ownership.environment] ?? "", nameIn(tags));
}

/** Returns `main` for `replicationGroup/main`. */
export function nameIn(tags: Tags): string {
  return (tags[ownership.resource] ?? "").split("/").at(-1) ?? "";
}

/**
 * The time in milliseconds for which a write is tried again while the cache is busy, for example with a change of its description or a
 * snapshot.
 */
const busyLimit = 1_200_000;

export async function whenFree(aws: Aws, send: () => Promise<unknown>): Promise<void> {
  const began = aws.clock.now();
  for (;;)
    try {
      await send();
      return;
    } catch (error) {
      if (!isBusy(error) || aws.clock.now() - began > busyLimit) throw error;
      await aws.clock.sleep(15_000);
    }
}

async function indexed(aws: Aws, arn: string): Promise<Tags | undefined> {
  const { GetResourcesCommand } = await import("../../../aws/sdk/tagging.ts");
  try {
    for await (const page of aws.tagging.pages(GetResourcesCommand, { ResourceARNList: [arn] }))
      for (const { ResourceARN, Tags: tags } of page.ResourceTagMappingList ?? []) if (ResourceARN === arn) return tagsOf(tags);
  } catch (error) {
    // Access was denied, or the endpoint lacks the service: only the description remains.
    if (!(error instanceof AwsError)) throw error;
    if (error.class !== "auth" && !hasCode(error, "NotImplemented", "UnknownOperationException")) throw error;
  }
  return undefined;
}

function told({ kind, id, description, declared }: FoundCache): Tags {
  if (declared)
    return {
      [ownership.project]: declared.project,
      [ownership.environment]: declared.environment,
      [ownership.resource]: tagOfAddress(declared.address),
      [ownership.name]: id,
    };
  const mark = markIn(description);
  if (mark?.name === undefined) return {};
  return {
    [ownership.project]: mark.project,
    [ownership.environment]: mark.environment,
    [ownership.resource]: `${kind}/${mark.name}`,
    [ownership.name]: id,
  };
}
