import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["vpn", "site_to_site_vpn", "aws_vpn_connection_route", "VPNConnectionRoute"],
  fields: {
    customer_gateway_id: "customerGateway",
    vpn_gateway_id: "vpnGateway",
    static_routes_only: "staticRoutesOnly",
    static_routes: "routes",
    destination_cidr_block: "routes",
    local_ipv4_network_cidr: "localIpv4NetworkCidr",
    remote_ipv4_network_cidr: "remoteIpv4NetworkCidr",
  },
};
