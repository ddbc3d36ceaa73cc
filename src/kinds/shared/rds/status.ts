/** The statuses of an RDS instance and what they mean for a run (RDS User Guide, "Viewing Amazon RDS DB instance status"). */

/**
 * serving: it answers, and AWS accepts changes. pending: the status ends by itself. broken: it does not end by itself. stopped: it answers
 * nobody until it is started. deleting: it is being deleted.
 */
export type Condition = "serving" | "pending" | "broken" | "stopped" | "deleting";

/** All statuses of that page, and `incompatible-create` from the errors of the API. */
export const conditions: Readonly<Record<string, Condition>> = {
  available: "serving",
  "backing-up": "pending",
  "configuring-enhanced-monitoring": "pending",
  "configuring-iam-database-auth": "pending",
  "configuring-log-exports": "pending",
  "converting-to-vpc": "pending",
  creating: "pending",
  "delete-precheck": "pending",
  deleting: "deleting",
  failed: "broken",
  "inaccessible-encryption-credentials": "broken",
  "inaccessible-encryption-credentials-recoverable": "broken",
  "incompatible-create": "broken",
  "incompatible-network": "broken",
  "incompatible-option-group": "broken",
  "incompatible-parameters": "broken",
  "incompatible-restore": "broken",
  "insufficient-capacity": "broken",
  maintenance: "pending",
  modifying: "pending",
  "moving-to-vpc": "pending",
  rebooting: "pending",
  renaming: "pending",
  "resetting-master-credentials": "pending",
  "restore-error": "broken",
  starting: "pending",
  stopped: "stopped",
  stopping: "pending",
  // The file system of a replica, or of a green database, is upgraded. That may take hours, and then the replica serves again.
  "storage-config-upgrade": "pending",
  "storage-full": "serving",
  // Blocks are loaded from Amazon S3 for hours after a restore: "the DB instance remains available for operations".
  "storage-initialization": "serving",
  "storage-optimization": "serving",
  upgrading: "pending",
};

/** Returns the meaning of a status. One that AWS adds later counts as pending, unless it begins like the broken ones. */
export function conditionOf(status: string): Condition {
  return conditions[status] ?? (/^(incompatible|inaccessible)-/.test(status) ? "broken" : "pending");
}

/** Whether AWS accepts changes. Optimisation lasts hours and blocks only the next change of storage. */
export function isReady(status: string): boolean {
  return conditionOf(status) === "serving";
}

/** Whether the status does not end by itself. */
export function isFailure(status: string): boolean {
  return conditionOf(status) === "broken";
}
