/** Writes the file's text: resources in groups, short ones on one line, remarks above the lines that they are about. Pure. */
import { stringify } from "yaml";
import type { Kind, Remark } from "../kinds/kind.ts";
import type { Entry } from "./author.ts";
import { Parameter, type Folded } from "./parts.ts";
import { LinkedText, type Value } from "./values.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";
import { fieldOf } from "../resource/references.ts";

export interface Sheet {
  /** Lines of comment above everything. */
  readonly head: readonly string[];
  /** The keys at the top of the file: `format`, `project` and so on. */
  readonly top: Readonly<Record<string, unknown>>;
  readonly entries: readonly Entry[];
  /** Lines of comment below everything. */
  readonly tail?: readonly string[];
}

/** The longest line of a resource or a value. */
const width = 110;

/** Returns the YAML. Kinds stand in the order of the list, and the resources of a kind in the order of their names. */
export function emit(kinds: readonly Kind[], { head, top, entries, tail = [] }: Sheet): string {
  const lines = [...head.map(comment), ...Object.entries(top).map(([key, value]) => `${key}: ${scalar(value)}`)];
  for (const { name, section } of kinds) {
    const some = entries.filter(({ kind }) => kind.name === name).sort((a, b) => inNaturalOrder(a.name, b.name));
    if (some.length > 0) lines.push("", `${section}:`, ...some.flatMap(resource));
  }
  if (tail.length > 0) lines.push("", ...tail.map(comment));
  return `${lines.join("\n")}\n`;
}

/** Returns the same with repeated resources in parts: the text of the environment, and the files of parts by name. */
export function emitParts(
  kinds: readonly Kind[],
  sheet: Sheet,
  { entries, parts }: Folded,
  name: string,
): { readonly text: string; readonly parts: ReadonlyMap<string, string> } {
  const fileOf = (i: number) => (parts.length === 1 ? `${name}.yaml` : `${name}-${i + 1}.yaml`);
  const uses = parts.flatMap(({ uses: all }, i) =>
    [...all].flatMap(([use, given]) => [`  ${scalar(use)}:`, `    part: ../parts/${fileOf(i)}`, ...block("with", given, "    ")]),
  );
  const { tail = [], ...rest } = sheet;
  const above = emit(kinds, { ...rest, entries });
  const below = [...(tail.length > 0 ? ["", ...tail.map(comment)] : []), ""].join("\n");
  return {
    text: `${above}\nuse:\n${uses.join("\n")}\n${below.trimStart() === "" ? "" : below}`,
    parts: new Map(
      parts.map((part, i) => {
        const parameters = Object.entries(part.parameters).map(([key, type]) => `  ${key}: ${flow(type)}`);
        const top = { part: 1, description: `What ${[...part.uses.keys()].join(", ")} of ${name} have in common.` };
        const text = emit(kinds, { head: [], top, entries: part.entries });
        return [fileOf(i), text.replace("\n\n", () => `\nparameters:\n${parameters.join("\n")}\n\n`)];
      }),
    ),
  };
}

/**
 * Returns the same in files by subject: the network, the resources that run in it, and data. The top of the text goes into the first file.
 */
export function emitSplit(kinds: readonly Kind[], sheet: Sheet): ReadonlyMap<string, string> {
  const fileOf = ({ kind }: Entry) => kind.file ?? "compute";
  const names = (["network", "compute", "data"] as const).filter((name) => sheet.entries.some((entry) => fileOf(entry) === name));
  return new Map(
    names.map((name, i) => {
      const entries = sheet.entries.filter((entry) => fileOf(entry) === name);
      const [head, top] = i === 0 ? [sheet.head, sheet.top] : [[], {}];
      const text = emit(kinds, { head, top, entries, ...(i === names.length - 1 && sheet.tail && { tail: sheet.tail }) });
      return [`${name}.yaml`, text.replace(/^\n+/, "")];
    }),
  );
}

function resource({ name, body, remarks }: Entry): string[] {
  const own = remarks.filter(({ path }) => path === undefined || !Object.hasOwn(body, fieldOf(path)));
  const inside = remarks.filter((one) => !own.includes(one));
  const above = own.map(({ text }) => `  ${comment(text)}`);
  const line = inside.length === 0 && depthOf(body) <= 2 ? `  ${scalar(name)}: ${flow(body)}` : undefined;
  if (line !== undefined && line.length <= width && !line.includes("\n")) return [...above, line];
  return [...above, `  ${scalar(name)}:`, ...Object.entries(body).flatMap(([key, value]) => member(key, value, 4, inside))];
}

function member(key: string, value: unknown, indent: number, remarks: readonly Remark[] = []): string[] {
  const pad = " ".repeat(indent);
  const above = remarks.filter(({ path = "" }) => fieldOf(path) === key).map(({ text }) => `${pad}${comment(text)}`);
  return [...above, ...block(key, value, pad)];
}

/** Returns the lines of `key: value`, one line when it fits. */
function block(key: string, value: unknown, pad: string): string[] {
  const text = textOf(value);
  if (text?.includes("\n")) return literal(key, text, pad);
  const line = `${pad}${scalar(key)}: ${flow(value)}`;
  const isShort = line.length <= width && !hasLines(value);
  if (!isCollection(value) || (isShort && isSimple(value, line))) return [line];
  if (Array.isArray(value)) return [`${pad}${scalar(key)}:`, ...value.flatMap((item: unknown) => listItem(item, `${pad}  `))];
  if (Object.keys(value).length === 0) return [`${pad}${scalar(key)}: {}`];
  return [`${pad}${scalar(key)}:`, ...Object.entries(value).flatMap(([inner, one]) => block(inner, one, `${pad}  `))];
}

/** Whether a value holds scalars only, or is a short mapping of lists of scalars. */
function isSimple(value: unknown, line: string): boolean {
  return depthOf(value) <= 1 || (!Array.isArray(value) && depthOf(value) === 2 && line.length <= 80);
}

function listItem(item: unknown, pad: string): string[] {
  const line = `${pad}- ${flow(item)}`;
  if (!isCollection(item) || (line.length <= width && !hasLines(item)) || Array.isArray(item) || Object.keys(item).length === 0)
    return [line];
  const lines = Object.entries(item).flatMap(([key, value]) => block(key, value, `${pad}  `));
  return [`${pad}- ${lines[0]!.slice(pad.length + 2)}`, ...lines.slice(1)];
}

/** Writes a text of several lines as it is when YAML can hold it so, otherwise in quotes. */
function literal(key: string, text: string, pad: string): string[] {
  const isPlain = !/^\s|[^\S\n]\n|\s\n$|[^\n\t\x20-\x7e\u00a0-\uffff]/.test(text) && !text.includes("\t");
  if (!isPlain) return [`${pad}${scalar(key)}: ${JSON.stringify(text)}`];
  const body = text.replace(/\n$/, "").split("\n");
  const mark = text.endsWith("\n") ? "|" : "|-";
  return [`${pad}${scalar(key)}: ${mark}`, ...body.map((one) => (one === "" ? "" : `${pad}  ${one}`))];
}

/** Returns a value on one line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isCollection(value)) return scalar(value);
  const members = Object.entries(value).map(([key, one]) => `${scalar(key)}: ${flow(one)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Returns one scalar as YAML writes it inside braces, with quotes when it needs them. */
function scalar(value: unknown): string {
  if (value instanceof Parameter) return `"\${param.${value.name}}"`;
  const text = textOf(value);
  if (text === undefined) return stringify(value).trimEnd();
  if (word.test(text)) return text;
  if (/[\n\t]/.test(text)) return JSON.stringify(text);
  return stringify([text], { collectionStyle: "flow", lineWidth: 0 }).trim().slice(1, -1).trim();
}

/** Matches text that needs no quotes anywhere, such as most keys, ids and networks, so that the library need not examine it. */
const word = /^(?!(null|true|false)$)([a-z][a-z0-9-]*|\d+(\.\d+){3}(\/\d+)?)$/i;

/** Returns a text as the language takes it; undefined for any other value. */
function textOf(value: unknown): string | undefined {
  if (value instanceof LinkedText)
    return value.parts.map((part) => (typeof part === "string" ? escaped(part) : `\${${expressionOf(part)}}`)).join("");
  return typeof value === "string" ? escaped(value) : undefined;
}

/** Returns the expression for a value: `subnet['app-a'].id`. Names of AWS types cannot stand before a dot. */
function expressionOf({ address, output }: Value): string {
  const slash = address.indexOf("/");
  const [kind, name] = [address.slice(0, slash), address.slice(slash + 1)];
  if (kind.includes(":")) return `resource('${address}').${output}`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${kind}.${name}.${output}` : `${kind}['${name}'].${output}`;
}

/** Escapes a `${` of another language in the way of this one (config/expand/scan.ts). */
function escaped(text: string): string {
  return text.replace(/\$\{/g, () => "$${");
}

function comment(text: string): string {
  return text === "" ? "#" : `# ${text.replace(/\s+/g, " ")}`;
}

/** Returns how deep collections are nested. One without members is as short as a scalar. */
function depthOf(value: unknown): number {
  if (!isCollection(value)) return 0;
  const members = Object.values(value);
  return members.length === 0 ? 0 : 1 + Math.max(...members.map(depthOf));
}

function hasLines(value: unknown): boolean {
  return textOf(value)?.includes("\n") ?? (isCollection(value) && Object.values(value).some(hasLines));
}

function isCollection(value: unknown): value is Readonly<Record<string, unknown>> | readonly unknown[] {
  return typeof value === "object" && value !== null && !(value instanceof Parameter) && !(value instanceof LinkedText);
}
