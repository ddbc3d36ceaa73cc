/** An environment without types pays nothing for them: no call, no file, no code. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, expect, test } from "vitest";
import { header, openTestbed } from "../support/testbed.ts";

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

test("a plan without types opens no schema and asks Cloud Control nothing", async () => {
  const services: string[] = [];
  const bed = openTestbed({ watch: ({ service }) => services.push(service) });
  listen();
  await bed.apply(network);
  await bed.plan(network);
  expect(opened.filter(isPack)).toEqual([]);
  expect(services).not.toContain("cloudcontrol");
});

test("a plan with a type opens the pack, and reads the schemas of the types that it names alone", async () => {
  const services: string[] = [];
  const bed = openTestbed({ watch: ({ service }) => services.push(service) });
  listen();
  await bed.plan(network + queue);
  expect(opened.filter(isPack).length).toBeGreaterThan(0);
  expect(services).toContain("cloudcontrol");
});
