/**
 * A create whose answer is lost, or that AWS refuses because of an existing object: what the executor looks for, when, and what it sends
 * again.
 */
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import { createOnce, type Creation } from "../../src/apply/create.ts";
import type { StepError } from "../../src/apply/failure.ts";
import { AwsError } from "../../src/aws/errors.ts";
import type { CreateIdentity, Desired, Kind, Live, Scope, Tags } from "../../src/kinds/kind.ts";
import { object } from "../../src/resource/fields.ts";
import { refusal } from "./refusal.ts";

const bare = {
  name: "thing",
  section: "things",
  schema: object({}),
  fields: {},
  stages: [{ name: "create" }],
  create: "tag-lookup",
} as unknown as Kind;
const desired = {
  address: "thing/a",
  kind: "thing",
  name: "a",
  spec: {},
  tags: {},
  ignoreChanges: [],
  awsNameWritten: false,
} as unknown as Desired;
const ours: Tags = { "infra:project": "lab", "infra:environment": "test", "infra:resource": "thing/a" };

interface Scene {
  readonly kind?: Partial<Kind>;
  /** The answer of the n-th create. */
  readonly answers: readonly (AwsError | string)[];
  /** The objects that a listing shows, each from a given second on. */
  readonly listed?: readonly (Partial<Live> & { readonly from?: number })[];
  readonly named?: ReadonlyMap<string, string>;
  readonly creation?: Partial<Creation>;
}

/** Returns a line for each create and each listing with its second, and a line for the result. */
async function play({ kind: more = {}, answers, listed = [], named, creation = {} }: Scene): Promise<string[]> {
  const clock = new VirtualClock();
  const began = clock.now();
  const lines: string[] = [];
  const log = (what: string) => lines.push(`${(clock.now() - began) / 1000} ${what}`);
  const tokens: string[] = [];
  const kind: Kind = { ...bare, ...more };
  const aws = { clock, account: "123456789012", region: "eu-west-1", within: () => aws };
  let sent = 0;
  const driver = {
    create: async (_aws: unknown, _request: unknown, { token }: CreateIdentity) => {
      if (!tokens.includes(token)) tokens.push(token);
      log(`create with token ${tokens.indexOf(token) + 1}`);
      const answer = answers[Math.min(sent++, answers.length - 1)]!;
      if (answer instanceof AwsError) throw answer;
      return answer;
    },
    async *list(_aws: unknown, { address, candidates, existence }: Scope) {
      expect(existence).toBe(true); // the listing only has to tell whether the object exists
      log(`list${address === undefined ? "" : ` ${address}`}${candidates ? ` among ${candidates.join(" ")}` : ""}`);
      for (const { from = 0, ...one } of listed)
        if (clock.now() - began >= from * 1000)
          yield { id: "t-1", aliases: [], tags: ours, spec: {}, handle: null, state: "ready", ...one };
    },
    tag: async (_aws: unknown, live: Live, set: Tags) => void log(`tag ${live.id} ${Object.keys(set).join(" ")}`),
    ...(named
      ? { named: async (_aws: unknown, names: readonly string[]) => new Map([...named].filter(([name]) => names.includes(name))) }
      : {}),
  };
  const made = await createOnce(
    {
      aws,
      kind,
      driver,
      desired,
      scope: { project: "lab", environment: "test" },
      place: { account: "123456789012", region: "eu-west-1", project: "lab", environment: "test", shown: [] },
      name: "test-a",
      beside: [],
      mayRepeat: false,
      look: () => Promise.resolve(undefined),
      send: (create: () => Promise<string>) => create(),
      sleep: (ms: number) => clock.sleep(ms),
      say: () => undefined,
      limit: (usual: number) => usual,
      ...creation,
    } as unknown as Creation,
    {},
  ).then(
    ({ id }) => `made ${id}`,
    ({ code, message, hint }: StepError) => `${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  log(made);
  return lines;
}

const lost = refusal("ambiguous");
const looks = (...seconds: number[]) => seconds.map((at) => `${at} list thing/a`);
/** The tag index may show a new object a minute late. */
const minuteAndHalf = looks(0, 1, 3, 7, 15, 30, 60, 90);

describe("an answer that is lost", () => {
  test("makes the run look for the object by our tags, and take it", async () => {
    expect(await play({ answers: [lost], listed: [{ from: 5 }] })).toEqual(["0 create with token 1", ...looks(0, 1, 3, 7), "7 made t-1"]);
  });

  test("is sent again, with the same token, once nothing has appeared for a minute and a half", async () => {
    expect(await play({ answers: [lost, "t-2"] })).toEqual([
      "0 create with token 1",
      ...minuteAndHalf,
      "90 create with token 1",
      "90 made t-2",
    ]);
  });

  test("of a server that failed is the same", async () => {
    expect(await play({ answers: [refusal("transient"), "t-2"] })).toHaveLength(11);
  });

  test("of a call with a token is sent again after one look: AWS knows it", async () => {
    expect(await play({ answers: [refusal("ambiguous", { hasToken: true }), "t-1"] })).toEqual([
      "0 create with token 1",
      "0 list thing/a",
      "0 create with token 1",
      "0 made t-1",
    ]);
  });

  test("five times in a row is the end, and the last look reads everything", async () => {
    const lines = await play({ answers: [refusal("ambiguous", { hasToken: true })] });
    expect(lines.filter((line) => line.includes("create"))).toHaveLength(5);
    expect(lines.slice(-9)).toEqual([...minuteAndHalf, "90 ambiguous: no"]);
  });

  test("gets the tags that its maker did not come to write", async () => {
    const whole = { ...ours, "infra:mark": "x" };
    expect(await play({ answers: [lost], listed: [{}], kind: { marks: () => ({ "infra:mark": "x" }) } })).toEqual([
      "0 create with token 1",
      "0 list thing/a",
      "0 tag t-1 infra:mark",
      "0 made t-1",
    ]);
    const asked = { answers: [lost], listed: [{ tags: whole }], kind: { marks: () => ({ "infra:mark": "x" }) } };
    expect(await play(asked)).toEqual(["0 create with token 1", "0 list thing/a", "0 made t-1"]);
    const named = { create: "name", marks: () => ({ "infra:mark": "x" }) } as const;
    expect(await play({ answers: [lost], listed: [{}], kind: named })).toEqual(["0 create with token 1", "0 list thing/a", "0 made t-1"]);
  });
});

describe("an object that is found is not taken", () => {
  test.each<[what: string, live: Partial<Live>, creation?: Partial<Creation>]>([
    ["where it is dead", { state: "dead" }],
    ["where it is on its way out", { state: "deleting" }],
    ["where it is another project's", { tags: { ...ours, "infra:project": "blog" } }],
    ["where it is another environment's", { tags: { ...ours, "infra:environment": "prod" } }],
    ["where it is another address's", { tags: { ...ours, "infra:resource": "thing/b" } }],
    ["where it has our tags as a copy", { tags: { ...ours, "infra:token": "one" }, token: "two" }],
    ["where it is the one that is being replaced", {}, { beside: ["t-1"] }],
  ])("%s", async (_what, live, creation = {}) => {
    expect((await play({ answers: [lost, "t-2"], listed: [live], creation })).at(-1)).toBe("90 made t-2");
  });
});

test("an object of a kind without regions is taken only where it is of this region's environment", async () => {
  const foundIn = (region: string) =>
    play({ kind: { isGlobal: true }, answers: [lost, "t-2"], listed: [{ tags: { ...ours, "infra:region": region } }] });
  expect((await foundIn("eu-west-1")).at(-1)).toBe("0 made t-1");
  expect((await foundIn("us-east-1")).at(-1)).toBe("90 made t-2");
});

describe("a create that AWS refuses", () => {
  test("for any other reason ends it", async () => {
    expect(await play({ answers: [refusal("quota")] })).toEqual(["0 create with token 1", "0 quota: no"]);
  });

  test("because the token is another request's is tried with the next token, and looked for like a lost one", async () => {
    expect(await play({ answers: [refusal("mismatch", { hasToken: true }), "t-1"] })).toEqual([
      "0 create with token 1",
      "0 list thing/a",
      "0 create with token 2",
      "0 made t-1",
    ]);
    const never = await play({ answers: [refusal("mismatch", { hasToken: true })] });
    expect(never.filter((line) => line.includes("create"))).toHaveLength(100);
    expect(never.at(-1)).toBe("90 mismatch: no");
  });

  const duplicate = refusal("duplicate", { code: "Exists", message: "it exists" });
  const naming = { max: 32, forbidden: /[^a-z-]/ } as Kind["naming"] & object;

  test("because the object exists was made by an earlier try of ours", async () => {
    expect(await play({ answers: [duplicate], listed: [{ from: 2 }] })).toEqual(["0 create with token 1", ...looks(0, 1, 3), "3 made t-1"]);
  });

  test.each<[what: string, kind: Partial<Kind>, listed: Scene["listed"], told: string]>([
    [
      "its place is another's",
      {},
      [],
      "slot-taken: it exists (Exists), and the object that AWS has there is not thing/a. (run `infra plan`: it names the object if that belongs to this environment)",
    ],
    [
      "its name is foreign",
      { naming },
      [],
      "name-taken: it exists (Exists), and the object that has the name does not have the tags of this environment. (rename one of the two, or let the YAML adopt it: `adopt: { id: … }`)",
    ],
    [
      "its name is that of another of ours",
      { naming },
      [{ name: "test-a", tags: { ...ours, "infra:resource": "thing/b", "infra:name": "test-a" } }],
      "name-taken: it exists (Exists): thing/b of this environment has the name. (it was created after the plan was made; plan again)",
    ],
  ])("because it is there, and %s", async (_what, kind, listed, told) => {
    expect((await play({ answers: [duplicate], kind, listed: listed! })).at(-1)).toBe(`90 ${told}`);
  });

  test("because its name is taken is looked for by the name, where the tag index alone would list it", async () => {
    const kind = { create: "name", naming, tagIndex: { type: "x:thing", idOf: (arn: string) => arn } } as Partial<Kind>;
    expect(await play({ answers: [duplicate], kind, listed: [{}], named: new Map([["test-a", "t-1"]]) })).toEqual([
      "0 create with token 1",
      "0 list thing/a among t-1",
      "0 made t-1",
    ]);
  });
});
