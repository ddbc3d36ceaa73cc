import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["network", "virtual_network", "aws_default_vpc"],
  fields: {
    cidr_blocks: "cidrBlock secondaryCidrBlocks",
    cidr: "cidrBlock",
    CidrBlockAssociation: "secondaryCidrBlocks",
    ipv4_cidr: "cidrBlock",
    network: "cidrBlock",
    range: "cidrBlock",
    dns_support: "enableDnsSupport",
    dns_hostnames: "enableDnsHostnames",
    tenancy: "instanceTenancy",
    AmazonProvidedIpv6CidrBlock: "ipv6",
    assign_generated_ipv6_cidr_block: "ipv6",
  },
};
