/** EC2's filters: names are joined by AND, values by OR, and every value may have wildcards. */
import { AwsFault } from "./model.ts";

export interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

/** Reads a record's value for each filter name: one value, several, or none. Values are compared as text. */
export type FilterTable<R> = Readonly<Record<string, (record: R) => FilterValue | readonly FilterValue[]>>;
type FilterValue = string | number | boolean | undefined;

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/**
 * Returns a test for records that pass all filters. With `tagsOf`, it handles `tag:KEY`, `tag-key` and `tag-value` itself. A filter that is
 * not in the table answers NotImplemented; otherwise it would look like a filter that matches nothing.
 */
export function matcher<R>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<R>,
  tagsOf?: (record: R) => readonly Tag[] | undefined,
): (record: R) => boolean {
  if (filters === undefined || filters.length === 0) return () => true;
  if (filters.length > 50) throw new AwsFault("FilterLimitExceeded", "The number of filters exceeds the limit of 50.");
  const tests = filters.map((filter) => testOf(filter, table, tagsOf));
  return (record) => tests.every((test) => test(record));
}

/** Whether one record passes all filters. For many records, make one `matcher`. */
export function matchFilters<R>(
  filters: readonly Filter[] | undefined,
  record: R,
  table: FilterTable<R>,
  tagsOf?: (record: R) => readonly Tag[] | undefined,
): boolean {
  return matcher(filters, table, tagsOf)(record);
}

function testOf<R>(
  filter: Filter,
  table: FilterTable<R>,
  tagsOf: ((record: R) => readonly Tag[] | undefined) | undefined,
): (record: R) => boolean {
  const name = filter.Name;
  if (!name) throw new AwsFault("MissingParameter", "The request must contain the parameter filter name");
  const values = filter.Values ?? [];
  if (values.length === 0) throw new AwsFault("MissingParameter", `The request must contain the parameter filter value (${name})`);
  if (values.length > 200)
    throw new AwsFault(
      "FilterLimitExceeded",
      `The maximum number of filter values specified on a single call is 200, the filter '${name}' has ${values.length}.`,
    );
  const fits = anyOf(values);
  const read = readerOf(name, table, tagsOf);
  if (read === undefined) throw new AwsFault("NotImplemented", `The sandbox does not model the filter '${name}' here.`);
  return (record) => {
    const has = read(record);
    if (Array.isArray(has)) return (has as readonly FilterValue[]).some((value) => value !== undefined && fits(String(value)));
    return has !== undefined && fits(String(has as FilterValue));
  };
}

function readerOf<R>(
  name: string,
  table: FilterTable<R>,
  tagsOf: ((record: R) => readonly Tag[] | undefined) | undefined,
): FilterTable<R>[string] | undefined {
  if (Object.hasOwn(table, name)) return table[name];
  if (tagsOf === undefined) return undefined;
  if (name === "tag-key") return (record) => (tagsOf(record) ?? []).map((tag) => tag.Key);
  if (name === "tag-value") return (record) => (tagsOf(record) ?? []).map((tag) => tag.Value ?? "");
  if (!name.startsWith("tag:")) return undefined;
  const key = name.slice("tag:".length);
  return (record) => {
    const tag = tagsOf(record)?.find((tag) => tag.Key === key);
    return tag && (tag.Value ?? "");
  };
}

/** Returns a test for any of the values. Plain values are looked up; values with wildcards are tried one by one. */
function anyOf(values: readonly string[]): (text: string) => boolean {
  const plain = new Set<string>();
  const patterns: RegExp[] = [];
  for (const value of values) {
    if (/[*?\\]/.test(value)) patterns.push(wildcard(value));
    else plain.add(value);
  }
  return (text) => plain.has(text) || patterns.some((pattern) => pattern.test(text));
}

/**
 * The regular expression of a value: `*` stands for any text, `?` for one character, and a backslash takes the next character literally.
 */
function wildcard(value: string): RegExp {
  let source = "";
  for (let i = 0; i < value.length; i++) {
    const character = value.charAt(i);
    if (character === "*") source += "[^]*";
    else if (character === "?") source += "[^]";
    else if (character === "\\" && i + 1 < value.length) source += quoted(value.charAt(++i));
    else source += quoted(character);
  }
  return new RegExp(`^${source}$`);
}

function quoted(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
}
