/** Service and type of ARNs (`lambda:function`), as the Resource Groups Tagging API takes them for filters. */
import type { AwsId } from "../kinds/kind.ts";

/** For kinds of which nobody knows how the ARNs are built: the tag alone names them. */
const anyType = "*";

/** Most filters by type of one call (Resource Groups Tagging API, GetResources). */
const mostTypes = 100;

/** What a call says to be told of these types alone; nothing where it cannot say it, and then it is told of all. */
export function filterOfTypes(types: readonly string[]): { readonly ResourceTypeFilters?: string[] } {
  const all = [...new Set(types)];
  return all.length <= mostTypes && !all.includes(anyType) ? { ResourceTypeFilters: all } : {};
}

/** Tags are copied to objects of other types, too: `rds:db` is `arn:…:rds:REGION:ACCOUNT:db:…`, `sns` any ARN of SNS. */
export function isOfType(arn: AwsId, filter: string): boolean {
  if (filter === anyType) return true;
  const [service, type] = filter.split(":");
  const [, , ofService, , , ...rest] = arn.split(":");
  return ofService === service && (type === undefined || rest[0]?.split("/")[0] === type);
}
