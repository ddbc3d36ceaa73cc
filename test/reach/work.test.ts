import { describe, expect, it } from "vitest";
import type { NetworkPart } from "../../src/kinds/kind.ts";
import { check } from "../../src/reach/assert.ts";
import { flowsOfNetwork } from "../../src/reach/matrix.ts";
import { allFlows } from "../../src/reach/flows.ts";
import { networkOf } from "../../src/reach/network.ts";
import { mostSteps, TooMuchWork, Work, withinWork } from "../../src/reach/work.ts";

/** Instances that each have a separate group with many rules, so that no two are alike. */
function crowd(machines: number, rules: number): readonly NetworkPart[] {
  const ids = Array.from({ length: machines }, (_, i) => i);
  return [
    { is: "vpc", id: "v", ranges: ["10.0.0.0/16"] },
    { is: "subnet", id: "s", vpc: "v", range: "10.0.0.0/20", zone: "a", givesPublic: false },
    ...ids.flatMap((of): NetworkPart[] => [
      {
        is: "firewall",
        id: `g${of}`,
        ingress: Array.from({ length: rules }, (_, i) => ({
          protocol: "tcp",
          from: i,
          to: i,
          peer: { range: `10.0.${(of + i) % 16}.0/${24 + (i % 5)}` },
          path: "",
        })),
        egress: [{ protocol: "all", from: -1, to: -1, peer: { range: "0.0.0.0/0" }, path: "" }],
      },
      { is: "endpoint", id: `m${of}`, subnets: ["s"], firewalls: [`g${of}`], public: "no" },
    ]),
  ];
}

const deny = { name: "it", is: "deny", flows: allFlows, isAnyPort: true } as const;

describe("the bound on work", () => {
  it("stops all flows of an estate that is too large, at the same step each time", () => {
    const flows = (steps: number) => withinWork(() => flowsOfNetwork(networkOf(crowd(10, 5), new Work(steps))));
    const needed = Array.from({ length: 40 }, (_, i) => i * 500).find((steps) => flows(steps) !== undefined);
    expect(needed).toBeGreaterThan(500);
    expect(needed).toBeLessThan(mostSteps);
    expect(flows(needed! - 500)).toBeUndefined();
    expect(flows(needed!)).toEqual(flowsOfNetwork(networkOf(crowd(10, 5))));
  });

  it("leaves an assertion about too much unknown, and never takes it for one that holds", () => {
    const nothingOpen = crowd(10, 0);
    expect(check(networkOf(nothingOpen), deny)).toEqual({ is: "holds" });
    expect(check(networkOf(nothingOpen, new Work(50)), deny)).toEqual({ is: "too-much" });
  });

  it("hides no other error", () => {
    expect(() => withinWork(() => JSON.parse("{"))).toThrow(SyntaxError);
    expect(() => new Work(1).spend(2)).toThrow(TooMuchWork);
  });
});
