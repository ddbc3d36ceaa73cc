/** The ids under which an address is known at each moment, and the refusals that are about objects which may still appear. */
import { describe, expect, test } from "vitest";
import { KnownIds } from "../../src/apply/known-ids.ts";
import type { Kind, Live } from "../../src/kinds/kind.ts";
import type { Found, Observed } from "../../src/plan/observed.ts";
import { list, object, optional, ref, string } from "../../src/resource/fields.ts";
import { refusal } from "./refusal.ts";

const kind = {
  name: "machine",
  schema: object({ net: optional(ref("net", "")), disks: optional(list(ref("disk", ""), "")), note: optional(string("")) }),
} as unknown as Kind;

const live = (id: string, more: Partial<Live> = {}): Live => ({
  id,
  aliases: [],
  tags: {},
  spec: {},
  handle: null,
  state: "ready",
  ...more,
});
const found = (address: string, one: Live): Found => ({ address, kind, live: one, linked: {} });

function idsOf(): KnownIds {
  const group = live("asg-1", { aliases: ["arn:aws:autoscaling:eu-west-1:1:group:web"], parts: [{ id: "i-part", text: "" }] });
  return new KnownIds({
    objects: new Map([
      ["net/a", found("net/a", live("net-1"))],
      ["group/web", found("group/web", group)],
    ]),
    leftovers: [found("net/old", live("net-0"))],
    shown: new Map([["net/a", ["net-dead"]]]),
  } as unknown as Observed);
}

describe("an address", () => {
  test("has the id that was found, and the id of a new object from the moment when others may use it", () => {
    const ids = idsOf();
    ids.made("net-2", "a");
    expect([ids.of("net/a"), ids.of("net/b")]).toEqual(["net-1", undefined]);
    ids.use("net/a", "net-2");
    expect(ids.of("net/a")).toBe("net-2");
    ids.forget("net/a");
    expect([...ids.all()]).toEqual(["asg-1"]);
  });

  test("in a request becomes its id; an address without an id, and the ids of others, stay", () => {
    const spec = { net: "net/a", disks: ["disk/a", "vol-theirs"], note: "net/a" };
    const ids = idsOf();
    expect(ids.in(kind, spec)).toEqual({ net: "net-1", disks: ["disk/a", "vol-theirs"], note: "net/a" });
    ids.use("disk/a", "vol-1");
    expect(ids.in(kind, spec)).toEqual({ net: "net-1", disks: ["vol-1", "vol-theirs"], note: "net/a" });
  });

  test("names objects that this run made under a new id, and not those that it found, did not use, or made under AWS's name", () => {
    const ids = idsOf();
    const names = () =>
      [{ net: "net/a" }, { net: "net/a", disks: ["disk/a"] }, { disks: ["disk/a", "disk/b"] }, {}].map((spec) =>
        ids.namesUnheardOf(kind, spec),
      );
    expect([ids.hasMade, ...names()]).toEqual([false, false, false, false, false]);
    for (const named of ["a", "bench/a", "arn:aws:disk:eu-west-1:1:a"]) {
      ids.made(named, "a");
      ids.use("disk/a", named);
      expect([ids.hasMade, ...names()]).toEqual([true, false, false, false, false]);
    }
    ids.made("vol-1", "a");
    ids.use("disk/a", "vol-1");
    expect([ids.hasMade, ...names()]).toEqual([true, false, true, true, false]);
  });
});

test.each([
  ["net-1", true], // found
  ["net-0", true], // left over
  ["net-dead", true], // shown for one of our addresses
  ["i-part", true], // an instance of one of our Auto Scaling groups
  ["group:web", true], // the end of one of our ARNs
  ["web", true],
  ["eb", false],
  ["net-new", true], // made by this run
  ["net-9", false],
])("whether %s is ours: %s", (id, answer) => {
  const ids = idsOf();
  ids.use("net/new", "net-new");
  expect(ids.isOurs(id)).toBe(answer);
});

test.each([
  ["The network is not there", true], // it names no id
  ["subnet-0123456789abcdef0 does not exist", true], // made by this run
  ["sg-0123456789abcdef0 does not exist", false],
  ["ami-0123456789abcdef0 for subnet-0123456789abcdef0 does not exist", true], // this run made one of the two
  ["'arn:aws:sns:eu-west-1:1:t', which is not there", true],
  ["arn:aws:sns:eu-west-1:1:theirs is not there", false],
  ["vpc-01234567 is not there", true],
  ["vpc-0123456 is too short for an id", true],
])("an object that is not found may be about to appear: %s: %s", (message, answer) => {
  const ids = idsOf();
  ids.made("subnet-0123456789abcdef0", "a");
  ids.use("topic/t", "arn:aws:sns:eu-west-1:1:t");
  ids.use("vpc/short", "vpc-01234567");
  expect(ids.mayAppear(refusal("not-found", { message }))).toBe(answer);
});
