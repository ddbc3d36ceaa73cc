/** A JSON Schema as plain JSON. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}

/** A string with a description. */
export const text = (description: string, more: object = {}): JsonSchema => ({ type: "string", description, ...more });

/** Tags as authors write them. */
export const tagsSchema: JsonSchema = {
  description: "Tags, by key. Keys that begin with `aws:` or `infra:` are reserved; infra manages only the keys that are written here.",
  type: "object",
  additionalProperties: { type: "string", maxLength: 256 },
  examples: [{ team: "web" }],
};

export function mapValues<V, W>(object: Readonly<Record<string, V>>, fn: (value: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value, key)]));
}
