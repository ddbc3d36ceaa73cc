import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["managed_prefix_list", "ec2_managed_prefix_list", "aws_ec2_managed_prefix_list_entry", "pl"],
  fields: { entry: "entries", address_family: "addressFamily", max_entries: "maxEntries" },
};
