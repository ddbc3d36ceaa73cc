import type { Aws } from "../aws/aws.ts";
import { beyondLimit, ifAllowed } from "./foresight.ts";
import type { Coming, Foresight } from "./kind.ts";

/** What RDS calls the limits of the kinds here, and what people do. */
const names = {
  DBInstances: "databases",
  DBSubnetGroups: "database subnet groups",
  DBParameterGroups: "database parameter groups",
} as const;

/** Whether the account may have so many more. */
export async function foreseeRdsLimit(
  aws: Aws,
  coming: readonly Coming[],
  quota: keyof typeof names,
  thorough: boolean,
): Promise<Foresight> {
  const unchecked: string[] = [];
  if (!thorough) return { problems: [], unchecked };
  const rds = await import("../aws/sdk/rds.ts");
  const answer = await ifAllowed(aws.rds(new rds.DescribeAccountAttributesCommand({})), `the limit of ${names[quota]}`, unchecked);
  const found = answer?.AccountQuotas?.find(({ AccountQuotaName }) => AccountQuotaName === quota);
  return { problems: found ? beyondLimit(coming, { used: found.Used ?? 0, most: found.Max }, names[quota]) : [], unchecked };
}
