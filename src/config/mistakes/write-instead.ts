/** Makes a line to copy from a value of the wrong type, in the right form. */
import type { JsonSchema } from "../schema/json-schema.ts";
import { formOf, insideOf } from "./write-example.ts";
import { valueOf, type ListTree, type MapTree, type Tree } from "../yaml/tree.ts";

/** Stands for a mapping that is left out. */
const shortMap = "{ … }";

/** The longest value that is shown. Longer ones are left out, because the line only shows the form. */
const longest = 80;

/** Returns `main: { cidrBlock: 10.0.0.0/16 }` for the list `- { name: main, cidrBlock: 10.0.0.0/16 }`. */
export function mapInsteadOf(list: ListTree, schema: JsonSchema, otherwise: string | undefined): string {
  const item = list.items[0];
  if (item?.type === "scalar" && insideOf(schema) === undefined && schema.properties && otherwise !== undefined) return otherwise;
  if (item?.type === "scalar")
    return `write a mapping: \`${scalarText(item)}: ${formOf(insideOf(schema) ?? {}, undefined, 1) ?? "VALUE"}\``;
  const named = list.items.flatMap((one) => namedIn(one, insideOf(schema)) ?? []);
  if (named.length === list.items.length) {
    const whole = flowMap(named);
    return `write it without hyphens: \`${whole === shortMap ? `${named[0]![0]}: ${flow(named[0]![1])}` : whole}\``;
  }
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

/** Returns the name and the value of an item that has nothing else: `- main: { … }`. */
function namedIn(item: Tree, schema: JsonSchema | undefined): readonly [readonly [string, Tree]] | undefined {
  const [only, ...more] = item.type === "map" ? item.entries : [];
  if (!schema || only === undefined || more.length > 0 || only[0] in (schema.properties ?? {})) return undefined;
  const [name, { value }] = only;
  return (value.type === "map") === (schema.type === "object" || schema.properties !== undefined) ? [[name, value]] : undefined;
}

/** Returns the one item of a list, when a text is wanted. */
export function oneInsteadOf(list: ListTree, resolved: readonly string[]): string | undefined {
  const [item] = list.items;
  if (!resolved.includes("string") || item?.type !== "scalar" || item.value === null) return undefined;
  return `${list.items.length === 1 ? "write it without brackets" : "write one alone"}: ${scalarText(item)}`;
}

/** Returns CloudFormation's `{ Key: team, Value: web }` as `team: web`. */
function pairOf(item: MapTree): string | undefined {
  const text = (names: readonly string[]) => names.map((name) => scalarText(valueOf(item, name))).find((one) => one !== undefined);
  const [key, value] = [text(["Key", "key", "name", "Name"]), text(["Value", "value"])];
  return key !== undefined && value !== undefined ? `${key}: ${value}` : undefined;
}

/** Returns the field whose value can be the key: one with the usual name, or the first that fits and is no field of the entry (`known`). */
function keyOf(item: MapTree, pattern: RegExp, known: readonly string[]): { readonly field: string; readonly text: string } | undefined {
  const fields = ["name", "Name", "id", "key", ...[...item.entries.keys()].filter((field) => field !== "when" && !known.includes(field))];
  for (const field of fields) {
    const text = scalarText(valueOf(item, field));
    if (text !== undefined && pattern.test(text)) return { field, text };
  }
  return undefined;
}

/** Returns `- { port: 443, source: 0.0.0.0/0 }` for a mapping where a list is wanted. */
export function listInsteadOf(map: MapTree, schema: JsonSchema): string {
  const types = [schema.items?.type ?? []].flat();
  const isOfNames = types.includes("string") && ![...map.entries.keys()].some((name) => name in (schema.items?.properties ?? {}));
  if (isOfNames) return `write a list: ${shortened(`[${[...map.entries.keys()].join(", ")}]`, "[…]")}`;
  const values = [...map.entries.values()].map(({ value }) => value);
  const item = values[0]?.type === "map" ? values[0] : map;
  return `write a list, in which each item begins with a hyphen: \`- ${flow(item)}\``;
}

/** Returns a value in flow style. */
function flow(tree: Tree): string {
  if (tree.type === "scalar") return scalarText(tree)!;
  if (tree.type === "list") return shortened(`[${tree.items.map(flow).join(", ")}]`, "[…]");
  return flowMap([...tree.entries].map(([name, { value }]) => [name, value]));
}

function flowMap(entries: readonly (readonly [string, Tree])[]): string {
  return shortened(entries.length === 0 ? "{}" : `{ ${entries.map(([name, value]) => `${name}: ${flow(value)}`).join(", ")} }`, shortMap);
}

function shortened(text: string, short: string): string {
  return text.length > longest || text.includes("\n") ? short : text;
}

function scalarText(tree: Tree | undefined): string | undefined {
  if (tree?.type !== "scalar") return undefined;
  // A value that an expression made is shown as the expression.
  if (tree.substituted) return tree.spot.source.text.slice(tree.spot.start, tree.spot.end);
  return tree.quoted ? JSON.stringify(tree.raw) : tree.raw;
}
