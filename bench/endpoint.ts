/** `infra sandbox serve` as a separate process: both programs send their calls to it, and it counts them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CallCounts } from "@plumbline/aws-sandbox/call-log.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";

export type Counts = Pick<CallCounts, "total" | "reads" | "writes" | "maxConcurrency">;

export interface Endpoint {
  readonly url: string;
  /** Empties the account and sets the latency and throttling of the calls that follow. */
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
        // Both programs get the same waits. Without this, the id of each object decides how long it takes.
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
