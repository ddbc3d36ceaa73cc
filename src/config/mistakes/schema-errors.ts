/** Turns ajv's complaints into diagnostics for people: one for each mistake, at its place, with a way to mend it. */
import type { Diagnostic } from "../../diag/diagnostic.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import { partsOf } from "../schema/pointer.ts";
import { error as problem } from "../yaml/problem.ts";
import { positionOf } from "../yaml/source.ts";
import { follow, type Tree } from "../yaml/tree.ts";
import { misplacedFields, type Misplaced } from "./misplaced-fields.ts";
import { exampleOf, formOf } from "./write-example.ts";
import { reduceUnions } from "./schema-unions.ts";
import type { SchemaError } from "../schema/validator.ts";
import { declaredIn, form, nameOf, shown, type Explaining, type Subject, type Words } from "./schema-words.ts";
import { isReference, meantBy, unknownField } from "./unknown-field.ts";
import { wrongType } from "./wrong-type.ts";
import { bounds, choicesIn, lengths, meantByPattern, notAllowed, timeInstead } from "./bad-value.ts";

/** Returns the diagnostics for the complaints about a document. */
export function explainErrors(errors: readonly SchemaError[], context: Explaining): Diagnostic[] {
  const reduced = oncePerAnchor(oncePerReference(typeFirst(reduceUnions(errors)), context), context);
  for (const { params, instancePath } of reduced) if (params["isSecret"] === true) hideValue(subjectOf(instancePath, context));
  const extras = extrasByPath(reduced);
  const misplaced = misplacedFields(reduced, context);
  const others = reduced.filter(
    (error) =>
      !misplaced.paths.has(error.instancePath) &&
      !(error.instancePath === "" && misplaced.keys.has(String(error.params["additionalProperty"]))) &&
      !isMisspelt(error, extras, context) &&
      !isToldElsewhere(error, context),
  );
  return [...misplaced.found.map(misplacedField), ...others.map((error) => explain(error, context))];
}

/** Keeps only the complaint about the type when a value has a wrong type. Other complaints about the value are consequences. */
function typeFirst(errors: readonly SchemaError[]): readonly SchemaError[] {
  const wrong = new Set(errors.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  return errors.filter(({ keyword, instancePath }) => keyword === "type" || keyword === "x-refused" || !wrong.has(instancePath));
}

/** Keeps one complaint about a missing field of a mapping, however many aliases name the mapping. */
function oncePerAnchor(errors: readonly SchemaError[], { tree }: Explaining): readonly SchemaError[] {
  const seen = new Set<string>();
  return errors.filter(({ keyword, instancePath, params }) => {
    if (keyword !== "required") return true;
    const { spot } = follow(tree, partsOf(instancePath)).value;
    if (spot.source.text.startsWith("${", spot.start + 1)) return true; // all mappings that an expression makes have one place
    const key = `${spot.source.file}:${spot.start}:${spot.end}:${String(params["missingProperty"])}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Hides a value that stands in the place of a secret, whatever else is wrong in its line. */
function hideValue({ value: { spot } }: Subject): void {
  spot.source.hide(spot.start, spot.end);
}

/** Keeps one complaint about a mapping in place of a reference in a form that infra does not know, however many fields it has. */
function oncePerReference(errors: readonly SchemaError[], context: Explaining): readonly SchemaError[] {
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (error.keyword !== "additionalProperties" || !isReference(schemaOf(error, context))) return true;
    const isFirst = !seen.has(error.instancePath);
    seen.add(error.instancePath);
    return isFirst;
  });
}

function misplacedField({ field, name, what, key }: Misplaced): Diagnostic {
  const summary = `${field} is indented like ${name}, but belongs under it.`;
  return problem("wrong-indentation", positionOf(key), summary, `indent ${field} further than ${name}: it is ${what}`);
}

/** Whether the cause was already reported: a variable without a value where it is declared, an alias that leads nowhere where it stands. */
function isToldElsewhere({ keyword, instancePath }: SchemaError, { tree }: Explaining): boolean {
  const { value } = follow(tree, partsOf(instancePath));
  if (keyword === "required" && value.spot.source.lacking.has(value.spot.start)) return true;
  return value.type === "scalar" && value.value === null && value.substituted === true;
}

/** Returns the names of unknown fields, by the object in which they stand. */
function extrasByPath(errors: readonly SchemaError[]): ReadonlyMap<string, readonly string[]> {
  const extras = new Map<string, string[]>();
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== "additionalProperties") continue;
    const names = extras.get(instancePath);
    if (names) names.push(String(params["additionalProperty"]));
    else extras.set(instancePath, [String(params["additionalProperty"])]);
  }
  return extras;
}

/** Whether a field is missing only because its name is misspelt, which is one mistake, not two. */
function isMisspelt(error: SchemaError, extras: ReadonlyMap<string, readonly string[]>, context: Explaining): boolean {
  if (error.keyword !== "required") return false;
  const missing = String(error.params["missingProperty"]);
  return (extras.get(error.instancePath) ?? []).some((extra) => meantBy(extra, error.instancePath, [missing], context).includes(missing));
}

function explain(error: SchemaError, context: Explaining): Diagnostic {
  const subject = subjectOf(error.instancePath, context);
  const schema = schemaOf(error, context);
  const words = wordsFor(error, subject, schema, context);
  const where = isNothing(subject.value) && subject.key ? subject.key : subject.value.spot;
  return problem(words.code, positionOf(words.spot ?? where), words.summary, words.hint);
}

/** Whether nothing stands behind a key, so that only the key can be pointed at. */
function isNothing(value: Tree): boolean {
  return value.type === "scalar" && value.value === null && value.raw === "";
}

function wordsFor(error: SchemaError, subject: Subject, schema: JsonSchema, context: Explaining): Words {
  const { params } = error;
  const it = nameOf(subject);
  switch (error.keyword) {
    case "additionalProperties":
      return unknownField(String(params["additionalProperty"]), error.instancePath, subject, schema, context);
    case "required":
      return missingField(String(params["missingProperty"]), it, subject, schema, context);
    case "type":
      return wrongType(it, [params["type"]].flat() as string[], subject.value, schema, isRequired(error, context), context);
    case "enum":
      return notAllowed(it, params["allowedValues"] as unknown[], subject.value, error.instancePath, context);
    case "const":
      return notAllowed(it, [params["allowedValue"]], subject.value, error.instancePath, context);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { code: "out-of-range", summary: `${it} must be ${bounds(schema)}, but is ${shown(subject.value)}.` };
    case "multipleOf":
      return {
        code: "out-of-range",
        summary: `${it} must be a multiple of ${String(params["multipleOf"])}, but is ${shown(subject.value)}.`,
      };
    case "pattern": {
      const choices = choicesIn(schema);
      if (choices) return notAllowed(it, choices, subject.value, error.instancePath, context);
      return {
        code: "bad-value",
        summary: `${it} cannot be ${shown(subject.value)}.`,
        hint: timeInstead(schema, subject.value) ?? meantByPattern(schema, subject.value) ?? form(schema),
      };
    }
    case "minLength":
    case "maxLength":
      return { code: "bad-value", summary: `${it} must have ${lengths(schema, "Length", "character")}.` };
    case "minItems":
    case "maxItems": {
      const form = schema["minItems"] === 1 ? formOf(schema) : undefined;
      const summary = `${it} must have ${lengths(schema, "Items", "item")}.`;
      return { code: "bad-value", summary, hint: form && `write at least one, as in ${form}` };
    }
    case "minProperties":
    case "maxProperties":
      return { code: "bad-value", summary: `${it} must have ${lengths(schema, "Properties", "entry")}.` };
    case "uniqueItems":
      return { code: "bad-value", summary: `${it} has the same item twice (items ${String(params["j"])} and ${String(params["i"])}).` };
    case "x-refused":
      return {
        code: "refused-property",
        summary: `${it} cannot be written: ${String(params["why"])}.`,
        hint: String(params["hint"]),
        ...(params["isSecret"] === true && subject.key && { spot: subject.key }),
      };
    default:
      return { code: "bad-value", summary: `${it} ${error.message ?? "is not allowed"}.` };
  }
}

function missingField(field: string, it: string, { key, value }: Subject, schema: JsonSchema, context: Explaining): Words {
  if (field === "unproven" && schema["x-unproven"] !== undefined) {
    const hint = "write `unproven: true` in it to use the type anyway; test it with --sandbox first";
    return {
      code: "unproven-type",
      summary: `${it}: the type ${String(schema["x-unproven"])} has not been tested with infra.`,
      hint,
      spot: key ?? value.spot,
    };
  }
  const example = exampleOf(field, schema.properties?.[field], (name) => declaredIn(context, name));
  const kinds = (schema.properties?.[field]?.["x-ref"] as readonly string[] | undefined) ?? [];
  const hasDefault = context.kinds.some(({ name, madeWith }) => madeWith === "region" && kinds.includes(name));
  const orDefault = hasDefault ? `, or \`${field}: { default: true }\` for the one that AWS created in the region` : "";
  const hint = [describe(schema, field), example && `Write \`${example}\`${orDefault}.`].filter(Boolean).join(" ");
  return { code: "missing-field", summary: `${it} needs ${field}.`, hint: hint || undefined, spot: key ?? value.spot };
}

function subjectOf(instancePath: string, { tree, kinds }: Explaining): Subject {
  const parts = partsOf(instancePath);
  const { value, key } = follow(tree, parts);
  const kind = kinds.find(({ section }) => section === parts[0]);
  const isResource = kind !== undefined && parts.length > 1;
  const depth = isResource ? 2 : 0;
  return { owner: isResource ? `${kind.name}/${parts[1]}` : "", path: pathOf(tree, parts, depth), value, key };
}

/** Returns the parts of a path from `depth` on, as people write them. */
function pathOf(tree: Tree, parts: readonly string[], depth: number): string {
  let path = "";
  for (let i = depth; i < parts.length; i++) {
    const isItem = follow(tree, parts.slice(0, i)).value.type === "list";
    path += isItem ? `[${parts[i]}]` : path === "" ? parts[i] : `.${parts[i]}`;
  }
  return path;
}

function describe(schema: JsonSchema, field: string): string | undefined {
  return schema.properties?.[field]?.description?.replace(/(?<=\.) .*$/s, "");
}

/** Whether the mapping around a field requires the field. */
function isRequired(error: SchemaError, context: Explaining): boolean {
  const [properties, field] = partsOf(decodeURIComponent(error.schemaPath)).slice(-3);
  const holder = error.schemaPath.split("/").slice(0, -2).join("/");
  return properties === "properties" && (schemaOf({ ...error, schemaPath: holder }, context).required ?? []).includes(field!);
}

/** Returns the schema that holds the keyword of a complaint. Inside a resource, ajv counts paths from the definition of its kind. */
function schemaOf({ instancePath, schemaPath }: SchemaError, { schema, kinds }: Explaining): JsonSchema {
  const [section, name] = partsOf(instancePath);
  const kind = name === undefined ? undefined : kinds.find((one) => one.section === section);
  let here: unknown = kind ? (schema["definitions"] as Record<string, unknown>)[kind.name] : schema;
  for (const part of partsOf(decodeURIComponent(schemaPath)).slice(0, -1)) here = (here as Record<string, unknown> | undefined)?.[part];
  return (here ?? {}) as JsonSchema;
}
