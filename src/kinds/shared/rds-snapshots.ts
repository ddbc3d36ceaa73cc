/**
 * Snapshots that are taken before a risky change and at the end of a database, of an instance or of a cluster. What differs is what the
 * calls are named.
 */
import type { DBSnapshot } from "@aws-sdk/client-rds";
import { createHash } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Changes, Grant, IamPlace, Run, Tags } from "../kind.ts";

/** Marks the snapshots that `keepSnapshots` counts: the resource id of the database. Not an ownership tag: snapshots have none. */
export const snapshotTag = "infra:snapshot-of";

/** Says which environment took the snapshot, `project/environment`: its role may delete no other. */
export const snapshotOwnerTag = "infra:snapshot-by";

/** A snapshot younger than this, of the same change, is that of an earlier attempt. */
const attemptHours = 24;

/** What a snapshot is of. */
export interface Source {
  readonly id: string;
  /** Never changes, never comes back. */
  readonly resourceId: string;
  readonly tags: Tags;
}

export interface FoundSnapshot {
  readonly name: string;
  readonly status: string;
  readonly resourceId: string | undefined;
  readonly takenAt: Date | undefined;
  readonly tags: Tags;
}

/** The calls. */
export interface SnapshotCalls {
  /** One by its name; not found is an error. */
  one(aws: Aws, name: string): Promise<FoundSnapshot | undefined>;
  /** Those that people and we took of it. */
  manual(aws: Aws, id: string): AsyncIterable<FoundSnapshot>;
  take(aws: Aws, id: string, name: string, tags: Tags): Promise<unknown>;
  drop(aws: Aws, name: string): Promise<unknown>;
  /** Codes of a database that is busy, and of a name that is taken. */
  readonly busy: string;
  readonly taken: string;
}

/** `main-final-` and the end of the resource id; a number follows where the name is taken by an attempt whose delete failed. */
export function finalSnapshotName({ id, resourceId }: Pick<Source, "id" | "resourceId">, number: number): string {
  const base = `${id}-final-${resourceId
    .toLowerCase()
    .replace(/^(db|cluster)-/, "")
    .slice(-12)}`;
  return number === 1 ? base : `${base}-${number}`;
}

/** A snapshot as RDS lists it, of an instance or of a cluster. */
export function foundSnapshot(
  name: string,
  resourceId: string | undefined,
  found: Pick<DBSnapshot, "Status" | "SnapshotCreateTime" | "TagList">,
): FoundSnapshot {
  return { name, status: found.Status ?? "", resourceId, takenAt: found.SnapshotCreateTime, tags: tagsOf(found.TagList) };
}

/** Whether a change is preceded by a snapshot: always, never, or where it is a risk. */
export function isPreceded(
  { snapshotBefore = "risky" }: { readonly snapshotBefore?: "always" | "never" | "risky" },
  changes: Changes<object>,
  isRisky: boolean,
): boolean {
  return snapshotBefore === "risky" ? isRisky : snapshotBefore === "always" && Object.keys(changes).length > 0;
}

/** How a snapshot is shown beside its database. */
export function partOf({ name, status, takenAt }: FoundSnapshot): { readonly id: string; readonly text: string } {
  return { id: name, text: `snapshot of ${takenAt?.toISOString() ?? "now"}, ${status}` };
}

/**
 * Takes a snapshot, or finds that of an earlier attempt at the same change, and waits until it can be restored. Then
 * deletes the oldest of those that were taken this way, beyond `keep`.
 */
export async function snapshotBefore(
  aws: Aws,
  calls: SnapshotCalls,
  source: Source,
  changes: Changes<object>,
  keep: number | undefined,
  run: Run,
): Promise<void> {
  const name = await take(aws, calls, source, `${source.id}-pre-${digest(source.resourceId, JSON.stringify(changes))}`, run);
  run.say(`snapshot ${name} before the change`);
  await run.until(`snapshot ${name}`, 14_400, 30, async () => {
    // Not found: not yet seen everywhere.
    const found = await unlessGone(calls.one(aws, name));
    if (found?.status === "failed") throw new Refusal(`Snapshot ${name} of ${source.id} failed; nothing was changed.`);
    return found?.status === "available";
  });
  if (keep !== undefined) await prune(aws, calls, source, keep, run);
}

async function take(aws: Aws, calls: SnapshotCalls, source: Source, base: string, run: Run): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? base : `${base}-${attempt}`;
    let isFree = true;
    await run.until(`${source.id} to take a snapshot`, 3600, 15, async () => {
      try {
        await calls.take(aws, source.id, name, { [snapshotTag]: source.resourceId, [snapshotOwnerTag]: ownerOf(source) });
      } catch (error) {
        if (hasCode(error, calls.busy)) return false;
        if (!hasCode(error, calls.taken)) throw error;
        isFree = false;
      }
      return true;
    });
    if (isFree || (await isOfThisAttempt(aws, calls, source, name))) return name;
  }
}

/** The same change may have been made, undone and be made again: only a fresh snapshot of the same database will do. */
async function isOfThisAttempt(aws: Aws, calls: SnapshotCalls, source: Source, name: string): Promise<boolean> {
  const found = await unlessGone(soon(aws, () => calls.one(aws, name)));
  if (!found || found.resourceId !== source.resourceId) return false;
  if (found.status === "creating") return true;
  const age = aws.clock.now() - (found.takenAt?.getTime() ?? 0);
  return found.status === "available" && age < attemptHours * 3_600_000;
}

async function prune(aws: Aws, calls: SnapshotCalls, source: Source, keep: number, run: Run): Promise<void> {
  const ours: FoundSnapshot[] = [];
  for await (const found of calls.manual(aws, source.id)) if (isOurs(found, source) && found.status === "available") ours.push(found);
  ours.sort((a, b) => b.takenAt!.getTime() - a.takenAt!.getTime() || (a.name < b.name ? 1 : -1));
  for (const { name } of ours.slice(keep)) {
    await unlessGone(calls.drop(aws, name));
    run.say(`deleted the older snapshot ${name}`);
  }
}

function isOurs(found: FoundSnapshot, source: Source): boolean {
  return (
    found.resourceId === source.resourceId &&
    found.tags[snapshotTag] === source.resourceId &&
    found.tags[snapshotOwnerTag] === ownerOf(source)
  );
}

function ownerOf({ tags }: Pick<Source, "tags">): string {
  return `${tags[ownership.project] ?? ""}/${tags[ownership.environment] ?? ""}`;
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 10);
}

/**
 * Snapshots before a change. They have the environment in a tag of their own, so that only its own are deleted. RDS has no
 * key that names the create in which tags are written: the names of our snapshots stand for it.
 */
export function snapshotGrants(
  of: "DB" | "DBCluster",
  spec: { readonly snapshotBefore?: string | undefined; readonly keepSnapshots?: number | undefined },
  place: IamPlace,
): readonly Grant[] {
  if (spec.snapshotBefore === "never") return [];
  const [whole, snapshot, sid] =
    of === "DB" ? (["db:*", "snapshot", ""] as const) : (["cluster:*", "cluster-snapshot", "Cluster"] as const);
  const names = [`${snapshot}:*-pre-*`];
  const owner = `${place.project}/${place.environment}`;
  return [
    { sid: sid === "" ? "SnapshotDatabases" : "SnapshotClusters", actions: [`rds:Create${of}Snapshot`], resources: [whole], tie: "ours" },
    {
      sid: `Make${sid}Snapshots`,
      actions: ["rds:AddTagsToResource", `rds:Create${of}Snapshot`],
      resources: names,
      tie: "free",
      condition: {
        StringEquals: { [`aws:RequestTag/${snapshotOwnerTag}`]: owner },
        StringEqualsIfExists: { [`aws:ResourceTag/${snapshotOwnerTag}`]: owner },
      },
    },
    ...(spec.keepSnapshots === undefined
      ? []
      : [
          {
            sid: `DeleteOld${sid}Snapshots`,
            actions: [`rds:Delete${of}Snapshot`],
            resources: names,
            tie: "free" as const,
            condition: { StringEquals: { [`aws:ResourceTag/${snapshotOwnerTag}`]: owner } },
          },
        ]),
  ];
}
