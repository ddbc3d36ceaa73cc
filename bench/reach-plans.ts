/**
 * Measures how much of a plan is reachability: the connections that it opens and closes, its assertions, and the same checks at every step.
 * It compares the processor time of these parts of typical plans with the whole command for the same plans in the sandbox (start, SDK and
 * text included). Prints one line of JSON. `npm run bench -- --reach` runs it alone, `npm run bench` runs it with the rest.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkAssertions } from "../src/config/assertions.ts";
import type { Environment } from "../src/config/environment.ts";
import { resourceIndexOf } from "../src/config/kind-checks.ts";
import { loadEnvironment } from "../src/config/load.ts";
import { kinds } from "../src/kinds/index.ts";
import type { PlanRun } from "../src/engine.ts";
import { checkMeanwhile } from "../src/plan/meanwhile/meanwhile.ts";
import { assertionsBroken, reachChanges, ReachNetworks } from "../src/plan/reach.ts";
import { environmentTestbed } from "../test/support/testbed.ts";
import { cpuHook, measure } from "./measure.ts";
import type { ReachCost } from "./results.ts";
import { estates } from "./workloads.ts";

const assertions = `
assert:
  no-ssh-from-outside: { severity: warning, deny: { from: internet, port: 22 } }
  nobody-out-on-25: { severity: warning, deny: { to: internet, port: 25 } }
`;

interface Case {
  readonly name: string;
  /** The folder of the files that the environment names. */
  readonly folder?: string;
  readonly before: string | undefined;
  readonly after: string;
}

const webLab = readFileSync("test/fixtures/web-lab/web-lab.yaml", "utf8");
const threeTier = readFileSync("environments/three-tier.yaml", "utf8");

const cases: readonly Case[] = [
  { name: "web-lab, new", folder: "test/fixtures/web-lab", before: undefined, after: webLab },
  { name: "three-tier, three rules changed", folder: "environments", before: threeTier, after: threeTier.replaceAll(/port: (80|443|3306)/g, (_all, port) => `port: ${Number(port) + 1}`) },
  { name: "4 VPCs, one rule changed", before: estates(4).yaml, after: estates(4).yaml.replace("source: 10.1.0.0/16", "source: 203.0.113.0/24") },
  { name: "24 VPCs, new", before: undefined, after: estates(24).yaml },
]; // oxfmt-ignore

function cpuOf<T>(work: () => T): { readonly ms: number; readonly result: T } {
  const begun = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(begun);
  return { ms: (user + system) / 1000, result };
}

function load(text: string, from: string | undefined): Environment {
  const folder = mkdtempSync(join(tmpdir(), "bench-reach-"));
  try {
    if (from !== undefined) cpSync(from, folder, { recursive: true });
    writeFileSync(join(folder, "bench.yaml"), text);
    const { environment, diagnostics } = loadEnvironment({ nameOrPath: "./bench.yaml", cwd: folder, kinds });
    if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
    return environment;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns the processor milliseconds of `infra plan`, the least of four runs; `before` is already in the sandbox. */
async function commandOf({ folder: from, before, after }: Case): Promise<number> {
  const cwd = mkdtempSync(join(tmpdir(), "bench-reach-"));
  try {
    const environments = join(cwd, "environments");
    mkdirSync(environments);
    if (from !== undefined) cpSync(from, environments, { recursive: true, filter: (path) => !/\/environments\/[^/]*\.yaml$/.test(path) });
    const [hook, cpuFile] = [join(cwd, "cpu.cjs"), join(cwd, "cpu")];
    writeFileSync(hook, cpuHook);
    const run = (text: string, ...args: string[]) => {
      writeFileSync(join(environments, "bench.yaml"), text);
      const all = ["--require", hook, resolve("bin/infra.mjs"), "--sandbox", ...args];
      return measure({ program: process.execPath, args: all, cwd, env: { ...process.env, BENCH_CPU_FILE: cpuFile }, cpuFile });
    };
    if (before !== undefined) await run(before, "apply", "bench", "--yes");
    const costs: number[] = [];
    for (let i = 0; i < 4; i++) costs.push((await run(`${after}${assertions}`, "plan", "bench")).cpuSeconds!);
    return best(costs) * 1000;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const measured: ReachCost[] = [];
const best = (list: readonly number[]) => Math.min(...list);

for (const one of cases) {
  const { name, folder, before, after } = one;
  const testbed = environmentTestbed();
  if (before !== undefined) await testbed.apply(load(before, folder));
  const environment = load(`${after}${assertions}`, folder);
  const runs: { readonly ms: number; readonly run: PlanRun }[] = [];
  for (let i = 0; i < 4; i++) {
    const begun = process.cpuUsage();
    const run = await testbed.plan(environment);
    const { user, system } = process.cpuUsage(begun);
    runs.push({ ms: (user + system) / 1000, run });
  }
  const [{ run }] = runs as [(typeof runs)[number]];
  if (run.plan.steps.length === 0) throw new Error(`${name}: the plan has no steps, so there is nothing to measure`);
  const networksOf = ({ planned, observed }: PlanRun) => new ReachNetworks(kinds, environment, planned, observed);
  let networks = networksOf(run);
  const parts = {
    // As in a plan, all parts ask the same future network and find the results that earlier parts have computed.
    "opens and closes": () => reachChanges(environment, run.planned, (networks = networksOf(run))),
    "at every step": () => checkMeanwhile(kinds, environment, run.planned, run.observed, [], undefined, networks.after),
    assertions: () => assertionsBroken(environment, networks, "plan"),
    "in the file": () => checkAssertions(environment.assertions ?? [], kinds, resourceIndexOf(environment.region, environment.nodes), name),
  };
  const rounds = [0, 1, 2, 3].map(() => Object.values(parts).map((part) => cpuOf<unknown>(part).ms));
  const costs = Object.keys(parts).map((what, i) => [what, best(rounds.map((round) => round[i]!))] as const);
  const compared = best(runs.map(({ ms }) => ms));
  const whole = await commandOf(one);
  const rest = whole - costs.reduce((sum, [, ms]) => sum + ms, 0);
  measured.push({ name, steps: run.plan.steps.length, whole, compared, rest, costs: Object.fromEntries(costs) });
}
console.log(JSON.stringify({ plans: measured }));
