import type { Address, Scope, Tags } from "../kinds/kind.ts";

/** The tags that make an object ours. docs/ownership.md explains them. */
export const ownership = {
  project: "infra:project",
  environment: "infra:environment",
  resource: "infra:resource",
  name: "infra:name",
  token: "infra:token",
  /** On an object that belongs to the account and not to a region, such as a role or a zone: the region of the environment that made it. */
  region: "infra:region",
  protect: "infra:protect",
  retain: "infra:retain",
  disposable: "infra:disposable",
  /** On an object whose replacement is being made beside it. It tells the two apart if the run dies in between. */
  superseded: "infra:superseded",
  /** On an object that `adopt:` took over. While the tag is there, a field that the YAML does not write is never a difference. */
  adopted: "infra:adopted",
  /** On an object that AWS made with a VPC and `default: true` took over. It is deleted with its VPC, and cannot be deleted before. */
  default: "infra:default",
} as const;

/** The tag by which CloudFormation names the stack of an object. It stays when the stack is deleted and the object is kept, and nobody can remove it. */
export const stackTag = "aws:cloudformation:stack-id";

/**
 * On a database that a blue/green deployment changes: the deployment, and the resource id of its blue instance. RDS copies the tag to the
 * green instance, which has the database's name after the switchover.
 */
export const blueGreenTag = "infra:blue-green";

/**
 * Returns an address as a tag value, which allows no brackets: `instance/web[0]` as `instance/web.0`, `subnet/public[a]` as
 * `subnet/public.a`.
 */
export function tagOfAddress(address: Address): string {
  return address.replace(/\[([A-Za-z0-9_-]+)\]$/, ".$1");
}

/** Returns `subnet/public[*]` as a tag value: the start that all these tags have, and a star. */
export function tagOfEach(address: string): string {
  return `${address.slice(0, -"[*]".length)}.*`;
}

/** Returns the address of a tag value. The inverse of tagOfAddress. */
export function addressOfTag(value: string): Address {
  return value.replace(/\.([A-Za-z0-9_-]+)$/, "[$1]");
}

/** Returns a list of `{ Key, Value }`, as EC2 and Auto Scaling use it, as an object. */
export function tagsOf(list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags {
  const tags: Record<string, string> = {};
  for (const { Key, Value } of list ?? []) if (Key !== undefined) tags[Key] = Value ?? "";
  return tags;
}

/**
 * Returns the EC2 filters that find the environment's objects, or the object of `scope.address`. Values are escaped, because `*` and `?`
 * are wildcards in every filter value.
 */
export function environmentFilter(scope: Scope): { Name: string; Values: string[] }[] {
  const filters = [{ Name: `tag:${ownership.environment}`, Values: [literal(scope.environment)] }];
  if (scope.address !== undefined) filters.push({ Name: `tag:${ownership.resource}`, Values: [literal(tagOfAddress(scope.address))] });
  return filters;
}

/** Returns a filter value that matches only itself: `*`, `?` and `\` are escaped, because every EC2 filter value is a pattern. */
export function literal(value: string): string {
  return value.replace(/[*?\\]/g, "\\$&");
}

/**
 * Returns the position of an object among the objects of its address that were to be replaced, starting at 1 ("true", or any text that
 * somebody wrote by hand). Undefined for an object that was not to be replaced.
 */
export function turnOf(tags: Tags): number | undefined {
  const mark = tags[ownership.superseded];
  if (mark === undefined) return undefined;
  return /^[1-9]\d{0,8}$/.test(mark) ? Number(mark) : 1;
}

/**
 * Returns the `superseded` tag for an object that is to be replaced, while earlier objects of its address (with these tags) still exist.
 */
export function supersededAfter(earlier: readonly Tags[]): string {
  const last = Math.max(0, ...earlier.map((tags) => turnOf(tags) ?? 0));
  return last === 0 ? "true" : String(last + 1);
}
