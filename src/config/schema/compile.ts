import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Kind } from "../../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { resolvedSchema } from "./schema.ts";
import { ajvOptions, annotations, fingerprint } from "./validator.ts";

/**
 * Returns the validator of resolved environments as sources of CommonJS modules, by file, for the build. validator.ts looks for
 * `validator.cjs` beside the program. Each section has its own file, because V8 has to read the whole of a file and an environment uses few
 * of the sections.
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

/** Returns the schema of a document with a single section. Paths in it are the same as in the whole schema. */
function sectionOf({ properties, definitions }: Whole, { section, name }: Kind): JsonSchema {
  return { properties: { [section]: properties[section]! }, definitions: { [name]: definitions[name]! } };
}

function sourceOf(schema: JsonSchema): string {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, lines: false } });
  ajv.addVocabulary(annotations);
  const code = (standalone as unknown as { default?: typeof standalone }).default ?? standalone;
  return code(ajv, ajv.compile(schema));
}

/** Returns the schema without the keywords that only people read. Paths into it stay paths into the whole schema. */
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
