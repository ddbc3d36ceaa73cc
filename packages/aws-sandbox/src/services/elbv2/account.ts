/** Calls about the limits of the account, which some clients make before or after others. */
import type { Handler } from "../../model.ts";

export const accountOperations: Record<string, Handler> = {
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
