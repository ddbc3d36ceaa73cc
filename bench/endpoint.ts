/** `infra sandbox serve` as a process of its own: what both programs talk to, and what counts their calls. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CallCounts } from "@plumbline/aws-sandbox/call-log.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";

export type Counts = Pick<CallCounts, "total" | "reads" | "writes" | "maxConcurrency">;

export interface Endpoint {
  readonly url: string;
  /** Empties the account; what the calls take from now on. */
  reset(latency: number, throttled: boolean): Promise<void>;
  forgetCalls(): Promise<void>;
  counts(): Promise<Counts>;
  stop(): Promise<void>;
}

export async function startEndpoint(infra: string): Promise<Endpoint> {
  const child = spawn(
    process.execPath,
    [infra, "sandbox", "serve", "--port", "0", "--in-memory", "--no-quotas", "--sandbox-time", "real"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const url = line.toString().trim();
  const post = async (path: string, body?: FaultPlan) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/_sandbox/${path}`, { method: "POST", headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
  };
  return {
    url,
    async reset(latency, throttled) {
      await post("reset");
      await post("faults", {
        // The same waits for both: else each object's own id draws how long it takes.
        events: { "quotas:lifted": "always", "durations:typical": "always" },
        ...(latency > 0 ? { latency: { default: { median: latency, sigma: 0 } } } : {}),
        ...(throttled ? { throttle: "published" } : {}),
      });
    },
    forgetCalls: () => post("calls/reset"),
    counts: async () => (await (await fetch(`${url}/_sandbox/calls`)).json()) as CallCounts,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
