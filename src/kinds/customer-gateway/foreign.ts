import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["cgw"],
  fields: {
    ip_address: "ipAddress",
    public_ip: "ipAddress",
    bgp_asn: "bgpAsn",
    bgp_asn_extended: "bgpAsn",
    asn: "bgpAsn",
    device_name: "deviceName",
  },
};
