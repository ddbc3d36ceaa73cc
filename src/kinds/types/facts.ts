/** A registry schema in the form that rules, patches and comparisons use. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";

/** A path into a spec, one member name each; `*` stands for every item of a list. */
export type Way = readonly string[];

export interface TypeFacts {
  readonly name: string;
  readonly schema: RegistrySchema;
  readonly createOnly: readonly Way[];
  readonly conditional: readonly Way[];
  readonly readOnly: readonly Way[];
  readonly writeOnly: readonly Way[];
  readonly identifier: readonly string[];
  /** How AWS rewrites values, as expressions by their path (`Engine`, or `Fields`, `*`, `FieldType`). */
  readonly transforms: ReadonlyMap<string, string>;
  /** Whether Cloud Control can create, read and delete objects of the type. */
  readonly isMade: boolean;
  /** Whether a list of the account works without any input. */
  readonly isListed: boolean;
  /** Whether nothing can be changed in place. */
  readonly isFixed: boolean;
  /** The longest time that the handlers take, in seconds, where the schema states it. */
  readonly limits: { readonly create?: number; readonly delete?: number };
  /** The property that holds the tags, and its form; absent when a create cannot write tags. */
  readonly tags?: { readonly property: string; readonly form: "list" | "map" };
}

export function factsOf(name: string, schema: RegistrySchema): TypeFacts {
  const tags = tagsOf(schema);
  return {
    name,
    schema,
    createOnly: waysOf(schema.createOnlyProperties),
    conditional: waysOf(schema.conditionalCreateOnlyProperties),
    readOnly: waysOf(schema.readOnlyProperties),
    writeOnly: waysOf(schema.writeOnlyProperties),
    identifier: waysOf(schema.primaryIdentifier).map((way) => way.join("/")),
    transforms: new Map(Object.entries(schema.propertyTransform ?? {}).map(([pointer, text]) => [wayOf(pointer).join("/"), text])),
    isMade: schema.handlers?.["create"] !== undefined && schema.handlers["read"] !== undefined && schema.handlers["delete"] !== undefined,
    isListed: canList(schema),
    isFixed: schema.handlers?.["update"] === undefined,
    limits: limitsOf(schema),
    ...(tags && { tags }),
  };
}

function canList({ handlers = {} }: RegistrySchema): boolean {
  const { list } = handlers;
  const { required = [], anyOf, oneOf } = list?.handlerSchema ?? {};
  return list !== undefined && required.length === 0 && !anyOf && !oneOf;
}

function limitsOf({ handlers = {} }: RegistrySchema): TypeFacts["limits"] {
  const seconds = (...names: string[]) => {
    const minutes = names.flatMap((name) => handlers[name]?.timeoutInMinutes ?? []);
    return minutes.length > 0 ? Math.max(...minutes) * 60 : undefined;
  };
  const [create, remove] = [seconds("create", "update"), seconds("delete")];
  return { ...(create !== undefined && { create }), ...(remove !== undefined && { delete: remove }) };
}

/** Returns the schema that a node points to. */
export function deref({ definitions }: RegistrySchema, node: SchemaNode): SchemaNode {
  let here = node;
  for (let steps = 0; here.$ref !== undefined && steps < 20; steps++) here = definitions?.[here.$ref.replace("#/definitions/", "")] ?? {};
  return here;
}

/** Returns the schema of a member of an object. Searches all alternatives of the object. */
export function memberOf(root: RegistrySchema, written: SchemaNode, key: string): SchemaNode | undefined {
  const node = deref(root, written);
  if (node.properties && Object.hasOwn(node.properties, key)) return node.properties[key];
  for (const branch of branchesOf(node)) {
    const found = memberOf(root, branch, key);
    if (found) return found;
  }
  for (const [pattern, inner] of Object.entries(node.patternProperties ?? {})) if (patternOf(pattern).test(key)) return inner;
  return typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
}

/** Returns the schema of the items of a list. */
export function itemOf(root: RegistrySchema, written: SchemaNode): SchemaNode {
  const node = deref(root, written);
  return (
    node.items ??
    branchesOf(node)
      .map((branch) => deref(root, branch).items)
      .find((items) => items !== undefined) ??
    {}
  );
}

/** Whether the order of a list has no meaning, because its schema says so or AWS does not keep it (`unordered`, as paths into the spec). */
export function isSet({ insertionOrder }: SchemaNode, unordered: readonly Way[], way: Way): boolean {
  return insertionOrder === false || covers(unordered, way);
}

/** Whether the schema names the members of an object. If not, the author chooses the keys. */
export function hasMembers(root: RegistrySchema, written: SchemaNode): boolean {
  const node = deref(root, written);
  return node.properties !== undefined || branchesOf(node).some((branch) => hasMembers(root, branch));
}

/** Whether one of `ways` is this path or a path above it. */
export function covers(ways: readonly Way[], way: Way): boolean {
  return ways.some((one) => one.length <= way.length && one.every((part, i) => part === "*" || part === way[i] || way[i] === "*"));
}

/** Whether one of `ways` leads to something inside this path. */
export function reachesInto(ways: readonly Way[], way: Way): boolean {
  return ways.some((one) => one.length > way.length && way.every((part, i) => one[i] === part || one[i] === "*"));
}

function branchesOf(node: SchemaNode): readonly SchemaNode[] {
  return [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
}

function waysOf(pointers: readonly string[] = []): Way[] {
  return pointers.map(wayOf);
}

function wayOf(pointer: string): Way {
  return pointer.split("/").filter((part) => part !== "" && part !== "properties" && part !== "items");
}

/** Used to check a type's tag schema: some services do not accept colons in tags. */
const ourKey = "infra:environment";
const ourValue = "AWS::SQS::Queue/a-b.0";

function takesOurKeys(schema: RegistrySchema, { patternProperties, additionalProperties }: SchemaNode): boolean {
  const patterns = Object.entries(patternProperties ?? {});
  const inner = patterns.find(([pattern]) => patternOf(pattern).test(ourKey))?.[1];
  return inner === undefined ? additionalProperties !== false : takes(schema, inner, ourValue);
}

function takes(schema: RegistrySchema, written: SchemaNode, text: string): boolean {
  const { pattern, maxLength = 256 } = deref(schema, written);
  return text.length <= maxLength && (pattern === undefined || patternOf(pattern).test(text));
}

/** Compiles a pattern. Named character classes need the `u` flag, and some other patterns are not valid with it. */
export function patternOf(pattern: string): RegExp {
  return new RegExp(pattern, /\\[pP]\{/.test(pattern) ? "u" : "");
}

function tagsOf(schema: RegistrySchema): TypeFacts["tags"] {
  const { taggable, tagOnCreate, tagProperty = "/properties/Tags" } = schema.tagging ?? {};
  const property = tagProperty.replace("/properties/", "");
  const node = schema.properties?.[property];
  if (taggable !== true || tagOnCreate !== true || !node) return undefined;
  if (schema.writeOnlyProperties?.includes(`/properties/${property}`)) return undefined; // the owner could not be read
  const whole = deref(schema, node);
  if (whole.type === "object") return takesOurKeys(schema, whole) ? { property, form: "map" } : undefined;
  const item = deref(schema, whole.items ?? {}).properties ?? {};
  const isList = whole.type === "array" && Object.keys(item).sort().join() === "Key,Value";
  return isList && takes(schema, item["Key"]!, ourKey) && takes(schema, item["Value"]!, ourValue) ? { property, form: "list" } : undefined;
}

/** Whether an update loses a value when it does not send all values again. */
export function losesValues({ writeOnly, createOnly }: TypeFacts): boolean {
  return writeOnly.some((way) => !covers(createOnly, way));
}
