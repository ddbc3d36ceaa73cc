import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { object, oneOf, optional, string } from "../../resource/fields.ts";

const value = Type.Unsafe<string | readonly string[]>({
  description: "The value: a text (`String`) or a list of texts (`StringList`). Never write a secret: the file and the plan show it.",
  anyOf: [
    { type: "string", minLength: 1 },
    { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
  ],
  examples: ["https://api.example.com", ["eu-west-1a", "eu-west-1b"]],
} as unknown as TSchema);

export const schema = object({
  value,
  description: optional(string("A description of the parameter.", { minLength: 1, maxLength: 1024 })),
  allowedPattern: optional(string("A regular expression that every value must match.", { minLength: 1, maxLength: 1024 })),
  tier: optional(oneOf(["Standard", "Advanced"], "The tier. `Standard` is free and holds 4 KB; `Advanced` costs money and holds 8 KB.")),
});

export type Parameter = Static<typeof schema>;
