import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Kind } from "../kinds/kind.ts";
import type { JsonSchema } from "./json-schema.ts";
import { resolvedSchema } from "./schema.ts";
import { ajvOptions, annotations, fingerprint } from "./validator.ts";

/** The validator of resolved environments as the source of a CommonJS module, for the build; validator.ts looks for it beside the program. */
export function compileToSource(kinds: readonly Kind[]): string {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, lines: false } });
  ajv.addVocabulary(annotations);
  const validate = ajv.compile(bare(resolvedSchema(kinds)));
  const code = (standalone as unknown as { default?: typeof standalone }).default ?? standalone;
  return `${code(ajv, validate)}\nmodule.exports = { fingerprint: ${JSON.stringify(fingerprint(kinds))}, validate: module.exports };\n`;
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
