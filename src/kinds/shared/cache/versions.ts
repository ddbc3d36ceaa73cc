/** Versions of Valkey, Redis OSS and Memcached, as authors and AWS write them. */

function partsOf(version: string): number[] {
  return version
    .split(".")
    .filter((part) => part !== "x")
    .map(Number);
}

/**
 * Whether the running version satisfies the requested one. From Redis OSS 6 on, AWS returns a patch level that nobody can request, and it
 * installs newer patch levels by itself, so only the numbers before it count.
 */
export function satisfies(runs: string, asked: string): boolean {
  const [have, wanted] = [partsOf(runs), partsOf(asked)];
  const counts = have[0]! >= 6 ? wanted.slice(0, 2) : wanted;
  return counts.every((part, i) => part === have[i]);
}

export function isOlder(asked: string, runs: string): boolean {
  const [wanted, have] = [partsOf(asked), partsOf(runs)];
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== have[i]) return wanted[i]! < (have[i] ?? 0);
  return false;
}

/** Returns the family of parameter groups for a version, if the version is precise enough (ElastiCache API, CreateCacheParameterGroup). */
export function familyOf(engine: string, version: string | undefined): string | undefined {
  const [major, minor] = version?.split(".") ?? [];
  if (major === undefined) return undefined;
  if (engine === "valkey") return `valkey${major}`;
  if (engine === "memcached") return minor === undefined ? undefined : `memcached${major}.${minor}`;
  if (Number(major) >= 7) return `redis${major}`;
  if (Number(major) === 6) return "redis6.x";
  return minor === undefined ? undefined : `redis${major}.${minor}`;
}
