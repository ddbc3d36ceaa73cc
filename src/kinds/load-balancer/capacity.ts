/** Capacity that AWS reserves for a load balancer (Elastic Load Balancing, "Capacity reservations for your Application Load Balancer"). */
import type { Aws } from "../../aws/aws.ts";
import type { AwsId } from "../kind.ts";

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

export interface Reservation {
  /** The requested capacity. AWS takes minutes to hours to provide it. */
  readonly units: number;
  readonly notes: readonly string[];
}

export async function readReservation(aws: Aws, elbv2: Sdk, LoadBalancerArn: AwsId): Promise<Reservation> {
  const { MinimumLoadBalancerCapacity: asked, CapacityReservationState: zones = [] } = await aws.elbv2(
    new elbv2.DescribeCapacityReservationCommand({ LoadBalancerArn }),
  );
  const failed = zones.flatMap(({ AvailabilityZone, State }) =>
    State?.Code === "failed" ? [`${AvailabilityZone ?? "its zones"} (${State.Reason ?? "AWS gives no details"})`] : [],
  );
  return {
    units: asked?.CapacityUnits ?? 0,
    notes: failed.length > 0 ? [`AWS could not reserve its capacity in ${failed.join(", ")}`] : [],
  };
}

export async function reserve(aws: Aws, elbv2: Sdk, LoadBalancerArn: AwsId, units: number): Promise<void> {
  const what = units === 0 ? { ResetCapacityReservation: true } : { MinimumLoadBalancerCapacity: { CapacityUnits: units } };
  await aws.elbv2(new elbv2.ModifyCapacityReservationCommand({ LoadBalancerArn, ...what }));
}
