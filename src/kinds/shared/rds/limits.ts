import type { Aws } from "../../../aws/aws.ts";
import { beyondLimit, ifAllowed } from "../instances/preflight.ts";
import type { PlannedObject, PreflightFindings } from "../../kind.ts";

/** The names of limits in RDS, and in our messages. */
const names = {
  DBClusters: "database clusters",
  DBClusterParameterGroups: "cluster parameter groups",
  DBInstances: "databases",
  EventSubscriptions: "event subscriptions",
  OptionGroups: "option groups",
  DBSubnetGroups: "database subnet groups",
  DBParameterGroups: "database parameter groups",
} as const;

/** Checks whether the account may have that many more. */
export async function preflightRdsQuota(
  aws: Aws,
  planned: readonly PlannedObject[],
  quota: keyof typeof names,
  thorough: boolean,
): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  if (!thorough) return { problems: [], unchecked };
  const rds = await import("../../../aws/sdk/rds.ts");
  const answer = await ifAllowed(aws.rds(new rds.DescribeAccountAttributesCommand({})), `the limit of ${names[quota]}`, unchecked);
  const found = answer?.AccountQuotas?.find(({ AccountQuotaName }) => AccountQuotaName === quota);
  return { problems: found ? beyondLimit(planned, { used: found.Used ?? 0, most: found.Max }, names[quota]) : [], unchecked };
}
