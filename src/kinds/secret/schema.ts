import type { Static } from "typebox";
import { boolean, integer, object, optional, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

const generate = object(
  {
    length: optional(integer("Number of characters. Default: 32.", { minimum: 8, maximum: 4096 })),
    punctuation: optional(boolean("Whether the value may contain punctuation in addition to letters and digits. Default: false.")),
  },
  "The options for a random value, which is made once, when the secret is made, and never shown. If omitted: the secret has no value until somebody sets one.",
);

export const schema = object({
  description: optional(string("A description of the secret.", { minLength: 1, maxLength: 2048 })),
  generate: optional(generate),
  kmsKey: optional(keyRef("The KMS key that encrypts the secret. If omitted: `aws/secretsmanager`, the AWS managed key.")),
  recoveryDays: optional(
    integer("The recovery window in days, in which a deleted secret can be restored. Default: 30.", { minimum: 7, maximum: 30 }),
  ),
});

export type Secret = Static<typeof schema>;
