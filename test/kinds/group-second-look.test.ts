/** Parts that are added to an Auto Scaling group during its plan. A read by id does not show them, so everything is read again. */
import { PutScalingPolicyCommand, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { expect, it } from "vitest";
import { applyUnderLease } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { openTestbed, settle } from "./elbv2-testbed.ts";
import { group, groupIn, unmanaged } from "./group-testbed.ts";

it("a scaling policy that somebody adds after the plan has the capacity, and no machine is taken from it", async () => {
  const testbed = openTestbed();
  const yaml = group("desiredCapacity: 3");
  await settle(testbed, yaml);
  const aws = unmanaged(testbed).autoscaling;
  const AutoScalingGroupName = "test-web";
  await aws.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 4 }));
  await testbed.clock.sleep(3_600_000);
  const seen: string[] = [];
  await applyUnderLease(kinds, await testbed.connection(), testbed.load(yaml), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => undefined,
    confirm: async ({ plan }) => {
      seen.push(...plan.steps.map(({ action, address }) => `${action} ${address}`));
      const policy = { AdjustmentType: "ChangeInCapacity", ScalingAdjustment: 1 };
      await aws.send(new PutScalingPolicyCommand({ AutoScalingGroupName, PolicyName: "theirs", ...policy }));
      return true;
    },
    lease: { me: { who: "me", run: "me" } },
    consistencyDelay: 0,
  });
  expect(seen).toEqual(["update autoScalingGroup/web"]);
  expect((await groupIn(testbed)).DesiredCapacity).toBe(4);
});
