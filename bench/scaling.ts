/**
 * `scaling seed FOLDER ESTATES` makes that many estates in a sandbox and leaves the sandbox and their YAML in a folder, so that `infra
 * --sandbox plan` finds the estates as already made. `scaling diff FOLDER` measures comparing and ordering alone. Both print one line of
 * JSON.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../src/aws/connect.ts";
import { loadEnvironment } from "../src/config/load.ts";
import type { Environment } from "../src/config/environment.ts";
import { applyUnderLease } from "../src/engine.ts";
import { kinds } from "../src/kinds/index.ts";
import { Drivers } from "../src/observe/drivers.ts";
import { observe } from "../src/observe/observe.ts";
import { resolve } from "../src/observe/resolve.ts";
import { makePlan } from "../src/plan/make-plan.ts";
import { openSandbox } from "@plumbline/aws-sandbox/disk/open.ts";
import { writeRegion } from "@plumbline/aws-sandbox/disk/region-file.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { account, pastTheWire } from "../test/support/past-the-wire.ts";
import { estates, region } from "./workloads.ts";
import { resourceIndexOf } from "../src/config/kind-checks.ts";
import { pictureOf } from "../src/picture/picture.ts";
import { pictureInputOf } from "../src/picture/input.ts";

const [task, folder, count] = process.argv.slice(2) as [string, string, string | undefined];
console.log(JSON.stringify(task === "seed" ? await seed(folder, Number(count)) : await diffOnly(folder)));

async function seed(folder: string, count: number): Promise<object> {
  writeEnvironment(folder, count);
  const environment = load(folder);
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock, faults: { events: { "quotas:lifted": "always" } }, keepCalls: 1 });
  const began = performance.now();
  const connection = await connect({ region, clock, ...pastTheWire(sandbox, region) });
  const result = await applyUnderLease(kinds, connection, environment, {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => undefined,
    lease: { me: { who: "bench", run: "1" } },
    concurrency: 200,
  });
  if (result.ended !== "ran" || result.outcome.status !== "done") throw new Error(`the estates were not made: ${result.ended}`);
  const seconds = (performance.now() - began) / 1000;
  const place = join(folder, ".infra", "sandbox", account);
  mkdirSync(place, { recursive: true });
  writeRegion(join(place, `${region}.json`), { account, region }, sandbox.stores.get(`${account}/${region}`)!);
  return { resources: environment.nodes.length, seconds };
}

/** Writes a folder with one file for each section, because all sections together are too long for one file. */
function writeEnvironment(folder: string, count: number): void {
  mkdirSync(join(folder, "bench"), { recursive: true });
  const sections = estates(count).yaml.split(/^(?=[a-zA-Z]+:\n)/m);
  for (const [i, section] of sections.entries()) writeFileSync(join(folder, "bench", `${i}.yaml`), section);
}

function load(folder: string): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "./bench", cwd: folder, kinds });
  if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return environment;
}

/** Runs the parts of a plan in one process: reading the YAML, observing (without the SDK and its transport), comparing and ordering. */
async function diffOnly(folder: string): Promise<object> {
  const { sandbox, clock, close } = openSandbox({ dir: join(folder, ".infra", "sandbox"), time: "virtual" });
  // The sandbox keeps its state in a file that AWS would not have to read. The first call reads it, so that no later one does.
  await sandbox.call({ service: "ec2", operation: "DescribeVpcs", account, region, input: { MaxResults: 5 } });
  const began = performance.now();
  const environment = load(folder);
  const loaded = performance.now();
  const connection = await connect({ region, clock, ...pastTheWire(sandbox, region) });
  const drivers = new Drivers(connection.aws);
  const [observed, resolved] = await Promise.all([
    observe(kinds, drivers, connection.aws, environment),
    resolve(kinds, drivers, connection.aws, environment),
  ]);
  const seen = performance.now();
  const empty = { ...observed, objects: new Map() };
  const time = (seen: typeof observed) => {
    const began = process.cpuUsage(); // processor time: other programs on the machine do not count
    makePlan({
      environment,
      goal: "agree",
      observed: seen,
      declared: resolved.declared,
      lookups: resolved.lookups,
      failed: resolved.failed,
    });
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  const picture = () => {
    const began = process.cpuUsage();
    const { nodes, project, name } = environment;
    pictureOf(pictureInputOf({ title: `${project}/${name}`, region }, kinds, nodes, resourceIndexOf(region, nodes)));
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  const rounds = Array.from({ length: 15 }, () => ({ same: time(observed), create: time(empty) }));
  close();
  const fields = environment.nodes.reduce((sum, node) => sum + Object.keys(kinds.find(({ name }) => name === node.kind)!.fields).length, 0);
  return {
    resources: environment.nodes.length,
    fields,
    load: (loaded - began) / 1000,
    observe: (seen - loaded) / 1000,
    same: median(rounds.map(({ same }) => same)),
    create: median(rounds.map(({ create }) => create)),
    picture: median(Array.from({ length: 5 }, picture)),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
