/** Service and type of ARNs (`lambda:function`), in the form of the filters of the Resource Groups Tagging API. */
import type { AwsId } from "../kinds/kind.ts";

/** The type for kinds whose form of ARN is unknown. Their objects are found by the tag alone. */
const anyType = "*";

/** The largest number of filters by type in one call (Resource Groups Tagging API, GetResources). */
const mostTypes = 100;

/** Returns the filter for these types alone, or nothing when a call cannot express it. Then the call returns all types. */
export function filterOfTypes(types: readonly string[]): { readonly ResourceTypeFilters?: string[] } {
  const all = [...new Set(types)];
  return all.length <= mostTypes && !all.includes(anyType) ? { ResourceTypeFilters: all } : {};
}

/**
 * Whether an ARN has the type of a filter, since tags are copied to objects of other types, too. `rds:db` is
 * `arn:…:rds:REGION:ACCOUNT:db:…`, `sns` any ARN of SNS.
 */
export function isOfType(arn: AwsId, filter: string): boolean {
  if (filter === anyType) return true;
  const [service, type] = filter.split(":");
  const [, , ofService, , , ...rest] = arn.split(":");
  return ofService === service && (type === undefined || rest[0]?.split("/")[0] === type);
}
