import { expect, test } from "vitest";
import { CallLog, type Waiting } from "../../src/aws/calls.ts";
import { VirtualClock } from "@plumbline/clock";
import { watchReads } from "../../src/cli/terminal/slow-reads.ts";

async function saidAfter(seconds: number, waiting: readonly Omit<Waiting, "service" | "since">[]): Promise<string[]> {
  const clock = new VirtualClock();
  const calls = new CallLog();
  const said: string[] = [];
  for (const one of waiting) calls.waiting.add({ service: "ec2", since: clock.now(), ...one });
  const stop = watchReads(calls, (text) => said.push(text), clock);
  await clock.sleep(seconds * 1000 + 1);
  stop();
  await clock.sleep(60_000);
  return said;
}

test.each<[string, number, Omit<Waiting, "service" | "since">[], string[]]>([
  ["nothing in the first seconds", 9, [{ operation: "DescribeVpcs", isRead: true }], []],
  ["nothing where nothing is waited for", 30, [], []],
  ["nothing of writes, which have lines of their own", 30, [{ operation: "CreateVpc", isRead: false }], []],
  [
    "what is read, every ten seconds until it is stopped",
    20,
    [
      { operation: "DescribeDBInstances", isRead: true },
      { operation: "DescribeVpcs", isRead: true },
    ],
    ["Still reading: DB instances and VPCs (10 s)…", "Still reading: DB instances and VPCs (20 s)…"],
  ],
  [
    "the first two of many, and why it takes so long",
    10,
    ["DescribeNetworkInterfaces", "ListTopics", "GetParameters", "DescribeAlarms"].map((operation) => ({
      operation,
      isRead: true,
      trouble: "ECONNREFUSED",
    })),
    ["Still reading: network interfaces, topics and 2 others (10 s; ECONNREFUSED, trying again)…"],
  ],
])("says %s", async (_, seconds, waiting, lines) => {
  expect(await saidAfter(seconds, waiting)).toEqual(lines);
});
