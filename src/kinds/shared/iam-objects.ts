/** What the kinds of IAM have in common: names and paths, tags, and objects that are there already. */
import type { Tag } from "@aws-sdk/client-iam";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { optional, string } from "../../resource/fields.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, CreateIdentity, Live, Naming, Problem, Scope, Subject, Tags } from "../kind.ts";

/** IAM User Guide, "IAM and AWS STS quotas": names of roles have 64 characters, all others 128. */
export function iamNaming(max: 64 | 128): Naming {
  return { max, forbidden: /[^\w+=,.@-]/, perAccount: true, anyCase: true };
}

/** IAM lists by path, not by tag: what lies elsewhere is found by its declared name only. */
export const pathField = optional(
  string(
    "The IAM path, a part of the ARN. If omitted: `/infra/PROJECT/ENVIRONMENT/`. With another path infra finds the object only by its name: when the block leaves the file, the object stays in the account.",
    { pattern: "^/([!-~]+/)?$", maxLength: 512, examples: ["/service/"] },
  ),
);

/**
 * Under our path a replacement is made beside the old object, with a name of its own. Elsewhere both would have to be found by
 * their names, and only one can have the declared name.
 */
export function replaceOrder(was: { readonly path?: string }, now: { readonly path?: string }): "create-first" | "delete-first" {
  return now.path === undefined && was.path?.startsWith("/infra/") ? "create-first" : "delete-first";
}

/** The path of everything that an environment makes. */
export function pathOf(tags: Tags): string {
  return `/infra/${tags[ownership.project]}/${tags[ownership.environment]}/`;
}

export function pathOfScope({ project, environment }: Scope): string {
  return `/infra/${project}/${environment}/`;
}

/** The name at the end of an ARN; a name as it is. */
export function nameOf(id: AwsId): string {
  return id.split("/").at(-1)!;
}

/** Whether what was read by its name is what an id means: an ARN may be of another path or account. */
export function isMeant(live: Pick<Live, "id">, id: AwsId): boolean {
  return live.id === id || !id.startsWith("arn:");
}

/** The names that are to be looked at: those under our path, and the declared ones that lie elsewhere. */
export function namesToRead(scope: Scope, kind: string, listed: readonly string[]): readonly string[] {
  const known = new Set(listed.map((name) => name.toLowerCase()));
  const declared = (scope.namesOf?.(kind) ?? []).map(nameOf).filter((name) => !known.has(name.toLowerCase()));
  return [...listed, ...new Set(declared)];
}

/** IAM's list of tags as an object. */
export function tagsFrom(list: readonly Tag[] | undefined): Tags {
  return tagsOf(list);
}

/** The parts of a Live that are alike for all. */
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

/** Creates an object by its unique name. One that is there already is ours if it has the tags of this very resource: the answer was lost. */
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
 * The ARNs of those names that are taken. IAM takes names for one that differ in nothing but case (API reference, CreateRole), and
 * does not say that a read by name does so, too: what is not read by its name is looked for among all, whatever their paths.
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

/** ARNs by name as IAM compares them. */
export function byLowerCase(all: readonly (readonly [string, AwsId])[]): ReadonlyMap<string, AwsId> {
  return new Map(all.map(([name, arn]) => [name.toLowerCase(), arn]));
}

/** Sends what there is to write and to remove. */
export async function writeTags(
  set: Tags,
  remove: readonly string[],
  write: (tags: Tags) => Promise<unknown>,
  take: (keys: string[]) => Promise<unknown>,
) {
  if (Object.keys(set).length > 0) await write(set);
  if (remove.length > 0) await take([...remove]);
}

/** IAM takes keys of tags that differ in case for one (IAM User Guide, "Tags for IAM resources"). */
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
            summary: `IAM takes the tags ${other} and ${key} for one`,
            path: `tags.${key}`,
            hint: "rename or remove one",
          },
        ];
  });
}

/** Whether an object has the tags of the environment of another. What says no region serves any. */
export function isOfSameEnvironment(a: Tags, b: Tags): boolean {
  const [here, there] = [a[ownership.region], b[ownership.region]];
  if (here !== undefined && there !== undefined && here !== there) return false;
  return [ownership.project, ownership.environment].every((key) => a[key] !== undefined && a[key] === b[key]);
}

/** All items of a paged listing. */
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
