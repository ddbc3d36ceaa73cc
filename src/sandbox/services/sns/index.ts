import type { ServiceModel } from "../../model.ts";

export const model: ServiceModel = { operations: {} };
