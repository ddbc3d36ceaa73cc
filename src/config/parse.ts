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
import type { Code } from "../diag/codes.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { tagInstead } from "./intrinsics.ts";
import { error } from "./problem.ts";
import { positionOf, type Source, type Spot } from "./source.ts";
import type { Entry, MapTree, Scalar, ScalarTree, Tree } from "./tree.ts";
import { deepest, whyNotYaml } from "./why-not-yaml.ts";

/** Values a file may come to when all its aliases are written out; more is an attack or an accident. */
const mostValues = 2_000_000;

export interface Parsed {
  /** Absent when the text is no YAML at all, or holds nothing. */
  readonly tree?: Tree;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * YAML 1.2 with its core schema and merge keys, as a tree that remembers places. Problems are returned; as much as could be
 * read is returned with them.
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

/** What stands behind a `<<`. */
interface Merged {
  readonly tree: Tree;
  readonly alias?: AliasEvent;
}

type Tagged = MappingEvent | SequenceEvent | ScalarEvent;

/** What an anchor names. It has no tree as long as the node at which it stands is being read. */
interface Anchored {
  tree?: Tree;
}

/** Reads the events of a document in their order, each once. */
class Builder {
  readonly diagnostics: Diagnostic[] = [];
  /** What is written as the indentation or behind a colon was read as part of a text: the tree is not the one that was meant. */
  isMisread = false;
  readonly #source: Source;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Anchored>();
  readonly #sizes = new Map<Tree, number>();
  /** One string for each text: keys and values stand in a large file ten thousand times. */
  readonly #texts = new Map<string, string>();
  #at = 0;
  /** Where the token that was read last ends. */
  #end = 0;
  #isTooMuch = false;

  constructor(source: Source, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
  }

  /** Undefined when the text holds nothing but comments. */
  document(): Tree | undefined {
    if (this.#events.length === 0) return undefined;
    this.#at++;
    return this.#node();
  }

  #node(): Tree {
    const event = this.#events[this.#at++] as Tagged | AliasEvent;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    if (event.anchorStart < 0) return this.#unaliased(event);
    const anchored: Anchored = {};
    this.#anchors.set(this.#text(event.anchorStart, event.anchorEnd), anchored);
    return (anchored.tree = this.#unaliased(event));
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
      const why = anchored ? `*${name} stands inside its own anchor &${name}.` : `*${name} has no anchor &${name} before it.`;
      this.#report("yaml-alias", spot, why);
      return nothing(spot);
    }
    if (!this.#isTooMuch && this.#sizeOf(anchored.tree) > mostValues) {
      this.#isTooMuch = true;
      this.#report("yaml-alias", spot, `with its aliases written out, this comes to more than ${mostValues.toLocaleString("en")} values.`);
    }
    return this.#isTooMuch ? nothing(spot) : anchored.tree;
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
    for (const one of merged) this.#merge(entries, one);
    return { type: "map", spot: this.#close(event, "}"), entries };
  }

  #addPair(entries: Map<string, Entry>, written: Tree, entry: Entry): void {
    if (written.type !== "scalar") return this.#report("yaml-key", entry.key, "a key must be a word or a number.");
    if (!written.quoted && likeSpaces.test(written.raw.charAt(0))) this.#reportLikeSpace(written.spot.start);
    const equated = this.#equated(written, entry.value);
    if (equated) return this.#addPair(entries, equated.key, { key: equated.key.spot, value: equated.value });
    const name = written.raw;
    const first = entries.get(name);
    if (!first) return void entries.set(name, entry);
    const summary = `"${name}" stands here a second time; the first is in line ${positionOf(first.key).line}.`;
    this.#report("yaml-duplicate-key", entry.key, summary, "join the two, or rename one");
  }

  /** What `{ Name = web }` was meant to be, after a report: YAML reads it as a key without a value. */
  #equated({ raw, quoted, spot }: ScalarTree, value: Tree): { readonly key: ScalarTree; readonly value: ScalarTree } | undefined {
    if (quoted || value.type !== "scalar" || value.raw !== "" || value.quoted) return undefined;
    const [, name, sign, text] = /^([\w.:/-]+)(\s*=\s*)([^\s=].*)$/.exec(raw) ?? [];
    if (name === undefined) return undefined;
    const at = spot.start + name.length + sign!.length;
    this.#report(
      "yaml-syntax",
      this.#spot(spot.start + raw.indexOf("="), at),
      "This is not valid YAML: an equals sign stands where a colon belongs.",
      `write \`${name}: ${text}\``,
    );
    const word = (start: number, written: string): ScalarTree => {
      const place = this.#spot(start, start + written.length);
      return { type: "scalar", spot: place, value: plainValue(written), raw: written, quoted: false };
    };
    return { key: word(spot.start, name), value: word(at, text!) };
  }

  /** `<<: *base`, `<<: [*a, *b]`: what is written here wins, then the earlier of the merged. */
  #merge(entries: Map<string, Entry>, { tree, alias }: Merged): void {
    if (alias && !this.#anchors.get(this.#text(alias.anchorStart, alias.anchorEnd))?.tree) return; // which was reported
    const bases = tree.type === "list" ? tree.items : [tree];
    for (const base of bases)
      if (base.type === "map") for (const [key, entry] of base.entries) if (!entries.has(key)) entries.set(key, entry);
    const other = bases.find(({ type }) => type !== "map");
    const hint = "write the anchor of a mapping behind it, `<<: *name`, or several, `<<: [*one, *other]`";
    if (other) this.#report("yaml-alias", alias ? this.#aliasSpot(alias) : other.spot, "only mappings can be merged with <<.", hint);
  }

  #list(event: SequenceEvent): Tree {
    const items: Tree[] = [];
    while (!this.#isAtClose()) items.push(this.#value(afterDash, undefined));
    return { type: "list", spot: this.#close(event, "]"), items };
  }

  /** A value, or where nothing is written: the place after its mark, and without a mark that of its key. */
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

  /** Goes over the end of a collection. In flow style its bracket comes next, but for white space, a comma and comments. */
  #close(event: MappingEvent | SequenceEvent, bracket: string): Spot {
    this.#at++;
    if (event.style === COLLECTION_STYLE.FLOW) this.#end = this.#source.text.indexOf(bracket, this.#end) + 1;
    return this.#spot(event.start, this.#end);
  }

  #scalar(event: ScalarEvent): ScalarTree {
    const raw = this.#shared(getScalarValue(this.#source.text, event));
    const spot = this.#scalarSpot(event);
    const before = event.style === SCALAR_STYLE.PLAIN ? /^[\w-]+:(?=\P{ASCII})/u.exec(raw)?.[0] : undefined;
    if (before !== undefined && likeSpaces.test(raw.charAt(before.length))) this.#reportLikeSpace(spot.start + before.length);
    const value = event.tagStart >= 0 ? this.#taggedValue(event, raw) : event.style === SCALAR_STYLE.PLAIN ? plainValue(raw) : raw;
    return { type: "scalar", spot, value, raw, quoted: event.style !== SCALAR_STYLE.PLAIN };
  }

  #reportLikeSpace(start: number): void {
    this.isMisread = true;
    const code = this.#source.text.charCodeAt(start).toString(16).toUpperCase().padStart(4, "0");
    const summary = `This is not valid YAML: the character U+${code} stands here, which looks like a space and is none.`;
    this.#report("yaml-syntax", this.#spot(start, start + 1), summary, "write a space instead");
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
    this.#report("yaml-tag", this.#scalarSpot(event), `"${raw}" is not what ${this.#text(event.tagStart, event.tagEnd)} before it says.`);
    return raw;
  }

  /** The definition of a scalar's tag; undefined after a report where the tag is none of YAML's own. */
  #checkTag({ type, tagStart, tagEnd }: Tagged): ScalarTagDefinition | undefined {
    const written = this.#text(tagStart, tagEnd);
    const name = written === "!" ? "str" : /^!(?:!|<tag:yaml\.org,2002:)([a-z]+)>?$/.exec(written)?.[1];
    const tag = CORE_SCHEMA.tags.find(({ tagName }) => tagName === `tag:yaml.org,2002:${name}`);
    const expected = { [EVENT_ID.SCALAR]: "scalar", [EVENT_ID.MAPPING]: "mapping", [EVENT_ID.SEQUENCE]: "sequence" }[type];
    if (tag?.nodeKind === expected || written === "!") return tag?.nodeKind === "scalar" ? tag : undefined;
    const spot = this.#spot(tagStart, tagEnd);
    if (tag) this.#report("yaml-tag", spot, `${written} does not fit the value behind it.`);
    else
      this.#report(
        "yaml-tag",
        spot,
        `${written} is a tag of another tool, as CloudFormation has them; tags are not supported.`,
        this.#withoutTag(spot),
      );
    return undefined;
  }

  /** `vpc: main` for `vpc: !Ref main`. */
  #withoutTag({ start, end }: Spot): string {
    const { text } = this.#source;
    const key = /([\w-]+:)[ \t]*$/.exec(text.slice(Math.max(0, start - 100), start))?.[1];
    const name = /^[ \t]+["']?([A-Za-z0-9][\w-]*(?:\.[\w.]+)?)/.exec(text.slice(end, end + 100))?.[1];
    return tagInstead(text.slice(start, end), name, key, { source: this.#source, at: start });
  }

  /** Values in a tree, each alias counted as what it stands for; every tree is walked once, however often it is named. */
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

/** What editors and web pages put in the place of spaces. */
const likeSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]/;

/** What leads to a key, a value and an item of which nothing is written. */
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

/** https://yaml.org/spec/1.2.2/#1032-tag-resolution */
function plainValue(raw: string): Scalar {
  const first = raw.charAt(0);
  for (const tag of implicitTags) {
    if (tag.implicitFirstChars && !tag.implicitFirstChars.includes(first)) continue;
    const value: unknown = tag.resolve(raw, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value as Scalar;
  }
  return raw;
}
