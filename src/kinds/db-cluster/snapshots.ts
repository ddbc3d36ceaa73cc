import type { DBClusterSnapshot } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagList } from "../../aws/tagging.ts";
import type { AwsId, Changes } from "../kind.ts";
import { isAurora } from "../shared/rds/engines.ts";
import { foundSnapshot, isPreceded, partOf, snapshotTag, type FoundSnapshot, type SnapshotCalls } from "../shared/rds/snapshots.ts";
import type { LiveCluster } from "./live.ts";
import type { DbCluster } from "./schema.ts";

/** Reads the instances of these clusters and the snapshots that were taken before changes, for `infra status`. */
export async function snapshotsOf(aws: Aws, lives: readonly LiveCluster[]): Promise<ReadonlyMap<AwsId, Pick<LiveCluster, "parts">>> {
  const { manual } = await snapshotCalls();
  const all = new Map<AwsId, Pick<LiveCluster, "parts">>();
  for (const { id, handle, parts = [] } of lives) {
    const taken: FoundSnapshot[] = [];
    for await (const found of manual(aws, id)) if (found.tags[snapshotTag] === handle.resourceId) taken.push(found);
    all.set(id, { parts: [...parts, ...taken.map(partOf)] });
  }
  return all;
}

/** Whether these changes need a snapshot before them. */
export function needsSnapshot(request: DbCluster, changes: Changes<DbCluster>): boolean {
  return isPreceded(request, changes, Boolean(changes.engineVersion || (changes.storageType && !isAurora(request.engine))));
}

/** The calls for snapshots of clusters. */
export async function snapshotCalls(): Promise<SnapshotCalls> {
  const rds = await import("../../aws/sdk/rds.ts");
  return {
    async one(aws, DBClusterSnapshotIdentifier) {
      const answer = await aws.rds(new rds.DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }));
      return answer.DBClusterSnapshots?.map(listed)[0];
    },
    async *manual(aws, DBClusterIdentifier) {
      const input = { DBClusterIdentifier, SnapshotType: "manual", MaxRecords: 100 };
      for await (const page of aws.rds.pages(rds.DescribeDBClusterSnapshotsCommand, input))
        yield* (page.DBClusterSnapshots ?? []).map(listed);
    },
    take: (aws, DBClusterIdentifier, DBClusterSnapshotIdentifier, tags) =>
      aws.rds(new rds.CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier, Tags: tagList(tags) })),
    drop: (aws, DBClusterSnapshotIdentifier) => aws.rds(new rds.DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier })),
    busy: "InvalidDBClusterStateFault",
    taken: "DBClusterSnapshotAlreadyExistsFault",
  };
}

function listed(found: DBClusterSnapshot): FoundSnapshot {
  return foundSnapshot(found.DBClusterSnapshotIdentifier!, found.DbClusterResourceId, found);
}
