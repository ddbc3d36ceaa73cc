/**
 * IAM in the sandbox: roles, instance profiles, customer managed policies and OpenID Connect providers
 * of an account, the same for all regions.
 */
import { together, type ServiceModel } from "../../model.ts";
import { policyOperations } from "./policies.ts";
import { profileOperations } from "./profiles.ts";
import { providerOperations } from "./providers.ts";
import { roleOperations } from "./roles.ts";

export const model: ServiceModel = {
  operations: together(roleOperations, policyOperations, profileOperations, providerOperations),
};
