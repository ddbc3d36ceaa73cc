/**
 * Folds repeated resources that differ only in some values into a part and its uses: `blue-web`, `blue-db` and `green-web`, `green-db`
 * become two uses of one part, in which they are `web` and `db`. Their addresses stay. The caller compares the result with the file that
 * was not folded, because both must mean the same. Pure.
 */
import type { Address, Kind } from "../kinds/kind.ts";
import { isLiteral, mapAnnotated } from "../resource/references.ts";
import type { Entry } from "./author.ts";
import { LinkedText } from "./values.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

export interface Folded {
  /** The resources that are in no part. */
  readonly entries: readonly Entry[];
  readonly parts: readonly Part[];
}

export interface Part {
  readonly parameters: Readonly<Record<string, object>>;
  /** The resources, by their names in the part. `Parameter` stands for values that differ. */
  readonly entries: readonly Entry[];
  /** The values that each use gives, by the name of the use. */
  readonly uses: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** A place in a part at which its uses differ. */
export class Parameter {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The fewest resources that make a part worth its file. */
const fewest = 3;

/** Folds resources whose names begin differently and that are otherwise alike, the largest groups first. */
export function folded(entries: readonly Entry[]): Folded {
  const byAddress = new Map(entries.map((entry) => [entry.address, entry]));
  const used = new Set<Entry>();
  const parts: Part[] = [];
  for (const { prefixes, members } of candidates(entries)) {
    const isFree = [...members.values()].flat().every((entry) => !used.has(entry));
    const part = isFree ? partOf(prefixes, members, byAddress) : undefined;
    if (!part) continue;
    for (const entry of [...members.values()].flat()) used.add(entry);
    parts.push(part);
  }
  return { entries: entries.filter((entry) => !used.has(entry)), parts };
}

interface Candidate {
  readonly prefixes: readonly string[];
  /** The resources under each prefix, in the same order. */
  readonly members: ReadonlyMap<string, readonly Entry[]>;
}

/** Returns the prefixes under which the same kinds have the same names. */
function candidates(entries: readonly Entry[]): Candidate[] {
  const byPrefix = new Map<string, Entry[]>();
  for (const entry of entries)
    for (let at = entry.name.indexOf("-"); at > 0; at = entry.name.indexOf("-", at + 1)) {
      const prefix = entry.name.slice(0, at);
      byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), entry]);
    }
  const alike = new Map<string, Map<string, Entry[]>>();
  for (const [prefix, some] of byPrefix) {
    if (some.length < fewest) continue;
    const inside = ({ kind, name }: Entry) => `${kind.name}/${name.slice(prefix.length + 1)}`;
    const sorted = [...some].sort((a, b) => (inside(a) < inside(b) ? -1 : 1));
    const key = sorted.map(inside).join("\n");
    alike.set(key, (alike.get(key) ?? new Map<string, Entry[]>()).set(prefix, sorted));
  }
  const found = [...alike.values()].filter(({ size }) => size > 1);
  const sizeOf = (members: Map<string, Entry[]>) => [...members.values()].flat().length;
  return found.sort((a, b) => sizeOf(b) - sizeOf(a)).map((members) => ({ prefixes: [...members.keys()].sort(inNaturalOrder), members }));
}

/** A reference to another resource of the file. */
class Ref {
  readonly entry: Entry;
  readonly isShort: boolean;
  constructor(entry: Entry, isShort: boolean) {
    this.entry = entry;
    this.isShort = isShort;
  }
}

/** Returns the part for a candidate; undefined when the resources differ in more than values. */
function partOf(
  prefixes: readonly string[],
  members: ReadonlyMap<string, readonly Entry[]>,
  byAddress: ReadonlyMap<Address, Entry>,
): Part | undefined {
  const parameters = new Parameters(prefixes);
  const first = members.get(prefixes[0]!)!;
  const merged = first.map((entry, i) => {
    const name = entry.name.slice(prefixes[0]!.length + 1);
    const all = prefixes.map((prefix) => members.get(prefix)![i]!);
    const bodies = all.map(({ kind, body }) => withRefs(kind, body, byAddress));
    const inside: Inside = (addresses) => localName(addresses, prefixes, members);
    const body = merge(bodies, [name], parameters, inside);
    const isAlike = all.every(({ remarks }) => JSON.stringify(remarks) === JSON.stringify(entry.remarks));
    return body === different || !isAlike
      ? undefined
      : { ...entry, name, address: `${entry.kind.name}/${name}`, body: body as Entry["body"] };
  });
  if (merged.some((one) => one === undefined)) return undefined;
  return { parameters: parameters.declared, entries: merged as Entry[], uses: parameters.given };
}

function withRefs(kind: Kind, body: Entry["body"], byAddress: ReadonlyMap<Address, Entry>): unknown {
  return mapAnnotated(kind.schema, body, "x-ref", (value, _path, schema) => {
    if (typeof value !== "string" || isLiteral(value, schema["x-literal"])) return value;
    const isShort = !value.includes("/");
    const entry = byAddress.get(isShort ? `${schema["x-ref"]![0]}/${value}` : value);
    return entry ? new Ref(entry, isShort) : value;
  });
}

/** Returns the name of a resource inside the part, when each use means its own resource by it. */
type Inside = (addresses: readonly Address[]) => string | undefined;

function localName(addresses: readonly Address[], prefixes: readonly string[], members: Candidate["members"]): string | undefined {
  const places = addresses.map((address, i) => members.get(prefixes[i]!)!.findIndex((entry) => entry.address === address));
  const [place] = places;
  if (place === undefined || place < 0 || places.some((one) => one !== place)) return undefined;
  return members.get(prefixes[0]!)![place]!.name.slice(prefixes[0]!.length + 1);
}

/** Returns one text for all uses, when each use names its own resources at the same places. */
function localText(values: readonly unknown[], inside: Inside): LinkedText | undefined {
  const texts = values.filter((one) => one instanceof LinkedText);
  const [first] = texts;
  if (!first || texts.length < values.length) return undefined;
  if (texts.some(({ parts: { length } }) => length !== first.parts.length)) return undefined;
  const parts = first.parts.flatMap((part, i) => {
    const all = texts.map((one) => one.parts[i]);
    if (typeof part === "string") return all.every((one) => one === part) ? part : [];
    const named = all.flatMap((one) => (typeof one === "object" && one.output === part.output ? one.address : []));
    const name = named.length < all.length ? undefined : inside(named);
    return name === undefined ? [] : { address: `${part.address.slice(0, part.address.indexOf("/"))}/${name}`, output: part.output };
  });
  return parts.length < first.parts.length ? undefined : new LinkedText(parts, first.literal);
}

const different = Symbol("different");

function merge(values: readonly unknown[], way: readonly string[], parameters: Parameters, inside: Inside): unknown {
  const [first] = values;
  if (first instanceof Ref) {
    if (!values.every((one): one is Ref => one instanceof Ref && one.entry.kind === first.entry.kind && one.isShort === first.isShort))
      return different;
    const { kind } = first.entry;
    const local = inside(values.map(({ entry }) => entry.address));
    if (local !== undefined) return first.isShort ? local : `${kind.name}/${local}`;
    return parameters.of(
      [kind.name],
      { ref: kind.name },
      values.map(({ entry }) => entry.name),
    );
  }
  if (first instanceof LinkedText) {
    const local = localText(values, inside);
    const isText = (one: unknown) => typeof one === "string" || one instanceof LinkedText;
    return local ?? (values.every(isText) ? parameters.of(way, { type: "string" }, values) : different);
  }
  if (Array.isArray(first)) {
    if (!values.every((one): one is unknown[] => Array.isArray(one) && one.length === first.length)) return different;
    const items = first.map((_item, i) =>
      merge(
        values.map((one) => one[i] as unknown),
        way,
        parameters,
        inside,
      ),
    );
    return items.includes(different) ? different : items;
  }
  if (typeof first === "object" && first !== null) {
    const keys = Object.keys(first);
    const isAlike = (one: unknown) => typeof one === "object" && one !== null && Object.keys(one).join("\n") === keys.join("\n");
    if (!values.every(isAlike)) return different;
    const inner = keys.map(
      (key) =>
        [
          key,
          merge(
            values.map((one) => (one as Record<string, unknown>)[key]),
            [...way, key],
            parameters,
            inside,
          ),
        ] as const,
    );
    return inner.some(([, one]) => one === different) ? different : Object.fromEntries(inner);
  }
  if (values.every((one) => one === first)) return first;
  if (values.some((one) => typeof one !== typeof first || one instanceof Ref || typeof one === "object")) return different;
  return parameters.of(way, { type: typeof first }, values);
}

/** The parameters of a part. Several places with the same values share one parameter. */
class Parameters {
  readonly declared: Record<string, object> = {};
  readonly given = new Map<string, Record<string, unknown>>();
  readonly #prefixes: readonly string[];
  readonly #known = new Map<string, Parameter>();

  constructor(prefixes: readonly string[]) {
    this.#prefixes = prefixes;
    for (const prefix of prefixes) this.given.set(prefix, {});
  }

  of(way: readonly string[], type: object, values: readonly unknown[]): Parameter {
    const key = JSON.stringify([type, values]);
    const known = this.#known.get(key);
    if (known) return known;
    const words = way.join("_").replace(/[^A-Za-z0-9]+/g, "_");
    let name = words;
    for (let n = 2; name in this.declared; n++) name = `${words}_${n}`;
    this.declared[name] = type;
    this.#prefixes.forEach((prefix, i) => (this.given.get(prefix)![name] = values[i]));
    const made = new Parameter(name);
    this.#known.set(key, made);
    return made;
  }
}
