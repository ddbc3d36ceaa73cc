/** Plans without AWS: one environment is taken as observed, and another one is planned on top of it. */
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Address, Desired, Kind, Live, Spec } from "../../src/kinds/kind.ts";
import { ownership } from "../../src/resource/ownership.ts";
import { decide } from "../../src/plan/decide.ts";
import { resourceIndexOf } from "../../src/plan/resource-index.ts";
import type { Declared, Decision } from "../../src/plan/decision.ts";
import { withDefaults } from "../../src/plan/diff.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { PlanInput, Planned } from "../../src/plan/planned.ts";
import type { Found, Observed } from "../../src/plan/observed.ts";
import { whenAdopted, type Work } from "../../src/plan/work.ts";
import { declaredTags, hashTags, ourTags } from "../../src/plan/tags.ts";
import { header, loadText } from "../support/testbed.ts";

const kindOf = new Map<string, Kind>(kinds.map((kind) => [kind.name, kind]));

/** Plans the change from one text to the other, as if the first had been applied. */
export function planned(
  before: string,
  after: string,
  { outputs = {}, ...more }: Partial<PlanInput> & { outputs?: Outputs } = {},
): Planned {
  return makePlan({ ...inputOf(before, after, outputs), ...more });
}

/** The outputs of the observed objects. */
export type Outputs = Readonly<Record<Address, Readonly<Record<string, string>>>>;

/** Changes the observed object of one address. */
export const as =
  (address: Address, change: (found: Found) => Found) =>
  (all: Observed): Observed => ({
    ...all,
    objects: new Map([...all.objects].map(([key, one]) => [key, key === address ? change(one) : one])),
  });

/** Returns the decision for each address, before anything is ordered or refused. */
export function decided(before: string, after: string): ReadonlyMap<Address, Decision> {
  const { environment, declared, observed } = inputOf(before, after);
  return decide(environment, "agree", declared, observed, resourceIndexOf(environment.region, declared, observed)).decisions;
}

/** Returns the input of the plan from one text to the other. */
export function inputOf(before: string, after: string, outputs: Outputs = {}): PlanInput {
  const environment = loadText(header + after);
  const observed = observedOf(loadText(header + before), outputs);
  return { environment, goal: "agree", declared: declaredOf(environment), observed, lookups: { values: {} }, failed: new Set() };
}

function declaredOf({ nodes }: Environment): Map<Address, Declared> {
  return new Map(nodes.map((desired) => [desired.address, { kind: kindOf.get(desired.kind)!, desired, resolved: desired.spec as Spec }]));
}

function observedOf(environment: Environment, outputs: Outputs): Observed {
  const objects = new Map(environment.nodes.map((node) => [node.address, foundOf(environment, node, outputs[node.address])]));
  return {
    account: "123456789012",
    objects,
    leftovers: [],
    dying: [],
    shown: new Map(),
    sighted: new Map(),
    ambiguous: new Map(),
    unadoptable: new Map(),
    notes: [],
  };
}

function foundOf({ project, name, region }: Environment, desired: Desired, outputs: Outputs[string] = {}): Found {
  const kind = kindOf.get(desired.kind)!;
  const spec = withDefaults(kind, desired.spec as Spec);
  const awsName = desired.awsName ?? desired.name;
  const tags = {
    ...(declaredTags(desired) as Record<string, string>),
    ...ourTags({ project, environment: name, region }, kind, desired, awsName),
    ...hashTags(kind, desired.spec as Spec),
    ...(desired.disposable ? { [ownership.disposable]: "true" } : {}),
  };
  const handle = { disks: [], isProtected: false, secondary: {}, listeners: [] };
  const live: Live = {
    id: `id of ${desired.address}`,
    aliases: [],
    tags,
    spec,
    handle,
    state: "ready",
    outputs,
    ...(kind.naming ? { name: awsName } : {}),
  };
  return { address: desired.address, kind, live, linked: spec };
}

/** Returns the work as it would run if each step took equally long: one line for each step, in order. */
export function printed({ work }: Pick<Planned, "work">): string[] {
  const done = new Set<string>();
  const lines: string[] = [];
  for (let left = [...work]; left.length > 0;) {
    const free = left.filter((node) => [...node.needs].every((need) => done.has(need)));
    if (free.length === 0) throw new Error("the work has a cycle");
    for (const node of free) done.add(node.id);
    lines.push(...free.map(lineOf).sort());
    left = left.filter((node) => !done.has(node.id));
  }
  return lines;
}

function lineOf({ op, address, stage }: Work): string {
  if (op === "barrier") return stage === whenAdopted ? "--- all is adopted" : "--- all is made and changed";
  return `${op} ${address}${op === "update" || op === "letGo" ? ` (${stage})` : ""}`;
}
