import { createHash } from "node:crypto";
import type { Naming } from "../kinds/kind.ts";

/**
 * Returns the AWS name of a resource whose author wrote no `name:`. The rule is FROZEN: the derived name finds the objects of an earlier
 * run, and the ownership check compares it. A different answer for the same input would orphan live objects.
 *
 *  1. Start with `ENVIRONMENT-NAME`. For a repeated resource, `[0]` becomes `-0` and `[a]` becomes `-a`.
 *  2. Replace characters that AWS does not take with `-`. Use lower case where AWS has only lower case.
 *  3. Replace runs of `-` with one, and remove `-` at both ends: RDS and ELBv2 refuse both.
 *  4. If the name is longer than `naming.max`, cut it to max − 9 and drop a `-` at the cut. Then add `-` and the first 8 hexadecimal
 *     digits of the SHA-256 of the text of step 1.
 */
export function deriveName(environment: string, resourceName: string, naming: Naming): string {
  return fitted(`${environment}-${flatName(resourceName)}`, naming);
}

/**
 * Returns the AWS name for kinds whose names are unique in the whole account. Step 1 is `PROJECT-ENVIRONMENT-NAME-REGION`, because two
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
 * Returns the AWS name for kinds whose names are unique in the whole world. The account follows the result of step 4, so that no cut
 * removes it. FROZEN as well.
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
 * Returns a name that is a field of its own, such as the alias of a key. Step 1 is `PROJECT-ENVIRONMENT-NAME`. Such names are unique in an
 * account and region. FROZEN as well.
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

/** Returns a resource's name for places that allow no brackets: `public[a]` as `public-a`. */
export function flatName(resourceName: string): string {
  return resourceName.replace(/\[([^\]]*)\]$/, "-$1");
}

/** Returns an address for a line of YAML. Brackets begin a list there, so they need quotes. */
export function inYaml(address: string): string {
  return /[[\]]/.test(address) ? `"${address}"` : address;
}

/** Returns why AWS does not take a name that the author wrote, or undefined. */
export function whyNotName(name: string, naming: Naming): string | undefined {
  if (naming.writtenFreely) return naming.whyNot?.(name);
  if (name.length > naming.max) return `it has ${name.length} characters, but AWS allows only ${naming.max}`;
  const bad = forbiddenIn(name, naming.forbidden);
  if (bad !== undefined) return `AWS does not allow ${JSON.stringify(bad)} in it`;
  if (naming.lower && name !== name.toLowerCase()) return "AWS allows no upper-case letters in it";
  return naming.whyNot?.(name);
}

/** Returns a name that AWS takes and that is like a refused one; undefined when there is none. */
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

/** Returns the first character that a pattern forbids, whole: one outside of Unicode's first plane is two units of a string. */
export function forbiddenIn(text: string, forbidden: RegExp): string | undefined {
  const at = text.search(forbidden);
  return at < 0 ? undefined : String.fromCodePoint(text.codePointAt(at)!);
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
}

/** Whether two names are equal in upper and lower case. AWS takes them for one name where `anyCase` is set. */
export function isSameInAnyCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Returns the remark behind a name that another object has in other letter case: for AWS, the two are the same. */
export function inAnyCase(name: string, taken: string): string {
  return name === taken ? "" : ` (for AWS the same name as "${taken}")`;
}
