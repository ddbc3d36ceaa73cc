import type { Aws } from "../../aws/aws.ts";
import type { Around } from "../kind.ts";
import { copyIn, snapshotAsked, snapshotNamed, type NamedCopy } from "../shared/rds/preflight-copies.ts";
import type { DbInstance } from "./schema.ts";

/**
 * The copy that a database is made from. Undefined where it is created empty, or from a source that does not exist yet. Its encryption is
 * that of the copy.
 */
export function namedCopy(aws: Aws, { snapshot, restoreToPointInTime: point }: DbInstance, around: Around): NamedCopy | undefined {
  const rekeys = "never";
  if (snapshot !== undefined) return { ...snapshotNamed(snapshot), rekeys, read: () => snapshotOf(aws, snapshot) };
  if (point === undefined) return undefined;
  const { dbInstance: source } = point;
  const path = "restoreToPointInTime";
  const isArn = source.startsWith("arn:");
  if (isArn || /^db-[A-Z0-9]+$/.test(source))
    return { path, what: `the backup ${source}`, isSurelyTold: true, rekeys, read: () => backupOf(aws, source, isArn) };
  const id = around.id(source);
  // A database that does not exist is reported where all references are checked.
  return id === undefined ? undefined : { path, what: source, isSurelyTold: true, rekeys, read: () => databaseOf(aws, id) };
}

async function snapshotOf(aws: Aws, name: string) {
  const rds = await import("../../aws/sdk/rds.ts");
  const asked = new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name, ...snapshotAsked(name) });
  const [found] = (await aws.rds(asked)).DBSnapshots ?? [];
  return found && { ...copyIn(found, found.Encrypted), status: found.Status };
}

async function backupOf(aws: Aws, source: string, isArn: boolean) {
  const rds = await import("../../aws/sdk/rds.ts");
  const input = isArn ? { DBInstanceAutomatedBackupsArn: source } : { DbiResourceId: source };
  const [found] = (await aws.rds(new rds.DescribeDBInstanceAutomatedBackupsCommand(input))).DBInstanceAutomatedBackups ?? [];
  return found && copyIn(found, found.Encrypted);
}

async function databaseOf(aws: Aws, DBInstanceIdentifier: string) {
  const rds = await import("../../aws/sdk/rds.ts");
  const [found] = (await aws.rds(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances ?? [];
  return found && copyIn(found, found.StorageEncrypted);
}
