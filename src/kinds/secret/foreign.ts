import type { ForeignNames } from "../kind.ts";

const noValue = "no value stands in a file: write `generate: {}` to have one made, or leave it out and put one in with the AWS CLI";

export const foreign: ForeignNames = {
  kind: ["secretsmanager", "secretsmanager_secret", "aws_secretsmanager_secret"],
  fields: { GenerateSecretString: "generate", RecoveryWindowInDays: "recoveryDays", recovery_window_in_days: "recoveryDays" },
  advice: { SecretString: noValue, secret_string: noValue, SecretBinary: noValue, value: noValue, password: noValue },
};
