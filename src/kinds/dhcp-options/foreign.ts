import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["dhcp_options", "vpc_dhcp_options", "DHCPOptions", "DhcpOptionsSet", "aws_default_vpc_dhcp_options", "dopt"],
  fields: {
    dns_servers: "domainNameServers",
    netbios_name_servers: "netbiosNameServers",
    netbios_node_type: "netbiosNodeType",
    ipv6_address_preferred_lease_time: "ipv6AddressPreferredLeaseTime",
  },
};
