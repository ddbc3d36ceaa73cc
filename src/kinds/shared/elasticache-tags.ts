/**
 * The tags of a cache. ElastiCache answers nothing about them while the cache is not available ("Cluster not in available state to
 * perform tagging operations"), which lasts for minutes when it is made and for hours when it is resharded. Then the index of the
 * tagging API is asked, and where that does not show the cache yet, the mark in its description stands for its tags: enough
 * to wait for it, and not enough to delete it (docs/decisions/0075-tags-that-cannot-be-read.md).
 */
import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Address, Live, Run, Tags } from "../kind.ts";
import { cacheTagging, cacheTagsOf } from "./elasticache-tagging.ts";
import { descriptionOf, markedDescription, markIn, remarked } from "./marked-description.ts";

export interface Read {
  readonly tags: Tags;
  /** The description told them. */
  readonly isTold: boolean;
}

/** A cache as a listing shows it. */
export interface FoundCache {
  readonly kind: string;
  readonly id: string;
  readonly arn: string;
  readonly description: string | undefined;
  /** For a kind without a description: the declared resource that has its name, and whose. */
  readonly declared?: { readonly project: string; readonly environment: string; readonly address: Address } | undefined;
  /** The listing says that it is no more than being made, changed or deleted: AWS may answer about its tags as if there were none. */
  readonly isBusy?: boolean;
}

/** What the driver needs of a cache to find out whose it is. */
export interface CacheHandle {
  readonly arn: string;
  readonly status: string;
  readonly description: string;
  /** Its tags could not be read: those that the mark in its description tells stand for them. */
  readonly isTold: boolean;
}

/** A status that is worth a note. */
export function unusualStatus(status: string, isTold: boolean): string | undefined {
  if (status === "available") return undefined;
  return isTold ? `${status}: ElastiCache tells no tags until it is available` : status;
}

/** What the cache has, or undefined when it is gone. */
export async function tagsOfCache(aws: Aws, cache: FoundCache): Promise<Read | undefined> {
  try {
    const tags = await cacheTagsOf(aws, cache.arn);
    if (tags) return { tags, isTold: false };
    // Of a cluster that is being made ElastiCache says "is either not present or not available".
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

/** Before a cache is deleted, its own tags must say that it is ours; of one that is known by its name alone, before it is changed, too. */
export async function proven<S extends object, H extends CacheHandle>(
  live: Live<S, H>,
  run: Run<S, H>,
  what: "deleted" | "changed" = "deleted",
  knownBy: "description" | "name" = "description",
): Promise<boolean> {
  if (!live.handle.isTold) return true;
  const seen = await run.wait(
    `${live.id} to tell its tags`,
    3600,
    (now) => now === undefined || !now.handle.isTold || typeof now.state === "object",
  );
  if (seen === undefined) return false;
  if (seen.handle.isTold || !isSameOwner(seen.tags, live.tags))
    throw new Refusal(
      `${live.id} (${seen.handle.status}) does not tell by its tags whose it is, and is not ${what} on the word of its ${knownBy} alone. ${what === "deleted" ? "Delete it by hand if it is yours." : "Wait until it is available, and plan again."}`,
    );
  return true;
}

export function isSameOwner(tags: Tags, others: Tags): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === others[key]);
}

/**
 * Adoption writes tags only: a mark that is in the description already is made true, before the tags, and where there is none none is written.
 * When the tags go, so does the mark. The cache is busy for a moment after each, and then takes no tags.
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

/** The description with whose it is, which can be read when the tags cannot. */
export function marked(text: string, tags: Tags): string {
  return markedDescription(text, tags[ownership.project] ?? "", tags[ownership.environment] ?? "", nameIn(tags));
}

/** `main` of `replicationGroup/main`. */
export function nameIn(tags: Tags): string {
  return (tags[ownership.resource] ?? "").split("/").at(-1) ?? "";
}

/** Milliseconds for which tags are tried while the cache is busy: a change of its description, a snapshot. */
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
  const { GetResourcesCommand } = await import("../../aws/sdk/tagging.ts");
  try {
    for await (const page of aws.tagging.pages(GetResourcesCommand, { ResourceARNList: [arn] }))
      for (const { ResourceARN, Tags: tags } of page.ResourceTagMappingList ?? []) if (ResourceARN === arn) return tagsOf(tags);
  } catch (error) {
    // Denied, or an endpoint without the service: the description is left.
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
