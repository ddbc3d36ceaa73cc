import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = { kind: ["eigw", "eoigw", "egress_only_gateway"], fields: {} };
