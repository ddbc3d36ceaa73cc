/** Creates and changes objects, by the schema of their type and the known behaviour of its handlers. */
import { typeSchema, type RegistrySchema, type SchemaNode } from "@plumbline/aws-types";
import { AwsFault, type Call } from "../../model.ts";
import { createHash } from "node:crypto";
import { behaviours, type Behaviour, type Properties } from "./behaviours.ts";
import { all, nameOf, uuidOf } from "./behaviours/behaviour.ts";
import { keyOf, objectsOf, tagsOf, type ObjectRecord, type RequestRecord } from "./state.ts";
import { split, waysOf } from "./ways.ts";

/** Makes the object of a create request, and returns its identifier. Throws the error of its handler. */
export function make(call: Call, schema: RegistrySchema, { type, desired }: RequestRecord): string {
  const behaviour = behaviours[type] ?? {};
  const given = withIdentifier(schema, desired, digitsFor(call, schema, type, desired), behaviour, call);
  behaviour.check?.(given, call);
  const arn = arnOf(call, type, given);
  const stored = behaviour.stored?.(given, call) ?? given;
  const made = { ...madeByName(schema, stored, arn), ...behaviour.made?.(stored, arn, call) };
  const whole = { ...behaviour.defaults, ...stored, ...made };
  const id = identifierOf(schema, whole);
  if (objectsOf(call, type).has(keyOf(type, id)))
    throw new AwsFault("AlreadyExists", `Resource of type '${type}' with identifier '${id}' already exists.`);
  const [properties, hidden] = split(whole, waysOf(schema.writeOnlyProperties));
  const untold = call.fault("cloudcontrol:drops") ? Object.keys(desired)[0] : undefined;
  objectsOf(call, type).set(keyOf(type, id), { type, id, arn, properties, hidden, ...(untold !== undefined && { untold }) });
  call.tagged(arn);
  return id;
}

/** Updates an object. Write-only values are lost unless the update gives them again. */
export function change(call: Call, schema: RegistrySchema, record: ObjectRecord, { desired }: RequestRecord): void {
  const behaviour = behaviours[record.type] ?? {};
  behaviour.check?.(desired, call);
  const stored = behaviour.stored?.(desired, call) ?? desired;
  const [properties, hidden] = split({ ...behaviour.defaults, ...stored }, waysOf(schema.writeOnlyProperties));
  record.properties = properties;
  record.hidden = hidden;
  call.tagged(record.arn);
}

/** Deletes an object with its dependent objects. Throws the service's error while others use it. */
export function drop(call: Call, record: ObjectRecord): void {
  const { inUse, holds = [] } = behaviours[record.type] ?? {};
  const why = inUse?.(record, call);
  if (why !== undefined) throw new AwsFault("ResourceConflict", why);
  objectsOf(call, record.type).delete(keyOf(record.type, record.id));
  for (const [type, property] of holds)
    for (const one of all(call, type))
      if (nameOf(one.properties[property]) === nameOf(record.id)) objectsOf(call, one.type).delete(keyOf(one.type, one.id));
}

/** Changes tags without the handlers, as the tagging API does. */
export function setTags(call: Call, record: ObjectRecord, change: (tags: Record<string, string>) => Record<string, string>): void {
  const { tagProperty = "/properties/Tags" } = typeSchema(record.type)?.tagging ?? {};
  const property = tagProperty.replace("/properties/", "");
  const tags = change(tagsOf(record, property));
  const isList = Array.isArray(record.properties[property]);
  record.properties[property] = isList ? Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) : tags;
  call.tagged(record.arn);
}

/** The properties as a read shows them. Lists without a meaningful order come in another order, at any depth. */
export function shown(schema: RegistrySchema, { properties, untold }: ObjectRecord): Properties {
  const told = Object.entries(properties).filter(([name]) => name !== untold);
  return Object.fromEntries(told.map(([name, value]) => [name, turned(schema, schema.properties?.[name], value)]));
}

function turned(root: RegistrySchema, written: SchemaNode | undefined, value: unknown): unknown {
  const node = target(root, written);
  if (node === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => turned(root, node.items, item));
    return node.insertionOrder === false ? items.reverse() : items;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, turned(root, node.properties?.[name], inner)]));
}

function target({ definitions }: RegistrySchema, node: SchemaNode | undefined): SchemaNode | undefined {
  return node?.$ref === undefined ? node : definitions?.[node.$ref.replace("#/definitions/", "")];
}

/**
 * Digits for the identifiers of a new object, from the request and the number of equal requests before. So equal histories give equal
 * identifiers, and an object that is created again gets new ones.
 */
function digitsFor(call: Call, schema: RegistrySchema, type: string, desired: Record<string, unknown>): string {
  const { tagProperty = "/properties/Tags" } = schema.tagging ?? {};
  const { [tagProperty.replace("/properties/", "")]: _tags, ...asked } = desired;
  const text = `${type} ${JSON.stringify(asked)}`;
  const made = call.store.table<{ readonly times: number }>("cloudcontrol.made");
  const { times } = made.get(text) ?? { times: 0 };
  made.set(text, { times: times + 1 });
  return createHash("sha256").update(`${text} ${times}`).digest("hex").slice(0, 32);
}

/**
 * Adds the name that AWS gives to an unnamed object, and the ids that AWS makes. They come from the request,
 * so that equal histories give equal ones.
 */
function withIdentifier(
  schema: RegistrySchema,
  desired: Record<string, unknown>,
  digits: string,
  { ids }: Behaviour,
  call: Call,
): Record<string, unknown> {
  const made = ids?.(digits, call);
  const given = { ...desired, ...made };
  if (made) return given;
  for (const [property = ""] of waysOf(schema.primaryIdentifier)) {
    const isMade = waysOf(schema.readOnlyProperties).some((way) => way.join() === property);
    if (given[property] === undefined && !(isMade && /Arn$|Url$/i.test(property))) given[property] = uuidOf(digits);
  }
  return given;
}

function identifierOf(schema: RegistrySchema, properties: Properties): string {
  return waysOf(schema.primaryIdentifier)
    .map(([property = ""]) => String(properties[property]))
    .join("|");
}

function arnOf({ partition, region, account }: Call, type: string, properties: Properties): string {
  const [, service = "", name = ""] = type.split("::");
  const { arn } = behaviours[type] ?? {};
  const own = Object.entries(properties).find(([key, value]) => /^(.*Name|Id)$/.test(key) && typeof value === "string")?.[1];
  const end = arn?.end(properties) ?? `${name.toLowerCase()}/${String(own ?? "object")}`;
  const [where, whose] = [arn?.isGlobal ? "" : region, arn?.isNobodys ? "" : account];
  return `arn:${partition}:${arn?.service ?? service.toLowerCase()}:${where}:${whose}:${end}`;
}

function madeByName(schema: RegistrySchema, properties: Properties, arn: string): Properties {
  const made = waysOf(schema.readOnlyProperties).filter((way) => way.length === 1 && properties[way[0]!] === undefined);
  return Object.fromEntries(made.flatMap(([name = ""]) => (/Arn$/i.test(name) ? [[name, arn]] : [])));
}
