import type { Diagnostic } from "../diag/diagnostic.ts";
import { interpret } from "./schema/interpret.ts";
import type { JsonSchema } from "./schema/json-schema.ts";
import type { Kinds } from "./kinds.ts";
import { expandedPattern, resolvedSchema, typedResource } from "./schema/schema.ts";
import { standingIn } from "../resource/late.ts";
import { partsOf } from "./schema/pointer.ts";
import { explainErrors } from "./mistakes/schema-errors.ts";
import { follow, toPlain, valueOf, type MapTree, type ScalarTree, type Tree } from "./yaml/tree.ts";
import { validatorOf, type SchemaError, type Validate } from "./schema/validator.ts";
import { isNumeric } from "./expand/variables.ts";

export interface Validated {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly diagnostics: readonly Diagnostic[];
  /** The fields of a resource that break the schema, "" for the resource itself; undefined when the resource is whole. */
  broken(section: string, name: string): ReadonlySet<string> | undefined;
}

/** Checks a whole document against the schema. The values of variables take the type that their place asks for. */
export function validateDocument(tree: MapTree, kinds: Kinds): Validated {
  const plain = toPlain(tree) as Record<string, unknown>;
  const validate = validatorFor(kinds);
  // Late values are checked against no pattern, because nobody knows them yet.
  let errors = validate(plain);
  if (errors.length > 0 && coerceSubstituted(plain, tree, errors)) errors = validate(plain);
  errors = errors.filter((error) => !isOpenList(error, tree));
  const broken = new Map<string, Set<string>>();
  for (const { instancePath, params } of errors) {
    // A name that the schema refuses is reported for its section. Nothing under it has been checked.
    const [section, name = params["additionalProperty"] as string | undefined, field] = partsOf(instancePath);
    if (section === undefined || name === undefined) continue;
    const key = `${section}/${name}`;
    broken.set(key, (broken.get(key) ?? new Set()).add(field ?? ""));
  }
  const diagnostics = errors.length === 0 ? [] : explainErrors(errors, { tree, kinds: kinds.all, schema: wholeSchema(kinds) });
  return { plain, diagnostics, broken: (section, name) => broken.get(`${section}/${name}`) };
}

/**
 * Whether a list that seems too short holds all objects of a repeated resource of another environment. Only AWS knows how many they are.
 */
function isOpenList({ keyword, instancePath }: SchemaError, tree: MapTree): boolean {
  if (keyword !== "minItems") return false;
  const { value } = follow(tree, partsOf(instancePath));
  return value.type === "list" && value.items.some((item) => endsWithStar(valueOf(item, "address")));
}

function endsWithStar(tree: Tree | undefined): boolean {
  return tree?.type === "scalar" && typeof tree.value === "string" && tree.value.endsWith("[*]");
}

/**
 * Returns the validator of a document. The kinds that infra brings are compiled; kinds that are made while it runs are interpreted, section
 * by section.
 */
function validatorFor({ native, types }: Kinds): Validate {
  const compiled = validatorOf(native);
  if (types.length === 0) return (document) => compiled(standingIn(document, "late"));
  const bySection = new Map(types.map((kind) => [kind.section, typedResource(kind)]));
  return (document) => {
    const entries = Object.entries(document as Readonly<Record<string, unknown>>);
    const rest = Object.fromEntries(entries.filter(([key]) => !bySection.has(key)));
    const typed = entries.flatMap(([key, value]) => (bySection.has(key) ? interpretSection(bySection.get(key)!, key, value) : []));
    return [...compiled(standingIn(rest, "late")), ...typed];
  };
}

/** Checks the section first. Inside a resource, paths count from the definition of its kind, as ajv's do. */
function interpretSection(resource: JsonSchema, section: string, value: unknown): readonly SchemaError[] {
  const errors = interpret(sectionOf({}), value, `/${section}`);
  if (errors.length > 0) return errors;
  return Object.entries(value as object).flatMap(([name, one]) => interpret(resource, one, `/${section}/${name}`));
}

/** Returns the schema that the complaints speak about. */
function wholeSchema({ native, types }: Kinds): JsonSchema {
  const schema = resolvedSchema(native);
  if (types.length === 0) return schema;
  const sections = types.map((kind) => [kind.section, { ...sectionOf({}), description: kind.doc }]);
  return {
    ...schema,
    properties: { ...schema.properties, ...Object.fromEntries(sections) },
    definitions: { ...(schema["definitions"] as object), ...Object.fromEntries(types.map((kind) => [kind.name, typedResource(kind)])) },
  };
}

function sectionOf(resource: JsonSchema): JsonSchema {
  return { type: "object", patternProperties: { [expandedPattern]: resource }, additionalProperties: false };
}

/** Converts a variable given as text into a number where one is asked for, and the other way round. Changes `plain` only. */
function coerceSubstituted(plain: Record<string, unknown>, tree: MapTree, errors: readonly SchemaError[]): boolean {
  let isAny = false;
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== "type") continue;
    const parts = partsOf(instancePath);
    const { value, whole } = follow(tree, parts);
    if (!whole || value.type !== "scalar" || !value.substituted) continue;
    for (const type of [params["type"]].flat()) {
      const fitting = as(String(type), value);
      if (fitting === undefined) continue;
      set(plain, parts, fitting);
      isAny = true;
      break;
    }
  }
  return isAny;
}

function as(type: string, { value, raw }: ScalarTree): string | number | boolean | undefined {
  if (type === "string" && typeof value !== "string" && value !== null) return raw;
  if ((type === "integer" || type === "number") && typeof value === "string" && isNumeric(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return undefined;
}

function set(plain: Record<string, unknown>, parts: readonly string[], value: unknown): void {
  let holder: Record<string, unknown> = plain;
  for (const part of parts.slice(0, -1)) holder = holder[part] as Record<string, unknown>;
  holder[parts.at(-1)!] = value;
}
