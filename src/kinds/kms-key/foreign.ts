import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["aws_kms_key", "kms_key", "kms", "aws_kms_alias", "kms_alias"],
  fields: {
    AliasName: "alias",
    KeySpec: "spec",
    key_spec: "spec",
    customer_master_key_spec: "spec",
    KeyUsage: "usage",
    key_usage: "usage",
    KeyPolicy: "policy",
    key_policy: "policy",
    EnableKeyRotation: "rotation",
    enable_key_rotation: "rotation",
    RotationPeriodInDays: "rotationPeriod",
    rotation_period_in_days: "rotationPeriod",
    PendingWindowInDays: "deletionWindow",
    deletion_window_in_days: "deletionWindow",
    is_enabled: "enabled",
    multi_region: "multiRegion",
  },
};
