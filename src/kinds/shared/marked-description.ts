/**
 * Whose a group of databases or caches, or an alarm is. RDS, ElastiCache and CloudWatch list them without tags and have no filter, and asking for the
 * tags of every one in the account would cost a call each. So the description, which is listed, ends with whose it is, and
 * only those whose description says ours (or says nothing, under a name that we would have given) are asked for their tags.
 * The tags decide, as everywhere. docs/decisions/0011-rds-ownership.md weighs it.
 */
import type { Scope } from "../kind.ts";

/** `Databases of the shop (infra shop/prod)`; with the resource's name where tags cannot always be read: `(infra shop/prod main)`. */
export function markedDescription(text: string, project: string, environment: string, name?: string): string {
  return `${text} (infra ${project}/${environment}${name === undefined ? "" : ` ${name}`})`;
}

/** The description without its mark. */
export function descriptionOf(marked: string | undefined): string {
  return (marked ?? "").replace(mark, "");
}

/** Whose the object is, as its description says. */
export function markIn(
  description: string | undefined,
): { readonly project: string; readonly environment: string; readonly name?: string } | undefined {
  const [, project, environment, name] = mark.exec(description ?? "") ?? [];
  return project === undefined || environment === undefined ? undefined : { project, environment, ...(name !== undefined && { name }) };
}

/** What a listing tells of an object: no tags. */
export interface Listed {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
}

/**
 * Those of a listing that are to be asked for their tags. What was adopted has no mark, because an adoption writes tags and
 * nothing else: it is known by its name in the file, and when it has left the file by the index of tags.
 */
export async function mayBeOurs<T>(all: readonly T[], told: (one: T) => Listed, scope: Scope, kind: string): Promise<T[]> {
  const declared = new Set((scope.namesOf?.(kind) ?? []).map((name) => name.toLowerCase()));
  const verdicts = all.map((one) => verdict(told(one), scope, declared));
  const indexed = verdicts.includes("unknown") && scope.address === undefined ? await scope.indexed?.() : undefined;
  return all.filter((one, i) => verdicts[i] === "ask" || (verdicts[i] === "unknown" && indexed?.has(told(one).arn) === true));
}

function verdict({ name, description }: Listed, scope: Scope, declared: ReadonlySet<string>): "ask" | "leave" | "unknown" {
  if (declared.has(name.toLowerCase())) return "ask";
  const found = markIn(description);
  if (found) return found.project === scope.project && found.environment === scope.environment ? "ask" : "leave";
  return name.startsWith(`${scope.environment.toLowerCase()}-`) ? "ask" : "unknown";
}

/** What an adoption makes of a description: nothing, unless it has a mark already, which may be another's. */
export function remarked(description: string, marked: string): string {
  return markIn(description) ? marked : description;
}

const mark = / ?\(infra ([^/ ()]+)\/([^/ ()]+)(?: ([^ ()]+))?\)$/;
