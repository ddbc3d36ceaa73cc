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

/** Whether the object is to be asked for its tags. `declared`: names of the file, for what was adopted and can bear no mark. */
export function mayBeOurs(name: string, description: string | undefined, scope: Scope, declared: readonly string[] = []): boolean {
  if (declared.includes(name)) return true;
  const found = markIn(description);
  if (found) return found.project === scope.project && found.environment === scope.environment;
  return name.startsWith(`${scope.environment.toLowerCase()}-`);
}

const mark = / ?\(infra ([^/ ()]+)\/([^/ ()]+)(?: ([^ ()]+))?\)$/;
