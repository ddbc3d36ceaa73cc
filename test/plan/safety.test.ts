/** Which objects a plan refuses to destroy, which it keeps, and how it names the setting that would allow it. */
import { describe, expect, test } from "vitest";
import type { Live } from "../../src/kinds/kind.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { PlanInput } from "../../src/plan/planned.ts";
import { inputOf } from "./pure.ts";

interface Otherwise {
  readonly goal?: "agree" | "destroy";
  readonly more?: Partial<PlanInput>;
  /** Changes the observed objects that the first text gives. */
  readonly live?: Readonly<Record<string, Partial<Live>>>;
}

/** Returns the steps, and the messages about objects without a step. */
function planOf(before: string, after: string, { goal = "agree", more = {}, live = {} }: Otherwise = {}): string[] {
  const input = inputOf(before, after);
  const objects = new Map(
    [...input.observed.objects].map(([address, one]) => [address, { ...one, live: { ...one.live, ...live[address] } }]),
  );
  const declared = goal === "destroy" ? new Map() : input.declared;
  const { plan, diagnostics } = makePlan({ ...input, goal, declared, observed: { ...input.observed, objects }, ...more });
  return [
    ...plan.steps.map(({ action, address, because }) => `${action} ${address}: ${because}`),
    ...diagnostics.map(({ code, severity, summary, hint }) => `${severity} ${code}: ${summary}${hint === undefined ? "" : ` (${hint})`}`),
  ];
}

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const subnet = "subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n";
const machine = (more = "") => `instances: { m: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro${more} } }\n`;
const all = vpc + subnet + machine();
const topic = (more = "") => `topics: { t: { name: a${more} } }\n`;
const allowed = (id: string) => `allowDestroy: { instance/m: "${id}" }\n`;

describe("objects that left the file", () => {
  test.each<[what: string, before: string, after: string, otherwise: Otherwise, lines: string[]]>([
    ["goes where nothing is lost", topic(), "", {}, ["delete topic/t: it is no longer in the YAML"]],
    [
      "is kept with all that it needs, where its disk would be lost",
      all,
      "",
      {},
      [
        "keep vpc/main: kept, because of instance/m",
        "keep subnet/a: kept, because of instance/m",
        "keep instance/m: deleting it would lose its disk; to allow that, add `allowDestroy: { instance/m: id of instance/m }`",
      ],
    ],
    [
      "goes where it is disposable",
      vpc + subnet + machine(", disposable: true"),
      "",
      {},
      [
        "delete instance/m: it is no longer in the YAML",
        "delete subnet/a: it is no longer in the YAML",
        "delete vpc/main: it is no longer in the YAML",
      ],
    ],
    [
      "goes where the file allows it by its id",
      all,
      vpc + subnet + allowed("id of instance/m"),
      {},
      ["delete instance/m: it is no longer in the YAML"],
    ],
    [
      "is kept where the file allows another one's end",
      all,
      vpc + subnet + allowed("i-other"),
      {},
      ["keep instance/m: deleting it would lose its disk; to allow that, add `allowDestroy: { instance/m: id of instance/m }`"],
    ],
    [
      "goes with the whole environment, its disk as well",
      all,
      all,
      { goal: "destroy" },
      [
        "delete instance/m: the whole environment is destroyed",
        "delete subnet/a: the whole environment is destroyed",
        "delete vpc/main: the whole environment is destroyed",
      ],
    ],
    [
      "is kept where it is protected, also by a destroy",
      topic(", protect: true"),
      topic(", protect: true"),
      { goal: "destroy" },
      ["keep topic/t: it is protected (`protect: true`)"],
    ],
    ["is kept where it is retained", topic(", retain: true"), "", {}, ["keep topic/t: it is retained (`retain: true`)"]],
    [
      "goes where its replacement was made before the run died, whatever it loses",
      all,
      vpc + subnet,
      { live: { "instance/m": { tags: { "infra:superseded": "1" } } } },
      ["delete instance/m: it is no longer in the YAML"],
    ],
  ])("%s", (_what, before, after, otherwise, lines) => {
    expect(planOf(before, after, otherwise)).toEqual(lines);
  });
});

describe("objects that would be replaced", () => {
  test.each<[what: string, before: string, after: string, otherwise: Otherwise, lines: string[]]>([
    ["is, where nothing is lost", topic(), topic().replace("a }", "b }"), {}, ["replace topic/t: AWS cannot rename it"]],
    [
      "is refused where it is protected, in AWS or by the file",
      topic(", protect: true"),
      topic(", protect: true").replace("a,", "b,"),
      {},
      [
        "error protected: topic/t (id of topic/t) would have to be replaced, because AWS cannot rename it; it is protected. (remove `protect: true` in a separate change first)",
      ],
    ],
    [
      "is refused where the environment allows less",
      topic(),
      `maxDisruption: restart\n${topic().replace("a }", "b }")}`,
      {},
      [
        "error too-disruptive: topic/t would be replaced, and this environment allows at most `maxDisruption: restart`. (because AWS cannot rename it)",
      ],
    ],
    [
      "is refused where others use it",
      topic(),
      topic().replace("a }", "b }"),
      { more: { users: new Map([["id of topic/t", [{ id: "s-1", what: "a subscription" }]]]) } },
      [
        "error in-use: topic/t (id of topic/t) is to be replaced, but other objects use it: s-1 (a subscription). (AWS will not delete it while they use it; remove them first, or keep it)",
      ],
    ],
    [
      "may go where others use it: they may let go meanwhile",
      topic(),
      "",
      { more: { users: new Map([["id of topic/t", [{ id: "s-1", what: "a subscription" }]]]) } },
      [
        "delete topic/t: it is no longer in the YAML",
        "warning in-use: topic/t (id of topic/t) is to be deleted, but other objects use it: s-1 (a subscription). (AWS will not delete it while they use it; remove them first, or keep it)",
      ],
    ],
  ])("%s", (_what, before, after, otherwise, lines) => {
    expect(planOf(before, after, otherwise)).toEqual(lines);
  });

  test("a restart is refused where the environment allows none", () => {
    expect(planOf(all, `maxDisruption: none\n${all.replace("t3.micro", "t3.small")}`)).toEqual([
      "error too-disruptive: instance/m would be restarted, and this environment allows at most `maxDisruption: none`. (because changing the instance type needs a stop and start)",
    ]);
  });
});
