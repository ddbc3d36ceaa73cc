import {
  COLLECTION_STYLE,
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  NOT_RESOLVED,
  parseEvents,
  SCALAR_STYLE,
  type AliasEvent,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type ScalarTagDefinition,
  type SequenceEvent,
} from "js-yaml";
import type { Code } from "../../diag/codes.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { tagInstead } from "./intrinsics.ts";
import { lookAlikeIn, otherColon, withoutLookAlikes } from "./look-alikes.ts";
import { error } from "./problem.ts";
import { positionOf, type Source, type Spot } from "./source.ts";
import { otherComment } from "./suspects.ts";
import type { Entry, MapTree, Scalar, ScalarTree, Tree } from "./tree.ts";
import { deepest, whyNotYaml } from "./why-not-yaml.ts";

/** The most values that a file may have when all its aliases are written out. More is an attack or an accident. */
const mostValues = 2_000_000;

export interface Parsed {
  /** Absent when the text is no YAML at all, or holds nothing. */
  readonly tree?: Tree;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads YAML 1.2 with its core schema and merge keys into a tree that remembers places. Problems are returned with as much of the tree as
 * could be read.
 */
export function parseYaml(source: Source): Parsed {
  const read = eventsOf(source.text);
  if ("failure" in read) return { diagnostics: [whyNotYaml(source, read.failure)] };
  const builder = new Builder(source, read.events);
  const tree = builder.document();
  return tree && !builder.isMisread ? { tree, diagnostics: builder.diagnostics } : { diagnostics: builder.diagnostics };
}

function eventsOf(text: string): { readonly events: readonly Event[] } | { readonly failure: unknown } {
  try {
    const events = parseEvents(text, { maxDepth: deepest });
    const isOne = !events.some(({ type }, i) => i > 0 && type === EVENT_ID.DOCUMENT);
    return isOne ? { events } : { failure: new Error("there is more than one document") };
  } catch (failure) {
    return { failure };
  }
}

/** The value behind a `<<`. */
interface Merged {
  readonly tree: Tree;
  readonly alias?: AliasEvent;
}

type Tagged = MappingEvent | SequenceEvent | ScalarEvent;

/** The node that an anchor names. It has no tree while the node itself is being read. */
interface Anchored {
  readonly spot: Spot;
  tree?: Tree;
}

/** Reads the events of a document in their order, each once. */
class Builder {
  readonly diagnostics: Diagnostic[] = [];
  /**
   * Characters that were meant as indentation, as a comment or as the beginning of a value were read as part of a text. The tree is not the
   * one that was meant.
   */
  isMisread = false;
  readonly #source: Source;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Anchored>();
  readonly #unanchored = new Set<string>();
  /** The offsets of aliases that lead nowhere, which is already reported. */
  readonly #nowhere = new Set<number>();
  readonly #sizes = new Map<Tree, number>();
  /** One string for each text, because the same keys and values stand ten thousand times in a large file. */
  readonly #texts = new Map<string, string>();
  #at = 0;
  /** The end of the token that was read last. */
  #end = 0;
  #isTooMuch = false;

  constructor(source: Source, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
  }

  /** Returns the tree of the document; undefined when the text holds nothing but comments. */
  document(): Tree | undefined {
    if (this.#events.length === 0) return undefined;
    this.#at++;
    return this.#node();
  }

  #node(): Tree {
    const event = this.#events[this.#at++] as Tagged | AliasEvent;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    if (event.anchorStart < 0) return this.#unaliased(event);
    const anchored: Anchored = { spot: this.#spot(event.anchorStart - 1, event.anchorEnd) };
    const name = this.#text(event.anchorStart, event.anchorEnd);
    this.#warnOfSecond(name, anchored.spot);
    this.#anchors.set(name, anchored);
    return (anchored.tree = this.#unaliased(event));
  }

  /** Warns of a second anchor with the same name. YAML allows it, but a user who writes the name twice seldom knows of the first. */
  #warnOfSecond(name: string, spot: Spot): void {
    const first = this.#anchors.get(name);
    if (!first) return;
    const summary = `&${name} is used twice; the first is on line ${positionOf(first.spot).line}.`;
    const found = error("yaml-alias", positionOf(spot), summary, `rename one of the two: below this line, *${name} means this one`);
    this.diagnostics.push({ ...found, severity: "warning" });
  }

  #unaliased(event: Tagged): Tree {
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event);
    if (event.tagStart >= 0) this.#checkTag(event);
    this.#end = event.style === COLLECTION_STYLE.FLOW ? event.start + 1 : event.start;
    return event.type === EVENT_ID.MAPPING ? this.#map(event) : this.#list(event);
  }

  #alias(event: AliasEvent): Tree {
    const spot = this.#aliasSpot(event);
    const name = this.#text(event.anchorStart, event.anchorEnd);
    const anchored = this.#anchors.get(name);
    this.#end = spot.end;
    if (!anchored?.tree) {
      if (anchored) this.#report("yaml-alias", spot, `*${name} is used inside its own anchor &${name}.`, "write the value here");
      else this.#reportUnanchored(name, spot);
      this.#nowhere.add(spot.start);
      return { ...nothing(spot), substituted: true };
    }
    if (!this.#isTooMuch && this.#sizeOf(anchored.tree) > mostValues) {
      this.#isTooMuch = true;
      this.#report("yaml-alias", spot, `with its aliases expanded, this has more than ${mostValues.toLocaleString("en")} values.`);
    }
    return this.#isTooMuch ? nothing(spot) : anchored.tree;
  }

  /**
   * Reports an alias without an anchor, once for each name when no anchor has a similar name, because then all its aliases have one cause.
   */
  #reportUnanchored(name: string, spot: Spot): void {
    const near = didYouMean(name, this.#anchors.keys());
    if (this.#unanchored.has(name) && near === undefined) return;
    this.#unanchored.add(name);
    const anchor = new RegExp(`(?<=[\\s,[{])&${name.replaceAll(/\W/g, "\\$&")}(?=[\\s,\\]}])`);
    const below = anchor.exec(this.#source.text.slice(spot.end));
    const line = below ? positionOf(this.#spot(spot.end + below.index, spot.end)).line : undefined;
    const isName = /^[\w-]+$/.test(name);
    const isMerged = /<<:\s*(?:\[[^\]]*)?$/.test(this.#source.text.slice(Math.max(0, spot.start - 200), spot.start));
    const hint =
      line !== undefined
        ? `move &${name} and its value from line ${line} to a place above this line`
        : near !== undefined
          ? `did you mean *${near}?`
          : isMerged
            ? `write &${name} before the mapping that is meant`
            : `${isName ? `write &${name} before the value that is meant, or` : "if it is text,"} put it in quotes: "*${name}"`;
    this.#report("yaml-alias", spot, `*${name} has no anchor &${name} before it.`, hint);
  }

  #map(event: MappingEvent): MapTree {
    const entries = new Map<string, Entry>();
    const merged: Merged[] = [];
    while (!this.#isAtClose()) {
      const key = this.#events[this.#at]!;
      const tree = this.#value(beforeKey, undefined);
      const spot = key.type === EVENT_ID.ALIAS ? this.#aliasSpot(key) : tree.spot;
      const event = this.#events[this.#at]!;
      const value = this.#value(afterColon, spot);
      if (isMergeKey(key, tree)) merged.push({ tree: value, ...(event.type === EVENT_ID.ALIAS && { alias: event }) });
      else this.#addPair(entries, tree, { key: spot, value });
    }
    for (const one of merged) this.#merge(entries, one, event.start);
    return { type: "map", spot: this.#close(event, "}"), entries };
  }

  #addPair(entries: Map<string, Entry>, written: Tree, entry: Entry): void {
    if (written.type !== "scalar") return this.#report("yaml-key", entry.key, "a key must be a word or a number.");
    if (!written.quoted && misreadKey.test(written.raw)) return this.#reportMisreadKey(written);
    const paired = entry.value.spot === entry.key ? this.#paired(written) : undefined;
    if (paired) return this.#addPair(entries, paired.key, { key: paired.key.spot, value: paired.value });
    const name = written.raw;
    const first = entries.get(name);
    if (!first) return void entries.set(name, entry);
    const summary = `"${name}" is written twice; the first is on line ${positionOf(first.key).line}.`;
    this.#report("yaml-duplicate-key", entry.key, summary, "join the two, or rename one");
  }

  /** Reports `{ Name = web }` and `{ Name:web }`, which YAML reads as keys without a value, and returns the pair that was meant. */
  #paired({ raw, quoted, spot }: ScalarTree): { readonly key: ScalarTree; readonly value: ScalarTree } | undefined {
    if (quoted) return undefined;
    for (const [form, what] of pairs) {
      const [, name, sign, text] = form.exec(raw) ?? [];
      if (name === undefined) continue;
      const at = spot.start + name.length + sign!.length;
      const mark = this.#spot(spot.start + raw.indexOf(sign!.trim(), name.length), at);
      this.#report("yaml-syntax", mark, `This is not valid YAML: ${what}.`, `write \`${name}: ${text}\``);
      const word = (start: number, written: string): ScalarTree => {
        const place = this.#spot(start, start + written.length);
        const inside = /^(["'])(.*)\1$/.exec(written)?.[2];
        return { type: "scalar", spot: place, value: inside ?? plainValue(written), raw: inside ?? written, quoted: inside !== undefined };
      };
      return { key: word(spot.start, name), value: word(at, text!) };
    }
    return undefined;
  }

  /** Reports `// the network`, `main:{ … }` and `-{ … }`, which YAML takes for the beginning of a key. */
  #reportMisreadKey({ raw, spot }: ScalarTree): void {
    this.isMisread = true;
    const { text } = this.#source;
    const end = text.indexOf("\n", spot.start);
    const line = text.slice(spot.start, end < 0 ? undefined : end).trimEnd();
    const mark = misreadKey.exec(raw)![0];
    const { summary, hint } = /^\/[/*]/.test(mark)
      ? otherComment(mark, line)
      : {
          summary: `a space is missing after the ${mark.endsWith(":") ? "colon" : "hyphen"}.`,
          hint: `write \`${mark} ${line.slice(mark.length)}\``,
        };
    this.#report("yaml-syntax", this.#spot(spot.start, spot.start + mark.length), `This is not valid YAML: ${summary}`, hint);
  }

  /** Merges `<<: *base` or `<<: [*a, *b]`. The entries that are written in the mapping win, then the earlier of the merged mappings. */
  #merge(entries: Map<string, Entry>, { tree, alias }: Merged, start: number): void {
    const bases = tree.type === "list" ? tree.items : [tree];
    for (const base of bases)
      if (base.type === "map") for (const [key, entry] of base.entries) if (!entries.has(key)) entries.set(key, entry);
    if (bases.some((base) => this.#isReported(base))) this.#source.lacking.add(start);
    const other = bases.find((base) => base.type !== "map" && !this.#isReported(base));
    const hint = "write the anchor of a mapping after it, `<<: *name`, or several, `<<: [*one, *other]`";
    if (other) this.#report("yaml-alias", alias ? this.#aliasSpot(alias) : other.spot, "only mappings can be merged with <<.", hint);
  }

  /** Whether a tree is the empty value of an alias that leads nowhere. */
  #isReported({ spot: { start } }: Tree): boolean {
    return this.#nowhere.has(start);
  }

  #list(event: SequenceEvent): Tree {
    const items: Tree[] = [];
    while (!this.#isAtClose()) items.push(this.#value(afterDash, undefined));
    return { type: "list", spot: this.#close(event, "]"), items };
  }

  /** Reads a value. When nothing is written, its place is the one after its mark, or that of its key when there is no mark. */
  #value(mark: RegExp, key: Spot | undefined): Tree {
    const event = this.#events[this.#at]!;
    if (event.type !== EVENT_ID.SCALAR || event.valueStart >= 0) return this.#node();
    mark.lastIndex = this.#end;
    const isMarked = mark.test(this.#source.text);
    if (isMarked) this.#end = mark.lastIndex;
    const tree = this.#node();
    return isMarked || !key ? tree : { ...tree, spot: key };
  }

  #isAtClose(): boolean {
    return this.#events[this.#at]!.type === EVENT_ID.POP;
  }

  /** Goes over the end of a collection. In flow style its bracket comes next, after white space, a comma and comments. */
  #close(event: MappingEvent | SequenceEvent, bracket: string): Spot {
    this.#at++;
    if (event.style === COLLECTION_STYLE.FLOW) this.#end = this.#source.text.indexOf(bracket, this.#end) + 1;
    return this.#spot(event.start, this.#end);
  }

  #scalar(event: ScalarEvent): ScalarTree {
    const raw = this.#shared(getScalarValue(this.#source.text, event));
    const spot = this.#scalarSpot(event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const seen = isPlain && beyondAscii.test(raw) ? this.#asMeant(raw, spot) : raw;
    const value = event.tagStart >= 0 ? this.#taggedValue(event, seen) : isPlain ? plainValue(seen) : seen;
    const quotes = quotesOf[event.style];
    return { type: "scalar", spot, value, raw: seen, quoted: !isPlain, ...(quotes && { quotes }) };
  }

  /** Returns a text without quotes. Reports look-alike characters in it and removes them. */
  #asMeant(raw: string, spot: Spot): string {
    const { text } = this.#source;
    const written = text.slice(spot.start, spot.end);
    const [before = ""] = /^[\w-]+:(?=\P{ASCII})/u.exec(written) ?? [];
    const found = lookAlikeIn(written.slice(before.length));
    if (!found) return raw;
    const start = spot.start + before.length + found.at;
    const meant = withoutLookAlikes(raw);
    const isIndentation = found.at === 0 && text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trim() === "";
    if (before !== "" || meant === undefined || isIndentation) this.isMisread = true;
    const keep = /^[\w./:-]*$/.test(meant ?? "") || /['\n]/.test(raw) ? "" : `, or '${raw}' if these characters belong to the text`;
    this.#report(
      "yaml-syntax",
      this.#spot(start, start + 1),
      `This is not valid YAML: ${found.summary}`,
      found.isQuote && meant !== undefined ? `write ${JSON.stringify(meant)}${keep}` : found.hint,
    );
    return meant ?? raw;
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }

  #scalarSpot({ style, valueStart, valueEnd, anchorEnd, tagEnd }: ScalarEvent): Spot {
    const before = Math.max(this.#end, anchorEnd, tagEnd);
    this.#end = Math.max(before, valueEnd);
    if (valueStart < 0) return this.#spot(before, before);
    if (style === SCALAR_STYLE.PLAIN) return this.#spot(valueStart, valueEnd);
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) {
      this.#end = valueEnd + 1;
      return this.#spot(valueStart - 1, valueEnd + 1);
    }
    const header = this.#source.text.indexOf(style === SCALAR_STYLE.LITERAL_BLOCK ? "|" : ">", before);
    return this.#spot(header, header + 1);
  }

  #taggedValue(event: ScalarEvent, raw: string): Scalar {
    const tag = this.#checkTag(event);
    const value = tag ? tag.resolve(raw, true, tag.tagName) : raw;
    if (value !== NOT_RESOLVED) return value as Scalar;
    const written = this.#text(event.tagStart, event.tagEnd);
    this.#report("yaml-tag", this.#scalarSpot(event), `"${raw}" does not fit the tag ${written} before it.`, `remove ${written}`);
    return raw;
  }

  /** Returns the definition of a scalar's tag; undefined after a report when the tag is none of YAML's own. */
  #checkTag({ type, tagStart, tagEnd }: Tagged): ScalarTagDefinition | undefined {
    const written = this.#text(tagStart, tagEnd);
    const name = written === "!" ? "str" : /^!(?:!|<tag:yaml\.org,2002:)([a-z]+)>?$/.exec(written)?.[1];
    const tag = CORE_SCHEMA.tags.find(({ tagName }) => tagName === `tag:yaml.org,2002:${name}`);
    const expected = { [EVENT_ID.SCALAR]: "scalar", [EVENT_ID.MAPPING]: "mapping", [EVENT_ID.SEQUENCE]: "sequence" }[type];
    if (tag?.nodeKind === expected || written === "!") return tag?.nodeKind === "scalar" ? tag : undefined;
    const spot = this.#spot(tagStart, tagEnd);
    if (tag) this.#report("yaml-tag", spot, `${written} does not fit the value after it.`, `remove ${written}`);
    else {
      const { summary, hint } = this.#withoutTag(spot);
      this.#report("yaml-tag", spot, summary, hint);
    }
    return undefined;
  }

  /** Suggests `vpc: main` for `vpc: !Ref main`. */
  #withoutTag({ start, end }: Spot): ReturnType<typeof tagInstead> {
    const { text } = this.#source;
    const key = /([\w-]+:)[ \t]*$/.exec(text.slice(Math.max(0, start - 100), start))?.[1];
    const name = /^[ \t]+["']?([A-Za-z0-9][\w-]*(?:\.[\w.]+)?)/.exec(text.slice(end, end + 100))?.[1];
    return tagInstead(text.slice(start, end), name, key, { source: this.#source, at: start });
  }

  /** Counts the values in a tree, each alias as the value that it stands for. Every tree is walked once, however often it is named. */
  #sizeOf(tree: Tree): number {
    if (tree.type === "scalar") return 1;
    const known = this.#sizes.get(tree);
    if (known !== undefined) return known;
    let size = 1;
    if (tree.type === "map") for (const { value } of tree.entries.values()) size += this.#sizeOf(value);
    else for (const item of tree.items) size += this.#sizeOf(item);
    this.#sizes.set(tree, size);
    return size;
  }

  #aliasSpot({ anchorStart, anchorEnd }: AliasEvent): Spot {
    return this.#spot(anchorStart - 1, anchorEnd);
  }

  #spot(start: number, end: number): Spot {
    return { source: this.#source, start, end };
  }

  #text(start: number, end: number): string {
    return this.#source.text.slice(start, end);
  }

  #report(code: Code, spot: Spot, summary: string, hint?: string): void {
    this.diagnostics.push(error(code, positionOf(spot), summary, hint));
  }
}

const quotesOf: Readonly<Record<number, "'" | '"' | undefined>> = { [SCALAR_STYLE.SINGLE_QUOTED]: "'", [SCALAR_STYLE.DOUBLE_QUOTED]: '"' };

const beyondAscii = /[^\t\n\r -~]/;

/** Matches beginnings that are no keys: of a comment, or of an item or a value that lacks the space before it. */
const misreadKey = /^(?:\/\/|\/\*|-(?=[A-Za-z{["'])|[\w-]+:(?=[{[]))/;

/** Pairs in which YAML sees no colon, each with its mistake. */
const pairs: readonly (readonly [RegExp, string])[] = [
  [/^([\w.:/-]+)(\s*=>?\s*)([^\s=].*)$/, "there is an equals sign where a colon belongs"],
  [otherColon, "this colon is a character of another script"],
  [/^([A-Za-z][\w-]*)(:)(?!:|\/\/)(\S.*)$/, "a space is missing after the colon"],
];

/** Match the text before a key, a value or an item that is not written. */
const beforeKey = /(?:\s|#[^\n]*\n)*\??/y;
const afterColon = /(?:\s|#[^\n]*\n)*:/y;
const afterDash = /(?:\s|#[^\n]*\n)*-/y;

function nothing(spot: Spot): ScalarTree {
  return { type: "scalar", spot, value: null, raw: "", quoted: false };
}

function isMergeKey(event: Event, tree: Tree): boolean {
  return event.type === EVENT_ID.SCALAR && event.tagStart < 0 && event.style === SCALAR_STYLE.PLAIN && (tree as ScalarTree).raw === "<<";
}

/** The tags of the core schema that a plain scalar can have without naming them. */
const implicitTags = CORE_SCHEMA.tags.filter((tag) => tag.nodeKind === "scalar").filter(({ implicit }) => implicit);

/** Returns the value of a text without quotes: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
export function plainValue(raw: string): Scalar {
  const first = raw.charAt(0);
  for (const tag of implicitTags) {
    if (tag.implicitFirstChars && !tag.implicitFirstChars.includes(first)) continue;
    const value: unknown = tag.resolve(raw, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value as Scalar;
  }
  return raw;
}
