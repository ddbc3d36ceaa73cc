/**
 * One account and region in a file: a header line, the records in lines of a thousand each, and the rest of the state in the last line. So
 * a large state is never in memory as one text. A new file is written beside the old one and renamed, so it is either complete or absent.
 */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { RegionState } from "../region-state.ts";
import type { SavedRegion } from "../region-state.ts";
import { SandboxFileError } from "./file-error.ts";

/**
 * The version of the file format. A change that older versions cannot read takes the next number. In
 * version 1, the last line held everything.
 */
const FORMAT = 2;

/** The number of records in a line. */
const MANY = 1000;

/** The first line of a file. */
export interface Header {
  readonly format: number;
  readonly account: string;
  readonly region: string;
  /** The time of the state. */
  readonly now: number;
}

function unusable(path: string, why: string): SandboxFileError {
  return new SandboxFileError(`${path} ${why}.`, "`infra sandbox reset` begins with an empty sandbox");
}

/** A text that changes with every write of the file; undefined while there is no file. */
export function stampOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

export function writeRegion(path: string, header: Omit<Header, "format" | "now">, state: RegionState): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.tmp`; // one writer at a time: the caller holds the lock
  const first: Header = { format: FORMAT, ...header, now: state.now };
  const file = openSync(beside, "w", 0o600);
  try {
    for (const line of [first, ...linesOf(state)]) writeFileSync(file, `${JSON.stringify(line)}\n`);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

/**
 * The last line. `counts` is the number of records in the lines before it, by table, so that a lost
 * record is noticed. Older files have no counts.
 */
type Rest = SavedRegion & { readonly counts?: Readonly<Record<string, number>> };

type Records = readonly [table: string, records: SavedRegion["tables"][string]];

function linesOf(state: RegionState): (Records | Rest)[] {
  const saved = state.toJSON();
  const records = Object.entries(saved.tables).flatMap(([table, all]) =>
    Array.from({ length: Math.ceil(all.length / MANY) }, (_, i): Records => [table, all.slice(i * MANY, (i + 1) * MANY)]),
  );
  return [...records, { ...saved, tables: {}, counts: state.sizes() }];
}

export function readRegion(path: string): RegionState {
  const bytes = readFileSync(path);
  const end = bytes.indexOf("\n");
  parseHeader(bytes.toString("utf8", 0, Math.max(0, end)), path);
  try {
    return RegionState.from(regionIn([...linesIn(bytes, end + 1)]));
  } catch (error) {
    throw unusable(path, `cannot be read as a sandbox's state: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The state from the lines after the first. */
function regionIn(lines: readonly unknown[]): SavedRegion {
  const last = lines.at(-1);
  if (!isRest(last)) throw new Error("it ends too early");
  const tables = new Map<string, SavedRegion["tables"][string][number][]>();
  const parts = [...lines.slice(0, -1), ...Object.entries(last.tables)];
  for (const [i, part] of parts.entries()) {
    if (!isPart(part)) throw new Error(`there is more, or less, than records in line ${Math.min(i, lines.length - 1) + 2}`);
    const [table, records] = part;
    const all = tables.get(table) ?? [];
    for (const record of records) all.push(record);
    tables.set(table, all);
  }
  for (const table of new Set([...Object.keys(last.counts ?? {}), ...(last.counts ? tables.keys() : [])])) {
    const [read, written] = [tables.get(table)?.length ?? 0, last.counts![table] ?? 0];
    if (read !== written) throw new Error(`${written} records of ${table} were written, and ${read} are there`);
  }
  return { ...last, tables: Object.fromEntries(tables) };
}

function isRest(line: unknown): line is Rest {
  if (typeof line !== "object" || line === null || Array.isArray(line) || !("tables" in line)) return false;
  return typeof line.tables === "object" && (!("counts" in line) || (typeof line.counts === "object" && line.counts !== null));
}

function isPart(line: unknown): line is Records {
  if (!Array.isArray(line) || line.length !== 2) return false;
  const [table, records] = line as readonly unknown[];
  return typeof table === "string" && Array.isArray(records) && records.every(isRecord);
}

function isRecord(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "object" && value[1] !== null;
}

function* linesIn(bytes: Buffer, from: number): Generator<unknown> {
  let line = 1;
  for (let start = from, end: number; start < bytes.length; start = end + 1) {
    end = bytes.indexOf("\n", start);
    if (end < 0) end = bytes.length;
    line++;
    try {
      yield JSON.parse(bytes.toString("utf8", start, end));
    } catch (error) {
      throw new Error(end === bytes.length ? `it ends too early, in line ${line}` : `there are no records in line ${line}`, {
        cause: error,
      });
    }
  }
}

/** Reads the header line alone, without the state after it. */
export function readHeader(path: string): Header {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(512);
    const length = readSync(file, start);
    return parseHeader(start.toString("utf8", 0, length).split("\n", 1)[0]!, path);
  } finally {
    closeSync(file);
  }
}

function parseHeader(line: string, path: string): Header {
  const header = parsed(line);
  if (typeof header?.format === "number" && header.format > FORMAT)
    throw unusable(path, `was written by a newer version of infra (format ${header.format}, this one reads ${FORMAT})`);
  const { format, account, region, now } = header ?? {};
  if (typeof format !== "number" || format < 1 || typeof account !== "string" || typeof region !== "string" || !isMoment(now))
    throw unusable(path, "does not begin like a sandbox's state");
  return { format, account, region, now };
}

/** The object in a line; undefined when the line is not JSON or not an object. */
function parsed(line: string): Partial<Header> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is a valid time for a Date. */
function isMoment(now: unknown): now is number {
  return typeof now === "number" && Math.abs(now) <= 8.64e15;
}
