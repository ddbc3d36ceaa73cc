/**
 * Marks of entries during one run: a mark is written before its entry is made and removed after the entry is gone. Without a change there
 * is no call.
 */
import { expect, test } from "vitest";
import { Marks } from "../../src/apply/marks.ts";
import type { Aws } from "../../src/aws/aws.ts";
import type { Driver, Live, Tags } from "../../src/kinds/kind.ts";

const [a, b, c] = ["aaaaaaaa", "bbbbbbbb", "cccccccc"];

function objectWith(tags: Tags) {
  const live = { id: "t-1", aliases: [], tags, spec: {}, handle: null, state: "ready" } as Live;
  const calls: string[] = [];
  const tag = async (_aws: Aws, _live: Live, set: Tags, remove: readonly string[]) => {
    calls.push([...Object.entries(set).map(([key, value]) => `${key}=${value}`), ...remove.map((key) => `no ${key}`)].join(", "));
  };
  return { live, calls, driver: { tag } as unknown as Driver, marks: new Marks({} as Aws) };
}

test("each change builds on the one before, though the object was read only once", async () => {
  const { live, calls, driver, marks } = objectWith({ "infra:made-1": a, team: "web" });
  await marks.add(driver, "topic/t", live, [b]);
  await marks.add(driver, "topic/t", live, [c]);
  await marks.remove(driver, "topic/t", live, [a]);
  await marks.remove(driver, "topic/t", live, [b, c]);
  expect(calls).toEqual([`infra:made-1=${a} ${b}`, `infra:made-1=${a} ${b} ${c}`, `infra:made-1=${b} ${c}`, "no infra:made-1"]);
});

test("an existing mark is not written, and a missing one is not removed", async () => {
  const { live, calls, driver, marks } = objectWith({ "infra:made-1": a });
  await marks.add(driver, "topic/t", live, [a]);
  await marks.add(driver, "topic/t", live, []);
  await marks.remove(driver, "topic/t", live, [b]);
  expect(calls).toEqual([]);
});

test("objects have marks of their own", async () => {
  const { live, calls, driver, marks } = objectWith({});
  await marks.add(driver, "topic/t", live, [a]);
  await marks.add(driver, "topic/u", { ...live, id: "t-2" }, [b]);
  expect(calls).toEqual([`infra:made-1=${a}`, `infra:made-1=${b}`]);
});

test("at the end the listed entries have their marks, and marks without an entry are removed, except those that this run made", async () => {
  const { live, driver, marks } = objectWith({ "infra:made-1": `${a} ${b}` });
  expect(marks.remaining("topic/t", live, { mark: [c], tidy: [a], claim: {} })).toEqual({
    set: { "infra:made-1": `${b} ${c}` },
    remove: [],
  });
  await marks.add(driver, "topic/t", live, [c]);
  // The plan read the object before this run made the entry of the third mark, so it takes that mark for one without an entry.
  expect(marks.remaining("topic/t", live, { mark: [], tidy: [a, b, c], claim: {} })).toEqual({ set: { "infra:made-1": c }, remove: [] });
  expect(marks.remaining("topic/u", live, { mark: [], tidy: [a, b], claim: {} })).toEqual({ set: {}, remove: ["infra:made-1"] });
});
