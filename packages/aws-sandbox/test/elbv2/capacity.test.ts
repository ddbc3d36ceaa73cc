import { DescribeCapacityReservationCommand, ModifyCapacityReservationCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, it } from "vitest";
import { codeOf, elbTestbed } from "./elb.ts";

it("keeps capacity ready some minutes after it was asked for, and takes it back twice a day", async () => {
  const b = await elbTestbed();
  const LoadBalancerArn = await b.balancer();
  const read = () => b.elb.send(new DescribeCapacityReservationCommand({ LoadBalancerArn }));
  const ask = (CapacityUnits: number) =>
    b.elb.send(new ModifyCapacityReservationCommand({ LoadBalancerArn, MinimumLoadBalancerCapacity: { CapacityUnits } }));
  const reset = () => b.elb.send(new ModifyCapacityReservationCommand({ LoadBalancerArn, ResetCapacityReservation: true }));
  const states = async () => (await read()).CapacityReservationState!.map(({ State }) => State!.Code);

  expect(await read()).toMatchObject({ DecreaseRequestsRemaining: 2, CapacityReservationState: [] });
  expect(await codeOf(ask(99))).toBe("ValidationError");
  await ask(300);
  expect(await states()).toEqual(["pending", "pending"]);
  expect(await codeOf(ask(400))).toBe("CapacityReservationPending");
  b.pass(300);
  expect(await states()).toEqual(["provisioned", "provisioned"]);
  await ask(200);
  b.pass(300);
  expect(await read()).toMatchObject({ DecreaseRequestsRemaining: 1, MinimumLoadBalancerCapacity: { CapacityUnits: 200 } });
  await reset();
  expect(await read()).toMatchObject({ DecreaseRequestsRemaining: 0, CapacityReservationState: [] });
  await ask(200);
  b.pass(300);
  expect(await codeOf(reset())).toBe("CapacityDecreaseRequestLimitExceeded");
  b.pass(24 * 60 * 60);
  await reset();
});
