import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["eni", "interface", "nic", "network_interface_attachment"],
  fields: {
    private_ips: "privateIpAddresses",
    private_ip: "privateIpAddresses",
    PrivateIpAddress: "privateIpAddresses",
    private_ips_count: "secondaryPrivateIpAddressCount",
    ipv6_address_count: "ipv6AddressCount",
    security_groups: "securityGroups",
    GroupSet: "securityGroups",
    Groups: "securityGroups",
    source_dest_check: "sourceDestCheck",
  },
};
