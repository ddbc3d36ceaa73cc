/** Compares docs/names.md with the kinds' schemas and with the names in the SDK. */
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";

const page = readFileSync(new URL("../../docs/names.md", import.meta.url), "utf8");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

test.each(kinds.map((kind) => [kind.name, kind] as const))("%s: every field stands there, and nothing else", (name, kind) => {
  const rows = [...sectionOf(name).matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
  expect(rows.sort()).toEqual([...new Set(pathsOf(kind.schema as Schema))].sort());
});

test("every name of AWS's is one that the SDK knows", () => {
  const known = sdkNames();
  const rows = [...page.matchAll(/^\| `[^`]+` \| (?!attribute )(.*) \|$/gm)].map((match) => match[1]!); // keys of attributes are plain text in the SDK
  const names = rows
    .flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].flatMap((match) => match[1]!.split(".")))
    .map((name) => name.replace("[]", ""));
  const unknown = names.filter(
    (name) => /^[A-Z][A-Za-z0-9]+$/.test(name) && !known.has(name) && !known.has(name[0]!.toLowerCase() + name.slice(1)),
  );
  expect(names.length).toBeGreaterThan(300);
  expect([...new Set(unknown)]).toEqual([]);
});

function sectionOf(name: string): string {
  return page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** Paths of all fields: `.*` for a chosen name, `[]` for an item. */
function pathsOf(schema: Schema, prefix = ""): string[] {
  const { properties = {}, patternProperties = {}, items, anyOf = [] } = schema;
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [`${prefix}${name}`, ...pathsOf(field, `${prefix}${name}.`)]),
    ...Object.values(patternProperties).flatMap((value) => pathsOf(value, `${prefix}*.`)),
    ...(items ? pathsOf(items, `${prefix.replace(/\.$/, "")}[].`) : []),
    ...anyOf.flatMap((branch) => pathsOf(branch, prefix)),
  ];
}

/** Returns all quoted words of the SDK's schemas, among them the names of operations, members and values. */
function sdkNames(): ReadonlySet<string> {
  const clients = [
    "ec2",
    "elastic-load-balancing-v2",
    "auto-scaling",
    "rds",
    "cloudwatch",
    "cloudwatch-logs",
    "secrets-manager",
    "efs",
    "elasticache",
    "kms",
    "s3",
    "sns",
    "ssm",
    "iam",
    "route-53",
    "acm",
  ];
  const texts = clients.flatMap((client) => {
    const folder = new URL(`../../node_modules/@aws-sdk/client-${client}/dist-es/schemas/`, import.meta.url);
    return readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
  });
  return new Set(texts.flatMap((text) => [...text.matchAll(/"([A-Za-z0-9]+)"/g)].map((match) => match[1]!)));
}
