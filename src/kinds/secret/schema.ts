import type { Static } from "typebox";
import { boolean, integer, object, optional, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

const generate = object(
  {
    length: optional(integer("Characters of the value; 32 when absent.", { minimum: 8, maximum: 4096 })),
    punctuation: optional(boolean("Whether it may hold punctuation besides letters and digits; it may not when absent.")),
  },
  "Makes the value at random when the secret is made, once, and shows it to nobody. Without it the secret has no value until somebody puts one.",
);

export const schema = object({
  description: optional(string("What it is for.", { minLength: 1, maxLength: 2048 })),
  generate: optional(generate),
  kmsKey: optional(keyRef("The KMS key with which it is encrypted. If omitted: `aws/secretsmanager`, AWS's own.")),
  recoveryDays: optional(integer("Days for which a deleted secret can be brought back; 30 when absent.", { minimum: 7, maximum: 30 })),
});

export type Secret = Static<typeof schema>;
