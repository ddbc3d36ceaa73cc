import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { Aws } from "../../src/aws/aws.ts";
import type { FieldRule, Kind, Live, Run } from "../../src/kinds/kind.ts";
import { fieldOf } from "../../src/resource/references.ts";
import type { PlanRun } from "../../src/engine.ts";
import type { Authorisation } from "../iam/authorisation.ts";
import { Recorder } from "../iam/recorder.ts";
import { loadReference, type Reference } from "../iam/reference.ts";
import { startSimulator, type Simulator } from "../iam/simulator.ts";
import { isNight } from "../support/night.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { allCases } from "./cases.ts";
import type { Case, Change, Does, Form, Resource, ResourceIndex } from "./case.ts";
import { Calls, grantedInVain, Permissions } from "./permissions.ts";
import { changedBy, fieldsOf, setBy, withValues } from "./coverage.ts";

const cases = await allCases();

let simulator: Simulator;
let reference: Reference;
beforeAll(async () => {
  simulator = startSimulator();
  reference = await loadReference();
});
afterAll(() => {
  process.stdout.write(`${simulator.asked} different authorisations of kinds simulated\n`);
  simulator.stop();
});

describe("the contract suite", () => {
  it("has a case for every kind", () => {
    expect(cases.map((one) => one.kind).sort()).toEqual(kinds.map((kind) => kind.name).sort());
  });
});

describe("every kind", () => {
  const rules = kinds.flatMap(({ name, fields }) => rulesIn(name, fields as Readonly<Record<string, FieldRule>>));

  it("declares the urgency of drift of every field that may open, cut off or make less safe", () => {
    const watched = rules.filter(([, rule]) => rule.exposes !== undefined || rule.lessSafe !== undefined);
    expect(watched.length).toBeGreaterThan(10);
    expect(watched.filter(([, rule]) => rule.urgency === undefined).map(([path]) => path)).toEqual([]);
  });
});

/** Returns the rules of the fields and of their members, by path. */
function rulesIn(at: string, fields: Readonly<Record<string, FieldRule>>): (readonly [path: string, rule: FieldRule])[] {
  return Object.entries(fields).flatMap(([name, rule]) => [[`${at}.${name}`, rule] as const, ...rulesIn(`${at}.${name}`, rule.of ?? {})]);
}

describe.each(cases)("$kind", (one) => {
  const fields = fieldsOf(kindOf(one).schema);
  const calls = new Calls();
  const done = new Set<string>();

  it("has every field set in one of its forms, and changed in one", () => {
    const set = new Set(one.forms.flatMap(({ full }) => setBy(fields, full)));
    const changed = new Set(
      one.forms.flatMap(({ full, changes }) => changes.flatMap((change) => changedBy(fields, full, after(full, change)))),
    );
    expect(missing(fields, set), "set by no form").toEqual([]);
    expect(missing(fields, changed), "changed by no form").toEqual([]);
  });

  it("has nothing in its bare form that could be left out", () => {
    const played = benchOf(one);
    for (const field of Object.keys(one.bare).filter((key) => key !== "disposable"))
      expect(() => played.testbed.load(played.yaml({ ...one.bare, [field]: undefined })), field).toThrow();
  });

  it("is made, found in agreement, deleted, and deleted again, with every optional field out", async () => {
    const played = benchOf(one);
    const made = await played.settle(one.bare);
    await expectKept(one, played);
    calls.note([...made.calls, ...(await played.remove(one.bare))], undefined);
    done.add("bare");
  });

  it("is the same with all fields set, and can have each one changed, and changed back", async () => {
    for (const form of one.forms) await changeEach(one, form, calls);
    done.add("changes");
  });

  it("is granted nothing that none of its fields can need", ({ skip }) => {
    if (done.size < 2) skip("it looks back at the tests before it");
    expect(grantedInVain(kindOf(one), calls)).toEqual([]);
  });
});

/** Checks that an object that holds data is deleted only when `allowDestroy` names it, both when its line is removed and in a destroy. */
async function expectKept(one: Case, { testbed, yaml }: Played): Promise<void> {
  const { dataLoss } = kindOf(one);
  const address = `${one.kind}/main`;
  const holds = typeof dataLoss === "function" ? dataLoss(one.bare) : dataLoss;
  if (holds !== "data" || (one.bare as { readonly disposable?: boolean }).disposable === true) return;
  for (const run of [await testbed.plan(yaml(undefined)), await testbed.plan(yaml(one.bare), "destroy")])
    expect(
      stepsOf(run).filter((step) => step.endsWith(` ${address}`)),
      `without allowDestroy, ${address}`,
    ).toEqual([`keep ${address}`]);
}

/**
 * Makes every change of a form and takes it back. The plan after each change must be empty. A fault on the way back shows in the plan of
 * the next change or in the last plan. At the end the object is deleted. By day the way back is the same apply as the next change, where
 * both only update.
 */
async function changeEach(one: Case, form: Form, calls: Calls): Promise<void> {
  const { full, changes, rest = 0 } = form;
  const address = `${one.kind}/main`;
  let played = await benchFor(one, form);
  await played.settle(full);
  for (const [i, change] of changes.entries()) {
    const [path, to, does = "update", { back } = {}] = change;
    const what = `${path} as ${JSON.stringify(to)}`;
    const changed = after(full, change);
    await played.testbed.clock.sleep(rest * 3_600_000);
    if (isIdle(does)) {
      expectToSay(await played.testbed.plan(played.yaml(changed)), address, path, does, what);
      continue;
    }
    const { run, calls: there } = await played.settle(changed, what);
    calls.note(there, fieldOf(path));
    expectToSay(run, address, path, does, what);
    await played.testbed.clock.sleep(rest * 3_600_000);
    if (back) {
      expectToSay(await played.testbed.plan(played.yaml(full)), address, path, back, `${what}, and back`);
      played = await benchFor(one, form);
      await played.settle(full);
    } else {
      if (!isNight && rest === 0 && goesOnFrom(change, changes[i + 1])) continue;
      const { run: returned, calls: back } = await played.apply(full, `${what}, and back`);
      calls.note(back, fieldOf(path));
      expect(stepsFor(returned, address), `the plan for ${what}, and back`).not.toEqual([]);
    }
  }
  await played.testbed.clock.sleep(rest * 3_600_000);
  await played.settle(full, "all changes, and back");
  await played.remove(full);
}

/** Whether the way back from a change can share an apply with the next change: both then show separately in the plan. */
function goesOnFrom([path, , does = "update", { also, back } = {}]: Change, following: Change | undefined): boolean {
  const [next = path, , nextDoes = "update", { also: nextAlso, back: nextBack } = {}] = following ?? [];
  const isPlain = [also, back, nextAlso, nextBack].every((one) => one === undefined);
  return isPlain && does === "update" && nextDoes === "update" && fieldOf(next) !== fieldOf(path);
}

/** Checks that the plan has the expected action for the object, because of this field. */
function expectToSay(run: PlanRun, address: string, path: string, does: Does, what: string): void {
  const steps = stepsFor(run, address);
  const message = `the plan for ${what}`;
  const errors = run.diagnostics.filter(({ severity }) => severity === "error");
  const remarks = run.plan.notes.filter((note) => note.code === "noted-change" && note.text.includes(`: ${fieldOf(path)}`));
  expect({ refused: errors.length > 0, noted: remarks.length > 0 }, message).toEqual({
    refused: does === "refused",
    noted: does === "note",
  });
  if (isIdle(does)) return expect(stepsOf(run), message).toEqual([]);
  expect(
    steps.map((step) => step.action),
    message,
  ).toEqual([does]);
  const changes = steps.flatMap((step) => ("changes" in step ? step.changes.map((change) => fieldOf(change.path)) : []));
  expect(changes, message).toContainEqual(expect.toBeOneOf([fieldOf(path), "tags"]));
}

function stepsFor({ plan }: PlanRun, address: string) {
  return plan.steps.filter((step) => step.address === address);
}

function isIdle(does: Does): boolean {
  return does === "note" || does === "nothing" || does === "refused";
}

function after(full: Resource, [path, to, , { also = {} } = {}]: Change): Resource {
  return withValues(full, { ...also, [path]: to });
}

function missing(fields: ReadonlySet<string>, covered: ReadonlySet<string>): string[] {
  return [...fields].filter((path) => !covered.has(path));
}

function kindOf({ kind: name }: Case): Kind {
  return kinds.find((kind) => kind.name === name)!;
}

interface Done {
  readonly run: PlanRun;
  readonly calls: readonly Authorisation[];
}

interface Played {
  readonly testbed: Testbed;
  yaml(spec: Resource | undefined, more?: string): string;
  apply(spec: Resource, what: string): Promise<Done>;
  /** Applies and checks that the next plan is empty. */
  settle(spec: Resource, what?: string): Promise<Done>;
  /** Removes the resource from the YAML, applies, and calls the driver's delete once more. */
  remove(spec: Resource): Promise<readonly Authorisation[]>;
  /** Makes calls of somebody else. They are not checked against the policies. */
  elsewhere(work: (aws: Aws) => Promise<void>): Promise<void>;
}

async function benchFor(one: Case, { index, before }: Form): Promise<Played> {
  const played = benchOf(one, index);
  if (before) await played.elsewhere(before);
  return played;
}

function benchOf(one: Case, more?: ResourceIndex): Played {
  const index = { ...one.index, ...more };
  const kind = kindOf(one);
  const recorder = new Recorder(reference);
  const permissions = new Permissions(simulator, recorder);
  const played = openTestbed({ kinds: kindsFor(kind, index), watch: recorder.hear });
  recorder.watch(() => played.sandbox, "eu-west-1");
  const address = `${kind.name}/main`;
  const yaml = (spec: Resource | undefined, more = "") => {
    const sections = spec ? { ...index, [kind.section]: { ...index[kind.section], main: spec } } : index;
    // A YAML document holds JSON as it is.
    return `${header}${more}${Object.entries(sections)
      .map(([section, resources]) => `${section}: ${JSON.stringify(resources)}\n`)
      .join("")}`;
  };
  const run = async (spec: Resource, what: string): Promise<PlanRun> => {
    const applied = await played.apply(yaml(spec)).catch((error: unknown) => {
      throw new Error(`while ${what} was applied: ${(error as Error).message}`, { cause: error });
    });
    return applied.run;
  };
  const done = async (made: PlanRun, spec: Resource, what: string): Promise<Done> => ({
    run: made,
    calls: await permissions.check(played.load(yaml(spec)), what),
  });
  const apply: Played["apply"] = async (spec, what) => done(await run(spec, what), spec, what);
  const settle: Played["settle"] = async (spec, what = "the YAML") => {
    const made = await run(spec, what);
    const again = await played.plan(yaml(spec));
    expect(
      stepsOf(again).filter((step) => !step.startsWith("keep")),
      `the plan after ${what}`,
    ).toEqual([]);
    return done(made, spec, what);
  };
  const remove: Played["remove"] = async (spec) => {
    const { observed } = await played.plan(yaml(spec));
    const { live } = observed.objects.get(address)!;
    const allowed = `allowDestroy: { ${address}: "${live.aliases.find((alias) => alias.startsWith("db-")) ?? live.id}" }\n`;
    await played.apply(yaml(undefined, allowed));
    const calls = await permissions.checkRemoval(played.load(yaml(undefined)), `the removal of ${address}`);
    const left = await played.plan(yaml(undefined, allowed));
    // The objects that AWS makes with a VPC stay with it.
    expect(stepsOf(left)).toEqual(live.isDefault ? [`keep ${address}`] : []);
    expect(left.observed.objects.has(address)).toBe(live.isDefault === true);
    const driver = await kind.load();
    await driver.delete(left.connection.aws, live, runFor(live, played));
    return calls;
  };
  const elsewhere: Played["elsewhere"] = async (work) => {
    await work((await played.connection()).aws);
    recorder.forget();
  };
  return { testbed: played, yaml, apply, settle, remove, elsewhere };
}

const kindsOf = new Map<string, readonly Kind[]>();

/**
 * Returns the kinds of the test's resources. The list is the same object each time, because the checks of a file are built once for each
 * list.
 */
function kindsFor(kind: Kind, index: ResourceIndex): readonly Kind[] {
  const resolved = kinds.filter((each) => each === kind || each.section in index);
  const key = resolved.map(({ name }) => name).join();
  const known = kindsOf.get(key) ?? resolved;
  kindsOf.set(key, known);
  return known;
}

/** The callbacks for the driver of an object that is gone. */
function runFor(live: Live, { clock }: Testbed): Run {
  return {
    identity: { tags: live.tags, token: "", name: live.name ?? "" },
    wait: async (what, _limit, done) => {
      expect(done(undefined), `waiting for ${what} though it is gone`).toBe(true);
      return undefined;
    },
    until: async (_what, limit, every, look) => {
      for (let waited = 0; !(await look()) && waited < limit; waited += every) await clock.sleep(every * 1000);
    },
    say: () => undefined,
  };
}
