/**
 * Route 53 in the sandbox: hosted zones with simple, weighted and alias records of an account, the same for
 * all regions. Nothing answers DNS queries.
 */
import { together, type ServiceModel } from "../../model.ts";
import { recordOperations } from "./record-sets.ts";
import { zoneOperations } from "./zones.ts";

export const model: ServiceModel = { operations: together(zoneOperations, recordOperations) };
