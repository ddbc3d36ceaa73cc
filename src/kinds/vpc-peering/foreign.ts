import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["vpc_peering_connection", "vpc_peering_connection_accepter", "VPCPeeringConnection", "pcx", "peering"],
  fields: {
    vpc_id: "vpc",
    peer_vpc_id: "peerVpc",
    peer_owner_id: "peerOwner",
    PeerOwnerId: "peerOwner",
    auto_accept: "accept",
    vpc_peering_connection_id: "accept",
    allow_remote_vpc_dns_resolution: "dnsResolution",
  },
};
