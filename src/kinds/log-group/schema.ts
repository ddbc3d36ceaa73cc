import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { object, oneOf, optional } from "../../resource/fields.ts";
import { keyRefByArn } from "../shared/kms-keys.ts";

/** The numbers of days that CloudWatch Logs accepts (CloudWatch Logs API, PutRetentionPolicy). */
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

const retention = Type.Unsafe<number | "never">({
  description:
    "Number of days after which events are deleted; `never` keeps them. If omitted: AWS keeps them, and a value that others set stays.",
  enum: [...days, "never"],
} as unknown as TSchema);

export const schema = object({
  retention: optional(retention),
  kmsKey: optional(keyRefByArn("The KMS key that encrypts new events; its policy must allow CloudWatch Logs to use it.")),
  class: optional(
    oneOf(
      ["STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS", "DELIVERY"],
      "The log group class, which sets features and price; it cannot be changed.",
    ),
  ),
});

export type LogGroup = Static<typeof schema>;
