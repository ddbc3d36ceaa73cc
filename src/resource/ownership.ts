import type { Address, Scope, Tags } from "../kinds/kind.ts";

/** The tags that make an object ours. docs/ownership.md tells their life. */
export const ownership = {
  project: "infra:project",
  environment: "infra:environment",
  resource: "infra:resource",
  name: "infra:name",
  token: "infra:token",
  /** On what belongs to the account and not to a region, as roles and zones do: the region of the environment that made it. */
  region: "infra:region",
  protect: "infra:protect",
  retain: "infra:retain",
  disposable: "infra:disposable",
  /** On an object whose replacement is being made beside it: tells the two apart if the run dies between. */
  superseded: "infra:superseded",
  /** On an object that `adopt:` took over: while it stands, what the YAML does not write is never a difference. */
  adopted: "infra:adopted",
  /** On what AWS made with a VPC and `default: true` took over: it goes with its VPC, and nobody can delete it before. */
  default: "infra:default",
} as const;

/** The tag by which CloudFormation names the stack of an object. It stays when the stack is deleted and the object is kept, and nobody can remove it. */
export const stackTag = "aws:cloudformation:stack-id";

/**
 * On a database that is changed by a blue/green deployment: which one, and the resource id of its blue instance. RDS copies it to the green
 * instance, which has the database's name after the switchover.
 */
export const blueGreenTag = "infra:blue-green";

/** `instance/web[0]` as a tag value, which allows no brackets: `instance/web.0`; `subnet/public[a]` as `subnet/public.a`. */
export function tagOfAddress(address: Address): string {
  return address.replace(/\[([A-Za-z0-9_-]+)\]$/, ".$1");
}

/** `subnet/public[*]` in tags: the start of the tag of each, and a star. */
export function tagOfEach(address: string): string {
  return `${address.slice(0, -"[*]".length)}.*`;
}

/** The inverse of tagOfAddress. */
export function addressOfTag(value: string): Address {
  return value.replace(/\.([A-Za-z0-9_-]+)$/, "[$1]");
}

/** EC2's and Auto Scaling's lists of `{ Key, Value }` as an object. */
export function tagsOf(list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags {
  const tags: Record<string, string> = {};
  for (const { Key, Value } of list ?? []) if (Key !== undefined) tags[Key] = Value ?? "";
  return tags;
}

/** EC2 filters that find the environment's objects, or the one of `scope.address`. Values are escaped: `*` and `?` are wildcards in every filter value. */
export function environmentFilter(scope: Scope): { Name: string; Values: string[] }[] {
  const filters = [{ Name: `tag:${ownership.environment}`, Values: [literal(scope.environment)] }];
  if (scope.address !== undefined) filters.push({ Name: `tag:${ownership.resource}`, Values: [literal(tagOfAddress(scope.address))] });
  return filters;
}

/** A filter value that means itself: `*`, `?` and `\` are escaped, because every EC2 filter value is a pattern. */
export function literal(value: string): string {
  return value.replace(/[*?\\]/g, "\\$&");
}

/** Which of the objects of an address that were to be replaced it was, the first being 1 ("true", or what somebody wrote by hand); undefined for one that was not. */
export function turnOf(tags: Tags): number | undefined {
  const mark = tags[ownership.superseded];
  if (mark === undefined) return undefined;
  return /^[1-9]\d{0,8}$/.test(mark) ? Number(mark) : 1;
}

/** The mark of an object that is to be replaced while these of its address, which were before, are still there. */
export function supersededAfter(earlier: readonly Tags[]): string {
  const last = Math.max(0, ...earlier.map((tags) => turnOf(tags) ?? 0));
  return last === 0 ? "true" : String(last + 1);
}
