/**
 * Elastic Load Balancing in the sandbox: Application and Network Load Balancers. Joins the operations
 * of all families, one family in each file.
 */
import { together, type ServiceModel } from "../../model.ts";
import { accountOperations } from "./account.ts";
import { capacityOperations } from "./capacity.ts";
import { listenerOperations } from "./listeners.ts";
import { balancerOperations, balancerTransitions } from "./load-balancers.ts";
import { ruleOperations } from "./rules.ts";
import { sslPolicyOperations } from "./ssl-policies.ts";
import { tagOperations } from "./tags.ts";
import { groupOperations } from "./target-groups.ts";
import { targetOperations } from "./targets.ts";

export const model: ServiceModel = {
  operations: together(
    accountOperations,
    capacityOperations,
    balancerOperations,
    groupOperations,
    targetOperations,
    listenerOperations,
    ruleOperations,
    sslPolicyOperations,
    tagOperations,
  ),
  transitions: balancerTransitions,
};
