import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["ec2_instance_connect_endpoint", "eice"],
  fields: {
    subnet_id: "subnet",
    security_group_ids: "securityGroups",
    preserve_client_ip: "preserveClientIp",
    ip_address_type: "ipAddressType",
  },
};
