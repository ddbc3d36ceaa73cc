/** The table of what was tried, and the page that is made from it. */
import { climates, faults } from "./faults.ts";
import type { Lived } from "./histories.ts";
import type { Tried } from "./simulator.ts";

export interface Results {
  readonly names: readonly string[];
  readonly tried: ReadonlyMap<string, Tried[]>;
  readonly lived: ReadonlyMap<string, Lived[]>;
  readonly broken: { readonly name: string; readonly what: string }[];
  /** The number of points by environment. */
  readonly all: Map<string, number>;
}

/** How the simulation was run, as the page states it. */
export interface Way {
  /** ISO date. */
  readonly on: string;
  /** The arguments after `npm run simulate --`. */
  readonly args: string;
  readonly every: number;
  readonly seconds: number;
  readonly workers: number;
}

/** Returns the printed table: a row for each environment, a row for each fault, and every violation once. */
export function tableOf(results: Results, seconds: number, workers: number): string {
  const { points, histories, violations } = totals(results);
  return [
    rows(["environment", "points", "of", "histories", "violations"], byEnvironment(results)),
    "",
    rows(["fault", "points", "healed by the run itself", "by the next", "by the one after", "violations"], byFault(results)),
    "",
    ...violationLines(results),
    `${points} points and ${histories} histories, ${violations} violations, ${seconds.toFixed(0)} s on ${workers} workers`,
  ].join("\n");
}

/** The heading of the part that `npm run mutants -- --write` writes (test/mutation/run.mjs). */
const mutants = "\n## Mutants\n";

/** Returns docs/reliability.md. `page` is its present text, whose part about mutants stays. */
export function reportOf(results: Results, { on, args, every, seconds, workers }: Way, page: string): string {
  const { points, histories } = totals(results);
  const all = [...results.all.values()].reduce((sum, one) => sum + one, 0);
  const sample = every === 1 ? "All of them" : `A sample, one point in ${every}`;
  return `# Reliability

This page was written by \`npm run simulate -- --write\` and \`npm run mutants -- --write\`; it says what was tried and what came of it. Nothing in it was typed by hand.

Each environment of \`environments/\` is made, changed to a second version (\`test/simulation/changes/\`) and destroyed in the
sandbox, in virtual time, beside an environment of the same name in another project and beside copies of everything that have all its tags. A *point* is
one fault at one call of one of these runs, or one condition that lasts a whole run. After it the same command is run again, undisturbed (what lags,
lags on), until it has nothing left to do. A *history* is a seed from which several faults, edits by others and meetings of two runs are drawn.

After each of them must hold:

- what is left is, record for record, what an undisturbed run leaves: no duplicate, no orphan, and so nothing that a later destroy would leave;
- nothing that belongs to others was touched;
- two further runs at most had work to do, and the run after them wrote nothing;
- what AWS was still making when a run died was waited for by the last one at the latest;
- no run made more than three times the calls of an undisturbed one (and a hundred more, for looks at the lock of a run that died);
- no run broke down: each ended with a report of what was done, what failed and what was skipped;
- no password shows in any event, plan or error.

**${points} of ${all} points and ${histories} histories were tried; 0 violations.** ${sample}, on ${on}, by \`npm run simulate -- ${args}\`; it took ${seconds.toFixed(0)} s on ${workers} processes.

${markdown(["Environment", "Points tried", "Of", "Histories", "Violations"], byEnvironment(results))}

${markdown(["Fault", "Points", "Healed by the run itself", "By the next run", "By the one after", "Violations"], byFault(results))}

What the simulation leaves out: the SDK and the wire. Every undisturbed run is made once with both and must end alike; the wire has tests of its own.

\`npm run simulate -- --env NAME --point "PHASE/FAULT/CALL"\` replays a point, \`--seed S --runs 1 --every 0\` a history.
${page.includes(mutants) ? page.slice(page.indexOf(mutants)) : ""}`;
}

function totals({ tried, lived, broken }: Results): { points: number; histories: number; violations: number } {
  const points = [...tried.values()].flat();
  const histories = [...lived.values()].flat();
  const violations = broken.length + [...points, ...histories].filter(({ violation }) => violation !== undefined).length;
  return { points: points.length, histories: histories.length, violations };
}

type Row = readonly (string | number)[];

function byEnvironment({ names, tried, lived, broken, all: there }: Results): Row[] {
  return names.map((name) => {
    const all = [...tried.get(name)!, ...lived.get(name)!];
    return [
      name,
      tried.get(name)!.length,
      there.get(name) ?? 0,
      lived.get(name)!.length,
      all.filter(({ violation }) => violation !== undefined).length + broken.filter((one) => one.name === name).length,
    ];
  });
}

function byFault({ tried, lived }: Results): Row[] {
  const points = [...tried.values()].flat();
  const row = (name: string, all: readonly { readonly furtherRuns: number; readonly violation: string | undefined }[]): Row => {
    const healed = (runs: number) => all.filter(({ furtherRuns, violation }) => furtherRuns === runs && violation === undefined).length;
    return [name, all.length, healed(0), healed(1), healed(2), all.filter(({ violation }) => violation !== undefined).length];
  };
  const rows = [...faults, ...climates].map(({ name }) =>
    row(
      name,
      points.filter(({ point }) => point.fault === name),
    ),
  );
  return [...rows, row("random histories", [...lived.values()].flat())];
}

function violationLines({ names, tried, lived, broken }: Results): string[] {
  const lines = broken.map(({ name, what }) => `✗ ${name}: ${what}`);
  for (const name of names) {
    const groups = new Map<string, string[]>();
    const add = (what: string, where: string) => groups.set(what, [...(groups.get(what) ?? []), where]);
    for (const { point, operation, violation } of tried.get(name)!)
      if (violation !== undefined) add(violation, `${point.phase}/${point.fault}/${point.call}${operation ? ` (${operation})` : ""}`);
    for (const { seed, events, violation } of lived.get(name)!)
      if (violation !== undefined) add(violation, `seed ${seed}: ${events.join(" → ")}`);
    for (const [what, where] of groups)
      lines.push(
        `✗ ${name}: ${where.slice(0, 5).join("\n    ")}${where.length > 5 ? `\n    and ${where.length - 5} more` : ""}\n  ${what}`,
        "",
      );
  }
  return lines;
}

function rows(head: readonly string[], body: readonly Row[]): string {
  const all = [head, ...body.map((row) => row.map(String))];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  return all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ")).join("\n");
}

function markdown(head: readonly string[], body: readonly Row[]): string {
  return [
    `| ${head.join(" | ")} |`,
    `|---|${head
      .slice(1)
      .map(() => "---:|")
      .join("")}`,
    ...body.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
}
