/** What to write instead of a value of the wrong form, made from what stands there: a line to copy. */
import type { JsonSchema } from "./json-schema.ts";
import { formOf, insideOf } from "./write-example.ts";
import { valueOf, type ListTree, type MapTree, type Tree } from "./tree.ts";

/** Longer values are left out: the line shows the form. */
const longest = 80;

/** `main: { cidrBlock: 10.0.0.0/16 }` for the list `- { name: main, cidrBlock: 10.0.0.0/16 }`. */
export function mapInsteadOf(list: ListTree, schema: JsonSchema): string {
  const item = list.items[0];
  if (item?.type === "scalar")
    return `write a mapping: \`${scalarText(item)}: ${formOf(insideOf(schema) ?? {}, undefined, 1) ?? "VALUE"}\``;
  if (item?.type !== "map") return "write a mapping: `NAME: VALUE`";
  const fields = Object.keys(schema.properties ?? {});
  if (fields.length > 0 && [...item.entries.keys()].every((name) => fields.includes(name))) {
    const together = list.items
      .flatMap((one) => (one.type === "map" ? [...one.entries] : []))
      .map(([name, { value }]) => [name, value] as const);
    return `write its fields without hyphens: \`${flowMap(together)}\``;
  }
  const [pattern = ".", inside] = Object.entries(schema.patternProperties ?? {})[0] ?? [];
  const pair = pairOf(item);
  if (pair && (typeof schema["additionalProperties"] === "object" || inside?.type === "string")) return `write a mapping: \`${pair}\``;
  const key = keyOf(item, new RegExp(pattern, "u"), Object.keys(inside?.properties ?? {}));
  const rest = [...item.entries].filter(([name]) => name !== key?.field).map(([name, { value }]) => [name, value] as const);
  return `write a mapping: \`${key?.text ?? "NAME"}: ${flowMap(rest)}\``;
}

/** CloudFormation's `{ Key: team, Value: web }` as `team: web`. */
function pairOf(item: MapTree): string | undefined {
  const text = (names: readonly string[]) => names.map((name) => scalarText(valueOf(item, name))).find((one) => one !== undefined);
  const [key, value] = [text(["Key", "key", "name", "Name"]), text(["Value", "value"])];
  return key !== undefined && value !== undefined ? `${key}: ${value}` : undefined;
}

/** The field whose value can be the key: one that is called so, or the first that fits and is no field of the entry (`known`). */
function keyOf(item: MapTree, pattern: RegExp, known: readonly string[]): { readonly field: string; readonly text: string } | undefined {
  const fields = ["name", "Name", "id", "key", ...[...item.entries.keys()].filter((field) => field !== "when" && !known.includes(field))];
  for (const field of fields) {
    const text = scalarText(valueOf(item, field));
    if (text !== undefined && pattern.test(text)) return { field, text };
  }
  return undefined;
}

/** `- { port: 443, source: 0.0.0.0/0 }` for a mapping where a list is wanted. */
export function listInsteadOf(map: MapTree): string {
  const values = [...map.entries.values()].map(({ value }) => value);
  const item = values[0]?.type === "map" ? values[0] : map;
  return `write a list, in which each item begins with a hyphen: \`- ${flow(item)}\``;
}

/** A value in flow style. */
function flow(tree: Tree): string {
  if (tree.type === "scalar") return scalarText(tree)!;
  if (tree.type === "list") return shortened(`[${tree.items.map(flow).join(", ")}]`, "[…]");
  return flowMap([...tree.entries].map(([name, { value }]) => [name, value]));
}

function flowMap(entries: readonly (readonly [string, Tree])[]): string {
  return shortened(entries.length === 0 ? "{}" : `{ ${entries.map(([name, value]) => `${name}: ${flow(value)}`).join(", ")} }`, "{ … }");
}

function shortened(text: string, short: string): string {
  return text.length > longest || text.includes("\n") ? short : text;
}

function scalarText(tree: Tree | undefined): string | undefined {
  if (tree?.type !== "scalar") return undefined;
  // What an expression made is shown as it is written.
  if (tree.substituted) return tree.spot.source.text.slice(tree.spot.start, tree.spot.end);
  return tree.quoted ? JSON.stringify(tree.raw) : tree.raw;
}

/** `cidrBlock:10.0.0.0/16` with the space that YAML needs, or undefined when the text is no such thing. */
export function withSpace(text: string): { readonly field: string; readonly line: string } | undefined {
  const [, field, value] = /^([A-Za-z][\w-]*):(?!\/\/)(\S.*)$/.exec(text) ?? [];
  return field === undefined ? undefined : { field, line: `${field}: ${value}` };
}
