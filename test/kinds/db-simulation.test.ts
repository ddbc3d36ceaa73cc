import { describe, expect, it } from "vitest";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { runProcess } from "../simulation/process.ts";
import { baseline, disturb, type Baseline, type Phase } from "../simulation/simulator.ts";
import { isNight } from "../support/night.ts";
import { header, loadText } from "../support/testbed.ts";

const names = ["vpc", "subnet", "dbSubnetGroup", "dbParameterGroup", "dbInstance"];
const kinds = allKinds.filter((kind) => names.includes(kind.name));
const yaml = (instanceClass: string, more = "") => `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
dbSubnetGroups:
  main: { subnets: [a, b] }
dbParameterGroups:
  main: { family: mysql8.4, parameters: { max_connections: 200 } }
dbInstances:
  main:
    engine: mysql
    engineVersion: "8.4"
    instanceClass: ${instanceClass}
    allocatedStorage: 20
    subnetGroup: main
    parameterGroup: main
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/test/main }
    applyImmediately: true
  replica: { replicaOf: main, availabilityZone: b, deletionProtection: false }
${more}`;

/** A process dies after a write, or never gets the answer. A stop before a write is the same as a stop after the previous one. */
const tried = ["stop before the answer", "stop before the answer, then the same approval", "answer lost"] as const;

/**
 * Returns the writes to RDS and those of the password. Waits are left out, because every poll of a wait is the same; other tests cover the
 * network.
 */
function writes({ run }: Baseline): number[] {
  return run.log.flatMap((operation, i) => (/^(rds:(?!Describe|List)|ssm:PutParameter)/.test(operation) ? [i + 1] : []));
}

type MakePhase = (resource: string) => Phase;

/** Returns the differences from a run without a fault, for each write of each phase. */
async function violationsOf(phases: readonly MakePhase[], state = new SandboxState(), at = Date.UTC(2026, 0, 1)): Promise<string[]> {
  const violations: string[] = [];
  for (const make of phases) {
    const records = state.regions.get("123456789012/eu-west-1")?.table<{ resourceId: string }>("rds.instances");
    const phase = make(records?.get("db:test-main")?.resourceId ?? "none");
    const base = await baseline(kinds, state, at, phase);
    const calls = writes(base);
    expect(calls.length).toBeGreaterThan(1);
    for (const fault of tried)
      for (const call of calls) {
        const { violation } = await disturb(kinds, base, { phase: phase.name, fault, call });
        if (violation !== undefined) violations.push(`${phase.name}, ${fault}, call ${call}: ${violation}`);
      }
    state = base.after;
    at = base.endedAt;
  }
  return violations;
}

const agree = (name: string, text: string): MakePhase => {
  return () => ({ name, environment: loadText(text, kinds), goal: "agree" });
};

describe("a fault at any write of a database's life", () => {
  // By day the simulation's sample has databases.
  it.runIf(isNight)("ends as if nothing had happened", async () => {
    const destroy: MakePhase = (resource) => ({
      name: "destroy",
      environment: loadText(yaml("db.t3.small", `allowDestroy: { dbInstance/main: ${resource} }\n`), kinds),
      goal: "destroy",
    });
    expect(await violationsOf([agree("create", yaml("db.t3.micro")), agree("grow", yaml("db.t3.small")), destroy])).toEqual([]);
  });

  it("ends as if nothing had happened, also within a blue/green deployment", async () => {
    const green = (...changes: readonly [from: string, to: string][]) =>
      changes.reduce(
        (text, [from, to]) => text.replace(from, to),
        yaml("db.t3.micro").replace(/\n {2}replica: .*/, "\n    blueGreenUpdate: true"),
      );
    const upgraded = green(["t3.micro", "t3.small"], ["parameterGroup: main", "backupRetention: 14"]);
    const state = new SandboxState();
    const { how, end } = await runProcess(kinds, state, Date.UTC(2026, 0, 1), agree("create", green())(""));
    expect(how).toBe("done");
    expect(await violationsOf([agree("upgrade", upgraded)], state, end + 1000)).toEqual([]);
  });
});
