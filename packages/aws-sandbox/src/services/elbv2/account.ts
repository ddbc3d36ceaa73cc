/** What other clients ask before or after the calls that matter. */
import type { DescribeCapacityReservationInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Handler } from "../../model.ts";
import { needBalancer } from "./faults.ts";

export const accountOperations: Record<string, Handler> = {
  /** Nobody has reserved any. */
  DescribeCapacityReservation(input: DescribeCapacityReservationInput, call) {
    needBalancer(call, input.LoadBalancerArn);
    return { DecreaseRequestsRemaining: 2, CapacityReservationState: [] };
  },

  DescribeAccountLimits() {
    const limits = {
      "application-load-balancers": 50,
      "network-load-balancers": 50,
      "target-groups": 3000,
      "listeners-per-application-load-balancer": 50,
      "rules-per-application-load-balancer": 100,
    };
    return { Limits: Object.entries(limits).map(([Name, Max]) => ({ Name, Max: String(Max) })) };
  },
};
