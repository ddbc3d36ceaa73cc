/** Route 53 in the sandbox: hosted zones and simple and alias records of an account, whatever the region. Nothing answers DNS. */
import { together, type ServiceModel } from "../../model.ts";
import { recordOperations } from "./record-sets.ts";
import { zoneOperations } from "./zones.ts";

export const model: ServiceModel = { operations: together(zoneOperations, recordOperations) };
