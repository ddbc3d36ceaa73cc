/** JSON Schemas of parts, for editors: for the file of any part, and for the values that a use gives to one part. */
import { withArticle } from "../../diag/words.ts";
import type { Kind } from "../../kinds/kind.ts";
import { authorSchema, variableDeclaration } from "./author-schema.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { toPlain, valueOf, type MapTree } from "../yaml/tree.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

/** Returns the schema of a file with `part: 1`: parameters, resources, other parts and outputs. */
export function partSchema(kinds: readonly Kind[]): JsonSchema {
  const environment = authorSchema(kinds);
  const sections = new Set(kinds.map(({ section }) => section));
  const own = Object.entries(environment.properties!).filter(([key]) => sections.has(key) || key === "use" || key === "outputs");
  const names = kinds.map(({ name }) => name);
  const reference = (doc: string) => ({ description: doc, anyOf: [{ enum: names }, { type: "array", items: { enum: names } }] });
  const description = { type: "string", description: "A description of the parameter or part." };
  const parameter = {
    anyOf: [
      { ...object({ ref: reference("A resource of one of these kinds."), description, default: {} }), required: ["ref"] },
      {
        ...object({
          refs: reference("A list of resources."),
          description,
          minItems: { type: "integer" },
          maxItems: { type: "integer" },
          default: {},
        }),
        required: ["refs"],
      },
      variableDeclaration,
      { type: ["string", "number", "boolean", "array"], description: "A default, which gives the type." },
      {
        ...object({}),
        additionalProperties: true,
        required: ["value"],
        description: "A resource of the kind parameter, as in an environment.",
      },
    ],
  };
  return {
    ...environment,
    title: "Plumbline part",
    description: "Resources that are copied to the place of use, with the name of the use before their own names.",
    properties: {
      part: { const: 1, description: "The format of parts." },
      description,
      ...Object.fromEntries(own),
      parameters: {
        description:
          "The parameters, used as `${param.NAME}`, for which each use gives values: a reference, or a value with type and rules as for variables.",
        type: "object",
        additionalProperties: parameter,
      },
    },
    required: ["part"],
  };
}

/** Returns the schema of `with:` in a use of one part. */
export function withSchema(part: MapTree, file: string): JsonSchema {
  const section = valueOf(part, "parameters");
  const declared = section?.type === "map" ? [...section.entries].filter(([, { value }]) => !valueOf(value, "value")) : [];
  const properties = Object.fromEntries(declared.map(([name, { value }]) => [name, parameterSchema(toPlain(value))]));
  const required = declared.flatMap(([name, { value }]) => (needsValue(toPlain(value)) ? [name] : []));
  const description = valueOf(part, "description");
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `with: of ${file}`,
    ...(description?.type === "scalar" && { description: String(description.value) }),
    ...object(properties),
    ...(required.length > 0 && { required }),
  };
}

function parameterSchema(declaration: unknown): JsonSchema {
  const said = isPlainObject(declaration) && typeof declaration["description"] === "string" ? [sentence(declaration["description"])] : [];
  if (!isPlainObject(declaration)) return declaration === null ? {} : { default: declaration };
  const { ref, refs, type, default: dflt, minItems, maxItems } = declaration;
  const kinds = [ref ?? refs ?? []].flat().map(String);
  const given = dflt === undefined || dflt === null ? {} : { default: dflt };
  if (ref !== undefined)
    return {
      type: ["string", "object"],
      description: [...said, `The name of ${kinds.map(withArticle).join(" or ")}.`].join(" "),
      ...given,
    };
  if (refs !== undefined)
    return {
      description: [...said, `Names of ${kinds.join(" or ")}; "NAME[*]" for all of a repeated one.`].join(" "),
      ...given,
      anyOf: listOfReferences({
        ...(typeof minItems === "number" && { minItems }),
        ...(typeof maxItems === "number" && { maxItems }),
      }),
    };
  const rules = mapValues(declaration as Record<string, JsonSchema>, (rule) => rule);
  const jsonType = type === "list" ? "array" : type === "map" ? "object" : type;
  const { description: _description, type: _type, ...limits } = rules;
  const ofMap = { minItems: "minProperties", maxItems: "maxProperties" };
  const named = Object.entries(limits).map(([rule, limit]) => [
    type === "map" && rule in ofMap ? ofMap[rule as keyof typeof ofMap] : rule,
    limit,
  ]);
  const form = { ...Object.fromEntries(named), ...(jsonType !== undefined && { type: jsonType }) } as JsonSchema;
  return {
    ...(said.length > 0 && { description: said[0]! }),
    ...(dflt !== undefined && { default: dflt }),
    anyOf: [form, { type: "string", pattern: "\\$\\{", description: "Made by an expression." }],
  };
}

/** Returns the forms of a list of references. A list that holds "NAME[*]" or an expression may have more items than it shows, or fewer. */
function listOfReferences(limits: { readonly minItems?: number; readonly maxItems?: number }): JsonSchema[] {
  const several = {
    anyOf: [
      { type: "string", pattern: "\\[\\*\\]$|\\$\\{" },
      { type: "object", properties: { address: { type: "string", pattern: "\\[\\*\\]$" } }, required: ["address"] },
    ],
  };
  const list = { type: "array", items: { type: ["string", "object"] } };
  return [{ ...list, ...limits }, { ...list, contains: several } as JsonSchema, several as JsonSchema];
}

/** Adds a period, which authors need not write, because another sentence follows. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function needsValue(declaration: unknown): boolean {
  return declaration === null || (isPlainObject(declaration) && (declaration["default"] === undefined || declaration["default"] === null));
}

function object(properties: Record<string, unknown>): JsonSchema {
  return { type: "object", properties: properties as Record<string, JsonSchema>, additionalProperties: false };
}
