import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["aws_default_subnet"],
  fields: {
    cidr: "cidrBlock",
    az: "availabilityZone",
    zone: "availabilityZone",
    availability_zone_id: "availabilityZone",
    public: "mapPublicIpOnLaunch",
    map_public_ip: "mapPublicIpOnLaunch",
  },
};
