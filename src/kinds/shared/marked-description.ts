/**
 * The owner of a subnet group or parameter group, a cache or an alarm, in its description. RDS, ElastiCache and CloudWatch list these
 * without tags and have no filter by tag, and reading the tags of every one would cost a call each. So the description, which is listed,
 * ends with the owner. Only objects whose description names us (or names nobody, under a name that we would have given) are asked for their
 * tags. As everywhere, the tags decide (docs/decisions/0011-rds-ownership.md).
 */
import type { Scope } from "../kind.ts";

/**
 * Returns `Databases of the shop (infra shop/prod)`, or with the resource's name where tags cannot always be read:
 * `(infra shop/prod main)`.
 */
export function markedDescription(text: string, project: string, environment: string, name?: string): string {
  return `${text} (infra ${project}/${environment}${name === undefined ? "" : ` ${name}`})`;
}

/** Returns the description without its mark. */
export function descriptionOf(marked: string | undefined): string {
  return (marked ?? "").replace(mark, "");
}

/** Returns the owner that a description names. */
export function markIn(
  description: string | undefined,
): { readonly project: string; readonly environment: string; readonly name?: string } | undefined {
  const [, project, environment, name] = mark.exec(description ?? "") ?? [];
  return project === undefined || environment === undefined ? undefined : { project, environment, ...(name !== undefined && { name }) };
}

/** The part of a listing that is used here. A listing has no tags. */
export interface Listed {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
}

/**
 * Returns the objects of a listing whose tags must be read. An adopted object has no mark, because an adoption writes tags only. It is
 * found by its name in the file, or by the tag index after it has left the file.
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

/** Returns the description that an adoption writes: unchanged, unless it has a mark already, which may name another owner. */
export function remarked(description: string, marked: string): string {
  return markIn(description) ? marked : description;
}

const mark = / ?\(infra ([^/ ()]+)\/([^/ ()]+)(?: ([^ ()]+))?\)$/;
