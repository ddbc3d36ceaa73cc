import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["ami", "ami_from_instance", "machine_image", "custom_image"],
  fields: { source_instance_id: "from", InstanceId: "from", snapshot_without_reboot: "noReboot", reboot: "noReboot" },
};
