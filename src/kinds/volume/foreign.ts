import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["ebs", "ebs_volume", "disk", "volume_attachment", "data_volume"],
  fields: {
    SnapshotId: "snapshot",
    KmsKeyId: "kmsKey",
    MultiAttachEnabled: "multiAttach",
    multi_attach_enabled: "multiAttach",
    device_name: "attachments",
    instance: "attachments",
    instance_id: "attachments",
  },
};
