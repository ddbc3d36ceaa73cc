/** One account and region in a file: a line that says what it is, then the state. Written beside and renamed, so that it is whole or not there. */
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { RegionState } from "../region-state.ts";
import type { SavedRegion } from "../region-state.ts";
import { SandboxFileError } from "./file-error.ts";

/** The form of the file. A change that older versions cannot read takes the next number. */
const FORMAT = 1;

/** The first line of a file. */
export interface Header {
  readonly format: number;
  readonly account: string;
  readonly region: string;
  /** The hour at which the state stands. */
  readonly now: number;
}

function unusable(path: string, why: string): SandboxFileError {
  return new SandboxFileError(`${path} ${why}.`, "`infra sandbox reset` begins with an empty sandbox");
}

/** What changes whenever the file is written; undefined while there is none. */
export function stampOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

export function writeRegion(path: string, header: Omit<Header, "format" | "now">, state: RegionState): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.tmp`; // one writer at a time: the caller holds the lock
  const first: Header = { format: FORMAT, ...header, now: state.now };
  writeFileSync(beside, `${JSON.stringify(first)}\n`, { mode: 0o600 });
  appendFileSync(beside, JSON.stringify(state)); // of a large state no second copy is made
  appendFileSync(beside, "\n");
  renameSync(beside, path);
}

export function readRegion(path: string): RegionState {
  const text = textOfState(path);
  try {
    return RegionState.from(JSON.parse(text) as SavedRegion);
  } catch (error) {
    throw unusable(path, `cannot be read as a sandbox's state (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** What follows the first line. The bytes are let go with this call: parsing a large state needs much beside it. */
function textOfState(path: string): string {
  const bytes = readFileSync(path);
  const end = bytes.indexOf("\n");
  parseHeader(bytes.toString("utf8", 0, Math.max(0, end)), path);
  return bytes.toString("utf8", end + 1);
}

/** The first line alone, without the state after it. */
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
  if (format !== FORMAT || typeof account !== "string" || typeof region !== "string" || !isMoment(now))
    throw unusable(path, "does not begin like a sandbox's state");
  return { format, account, region, now };
}

/** Undefined where it is no JSON, or no object. */
function parsed(line: string): Partial<Header> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a date can be made of. */
function isMoment(now: unknown): now is number {
  return typeof now === "number" && Math.abs(now) <= 8.64e15;
}
