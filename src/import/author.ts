/** Writes the file's resources with names in place of ids, and with nothing that a file need not say. Pure. */
import { normalised, rulesOf } from "../plan/normalised.ts";
import { canonicalJson } from "../plan/compare.ts";
import type { Address, AwsId, FieldRule, Kind, Live, Remark, Spec } from "../kinds/kind.ts";
import { inOrder, withSetsInOrder } from "../resource/in-order.ts";
import { deriveAccountName, deriveName, deriveWorldName } from "../resource/naming.ts";
import { imageKinds, isLiteral, mapAnnotated, refKinds, type AnnotatedSchema } from "../resource/references.ts";
import type { Classified, Taken } from "./classify.ts";
import { isPlainObject } from "../resource/plain-object.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

/** One resource of the file, in the order in which its fields are written. */
export interface Entry {
  readonly kind: Kind;
  readonly address: Address;
  readonly name: string;
  readonly id: AwsId;
  readonly body: Readonly<Record<string, unknown>>;
  readonly remarks: readonly Remark[];
}

export interface Place {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly account: string;
}

/** Returns a resource of the file for every object that is taken. */
export function authorAll({ taken, outside }: Classified, addresses: ReadonlyMap<Live, Address>, place: Place): Entry[] {
  const links = linksOf(taken, addresses);
  const whyOutside = new Map(outside.map(({ kind, live, why }) => [`${kind.name} ${live.id}`, why]));
  return taken.map((one) => authorOne(one, addresses.get(one.live)!, links, whyOutside, place));
}

type Links = (id: AwsId, kinds: readonly string[]) => Address | undefined;

/** Returns a look-up of addresses by id and kind, because ids that are names are unique within a kind only. */
function linksOf(taken: readonly Taken[], addresses: ReadonlyMap<Live, Address>): Links {
  const links = new Map<string, Address>();
  for (const { kind, live } of taken) for (const id of [live.id, ...live.aliases]) links.set(`${kind.name} ${id}`, addresses.get(live)!);
  return (id, kinds) => kinds.map((kind) => links.get(`${kind} ${id}`)).find((address) => address !== undefined);
}

function authorOne(one: Taken, address: Address, links: Links, whyOutside: ReadonlyMap<string, string>, place: Place): Entry {
  const { kind, live } = one;
  const remarks = [...one.remarks];
  const linked = mapAnnotated(kind.schema, minimal(kind, one.spec), "x-ref", (value, path, schema) => {
    if (typeof value !== "string") return value;
    const to = links(value, refKinds(schema));
    if (to !== undefined) return shortest(to, schema);
    if (isLiteral(value, schema["x-literal"])) return value;
    const why = refKinds(schema)
      .map((name) => whyOutside.get(`${name} ${value}`))
      .find((one) => one !== undefined);
    if (why !== undefined) remarks.push({ path, text: `${value}: ${why}` });
    return foreign(value, schema);
  });
  const imaged = mapAnnotated(kind.schema, linked, "x-image", (value, _path, schema) =>
    typeof value === "string" ? (links(value, imageKinds(schema)) ?? value) : value,
  );
  const sorted = listsInOrder(kind, imaged);
  const zoned = mapAnnotated(kind.schema, sorted, "x-zone", (value) => letterOf(value, place.region));
  const name = address.slice(address.indexOf("/") + 1);
  const own = Object.entries(live.tags).filter(([key]) => !/^(aws|infra):/.test(key));
  // `Name` first, as people write it.
  const tags = Object.fromEntries(own.sort(([a], [b]) => Number(b === "Name") - Number(a === "Name") || inNaturalOrder(a, b)));
  const body = {
    ...ordered(kind.schema as AnnotatedSchema, zoned),
    ...(isNameWritten(one, name, place) ? { [kind.naming?.field ?? "name"]: live.name } : {}),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(isUnproven(kind) ? { unproven: true } : {}),
    adopt: { id: live.id },
  };
  return { kind, address, name, id: live.id, body, remarks };
}

/** Whether nobody has tried a type with infra. Its resources must say so. */
function isUnproven({ written }: Kind): boolean {
  return written !== undefined && "x-unproven" in written;
}

/** Returns the name alone when one kind fits and the name cannot be taken for a literal; otherwise the address. */
function shortest(address: Address, schema: AnnotatedSchema): string {
  const name = address.slice(address.indexOf("/") + 1);
  const isUsual = schema["x-ref"]!.length === 1 && address.startsWith(`${schema["x-ref"]![0]}/`);
  return isUsual && !isLiteral(name, schema["x-literal"]) ? name : address;
}

function foreign(value: string, schema: AnnotatedSchema): unknown {
  if (schema["x-named"] !== true) return { id: value };
  return value.startsWith("arn:") ? { arn: value } : { name: value };
}

function letterOf(value: unknown, region: string): unknown {
  return typeof value === "string" && value.startsWith(region) && value.length === region.length + 1 ? value.at(-1) : value;
}

/** Whether AWS's name must be written because it differs from the derived one. */
function isNameWritten({ kind: { naming }, live }: Taken, name: string, place: Place): boolean {
  if (!naming || live.name === undefined) return false;
  if (naming.perWorld) return live.name !== deriveWorldName(place, name, naming);
  return live.name !== (naming.perAccount ? deriveAccountName(place, name, naming) : deriveName(place.environment, name, naming));
}

/** Returns a spec without the fields that no file need say: empty fields, and those that have the default of the kind. */
export function minimal(kind: Kind, spec: Spec): Spec {
  const required = new Set((kind.schema as AnnotatedSchema).required ?? []);
  const rules = new Map(rulesOf(kind));
  const kept = Object.entries(spec).flatMap(([field, value]): [string, unknown][] => {
    const rule = rules.get(field);
    const left = rule ? withoutDefaults(rule, plain(value)) : plain(value);
    if (required.has(field)) return [[field, left]];
    const isDefault = rule?.default ? isSame(kind, field, left, rule.default.value) : isNothing(left);
    return isDefault || left === undefined ? [] : [[field, left]];
  });
  return Object.fromEntries(kept);
}

function withoutDefaults({ of }: FieldRule, value: unknown): unknown {
  if (!of || !isPlainObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([member, one]) => !of[member]?.default || canonicalJson(of[member].default.value) !== canonicalJson(one),
  );
  return Object.fromEntries(kept);
}

function isSame(kind: Kind, field: string, value: unknown, dflt: unknown): boolean {
  const [one, other] = [value, dflt].map((is) => canonicalJson(normalised(kind, { [field]: is })[field]));
  return one === other;
}

/** Sorts lists in which order means nothing. For a whole field its rule says so, for a list inside a field the schema does. */
function listsInOrder(kind: Kind, spec: Spec): Spec {
  const rules = new Map(rulesOf(kind));
  const isFree = (field: string) => {
    const as = rules.get(field)?.as;
    return as === "set" || (typeof as === "object" && "key" in as);
  };
  return Object.fromEntries(
    Object.entries(withSetsInOrder(kind.schema, spec)).map(([field, value]) => {
      const within = membersInOrder((kind.schema as AnnotatedSchema).properties?.[field], value);
      return [field, Array.isArray(within) && isFree(field) ? inOrder(within) : within];
    }),
  );
}

/** Puts members in the order of the schema, and sorts maps with keys of the author's own by these keys. */
function membersInOrder(written: AnnotatedSchema | undefined, value: unknown): unknown {
  if (!written || typeof value !== "object" || value === null) return value;
  const schema = formOf(written, value);
  if (Array.isArray(value)) return schema.items ? value.map((item) => membersInOrder(schema.items, item)) : value;
  if (!schema.properties) {
    const [inner] = Object.values(schema.patternProperties ?? {});
    const entries = Object.entries(value).map(([key, one]) => [key, membersInOrder(inner, one)] as const);
    return Object.fromEntries(inner ? entries.sort(([a], [b]) => inNaturalOrder(a, b)) : entries);
  }
  return ordered(
    schema,
    Object.fromEntries(Object.entries(value).map(([key, one]) => [key, membersInOrder(schema.properties![key], one)])),
  );
}

/** Returns the form of a schema that the value has. */
function formOf(schema: AnnotatedSchema, value: object): AnnotatedSchema {
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const fits = ({ items, properties }: AnnotatedSchema) =>
    Array.isArray(value) ? items !== undefined : properties !== undefined && Object.keys(value).every((key) => key in properties);
  return forms.find(fits) ?? schema;
}

/** Returns a value without the members for which AWS has no value. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined && one !== null)
      .map(([key, one]) => [key, plain(one)]),
  );
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isPlainObject(value) && Object.values(value).every((one) => one === undefined);
}

/** Puts fields in the order of the schema, which is that of the documentation. */
function ordered({ properties = {} }: AnnotatedSchema, spec: Spec): Spec {
  const order = Object.keys(properties);
  const rank = (field: string) => (order.includes(field) ? order.indexOf(field) : order.length);
  return Object.fromEntries(Object.entries(spec).sort(([a], [b]) => rank(a) - rank(b)));
}
