import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Kind } from "../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { resolvedSchema } from "./schema.ts";
import { ajvOptions, annotations, fingerprint } from "./validator.ts";

/**
 * The validator of resolved environments as sources of CommonJS modules by file, for the build; validator.ts looks for the first beside the
 * program. Each section has a file of its own, because V8 has to read all of a file, and an environment has few of the sections.
 */
export function compileToSources(kinds: readonly Kind[]): Readonly<Record<string, string>> {
  const whole = bare(resolvedSchema(kinds)) as Whole;
  const sections = new Set(kinds.map(({ section }) => section));
  const top = { ...whole, definitions: {}, properties: mapValues(whole.properties, (schema, name) => (sections.has(name) ? {} : schema)) };
  const parts = kinds.map(({ section }) => `${JSON.stringify(section)}: () => require("./validators/${section}.cjs")`);
  const index = `module.exports = {
  fingerprint: ${JSON.stringify(fingerprint(kinds))},
  top: require("./validators/_top.cjs"),
  sections: { ${parts.join(", ")} },
};
`;
  return {
    "validator.cjs": index,
    "validators/_top.cjs": sourceOf(top),
    ...Object.fromEntries(kinds.map((kind) => [`validators/${kind.section}.cjs`, sourceOf(sectionOf(whole, kind))])),
  };
}

interface Whole extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** The schema of a document that has one section alone: places in it are those of the whole. */
function sectionOf({ properties, definitions }: Whole, { section, name }: Kind): JsonSchema {
  return { properties: { [section]: properties[section]! }, definitions: { [name]: definitions[name]! } };
}

function sourceOf(schema: JsonSchema): string {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, lines: false } });
  ajv.addVocabulary(annotations);
  const code = (standalone as unknown as { default?: typeof standalone }).default ?? standalone;
  return code(ajv, ajv.compile(schema));
}

/** Without what only people read; paths into it stay paths into the whole. */
function bare(schema: JsonSchema): JsonSchema {
  const words = new Set(["description", "examples", "default", "title", ...annotations]);
  const strip = (value: unknown, isFields: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => strip(item, false));
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => isFields || !words.has(key));
    return Object.fromEntries(kept.map(([key, inner]) => [key, key === "enum" ? inner : strip(inner, !isFields && holdsFields.has(key))]));
  };
  return strip(schema, false) as JsonSchema;
}

/** Keywords below which keys are the names of fields, not keywords. */
const holdsFields = new Set(["properties", "patternProperties", "definitions"]);
