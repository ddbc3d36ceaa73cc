import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import type { Run } from "../kind.ts";
import type { Handle, LiveDb } from "./observe.ts";
import { finalSnapshotTag } from "../shared/final-snapshot.ts";
import { finalSnapshotName } from "../shared/rds-snapshots.ts";
import { isFailure } from "../shared/rds-status.ts";
import { isReplica, type DbInstance } from "./schema.ts";
import { Refusal } from "../../resource/refusal.ts";

/**
 * Deletes a database that the engine was allowed to delete: protection off, a last snapshot unless the tag says
 * otherwise, automated backups kept. Replicas have nothing of their own and AWS takes no last snapshot of them.
 */
export async function remove(aws: Aws, live: LiveDb, run: Run<DbInstance, Handle>): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  if (live.state === "deleting") return;
  const takesSnapshot = wantsFinalSnapshot(live);
  await unprotect(aws, live, run);
  let number = 1;
  const began = aws.clock.now();
  await run.until(`${live.id} to take the delete`, 3600, 15, async () => {
    const name = takesSnapshot ? finalSnapshotName({ id: live.id, resourceId: live.handle.resourceId }, number) : undefined;
    try {
      await aws.rds(
        new rds.DeleteDBInstanceCommand({
          DBInstanceIdentifier: live.id,
          DeleteAutomatedBackups: false,
          ...(name === undefined ? { SkipFinalSnapshot: true } : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: name }),
        }),
      );
      if (name !== undefined) run.say(`final snapshot ${name}`);
      return true;
    } catch (error) {
      if (isGoing(error)) return true;
      if (hasCode(error, "DBSnapshotAlreadyExists")) number++;
      else if (!isBusy(error, aws.clock.now() - began)) throw error;
      return false;
    }
  });
}

/** A state in which AWS takes no snapshot, of a database that has lived, is for a person to decide. */
function wantsFinalSnapshot(live: LiveDb): boolean {
  if (isReplica(live.spec) || live.tags[finalSnapshotTag] === "skip") return false;
  const { status, hasLived } = live.handle;
  if (!isFailure(status)) return true;
  if (!hasLived) return false;
  throw new Refusal(
    `${live.id} is ${status}: AWS takes no final snapshot in this state, and without one its data would be gone. ` +
      `Bring it back to "available", or say finalSnapshot: false in its block, apply that, and remove it again.`,
  );
}

/** Protection goes at once whatever ApplyImmediately says, so nothing else that waits is made with it. */
async function unprotect(aws: Aws, live: LiveDb, run: Run<DbInstance, Handle>): Promise<void> {
  if (live.handle.current.deletionProtection !== true) return;
  const rds = await import("../../aws/sdk/rds.ts");
  await run.until(`${live.id} to give up its protection`, 3600, 15, async () => {
    try {
      await aws.rds(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: live.id, DeletionProtection: false }));
      return true;
    } catch (error) {
      if (isGoing(error)) return true;
      if (!hasCode(error, "InvalidDBInstanceState")) throw error;
      return false;
    }
  });
  await run.wait(`${live.id} to lose its protection`, 600, (now) => now === undefined || now.handle.current.deletionProtection !== true);
}

function isGoing(error: unknown): boolean {
  return isNotFound(error) || (hasCode(error, "InvalidDBInstanceState") && /already being deleted/i.test(error.message));
}

/** Busy with something else, or the lifted protection is not yet seen everywhere (for five minutes; then somebody put it back). */
function isBusy(error: unknown, elapsed: number): boolean {
  if (hasCode(error, "InvalidDBInstanceState")) return true;
  return elapsed < 300_000 && hasCode(error, "InvalidParameterCombination") && /deletion protection/i.test(error.message);
}
