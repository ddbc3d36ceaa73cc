/** One case of fuzzing: gives damaged input to the program in this process and checks what must hold for every input. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Io, Sink } from "../../src/cli/terminal/terminal.ts";
import { diagnosticsOf } from "../../src/cli/report-error.ts";
import { run } from "../../src/cli/run.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { sdkHandler } from "@plumbline/aws-sandbox/sdk-handler.ts";
import { damagedAnswer, damagedJson, damagedText } from "./damage.ts";
import { Random } from "./random.ts";
import "../support/types.ts";

export interface Case {
  readonly target: string;
  /** Seconds of processor time. */
  readonly seconds: number;
  /** The property that did not hold; undefined when all held. */
  readonly broken?: string;
}

/** Processor time that no case of a few kilobytes may need, however slow the host. */
const mostSeconds = 20;
const mostText = 4_000_000;

const environment = `format: 1
project: fuzz
environment: dev
region: eu-west-1
variables: { size: t3.micro, port: 443 }
tags: { team: web }
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
internetGateways:
  main: { vpc: main }
subnets:
  s0: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a }
  s1: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b, tags: { tier: public } }
routeTables:
  public:
    vpc: main
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/main }
    subnets: [s0, s1]
securityGroups:
  web:
    vpc: main
    description: Web servers
    ingress:
      - { port: "\${var.port}", source: 0.0.0.0/0 }
topics:
  alerts: {}
`;

const targets: Readonly<Record<string, (random: Random, folder: string) => Promise<string | undefined>>> = {
  environments: async (random, folder) => {
    write(folder, "environments/dev.yaml", damagedText(environment, random));
    return heldBy(await command(folder, ["validate", "--format", random.pick(["text", "json", "markdown", "sarif", "junit"])]));
  },
  plans: async (random, folder) => {
    write(folder, "environments/dev.yaml", environment);
    write(folder, "p.json", damagedJson(await savedPlan(), random));
    return heldBy(await command(folder, ["--sandbox", "apply", "dev", random.pick(["--plan", "--approve"]), "p.json", "--preflight"]));
  },
  states: async (random, folder) => {
    write(folder, "environments/dev.yaml", environment);
    const [name, text] = await savedState();
    const lines = text.trimEnd().split("\n");
    const line = random.below(lines.length);
    const damaged = lines.map((one, i) => (i === line ? damagedJson(one, random) : one));
    write(folder, name, `${damaged.join("\n")}\n`);
    return heldBy(await command(folder, ["--sandbox", "plan", "dev"]));
  },
  answers: (random, folder) => {
    write(folder, "environments/dev.yaml", environment);
    return planWithDamage(random, folder);
  },
};

/** Runs the case of a seed; the same seed is the same case. */
export async function fuzz(seed: number): Promise<Case> {
  const random = new Random(seed);
  const target = random.pick(Object.keys(targets));
  const folder = mkdtempSync(join(tmpdir(), "infra-fuzz-"));
  const before = process.cpuUsage();
  try {
    const broken = await targets[target]!(random, folder);
    const seconds = since(before);
    if (broken !== undefined) return { target, seconds, broken };
    return seconds > mostSeconds ? { target, seconds, broken: `it took ${seconds.toFixed(1)} s of processor time` } : { target, seconds };
  } catch (error) {
    return { target, seconds: since(before), broken: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function since(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

interface Ran {
  readonly code: number;
  readonly text: string;
}

function heldBy({ code, text }: Ran): string | undefined {
  if (![0, 1, 2, 3, 4].includes(code)) return `it ended with ${code}`;
  if (/This is a bug in infra|\n\s+at .*:\d+:\d+/.test(text)) return text;
  if (text.length > mostText) return `it said ${text.length} characters`;
  // oxlint-disable-next-line no-control-regex -- the text must hold no control characters
  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]|##\[/.exec(text);
  if (unseen) return `it said ${JSON.stringify(text.slice(Math.max(0, unseen.index - 60), unseen.index + 20))}`;
  return code === 1 && text.trim() === "" ? "it failed and said nothing" : undefined;
}

async function command(cwd: string, args: readonly string[]): Promise<Ran> {
  const said: string[] = [];
  const sink: Sink = { write: (text) => void said.push(text), isTTY: false, columns: 100 };
  const io: Io = {
    stdout: sink,
    stderr: sink,
    env: { GITHUB_ACTIONS: "true" },
    cwd,
    canAsk: false,
    ask: () => Promise.resolve(undefined),
    onSignal: () => () => {},
    exit: () => {},
  };
  return { code: await run(args, io), text: said.join("") };
}

/** Runs all reads of a plan against an AWS that damages one of its answers. The result must be a plan or an error with a code. */
async function planWithDamage(random: Random, folder: string): Promise<string | undefined> {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const nth = random.below(40);
  let calls = 0;
  const requestHandler = sdkHandler(async (request, signal) => {
    const answer = await sandbox.fetch(request, signal);
    return calls++ === nth ? { ...answer, body: Buffer.from(damagedAnswer(Buffer.from(answer.body).toString("utf8"), random)) } : answer;
  });
  const loaded = loadEnvironment({ nameOrPath: "dev", cwd: folder, kinds, types });
  try {
    const connection = await connect({
      region: "eu-west-1",
      clock,
      requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "fuzz" },
    });
    await planEnvironment(kinds, connection, loaded.environment!, { goal: "agree", preflight: true });
    return undefined;
  } catch (error) {
    return diagnosticsOf(error) !== undefined ? undefined : error instanceof Error ? error.stack : String(error);
  }
}

function write(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** A plan as `--out` writes it. It and the state of an apply are made once. */
let plan: Promise<string> | undefined;
let state: Promise<readonly [name: string, text: string]> | undefined;

function savedPlan(): Promise<string> {
  return (plan ??= inFolder(async (folder) => {
    await must(folder, ["--sandbox", "plan", "dev", "--out", "p.json"]);
    return readFileSync(join(folder, "p.json"), "utf8");
  }));
}

function savedState(): Promise<readonly [string, string]> {
  return (state ??= inFolder(async (folder) => {
    await must(folder, ["--sandbox", "apply", "dev", "--yes"]);
    const name = join(".infra/sandbox/123456789012", readdirSync(join(folder, ".infra/sandbox/123456789012"))[0]!);
    return [name, readFileSync(join(folder, name), "utf8")] as const;
  }));
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "infra-fuzz-"));
  write(folder, "environments/dev.yaml", environment);
  return work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

async function must(folder: string, args: readonly string[]): Promise<void> {
  const { code, text } = await command(folder, args);
  if (code !== 0) throw new Error(`infra ${args.join(" ")} ended with ${code}:\n${text}`);
}
