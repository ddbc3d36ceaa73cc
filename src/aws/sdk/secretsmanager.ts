/**
 * The commands that the product sends to Secrets Manager. They are named one by one, so that the bundler leaves out the rest. It never asks
 * for a value.
 */
export { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
export {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
