import { expect, test } from "vitest";
import { secondsOf } from "../../src/config/values/seconds.ts";
import { timeoutsFor } from "../../src/cli/apply/timeouts.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, loadText } from "../support/testbed.ts";

test.each([
  ["90s", 90],
  ["30m", 1800],
  ["2h", 7200],
  ["0m", undefined],
  ["30", undefined],
  ["1.5h", undefined],
  ["30 m", undefined],
])("%s is %s seconds", (text, seconds) => expect(secondsOf(text)).toBe(seconds));

test("--timeout names a kind and a time, and the last one counts", () => {
  expect([...timeoutsFor(["dbInstance=2h", "natGateway=90s", "dbInstance=3h"], kinds)]).toEqual([
    ["dbInstance", 10_800],
    ["natGateway", 90],
  ]);
});

test.each([
  ["dbInstances=2h", /there is no kind "dbInstances"/],
  ["dbInstance", /"" is not a duration/],
  ["dbInstance=soon", /"soon" is not a duration/],
])("--timeout %s is refused", (text, why) => expect(() => timeoutsFor([text], kinds)).toThrow(why));

test("timeouts: of a resource are seconds, and no part of its spec", () => {
  const { nodes } = loadText(`${header}vpcs:\n  main: { cidrBlock: 10.0.0.0/16, timeouts: { create: 90s, delete: 2h } }\n`);
  expect(nodes[0]).toMatchObject({ timeouts: { create: 90, delete: 7200 } });
  expect(nodes[0]!.spec).not.toHaveProperty("timeouts");
  expect(() => loadText(`${header}vpcs:\n  main: { cidrBlock: 10.0.0.0/16, timeouts: { create: soon } }\n`)).toThrow(/timeouts/);
});
