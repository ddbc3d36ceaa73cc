/**
 * Measures how long reachability takes for whole estates and for security groups with many rules; bundled and run by hand. The aim: 300 ms
 * for the estate of 24 VPCs, 2 s for 300 classes of instances with 60 rules each.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resourceIndexOf } from "../src/config/kind-checks.ts";
import { loadEnvironment } from "../src/config/load.ts";
import { kinds } from "../src/kinds/index.ts";
import type { NetworkPart, Opening } from "../src/kinds/kind.ts";
import { flowsOfNetwork } from "../src/reach/matrix.ts";
import { networkOf, partsOf } from "../src/reach/network.ts";
import { mostSteps, Work } from "../src/reach/work.ts";
import { estates } from "./workloads.ts";

function timed(what: string, limit: number, parts: () => readonly NetworkPart[]): void {
  const took = [0, 1, 2].map(() => {
    // Processor time, so that other programs on the host do not count.
    const begun = process.cpuUsage();
    const work = new Work();
    const found = flowsOfNetwork(networkOf(parts(), work));
    const { user, system } = process.cpuUsage(begun);
    return { ms: (user + system) / 1000, flows: found.length, steps: work.spent };
  });
  const best = Math.min(...took.map(({ ms }) => ms));
  const { flows, steps } = took[0]!;
  const isMet = best <= limit && steps <= mostSteps;
  process.stdout.write(
    `${what}: ${best.toFixed(0)} ms, ${flows} flows, ${steps} steps (${(steps / best).toFixed(0)} a ms); the aim is ${limit} ms${isMet ? "" : "  ✗"}\n`,
  );
  if (!isMet) process.exitCode = 1;
}

function partsOfText(yaml: string): readonly NetworkPart[] {
  const folder = mkdtempSync(join(tmpdir(), "bench-reach-"));
  try {
    writeFileSync(join(folder, "bench.yaml"), yaml);
    const { environment } = loadEnvironment({ nameOrPath: "bench.yaml", cwd: folder, kinds });
    if (!environment) throw new Error("the workload is not in order");
    return partsOf(kinds, resourceIndexOf(environment.region, environment.nodes));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Instances that all have different security groups, and groups that name networks and each other. */
function crowd(classes: number, rules: number): readonly NetworkPart[] {
  const opening = (of: number, i: number): Opening => ({
    protocol: "tcp",
    from: 1000 + i,
    to: 1000 + i,
    peer: i % 3 === 0 ? { firewall: `g${(of * 7 + i) % classes}` } : { range: `10.0.${(of + i) % 256}.0/${24 + (i % 5)}` },
    path: "",
  });
  return [
    { is: "vpc", id: "v", ranges: ["10.0.0.0/16"] },
    ...Array.from({ length: 16 }, (_, i): NetworkPart => ({
      is: "subnet",
      id: `s${i}`,
      vpc: "v",
      range: `10.0.${i * 16}.0/20`,
      zone: "a",
      givesPublic: false,
    })),
    ...Array.from({ length: classes }, (_, of): NetworkPart => ({
      is: "firewall",
      id: `g${of}`,
      ingress: Array.from({ length: rules }, (_rule, i) => opening(of, i)),
      egress: [{ protocol: "all", from: -1, to: -1, peer: { range: "0.0.0.0/0" }, path: "" }],
    })),
    ...Array.from({ length: classes }, (_, i): NetworkPart => ({
      is: "endpoint",
      id: `m${i}`,
      subnets: [`s${i % 16}`],
      firewalls: [`g${i}`],
      public: "no",
    })),
  ];
}

const estate = partsOfText(estates(24).yaml);
timed("24 VPCs", 300, () => estate);
const many = crowd(300, 60);
timed("300 classes of machines, 60 rules each", 2000, () => many);
