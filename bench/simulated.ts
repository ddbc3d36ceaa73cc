/**
 * `simulated WORKLOAD.yaml`: runs an apply in virtual time with AWS's waits, latencies and published throttling, and compares it with the
 * least time that AWS takes.
 */
import type { ApplyEvent } from "../src/apply/events.ts";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../src/aws/connect.ts";
import { loadEnvironment } from "../src/config/load.ts";
import { applyUnderLease } from "../src/engine.ts";
import { kinds } from "../src/kinds/index.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { timeFor, timing } from "@plumbline/aws-sandbox/services/ec2/timing.ts";
import { account, pastTheWire } from "../test/support/past-the-wire.ts";
import { lowerBound } from "./lower-bound.ts";

const latency = 0.12;
const { environment, diagnostics } = loadEnvironment({ nameOrPath: process.argv[2]!, cwd: process.cwd(), kinds });
if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
const clock = new VirtualClock();
const sandbox = createSandbox({
  clock,
  faults: { throttle: "published", latency: { default: { median: latency * 1000, sigma: 0.3 } }, events: { "quotas:lifted": "always" } },
});
const began = clock.now();
/**
 * Seconds that the sandbox took until a new object was usable: the time drawn from its id, or the time of the step minus the longest delay
 * of its last poll.
 */
const waited = new Map<string, number>();
const drawn: Readonly<Record<string, Parameters<typeof timeFor>[2]>> = {
  instance: timing.instanceRunning,
  natGateway: timing.natAvailable,
};
const pollOf = new Map(
  kinds.filter(({ name }) => name === "loadBalancer" || name === "dbInstance").map(({ name, waits }) => [name, waits.poll ?? 5]),
);
const onEvent = (event: ApplyEvent) => {
  if (event.type !== "step-done" || event.step.stage !== "create" || event.id === undefined) return;
  const { address, kind } = event.step;
  const [span, poll] = [drawn[kind], pollOf.get(kind)];
  if (span) waited.set(address, timeFor({ fault: () => false }, event.id, span) / 1000);
  else if (poll !== undefined) waited.set(address, event.ms / 1000 - poll);
};
const connection = await connect({ region: environment.region, clock, ...pastTheWire(sandbox, environment.region) });
if (connection.identity.account !== account) throw new Error("the sandbox is another account's");
const result = await applyUnderLease(kinds, connection, environment, {
  goal: "agree",
  signal: new AbortController().signal,
  onEvent,
  lease: { me: { who: "bench", run: "1" } },
});
if (result.ended !== "ran" || result.outcome.status !== "done")
  throw new Error(
    `the apply ended ${result.ended}${result.ended === "ran" ? `: ${result.outcome.failed.map(({ failure }) => failure.message).join("; ")}` : ""}`,
  );
const { total, errors } = sandbox.counts();
console.log(
  JSON.stringify({
    seconds: (clock.now() - began) / 1000,
    calls: total,
    throttled: errors["RequestLimitExceeded"] ?? 0,
    bound: lowerBound(result.run.planned, { latency, waited }),
  }),
);
