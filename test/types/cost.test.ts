/** An environment without types pays nothing for them: no call, no file, no code. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, expect, test, vi } from "vitest";
import { header } from "../support/testbed.ts";

const open = fs.openSync;
const opened: string[] = [];

/** Hears of every file that is opened, by whomever. */
function listen(): void {
  opened.length = 0;
  fs.openSync = (path, ...more) => {
    opened.push(String(path));
    return open(path, ...more);
  };
  syncBuiltinESMExports();
}

afterEach(() => {
  fs.openSync = open;
  syncBuiltinESMExports();
});

const network = `${header}\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n`;
const queue = "AWS::SQS::Queue: { jobs: {} }\n";
const isPack = (path: string) => path.endsWith("types.pack");

test("a plan without types opens no schema and asks Cloud Control nothing; a type in the file does both", async () => {
  vi.resetModules(); // another test may have read the pack, which is kept
  const { openTestbed } = await import("../support/testbed.ts");
  const services: string[] = [];
  const bed = openTestbed({ watch: ({ service }) => services.push(service) });
  listen();
  await bed.apply(network);
  await bed.plan(network);
  expect(opened.filter(isPack)).toEqual([]);
  expect(services).not.toContain("cloudcontrol");
  await bed.plan(network + queue);
  expect(opened.filter(isPack).length).toBeGreaterThan(0);
  expect(services).toContain("cloudcontrol");
});
