/** A create with a client token may answer with an object that is gone: which answers are believed, and which token follows. */
import { VirtualClock } from "@plumbline/clock";
import { expect, test } from "vitest";
import { createOnce, type Creation } from "../../src/apply/create.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { CreateIdentity, Live } from "../../src/kinds/kind.ts";
import { loadText } from "../support/testbed.ts";

const environment = loadText(
  "format: 1\nproject: lab\nenvironment: test\nregion: eu-west-1\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\nrouteTables: { main: { vpc: main } }\n",
);
const desired = environment.nodes.find(({ address }) => address === "routeTable/main")!;
const kind = kinds.find(({ name }) => name === "routeTable")!;
const start = Date.UTC(2026, 0, 1, 10, 30);
const minute = 60_000;

interface Scene {
  /** The state of the object of the n-th token when it is polled `after` milliseconds after the start. */
  readonly sees: (token: number, after: number) => Partial<Live> | undefined;
  readonly mayRepeat?: boolean;
}

async function play({ sees, mayRepeat = true }: Scene) {
  const clock = new VirtualClock(start);
  const tokens: string[] = [];
  let looks = 0;
  const live = (id: string): Live | undefined => {
    const seen = sees(Number(id.slice(4)), clock.now() - start);
    return seen && { id, aliases: [], tags: {}, spec: {}, handle: null, state: "ready", ...seen };
  };
  const aws = { clock, account: "123456789012", region: "eu-west-1", within: () => aws };
  const creation = {
    aws,
    kind,
    desired,
    scope: { project: "lab", environment: "test" },
    place: { account: "123456789012", region: "eu-west-1", project: "lab", environment: "test", shown: [] },
    name: desired.name,
    beside: [],
    mayRepeat,
    driver: {
      create: (_aws: unknown, _request: unknown, { token }: CreateIdentity) => {
        if (!tokens.includes(token)) tokens.push(token);
        return Promise.resolve(`rtb-${tokens.indexOf(token)}`);
      },
      list: async function* () {
        yield* [];
      },
    },
    look: (id: string) => {
      looks++;
      return Promise.resolve(live(id));
    },
    send: (create: () => Promise<string>) => create(),
    sleep: (ms: number) => clock.sleep(ms),
    say: () => undefined,
    limit: (usual: number) => usual,
  } as unknown as Creation;
  const made = await createOnce(creation, { vpc: "vpc-1" }).then(
    ({ id, seen }) => ({ id, seen: seen?.state }),
    (error: Error) => ({ error: error.message }),
  );
  return { ...made, tokens: tokens.length, looks, waited: clock.now() - start };
}

const old = new Date(start - 60 * minute).toISOString();
const now = new Date(start - minute).toISOString();

test.each<[what: string, scene: Scene, told: object]>([
  ["what is there", { sees: () => ({}) }, { id: "rtb-0", seen: "ready", tokens: 1, looks: 1, waited: 0 }],
  [
    "what is not looked at, because no earlier request can have been the same",
    { sees: () => undefined, mayRepeat: false },
    { id: "rtb-0", seen: undefined, tokens: 1, looks: 0, waited: 0 },
  ],
  [
    "what is seen a minute late",
    { sees: (_token, after) => (after > minute ? {} : undefined) },
    { id: "rtb-0", tokens: 1, waited: 1.5 * minute },
  ],
  ["what is never seen", { sees: (token) => (token === 0 ? undefined : {}) }, { id: "rtb-1", tokens: 2, waited: 1.5 * minute }],
  [
    "what is dead and of before",
    { sees: (token) => (token === 0 ? { state: "dead", createdAt: old } : {}) },
    { id: "rtb-1", tokens: 2, waited: 1.5 * minute },
  ],
  [
    "what is dead, of which AWS does not say since when",
    { sees: (token) => (token === 0 ? { state: "deleting" } : {}) },
    { id: "rtb-1", tokens: 2 },
  ],
  ["what has died in the making", { sees: () => ({ state: "dead", createdAt: now }) }, { id: "rtb-0", seen: "dead", tokens: 1, waited: 0 }],
  ["several that are gone", { sees: (token) => (token < 3 ? undefined : {}) }, { id: "rtb-3", tokens: 4, waited: 4.5 * minute }],
])("%s", async (_what, scene, told) => {
  const played = await play(scene);
  expect(played).toMatchObject(told);
});

test("after a quarter of an hour of objects that are gone the create is given up", async () => {
  const { waited, ...told } = await play({ sees: () => undefined });
  expect(told).toMatchObject({ error: expect.stringContaining("object that no longer exists; the last was rtb-10") as unknown });
  expect(waited).toBeGreaterThan(15 * minute);
  expect(waited).toBeLessThan(17 * minute);
});
