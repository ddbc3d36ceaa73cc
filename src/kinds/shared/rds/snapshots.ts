/** Snapshots before a risky change and at the end of a database, for instances and clusters. Only the names of the calls differ. */
import type { DBSnapshot } from "@aws-sdk/client-rds";
import { createHash } from "node:crypto";
import type { Aws } from "../../../aws/aws.ts";
import { hasCode } from "../../../aws/errors.ts";
import { soon, unlessGone } from "../../../aws/eventual.ts";
import { ownership, tagsOf } from "../../../resource/ownership.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { Changes, Grant, IamPlace, Run, Tags } from "../../kind.ts";

/**
 * The tag of the snapshots that `keepSnapshots` counts, with the resource id of the database. It is not an ownership tag: snapshots have
 * none.
 */
export const snapshotTag = "infra:snapshot-of";

/** The tag with the environment that took the snapshot, `project/environment`. Its role may delete no other snapshot. */
const snapshotOwnerTag = "infra:snapshot-by";

/** A snapshot of the same change that is younger than this comes from an earlier attempt. */
const attemptHours = 24;

/** The database that a snapshot is taken of. */
export interface Source {
  readonly id: string;
  /** AWS never changes this id and never uses it again. */
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

/** The calls of one service, and their error codes. */
export interface SnapshotCalls {
  /** Returns a snapshot by its name; throws when it does not exist. */
  one(aws: Aws, name: string): Promise<FoundSnapshot | undefined>;
  /** Returns the snapshots of a database that people or infra took. */
  manual(aws: Aws, id: string): AsyncIterable<FoundSnapshot>;
  take(aws: Aws, id: string, name: string, tags: Tags): Promise<unknown>;
  drop(aws: Aws, name: string): Promise<unknown>;
  /** The error codes for a busy database and for a name that is taken. */
  readonly busy: string;
  readonly taken: string;
}

/**
 * Returns `main-final-` and the end of the resource id. A number follows when an earlier attempt whose delete failed has taken the name.
 */
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

/** Whether a snapshot comes before a change: always, never, or for a risky change. */
export function isPreceded(
  { snapshotBefore = "risky" }: { readonly snapshotBefore?: "always" | "never" | "risky" },
  changes: Changes<object>,
  isRisky: boolean,
): boolean {
  return snapshotBefore === "risky" ? isRisky : snapshotBefore === "always" && Object.keys(changes).length > 0;
}

/** Returns a snapshot as it is shown beside its database. */
export function partOf({ name, status, takenAt }: FoundSnapshot): { readonly id: string; readonly text: string } {
  return { id: name, text: `snapshot of ${takenAt?.toISOString() ?? "now"}, ${status}` };
}

/**
 * Takes a snapshot, or finds one of an earlier attempt at the same change, and waits until it can be restored. Then deletes the oldest
 * snapshots of this sort beyond `keep`.
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
  run.say(`taking the snapshot ${name} before the change`);
  await run.until(`snapshot ${name}`, 14_400, 30, async () => {
    // When it is not found, AWS may not show it everywhere yet.
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
    await run.until(`${source.id} to accept a snapshot request`, 3600, 15, async () => {
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

/**
 * Whether a snapshot belongs to this attempt. The same change may have been made and undone before, so only a fresh snapshot of the same
 * database counts.
 */
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
 * Returns the permissions for snapshots before a change. A tag of their own names the environment, so that a role deletes only its own. RDS
 * has no condition key that names the create in which tags are written, so the names of our snapshots are used instead.
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
