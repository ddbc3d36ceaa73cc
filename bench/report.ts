/** Writes the results as Markdown: the measured figures beside the promised ones, and where Terraform is faster. */
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import { budgets } from "./budgets.ts";
import type { Cost } from "./measure.ts";
import { median, peak, seconds, type Measured, type Results } from "./results.ts";
import { provider } from "./workload-hcl.ts";

export function report(results: Results): string {
  const { phases, terraform } = results;
  const sections = [
    head(results),
    promises(results),
    starts(results),
    terraform === undefined ? "" : ahead(phases),
    unfinished(results),
    comparison(phases),
    floors(results),
    simulated(results),
    reach(results),
    scaling(results),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function head({ command, terraform }: Results): string {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const commit = git("rev-parse", "--short", "HEAD");
  const processor = cpus();
  return [
    "# Benchmark",
    "",
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, infra ${version} (${commit}${git("status", "--porcelain") === "" ? "" : " and changes"}), Node ${process.version}${terraform === undefined ? "" : `, Terraform ${terraform} with AWS provider ${provider}`}, ${process.platform} ${release()}, ${processor.length} × ${processor[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, load average ${loadavg()[0]!.toFixed(1)} at the end.`,
    "",
    "Both programs talk to the same `infra sandbox serve`, which takes real time for what takes AWS time, the same for both, and each call takes the time that is named; “throttled” is what AWS publishes of its throttling, and “moto” an emulator by others. Times are medians; in brackets the least and the most. Memory is the peak of all processes together. “Calls” are counted at the endpoint.",
  ].join("\n");
}

function promises(results: Results): string {
  const rows = budgets(results).map(({ what, promised, measured, isMet }) => [what, promised, measured, isMet ? "met" : "**missed**"]);
  return rows.length === 0 ? "" : `## Budgets\n\n${table(["what", "promised", "measured", ""], rows)}`;
}

function starts({ starts: all }: Results): string {
  const bare = median(all[0]?.costs.map(({ seconds }) => seconds) ?? []);
  const rows = all.map(({ name, costs }) => [
    name,
    time(costs),
    `${(median(costs.map(({ seconds }) => seconds)) / bare).toFixed(1)} ×`,
    memory(costs),
  ]);
  return `## Start\n\n${table(["", "time", "of bare Node", "memory"], rows)}`;
}

function comparison(phases: readonly Measured[]): string {
  const rows = phases.map((one) => {
    const other = counterpart(phases, one);
    const ratio =
      other && one.program === "infra"
        ? `1/${(other.calls / one.calls).toFixed(1)} calls, ${share(seconds(one), seconds(other))} time, ${share(peak(one), peak(other))} memory`
        : "";
    return [
      one.workload,
      one.where,
      one.phase,
      one.program,
      one.calls.toFixed(0),
      `${one.reads.toFixed(0)} + ${one.writes.toFixed(0)}`,
      String(one.maxConcurrency),
      time(one.costs),
      cpu(one.costs),
      memory(one.costs),
      ratio,
    ];
  });
  return `## Phase by phase\n\n${table(["workload", "where", "phase", "program", "calls", "reads + writes", "at once", "time", "processor", "memory", "of Terraform's"], rows)}`;
}

/** The phases in which Terraform did better; they come first in the report. */
function ahead(phases: readonly Measured[]): string {
  const lost = phases.flatMap((one) => {
    const other = one.program === "infra" ? counterpart(phases, one) : undefined;
    if (!other) return [];
    const losses = [
      ...(seconds(one) > seconds(other) ? [`${seconds(one).toFixed(1)} s against ${seconds(other).toFixed(1)} s`] : []),
      ...(one.calls > other.calls ? [`${one.calls.toFixed(0)} calls against ${other.calls.toFixed(0)}`] : []),
      ...(peak(one) > peak(other) ? [`${peak(one).toFixed(0)} MB against ${peak(other).toFixed(0)} MB`] : []),
    ];
    return losses.length === 0 ? [] : [`- ${one.workload}, ${one.where}, ${one.phase}: ${losses.join("; ")}`];
  });
  const why =
    "`infra` begins at half of the rates that AWS publishes (one machine and two and a half security groups a second) and grows from there until it is throttled; an endpoint that does not throttle lets Terraform go as fast as it answers.";
  return `## Where Terraform is ahead\n\n${lost.length === 0 ? "Nowhere in this run." : `${lost.join("\n")}\n\n${why}`}`;
}

function unfinished({ failed }: Results): string {
  const rows = failed.map(({ workload, where, said }) => `- ${workload}, ${where}: ${said.join("; ")}`);
  return rows.length === 0 ? "" : `## What Terraform did not bring to an end here\n\n${rows.join("\n")}`;
}

function floors({ floors: all, phases }: Results): string {
  const rows = all.map((one) => {
    const plan = phases.find(
      ({ program, phase, workload, where }) =>
        program === "infra" && phase === "plan, nothing to do" && workload === one.workload && where === one.where,
    );
    return [
      one.workload,
      one.where,
      `${one.calls}`,
      time(one.costs),
      plan ? plan.calls.toFixed(0) : "",
      time(one.plans),
      `${(seconds({ costs: one.plans }) / seconds(one)).toFixed(2)} ×`,
      memory(one.costs),
    ];
  });
  return `## The floor\n\nA bare script (\`bench/floor.ts\`) that makes the calls of a plan with the SDK's paginators and throws the answers away, in turn with \`infra plan\` with nothing to do.\n\n${table(["workload", "where", "calls", "time", "calls of infra", "time of infra", "ratio", "memory of the script"], rows)}`;
}

function simulated({ simulated: all }: Results): string {
  if (all.length === 0) return "";
  const rows = all.map(({ workload, seconds, calls, throttled, bound }) => [
    workload,
    `${seconds.toFixed(0)} s`,
    `${bound.seconds.toFixed(0)} s (${bound.by})`,
    `${(seconds / bound.seconds).toFixed(2)} ×`,
    `${bound.inSequence.toFixed(0)} s`,
    String(calls),
    String(throttled),
  ]);
  return `## Simulated time\n\nAn apply from empty in virtual time, 120 ms a call, under AWS's waits and published throttling. The lower bound is the longest chain of objects that need each other, each with AWS's own time for it, or the time until the narrowest bucket has refilled.\n\n${table(["workload", "time", "lower bound", "ratio", "one at a time", "calls", "throttled"], rows)}`;
}

function reach({ reach: all }: Results): string {
  if (all.length === 0) return "";
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const rows = all.map(({ name, steps, whole, compared, rest, costs }) => [
    name,
    String(steps),
    ms(whole),
    ms(compared),
    ...Object.values(costs).map((cost) => `${ms(cost)}, ${((100 * cost) / rest).toFixed(0)} %`),
    `${((100 * (whole - rest)) / rest).toFixed(0)} %`,
  ]);
  return `## Who reaches whom\n\nProcessor time of \`infra --sandbox plan\`, the least of four; of the comparison alone within one warm process; and of the parts that compute who reaches whom, with two assertions that hold at every step, in percent of the rest of the command.\n\n${table(["plan", "steps", "command", "compared", ...Object.keys(all[0]!.costs), "together"], rows)}`;
}

function scaling({ scaling: all }: Results): string {
  if (all.length === 0) return "";
  const rows = all.map((one) => [
    String(one.resources),
    time([one.plan]),
    cpu([one.plan]),
    memory([one.plan]),
    time([one.validate]),
    memory([one.validate]),
    `${one.load.toFixed(1)} s`,
    `${one.observe.toFixed(1)} s`,
    `${one.same.toFixed(2)} s`,
    Math.round(one.fields / one.same).toLocaleString("en"),
  ]);
  const [first, last] = [all[0]!, all.at(-1)!];
  const exponent = (of: (one: (typeof all)[number]) => number) =>
    (Math.log(of(last) / of(first)) / Math.log(last.resources / first.resources)).toFixed(2);
  const fit =
    all.length > 1
      ? `\n\nFrom the smallest to the largest, processor time grows with the number of resources to the power of ${exponent((one) => one.plan.cpuSeconds ?? one.plan.seconds)}, memory to ${exponent((one) => one.plan.peakMb ?? 1)}, its parts in one process to ${exponent((one) => one.load + one.observe + one.same)}, comparing and ordering alone to ${exponent((one) => one.same)}.`
      : "";
  return `## Scaling\n\n\`infra --sandbox plan\` with nothing to do: reading the YAML, the sandbox on disk, the SDK and the plan, all in one process. The three columns after it are the parts of the same plan in one process, without the SDK and its wire; “compare and order” is processor time, and so is what its fields a second come from.\n\n${table(["resources", "plan", "processor", "memory", "validate", "memory", "read the YAML", "read the sandbox", "compare and order", "fields a second"], rows)}${fit}`;
}

function counterpart(phases: readonly Measured[], one: Measured): Measured | undefined {
  return phases.find(
    (other) => other.program !== one.program && other.workload === one.workload && other.where === one.where && other.phase === one.phase,
  );
}

function share(ours: number, theirs: number): string {
  return ours <= theirs ? `1/${(theirs / ours).toFixed(1)}` : `${(ours / theirs).toFixed(1)} ×`;
}

function time(costs: readonly Cost[]): string {
  const all = costs.map((cost) => cost.seconds);
  const digits = Math.max(...all) < 10 ? 2 : 1;
  const spread = all.length > 1 ? ` (${Math.min(...all).toFixed(digits)}–${Math.max(...all).toFixed(digits)})` : "";
  return `${median(all).toFixed(digits)} s${spread}`;
}

function cpu(costs: readonly Cost[]): string {
  const all = costs.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
  return all.length === 0 ? "—" : `${median(all).toFixed(1)} s`;
}

function memory(costs: readonly Cost[]): string {
  const all = costs.flatMap(({ peakMb }) => peakMb ?? []);
  return all.length === 0 ? "—" : `${median(all).toFixed(0)} MB`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return "no repository";
  }
}
