import type { ForeignNames } from "../kind.ts";

const noValue = "a file must not contain the value: write `generate: {}` to generate one, or omit it and set the value with the AWS CLI";

export const foreign: ForeignNames = {
  kind: ["secretsmanager", "secretsmanager_secret", "aws_secretsmanager_secret"],
  fields: { GenerateSecretString: "generate", RecoveryWindowInDays: "recoveryDays", recovery_window_in_days: "recoveryDays" },
  advice: { SecretString: noValue, secret_string: noValue, SecretBinary: noValue, value: noValue, password: noValue },
};
