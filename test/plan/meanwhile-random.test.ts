/**
 * Compares the step check with what really happens. Random changes run in random orders that the plan allows, and AWS is read after every
 * write. A connection that the check called safe must never be open. The test shares no enumeration with the check.
 */
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { expect, test } from "vitest";
import { connect } from "../../src/aws/connect.ts";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Live, ResourceIndex, Subject } from "../../src/kinds/kind.ts";
import { Drivers } from "../../src/observe/drivers.ts";
import { observe } from "../../src/observe/observe.ts";
import { subjectOfFound } from "../../src/plan/resource-index.ts";
import { allDone, Moments, nothingDone } from "../../src/plan/meanwhile/moments.ts";
import type { Observed } from "../../src/plan/observed.ts";
import type { Work } from "../../src/plan/work.ts";
import {
  allFlows,
  flowsOfPorts,
  flowsText,
  isNone,
  meetFlows,
  minusFlows,
  noFlows,
  unionFlows,
  type Flows,
} from "../../src/reach/flows.ts";
import { networkOf, partsOf, type Network } from "../../src/reach/network.ts";
import { partiesOf } from "../../src/reach/parties.ts";
import { reach } from "../../src/reach/reach.ts";
import { Random } from "../fuzz/random.ts";
import { isNight } from "../support/night.ts";
import { loadText } from "../support/testbed.ts";
import { randomChange, type RandomChange } from "./random-changes.ts";

const runs = Number(process.env["MEANWHILE_RUNS"] ?? (isNight ? 400 : 2));
/** The kinds in the random environments. */
const drawn = kinds.filter(({ section }) =>
  [
    "vpcs",
    "internetGateways",
    "subnets",
    "routeTables",
    "networkAcls",
    "securityGroups",
    "instances",
    "elasticIps",
    "natGateways",
    "loadBalancers",
    "targetGroups",
  ].includes(section),
);
const first = Number(process.env["MEANWHILE_FIRST"] ?? 1);

test(`${runs} random changes open nothing in between that was called safe`, { timeout: 3_600_000 }, async () => {
  const told = { safe: 0, ordered: 0, refused: 0, confirmed: 0, moments: 0 };
  for (let seed = first; seed < first + runs; seed++) {
    const one = await lookAt(seed);
    told[one.said]++;
    told.moments += one.moments;
    if (one.said !== "refused") expect(one.opened, `seed ${seed}`).toEqual([]);
    else if (one.opened.length > 0) told.confirmed++;
  }
  if (process.env["MEANWHILE_TELL"]) process.stdout.write(`${JSON.stringify(told)}\n`);
  expect(told.moments).toBeGreaterThan(runs);
  // The orders are drawn at random. Where the check refuses a plan, some of them must show why.
  if (isNight) expect(told.confirmed).toBeGreaterThan(0);
});

async function lookAt(seed: number): Promise<{ said: "safe" | "ordered" | "refused"; opened: readonly string[]; moments: number }> {
  const change = randomChange(seed);
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" };
  const quiet = await connect({ region: "eu-west-1", clock, requestHandler: sandbox.requestHandler, credentials });
  let afterWrite: (() => Promise<void>) | undefined;
  const requestHandler = {
    ...sandbox.requestHandler,
    async handle(...request: Parameters<typeof sandbox.requestHandler.handle>) {
      const before = sandbox.calls.length;
      const answer = await sandbox.requestHandler.handle(...request);
      if (afterWrite && sandbox.calls.slice(before).some(({ mutating }) => mutating)) await afterWrite();
      return answer;
    },
  };
  const connection = await connect({ region: "eu-west-1", clock, requestHandler, credentials });
  if (change.before !== "")
    await drain(applyEnvironment(quiet, await planEnvironment(drawn, quiet, loadText(change.before, drawn), { goal: "agree" }), alone()));
  const { from, to, port } = change.assertion;
  const assert = `assert: { it: { severity: warning, deny: { from: "${from}", to: "${to}"${port === undefined ? ", protocol: any" : `, port: ${port}`} } } }\n`;
  // The assertion may be broken at the end. Only connections that are open in between, and neither before nor after, count.
  const environment = loadText(`${change.after}${assert}`, drawn);
  const run = await planEnvironment(drawn, connection, environment, { goal: "agree" });
  const isRefused = run.diagnostics.some(({ code }) => code === "assert-broken-meanwhile" || code === "step-unknown");
  const isOrdered = run.plan.notes.some(({ code }) => code === "ordered");
  const opened: Flows[] = [openIn(networkAt(run, false), change), openIn(networkAt(run, true), change)];
  const usual = opened.reduce(unionFlows, noFlows);
  const more: string[] = [];
  let moments = 0;
  const look = async (what: string) => {
    moments++;
    const seen = await observe(drawn, new Drivers(quiet.aws), quiet.aws, environment, {});
    const surplus = minusFlows(openIn(networkOfObserved(seen), change), usual);
    if (!isNone(surplus)) more.push(`${what}: ${flowsText(surplus)}`);
  };
  afterWrite = () => look(sandbox.calls.filter(({ mutating }) => mutating).at(-1)!.operation);
  const work = inRandomOrder(run.planned.work, new Random(seed * 31 + 7));
  const events = await drain(applyEnvironment(connection, { ...run, planned: { ...run.planned, work } }, alone()));
  const last = events.at(-1);
  if (last?.type !== "finished" || last.outcome.failed.length > 0)
    throw new Error(`seed ${seed}: the apply failed: ${JSON.stringify(last)}`);
  return { said: isRefused ? "refused" : isOrdered ? "ordered" : "safe", opened: more, moments };
}

const alone = () => ({ signal: new AbortController().signal, concurrency: 1 });

async function drain<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Draws one order that the edges allow, as a chain. */
function inRandomOrder(work: readonly Work[], random: Random): readonly Work[] {
  const left = new Map(work.map((node) => [node.id, node]));
  const chain: Work[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ needs }) => ![...needs].some((need) => left.has(need)));
    const next = random.pick(free);
    left.delete(next.id);
    const before = chain.at(-1);
    chain.push(before ? { ...next, needs: new Set([...next.needs, before.id]) } : next);
  }
  return chain;
}

function networkAt({ planned, observed, environment }: PlanRun, isDone: boolean): Network {
  const moments = new Moments(kinds, environment.region, planned, observed);
  return networkOf(moments.addresses.flatMap((address) => moments.partsOf(address, isDone ? allDone : nothingDone)));
}

function networkOfObserved({ objects, leftovers }: Observed): Network {
  const found = [...objects.values(), ...leftovers];
  const subjects = new Map(found.map((one): [string, Subject] => [one.address, subjectOfFound(one)]));
  const index: ResourceIndex = {
    region: "eu-west-1",
    of: (kind) => [...subjects.values()].filter((one) => one.kind === kind),
    get: (address) => subjects.get(address),
  };
  return networkOf(partsOf(kinds, index, new Map(found.map((one): [string, Live] => [one.address, one.live]))));
}

/** Returns the open connections by kind and name, for the object before, the object after, and the one that is being replaced. */
function openIn(network: Network, { assertion: { from, to, port } }: RandomChange): Flows {
  const asked = port === undefined ? allFlows : flowsOfPorts("tcp", [[port, port]]);
  const parties = (name: string) =>
    name.startsWith("instance/") && !name.endsWith("*")
      ? [...network.endpoints.keys()]
          .filter((id) => id === name || id.startsWith(`${name} (`) || id.startsWith("i-"))
          .flatMap((id) => partiesOf(network, id) ?? [])
      : (partiesOf(network, name) ?? []);
  let open = noFlows;
  for (const source of parties(from))
    for (const target of parties(to))
      if (source.endpoint === undefined || source.endpoint !== target.endpoint)
        open = unionFlows(open, meetFlows(reach(network, source, target).may, asked));
  return open;
}
