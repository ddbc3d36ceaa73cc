import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = { kind: ["cagw", "ec2_carrier_gateway"], fields: {} };
