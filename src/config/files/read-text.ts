/** Reads one file's text, or says why there is none. Nothing here waits without an end: a pipe that nobody writes into is an error. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { Code } from "../../diag/codes.ts";
import { isBinary, textOfBytes } from "../../resource/binary.ts";
import { reasonOf } from "../../diag/system-error.ts";

export type Answer = { readonly text: string } | Refused;

interface Refused {
  readonly code: Code;
  readonly why: string;
  readonly hint?: string;
  /** The text read byte for byte, and the wrong byte, when it is known. */
  readonly bad?: { readonly text: string; readonly at: number };
}

/** The kinds of file that are read. Only a name that was typed may be that of a pipe, as in `--var-file <(command)`. */
export interface Reading {
  readonly limit: number;
  readonly mayBePipe: boolean;
  /** A binary file is accepted and returned as it is. */
  readonly mayBeBinary?: boolean;
}

export function readText(path: string, reading: Reading): Answer {
  if (path.includes("\0")) return { code: "file-not-found", why: "cannot be a file name: it contains a NUL character" };
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // without this flag, opening a pipe waits for a writer
    try {
      return readOpen(file, reading);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { code: "file-not-found", why: "does not exist" };
    if (code === undefined) throw error;
    return { code: "file-unreadable", why: `cannot be read: ${reasonOf(error as Error)}` };
  }
}

function readOpen(file: number, { limit, mayBePipe, mayBeBinary }: Reading): Answer {
  const stat = fstatSync(file);
  const tooLarge = (size: string): Answer => ({ code: "file-too-large", why: `has ${size}; infra reads at most ${megabytes(limit)}` });
  if (stat.isFIFO() && mayBePipe) {
    const bytes = readPipe(file, limit);
    if (bytes === undefined)
      return { code: "file-unreadable", why: `cannot be read: nothing was written to this pipe for ${pipeTimeout / 1000} seconds` };
    return bytes.length > limit ? tooLarge(`more than ${megabytes(limit)}`) : decode(bytes);
  }
  if (!stat.isFile()) return { code: "file-unreadable", why: stat.isDirectory() ? "is a folder, not a file" : "is not a regular file" };
  return stat.size > limit ? tooLarge(megabytes(stat.size)) : decode(readFileSync(file), mayBeBinary);
}

/** The time for which a pipe may be silent. Signals are not handled meanwhile. */
const pipeTimeout = 20_000;
const pause = 10;

/** Reads all that is written into a pipe, up to a little more than the limit; undefined when nothing comes. */
function readPipe(file: number, limit: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let size = 0;
  for (let silent = 0; silent < pipeTimeout && size <= limit;) {
    const chunk = Buffer.alloc(64 * 1024);
    const length = readSome(file, chunk);
    if (length === 0 && size > 0) return Buffer.concat(chunks);
    if (length === 0 && silent >= pause * 100) return Buffer.alloc(0); // a writer that was waiting has opened the pipe by now
    if (length !== undefined && length > 0) {
      chunks.push(chunk.subarray(0, length));
      size += length;
      silent = 0;
    } else {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
      silent += pause;
    }
  }
  return size > limit ? Buffer.concat(chunks) : undefined;
}

/** Reads what is there; undefined while the writer has written nothing. */
function readSome(file: number, into: Buffer): number | undefined {
  try {
    return readSync(file, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}

function decode(bytes: Buffer, mayBeBinary = false): Answer {
  const isTaken = mayBeBinary && isBinary(textOfBytes(bytes));
  if (isMarkedUtf16(bytes) || (!isTaken && isLikeUtf16(bytes)))
    return { code: "file-not-text", why: "is UTF-16, but must be UTF-8", hint: asUtf8 };
  if (isTaken) return { text: textOfBytes(bytes) };
  if (bytes.includes(0)) return { code: "file-not-text", why: "is binary, not text" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.trim() === "" ? { code: "file-empty", why: "is empty" } : { text };
  } catch {
    const at = firstBadByte(bytes);
    const letter = new TextDecoder("windows-1252").decode(bytes.subarray(at, at + 1));
    return {
      code: "file-not-text",
      why: `is not UTF-8: the byte 0x${bytes[at]!.toString(16).toUpperCase()} is here, which is ${letter} in the encoding of older Windows programs`,
      hint: "save the file as UTF-8",
      bad: { text: bytes.toString("latin1"), at },
    };
  }
}

const asUtf8 = "save it as UTF-8; in PowerShell, write `… | Out-File -Encoding utf8 FILE` instead of `… > FILE`";

function isMarkedUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Whether every other byte is zero, as in UTF-16 text without its mark. */
function isLikeUtf16(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 64);
  const isZero = (odd: number) => start.every((byte, i) => (byte === 0) === (i % 2 === odd));
  return start.length > 1 && (isZero(0) || isZero(1));
}

/** Returns the position of the first byte that is not UTF-8. Up to it, the decoded text has the same bytes. */
function firstBadByte(bytes: Buffer): number {
  const read = Buffer.from(bytes.toString("utf8"));
  let at = 0;
  while (at < bytes.length - 1 && read[at] === bytes[at]) at++;
  return at;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 1)} MiB`;
}
