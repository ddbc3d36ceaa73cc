import { describe, expect, test } from "vitest";
import { collisions, trackedBy } from "../../src/kinds/auto-scaling-group/tracking.ts";

const cpu = { targetTracking: { metric: "ASGAverageCPUUtilization", target: 50 } } as const;
const requests = (targetGroup: string) =>
  ({ targetTracking: { metric: "ALBRequestCountPerTarget", loadBalancer: "loadBalancer/a", targetGroup, target: 9 } }) as const;
const own = (dimensions: Record<string, string>) =>
  ({ targetTracking: { customMetric: { namespace: "Ours", name: "Jobs", dimensions, statistic: "Average" }, target: 1 } }) as const;

describe("what a policy tracks", () => {
  test.each([
    ["the same whatever its target", cpu, { targetTracking: { ...cpu.targetTracking, target: 80 } }, true],
    ["another of another target group", requests("targetGroup/a"), requests("targetGroup/b"), false],
    ["the same in whatever order its dimensions stand", own({ a: "1", b: "2" }), own({ b: "2", a: "1" }), true],
    ["another with other dimensions", own({ a: "1" }), own({ a: "2" }), false],
  ])("is %s", (_, one, other, isSame) => expect(trackedBy(one) === trackedBy(other)).toBe(isSame));

  test("is nothing for a step policy", () => {
    expect(trackedBy({ simple: { adjustmentType: "ChangeInCapacity", adjustment: 1 } })).toBeUndefined();
  });
});

test("a new policy collides with one that the YAML does not list, and an old one with none", () => {
  expect(collisions({ cpu }, { theirs: cpu, other: requests("targetGroup/a") })).toEqual([
    expect.stringContaining('scalingPolicies.cpu keeps the same metric at a value as "theirs"'),
  ]);
  expect(collisions({ cpu }, { cpu, theirs: cpu })).toEqual([]);
  expect(collisions({ cpu, theirs: requests("targetGroup/a") }, { theirs: cpu })).toEqual([]);
});
