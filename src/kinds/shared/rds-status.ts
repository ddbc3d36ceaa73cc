/** The statuses of an RDS instance, by what they mean for us (RDS User Guide, "Viewing Amazon RDS DB instance status"). */

/**
 * serving: it answers, and AWS takes changes. pending: it passes by itself. broken: it does not pass by itself.
 * stopped: it answers nobody until it is started. deleting: it goes.
 */
export type Condition = "serving" | "pending" | "broken" | "stopped" | "deleting";

/** All that the page lists, and `incompatible-create` of the API's own errors. */
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
  // The file system of a replica, or of a green database, is upgraded: it may take hours, and the replica serves after it.
  "storage-config-upgrade": "pending",
  "storage-full": "serving",
  // Blocks are loaded from Amazon S3 after a restore, for hours: "the DB instance remains available for operations".
  "storage-initialization": "serving",
  "storage-optimization": "serving",
  upgrading: "pending",
};

/** What a status means; one that AWS adds later passes by itself, unless it begins as the broken ones do. */
export function conditionOf(status: string): Condition {
  return conditions[status] ?? (/^(incompatible|inaccessible)-/.test(status) ? "broken" : "pending");
}

/** Whether AWS takes changes. Optimisation lasts hours and hinders nothing but the next storage change. */
export function isReady(status: string): boolean {
  return conditionOf(status) === "serving";
}

/** Whether the state does not pass by itself. */
export function isFailure(status: string): boolean {
  return conditionOf(status) === "broken";
}
