/** Reserved capacity of a load balancer. It is ready minutes after the call; until then it cannot be changed again. */
import type { DescribeCapacityReservationInput, ModifyCapacityReservationInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { invalid, needBalancer } from "./faults.ts";
import type { LoadBalancerRecord } from "./state.ts";
import { timing } from "./timing.ts";

const day = 24 * 60 * 60 * 1000;
/** The number of times a day that it may be lowered (Elastic Load Balancing, "Capacity reservations"). */
const decreases = 2;

export const capacityOperations: Record<string, Handler> = {
  DescribeCapacityReservation: (input: DescribeCapacityReservationInput, call) => describe(call, needBalancer(call, input.LoadBalancerArn)),

  ModifyCapacityReservation(input: ModifyCapacityReservationInput, call) {
    const balancer = needBalancer(call, input.LoadBalancerArn);
    const units = input.MinimumLoadBalancerCapacity?.CapacityUnits;
    if ((units === undefined) === (input.ResetCapacityReservation !== true))
      throw invalid("Specify either MinimumLoadBalancerCapacity or ResetCapacityReservation");
    const least = balancer.type === "application" ? 100 : 2750 * balancer.places.length;
    if (units !== undefined && units < least) throw invalid(`The capacity of this load balancer must be at least ${least} capacity units`);
    if (balancer.reservation && call.now < balancer.reservation.at + timing.reserved)
      throw new AwsFault("CapacityReservationPending", "There is a pending capacity reservation");
    if ((units ?? 0) < (balancer.reservation?.units ?? 0)) lower(call, balancer);
    if (units === undefined) delete balancer.reservation;
    else balancer.reservation = { units, at: call.now };
    return describe(call, balancer);
  },
};

function loweredToday(call: Call, { lowered = [] }: LoadBalancerRecord): number[] {
  return lowered.filter((at) => call.now - at < day);
}

function lower(call: Call, balancer: LoadBalancerRecord): void {
  const today = loweredToday(call, balancer);
  if (today.length >= decreases)
    throw new AwsFault("CapacityDecreaseRequestLimitExceeded", "You've exceeded the daily capacity decrease limit for this reservation.");
  balancer.lowered = [...today, call.now];
}

function describe(call: Call, balancer: LoadBalancerRecord) {
  const { reservation, places } = balancer;
  const isThere = reservation !== undefined && call.now >= reservation.at + timing.reserved;
  return {
    DecreaseRequestsRemaining: decreases - loweredToday(call, balancer).length,
    ...(reservation && {
      LastModifiedTime: new Date(reservation.at),
      MinimumLoadBalancerCapacity: { CapacityUnits: reservation.units },
    }),
    CapacityReservationState: reservation
      ? places.map(({ zone }) => ({
          State: { Code: isThere ? "provisioned" : "pending" },
          AvailabilityZone: zone,
          EffectiveCapacityUnits: isThere ? reservation.units / places.length : 0,
        }))
      : [],
  };
}
