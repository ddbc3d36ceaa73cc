/** Deletes that AWS refuses: what the user is told, how often the blockers are read, and when the delete is given up. */
import { describe, expect, test } from "vitest";
import { Blockers } from "../../src/apply/blockers.ts";
import { StepError } from "../../src/apply/failure.ts";
import { KnownIds } from "../../src/apply/known-ids.ts";
import type { Aws } from "../../src/aws/aws.ts";
import type { Blocker, Driver, Kind, Live } from "../../src/kinds/kind.ts";
import type { Found, Observed } from "../../src/plan/observed.ts";
import { refusal } from "./refusal.ts";

const live: Live = { id: "vpc-1", aliases: [], tags: {}, spec: {}, handle: null, state: "ready" };
const kind = { name: "vpc" } as Kind;
const observed = {
  objects: new Map([
    ["vpc/main", { address: "vpc/main", kind, live, linked: {} } satisfies Found],
    ["instance/web", { address: "instance/web", kind, live: { ...live, id: "i-ours" }, linked: {} } satisfies Found],
  ]),
  leftovers: [],
  shown: new Map(),
} as unknown as Observed;

const ours: Blocker = { id: "eni-1", what: "interface of i-ours", holder: "i-ours" };
const theirs: Blocker = { id: "eni-2", what: "interface of i-theirs", holder: "i-theirs" };
const passing: Blocker = { id: "eni-3", what: "interface of a function" };
/** Only AWS can say whether the NAT gateway of this interface still exists, and there is no AWS here. */
const left: Blocker = { id: "eni-4", what: "interface of a NAT gateway", owner: "i-ours" };

/**
 * Returns the messages, and the second at which the delete was given up. `times` are the seconds of the refusals; `there` returns the
 * blockers of each read.
 */
async function told(
  times: readonly number[],
  there: (look: number) => readonly Blocker[],
  cls: "dependency" | "wrong-state" = "dependency",
) {
  const said: string[] = [];
  let looks = 0;
  const of = async (_aws: Aws, lives: readonly Live[]) => new Map(lives.map(({ id }) => [id, there(looks++)]));
  const driver = { blockers: of } as unknown as Driver;
  const blockers = new Blockers({} as Aws, driver, live, new KnownIds(observed), (what) => said.push(what));
  const error = refusal(cls);
  for (const seconds of times)
    try {
      await blockers.refused(error, seconds);
    } catch (thrown) {
      expect(thrown).toBe(error);
      return { said, gaveUp: seconds };
    }
  return { said, looks };
}

test("a role that may not read the blockers still waits, and gets AWS's own refusal", async () => {
  const of = async () => {
    throw refusal("auth");
  };
  const said: string[] = [];
  const blockers = new Blockers({} as Aws, { blockers: of } as unknown as Driver, live, new KnownIds(observed), (what) => said.push(what));
  const error = refusal("dependency");
  await blockers.refused(error, 0);
  expect(said).toEqual(["other objects to stop using it"]);
  expect(await blockers.named(error)).toBe(error);
});

describe("a refusal", () => {
  test("names the objects that it waits for", async () => {
    expect((await told([0], () => [ours, passing])).said).toEqual([
      "eni-1 (interface of i-ours), eni-3 (interface of a function) to stop using it",
    ]);
    expect((await told([0], () => [])).said).toEqual(["other objects to stop using it"]);
  });

  test("reads the blockers at the first refusal, and then once in every half minute", async () => {
    const times = [0, 1, 3, 7, 15, 30, 45, 60, 75, 90];
    expect(await told(times, () => [ours])).toMatchObject({ looks: 4 }); // at 0, 30, 60 and 90 seconds
  });

  test("of another class reads no blockers", async () => {
    expect(await told([0, 30], () => [theirs], "wrong-state")).toEqual({ said: [], looks: 0 });
  });

  test("is given up when the same thing of others stands there at two looks", async () => {
    expect(await told([0, 30, 60], () => [theirs])).toMatchObject({ gaveUp: 30 });
    expect(await told([0, 30, 60, 90], (look) => (look < 2 ? [] : [theirs]))).toMatchObject({ gaveUp: 90 });
  });

  test.each<[what: string, there: (look: number) => readonly Blocker[]]>([
    ["what is ours goes in its turn", () => [ours]],
    ["what nobody holds goes by itself", () => [passing]],
    ["what something of ours leaves behind goes after it", () => [left]],
    ["another thing each time is no thing that stays", (look) => [{ ...theirs, id: `eni-${look}` }]],
  ])("is waited out further: %s", async (_what, there) => {
    expect(await told([0, 30, 60, 90], there)).toMatchObject({ looks: 4 });
  });

  test("of a kind that cannot read blockers says nothing", async () => {
    const said: string[] = [];
    const blockers = new Blockers({} as Aws, {} as Driver, live, new KnownIds(observed), (what) => said.push(what));
    await blockers.refused(refusal("dependency"), 0);
    expect(said).toEqual([]);
  });
});

describe("the error at the end", () => {
  const named = async (there: readonly Blocker[] | undefined, error: unknown = refusal("dependency")) => {
    const blockers = async (_aws: Aws, lives: readonly Live[]) =>
      new Map(lives.flatMap(({ id }) => (there!.length > 0 ? [[id, there]] : [])));
    const driver = (there ? { blockers } : {}) as unknown as Driver;
    return new Blockers({} as Aws, driver, live, new KnownIds(observed), () => {}).named(error);
  };

  test.each<[readonly Blocker[], string]>([
    [[theirs], "AWS does not delete vpc-1: eni-2 (interface of i-theirs) still uses it."],
    [[theirs, passing], "AWS does not delete vpc-1: eni-2 (interface of i-theirs), eni-3 (interface of a function) still use it."],
  ])("names the blockers", async (there, message) => {
    const error = refusal("dependency");
    const told = (await named(there, error)) as StepError;
    expect(told).toBeInstanceOf(StepError);
    expect(told).toMatchObject({ code: "blocked", message, blockers: there, cause: error, hint: expect.stringContaining("run again") });
  });

  test.each<[what: string, there: readonly Blocker[] | undefined, error: Error]>([
    ["where nobody stands there", [], refusal("dependency")],
    ["where the kind cannot tell", undefined, refusal("dependency")],
    ["where AWS said something else", [theirs], refusal("auth")],
  ])("is AWS's own %s", async (_what, there, error) => {
    expect(await named(there, error)).toBe(error);
  });
});
