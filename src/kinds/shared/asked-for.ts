/** Of what RDS and ElastiCache are at work on: what somebody asked for. A backup, maintenance, a start after seven days they do by themselves. */
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

/** Whether an apply waits for the end of a status. One that AWS adds later is nothing that a run asks for. */
export function isAskedFor(status: string): boolean {
  return askedFor.has(status);
}
