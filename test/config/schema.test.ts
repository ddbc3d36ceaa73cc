import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { authorSchema } from "../../src/config/schema/author-schema.ts";
import { commonFields } from "../../src/config/schema/common-fields.ts";
import { compileToSources } from "../../src/config/schema/compile.ts";
import { generatedFiles } from "../../src/config/schema/generated.ts";
import type { JsonSchema } from "../../src/config/schema/json-schema.ts";
import { defaultClasses } from "../../src/config/schema/schema-docs.ts";
import { parseYaml } from "../../src/config/yaml/parse.ts";
import { partSchema, withSchema } from "../../src/config/schema/part-schema.ts";
import { resolvedSchema, resourceSchema } from "../../src/config/schema/schema.ts";
import { Source } from "../../src/config/yaml/source.ts";
import type { MapTree } from "../../src/config/yaml/tree.ts";
import { ajvOptions, compileSchema, fingerprint, validateBy, type Built } from "../../src/config/schema/validator.ts";
import { kinds } from "../../src/kinds/index.ts";
import { toyKinds } from "./toy-kinds.ts";

const root = join(import.meta.dirname, "../..");

test.each(Object.keys(generatedFiles([])))("%s is up to date; `npm run generate` makes it so", (path) => {
  expect(readFileSync(join(root, path), "utf8") === generatedFiles(kinds)[path], `${path} is not what the code makes`).toBe(true);
});

describe.each(kinds.map((kind) => [kind.name, kind] as const))("%s", (_name, kind) => {
  const schema = resourceSchema(kind, kinds);

  test("every field is described, and no default goes without its class", () => {
    for (const [path, field] of fieldsIn(schema, "")) expect(field.description, path).toMatch(/\w.*[^.]$|[^.]\.$/s);
    for (const [name, { default: dflt }] of Object.entries(kind.fields))
      if (dflt) expect(schema.properties?.[name]?.description, name).toContain(`(${defaultClasses[dflt.class]})`);
  });

  test("rules and fields are the same set, and no field takes the place of a common one", () => {
    const own = (kind.schema as unknown as JsonSchema).properties ?? {};
    const compared = Object.keys(own).filter((name) => !own[name]!["x-file"]);
    expect(
      Object.keys(kind.fields)
        .filter((name) => !own[name]?.["x-file"])
        .sort(),
    ).toEqual(compared.sort());
    const common = commonFields(kind);
    expect(Object.keys(own).filter((name) => Object.hasOwn(common, name))).toEqual([]);
  });

  test("patterns compile", () => {
    for (const pattern of patternsIn(schema)) expect(() => new RegExp(pattern, "u")).not.toThrow();
  });
});

test("sections and names are unique, and no section is a word of the top level", () => {
  // One set of DHCP options has the same name as several, so a kind may have the same word as its section.
  const words = kinds.flatMap(({ name, section }) => [...new Set([name, section])]);
  expect(new Set(words).size).toBe(words.length);
  const top = Object.keys(resolvedSchema([]).properties!);
  expect(kinds.filter(({ section }) => top.includes(section))).toEqual([]);
});

describe("the author schema", () => {
  const validate = compileSchema(authorSchema(toyKinds));
  const accepts = (yaml: string) => validate(parse(yaml, { merge: true }));

  test.each([
    "servers: { a: { size: '${var.size}', disk: { size: '${var.gib}' }, protect: '${var.p}' } }",
    "variables: { a: 1, b: x, c: null }\nextends: [../a.yaml]\nx-park: [anything]",
    "extends: ../base.yaml\nnetworks: { main: null, other: { dns: null } }\nproject: null",
    "nets: { a: { network: { id: vpc-1 }, zone: '${var.zone}' } }",
    "groups: { g: { rules: [{ port: '${var.port}', source: '${var.ip}/32' }] } }",
    "servers: { a: { image: '${var.image}' }, b: { image: { ssm: '/x/${var.y}' } }, c: { image: null } }",
    "balancers: { b: { listeners: { 80: { protocol: HTTP, forward: a }, 443: null }, action: { forward: a } } }",
    "region: eu-west-1",
    "",
  ])("accepts %j", (yaml) => expect(accepts(yaml || "{}"), JSON.stringify(validate.errors)).toBe(true));

  test.each([
    "serves: {}",
    "servers: { a: { sise: small } }",
    "servers: { a: { size: huge } }",
    "servers: { a: { disk: { size: eight } } }",
    "groups: { g: { rules: [{ port: 22 }] } }",
    "groups: { g: { rules: [{ port: null, source: self }] } }",
    "account: 123456789012",
    "nets: { a: { network: { name: x } } }",
  ])("refuses %j", (yaml) => expect(accepts(yaml)).toBe(false));

  test("accepts the example that fixes the format, and what each environment and each part of ours holds", () => {
    const environment = compileSchema(authorSchema(kinds));
    const part = compileSchema(partSchema(kinds));
    const files = [
      "test/fixtures/web-lab/web-lab.yaml",
      ...readdirSync(join(root, "environments"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => `environments/${name}`),
    ];
    for (const file of files) {
      const written = parse(readFileSync(join(root, file), "utf8"), { merge: true }) as object;
      const real = "part" in written ? part : environment;
      expect(real(written), `${file}: ${JSON.stringify(real.errors?.slice(0, 3))}`).toBe(true);
    }
  });
});

test("the compiled validator says the same as the one compiled on the spot", () => {
  const sources = compileToSources(toyKinds);
  const real = createRequire(import.meta.url);
  const load = (path: string): unknown => {
    const module = { exports: {} as unknown };
    const require = (name: string) => (name.startsWith("./") ? load(name.slice(2)) : real(name));
    // oxlint-disable-next-line typescript/no-implied-eval -- the module under test is generated by us
    new Function("module", "require", sources[path]!)(module, require);
    return module.exports;
  };
  const built = load("validator.cjs") as Built;
  const validate = validateBy(built);
  const direct = compileSchema(resolvedSchema(toyKinds));
  expect(built.fingerprint).toBe(fingerprint(toyKinds));
  expect(fingerprint(toyKinds.slice(1))).not.toBe(fingerprint(toyKinds));
  const documents = [
    { project: "lab", region: "eu-west-1", servers: { a: {} } },
    { servers: { a: { size: 1, x: 2, disk: { size: 0 } }, "b.c": {} } },
    { project: 1, balancers: { b: { listeners: { x: {} }, action: 7 } } },
  ];
  for (const document of documents) {
    expect(direct(document)).toBe(validate(document).length === 0);
    expect(validate(document)).toEqual(direct.errors ?? []);
  }
});

function* fieldsIn(schema: JsonSchema, path: string): Iterable<[string, JsonSchema]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield [`${path}${name}`, field];
    yield* fieldsIn(field, `${path}${name}.`);
  }
  if (schema.items) yield* fieldsIn(schema.items, `${path}[].`);
  for (const values of Object.values(schema.patternProperties ?? {})) yield* fieldsIn(values, `${path}NAME.`);
  for (const branch of schema.anyOf ?? []) yield* fieldsIn(branch, path);
}

function patternsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === "pattern" && typeof inner === "string" ? [inner] : []),
    ...(key === "patternProperties" ? Object.keys(inner as object) : []),
    ...patternsIn(inner),
  ]);
}

describe("the schema of the parameters of a part", () => {
  const part = `part: 1
parameters:
  few: { refs: subnet, minItems: 2, maxItems: 3, description: Where it stands }
  any: { refs: [subnet, vpc], default: [] }
  one: { ref: vpc }
  words: { type: list, minItems: 2, default: [a, b] }
  sizes: { type: map, minItems: 1, maxItems: 2, default: { a: 1 } }
`;
  const { tree } = parseYaml(new Source("p.yaml", "/", part));
  const ajv = new Ajv(ajvOptions);
  const validate = ajv.compile(withSchema(tree as MapTree, "p.yaml"));

  test.each<[string, object, boolean]>([
    ["enough references", { few: ["a", "b"], one: "main" }, true],
    ["too few", { few: ["a"], one: "main" }, false],
    ["too many", { few: ["a", "b", "c", "d"], one: "main" }, false],
    ["all of a repeated one, alone and in a list", { few: "a[*]", any: ["b[*]"], one: "main" }, true],
    ["a list with all of one may hold enough", { few: ["a[*]"], one: { id: "vpc-1" } }, true],
    ["one in place of a list", { few: "a[x]", one: "main" }, false],
    ["an expression", { few: "${var.subnets}", one: "main", words: "${var.words}" }, true],
    ["all of one of another environment", { few: { environment: "network", address: "subnet/public[*]" }, one: "main" }, true],
    ["no list where one must be given", { one: "main" }, false],
    ["too few words", { few: ["a", "b"], one: "main", words: ["a"] }, false],
    ["a map that is too small", { few: ["a", "b"], one: "main", sizes: {} }, false],
    ["a map that is too large", { few: ["a", "b"], one: "main", sizes: { a: 1, b: 2, c: 3 } }, false],
  ])("%s", (_what, given, isRight) => {
    expect(validate(given)).toBe(isRight);
  });
});
