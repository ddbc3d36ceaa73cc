/** Whether everything is tested, also what takes too long for every change: `TESTS=all npm test`, every night in CI. */
export const isNight = process.env["TESTS"] === "all";

/** Returns the named items by day, and all at night. Throws for an unknown name, because its test would silently not run. */
export function sampleOf<T>(all: readonly T[], byDay: readonly string[], nameOf: (one: T) => string): readonly T[] {
  const names = new Set(all.map(nameOf));
  for (const name of byDay) if (!names.has(name)) throw new Error(`there is no ${name} to take by day`);
  return isNight ? all : all.filter((one) => byDay.includes(nameOf(one)));
}
