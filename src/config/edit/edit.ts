/**
 * Edits a file by splices, so that everything else keeps its comments, its order and its style. Each edit works on the text that the
 * previous edit left, which is parsed again. Pure.
 */
import { parseYaml } from "../yaml/parse.ts";
import { Source, type Spot } from "../yaml/source.ts";
import { toPlain, type Entry, type MapTree, type Tree } from "../yaml/tree.ts";
import { indentOf } from "../yaml/yaml-words.ts";

/** A path from the resource on: keys of mappings and indexes of lists. */
export type Way = readonly (string | number)[];

export type Edit =
  /** Writes a value in place of the one that is there, or a member that is not there yet. */
  | { readonly how: "set"; readonly way: Way; readonly value: unknown }
  /** Removes a member of a mapping or an item of a list. */
  | { readonly how: "remove"; readonly way: Way }
  /** Adds an item to the end of a list. */
  | { readonly how: "append"; readonly way: Way; readonly value: unknown };

/** Thrown when an edit cannot be made, because the text writes the value in a form that a splice cannot follow. */
export class Unwritable extends Error {}

export interface Place {
  readonly section: string;
  readonly name: string;
}

/** The text after the edits of one resource. `flow` writes a value on one line. Throws `Unwritable`. */
export function edited(text: string, { section, name }: Place, edits: readonly Edit[], flow: (value: unknown) => string): string {
  return edits.reduce((now, edit) => withEdit(now, [section, name], edit, flow), text);
}

/** Returns the text without a resource. A section that becomes empty is removed, too. */
export function withoutResource(text: string, { section, name }: Place): string {
  const whole = rootOf(text);
  const among = whole.entries.get(section)?.value;
  if (among?.type !== "map" || !among.entries.has(name)) throw new Unwritable(`this file does not declare ${name} under ${section}`);
  return among.entries.size > 1 ? withoutMember(text, among, name) : withoutMember(text, whole, section);
}

function withEdit(text: string, base: readonly string[], edit: Edit, flow: (value: unknown) => string): string {
  const way = [...base, ...edit.way];
  const found = followed(text, way);
  if (edit.how === "remove") return found.isWhole ? removed(text, found, way, flow) : text;
  if (edit.how === "append")
    return found.isWhole ? appended(text, found.value, edit.value, flow) : added(text, found, way, [edit.value], flow);
  return found.isWhole ? replaced(text, found, edit.value, flow) : added(text, found, way, edit.value, flow);
}

interface Followed {
  /** The number of steps of the way that exist. `value` is the last tree found, and `holder` the collection around it. */
  readonly depth: number;
  readonly value: Tree;
  readonly holder: Tree | undefined;
  readonly isWhole: boolean;
}

function followed(text: string, way: Way): Followed {
  let found: Followed = { depth: 0, value: rootOf(text), holder: undefined, isWhole: true };
  for (const part of way) {
    const { value: here, depth } = found;
    const next = here.type === "map" ? here.entries.get(String(part))?.value : here.type === "list" ? here.items[Number(part)] : undefined;
    if (!next) return { ...found, isWhole: false };
    refuseElsewhere(here, next);
    found = { depth: depth + 1, value: next, holder: here, isWhole: true };
  }
  return found;
}

/** Refuses a value that comes from an anchor or a merged mapping: it is written elsewhere and is used by other resources, too. */
function refuseElsewhere(holder: Tree, { spot }: Tree): void {
  if (spot.start < holder.spot.start) throw new Unwritable("its value comes from a YAML anchor, which is used in other places, too");
}

function rootOf(text: string): MapTree {
  const { tree } = parseYaml(new Source("", "", text));
  if (tree?.type !== "map") throw new Unwritable("the file is not a mapping");
  return tree;
}

function replaced(text: string, { value, holder, depth }: Followed, to: unknown, flow: (value: unknown) => string): string {
  refuseExpression(value);
  const { start, end } = extentOf(text, value);
  const isBlock = value.type !== "scalar" && !isFlow(text, value);
  if (!isBlock) return splice(text, start, end, flow(to));
  if (holder?.type !== "map" || depth === 0) throw new Unwritable("a block in a list cannot be replaced as a whole");
  const key = [...holder.entries.values()].find((one) => one.value === value)!.key;
  const colon = text.indexOf(":", key.end);
  const lines = blockAt(text, key.start);
  const eol = text.slice(0, lines.end).endsWith("\n") ? lines.end - 1 : lines.end;
  return splice(text, colon + 1, eol, ` ${flow(to)}`);
}

/** Refuses to overwrite a value that an expression makes. */
function refuseExpression(value: Tree): void {
  if (value.type === "scalar" && value.raw.includes("${")) throw new Unwritable("an expression computes it");
}

function added(text: string, { value: holder, depth }: Followed, way: Way, to: unknown, flow: (value: unknown) => string): string {
  const [key, ...rest] = way.slice(depth);
  const value = rest.reduceRight<unknown>((inner, part) => ({ [part]: inner }), to);
  const member = `${flow(String(key))}: ${flow(value)}`;
  if (holder.type === "scalar" && holder.value === null) throw new Unwritable("it has no fields yet");
  if (holder.type !== "map") throw new Unwritable(`it has no \`${key}\``);
  const { end } = extentOf(text, holder);
  if (isFlow(text, holder)) {
    const inside = text.slice(holder.spot.start + 1, end - 1).trimEnd();
    return splice(text, holder.spot.start + 1 + inside.length, end - 1, inside.trim() === "" ? ` ${member} ` : `, ${member} `);
  }
  const keys = [...holder.entries.values()].map((one) => one.key);
  const last = blockAt(text, keys.at(-1)!.start);
  return insertLine(text, last.end, `${" ".repeat(columnOf(text, keys[0]!.start))}${member}`);
}

function appended(text: string, list: Tree, item: unknown, flow: (value: unknown) => string): string {
  if (list.type !== "list") throw new Unwritable("it is not a list here");
  const { start, end } = extentOf(text, list);
  if (isFlow(text, list)) {
    const inside = text.slice(start + 1, end - 1);
    const kept = inside.trimEnd().replace(/,$/, "");
    return splice(
      text,
      start + 1 + kept.length,
      end - 1,
      `${kept.trim() === "" ? "" : ", "}${flow(item)}${/\s$/.test(inside) && kept.trim() !== "" ? " " : ""}`,
    );
  }
  const dash = dashOf(text, list.items.at(-1)!);
  return insertLine(text, blockAt(text, dash).end, `${" ".repeat(columnOf(text, dash))}- ${flow(item)}`);
}

function removed(text: string, { holder, value }: Followed, way: Way, flow: (value: unknown) => string): string {
  const last = way.at(-1)!;
  if (holder?.type === "map") {
    if (holder.entries.size > 1) return withoutMember(text, holder, String(last));
    return way.length > 3
      ? removed(text, followed(text, way.slice(0, -1)), way.slice(0, -1), flow)
      : replaced(text, followed(text, way.slice(0, -1)), {}, flow);
  }
  if (holder?.type !== "list") throw new Unwritable("it is not in a list or a mapping");
  if (holder.items.length === 1) return replaced(text, followed(text, way.slice(0, -1)), [], flow);
  if (!isFlow(text, holder)) {
    const lines = blockAt(text, dashOf(text, value));
    return splice(text, lines.start, lines.end, "");
  }
  return withoutCommas(text, extentOf(text, value));
}

function withoutMember(text: string, holder: MapTree, name: string): string {
  const entry = holder.entries.get(name)!;
  if (isFlow(text, holder)) return withoutCommas(text, { start: entry.key.start, end: extentOf(text, entry.value).end });
  const lines = blockAt(text, entry.key.start);
  return withoutGap(splice(text, lines.start, lines.end, ""), lines.start);
}

/** Removes the empty lines on one side when removed lines had empty lines on both sides. */
function withoutGap(text: string, at: number): string {
  const above = /(?:^|\n)((?:[ \t]*\n)+)$/.exec(text.slice(0, at))?.[1] ?? "";
  const below = /^(?:[ \t]*\n)+/.exec(text.slice(at))?.[0] ?? "";
  if (at + below.length === text.length) return splice(text, at - above.length, text.length, "");
  return above === "" && at > 0 ? text : splice(text, at, at + below.length, "");
}

/** Removes a member of `{ … }` or `[ … ]` with one of the commas beside it. */
function withoutCommas(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  const before = /,\s*$/.exec(text.slice(0, start));
  if (before) return splice(text, before.index, end, "");
  return splice(text, start, end + (/^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0), "");
}

/** Returns the offsets of a value, from its first character to behind its last. */
function extentOf(text: string, value: Tree): { readonly start: number; readonly end: number } {
  const { start, end } = value.spot;
  if (value.type === "scalar") {
    if (!/[|>]/.test(text[start] ?? "") || value.quoted === false) return { start, end };
    const lines = blockAt(text, text.lastIndexOf("\n", start - 1) + 1 + indentAt(text, start));
    return { start, end: text[lines.end - 1] === "\n" ? lines.end - 1 : lines.end };
  }
  if (!isFlow(text, value)) return { start, end };
  const close = text[start] === "{" ? "}" : "]";
  if (text[end - 1] === close) return { start, end };
  return { start, end: text.indexOf(close, lastOf(value)?.end ?? start) + 1 };
}

/** Returns the place of the last scalar that is written in a collection. */
function lastOf(value: Tree): Spot | undefined {
  if (value.type === "scalar") return value.spot;
  const inner = value.type === "list" ? value.items : [...value.entries.values()].map((entry: Entry) => entry.value);
  const last = inner.at(-1);
  return last && lastOf(last);
}

function isFlow(text: string, { spot }: Tree): boolean {
  return text[spot.start] === "{" || text[spot.start] === "[";
}

/**
 * Returns the lines of the block that begins at an offset: its own line and those that are indented further. Comments below that belong to
 * the next block are not part of it.
 */
function blockAt(text: string, offset: number): { readonly start: number; readonly end: number } {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const indent = offset - start;
  const lineEnd = (from: number) => (text.indexOf("\n", from) < 0 ? text.length : text.indexOf("\n", from) + 1);
  let end = lineEnd(start);
  for (let at = end; at < text.length; at = lineEnd(at)) {
    const line = text.slice(at, lineEnd(at));
    if (line.trim() === "") continue;
    // A list may stand at the same column as its key.
    const isDeeper = indentOf(line) > indent || (indentOf(line) === indent && line.trimStart().startsWith("- ") && text[offset] !== "-");
    if (!isDeeper) break;
    end = lineEnd(at);
  }
  return { start, end };
}

function dashOf(text: string, { spot }: Tree): number {
  const dash = text.lastIndexOf("-", spot.start - 1);
  if (dash < 0 || text.slice(dash + 1, spot.start).trim() !== "") throw new Unwritable("its place in the list was not found");
  return dash;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function indentAt(text: string, offset: number): number {
  return indentOf(text.slice(text.lastIndexOf("\n", offset - 1) + 1));
}

function insertLine(text: string, at: number, line: string): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const before = at > 0 && text[at - 1] !== "\n" ? eol : "";
  return splice(text, at, at, `${before}${line}${eol}`);
}

function splice(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** Returns the fields of a resource as a text writes them, as plain values; undefined when the text does not have the resource. */
export function writtenIn(text: string, { section, name }: Place): unknown {
  const entry = rootOf(text).entries.get(section)?.value;
  const resource = entry?.type === "map" ? entry.entries.get(name)?.value : undefined;
  return resource && toPlain(resource);
}
