/** What applies write down about an environment: the kinds that it has had, and the values that were set lately. */
import { describe, expect, test } from "vitest";
import { deleteAppliedHistory, historyFrom, recordApplied } from "../../src/apply/applied-history.ts";
import type { StepRef } from "../../src/apply/events.ts";
import { forgetKindsIfNoneIsLeft, keepKinds } from "../../src/apply/keep-kinds.ts";
import { addKnownKinds, deleteKnownKinds, formerTypes, knownFrom, readKnownKinds } from "../../src/apply/known-kinds.ts";
import { readMemory } from "../../src/apply/records.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import type { Drivers } from "../../src/observe/drivers.ts";
import { decision, type Decision } from "../../src/plan/decision.ts";
import { contestOf, type Setting } from "../../src/plan/flapping.ts";
import type { Observed } from "../../src/plan/observed.ts";
import type { Planned } from "../../src/plan/planned.ts";
import { storeOf } from "./parameter-store.ts";
import { refusal } from "./refusal.ts";

const owner = { project: "lab", environment: "test" };
const root = "/plumbline/lab/test";
const kindsName = `${root}/kinds`;
const written = '{"format":1,"kinds":["subnet","vpc"]}';
const denied = (operation: string) => ({ [operation]: refusal("auth", { code: "AccessDenied", operation }) });
const broken = (operation: string) => ({ [operation]: refusal("transient", { code: "InternalError", operation }) });

describe("the kinds that an environment has had", () => {
  const none = "";
  test.each<[what: string, texts: Record<string, string>, known: string]>([
    ["as written down", { [kindsName]: written }, "subnet vpc"],
    ["none, before the first apply", {}, none],
    ["none, while the first apply is at its beginning", { [`${root}/lease/00000001`]: "{}", [`${root}/frozen`]: "{}" }, none],
    ["not known, where an apply has run and nothing is written down", { [`${root}/lease/00000002`]: "{}" }, "not known"],
    ["not known, where only the history is there", { [`${root}/lease/00000001`]: "{}", [`${root}/repairs`]: "{}" }, "not known"],
    ["not known, in the form of another version", { [kindsName]: '{"format":2,"kinds":["vpc"]}' }, "not known"],
    ["not known, without a list", { [kindsName]: '{"format":1,"kinds":"vpc"}' }, "not known"],
    ["not known, where it is no JSON", { [kindsName]: "vpc" }, "not known"],
    ["not known, where it holds nothing", { [kindsName]: "null" }, "not known"],
    ["without what is no name", { [kindsName]: '{"format":1,"kinds":["vpc",1]}' }, "vpc"],
  ])("%s", (_what, texts, known) => {
    const told = knownFrom(new Map(Object.entries(texts)), owner);
    expect("unknown" in told ? "not known" : [...told].join(" ")).toBe(known);
  });

  test("why they are not known", async () => {
    const told = async (...of: Parameters<typeof storeOf>) => readKnownKinds(storeOf(...of).aws, owner);
    expect(await told({}, denied("GetParametersByPath"))).toEqual({ unknown: "GetParametersByPath was denied (AccessDenied)" });
    expect(await told({ [kindsName]: "?" })).toEqual({
      unknown: `the parameter ${kindsName} does not have the format that this version writes`,
    });
    expect(await told({ [kindsName]: written })).toEqual(new Set(["subnet", "vpc"]));
    await expect(told({}, broken("GetParametersByPath"))).rejects.toThrow();
  });

  test.each<[what: string, before: string | undefined, more: string[], after: string, calls: number]>([
    ["are added in order", written, ["topic", "alarm"], '{"format":1,"kinds":["alarm","subnet","topic","vpc"]}', 2],
    ["begin with the first", undefined, ["vpc"], '{"format":1,"kinds":["vpc"]}', 2],
    ["are not written where they are there", written, ["vpc"], written, 1],
    ["of another version's form are kept", '{"format":9,"kinds":["newKind"]}', ["vpc"], '{"format":1,"kinds":["newKind","vpc"]}', 2],
    ["begin again where the text is none of ours", "?", ["vpc"], '{"format":1,"kinds":["vpc"]}', 2],
  ])("%s", async (_what, before, more, after, calls) => {
    const store = storeOf(before === undefined ? {} : { [kindsName]: before });
    await addKnownKinds(store.aws, owner, more);
    expect(store.texts()).toEqual({ [kindsName]: after });
    expect(store.calls).toHaveLength(calls);
  });

  test("are forgotten, also where they are gone already", async () => {
    const store = storeOf({ [kindsName]: written });
    await deleteKnownKinds(store.aws, owner);
    await deleteKnownKinds(store.aws, owner);
    expect(store.texts()).toEqual({});
    await expect(deleteKnownKinds(storeOf({}, broken("DeleteParameter")).aws, owner)).rejects.toMatchObject({ code: "InternalError" });
  });

  test("name types of an earlier file that this one no longer has", async () => {
    const of = (name: string) => (name.startsWith("AWS::") ? ({ name } as Kind) : undefined);
    const environment = { types: { used: [{ name: "AWS::A::Used" }], of }, nodes: [{ kind: "AWS::A::Node" }] } as unknown as Environment;
    const had = Promise.resolve(new Set(["AWS::A::Used", "AWS::A::Node", "AWS::A::Former", "vpc"]));
    expect((await formerTypes(environment, had)).map(({ name }) => name)).toEqual(["AWS::A::Former"]);
    expect(await formerTypes(environment, Promise.resolve({ unknown: "denied" }))).toEqual([]);
    expect(await formerTypes({ nodes: [] } as unknown as Environment, had)).toEqual([]);
  });
});

describe("before the first step", () => {
  interface Before {
    readonly known?: string[];
    readonly goal?: "agree" | "destroy";
    readonly refused?: Parameters<typeof storeOf>[1];
  }
  const kept = async ({ known, goal = "agree", refused = {} }: Before) => {
    const store = storeOf({}, refused);
    const environment = { project: "lab", name: "test", nodes: [{ kind: "vpc" }] } as unknown as Environment;
    const reads = { byIndex: [], unread: ["alarm"], ...(known ? { known: new Set(known) } : {}) };
    const observed = { shown: new Map([["topic/t", ["t-1"]]]), reads } as unknown as Observed;
    const told = await keepKinds(store.aws, { environment, observed }, goal).catch((error: Error) => error);
    return { told, text: store.texts()[kindsName] };
  };
  const all = '{"format":1,"kinds":["alarm","topic","vpc"]}';

  test.each<[what: string, before: Before, text: string | undefined]>([
    ["what is declared, what was found and what could not be read is added", { known: ["vpc"] }, all],
    ["the first set is written where none is known", {}, all],
    ["nothing is written where all of it is known", { known: ["vpc", "topic", "alarm", "subnet"] }, undefined],
    [
      "a destroy adds what is there, and not what the file declares",
      { known: [], goal: "destroy" },
      '{"format":1,"kinds":["alarm","topic"]}',
    ],
    ["a destroy begins no set", { goal: "destroy" }, undefined],
  ])("%s", async (_what, before, text) => {
    expect(await kept(before)).toEqual({ told: undefined, text });
  });

  test("a role that may not write them: reported where none are known, else the end, since a set that lacks one hides its objects", async () => {
    const note = "infra could not record which kinds this environment has had: PutParameter: AccessDenied; every plan lists every kind";
    const refused = denied("PutParameter");
    expect((await kept({ refused })).told).toBe(note);
    expect((await kept({ refused, known: [] })).told).toBe(note);
    expect((await kept({ refused, known: ["vpc"] })).told).toMatchObject({ code: "AccessDenied" });
    expect((await kept({ refused: broken("PutParameter") })).told).toMatchObject({ code: "InternalError" });
  });
});

describe("after a destroy", () => {
  test.each<[what: string, known: string[] | undefined, left: string[], calls: string[]]>([
    ["the kinds are forgotten", ["vpc"], [], [`DeleteParameter ${kindsName}`]],
    ["they stay where something is left", ["vpc"], ["vpc-1"], []],
    ["there is nothing to forget where none were known", undefined, [], []],
  ])("%s", async (_what, known, left, calls) => {
    const store = storeOf({ [kindsName]: written });
    const tags = { "infra:project": "lab", "infra:environment": "test", "infra:resource": "vpc/main" };
    const driver = {
      async *list() {
        yield* left.map((id) => ({ id, aliases: [], tags, spec: {}, handle: null, state: "ready" }));
      },
    };
    const kind = {
      name: "vpc",
      section: "vpcs",
      stages: [{ name: "create" }],
      schema: {},
      fields: {},
      readCost: () => 1,
    } as unknown as Kind;
    const environment = {
      project: "lab",
      name: "test",
      region: "eu-west-1",
      nodes: [{ address: "vpc/main" }],
      moved: [],
      allowDestroy: {},
    } as unknown as Environment;
    const observed = { reads: { byIndex: [], unread: [], ...(known ? { known: new Set(known) } : {}) } } as unknown as Observed;
    await forgetKindsIfNoneIsLeft([kind], store.aws, { environment, observed, drivers: { of: async () => driver } as unknown as Drivers });
    expect(store.calls).toEqual(calls);
  });
});

describe("the values that were set", () => {
  const kind = { name: "topic" } as Kind;
  const found = { live: { id: "t-1" } } as Decision["found"];
  const declared = { resolved: { displayName: "News", policy: "{}" } } as unknown as Decision["declared"];
  const delta = (field: string, stage: string) => ({ field, path: field, stage }) as Decision["deltas"][number];
  const change: Partial<Decision> = {
    action: "update",
    found: found!,
    declared: declared!,
    deltas: [delta("displayName", "create"), delta("displayName", "create"), delta("policy", "policy")],
    tags: { set: { team: "web" }, remove: ["old"] },
  };
  const settings: Record<string, Setting> = {
    displayName: { id: "t-1", field: "displayName", want: "News" },
    policy: { id: "t-1", field: "policy", want: "{}" },
    "tags.team": { id: "t-1", field: "tags.team", want: "web" },
    "tags.old": { id: "t-1", field: "tags.old", want: null },
  };

  /** The contested fields after these stages were done `times` times. */
  const contested = async (more: Partial<Decision>, stages: string[], times = 2) => {
    const store = storeOf({ [kindsName]: written });
    const planned = { decisions: new Map([["topic/t", decision("topic/t", kind, { ...change, ...more })]]) } as unknown as Planned;
    const done = stages.map((stage) => ({ address: "topic/t", stage }) as StepRef);
    for (let i = 0; i < times; i++) await recordApplied(store.aws, owner, planned, done);
    const history = historyFrom(store.texts()[`${root}/repairs`], store.clock.now());
    return { fields: Object.keys(settings).filter((name) => contestOf(history, settings[name]!)), calls: store.calls.length };
  };

  test.each<[what: string, more: Partial<Decision>, stages: string[], fields: string[]]>([
    ["the fields of the stages that are done", {}, ["create"], ["displayName"]],
    ["of several stages", {}, ["create", "policy"], ["displayName", "policy"]],
    ["tags, those that were taken off among them", {}, ["tags"], ["tags.team", "tags.old"]],
    ["with a restart", { action: "restart" }, ["policy"], ["policy"]],
    ["nothing of what was made anew", { action: "replace" }, ["create", "tags"], []],
    ["nothing of what only got its tags", { action: "retag" }, ["tags"], []],
  ])("%s", async (_what, more, stages, fields) => {
    const { fields: told, calls } = await contested(more, stages);
    expect(told).toEqual(fields);
    expect(calls).toBe(fields.length === 0 ? 0 : 4); // a read and a write for each of two runs
  });

  test("once is no fight", async () => {
    expect((await contested({}, ["create"], 1)).fields).toEqual([]);
  });

  test("is forgotten with the environment, also where it is forgotten already", async () => {
    const store = storeOf({ [`${root}/repairs`]: "{}" });
    await deleteAppliedHistory(store.aws, owner);
    await deleteAppliedHistory(store.aws, owner);
    expect(store.texts()).toEqual({});
    await expect(deleteAppliedHistory(storeOf({}, broken("DeleteParameter")).aws, owner)).rejects.toMatchObject({ code: "InternalError" });
  });
});

describe("the memory of an environment", () => {
  const history = '{"format":1,"set":{"0123456789ab":"01234567 2 2025-12-31"}}';
  const texts = { [kindsName]: written, [`${root}/repairs`]: history, "/aws/image": "ami-1" };
  const told = async (images: string[], refused: Parameters<typeof storeOf>[1] = {}, of: Record<string, string> = texts) => {
    const store = storeOf(of, refused);
    const { known, history: set, parametersOf } = readMemory(store.aws, owner, images);
    const kinds = await known;
    const { applied, denied: why } = await set;
    const read = images.length === 0 ? [] : await parametersOf(images);
    return {
      kinds: "unknown" in kinds ? kinds.unknown : [...kinds].join(" "),
      set: why ?? applied.size,
      images: images.map((name) => read.find(({ Name }) => Name === name)?.Value),
      calls: store.calls,
    };
  };
  const below = `GetParametersByPath ${root}`;
  const together = `GetParameters ${kindsName} ${root}/repairs /aws/image`;

  test("is one call, in which images are read as well", async () => {
    expect(await told([])).toEqual({ kinds: "subnet vpc", set: 1, images: [], calls: [below] });
    expect(await told(["/aws/image"])).toEqual({ kinds: "subnet vpc", set: 1, images: ["ami-1"], calls: [together] });
  });

  test("takes no more images than one call has names for", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `/aws/image${i}`);
    expect((await told(many(8))).calls).toHaveLength(1);
    const { calls } = await told(many(9));
    expect(calls).toEqual([below, `GetParameters ${many(9).join(" ")}`]);
  });

  test("without the kinds asks the lock whether an apply has ever run", async () => {
    const run = { [`${root}/lease/00000007`]: "{}" };
    expect(await told(["/aws/image"], {}, { "/aws/image": "ami-1" })).toMatchObject({ kinds: "", calls: [together, below] });
    expect((await told(["/aws/image"], {}, run)).kinds).toMatch(/recorded/);
  });

  test("is read apart from the images by a role that may not read both at once", async () => {
    const refused = denied("GetParameters");
    const store = await told(["/aws/image"], refused).catch((error: unknown) => error);
    expect(store).toMatchObject({ code: "AccessDenied" }); // the images, which no other read can tell
    const { known } = readMemory(storeOf(texts, refused).aws, owner, ["/aws/image"]);
    expect([...((await known) as Set<string>)]).toEqual(["subnet", "vpc"]);
  });

  test("that may not be read at all is not known, and says why", async () => {
    const why = "GetParametersByPath was denied (AccessDenied)";
    expect(await told([], denied("GetParametersByPath"))).toMatchObject({ kinds: why, set: why });
    await expect(told([], broken("GetParametersByPath"))).rejects.toMatchObject({ code: "InternalError" });
  });
});
