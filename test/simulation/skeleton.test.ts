import { describe, expect, it } from "vitest";
import { subnet } from "../../src/kinds/subnet.ts";
import { vpc } from "../../src/kinds/vpc.ts";
import { header, loadText } from "../support/lab.ts";
import { baseline, disturb, faults, SandboxState, type Phase } from "./simulator.ts";

const kinds = [vpc, subnet];
const yaml = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;

describe("a fault at every call of a vpc and two subnets", () => {
  it("ends as if nothing had happened", async () => {
    const environment = loadText(yaml, kinds);
    const phases: Phase[] = [
      { name: "apply", environment, goal: "agree" },
      { name: "destroy", environment, goal: "destroy" },
    ];
    let state = new SandboxState();
    let at = Date.UTC(2026, 0, 1);
    const violations = [];
    let points = 0;
    for (const phase of phases) {
      const base = await baseline(kinds, state, at, phase);
      for (const fault of Object.keys(faults))
        for (let call = 1; call <= base.calls; call++) {
          points++;
          violations.push(await disturb(kinds, base, phase, { fault, call }));
        }
      state = base.after;
      at = base.endedAt;
    }
    expect(violations.filter((violation) => violation !== undefined)).toEqual([]);
    expect(points).toBeGreaterThan(100);
  });
});
