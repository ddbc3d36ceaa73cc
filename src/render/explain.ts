import { defaultClasses } from "../config/schema/schema-docs.ts";
import type { FieldRule, Impact, Kind, OutputDoc, Json } from "../kinds/kind.ts";
import { outputsOfKind } from "../resource/late.ts";
import { inline } from "./values.ts";
import { table, wrap } from "./layout.ts";
import { plainText, type TextOptions } from "./text-options.ts";

/** The members of a JSON Schema that the terminal shows. */
export interface FieldSchema {
  readonly type?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly patternProperties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly "x-ref"?: readonly string[];
  readonly "x-literal"?: string;
  readonly "x-file"?: string;
  readonly "x-image"?: boolean;
  readonly "x-zone"?: boolean;
  readonly "x-cidr"?: unknown;
}

/** A field, a member of one, or a whole kind, found by its path. */
export interface Explained {
  readonly path: string;
  readonly schema: FieldSchema;
  readonly rule?: FieldRule | undefined;
  readonly isRequired: boolean;
}

/**
 * Finds the field at "KIND.FIELD.MEMBER". Lists and maps need no word of their own in the path. When there is no such field, the answer has
 * the last part that was found (`parent`).
 */
export function findField(
  kind: Kind,
  common: Readonly<Record<string, FieldSchema>>,
  path: readonly string[],
): Explained | { readonly parent: Explained; readonly missing: string } {
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  return findInside({ path: kind.name, schema: schemaOf(kind, common), isRequired: false }, path, rules);
}

/** Finds the field at a path below one that was found already. `rules` are the rules of its members. */
export function findInside(
  found: Explained,
  path: readonly string[],
  rules = found.rule?.of,
): Explained | { readonly parent: Explained; readonly missing: string } {
  const [word, ...rest] = path;
  if (word === undefined) return found;
  const inside = entered(found.schema);
  const schema = Object.hasOwn(inside.properties ?? {}, word) ? inside.properties?.[word] : undefined;
  if (!schema) return { parent: found, missing: word };
  const isRequired = inside.required?.includes(word) ?? false;
  return findInside({ path: `${found.path}.${word}`, schema, rule: rules?.[word], isRequired }, rest);
}

/** The names that could follow in the path. */
export function membersOf({ schema }: Explained): string[] {
  return Object.keys(entered(schema).properties ?? {});
}

/** Describes a kind: its purpose, its fields and how it behaves. */
export function kindText(kind: Kind, common: Readonly<Record<string, FieldSchema>>, options: TextOptions = plainText): string {
  const { paint, width } = options;
  const { properties = {}, required = [] } = kind.schema as unknown as FieldSchema;
  const others = Object.keys(common).filter((name) => !(name in properties));
  return [
    ...wrap(`${paint.strong(kind.name)}: ${kind.doc}`, width),
    "",
    ...wrap(`Write it under ${kind.section}: as a map of names. Its address is ${kind.name}/NAME.`, width),
    "",
    paint.strong("Fields"),
    ...fieldRows(properties, required, options),
    "",
    ...wrap(`Common fields: ${others.join(", ")}.`, width),
    ...holdsText(kind),
    "",
    ...outputRows(kind, options),
    "",
    ...wrap(`\`infra explain ${kind.name}.FIELD\` explains one field.`, width),
    "",
  ].join("\n");
}

/** Describes the outputs of a kind, which expressions can name in `outputs:`, in tags and in late fields. */
export function outputsText(kind: Kind, options: TextOptions = plainText): string {
  return [...outputRows(kind, options), ""].join("\n");
}

/** Describes each output of a kind in words. */
export function outputSentences(kind: Kind): Record<string, string> {
  const sentences = Object.entries(outputsOfKind(kind)).map(([name, { doc, type, changesWith }]) => {
    const moves = changesWith === undefined ? "" : ` ${movesText(changesWith)}`;
    return [name, `${doc}${type === "number" ? " A number." : ""}${moves}`] as const;
  });
  return Object.fromEntries(sentences);
}

function outputRows(kind: Kind, { paint, width }: TextOptions): string[] {
  const rows = Object.entries(outputSentences(kind));
  const where = `Write an output as ${expressionFor(kind)}, in outputs:, or in the tags or late fields of a resource.`;
  return [paint.strong("Outputs"), ...describedRows(rows, width), ...wrap(where, width, "  ")];
}

/** The address of a type contains characters that a name cannot have, so it needs `resource("…")`. */
function expressionFor({ name }: Kind): string {
  return name.includes("::") ? `\${resource("${name}/NAME").id}` : `\${${name}.NAME.id}`;
}

function movesText(changesWith: NonNullable<OutputDoc["changesWith"]>): string {
  if (changesWith === "restart") return "A restart may change it.";
  return changesWith === "update" ? "A change in place may change it." : `A change of ${changesWith.join(" or ")} changes it.`;
}

/** Describes one field: its type, its default and the cost of a change. */
export function fieldText(found: Explained, options: TextOptions = plainText): string {
  const { paint, width } = options;
  const { schema, rule } = found;
  const facts: [string, string][] = [
    ["type", typeOf(schema)],
    ["required", found.isRequired ? "yes" : "no"],
  ];
  const { minimum, maximum } = schema;
  if (schema.enum) facts.push(["one of", listOf(schema.enum, ", ")]);
  if (minimum !== undefined || maximum !== undefined) facts.push(["range", `${minimum ?? "…"} to ${maximum ?? "…"}`]);
  if (rule?.default) facts.push(["default", `${inline(rule.default.value as Json)} (${defaultClasses[rule.default.class]})`]);
  else if (schema.default !== undefined) facts.push(["default", inline(schema.default as Json)]);
  else if (!found.isRequired && rule !== undefined && rule.change !== "never")
    facts.push(["default", "none: AWS decides, not compared when omitted"]);
  if (rule) facts.push(["a change", costOf(rule)]);
  if (rule?.late) facts.push(["late", "yes: its texts may contain values that AWS assigns to other objects"]);
  if (schema.examples) facts.push(["example", listOf(schema.examples, ", or ")]);
  const label = Math.max(...facts.map(([name]) => name.length)) + 2;
  const inside = entered(schema);
  return [
    paint.strong(found.path),
    ...wrap(schema.description ?? "", width, "  "),
    "",
    ...facts.flatMap(([name, value]) => wrap(value, width, `  ${name.padEnd(label)}`, " ".repeat(label + 2))),
    ...(inside.properties ? ["", paint.strong("Members"), ...fieldRows(inside.properties, inside.required ?? [], options)] : []),
    "",
  ].join("\n");
}

/** Describes the code of an error: what happened, and what to do. */
export function codeText(
  code: string,
  doc: { readonly title: string; readonly cause: string; readonly cure: string },
  { paint, width }: TextOptions = plainText,
): string {
  return [
    paint.strong(`${code}: ${doc.title}`),
    "",
    ...wrap(doc.cause, width, "  "),
    "",
    ...wrap(`What to do: ${doc.cure}`, width, "  "),
    "",
  ].join("\n");
}

/** Describes a word of the glossary. */
export function wordText(
  { words, meaning, elsewhere }: { readonly words: readonly string[]; readonly meaning: string; readonly elsewhere: string },
  { paint, width }: TextOptions = plainText,
): string {
  const also = elsewhere === "" ? [] : ["", ...wrap(elsewhere, width, "  ")];
  return [paint.strong(words.join(", ")), "", ...wrap(meaning, width, "  "), ...also, ""].join("\n");
}

function listOf(values: readonly unknown[], between: string): string {
  return values.map((value) => inline(value as Json)).join(between);
}

function costOf({ change, because }: FieldRule): string {
  if (typeof because === "object") {
    const each = Object.entries(because).map(([impact, why]) => `it ${impacts(impact as keyof typeof because)}, because ${why}`);
    return `depends on the values: ${each.join("; ")}`;
  }
  const why = because === undefined ? "" : `, because ${because}`;
  if (typeof change === "function") return `depends on the values${why}`;
  if (change === "never") return "is never compared: the field only controls infra";
  return `${impacts(change)}${why}`;
}

function impacts(change: Impact): string {
  if (typeof change === "object") return `is refused: ${change.refuse}`;
  return { note: "is only reported", update: "is made in place", restart: "needs a restart", replace: "replaces the resource" }[change];
}

function holdsText(kind: Kind): string[] {
  if (kind.dataLoss === undefined) return [];
  const holding = typeof kind.dataLoss === "function" ? undefined : kind.dataLoss;
  const what = { data: "data", address: "an address that others may rely on", machine: "the disk of the instance" };
  return [
    "",
    `A delete ${holding === undefined ? "may lose data" : `loses ${what[holding]}`}: \`infra apply\` does that only if you allow it.`,
  ];
}

function schemaOf(kind: Kind, common: Readonly<Record<string, FieldSchema>>): FieldSchema {
  const own = kind.schema as unknown as FieldSchema;
  return { ...own, properties: { ...common, ...own.properties } };
}

function fieldRows(properties: Readonly<Record<string, FieldSchema>>, required: readonly string[], { width }: TextOptions): string[] {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `${name}${required.includes(name) ? "*" : ""}`,
    typeOf(schema),
    schema.description ?? "",
  ]);
  const lines = describedRows(rows, width);
  return required.length > 0 ? [...lines, "  * required"] : lines;
}

/** Lays out rows of words whose last cell is a text. The text is wrapped beside the words, or under them where there is no room. */
export function describedRows(rows: readonly (readonly string[])[], width: number): string[] {
  const heads = table(rows.map((row) => ["", ...row.slice(0, -1), ""])).map((head) => head.trimEnd());
  const indent = Math.max(0, ...heads.map((head) => head.length)) + 2;
  return heads.flatMap((head, place) => {
    const text = rows[place]!.at(-1)!;
    if (text === "") return [head];
    return width - indent >= 30 ? wrap(text, width, head.padEnd(indent), " ".repeat(indent)) : [head, ...wrap(text, width, "      ")];
  });
}

const words: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "mapping",
  array: "list",
};

/** Leaves out `null`: it removes the value of any field, and is no type of its own. */
function wordsOf(type: unknown): string[] {
  return [type].flat().flatMap((one) => words[String(one)] ?? []);
}

/** Enters the items of a list and the entries of a map. */
function entered(schema: FieldSchema): FieldSchema {
  if (schema.items) return entered(schema.items);
  const entries = Object.values(schema.patternProperties ?? {})[0];
  if (entries) return entered(entries);
  const branch = schema.anyOf?.find((one) => one.properties ?? one.items);
  return schema.properties || !branch ? schema : entered(branch);
}

function typeOf(schema: FieldSchema): string {
  if (schema["x-ref"]) return `${schema["x-literal"] === undefined ? "" : "text or "}reference to ${schema["x-ref"].join(", ")}`;
  if (schema["x-image"]) return "image";
  if (schema["x-zone"]) return "zone";
  if (schema["x-file"]) return "file";
  if (schema["x-cidr"]) return "network";
  if (schema.enum) return "choice";
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.patternProperties) return `map of ${typeOf(Object.values(schema.patternProperties)[0]!)}`;
  if (schema.const !== undefined) return inline(schema.const as Json);
  return wordsOf(schema.type).join(" or ") || "any";
}
