/** The page of types must say the same as the entries of the curated types and of the unread values. UPDATE_DOCS=1 writes it. */
import { readFileSync, writeFileSync } from "node:fs";
import { typeSchema } from "@plumbline/aws-types";
import { expect, test } from "vitest";
import { curated, type Curated } from "../../src/kinds/types/curated.ts";
import { typeKind } from "../../src/kinds/types/types.ts";
import { unreadTransforms } from "./transforms.ts";

const page = new URL("../../docs/types.md", import.meta.url);
const byHand = "written by UPDATE_DOCS=1 npx vitest run test/types/page.test.ts";

test.each([
  ["curated types", () => tableOf(Object.entries(curated))],
  ["expressions that are not read", () => listOf(unreadTransforms())],
])("the page says the same of %s as the entries", (what, make) => {
  const text = readFileSync(page, "utf8");
  const begin = `<!-- ${what}: ${byHand} -->\n`;
  const end = "<!-- end -->";
  const at = text.indexOf(begin);
  expect(at, `${begin} is missing`).toBeGreaterThan(0);
  const [before, rest] = [text.slice(0, at), text.slice(at + begin.length)];
  const table = rest.slice(0, rest.indexOf(end));
  const wanted = `\n${make()}\n\n`;
  if (process.env["UPDATE_DOCS"]) writeFileSync(page, `${before}${begin}${wanted}${rest.slice(rest.indexOf(end))}`);
  else expect(table).toBe(wanted);
});

function tableOf(entries: readonly (readonly [string, Curated])[]): string {
  const rows = entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, known]) => [`[${name}](${pageOf(name)})`, known.doc, foundBy(known), besides(known), quirksOf(name, known)]);
  return [["type", "what", "found by", "modelled from", "known quirks"], ["---", "---", "---", "---", "---"], ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** Returns the URL of AWS's page for a type. */
function pageOf(type: string): string {
  const [, service = "", name = ""] = type.toLowerCase().split("::");
  return `https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-${service}-${name}.html`;
}

/** Returns facts about a type that its schema does not hold. */
function besides({ unordered = {}, documents = [], choices = [], costs = {}, only = {}, refuses = {} }: Curated): string {
  const names = (ways: readonly (readonly string[])[]) => ways.map((way) => `\`${way.join(".").replaceAll(".*", "[]")}\``).join(", ");
  const properties = (record: object) => names(Object.keys(record).map((name) => [name]));
  const free = Object.keys(unordered);
  const resource = Object.values(unordered)[0]?.split(".")[0];
  const said = [
    free.length > 0 && `the order in ${properties(unordered)} means nothing (\`${resource}\` of Terraform)`,
    documents.length > 0 && `${names(documents)} compared as JSON`,
    choices.length > 0 && `one member of ${names(choices)} is meant`,
    Object.keys(costs).length > 0 && `${properties(costs)} may replace it`,
    Object.keys(only).length > 0 && `${properties(only)} narrowed`,
    Object.keys(refuses).length > 0 && `${properties(refuses)} refused`,
  ].filter((one) => one !== false);
  return said.length === 0 ? "the schema only" : `the schema; ${said.join("; ")}`;
}

/** Returns the oddities of a type with their sources, and the properties that are never returned according to the schema. */
function quirksOf(name: string, { quirks = [] }: Curated): string {
  const said = quirks.map(([what, source]) => (source === "infra" ? what : `${what.replace(/\.$/, "")} (${source}).`));
  const kind = typeKind(name)!;
  const properties = "kind" in kind ? (kind.kind.written as { readonly properties: Readonly<Record<string, object>> }).properties : {};
  const hidden = [...new Set((typeSchema(name)!.writeOnlyProperties ?? []).map((pointer) => pointer.split("/")[2]!))];
  const untold = hidden.filter((one) => properties[one] !== undefined && !("x-refused" in properties[one])).sort();
  if (untold.length > 0)
    said.push(
      `AWS does not return, in whole or in part: ${untold.map((one) => `\`${one}\``).join(", ")} (the schema); a hash is compared instead.`,
    );
  return said.length > 0 ? said.join(" ") : "none known";
}

function listOf(left: readonly { readonly type: string; readonly properties: readonly string[] }[]): string {
  return left
    .map(({ type, properties }) => `- ${type}: ${properties.map((one) => `\`${one.replaceAll(".*", "[]")}\``).join(", ")}`)
    .join("\n");
}

function foundBy({ mark, part, name, index }: Curated): string {
  const short = (type: string) => type.replace("AWS::", "");
  if (mark) return `mark in \`${mark.way.join(".")}\`${part ? `, ${short(part.of)}` : ""}`;
  if (part) return index === undefined ? short(part.of) : `tags, ${short(part.of)}`;
  return name?.id ? "tags, name" : "tags";
}

test("every curated type has a schema, and is modelled after it, and every other claim has a source", () => {
  for (const [name, { quirks = [], unordered = {} }] of Object.entries(curated)) {
    expect(typeSchema(name), name).toBeDefined();
    for (const [what, source] of quirks) expect(source, what).toMatch(/^infra$|schema|API|Guide/);
    for (const [path, source] of Object.entries(unordered)) expect(source, path).toMatch(/^aws_\w+(\.\w+)+$/);
  }
});
