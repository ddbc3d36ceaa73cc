/** A testbed: an environment written as text, an AWS inside the process, and the engine between them. */
import { join } from "node:path";
import type { ApplyEvent, Outcome } from "../../src/apply/events.ts";
import { VirtualClock } from "@plumbline/clock";
import type { ClientCache } from "../../src/aws/client.ts";
import { connect } from "../../src/aws/connect.ts";
import type { Connection } from "../../src/aws/connection.ts";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { types } from "../../src/kinds/types/types.ts";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { texts } from "./texts.ts";
import { isNight } from "./night.ts";
import { directClients } from "./past-the-wire.ts";
import { refuseUnresolved } from "./unresolved.ts";
import { watched, type Sent } from "./watched.ts";

export const header = "format: 1\nproject: lab\nenvironment: test\nregion: eu-west-1\n";

export interface Testbed {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  /** A new connection to the same AWS, as a new process has it. */
  connection(): Promise<Connection>;
  load(yaml: string): Environment;
  plan(yaml: string, goal?: "agree" | "destroy"): Promise<PlanRun & { connection: Connection }>;
  /** Plans and applies; throws when a step failed. */
  apply(yaml: string): Promise<Applied>;
  /** The same, but does not throw. */
  tryApply(yaml: string, goal?: "agree" | "destroy"): Promise<Applied>;
  destroy(yaml: string): Promise<Applied>;
}

export interface Applied {
  readonly run: PlanRun;
  readonly connection: Connection;
  readonly events: readonly ApplyEvent[];
  readonly outcome: Outcome;
}

export interface TestbedOptions {
  readonly kinds?: readonly Kind[];
  readonly sandbox?: Partial<Parameters<typeof createSandbox>[0]>;
  /** Called with every call of the engine before it is sent. */
  readonly watch?: (sent: Sent) => void;
  /**
   * Whether calls go through the SDK and its protocol. By default only at night, because without them everything is several times as fast.
   */
  readonly wire?: boolean;
}

export function openTestbed(options: TestbedOptions = {}): Testbed {
  const kinds = options.kinds ?? allKinds;
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock, ...options.sandbox });
  const clients = clientsOf(sandbox, "eu-west-1", options.wire);
  const connection = async () => {
    const way = await connect({
      region: "eu-west-1",
      clock,
      clients,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    return watched(way, (sent) => {
      refuseUnresolved(sent);
      options.watch?.(sent);
    });
  };
  // A reader with all kinds also reads a file with some of them, and ajv compiles it once.
  const readers = kinds.every((kind) => allKinds.includes(kind)) ? allKinds : kinds;
  const load = (yaml: string) => loadText(yaml, readers);
  const plan: Testbed["plan"] = async (yaml, goal = "agree") => {
    const way = await connection();
    return { ...(await planEnvironment(kinds, way, load(yaml), { goal })), connection: way };
  };
  const tryApply: Testbed["tryApply"] = async (yaml, goal = "agree") => {
    const run = await plan(yaml, goal);
    const events: ApplyEvent[] = [];
    for await (const event of applyEnvironment(run.connection, run, { signal: new AbortController().signal })) events.push(event);
    const last = events.at(-1);
    if (last?.type !== "finished") throw new Error("the run did not finish");
    return { run, connection: run.connection, events, outcome: last.outcome };
  };
  const insist = async (yaml: string, goal: "agree" | "destroy") => {
    const applied = await tryApply(yaml, goal);
    const problems = [
      ...applied.run.diagnostics.filter(({ severity }) => severity === "error").map(({ summary }) => summary),
      ...applied.outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.code}: ${failure.message}`),
    ];
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return applied;
  };
  return {
    clock,
    sandbox,
    connection,
    load,
    plan,
    tryApply,
    apply: (yaml) => insist(yaml, "agree"),
    destroy: (yaml) => insist(yaml, "destroy"),
  };
}

/** Returns the clients that all connections to one AWS share. */
function clientsOf(sandbox: Sandbox, region: string, overTheWire = isNight): ClientCache {
  return overTheWire ? new Map() : directClients(sandbox, region);
}

/** The caller in the tests. */
const caller = { account: "123456789012", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] };

/** Loads an environment from text. Throws its diagnostics as text. */
export function loadText(yaml: string, kinds: readonly Kind[] = allKinds): Environment {
  const unsaved = new Map([[join(texts, "test.yaml"), yaml]]);
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "./test.yaml", cwd: texts, unsaved, kinds, types, caller });
  if (!environment) throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  return environment;
}

/** Returns a line for each step: "create vpc/main". */
export function stepsOf(run: Pick<PlanRun, "plan">): string[] {
  return run.plan.steps.map((step) => `${step.action} ${step.address}`);
}

/** The same for environments that are already loaded. Throws when a step failed. */
export function environmentTestbed(
  kinds: readonly Kind[] = allKinds,
  watch?: TestbedOptions["watch"],
): {
  readonly sandbox: Sandbox;
  plan(environment: Environment, goal?: "agree" | "destroy"): Promise<PlanRun & { connection: Connection }>;
  apply(environment: Environment, goal?: "agree" | "destroy"): Promise<Applied>;
  /** The same for an apply that may fail. */
  tryApply(environment: Environment, goal?: "agree" | "destroy"): Promise<Applied>;
} {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const clients = new Map<string, ClientCache>();
  const clientsIn = (region: string) => clients.get(region) ?? clients.set(region, clientsOf(sandbox, region)).get(region)!;
  const plan = async (environment: Environment, goal: "agree" | "destroy" = "agree") => {
    const way = await connect({
      region: environment.region,
      clock,
      clients: clientsIn(environment.region),
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    const connection = watch ? watched(way, watch) : way;
    return { ...(await planEnvironment(kinds, connection, environment, { goal })), connection };
  };
  const tryApply = async (environment: Environment, goal: "agree" | "destroy" = "agree") => {
    const run = await plan(environment, goal);
    const events: ApplyEvent[] = [];
    for await (const event of applyEnvironment(run.connection, run, { signal: new AbortController().signal })) events.push(event);
    const last = events.at(-1);
    if (last?.type !== "finished") throw new Error("the run did not finish");
    return { run, connection: run.connection, events, outcome: last.outcome };
  };
  const apply = async (environment: Environment, goal: "agree" | "destroy" = "agree") => {
    const applied = await tryApply(environment, goal);
    const problems = [
      ...applied.run.diagnostics.filter(({ severity }) => severity === "error").map(({ summary }) => summary),
      ...applied.outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.code}: ${failure.message}`),
    ];
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return applied;
  };
  return { sandbox, plan, apply, tryApply };
}
