/** A lock between processes: a file that only one of them can create. A process holds it for one batch of calls, so the wait is short. */
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { SandboxFileError } from "./file-error.ts";

/** Another process kept the lock for too long. */
export class LockError extends SandboxFileError {
  constructor(path: string, holder: Holder | undefined) {
    const who = holder ? `process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}` : "another process";
    super(`the sandbox is in use by ${who}, which does not let go of it.`, `when that process is gone, delete ${path}`);
  }
}

/** Runs `work` while this process holds the lock. Blocks for at most `timeout` milliseconds. Takes over the lock of a dead holder. */
export function withLock<T>(path: string, timeout: number, work: () => T): T {
  const until = performance.now() + timeout;
  while (!create(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && isDead(holder)) takeOver(path, holder);
    else if (performance.now() > until) throw new LockError(path, holder);
    else pause(1);
  }
  try {
    return work();
  } finally {
    unlinkSync(path);
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

const ME = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder);

function create(path: string): boolean {
  try {
    const file = openSync(path, "wx");
    writeSync(file, ME);
    closeSync(file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** The holder of the lock. Undefined when the lock has just been released, or the holder has not yet written its name. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    if (error instanceof SyntaxError)
      return statSync(path, { throwIfNoEntry: false }) && isOld(path) ? { pid: 0, host: hostname() } : undefined;
    throw error;
  }
}

/**
 * Takes the lock from a dead holder. Two processes may see the same dead holder: only the one that creates the second lock removes the
 * first, after it has read it again.
 */
function takeOver(path: string, dead: Holder): void {
  const second = `${path}.takeover`;
  if (!create(second)) {
    if (isOld(second)) remove(second);
    return pause(1);
  }
  try {
    const holder = readHolder(path);
    if (holder?.pid === dead.pid && holder.host === dead.host) remove(path);
  } finally {
    remove(second);
  }
}

/** A holder writes its name, and a take-over ends, in far less time than this (milliseconds). */
const OLD = 5_000;

function isOld(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && performance.timeOrigin + performance.now() - stat.mtimeMs > OLD;
}

function isDead({ pid, host }: Holder): boolean {
  if (host !== hostname()) return false;
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isCode(error, "ESRCH");
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
