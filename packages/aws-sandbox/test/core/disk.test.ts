import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { PutParameterCommand, GetParameterCommand, GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { realClock } from "@plumbline/clock";
import { countRecords, resetFolder, savedRegions } from "../../src/disk/disk-state.ts";
import { SandboxFileError } from "../../src/disk/file-error.ts";
import { LockError, withLock } from "../../src/disk/lock.ts";
import { openSandbox } from "../../src/disk/open.ts";
import type { OpenOptions } from "../../src/disk/open.ts";
import { configFor, failureOf } from "./toys.ts";

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "plumbline-sandbox-")), ".infra", "sandbox");
});
afterEach(() => rmSync(join(dir, "..", ".."), { recursive: true }));

const fileOf = () => join(dir, "123456789012", "eu-west-1.json");

function open(options: Partial<OpenOptions> = {}) {
  const opened = openSandbox({ dir, time: "virtual", ...options });
  const ssm = new SSMClient(configFor(opened.sandbox));
  return {
    ...opened,
    put: (Name: string, Value = "v", Type: "String" | "SecureString" = "String") =>
      ssm.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true })),
    get: async (Name: string) => (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter!.Value,
  };
}

async function namesUnder(path: string): Promise<string[]> {
  const ssm = new SSMClient(configFor(openSandbox({ dir, time: "virtual" }).sandbox));
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(new GetParametersByPathCommand({ Path: path, Recursive: true, NextToken }));
    names.push(...page.Parameters!.map((parameter) => parameter.Name!));
    NextToken = page.NextToken;
  } while (NextToken);
  return names;
}

describe("between two commands", () => {
  test("an answered write is on disk, in a separate file for each account and region", async () => {
    await open().put("/a", "one");
    expect(await open().get("/a")).toBe("one");
    expect(existsSync(fileOf())).toBe(true);
    expect(readdirSync(dir).sort()).toEqual([".gitignore", "123456789012"]);
    expect(statSync(fileOf()).mode & 0o077).toBe(0);
  });

  test("a table of many records is there as a whole, in its order", async () => {
    const { put } = open();
    const names = Array.from({ length: 2001 }, (_, i) => `/p/${i}`);
    await Promise.all(names.map((name) => put(name)));
    expect(countRecords(dir)).toMatchObject([{ tables: { "ssm.parameters": 2001 } }]);
    const before = readFileSync(fileOf(), "utf8").split("\n").slice(1);
    await put("/p/0"); // reads the state and writes again
    await open().put("/p/0");
    const kept = (text: string) => [...text.matchAll(/"(\/p\/\d+)",\{/g)].map(([, name]) => name);
    expect(kept(readFileSync(fileOf(), "utf8"))).toEqual(kept(before.join("\n")));
  });

  test("a file of the first form, whose whole state is one line, is read", async () => {
    await open().put("/a", "one");
    const [first, ...lines] = readFileSync(fileOf(), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    const tables = Object.fromEntries(lines.slice(0, -1) as [string, unknown][]);
    const state = { ...(lines.at(-1) as object), tables };
    writeFileSync(fileOf(), `${JSON.stringify({ ...(first as object), format: 1 })}\n${JSON.stringify(state)}\n`);
    expect(await open().get("/a")).toBe("one");
  });

  test("time continues from the last state, though nothing was written at the end", async () => {
    const first = open();
    await first.put("/a");
    await first.clock.sleep(3_600_000);
    await first.get("/a");
    const reached = first.clock.now();
    first.close();
    expect(open().clock.now()).toBe(reached);
    const real = open({ time: "real" });
    expect(Math.abs(real.clock.now() - reached)).toBeLessThan(2_000);
    const fast = open({ time: 1_000_000 });
    await realClock.sleep(20);
    expect(fast.clock.now() - reached).toBeGreaterThan(10_000_000);
  });

  test("a process that only read, and waited for nothing, writes nothing", async () => {
    await open().put("/a");
    const written = statSync(fileOf(), { bigint: true }).mtimeNs;
    const second = open();
    await second.get("/a");
    await realClock.sleep(5);
    second.close();
    expect(statSync(fileOf(), { bigint: true }).mtimeNs).toBe(written);
  });

  test("writing takes no virtual time, though others sleep", async () => {
    const { clock, put } = open();
    const began = clock.now();
    const sleeper = clock.sleep(3_600_000);
    for (let i = 0; i < 20; i++) await put(`/p/${i}`);
    expect(clock.now()).toBe(began);
    await sleeper;
    expect(clock.now()).toBe(began + 3_600_000);
  });

  test("a secret is in no file", async () => {
    const { put, get } = open();
    await put("/password", "correct-horse", "SecureString");
    await put("/other");
    expect(await get("/password")).toBe("correct-horse");
    expect(readFileSync(fileOf(), "utf8")).not.toContain("correct-horse");
  });

  test("a secret outlives the writes of another process", async () => {
    const one = open();
    await one.put("/password", "correct-horse", "SecureString");
    await open().put("/b");
    expect(await one.get("/password")).toBe("correct-horse");
  });
});

describe("two at once", () => {
  test("each sees the writes of the other", async () => {
    const [one, two] = [open(), open()];
    await one.put("/a", "1");
    await two.put("/a", "2");
    expect(await one.get("/a")).toBe("2");
    await one.put("/b", "3");
    expect(await two.get("/b")).toBe("3");
  });

  test("a reset by one is a reset for all", async () => {
    const one = open();
    await one.put("/a");
    resetFolder(dir);
    expect(await failureOf(one.get("/a"))).toMatchObject({ name: "ParameterNotFound" });
    rmSync(dir, { recursive: true });
    await one.put("/b");
    expect(await open().get("/b")).toBe("v");
  });

  test("calls side by side are written together", async () => {
    const { put } = open();
    await put("/first");
    const before = statSync(fileOf(), { bigint: true }).ino;
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(`/p/${i}`)));
    expect(statSync(fileOf(), { bigint: true }).ino).not.toBe(before);
    expect(await namesUnder("/p")).toHaveLength(20);
  });
});

describe("processes", () => {
  let script: string;
  beforeAll(async () => {
    script = join("node_modules", ".cache", "plumbline-test", "writer.mjs");
    await build({
      entryPoints: ["packages/aws-sandbox/test/core/writer.ts"],
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["@aws-sdk/*", "@smithy/*"],
      outfile: script,
    });
  });

  const start = (prefix: string, count: number, atOnce: number) =>
    spawn(process.execPath, [script, dir, prefix, String(count), String(atOnce)], { stdio: ["ignore", "pipe", "pipe"] });

  test("that write at the same time lose nothing", async () => {
    const codes = await Promise.all([start("/a", 150, 8), start("/b", 150, 1), start("/c", 150, 20)].map(ended));
    expect(codes).toEqual(["exit 0", "exit 0", "exit 0"]);
    expect((await namesUnder("/")).length).toBe(450);
    expect(readdirSync(dir).sort()).toEqual([".gitignore", "123456789012"]);
  });

  test("that are killed lose no answered write, and delay no other process", async () => {
    for (const [prefix, after] of [
      ["/k", 1],
      ["/l", 40],
      ["/m", 90],
    ] as const) {
      const child = start(prefix, 100_000, 10);
      const answered = await killedAfter(child, after);
      const found = new Set(await namesUnder(prefix));
      expect(answered.length).toBeGreaterThanOrEqual(after);
      expect(answered.filter((name) => !found.has(name))).toEqual([]);
      await open().put("/still-works");
    }
  });
});

describe("a file that cannot be used", () => {
  test.each([
    ["nonsense", "does not begin like a sandbox's state"],
    ['{"format":1,"account":"123456789012","region":"eu-west-1","now":5}\n{"tables":', "cannot be read as a sandbox's state"],
    [
      '{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n["ssm.parameters",[]]\n',
      "cannot be read as a sandbox's state: it ends too early.",
    ],
    ['{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n', "it ends too early."],
    ['{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n["ssm.par', "it ends too early, in line 2."],
    ['{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n"ab"\n{"tables":{}}', "than records in line 2."],
    [
      '{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n["a",[]]\n["a",[["x"]]]\n{"tables":{}}',
      "than records in line 3.",
    ],
    ['{"format":1,"account":"123456789012","region":"eu-west-1","now":5}\n{"tables":{"a":[],"b":5}}', "than records in line 2."],
    [
      '{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n["a",[["x",{}]]]\n{"tables":{},"counts":{"a":1001}}',
      "cannot be read as a sandbox's state: 1001 records of a were written, and 1 are there.",
    ],
    [
      '{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n["a",[["x",{}]]]\n["a",[["x",{}]]]\n{"tables":{},"counts":{"a":1}}',
      "1 records of a were written, and 2 are there.",
    ],
    ['{"format":3,"now":5}\n{}', "was written by a newer version of infra (format 3, this one reads 2)"],
  ])("%j", async (text, why) => {
    mkdirSync(join(fileOf(), ".."), { recursive: true });
    const opened = open();
    writeFileSync(fileOf(), text);
    const error = await failureOf(opened.get("/a"));
    expect(error).toMatchObject({ name: "SandboxFileError", message: expect.stringContaining(why) });
    expect(error.message).toContain(fileOf());
    expect(error).toMatchObject({ hint: expect.stringContaining("infra sandbox reset") });
    expect(resetFolder(dir)).toBe(1);
    await opened.put("/a");
    expect(await opened.get("/a")).toBe("v");
  });

  test("is one that lost any of its lines, or has any twice", async () => {
    const { put } = open();
    await Promise.all(Array.from({ length: 2001 }, (_, i) => put(`/p/${i}`)));
    const lines = readFileSync(fileOf(), "utf8").split("\n").slice(0, -1);
    expect(lines).toHaveLength(5);
    for (let lost = 0; lost < lines.length; lost++) {
      const rest = lines.filter((_, i) => i !== lost).join("\n");
      writeFileSync(fileOf(), `${rest}\n`);
      expect(() => countRecords(dir), `without line ${lost + 1}`).toThrow(SandboxFileError);
      writeFileSync(fileOf(), `${lines.toSpliced(lost, 0, lines[lost]!).join("\n")}\n`);
      expect(() => countRecords(dir), `with line ${lost + 1} twice`).toThrow(SandboxFileError);
    }
  });

  test("is none that was written before records were counted", () => {
    mkdirSync(join(fileOf(), ".."), { recursive: true });
    writeFileSync(
      fileOf(),
      '{"format":2,"account":"123456789012","region":"eu-west-1","now":5}\n["a",[["x",{}]]]\n{"tables":{},"pending":[],"born":[],"tagged":[]}\n',
    );
    expect(countRecords(dir)).toMatchObject([{ tables: { a: 1 } }]);
  });

  test("is reported when the sandbox is opened, too", () => {
    mkdirSync(join(fileOf(), ".."), { recursive: true });
    writeFileSync(fileOf(), "nonsense");
    expect(() => open()).toThrow(/does not begin like/);
  });
});

test("a reset leaves files alone that are not the sandbox's", async () => {
  await open().put("/a");
  writeFileSync(join(dir, "notes.txt"), "mine");
  mkdirSync(join(dir, "elsewhere"));
  writeFileSync(join(dir, "elsewhere", "x.json"), "{}");
  expect(savedRegions(dir)).toMatchObject([{ account: "123456789012", region: "eu-west-1" }]);
  expect(countRecords(dir)).toMatchObject([{ account: "123456789012", region: "eu-west-1", tables: { "ssm.parameters": 1 } }]);
  resetFolder(dir);
  expect(savedRegions(dir)).toEqual([]);
  expect(existsSync(join(dir, "notes.txt")) && existsSync(join(dir, "elsewhere", "x.json"))).toBe(true);
});

describe("the lock", () => {
  const lock = () => join(dir, "lock");
  beforeEach(() => mkdirSync(dir, { recursive: true }));

  test("of a living process is waited for, then named in an error", () => {
    writeFileSync(lock(), JSON.stringify({ pid: process.ppid, host: hostname() }));
    const began = performance.now();
    const attempt = () => withLock(lock(), 50, () => "in");
    expect(attempt).toThrow(LockError);
    expect(attempt).toThrow(new RegExp(`in use by process ${process.ppid}, `));
    expect(performance.now() - began).toBeGreaterThan(90);
  });

  test("of another machine is never taken for dead", () => {
    writeFileSync(lock(), JSON.stringify({ pid: 1, host: "elsewhere" }));
    expect(() => withLock(lock(), 20, () => "in")).toThrow(/process 1 on elsewhere/);
  });

  test("of a dead process is taken over", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await ended(child);
    writeFileSync(lock(), JSON.stringify({ pid: child.pid, host: hostname() }));
    expect(withLock(lock(), 1_000, () => "in")).toBe("in");
    expect(existsSync(lock())).toBe(false);
  });

  test("of a process that died before it wrote its name is taken over when it is old", () => {
    writeFileSync(lock(), "");
    expect(() => withLock(lock(), 20, () => "in")).toThrow(LockError);
    utimesSync(lock(), new Date(0), new Date(0));
    expect(withLock(lock(), 1_000, () => "in")).toBe("in");
  });

  test("is given back when the work fails", () => {
    expect(() =>
      withLock(lock(), 20, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(existsSync(lock())).toBe(false);
  });
});

function ended(child: ChildProcess): Promise<string> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout?.resume();
  return new Promise((resolve) =>
    child.on("close", (code, signal) => resolve(signal ?? (code === 0 ? "exit 0" : `exit ${code}: ${errors}`))),
  );
}

/** Kills the process as soon as it has printed `lines` lines, and returns everything that it printed. */
async function killedAfter(child: ChildProcess, lines: number): Promise<string[]> {
  let text = "";
  child.stdout!.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split("\n").length > lines) child.kill("SIGKILL");
  });
  child.stderr!.resume();
  await new Promise((resolve) => child.on("close", resolve));
  return text.split("\n").slice(0, -1); // the last line may be cut
}
