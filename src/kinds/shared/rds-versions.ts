import { isPostgres, type Engine } from "./rds-engines.ts";

/** `8.0` agrees with 8.0 and 8.0.39, not with 8.01: a prefix ends at a dot. */
function startsWithVersion(actual: string, declared: string): boolean {
  return actual === declared || actual.startsWith(`${declared}.`) || actual.startsWith(`${declared}-`);
}

/** Less than zero when `a` is older. Numbers compare as numbers: 10.11.9 is older than 10.11.10. */
export function compareVersions(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The part of a version that a minor upgrade keeps: two numbers, for PostgreSQL (since 10) one. */
export function majorOf(engine: Engine | undefined, version: string): string {
  return parts(version)
    .slice(0, isPostgres(engine) ? 1 : 2)
    .join(".");
}

/**
 * Whether what runs satisfies what is declared: within the declared prefix, or a newer minor of the declared major,
 * since AWS upgrades minors by itself and no database ever goes back.
 */
export function satisfies(engine: Engine | undefined, actual: string, declared: string): boolean {
  return startsWithVersion(actual, declared) || (isNewer(actual, declared) && majorOf(engine, actual) === majorOf(engine, declared));
}

export function isNewer(actual: string, declared: string): boolean {
  return !startsWithVersion(actual, declared) && compareVersions(actual, declared) > 0;
}

/** Whether the way from one to the other leads to another major version. */
export function isMajor(engine: Engine | undefined, was: string, now: string): boolean {
  return majorOf(engine, was) !== majorOf(engine, now);
}

/** Whether `a` is older than `b`; a beginning is not older than what begins so. */
export function isOlder(a: string, b: string): boolean {
  return compareVersions(a, b) < 0 && !startsWithVersion(b, a);
}

function parts(version: string): number[] {
  return version
    .split(/[^0-9]+/)
    .filter(Boolean)
    .map(Number);
}
