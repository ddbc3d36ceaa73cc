import type { FieldRule, Kind } from "../../kinds/kind.ts";
import type { JsonSchema } from "./json-schema.ts";
import { resourceSchema, resolvedSchema } from "./schema.ts";

/**
 * Returns the reference of the format as a Markdown page: every kind and every field with its type, its default and the cost of a change.
 */
export function formatPage(kinds: readonly Kind[]): string {
  const top = resolvedSchema([]);
  return [
    "# The environment file",
    "Every field. [writing.md](writing.md) explains how to write an environment: references, variables, several files, secrets.",
    "`npm run generate` makes this page from the code. `infra explain KIND.FIELD` shows the same text in the terminal; `infra schema` prints it for editors.",
    "Each default has a class, which says when an omitted field matters: **enforced** is compared even when omitted, **at creation only** is sent at creation and compared only when written, **never less safe** counts only a value that is less safe than the default as drift.",
    "## Top level",
    table(rowsOf(top, "", {})),
    "## Kinds",
    kinds.map((kind) => `- [${kind.section}](#${kind.section.toLowerCase()}): ${kind.doc}`).join("\n"),
    ...kinds.flatMap((kind) => kindSection(kind, kinds)),
  ]
    .join("\n\n")
    .concat("\n");
}

function kindSection(kind: Kind, kinds: readonly Kind[]): string[] {
  const schema = resourceSchema(kind, kinds);
  return [`### ${kind.section}`, `${kind.doc} Address: \`${kind.name}/NAME\`.`, table(rowsOf(schema, "", kind.fields))];
}

interface Row {
  readonly field: string;
  readonly type: string;
  readonly text: string;
}

function rowsOf(schema: JsonSchema, prefix: string, rules: Readonly<Record<string, FieldRule>>): Row[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const row = { field: `\`${path}\`${required.has(name) ? " (required)" : ""}`, type: typeOf(field), text: field.description ?? "" };
    return [row, ...rowsOf(nested(field), `${path}${suffix(field)}.`, rules[name]?.of ?? {})];
  });
}

/** The members of a mapping, of a list's items, or of a map's values. */
function nested(schema: JsonSchema): JsonSchema {
  if (schema["x-ref"] || schema["x-image"]) return {};
  const values = Object.values(schema.patternProperties ?? {})[0];
  return schema.items
    ? nested(schema.items)
    : values && !values["$ref"]
      ? nested(values)
      : (schema.anyOf?.find((branch) => branch.properties) ?? schema);
}

function suffix(schema: JsonSchema): string {
  return schema.items ? "[]" : schema.patternProperties ? ".NAME" : "";
}

function typeOf(schema: JsonSchema): string {
  if (schema["x-ref"]) return `reference to ${(schema["x-ref"] as string[]).join(", ")}`;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema["const"] !== undefined) return `\`${String(schema["const"])}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema["x-keys"]) return `map by ${(schema["x-keys"] as string[]).join(" or ")}`;
  if (schema.patternProperties) return "map by name";
  return (
    { integer: "whole number", number: "number", string: "text", boolean: "true, false", object: "mapping" }[
      [schema.type].flat()[0] ?? ""
    ] ?? "any"
  );
}

function table(rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return [
    "| field | type | |",
    "|---|---|---|",
    ...rows.map(({ field, type, text }) => `| ${cell(field)} | ${cell(type)} | ${cell(text)} |`),
  ].join("\n");
}
