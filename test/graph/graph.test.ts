import { processorTime } from "../support/processor.ts";
import { describe, expect, it, test } from "vitest";
import { buildGraph, criticalPath, findCycle, innerNodes, layers, reversed, whyBlocked } from "../../src/graph/graph.ts";

const diamond = () =>
  buildGraph([
    { id: "top", needs: ["left", "right"] },
    { id: "left", needs: ["bottom"] },
    { id: "right", needs: ["bottom", "bottom", "elsewhere"] },
    { id: "bottom", needs: [] },
  ]);

test("needs that are no nodes are left out, repeated ones count once, a node twice joins its needs", () => {
  expect(diamond().needsOf("right")).toEqual(["bottom"]);
  expect(diamond().neededBy("bottom")).toEqual(["left", "right"]);
  const twice = buildGraph([
    { id: "a", needs: ["b"] },
    { id: "b", needs: [] },
    { id: "a", needs: ["c"] },
    { id: "c", needs: [] },
  ]);
  expect(twice.ids).toEqual(["a", "b", "c"]);
  expect(twice.needsOf("a")).toEqual(["b", "c"]);
  expect(diamond().needsOf("nobody")).toEqual([]);
});

test("layers, and the same reversed", () => {
  expect(layers(diamond())).toEqual([["bottom"], ["left", "right"], ["top"]]);
  expect(layers(reversed(diamond()))).toEqual([["top"], ["left", "right"], ["bottom"]]);
  expect(layers(buildGraph([]))).toEqual([]);
});

describe("cycles", () => {
  const loop = (ids: string[], more: { id: string; needs: string[] }[] = []) =>
    buildGraph([...ids.map((id, i) => ({ id, needs: [ids[(i + 1) % ids.length]!] })), ...more]);

  test("none", () => expect(findCycle(diamond())).toBeUndefined());
  test("a node that needs itself", () => expect(findCycle(loop(["a"]))).toEqual(["a", "a"]));
  test("the path, each needing the next, and not those that only wait for it", () => {
    const graph = loop(
      ["b", "c", "d"],
      [
        { id: "a", needs: ["b"] },
        { id: "free", needs: [] },
      ],
    );
    expect(findCycle(graph)).toEqual(["b", "c", "d", "b"]);
    expect(() => layers(graph)).toThrow("cycle: b → c → d → b");
  });
  test("a cycle before which others stand in the way", () => {
    expect(
      findCycle(
        buildGraph([
          { id: "a", needs: ["b"] },
          { id: "b", needs: ["c"] },
          { id: "c", needs: ["b", "free"] },
          { id: "free", needs: [] },
        ]),
      ),
    ).toEqual(["b", "c", "b"]);
  });
});

test("the critical path is a node's weight plus the heaviest path behind it", () => {
  const weights: Record<string, number> = { top: 1, left: 10, right: 2, bottom: 5 };
  expect(Object.fromEntries(criticalPath(diamond(), (id) => weights[id]!))).toEqual({ top: 1, left: 11, right: 3, bottom: 16 });
});

test("why a node is blocked", () => {
  const done = new Set(["left"]);
  expect(whyBlocked(diamond(), "top", (id) => done.has(id))).toEqual(["right", "bottom"]);
  expect(whyBlocked(diamond(), "bottom", () => false)).toEqual([]);
  expect(whyBlocked(diamond(), "top", () => true)).toEqual([]);
  expect(
    whyBlocked(
      buildGraph([
        { id: "a", needs: ["b"] },
        { id: "b", needs: ["a"] },
      ]),
      "a",
      () => false,
    ),
  ).toEqual(["b", "a"]);
});

test("50,000 nodes, flat or in a chain, take no recursion and linear time", () => {
  const chain = buildGraph(Array.from({ length: 50_000 }, (_, i) => ({ id: `n${i}`, needs: i === 0 ? [] : [`n${i - 1}`] })));
  const star = buildGraph(Array.from({ length: 50_000 }, (_, i) => ({ id: `n${i}`, needs: i === 0 ? [] : ["n0"] })));
  const start = processorTime();
  expect(layers(chain)).toHaveLength(50_000);
  expect(layers(star)).toHaveLength(2);
  expect(findCycle(chain)).toBeUndefined();
  expect(criticalPath(chain, () => 1).get("n0")).toBe(50_000);
  expect(whyBlocked(chain, "n49999", () => false)).toHaveLength(49_999);
  expect(processorTime() - start).toBeLessThan(3000);
});

describe("nodes on cycles", () => {
  it.each<[string, Record<string, string[]>, string[]]>([
    ["none", { a: ["b"], b: [] }, []],
    ["a cycle, less what leads to it and what it leads to", { a: ["b"], b: ["c"], c: ["b", "d"], d: [] }, ["b", "c"]],
    ["two cycles, and the way between them", { a: ["b"], b: ["a", "c"], c: ["d"], d: ["e"], e: ["d"] }, ["a", "b", "c", "d", "e"]],
  ])("%s", (_name, needs, inner) => {
    const graph = buildGraph(Object.entries(needs).map(([id, its]) => ({ id, needs: its })));
    expect([...innerNodes(graph)].sort()).toEqual(inner);
  });
});
