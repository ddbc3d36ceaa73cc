/** The budgets of the benchmark: each promise beside the figure that was measured. */
import { median, peak, processor, seconds, type Measured, type Results } from "./results.ts";

export const repeatedThousand = "infra validate, 1,000 resources by forEach";
export const checkedEstate = "infra validate estate-20 (820 resources)";
export const typed = "infra validate static-site (types of AWS)";
export const writtenThousand = "infra validate, 1,000 resources written out";

export interface Budget {
  readonly what: string;
  readonly promised: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Returns the budgets for which this run has measured a figure. */
export function budgets(results: Results): Budget[] {
  return [
    ...starts(results),
    ...plans(results),
    ...simulated(results),
    ...reach(results),
    ...scaling(results),
    ...againstTerraform(results),
  ];
}

function atMost(what: string, limit: number, value: number, unit: string, digits = 1): Budget {
  return { what, promised: `≤ ${limit}${unit}`, measured: `${value.toFixed(digits)}${unit}`, isMet: value <= limit };
}

function starts({ starts: all }: Results): Budget[] {
  const took = (name: string) => median(all.find((one) => one.name === name)?.costs.map((cost) => cost.seconds) ?? []);
  const worked = (name: string) => median(all.find((one) => one.name === name)?.costs.map(({ cpuSeconds = NaN }) => cpuSeconds) ?? []);
  const bare = took("bare Node");
  return [
    atMost("start of `infra --version`, of bare Node's", 1.3, took("infra --version") / bare, " ×"),
    atMost("`infra validate` of the largest environment here, of bare Node's start", 4, took("infra validate web-service") / bare, " ×"),
    atMost(
      "`infra validate` of an environment with types of AWS, of bare Node's start, in processor time",
      6,
      worked(typed) / worked("bare Node"),
      " ×",
    ),
    atMost("`infra --version`, of bare Node's start, in processor time", 1.3, worked("infra --version") / worked("bare Node"), " ×"),
    atMost(
      "`infra validate` of 1,000 resources by `forEach`, of the same written out",
      1.5,
      took(repeatedThousand) / took(writtenThousand),
      " ×",
      2,
    ),
    atMost("start of the single executable's `--version`, of bare Node's", 3, took("infra --version, single executable") / bare, " ×"),
  ].filter(({ measured }) => !measured.startsWith("NaN"));
}

const estate = { name: "estate-20", vpcs: 20, resources: 820 };

/** Seconds for reading and checking the workload's file: `infra validate` without the start of Node, which the script has as well. */
function checking({ starts: all }: Results): number {
  const took = (name: string) => median(all.find((one) => one.name === name)?.costs.map((cost) => cost.seconds) ?? []);
  return took(checkedEstate) - took("bare Node");
}

function plans(results: Results): Budget[] {
  const { phases, floors } = results;
  return phases
    .filter(({ program, workload, where }) => program === "infra" && workload === estate.name && !where.includes("throttled"))
    .flatMap((one) => {
      const at = `\`${estate.name}\`, ${one.where}`;
      if (one.phase === "apply from empty")
        return [atMost(`${at}, apply from empty: calls for each resource`, 1.9, one.calls / estate.resources, "", 2)];
      if (one.phase === "import")
        return [
          // An import takes at most this much processor time beyond its reads, because the reads wait for EC2's rate limit.
          atMost(`${at}, import: processor time, what its reads take of it included`, 5, processor(one), " s"),
          atMost(`${at}, the same: memory`, 170, peak(one), " MB", 0),
          // Calls for single objects: four settings of each of the 200 instances, two of each VPC, and the zones of each VPC. The rest are
          // listings.
          atMost(`${at}, the same: calls`, 4 * 200 + 3 * estate.vpcs + 67, one.calls, "", 0),
        ];
      if (one.phase !== "plan, nothing to do") return [];
      const floor = floors.find(({ workload, where }) => workload === one.workload && where === one.where);
      return [
        atMost(`${at}, plan with nothing to do: calls`, 20 + 2 * estate.vpcs, one.calls, "", 0),
        ...(floor === undefined
          ? []
          : [
              atMost(
                `${at}, the same: time, of a bare script that makes the same calls`,
                1.3,
                seconds({ costs: floor.plans }) / seconds(floor),
                " ×",
                2,
              ),
              atMost(
                `${at}, the same: time, of that script and \`infra validate\` of the file one after the other`,
                1.2,
                seconds({ costs: floor.plans }) / (seconds(floor) + checking(results)),
                " ×",
                2,
              ),
            ]),
        atMost(`${at}, the same: memory`, 150, peak(one), " MB", 0),
      ];
    });
}

function simulated({ simulated: all }: Results): Budget[] {
  return all.map((one) =>
    atMost(`\`${one.workload}\`, apply in simulated time, of the lower bound`, 1.2, one.seconds / one.bound.seconds, " ×", 2),
  );
}

function reach({ reach: all }: Results): Budget[] {
  return all.map(({ name, whole, rest }) =>
    atMost(`a plan grows for who reaches whom: ${name}`, 10, (100 * (whole - rest)) / rest, " %", 0),
  );
}

function scaling({ scaling: all }: Results): Budget[] {
  return all.flatMap((one) => [
    ...(one.resources >= 50_000
      ? [
          atMost(
            `${one.resources.toLocaleString("en")} resources: plan in one process, without the SDK and its wire`,
            12,
            one.load + one.observe + one.same,
            " s",
          ),
          atMost("the same through the command, the SDK and the sandbox's files", 30, one.plan.seconds, " s"),
          atMost("the same: memory", 1000, one.plan.peakMb ?? Number.NaN, " MB", 0),
        ]
      : []),
    ...(one.picture !== undefined && one.resources <= 1_000
      ? [atMost(`${one.resources.toLocaleString("en")} resources: the picture of their networks`, 0.3, one.picture, " s", 2)]
      : []),
    ...(one.page === undefined ? [] : [atMost("the HTML page of the plan that makes them", 1.5, one.page.megabytes, " MB", 2)]),
    ...(one.page?.seconds === undefined ? [] : [atMost("the same until it answers, in Chromium", 1, one.page.seconds, " s", 2)]),
    {
      what: `${one.resources.toLocaleString("en")} resources: compared and ordered, fields a second`,
      promised: "≥ 250,000",
      measured: Math.round(one.fields / one.same).toLocaleString("en"),
      isMet: one.fields / one.same >= 250_000,
    },
  ]);
}

function againstTerraform({ phases }: Results): Budget[] {
  const of = (program: Measured["program"], phase: Measured["phase"]) =>
    phases.find((one) => one.program === program && one.phase === phase && one.workload === estate.name && one.where === "40 ms");
  const part = (what: string, limit: number, ours: number, theirs: number): Budget => ({
    what: `\`${estate.name}\`, 40 ms, ${what}, of Terraform's`,
    promised: `≤ 1/${limit}`,
    measured: `1/${(theirs / ours).toFixed(1)}`,
    isMet: ours * limit <= theirs,
  });
  const compare = (phase: Measured["phase"], parts: (ours: Measured, theirs: Measured) => Budget[]) => {
    const [ours, theirs] = [of("infra", phase), of("terraform", phase)];
    return ours && theirs ? parts(ours, theirs) : [];
  };
  return [
    ...compare("plan, nothing to do", (ours, theirs) => [
      part("plan with nothing to do: calls", 50, ours.calls, theirs.calls),
      part("the same: time", 20, seconds(ours), seconds(theirs)),
      part("the same: memory", 7, peak(ours), peak(theirs)),
    ]),
    ...compare("apply from empty", (ours, theirs) => [
      part("apply from empty: calls", 5, ours.calls, theirs.calls),
      part("the same: time", 10, seconds(ours), seconds(theirs)),
    ]),
  ];
}
