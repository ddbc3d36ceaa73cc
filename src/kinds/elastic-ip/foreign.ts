import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["eip", "static_ip"],
  fields: {},
};
