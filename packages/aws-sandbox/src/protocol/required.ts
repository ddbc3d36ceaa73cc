import type { NormalizedSchema } from "@smithy/core/schema";

/** The path of the first member that the schema requires and the input lacks; undefined when nothing is missing. */
export function missingMember(schema: NormalizedSchema, value: unknown): string | undefined {
  return checkOf(schema)?.(value, "");
}

/** Checks a value at a path. */
type Check = (value: unknown, path: string) => string | undefined;

const compiled = new WeakMap<object, Check | undefined>();

/** The check of a schema; undefined when nothing below it is required, as in most of EC2. */
function checkOf(schema: NormalizedSchema): Check | undefined {
  const check = schema.isStructSchema() ? structCheck(schema) : schema.isListSchema() ? listCheck(schema) : mapCheck(schema);
  return check && ((value, path) => (value === undefined || value === null ? undefined : check(value, path)));
}

function structCheck(schema: NormalizedSchema): Check | undefined {
  const key = schema.getSchema() as object;
  if (compiled.has(key)) return compiled.get(key);
  const [, , , , names, , count = 0] = key as unknown as StructSchema;
  const required = names.slice(0, count);
  const inner: [name: string, check: Check][] = [];
  const check: Check = (value, path) => {
    const members = value as Readonly<Record<string, unknown>>;
    const lacking = required.find((name) => members[name] === undefined || members[name] === null);
    return lacking === undefined ? firstOf(inner, ([name, look]) => look(members[name], join(path, name))) : join(path, lacking);
  };
  compiled.set(key, check); // before the members: shapes may contain themselves
  for (const [name, member] of schema.structIterator()) {
    const look = checkOf(member);
    if (look) inner.push([name, look]);
  }
  if (required.length > 0 || inner.length > 0) return check;
  compiled.set(key, undefined);
  return undefined;
}

function listCheck(schema: NormalizedSchema): Check | undefined {
  const look = checkOf(schema.getValueSchema());
  return (
    look &&
    ((value, path) => (Array.isArray(value) ? firstOf([...value.entries()], ([i, item]) => look(item, `${path}.${i + 1}`)) : undefined))
  );
}

function mapCheck(schema: NormalizedSchema): Check | undefined {
  const look = schema.isMapSchema() ? checkOf(schema.getValueSchema()) : undefined;
  return look && ((value, path) => firstOf(Object.entries(value as object), ([key, item]) => look(item, `${path}.${key}`)));
}

function firstOf<T>(items: readonly T[], look: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The SDK puts the required members first and their number last. */
type StructSchema = readonly [
  tag: number,
  namespace: string,
  name: string,
  traits: unknown,
  names: readonly string[],
  members: unknown,
  required?: number,
];

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
