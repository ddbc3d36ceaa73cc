import type { DBSnapshot } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagList } from "../../aws/tagging.ts";
import type { AwsId, Changes } from "../kind.ts";
import { foundSnapshot, isPreceded, partOf, snapshotTag, type FoundSnapshot, type SnapshotCalls } from "../shared/rds/snapshots.ts";
import type { LiveDb } from "./observe.ts";
import type { DbInstance } from "./schema.ts";

/** Reads the snapshots that were taken before changes of these databases, by the database's id, for `infra status`. */
export async function snapshotsOf(aws: Aws, lives: readonly LiveDb[]): Promise<ReadonlyMap<AwsId, Pick<LiveDb, "parts">>> {
  const rds = await import("../../aws/sdk/rds.ts");
  const parts = new Map(lives.map(({ handle }) => [handle.resourceId, [] as Part[]]));
  for (let from = 0; from < lives.length; from += 100) {
    const Filters = [{ Name: "dbi-resource-id", Values: lives.slice(from, from + 100).map(({ handle }) => handle.resourceId) }];
    for await (const page of aws.rds.pages(rds.DescribeDBSnapshotsCommand, { Filters, SnapshotType: "manual", MaxRecords: 100 }))
      for (const found of (page.DBSnapshots ?? []).map(listed)) {
        const of = found.tags[snapshotTag];
        if (of === found.resourceId) parts.get(of ?? "")?.push(partOf(found));
      }
  }
  return new Map(lives.map(({ id, handle }) => [id, { parts: parts.get(handle.resourceId) ?? [] }]));
}

type Part = NonNullable<LiveDb["parts"]>[number];

/** Whether these changes need a snapshot before them. */
export function needsSnapshot(live: LiveDb, request: DbInstance, changes: Changes<DbInstance>): boolean {
  const isRisky = changes.engineVersion || changes.storageType || (changes.instanceClass && live.spec.multiAz !== true);
  return isPreceded(request, changes, Boolean(isRisky));
}

/** The calls for snapshots of instances. */
export async function snapshotCalls(): Promise<SnapshotCalls> {
  const rds = await import("../../aws/sdk/rds.ts");
  return {
    async one(aws, DBSnapshotIdentifier) {
      return (await aws.rds(new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }))).DBSnapshots?.map(listed)[0];
    },
    async *manual(aws, DBInstanceIdentifier) {
      const input = { DBInstanceIdentifier, SnapshotType: "manual", MaxRecords: 100 };
      for await (const page of aws.rds.pages(rds.DescribeDBSnapshotsCommand, input)) yield* (page.DBSnapshots ?? []).map(listed);
    },
    take: (aws, DBInstanceIdentifier, DBSnapshotIdentifier, tags) =>
      aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier, Tags: tagList(tags) })),
    drop: (aws, DBSnapshotIdentifier) => aws.rds(new rds.DeleteDBSnapshotCommand({ DBSnapshotIdentifier })),
    busy: "InvalidDBInstanceState",
    taken: "DBSnapshotAlreadyExists",
  };
}

function listed(found: DBSnapshot): FoundSnapshot {
  return foundSnapshot(found.DBSnapshotIdentifier!, found.DbiResourceId, found);
}
