import type { Aws } from "../../aws/aws.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Run } from "../kind.ts";
import { removeWith, unprotect, wantsFinalSnapshot, type LastSnapshot } from "../shared/rds/remove.ts";
import { deleteMember, isOurs } from "./members.ts";
import type { Handle, LiveCluster } from "./live.ts";
import { clusterCondition } from "./observe.ts";
import type { DbCluster } from "./schema.ts";

type ClusterRun = Run<DbCluster, Handle>;

/**
 * Deletes a cluster that the engine may delete: protection off, its readers, its writer, then the cluster, with a final snapshot unless the
 * tag says otherwise. Its automated backups are kept. An instance that somebody else added stops the delete.
 */
export async function remove(aws: Aws, live: LiveCluster, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  if (live.state === "deleting") return;
  const DBClusterIdentifier = live.id;
  const calls = {
    unprotect: () => aws.rds(new rds.ModifyDBClusterCommand({ DBClusterIdentifier, DeletionProtection: false })),
    delete: (last: LastSnapshot) => aws.rds(new rds.DeleteDBClusterCommand({ DBClusterIdentifier, ...last })),
    busy: "InvalidDBClusterStateFault",
    taken: "DBClusterSnapshotAlreadyExistsFault",
  };
  const condition = clusterCondition(live.handle.status);
  const takesSnapshot = wantsFinalSnapshot(live, condition !== "broken" && condition !== "stopped");
  refuseForeign(live);
  await unprotect(live, run, calls);
  const members = [...live.handle.members].sort((a, b) => Number(a.isWriter) - Number(b.isWriter));
  for (const { id } of members) await deleteMember(aws, id, run);
  await removeWith(aws, live, run, takesSnapshot, calls);
}

function refuseForeign(live: LiveCluster): void {
  const others = live.handle.members.filter((member) => !isOurs(member, live.tags)).map(({ id }) => id);
  if (others.length > 0)
    throw new Refusal(
      `${live.id} has ${others.length === 1 ? "an instance" : "instances"} that infra did not make: ${others.join(", ")}. ` +
        "Delete them, or the Aurora Auto Scaling policy that adds them, and run again.",
    );
}
