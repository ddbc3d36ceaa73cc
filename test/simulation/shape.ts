/**
 * The content of a state in a form in which two histories with the same result look the same: ids are replaced by what they name, and times
 * and drawn values are left out.
 */
import { createHash } from "node:crypto";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import type { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { isMadeTag, marksIn } from "../../src/resource/made-marks.ts";
import { account } from "../support/past-the-wire.ts";

/** "ec2.vpcs vpc-1": the records that existed before ours, with their content. */
export type Unmanaged = ReadonlyMap<string, string>;

interface Stored {
  readonly key: string;
  readonly id: string;
  readonly table: string;
  readonly value: object;
}

/** Separates the records from the links between them. */
export const links = "\nlinks:\n";

/**
 * Returns all records of a state, one line each, sorted and without ids and times; then the same with the records that each refers to.
 * Records that linger first get time to disappear.
 */
export async function shapeOf(state: SandboxState, at: number, unmanaged: Unmanaged = new Map()): Promise<string> {
  const copy = state.copy();
  await letTimePass(copy, at + 6 * 3_600_000);
  const records = recordsOf(copy).filter(({ key }) => !unmanaged.has(key));
  const drawn = drawnIn(records);
  const namesOf = (i: number) => [records[i]!.id, ...drawn[i]!];
  const labels = new Map<string, string>(records.flatMap((_record, i) => namesOf(i).map((name) => [name, "?"] as const)));
  let plain = "";
  let linked = "";
  for (let round = 0; round < 3; round++) {
    const lines = records.map(({ table, value }) => `${table} ${canonical(value, labels)}`);
    for (const [i, line] of lines.entries())
      for (const name of namesOf(i)) labels.set(name, `<${createHash("sha1").update(line).digest("base64").slice(0, 8)}>`);
    linked = lines.sort().join("\n");
    if (round === 0) plain = linked;
  }
  return plain + links + linked;
}

/**
 * Returns the values that AWS drew for objects of types, for each object its own. An identifier of several parts begins or ends with the
 * values of others.
 */
function drawnIn(records: readonly Stored[]): string[][] {
  const parts = records.map(({ table, value }) =>
    table === "cloudcontrol.objects" ? String((value as { id?: string }).id).split("|") : [],
  );
  const whole = new Set(parts.flatMap((some) => (some.length === 1 ? some : [])));
  return parts.map((some) => some.filter((part) => drawnId.test(part) && (some.length === 1 || !whole.has(part))));
}

/** Returns the first change of the objects of others. */
export function harmTo(unmanaged: Unmanaged, state: SandboxState): string | undefined {
  const now = new Map(recordsOf(state).map(({ key, value }) => [key, JSON.stringify(value)]));
  for (const [key, text] of unmanaged) if (now.get(key) !== text) return `${key} was ${text}\n  and is ${now.get(key) ?? "gone"}`;
  return undefined;
}

/** Returns everything that exists now, as objects of others for the runs that follow. */
export function unmanagedIn(state: SandboxState): Unmanaged {
  return new Map(recordsOf(state).map(({ key, value }) => [key, JSON.stringify(value)]));
}

/** Lets time pass until `at`, with everything that is due. */
export async function letTimePass(state: SandboxState, at: number): Promise<void> {
  const sandbox = createSandbox({ clock: new VirtualClock(at), state });
  for (const key of state.regions.keys())
    await sandbox.call({ service: "ec2", operation: "DescribeAvailabilityZones", account, region: key.split("/")[1]!, input: {} });
}

/** Returns the difference of two shapes: records that differ, or if there are none, records whose links differ. */
export function difference(expected: string, have: string): string {
  const isPlain = expected.split(links)[0] !== have.split(links)[0];
  const [expectedLines, lines] = [expected, have].map((shape) => shape.split(links)[isPlain ? 0 : 1]!.split("\n")) as [string[], string[]];
  const missing = without(expectedLines, lines);
  const extra = without(lines, expectedLines);
  return [
    ...missing.map((line, i) => `  - ${whereTheyPart(line, extra[i])}`),
    ...extra.map((line, i) => `  + ${whereTheyPart(line, missing[i])}`),
  ].join("\n");
}

/** Returns a long record from the place where it begins to differ from the other. */
function whereTheyPart(line: string, other = ""): string {
  let same = 0;
  while (same < other.length && line[same] === other[same]) same++;
  const from = same > 200 ? same - 60 : 0;
  return from > 0 ? `${line.slice(0, 60)} … ${line.slice(from, from + 340)}` : line.slice(0, 400);
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** Tables that hold calls and times, not objects. Separate tests cover the lease and the applied history. */
const memories =
  /tokens|counters|settings|draws|history|deleted|activities|^cloudcontrol\.requests$|^ec2\.(images|snapshots|dhcpOptions)$/i;

function recordsOf(state: SandboxState): Stored[] {
  const records: Stored[] = [];
  for (const region of state.regions.values())
    // Always in the same order, whichever table was written first: among several records with one id, the last one gives the id its label.
    for (const [table, entries] of Object.entries(region.toJSON().tables).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (memories.test(table)) continue;
      for (const [id, value] of entries)
        if (!/\/lease\/|\/(repairs|kinds)$/.test(id)) records.push({ key: `${table} ${id}`, id, table, value: inForce(value as object) });
    }
  return records;
}

/** Returns the version in force of an object with versions, because the number of earlier versions depends on the number of changes. */
function inForce(value: object): object {
  const { versions, defaultVersion } = value as { versions?: Record<string, unknown>; defaultVersion?: number };
  return versions && defaultVersion !== undefined ? { ...value, versions: versions[defaultVersion] } : value;
}

/** Returns a record without the order of its lists and members, and without ranges that were removed. */
function canonical(value: unknown, labels: ReadonlyMap<string, string>): string {
  if (typeof value === "string") return withLabels(value, labels);
  if (typeof value === "number") return value > 1e9 ? "<hour>" : String(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value))
    return `[${value
      .filter((item) => (item as { goneAt?: unknown } | null)?.goneAt === undefined)
      .filter((item) => !passing.has((item as { readonly Key?: string } | null)?.Key ?? "")) // tags of objects that Cloud Control makes
      .map((item) => canonical(item, labels))
      .sort()
      .join(", ")}]`;
  const members = Object.entries(value).filter(([key]) => !passing.has(key));
  return `{${members
    .map(([key, item]) => `${withLabels(key, labels)}: ${isMadeTag(key) ? countMarks(item) : canonical(item, labels)}`)
    .sort()
    .join(", ")}}`;
}

/** Marks are hashes of keys with drawn ids, so only the number of marked entries counts. */
function countMarks(value: unknown): string {
  return `${marksIn({ "infra:made-1": String(value) }).size} marks`;
}

/**
 * Members that tell the history of an object and not its state: the number of instance refreshes of an Auto Scaling group or of lowered
 * capacities of a load balancer, and the windows that RDS draws where none is written.
 */
const passing = new Set([
  "infra:token",
  "clientToken",
  "token",
  "reference",
  "digest",
  "sealed",
  "passwordHash",
  "resourceId",
  // Every run generates another key. Separate tests check that the two halves fit.
  "publicKey",
  "fingerprint",
  "nextHost",
  "launchIndex",
  "order",
  "version",
  "backupWindow",
  "maintenanceWindow",
  "preferredWindow",
  "turn",
  "modification",
  "modifiedAt",
  "launchedAt",
  "startedAt",
  "activity",
  "heldBy",
  "heldUntil",
  "refreshes",
  "lowered",
  "defaultVersion",
  "latestVersion",
  "lastVersion",
  "aws:ec2launchtemplate:version",
]);

/** Ids of API Gateway, and statement ids in a function's policy. */
const drawnId = /^(?:[0-9a-f]{6,10}|statement-[0-9a-f]{32})$/;

const idLike =
  /arn:aws:[^"\s]+|\b[0-9a-f]{16}\b|\b(?:vpc-cidr-assoc|[a-z]+(?:-[a-z]+)?)-0?[0-9a-f]{16,17}\b|db-0[A-Z0-9]{20,}|\bZ[0-9A-F]{17}\b|\bE[0-9A-F]{12,13}\b|\bA(?:IPA|NPA|ROA)[0-9A-F]{17}\b/g;

/** Replaces ids with their labels, and leaves out times, drawn addresses, and the suffix in the name of a replacement. */
function withLabels(text: string, labels: ReadonlyMap<string, string>): string {
  if (text.length < 6 || !/[\d:-]/.test(text)) return text;
  return text
    .replace(idLike, (id) => labels.get(id) ?? "<id>")
    .replace(/\bstatement-[0-9a-f]{32}\b|\b[0-9a-f]{6,10}\b/g, (id) => labels.get(id) ?? id)
    .replace(/\bA(?:IPA|NPA|ROA)[0-9A-Z]{17}\b/g, "<unique id>")
    .replace(/\bd[0-9a-f]{13}(?=\.cloudfront\.net)/g, "<drawn>")
    .replace(/ns-\d+\.awsdns-\d+[a-z.]*/g, "<name server>")
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/-[0-9a-f]{6}(?=$|\/)|-[0-9a-f]{10,12}(?=$|-\d$)/g, "")
    .replace(/-\d{6,10}(?=\.[a-z0-9-]+\.elb\.amazonaws)/, "-<drawn>")
    .replace(/\d{4}-\d\d-\d\d[T-][\d:.-]+Z?|\b\d{12,}\b/g, "<hour>")
    .replace(/\b\d+[.-]\d+[.-]\d+[.-]\d+\b(?!\/)/g, "<ip>")
    .replace(/^[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}$/, "<ip>")
    .replace(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/, "<mac>");
}
