import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { object, oneOf, optional } from "../../resource/fields.ts";
import { keyRefByArn } from "../shared/kms-keys.ts";

/** The numbers of days that CloudWatch Logs accepts (CloudWatch Logs API, PutRetentionPolicy). */
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

const retention = Type.Unsafe<number | "never">({
  description: "Days after which events are deleted; `never` keeps them. If omitted: AWS keeps them, and what others set stays.",
  enum: [...days, "never"],
} as unknown as TSchema);

export const schema = object({
  retention: optional(retention),
  kmsKey: optional(keyRefByArn("The KMS key with which new events are encrypted; its policy must let CloudWatch Logs use it.")),
  class: optional(
    oneOf(["STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS", "DELIVERY"], "What can be done with the events, and what they cost; for good."),
  ),
});

export type LogGroup = Static<typeof schema>;
