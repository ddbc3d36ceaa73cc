import { createHash } from "node:crypto";
import type { Naming } from "../kinds/kind.ts";

/**
 * What AWS calls a resource whose author wrote no `name:`. The rule is FROZEN: a derived name finds what an earlier run
 * made and the ownership check compares it, so a different answer for the same input would orphan live objects.
 *
 *  1. `ENVIRONMENT-NAME`; a repeated one's `[0]` becomes `-0`, and `[a]` becomes `-a`.
 *  2. Characters that AWS does not take there become `-`; lower case where AWS has only that.
 *  3. Runs of `-` become one, and none stands at an end: RDS and ELBv2 refuse both.
 *  4. Longer than `naming.max`: cut to max − 9, a `-` at the cut dropped, then `-` and the first 8 hexadecimal digits of
 *     the SHA-256 of step 1's text.
 */
export function deriveName(environment: string, resourceName: string, naming: Naming): string {
  return fitted(`${environment}-${flatName(resourceName)}`, naming);
}

/**
 * The same for kinds whose names are unique in the whole account: `PROJECT-ENVIRONMENT-NAME-REGION` in step 1, because two
 * projects, environments or regions may share an account. FROZEN as well.
 */
export function deriveAccountName(
  { project, environment, region }: { readonly project: string; readonly environment: string; readonly region: string },
  resourceName: string,
  naming: Naming,
): string {
  return fitted(`${project}-${environment}-${flatName(resourceName)}-${region}`, naming);
}

/**
 * The same for kinds whose names are unique in the whole world: the account follows what step 4 left, so that no cut takes it away.
 * FROZEN as well.
 */
export function deriveWorldName(
  around: { readonly project: string; readonly environment: string; readonly region: string; readonly account: string },
  resourceName: string,
  naming: Naming,
): string {
  const end = `-${around.account}`;
  return `${deriveAccountName(around, resourceName, { ...naming, max: naming.max - end.length })}${end}`;
}

/**
 * The same for names that are a field of their own, such as the alias of a key: `PROJECT-ENVIRONMENT-NAME` in step 1. They are
 * unique in an account and region. FROZEN as well.
 */
export function deriveProjectName(
  { project, environment }: { readonly project: string; readonly environment: string },
  resourceName: string,
  naming: Naming,
): string {
  return fitted(`${project}-${environment}-${flatName(resourceName)}`, naming);
}

function fitted(full: string, naming: Naming): string {
  const cased = naming.lower ? full.toLowerCase() : full;
  const clean = cased.replace(everywhere(naming.forbidden), "-").replace(/-{2,}/g, "-").replace(/^-|-$/g, "");
  if (clean.length <= naming.max) return clean;
  const digest = createHash("sha256").update(full).digest("hex").slice(0, 8);
  return `${clean.slice(0, naming.max - 9).replace(/-$/, "")}-${digest}`;
}

/** A resource's name where brackets cannot stand: `public[a]` as `public-a`. */
export function flatName(resourceName: string): string {
  return resourceName.replace(/\[([^\]]*)\]$/, "-$1");
}

/** An address for a line of YAML: brackets begin a list there, and need quotes. */
export function inYaml(address: string): string {
  return /[[\]]/.test(address) ? `"${address}"` : address;
}

/** What is wrong with a name that the author wrote, or undefined. */
export function whyNotName(name: string, naming: Naming): string | undefined {
  if (naming.writtenFreely) return naming.whyNot?.(name);
  if (name.length > naming.max) return `it has ${name.length} characters and AWS takes ${naming.max}`;
  const bad = everywhere(naming.forbidden).exec(name)?.[0];
  if (bad !== undefined) return `AWS does not take ${JSON.stringify(bad)} in it`;
  if (naming.lower && name !== name.toLowerCase()) return "AWS knows it in lower case only";
  return naming.whyNot?.(name);
}

/** A name like one that AWS refuses that it would take; undefined where it takes none that is like it. */
export function fittingName(name: string, naming: Naming): string | undefined {
  const dashed = (text: string) =>
    text
      .replace(everywhere(naming.forbidden), "-")
      .slice(0, naming.max)
      .replace(/^-+|-+$/g, "");
  return [name.toLowerCase(), dashed(name.toLowerCase()), dashed(name)].find(
    (text) => text !== "" && whyNotName(text, naming) === undefined,
  );
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
}

/** Whether AWS takes two names for one where it tells no upper from lower case (`anyCase`). */
export function isSameInAnyCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Behind a name that another holds in other letters: why that is the same one. */
export function inAnyCase(name: string, taken: string): string {
  return name === taken ? "" : ` (to AWS the same as "${taken}")`;
}
