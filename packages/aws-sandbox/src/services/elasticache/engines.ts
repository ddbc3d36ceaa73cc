/** The sandbox's engines, versions and node types, and time windows in ElastiCache's form. */
import { hash32 } from "../../random.ts";
import { invalidCombination, invalidValue } from "./faults.ts";

/** Versions, the newest first (ElastiCache User Guide, "Supported engines and versions"). */
const versions: Readonly<Record<string, readonly string[]>> = {
  memcached: ["1.6.22", "1.6.17", "1.6.12", "1.6.6", "1.5.16"],
  redis: ["7.1.0", "7.0.7", "6.2.6", "6.0.5", "5.0.6"],
  valkey: ["8.1.0", "8.0.1", "7.2.6"],
};

export function needEngine(name: string): string {
  const engine = name.toLowerCase();
  if (!Object.hasOwn(versions, engine)) throw invalidValue(`Invalid engine name: ${name}`);
  return engine;
}

/** The newest version that begins with the given text; the engine's newest version by default. */
export function resolveVersion(engine: string, asked: string | undefined): string {
  const known = versions[engine]!;
  if (asked === undefined) return known[0]!;
  const prefix = asked.replace(/\.x$/, "");
  const found = known.find((version) => version === prefix || version.startsWith(`${prefix}.`));
  if (!found) throw invalidCombination(`Cannot find version ${asked} for ${engine}`);
  return found;
}

/** The parameter group family of a version. */
export function familyOf(engine: string, version: string): string {
  const [major, minor] = version.split(".");
  if (engine === "memcached") return `memcached${major}.${minor}`;
  if (engine === "valkey") return `valkey${major}`;
  return Number(major) >= 7 ? `redis${major}` : Number(major) === 6 ? "redis6.x" : `redis${major}.${minor}`;
}

export function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < 3; i++) if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) > (right[i] ?? 0);
  return false;
}

export function needNodeType(type: string): string {
  if (!/^cache\.(t[234]g?|m[567]g?|r[567]gd?|c7gn)\.(micro|small|medium|large|\d*xlarge)$/.test(type))
    throw invalidValue(`The cache node type ${type} is not supported.`);
  return type;
}

const daily = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const weekly = /^(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):[0-5]\d-(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):[0-5]\d$/;

/** The maintenance window, of at least an hour (ElastiCache API: "The minimum maintenance window is a 60 minute period"). */
export function maintenanceWindow(id: string, asked: string | undefined): string {
  if (asked === undefined) return `sun:0${hash32(id) % 8}:00-sun:0${(hash32(id) % 8) + 1}:00`;
  const text = asked.toLowerCase();
  if (!weekly.test(text)) throw invalidValue(`Invalid value for PreferredMaintenanceWindow: ${asked}.`);
  if (lengthOf(text) < 60) throw invalidValue("The maintenance window must be at least 60 minutes.");
  return text;
}

export function snapshotWindow(id: string, asked: string | undefined): string {
  if (asked === undefined) return `1${hash32(id, 1) % 8}:00-1${(hash32(id, 1) % 8) + 1}:00`;
  if (!daily.test(asked)) throw invalidValue(`Invalid value for SnapshotWindow: ${asked}.`);
  return asked;
}

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

function lengthOf(window: string): number {
  const [from, to] = window.split("-").map((end) => {
    const [day, hours, minutes] = end.split(":") as [string, string, string];
    return days.indexOf(day) * 1440 + Number(hours) * 60 + Number(minutes);
  }) as [number, number];
  return to > from ? to - from : to - from + 7 * 1440;
}
