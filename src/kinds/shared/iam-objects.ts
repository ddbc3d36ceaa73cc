/** Names, paths, tags and creates that all IAM kinds share. */
import type { Tag } from "@aws-sdk/client-iam";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { optional, string } from "../../resource/fields.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, CreateIdentity, Live, Naming, Problem, Scope, Subject, Tags } from "../kind.ts";

/** IAM User Guide, "IAM and AWS STS quotas": a role name has at most 64 characters, all other names 128. */
export function iamNaming(max: 64 | 128): Naming {
  return { max, forbidden: /[^\w+=,.@-]/, perAccount: true, anyCase: true };
}

/** IAM lists objects by path, not by tag. An object with another path is found only by its declared name. */
export const pathField = optional(
  string(
    "The IAM path, a part of the ARN. If omitted: `/infra/PROJECT/ENVIRONMENT/`. With another path infra finds the object only by its name: when the block leaves the file, the object stays in the account.",
    { pattern: "^/([!-~]+/)?$", maxLength: 512, examples: ["/service/"] },
  ),
);

/**
 * Returns the order of a replacement. Under our path, the new object is created first, with a name of its own. With another path, objects
 * are found only by their declared name, and only one can have it.
 */
export function replaceOrder(was: { readonly path?: string }, now: { readonly path?: string }): "create-first" | "delete-first" {
  return now.path === undefined && was.path?.startsWith("/infra/") ? "create-first" : "delete-first";
}

/** Returns the path of all objects that an environment creates. */
export function pathOf(tags: Tags): string {
  return `/infra/${tags[ownership.project]}/${tags[ownership.environment]}/`;
}

export function pathOfScope({ project, environment }: Scope): string {
  return `/infra/${project}/${environment}/`;
}

/** Returns the name at the end of an ARN; a name stays as it is. */
export function nameOf(id: AwsId): string {
  return id.split("/").at(-1)!;
}

/** Whether an object that was read by its name is the one that an id means. An ARN may have another path or account. */
export function isMeant(live: Pick<Live, "id">, id: AwsId): boolean {
  return live.id === id || !id.startsWith("arn:");
}

/** Returns the names to read: the listed ones under our path, and declared ones that have another path. */
export function namesToRead(scope: Scope, kind: string, listed: readonly string[]): readonly string[] {
  const known = new Set(listed.map((name) => name.toLowerCase()));
  const declared = (scope.namesOf?.(kind) ?? []).map(nameOf).filter((name) => !known.has(name.toLowerCase()));
  return [...listed, ...new Set(declared)];
}

/** Returns IAM's list of tags as an object. */
export function tagsFrom(list: readonly Tag[] | undefined): Tags {
  return tagsOf(list);
}

/** Returns the members of a Live that are the same for all IAM kinds. */
export function iamLive(arn: AwsId, name: string, tags: Tags, createdAt: Date | undefined) {
  return {
    id: arn,
    aliases: [name],
    name,
    tags,
    state: "ready" as const,
    owner: arn.split(":")[4]!,
    outputs: { arn, name },
    ...(createdAt ? { createdAt: createdAt.toISOString() } : {}),
  } satisfies Partial<Live>;
}

/**
 * Creates an object by its unique name. An existing object is ours if it has the tags of the same resource: AWS's answer to an earlier
 * create was lost.
 */
export async function createNamed(
  identity: CreateIdentity,
  send: () => Promise<AwsId>,
  existing: () => Promise<{ readonly arn: AwsId; readonly tags: Tags } | undefined>,
): Promise<AwsId> {
  try {
    return await send();
  } catch (error) {
    if (!hasCode(error, "EntityAlreadyExists", "EntityAlreadyExistsException")) throw error;
    const there = await existing();
    if (there && isSame(there.tags, identity)) return there.arn;
    throw taken(error, there?.arn ?? identity.name);
  }
}

/**
 * Returns the ARNs of the names that are taken. To IAM, names that differ only in case are the same (API reference, CreateRole). It does
 * not say that this holds for reads by name, so a name that is not found is searched among all objects, in every path.
 */
export async function takenOf(
  names: readonly string[],
  arnOf: (name: string) => Promise<AwsId | undefined>,
  all: () => Promise<readonly (readonly [string, AwsId])[]>,
): Promise<ReadonlyMap<string, AwsId>> {
  const read = await Promise.all(names.map(async (name) => [name, await unlessGone(arnOf(name))] as const));
  const inAnyCase = read.some(([, arn]) => arn === undefined) ? byLowerCase(await all()) : new Map<string, AwsId>();
  const found = read.map(([name, arn]) => [name, arn ?? inAnyCase.get(name.toLowerCase())] as const);
  return new Map(found.flatMap(([name, arn]) => (arn === undefined ? [] : [[name, arn] as const])));
}

/** Returns ARNs by name in lower case, because IAM ignores case. */
export function byLowerCase(all: readonly (readonly [string, AwsId])[]): ReadonlyMap<string, AwsId> {
  return new Map(all.map(([name, arn]) => [name.toLowerCase(), arn]));
}

/** Writes and removes tags; makes no call for an empty list. */
export async function writeTags(
  set: Tags,
  remove: readonly string[],
  write: (tags: Tags) => Promise<unknown>,
  take: (keys: string[]) => Promise<unknown>,
) {
  if (Object.keys(set).length > 0) await write(set);
  if (remove.length > 0) await take([...remove]);
}

/** Reports tag keys that differ only in case, because to IAM they are the same (IAM User Guide, "Tags for IAM resources"). */
export function checkTagCases({ tags }: Pick<Subject, "tags">): Problem[] {
  const first = new Map<string, string>();
  return Object.keys(tags).flatMap((key) => {
    const other = first.get(key.toLowerCase());
    if (other === undefined) first.set(key.toLowerCase(), key);
    return other === undefined
      ? []
      : [
          {
            code: "bad-tag" as const,
            summary: `the tags ${other} and ${key} are the same tag to IAM, which ignores case in keys`,
            path: `tags.${key}`,
            hint: "rename or remove one of them",
          },
        ];
  });
}

/** Whether the tags of two objects name the same environment. An object without a region tag counts for every region. */
export function isOfSameEnvironment(a: Tags, b: Tags): boolean {
  const [here, there] = [a[ownership.region], b[ownership.region]];
  if (here !== undefined && there !== undefined && here !== there) return false;
  return [ownership.project, ownership.environment].every((key) => a[key] !== undefined && a[key] === b[key]);
}

/** Returns all items of a paged listing. */
export async function allOf<P, T>(pages: AsyncIterable<P>, items: (page: P) => readonly T[] | undefined): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

function isSame(tags: Tags, identity: CreateIdentity): boolean {
  return [ownership.project, ownership.environment, ownership.region, ownership.resource].every((key) => tags[key] === identity.tags[key]);
}

function taken({ operation }: AwsError, arn: AwsId): AwsError {
  return new AwsError({
    class: "duplicate",
    code: "conflict",
    message: `The name is taken by ${arn}`,
    service: "iam",
    operation,
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}
