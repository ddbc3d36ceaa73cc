/**
 * Attributes of load balancers and target groups. AWS keeps them as a list of keys and texts (`idle_timeout.timeout_seconds` = "60"). A
 * table says which keys hold each of our fields. A key that an answer leaves out has AWS's default.
 */

/** How one field is kept: `read` makes its value from the texts, `write` makes the texts from its value. */
export interface AttributeField {
  read(text: (key: string, dflt: string) => string): unknown;
  write(value: never): Readonly<Record<string, string | undefined>>;
}

export type AttributeTable = Readonly<Record<string, AttributeField>>;

export interface Attribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Returns the fields of the table from a list of attributes. */
export function fromAttributes(table: AttributeTable, attributes: readonly Attribute[]): Record<string, unknown> {
  const texts = new Map(attributes.map(({ Key, Value }) => [Key, Value]));
  const text = (key: string, dflt: string) => texts.get(key) ?? dflt;
  return Object.fromEntries(Object.entries(table).map(([field, kept]) => [field, kept.read(text)]));
}

/** Returns the attributes for the fields of the table. A field that is undefined sets no attribute. */
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

/**
 * `{ bucket, prefix }` of a log. A log that is off returns nothing else, so that a bucket name left over in the attributes is not read as a
 * log.
 */
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
