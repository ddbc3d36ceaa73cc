import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["route53_zone", "aws_route53_zone", "zone", "dns_zone"],
  fields: { domain: "name", domain_name: "name", zone_name: "name", VPCs: "private", vpc: "private", vpcs: "private" },
};
