import type { Aws } from "../../aws/aws.ts";
import type { Run } from "../kind.ts";
import { removeWith, unprotect, wantsFinalSnapshot, type LastSnapshot } from "../shared/rds/remove.ts";
import { isFailure } from "../shared/rds/status.ts";
import type { Handle, LiveDb } from "./observe.ts";
import { isReplica, type DbInstance } from "./schema.ts";

/**
 * Deletes a database that the engine may delete: protection off, a final snapshot unless the tag says otherwise, automated backups kept. A
 * replica has no data of its own, and AWS takes no final snapshot of it.
 */
export async function remove(aws: Aws, live: LiveDb, run: Run<DbInstance, Handle>): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  if (live.state === "deleting") return;
  const DBInstanceIdentifier = live.id;
  const calls = {
    unprotect: () => aws.rds(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier, DeletionProtection: false })),
    delete: (last: LastSnapshot) => aws.rds(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier, ...last })),
    busy: "InvalidDBInstanceState",
    taken: "DBSnapshotAlreadyExists",
  };
  const takesSnapshot = !isReplica(live.spec) && wantsFinalSnapshot(live, !isFailure(live.handle.status));
  await unprotect(live, run, calls);
  await removeWith(aws, live, run, takesSnapshot, calls);
}
