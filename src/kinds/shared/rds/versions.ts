import { isPostgres, type Engine } from "./engines.ts";

/** Whether a version begins with the declared one: `8.0` matches 8.0 and 8.0.39, but not 8.01, because a prefix ends at a dot. */
function startsWithVersion(actual: string, declared: string): boolean {
  return actual === declared || actual.startsWith(`${declared}.`) || actual.startsWith(`${declared}-`);
}

/** Returns a number below zero when `a` is older. Parts are compared as numbers: 10.11.9 is older than 10.11.10. */
export function compareVersions(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Returns the part of a version that a minor upgrade keeps: two numbers, or one for PostgreSQL (since 10). */
export function majorOf(engine: Engine | undefined, version: string): string {
  return parts(version)
    .slice(0, isPostgres(engine) ? 1 : 2)
    .join(".");
}

/**
 * Whether the running version satisfies the declared one: it has the declared prefix, or is a newer minor version of the same major
 * version. AWS upgrades minor versions by itself, and no database can go back.
 */
export function satisfies(engine: Engine | undefined, actual: string, declared: string): boolean {
  return startsWithVersion(actual, declared) || (isNewer(actual, declared) && majorOf(engine, actual) === majorOf(engine, declared));
}

export function isNewer(actual: string, declared: string): boolean {
  return !startsWithVersion(actual, declared) && compareVersions(actual, declared) > 0;
}

/** Whether the change is a change of the major version. */
export function isMajor(engine: Engine | undefined, was: string, now: string): boolean {
  return majorOf(engine, was) !== majorOf(engine, now);
}

/** Whether `a` is older than `b`. A version is not older than one that it is a prefix of. */
export function isOlder(a: string, b: string): boolean {
  return compareVersions(a, b) < 0 && !startsWithVersion(b, a);
}

function parts(version: string): number[] {
  return version
    .split(/[^0-9]+/)
    .filter(Boolean)
    .map(Number);
}
