/**
 * Whose a database's group or an alarm is. RDS and CloudWatch list them without tags and have no filter, and asking for the
 * tags of every one in the account would cost a call each. So the description, which is listed, ends with whose it is, and
 * only those whose description says ours (or says nothing, under a name that we would have given) are asked for their tags.
 * The tags decide, as everywhere. docs/decisions/0011-rds-ownership.md weighs it.
 */
import type { Scope } from "../kind.ts";

/** `Databases of the shop (infra shop/prod)`. */
export function markedDescription(text: string, project: string, environment: string): string {
  return `${text} (infra ${project}/${environment})`;
}

/** The description without its mark. */
export function descriptionOf(marked: string | undefined): string {
  return (marked ?? "").replace(mark, "");
}

/** Whether the object is to be asked for its tags. `declared`: names of the file, for what was adopted and can bear no mark. */
export function mayBeOurs(name: string, description: string | undefined, scope: Scope, declared: readonly string[] = []): boolean {
  if (declared.includes(name)) return true;
  const found = mark.exec(description ?? "");
  if (found) return found[1] === scope.project && found[2] === scope.environment;
  return name.startsWith(`${scope.environment.toLowerCase()}-`);
}

const mark = / ?\(infra ([^/ ()]+)\/([^/ ()]+)\)$/;
