/** Versions of Valkey, Redis OSS and Memcached, as authors and AWS write them. */

function partsOf(version: string): number[] {
  return version
    .split(".")
    .filter((part) => part !== "x")
    .map(Number);
}

/**
 * Whether what runs is what was asked for. From Redis OSS 6 on, AWS answers with a patch level that nobody can ask for, and
 * installs newer ones by itself: only what stands before it counts.
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

/** The family of parameter groups for a version, where the version says enough (ElastiCache API, CreateCacheParameterGroup). */
export function familyOf(engine: string, version: string | undefined): string | undefined {
  const [major, minor] = version?.split(".") ?? [];
  if (major === undefined) return undefined;
  if (engine === "valkey") return `valkey${major}`;
  if (engine === "memcached") return minor === undefined ? undefined : `memcached${major}.${minor}`;
  if (Number(major) >= 7) return `redis${major}`;
  if (Number(major) === 6) return "redis6.x";
  return minor === undefined ? undefined : `redis${major}.${minor}`;
}
