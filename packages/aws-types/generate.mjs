/**
 * Packs the registry schemas into `types.pack`. They come from the Python package cfn-lint (MIT-0), which carries those of every
 * public type as AWS published them, without documentation and without handlers (docs/decisions/0053-registry-schemas.md):
 *
 *     pip download cfn-lint==1.51.0 --no-deps && unzip cfn_lint-*.whl -d cfn-lint
 *     node packages/aws-types/generate.mjs cfn-lint/cfnlint
 *
 * The pack: four bytes with the length of the index, the index, and a chunk for each type. Index and chunks are JSON, compressed with
 * Brotli each by itself, so that one type is read without the others.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("usage: node packages/aws-types/generate.mjs FOLDER-OF-CFNLINT");
const schemas = join(source, "data", "schemas");
const table = readFileSync(join(schemas, "providers", "us_east_1.py"), "utf8");

/** What a plan, a check or the sandbox reads of a schema. */
const kept = [
  "properties",
  "definitions",
  "required",
  "oneOf",
  "anyOf",
  "allOf",
  "primaryIdentifier",
  "additionalIdentifiers",
  "createOnlyProperties",
  "conditionalCreateOnlyProperties",
  "readOnlyProperties",
  "writeOnlyProperties",
  "deprecatedProperties",
  "replacementStrategy",
  "tagging",
];

const types = [...table.matchAll(/^ {4}"(AWS::\w+::\w+)": "([0-9a-f]{16})",$/gm)].map(([, name, hash]) => [name, hash]).sort();
if (types.length < 1000) throw new Error(`${types.length} types found: the table of cfn-lint has another form`);
const chunks = types.map(([name, hash]) => [
  name,
  compressed(cleaned(JSON.parse(readFileSync(join(schemas, "resources", `${hash}.json`), "utf8")))),
]);
let offset = 0;
const places = chunks.map(([name, { length }]) => {
  const place = [name, [offset, length]];
  offset += length;
  return place;
});
const index = compressed(Object.fromEntries(places));
const head = Buffer.alloc(4);
head.writeUInt32BE(index.length);
writeFileSync(new URL("types.pack", import.meta.url), Buffer.concat([head, index, ...chunks.map(([, chunk]) => chunk)]));
process.stdout.write(`${types.length} types\n`);

function cleaned(schema) {
  const rest = Object.fromEntries(kept.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
  return withoutForeignPatterns(rest);
}

/** Some patterns are written for Java, and JavaScript cannot read them: AWS still checks what they say. */
function withoutForeignPatterns(value) {
  if (Array.isArray(value)) return value.map(withoutForeignPatterns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== "pattern" || typeof inner !== "string" || isReadable(inner))
      .map(([key, inner]) => [key, withoutForeignPatterns(inner)]),
  );
}

function isReadable(pattern) {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function compressed(value) {
  return brotliCompressSync(JSON.stringify(value), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
}
