/** A sandbox with only EC2 in use, its client, and time that tests move by hand. */
import { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "@plumbline/clock";
import { createSandbox, type Sandbox } from "../../src/sandbox.ts";

export interface Testbed {
  readonly ec2: EC2Client;
  readonly sandbox: Sandbox;
  /** Lets time pass. */
  pass(seconds: number): void;
  /** Overrides a quota of the region. */
  quota(name: string, value: number): void;
}

export function openTestbed(options: Partial<Parameters<typeof createSandbox>[0]> = {}): Testbed {
  let now = Date.UTC(2026, 0, 1);
  const clock: Clock = { now: () => now, sleep: async (ms) => void (now += ms), work: (promise) => promise };
  const sandbox = createSandbox({ clock, ...options });
  const ec2 = new EC2Client({
    region: "ap-northeast-2",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
    requestHandler: sandbox.requestHandler,
    maxAttempts: 1,
  });
  return {
    ec2,
    sandbox,
    pass: (seconds) => void (now += seconds * 1000),
    quota: (name, value) => [...sandbox.stores.values()][0]!.table<{ value: number }>("ec2.quotas").set(name, { value }),
  };
}

/** Returns the wire code of the error of a call. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "succeeded",
    (error: { name: string }) => error.name,
  );
}
