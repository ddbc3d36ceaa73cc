/** A decision is never changed: each pass returns new decisions. Here the passes get frozen ones. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { frozen } from "./frozen.ts";
import { planned } from "./pure.ts";
import { estate, randomOf, served } from "./slots-estates.ts";

vi.mock(import("../../src/plan/adoption.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/arrange.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/decide.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/followed-ids.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/left-alone.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/order/order.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/safety.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/slots.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/spread.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/still-used.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));
vi.mock(import("../../src/plan/withdraw.ts"), async (load) => (await import("./frozen.ts")).withFrozen(await load()));

test("no pass over the decisions changes one", () => {
  const actions = new Map<string, number>();
  let refused = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomOf(seed);
    const pair = seed % 3 === 0 ? ([served(random), served(random)] as const) : ([estate(random, true), estate(random, true)] as const);
    const { decisions, diagnostics } = planned(...pair, seed % 5 === 0 ? { targets: ["subnet/a"] } : {});
    for (const { action } of decisions.values()) actions.set(action, (actions.get(action) ?? 0) + 1);
    refused += diagnostics.filter(({ severity }) => severity === "error").length;
  }
  expect([...actions.keys()].sort()).toEqual(["create", "delete", "keep", "none", "replace", "update"]);
  expect(refused).toBeGreaterThan(5);
  expect(frozen.decisions).toBeGreaterThan(1_000);
});

test("the data of a plan has readonly types alone, and nothing evades them", () => {
  const files = readdirSync("src/plan", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(40);
  const writable = files.flatMap((name) => {
    const text = readFileSync(`src/plan/${name}`, "utf8");
    const interfaces = text.match(/^(?:export )?interface [^{]*\{\n[\s\S]*?^\}/gm) ?? [];
    const fields = interfaces.flatMap((one) => one.split("\n").filter((line) => /^ {2}(?!readonly )\w+\??: /.test(line)));
    // The graph of the work is built node by node.
    const lists =
      name === "order/work-graph.ts"
        ? []
        : interfaces.flatMap((one) => one.match(/^.*(?<!readonly )(?:\b\w+\[\]|\b(?<!Readonly)(?:Map|Set)<).*$/gm) ?? []);
    const assigned = text.match(/Object\.assign\(.*/g) ?? [];
    return [...fields, ...lists, ...assigned].map((line) => `${name}: ${line.trim()}`);
  });
  expect(writable).toEqual([]);
});
