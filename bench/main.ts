/** `npm run bench`: measures both programs on the same workloads and endpoint, then `infra` alone against its budgets, and writes bench/results/latest.md. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { kinds } from "../src/kinds/index.ts";
import { startEndpoint, type Endpoint } from "./endpoint.ts";
import { cpuHook, measure, type Command, type Cost } from "./measure.ts";
import { startMoto } from "./moto.ts";
import { secondsUntilReady } from "./page.ts";
import { awsEnv, findTerraform, infraIn, terraformIn, type Phase, type Program } from "./programs.ts";
import { repeatedThousand, typed, writtenThousand, checkedEstate } from "./budgets.ts";
import { report } from "./report.ts";
import type { Measured, Results } from "./results.ts";
import { webLab } from "./web-lab.ts";
import { thousandParameters } from "./workload-yaml.ts";
import { estates, groups, type Workload } from "./workloads.ts";

const usage = `npm run bench -- [--quick] [--no-terraform] [--workload NAME]… [--latency MS]… [--throttled] [--moto] [--repeats N]
                 [--skip-scaling] [--reach]

  --quick           one latency, three repeats, no web-lab, no groups-2000, no 50,000 resources
  --no-terraform    infra alone
  --workload NAME   only this one: web-lab, estate-1, estate-5, estate-20, groups-2000
  --latency MS      only at this latency: 0 and 40 when absent, web-lab at the last alone
  --throttled       also at the last latency with the throttling that AWS publishes
  --moto            also estate-1 on moto, where moto_server is on the PATH
  --repeats N       how often each of infra's plans is measured; 5 when absent. Terraform's are measured three times at most, and once
                    where they take minutes
  --import          only infra's import of estate-20
  --reach           only what plans grow by for who reaches whom, printed and not written
  --skip-scaling    without the plans of 1,000, 10,000 and 50,000 resources

Writes bench/results/latest.md, after every step.`;

const { values: flags } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    "no-terraform": { type: "boolean", default: false },
    "skip-scaling": { type: "boolean", default: false },
    import: { type: "boolean", default: false },
    reach: { type: "boolean", default: false },
    throttled: { type: "boolean", default: false },
    moto: { type: "boolean", default: false },
    repeats: { type: "string" },
    latency: { type: "string", multiple: true },
    workload: { type: "string", multiple: true },
  },
});

if (flags.help) {
  console.log(usage);
  process.exit();
}

const infra = join(process.cwd(), "bin", "infra.mjs");
const built = join(process.cwd(), "node_modules", ".cache", "bench");
const folder = mkdtempSync(join(tmpdir(), "infra-bench-"));
const repeats = Number(flags.repeats ?? (flags.quick ? 3 : 5));
const terraform = flags["no-terraform"] ? undefined : findTerraform();

const results: Results = {
  command: ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
  terraform: terraform?.version,
  starts: [],
  phases: [],
  failed: [],
  floors: [],
  scaling: [],
  simulated: [],
  reach: [],
};

try {
  if (!flags.import) reachOfPlans();
  if (!flags.reach) await measureRest();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureRest(): Promise<void> {
  if (!flags.import) await measureStarts();
  const endpoint = await startEndpoint(infra);
  try {
    const latencies = (flags.latency ?? (flags.quick ? ["40"] : ["0", "40"])).map(Number);
    const all = [webLab(), estates(1), estates(5), estates(20), groups(2000)];
    const isLong = ({ name }: Workload) => ["web-lab", "groups-2000"].includes(name);
    const workloads = all.filter((one) => flags.workload?.includes(one.name) ?? !(flags.quick && isLong(one)));
    const settings: Setting[] = latencies.map((latency) => ({ endpoint, where: `${latency} ms`, latency, throttled: false }));
    const last = settings.at(-1)!;
    if (flags.throttled) settings.push({ ...last, where: `${last.where}, throttled`, throttled: true });
    // A database takes AWS the same minutes at any latency, so web-lab runs once.
    const isWanted = ({ name }: Workload, setting: Setting) => name !== "web-lab" || setting === last;
    for (const setting of flags.import ? [] : settings)
      for (const one of workloads) if (isWanted(one, setting)) await compare(setting, one);
    await measureImport(endpoint);
  } finally {
    await endpoint.stop();
  }
  if (flags.moto) await compareOnMoto();
  if (!flags.import) await simulate();
  if (!flags["skip-scaling"] && !flags.import) for (const count of flags.quick ? [24, 244] : [24, 244, 1220]) await scale(count);
}

/** Measures the reachability part of plans in one separate process, so that the plan and its part run under the same conditions. */
function reachOfPlans(): void {
  results.reach.push(...(json(["reach-plans.mjs"]) as { plans: Results["reach"] }).plans);
  keep();
}

/** Writes the results after every step, so that a later failure does not lose them. */
function keep(): void {
  if (flags.reach) return void process.stdout.write(report(results));
  mkdirSync("bench/results", { recursive: true });
  writeFileSync("bench/results/latest.md", report(results));
}

async function times(count: number, run: () => Promise<Cost>): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let i = 0; i < count; i++) costs.push(await run());
  return costs;
}

async function measureStarts(): Promise<void> {
  writeFileSync(join(folder, "empty.mjs"), "");
  writeFileSync(join(folder, "estate-20.yaml"), estates(20).yaml);
  writeFileSync(join(folder, "repeated.yaml"), thousandParameters("repeated"));
  writeFileSync(join(folder, "written.yaml"), thousandParameters("written out"));
  const [hook, cpuFile] = [join(folder, "cpu.cjs"), join(folder, "cpu")];
  writeFileSync(hook, cpuHook);
  const env = { ...process.env, BENCH_CPU_FILE: cpuFile };
  const node = (name: string, ...args: string[]): { name: string; command: Command } => ({
    name,
    command: { program: process.execPath, args: ["--require", hook, ...args], cwd: folder, env, cpuFile },
  });
  const all = [
    node("bare Node", "empty.mjs"),
    node("infra --version", infra, "--version"),
    node("infra validate web-service", infra, "-C", process.cwd(), "validate", "web-service"),
    node(typed, infra, "-C", process.cwd(), "validate", "static-site"),
    node(checkedEstate, infra, "validate", "./estate-20.yaml"),
    node(repeatedThousand, infra, "validate", "./repeated.yaml"),
    node(writtenThousand, infra, "validate", "./written.yaml"),
    ...singleExecutable("--version"),
    ...singleExecutable("validate", "./estate-20.yaml"),
  ];
  const costs = new Map<string, Cost[]>();
  // The programs take turns, so that a busy minute of the host slows all of them.
  for (let round = 0; round < 2 * repeats + 1; round++)
    for (const { name, command } of all) costs.set(name, [...(costs.get(name) ?? []), await measure(command)]);
  for (const [name, list] of costs) results.starts.push({ name, costs: list.slice(1) });
  keep();
}

/** The same measurement with the executable of `npm run build:single`, if it was built. */
function singleExecutable(...args: string[]): readonly { readonly name: string; readonly command: Command }[] {
  const program = resolve("dist-single/infra");
  return existsSync(program)
    ? [{ name: `infra ${args[0]!}, single executable`, command: { program, args, cwd: folder, env: process.env } }]
    : [];
}

/** An endpoint and its behaviour. */
interface Setting {
  readonly endpoint: Endpoint;
  readonly where: string;
  readonly latency: number;
  readonly throttled: boolean;
}

/** Imports an estate that no environment manages. There is no latency, so that the reads take almost no time. */
async function measureImport(endpoint: Endpoint): Promise<void> {
  const workload = estates(20);
  if (flags.workload && !flags.workload.includes(workload.name)) return;
  const program = infraIn(join(folder, "import"), infra, endpoint.url, workload);
  await endpoint.reset(0, false);
  program.write(false);
  await measure(program.command("apply from empty"));
  const command = program.released!();
  await endpoint.forgetCalls();
  const costs = await times(repeats, () => measure(command));
  const { total, reads, writes, maxConcurrency } = await endpoint.counts();
  const each = { calls: total / repeats, reads: reads / repeats, writes: writes / repeats, maxConcurrency };
  results.phases.push({ program: "infra", workload: workload.name, where: "0 ms", phase: "import", costs, ...each });
  keep();
}

async function compareOnMoto(): Promise<void> {
  const endpoint = await startMoto();
  if (!endpoint) return void process.stderr.write("moto_server is not on the PATH: nothing was measured on moto\n");
  try {
    await compare({ endpoint, where: "moto", latency: 0, throttled: false }, estates(1));
  } finally {
    await endpoint.stop();
  }
}

/** Runs both programs, phase by phase. The account is emptied before each program. */
async function compare(setting: Setting, workload: Workload): Promise<void> {
  const { endpoint, where, latency, throttled } = setting;
  const place = join(folder, `${workload.name}-${where}`.replace(/\W+/g, "-"));
  const isSmall = workload.resources <= 1000;
  const programs = [
    () => infraIn(join(place, "infra"), infra, endpoint.url, workload),
    ...(terraform && isSmall ? [() => terraformIn(join(place, "terraform"), terraform.plugins, endpoint.url, workload)] : []),
  ];
  for (const make of programs) {
    const program = make();
    await endpoint.reset(latency, throttled);
    await phases(setting, program, workload).catch((error: Error) => {
      if (program.name === "infra") throw error;
      process.stderr.write(`${error.message}\n`);
      // The message of the failed command or of the leftovers of its destroy, followed by Terraform's errors.
      const said = [error.message.split("\n")[0]!.replace(/:$/, ""), ...(error.message.match(/^Error: .*/gm) ?? [])];
      results.failed.push({ workload: workload.name, where, said });
      keep();
    });
  }
}

async function phases({ endpoint, where }: Setting, program: Program, workload: Workload): Promise<void> {
  const again = program.name === "infra" ? repeats : workload.resources > 300 ? 1 : Math.min(repeats, 3);
  const run = async (phase: Phase, count = 1) => {
    await endpoint.forgetCalls();
    const costs = await times(count, () => measure(program.command(phase)));
    const { total, reads, writes, maxConcurrency } = await endpoint.counts();
    const measured: Measured = {
      program: program.name,
      workload: workload.name,
      where,
      phase,
      costs,
      calls: total / count,
      reads: reads / count,
      writes: writes / count,
      maxConcurrency,
    };
    results.phases.push(measured);
    process.stderr.write(
      `${workload.name} ${where} ${program.name} ${phase}: ${measured.calls} calls, ${costs.map(({ seconds }) => seconds.toFixed(1)).join(" ")} s\n`,
    );
    keep();
  };
  program.write(false);
  await run("apply from empty");
  await run("plan, nothing to do", again);
  if (program.name === "infra") await floor({ endpoint, where }, program, workload);
  // Where the plans of Terraform take minutes, one plan is enough, because all three make the same calls.
  const isLong = program.name === "terraform" && workload.resources > 300;
  if (!isLong) await run("drift", again);
  program.write(true);
  if (!isLong) await run("plan, one rule changed", again);
  await run("apply, one rule changed");
  program.allowDestroy();
  await run("destroy");
  const left = program.left();
  if (left.length > 0) throw new Error(`${workload.name} ${where}: ${program.name} destroyed all but ${left.join(", ")}`);
}

/** The bare script and the same plan take turns, so that a busy minute of the host slows both. */
async function floor({ endpoint, where }: Pick<Setting, "endpoint" | "where">, program: Program, workload: Workload): Promise<void> {
  const env = {
    PATH: process.env["PATH"],
    ...awsEnv(endpoint.url, workload),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  const written = Object.keys(parse(workload.yaml) as object);
  const sections = kinds.map(({ section }) => section).filter((section) => written.includes(section));
  const script: Command = { program: process.execPath, args: [join(built, "floor.mjs"), workload.name, ...sections], cwd: folder, env };
  const costs: Cost[] = [];
  const plans: Cost[] = [];
  await endpoint.forgetCalls();
  await measure(script);
  const calls = (await endpoint.counts()).total;
  for (let round = 0; round < 2 * repeats; round++) {
    plans.push(await measure(program.command("plan, nothing to do")));
    costs.push(await measure(script));
  }
  results.floors.push({ workload: workload.name, where, costs, plans, calls });
  keep();
}

async function simulate(): Promise<void> {
  for (const workload of [estates(1), estates(20)]) {
    const file = join(folder, `${workload.name}.yaml`);
    writeFileSync(file, workload.yaml);
    results.simulated.push({ workload: workload.name, ...json(["simulated.mjs", file]) } as Results["simulated"][number]);
    keep();
  }
  results.simulated.push({
    workload: "web-lab",
    ...json(["simulated.mjs", join(process.cwd(), "test/fixtures/web-lab/web-lab.yaml")]),
  } as Results["simulated"][number]);
  keep();
}

async function scale(count: number): Promise<void> {
  const place = join(folder, `scale-${count}`);
  const { resources } = json(["scaling.mjs", "seed", place, String(count)]) as { resources: number };
  const plan = await times(1, () =>
    measure({ program: process.execPath, args: [infra, "-C", place, "--sandbox", "plan", "./bench"], cwd: folder, env: process.env }),
  );
  const validate = await times(1, () =>
    measure({ program: process.execPath, args: [infra, "-C", place, "validate", "./bench"], cwd: folder, env: process.env }),
  );
  const diff = json(["scaling.mjs", "diff", place]) as Pick<
    Results["scaling"][number],
    "fields" | "load" | "observe" | "same" | "create" | "picture"
  >;
  const page = resources <= 1_000 ? await pageOf(place) : undefined;
  results.scaling.push({ resources, plan: plan[0]!, validate: validate[0]!, ...diff, ...(page && { page }) });
  keep();
}

/** Writes and measures the HTML page of the plan that creates the whole environment. */
async function pageOf(place: string): Promise<NonNullable<Results["scaling"][number]["page"]>> {
  const empty = mkdtempSync(join(folder, "page-"));
  cpSync(join(place, "bench"), join(empty, "bench"), { recursive: true });
  const file = join(empty, "plan.html");
  execFileSync(process.execPath, [infra, "-C", empty, "--sandbox", "plan", "./bench", "--output", file], { stdio: "ignore" });
  const seconds = await secondsUntilReady(file);
  return { megabytes: statSync(file).size / 1e6, ...(seconds !== undefined && { seconds }) };
}

function json([script, ...args]: readonly string[]): object {
  const text = execFileSync(process.execPath, ["--max-old-space-size=6000", join(built, script!), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: process.cwd(),
  }).toString();
  return JSON.parse(text.trim().split("\n").at(-1)!) as object;
}
