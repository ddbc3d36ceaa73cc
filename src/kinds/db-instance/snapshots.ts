import { createHash } from "node:crypto";
import type { DBSnapshot } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import type { AwsId, Changes, Run } from "../kind.ts";
import type { LiveDb } from "./observe.ts";
import type { DbInstance } from "./schema.ts";
import { Refusal } from "../../resource/refusal.ts";

/** Marks the snapshots that `keepSnapshots` counts: the resource id of the database. Not an ownership tag: snapshots bear none. */
export const snapshotTag = "infra:snapshot-of";

/** Says which environment took the snapshot, `project/environment`: its role may delete no other. */
export const snapshotOwnerTag = "infra:snapshot-by";

/** A snapshot younger than this, of the same change, is that of an earlier attempt. */
const attemptHours = 24;

/** The snapshots that were taken before changes of these databases, by the database's id: what `infra status` shows. */
export async function snapshotsOf(aws: Aws, lives: readonly LiveDb[]): Promise<ReadonlyMap<AwsId, Pick<LiveDb, "parts">>> {
  const rds = await import("../../aws/sdk/rds.ts");
  const parts = new Map(lives.map(({ handle }) => [handle.resourceId, [] as Part[]]));
  for (let from = 0; from < lives.length; from += 100) {
    const Filters = [{ Name: "dbi-resource-id", Values: lives.slice(from, from + 100).map(({ handle }) => handle.resourceId) }];
    for await (const page of aws.rds.pages(rds.DescribeDBSnapshotsCommand, { Filters, SnapshotType: "manual", MaxRecords: 100 }))
      for (const found of page.DBSnapshots ?? []) {
        const of = tagsOf(found.TagList)[snapshotTag];
        if (of === found.DbiResourceId) parts.get(of ?? "")?.push(partOf(found));
      }
  }
  return new Map(lives.map(({ id, handle }) => [id, { parts: parts.get(handle.resourceId) ?? [] }]));
}

type Part = NonNullable<LiveDb["parts"]>[number];

function partOf(found: DBSnapshot): Part {
  return {
    id: found.DBSnapshotIdentifier!,
    text: `snapshot of ${found.SnapshotCreateTime?.toISOString() ?? "now"}, ${found.Status}`,
  };
}

/** Whether a change of these fields is preceded by a snapshot. */
export function needsSnapshot(live: LiveDb, request: DbInstance, changes: Changes<DbInstance>): boolean {
  switch (request.snapshotBefore ?? "risky") {
    case "always":
      return Object.keys(changes).length > 0;
    case "never":
      return false;
    case "risky":
      return Boolean(changes.engineVersion || changes.storageType || (changes.instanceClass && live.spec.multiAz !== true));
  }
}

/**
 * Takes a snapshot, or finds that of an earlier attempt at the same change, and waits until it can be restored. Then
 * deletes the oldest of those that were taken this way, beyond `keep`.
 */
export async function snapshotBefore(
  aws: Aws,
  live: LiveDb,
  changes: Changes<DbInstance>,
  keep: number | undefined,
  run: Run,
): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const base = `${live.id}-pre-${digest(live.handle.resourceId, JSON.stringify(changes))}`;
  const name = await take(aws, live, base, run);
  run.say(`snapshot ${name} before the change`);
  await run.until(`snapshot ${name}`, 14_400, 30, async () => {
    // Not found: not yet seen everywhere.
    const [found] = (await unlessGone(aws.rds(new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }))))?.DBSnapshots ?? [];
    if (found?.Status === "failed") throw new Refusal(`Snapshot ${name} of ${live.id} failed; nothing was changed.`);
    return found?.Status === "available";
  });
  if (keep !== undefined) await prune(aws, live, keep, run);
}

async function take(aws: Aws, live: LiveDb, base: string, run: Run): Promise<string> {
  const rds = await import("../../aws/sdk/rds.ts");
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? base : `${base}-${attempt}`;
    let isFree = true;
    await run.until(`${live.id} to take a snapshot`, 3600, 15, async () => {
      try {
        await aws.rds(
          new rds.CreateDBSnapshotCommand({
            DBInstanceIdentifier: live.id,
            DBSnapshotIdentifier: name,
            Tags: tagList({ [snapshotTag]: live.handle.resourceId, [snapshotOwnerTag]: ownerOf(live) }),
          }),
        );
      } catch (error) {
        if (hasCode(error, "InvalidDBInstanceState")) return false;
        if (!hasCode(error, "DBSnapshotAlreadyExists")) throw error;
        isFree = false;
      }
      return true;
    });
    if (isFree || (await isOfThisAttempt(aws, live, name))) return name;
  }
}

/** The same change may have been made, undone and be made again: only a fresh snapshot of the same database will do. */
async function isOfThisAttempt(aws: Aws, live: LiveDb, name: string): Promise<boolean> {
  const rds = await import("../../aws/sdk/rds.ts");
  const answer = await unlessGone(soon(aws, () => aws.rds(new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }))));
  const [found] = answer?.DBSnapshots ?? [];
  if (!found || found.DbiResourceId !== live.handle.resourceId) return false;
  if (found.Status === "creating") return true;
  const age = aws.clock.now() - (found.SnapshotCreateTime?.getTime() ?? 0);
  return found.Status === "available" && age < attemptHours * 3_600_000;
}

async function prune(aws: Aws, live: LiveDb, keep: number, run: Run): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const ours: DBSnapshot[] = [];
  for await (const page of aws.rds.pages(rds.DescribeDBSnapshotsCommand, {
    DBInstanceIdentifier: live.id,
    SnapshotType: "manual",
    MaxRecords: 100,
  }))
    for (const found of page.DBSnapshots ?? []) if (isOurs(found, live) && found.Status === "available") ours.push(found);
  ours.sort(
    (a, b) =>
      b.SnapshotCreateTime!.getTime() - a.SnapshotCreateTime!.getTime() || (a.DBSnapshotIdentifier! < b.DBSnapshotIdentifier! ? 1 : -1),
  );
  for (const old of ours.slice(keep)) {
    await aws.rds(new rds.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: old.DBSnapshotIdentifier })).catch((error) => {
      if (!hasCode(error, "DBSnapshotNotFound")) throw error;
    });
    run.say(`deleted the older snapshot ${old.DBSnapshotIdentifier}`);
  }
}

function isOurs(found: DBSnapshot, live: LiveDb): boolean {
  const tags = tagsOf(found.TagList);
  return (
    found.DbiResourceId === live.handle.resourceId &&
    tags[snapshotTag] === live.handle.resourceId &&
    tags[snapshotOwnerTag] === ownerOf(live)
  );
}

function ownerOf({ tags }: LiveDb): string {
  return `${tags[ownership.project] ?? ""}/${tags[ownership.environment] ?? ""}`;
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 10);
}
