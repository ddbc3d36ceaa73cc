/**
 * Attributes of load balancers and target groups: AWS keeps them as a list of keys and texts (`idle_timeout.timeout_seconds`
 * = "60"). A table says for each field of ours which keys hold it; a key that an answer leaves out has AWS's default.
 */

/** How one field is kept: its keys, its value from their texts, and the texts that make it so. */
export interface AttributeField {
  read(text: (key: string, dflt: string) => string): unknown;
  write(value: never): Readonly<Record<string, string | undefined>>;
}

export type AttributeTable = Readonly<Record<string, AttributeField>>;

export interface Attribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** The fields of the table as a list of attributes says them. */
export function fromAttributes(table: AttributeTable, attributes: readonly Attribute[]): Record<string, unknown> {
  const texts = new Map(attributes.map(({ Key, Value }) => [Key, Value]));
  const text = (key: string, dflt: string) => texts.get(key) ?? dflt;
  return Object.fromEntries(Object.entries(table).map(([field, kept]) => [field, kept.read(text)]));
}

/** The attributes that the fields of the table ask for; fields that are undefined ask for nothing. */
export function toAttributes(table: AttributeTable, fields: Readonly<Record<string, unknown>>): { Key: string; Value: string }[] {
  return Object.entries(table).flatMap(([field, kept]) => {
    const value = fields[field];
    if (value === undefined) return [];
    return Object.entries(kept.write(value as never)).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
  });
}

export function flag(key: string, dflt: boolean): AttributeField {
  return { read: (text) => text(key, String(dflt)) === "true", write: (value: boolean) => ({ [key]: String(value) }) };
}

export function count(key: string, dflt: number): AttributeField {
  return { read: (text) => Number(text(key, String(dflt))), write: (value: number) => ({ [key]: String(value) }) };
}

export function word(key: string, dflt: string): AttributeField {
  return { read: (text) => text(key, dflt), write: (value: string) => ({ [key]: value }) };
}

/** A number or the word "off". */
export function countOrOff(key: string, dflt: string): AttributeField {
  return {
    read: (text) => (text(key, dflt) === "off" ? "off" : Number(text(key, dflt))),
    write: (value: number | "off") => ({ [key]: String(value) }),
  };
}

/** `{ bucket, prefix }` of a log; one that is off says so and nothing else, so that a bucket left behind is not taken for a log. */
export function log(key: string): AttributeField {
  return {
    read: (text) => {
      if (text(`${key}.enabled`, "false") !== "true") return { enabled: false };
      return { enabled: true, bucket: text(`${key}.bucket`, ""), prefix: text(`${key}.prefix`, "") };
    },
    write: (value: { enabled?: boolean; bucket?: string; prefix?: string }) =>
      value.enabled === false
        ? { [`${key}.enabled`]: "false" }
        : { [`${key}.enabled`]: "true", [`${key}.bucket`]: value.bucket, [`${key}.prefix`]: value.prefix },
  };
}
