import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["secretsmanager", "secretsmanager_secret", "aws_secretsmanager_secret"],
  fields: { RecoveryWindowInDays: "recoveryDays", recovery_window_in_days: "recoveryDays" },
};
