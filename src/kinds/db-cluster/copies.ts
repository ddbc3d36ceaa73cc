import type { Aws } from "../../aws/aws.ts";
import type { Around } from "../kind.ts";
import { copyIn, snapshotAsked, snapshotNamed, type NamedCopy } from "../shared/rds/preflight-copies.ts";
import type { DbCluster } from "./schema.ts";

/**
 * The copy that a cluster is made from. Undefined where it is created empty, or from a source that does not exist yet. A restore from a
 * snapshot encrypts with the given key. A restore to a point in time does so only where the source is encrypted itself (RDS API,
 * RestoreDBClusterFromSnapshot and RestoreDBClusterToPointInTime: KmsKeyId).
 */
export function namedCopy(aws: Aws, { snapshot, restoreToPointInTime: point }: DbCluster, around: Around): NamedCopy | undefined {
  if (snapshot !== undefined) {
    const isOfInstance = /^arn:.*:snapshot:/.test(snapshot);
    const read = () => (isOfInstance ? instanceSnapshotOf(aws, snapshot) : snapshotOf(aws, snapshot));
    return { ...snapshotNamed(snapshot), rekeys: "always", read };
  }
  if (point === undefined) return undefined;
  const { dbCluster: source } = point;
  const path = "restoreToPointInTime";
  if (/^cluster-[A-Z0-9]+$/.test(source))
    return { path, what: `the backup ${source}`, isSurelyTold: true, rekeys: "encrypted", read: () => backupOf(aws, source) };
  const id = around.id(source);
  // A cluster that does not exist is reported where all references are checked.
  return id === undefined ? undefined : { path, what: source, isSurelyTold: true, rekeys: "encrypted", read: () => clusterOf(aws, id) };
}

async function snapshotOf(aws: Aws, name: string) {
  const rds = await import("../../aws/sdk/rds.ts");
  const asked = new rds.DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: name, ...snapshotAsked(name) });
  const [found] = (await aws.rds(asked)).DBClusterSnapshots ?? [];
  return found && { ...copyIn(found, found.StorageEncrypted), status: found.Status };
}

/** Reads a snapshot of an instance, from which Aurora can start. Its versions and its size are not comparable with Aurora's. */
async function instanceSnapshotOf(aws: Aws, name: string) {
  const rds = await import("../../aws/sdk/rds.ts");
  const asked = new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name, ...snapshotAsked(name) });
  const [found] = (await aws.rds(asked)).DBSnapshots ?? [];
  return found && { ...copyIn(found, found.Encrypted), engineVersion: undefined, status: found.Status };
}

async function backupOf(aws: Aws, DbClusterResourceId: string) {
  const rds = await import("../../aws/sdk/rds.ts");
  const asked = new rds.DescribeDBClusterAutomatedBackupsCommand({ DbClusterResourceId });
  const [found] = (await aws.rds(asked)).DBClusterAutomatedBackups ?? [];
  return found && copyIn(found, found.StorageEncrypted);
}

async function clusterOf(aws: Aws, DBClusterIdentifier: string) {
  const rds = await import("../../aws/sdk/rds.ts");
  const [found] = (await aws.rds(new rds.DescribeDBClustersCommand({ DBClusterIdentifier }))).DBClusters ?? [];
  return found && copyIn(found, found.StorageEncrypted);
}
