import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Run } from "../kind.ts";
import { finalSnapshotTag } from "../shared/final-snapshot.ts";
import { finalSnapshotName } from "../shared/rds-snapshots.ts";
import { deleteMember, isOurs } from "./members.ts";
import type { Handle, LiveCluster } from "./live.ts";
import { clusterCondition } from "./observe.ts";
import type { DbCluster } from "./schema.ts";

type ClusterRun = Run<DbCluster, Handle>;

/**
 * Deletes a cluster that the engine was allowed to delete: protection off, its readers, its writer, then the cluster, with a last
 * snapshot unless the tag says otherwise and with its automated backups kept. An instance that somebody else added stops it.
 */
export async function remove(aws: Aws, live: LiveCluster, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  if (live.state === "deleting") return;
  const takesSnapshot = wantsFinalSnapshot(live);
  refuseForeign(live);
  await unprotect(aws, live, run);
  const members = [...live.handle.members].sort((a, b) => Number(a.isWriter) - Number(b.isWriter));
  for (const { id } of members) await deleteMember(aws, id, run);
  let number = 1;
  const began = aws.clock.now();
  await run.until(`${live.id} to take the delete`, 3600, 15, async () => {
    const name = takesSnapshot ? finalSnapshotName({ id: live.id, resourceId: live.handle.resourceId }, number) : undefined;
    try {
      await aws.rds(
        new rds.DeleteDBClusterCommand({
          DBClusterIdentifier: live.id,
          // Else they go with it.
          DeleteAutomatedBackups: false,
          ...(name === undefined ? { SkipFinalSnapshot: true } : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: name }),
        }),
      );
      if (name !== undefined) run.say(`final snapshot ${name}`);
      return true;
    } catch (error) {
      if (isGoing(error)) return true;
      if (hasCode(error, "DBClusterSnapshotAlreadyExistsFault")) number++;
      else if (!isBusy(error, aws.clock.now() - began)) throw error;
      return false;
    }
  });
}

function refuseForeign(live: LiveCluster): void {
  const others = live.handle.members.filter((member) => !isOurs(member, live.tags)).map(({ id }) => id);
  if (others.length > 0)
    throw new Refusal(
      `${live.id} holds ${others.length === 1 ? "an instance" : "instances"} that infra did not make: ${others.join(", ")}. ` +
        "Delete them, or what adds them (a policy of Aurora Auto Scaling), and run again.",
    );
}

/** A state in which AWS takes no snapshot, of a cluster that has lived, is for a person to decide. */
function wantsFinalSnapshot({ id, tags, handle: { status, hasLived } }: LiveCluster): boolean {
  if (tags[finalSnapshotTag] === "skip") return false;
  const condition = clusterCondition(status);
  if (condition !== "broken" && condition !== "stopped") return true;
  if (!hasLived) return false;
  throw new Refusal(
    `${id} is ${status}: AWS takes no final snapshot in this state, and without one its data would be gone. ` +
      `Bring it back to "available", or say finalSnapshot: false in its block, apply that, and remove it again.`,
  );
}

/** Protection goes at once whatever ApplyImmediately says, so nothing else that waits is made with it. */
async function unprotect(aws: Aws, live: LiveCluster, run: ClusterRun): Promise<void> {
  if (live.handle.current.deletionProtection !== true) return;
  const rds = await import("../../aws/sdk/rds.ts");
  await run.until(`${live.id} to give up its protection`, 3600, 15, async () => {
    try {
      await aws.rds(new rds.ModifyDBClusterCommand({ DBClusterIdentifier: live.id, DeletionProtection: false }));
      return true;
    } catch (error) {
      if (isGoing(error)) return true;
      if (!hasCode(error, "InvalidDBClusterStateFault")) throw error;
      return false;
    }
  });
  await run.wait(`${live.id} to lose its protection`, 600, (now) => now === undefined || now.handle.current.deletionProtection !== true);
}

function isGoing(error: unknown): boolean {
  return isNotFound(error) || (hasCode(error, "InvalidDBClusterStateFault") && /already being deleted/i.test(error.message));
}

/** Its instances are not gone yet, it is busy, or the lifted protection is not yet seen everywhere (for five minutes; then somebody put it back). */
function isBusy(error: unknown, elapsed: number): boolean {
  if (hasCode(error, "InvalidDBClusterStateFault")) return true;
  return elapsed < 300_000 && hasCode(error, "InvalidParameterCombination") && /deletion pro/i.test(error.message);
}
