/** How long a step waits, and which refusals may be about an object that was made moments ago. */
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import type { ApplyInput } from "../../src/apply/apply-input.ts";
import { isContinuing, mayMean, waitLimit } from "../../src/apply/wait-limits.ts";
import type { Desired, Kind } from "../../src/kinds/kind.ts";
import { decision, type Decision } from "../../src/plan/decision.ts";
import type { Work } from "../../src/plan/work.ts";
import { refusal } from "./refusal.ts";

const kind = { name: "thing" } as Kind;
const written = { address: "thing/a", timeouts: { create: 1, update: 2, delete: 3 } } as Desired;

function limit(op: Work["op"], action: Decision["action"], { nodes = [written], timeouts = {} } = {}): number {
  const input = { environment: { nodes }, timeouts: new Map(Object.entries(timeouts)) } as unknown as ApplyInput;
  return waitLimit(input, { op } as Work, decision("thing/a", kind, { action }), 600);
}

describe("seconds that are waited", () => {
  test.each<[Work["op"], Decision["action"], number]>([
    ["create", "create", 1],
    ["create", "replace", 1],
    ["update", "create", 1], // a later stage of a new object
    ["update", "update", 2],
    ["update", "restart", 2],
    ["tag", "retag", 2],
    ["delete", "replace", 3],
    ["detach", "delete", 3],
    ["delete", "delete", 3],
  ])("by the file, for the node %s of an action %s: %i", (op, action, seconds) => {
    expect(limit(op, action)).toBe(seconds);
  });

  test("by the command line before the file, for the kind that it names", () => {
    expect(limit("create", "create", { timeouts: { thing: 50 } })).toBe(50);
    expect(limit("create", "create", { timeouts: { other: 50 } })).toBe(1);
  });

  test("as usual where neither the file nor the kind says more", () => {
    expect(limit("create", "create", { nodes: [] })).toBe(600);
    expect(limit("create", "create", { nodes: [{ ...written, timeouts: { delete: 3 } } as Desired] })).toBe(600);
    expect(limit("create", "create", { nodes: [{ ...written, address: "thing/b" } as Desired] })).toBe(600);
    expect(
      waitLimit({ environment: { nodes: [] } } as unknown as ApplyInput, { op: "tag" } as Work, decision("thing/a", kind, {}), 7),
    ).toBe(7);
  });
});

describe("another run may have made something moments ago", () => {
  const clock = new VirtualClock();
  const ago = (seconds: number) => new Date(clock.now() - seconds * 1000).toISOString();
  const continues = (createdAt: string | undefined, said?: boolean) => {
    const objects = new Map([
      ["thing/a", { live: { createdAt: ago(86_400) } }],
      ["thing/b", { live: { createdAt } }],
    ]);
    return isContinuing({ isContinuing: said, observed: { objects }, aws: { clock } } as unknown as ApplyInput);
  };

  test.each<[what: string, createdAt: string | undefined, said: boolean | undefined, answer: boolean]>([
    ["by its lease", undefined, true, true],
    ["by an object of the last ten minutes", ago(599), false, true],
    ["not by one that is ten minutes old", ago(600), false, false],
    ["not by one of which AWS does not say since when it is there", undefined, undefined, false],
  ])("%s", (_what, createdAt, said, answer) => {
    expect(continues(createdAt, said)).toBe(answer);
  });
});

describe("an object that is not found may be one that the run made", () => {
  const ours = ["sg-0123456789abcdef0", "arn:aws:sns:eu-west-1:123456789012:test-t", "test-key"];

  test.each<[message: string, answer: boolean]>([
    ["The security group 'sg-0123456789abcdef0' does not exist", true],
    ["The security group 'sg-fedcba98765432100' does not exist", false],
    ["Topic arn:aws:sns:eu-west-1:123456789012:test-t was not found", true],
    ["Topic arn:aws:sns:eu-west-1:123456789012:theirs was not found", false],
    ["The gateway is not there", true], // it names no id
    ["The key pair 'test-key' does not exist", true],
    ["igw-abcdefab is no id, for it has no digit", true],
    ["vpc-01234567 is an id of the old, short form", false],
    ["vpc-0123456 is too short for an id", true],
    ["xarn:aws is no ARN", true],
  ])("%s: %s", (message, answer) => {
    expect(mayMean(refusal("not-found", { message }), ours)).toBe(answer);
  });
});

test.each([
  ["role arn:aws:iam::1:role/web does not exist.", ["web"], true],
  ["no such role (arn:aws:iam::1:role/web).", ["arn:aws:iam::1:role/web"], true],
  ["no destination arn:aws:logs:eu-west-1:1:log-group:/web:*", ["arn:aws:logs:eu-west-1:1:log-group:/web"], true],
  ["role arn:aws:iam::1:role/other-web does not exist", ["web"], false],
])("a refusal names objects of this run by their ids and by the ends of ARNs: %s", (message, ids, may) => {
  expect(mayMean({ ...refusal("not-found"), message }, ids)).toBe(may);
});
