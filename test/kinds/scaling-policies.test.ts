import { describe, expect, test } from "vitest";
import { trackedBy, trackedSlots } from "../../src/kinds/auto-scaling-group/tracking.ts";
import { markOf, tagsOfMarks } from "../../src/resource/made-marks.ts";

const cpu = { targetTracking: { metric: "ASGAverageCPUUtilization", target: 50 } } as const;
const requests = (targetGroup: string) =>
  ({ targetTracking: { metric: "ALBRequestCountPerTarget", loadBalancer: "loadBalancer/a", targetGroup, target: 9 } }) as const;
const own = (dimensions: Record<string, string>) =>
  ({ targetTracking: { customMetric: { namespace: "Ours", name: "Jobs", dimensions, statistic: "Average" }, target: 1 } }) as const;

describe("the metric that a policy tracks", () => {
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

test("a policy of others keeps its metric taken, and ours is our own", () => {
  const tags = tagsOfMarks([markOf("scalingPolicies", "cpu")]);
  const self = { address: "autoScalingGroup/web", kind: "autoScalingGroup", name: "web", tags };
  const slots = trackedSlots({ ...self, spec: { scalingPolicies: { cpu, theirs: requests("targetGroup/a") } } });
  expect(slots.map(({ path, foreign }) => [path, foreign?.what])).toEqual([
    ["scalingPolicies.cpu", undefined],
    ["scalingPolicies.theirs", 'the scaling policy "theirs" that somebody else made'],
  ]);
});
