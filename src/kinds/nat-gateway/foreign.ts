import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["nat", "ngw"],
  fields: {
    PrivateIpAddresses: "secondaryPrivateIpAddresses",
    PrivateIpAddressCount: "secondaryPrivateIpAddressCount",
    AllocationIds: "secondaryElasticIps",
    secondary_allocation_ids: "secondaryElasticIps",
    allocation_id: "elasticIp",
    AllocationId: "elasticIp",
    eip: "elasticIp",
  },
};
