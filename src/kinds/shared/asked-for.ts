/** The statuses of RDS and ElastiCache that follow a request. AWS starts backups, maintenance and a restart after seven days by itself. */
const askedFor: ReadonlySet<string> = new Set([
  "configuring-enhanced-monitoring",
  "configuring-iam-database-auth",
  "configuring-log-exports",
  "creating",
  "modifying",
  "moving-to-vpc",
  "rebooting",
  "renaming",
  "resetting-master-credentials",
  "update-iam-db-auth",
  "upgrading",
]);

/** Whether an apply waits for the end of a status. A status that AWS adds later does not count: no run asks for it. */
export function isAskedFor(status: string): boolean {
  return askedFor.has(status);
}
