/**
 * Reads XML as the SDK's own parser does, to the letter. The SDK's takes a text character by character, and each is a string of its own
 * for a moment: of a plan of 50,000 resources that was a fifth of the processor's time, with the garbage. The build puts this in
 * its place (`build.mjs`); `test/aws/parse-xml.test.ts` holds the one against the other.
 */

interface Element {
  readonly tag: string;
  readonly value: unknown;
}

export function parseXML(xml: string): Readonly<Record<string, unknown>> {
  return new Parser(xml.includes("\r") ? xml.replace(/\r\n?/g, "\n") : xml).parse();
}

const blanks = " \t\r\n";
const afterTag = codesOf(`${blanks}>/`);
const afterName = codesOf(`${blanks}=>/?`);
const blank = codesOf(blanks);
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** From this length on V8 makes a slice a view of the whole text, which it then keeps alive. */
const shortestView = 13;

class Parser {
  readonly #text: string;
  readonly #end: number;
  #at = 0;
  /** One string for each value: ids and tags stand in an answer a thousand times. */
  readonly #values = new Map<string, string>();

  constructor(text: string) {
    this.#text = text;
    this.#end = text.length;
  }

  parse(): Readonly<Record<string, unknown>> {
    for (;;) {
      this.#skipBlanks();
      if (this.#at >= this.#end) throw new Error("@aws-sdk XML parse error: no root element.");
      if (this.#isNext("<?")) this.#readTo("?>");
      else if (this.#isNext("<!--")) this.#readTo("-->");
      else if (this.#text.slice(this.#at, this.#at + 9).toLowerCase() === "<!doctype") this.#skipDoctype();
      else if (this.#isNext("<")) {
        const { tag, value } = this.#parseElement();
        return { [tag]: value };
      } else throw new Error("@aws-sdk XML parse error: unexpected content.");
    }
  }

  #parseElement(): Element {
    this.#at++;
    const tag = this.#readUntil(afterTag);
    const attributes = this.#parseAttributes();
    if (this.#at >= this.#end) throw new Error("@aws-sdk XML parse error: unexpected end of input.");
    if (this.#isNext("/")) {
      if (!this.#isNext("/>")) throw new Error("@aws-sdk XML parse error: expected > at the end of self-closing tag.");
      this.#at += 2;
      return { tag, value: attributes ?? "" };
    }
    if (!this.#isNext(">")) throw new Error("@aws-sdk XML parse error: expected > at the end of opening tag.");
    this.#at++;
    const texts: string[] = [];
    const children: Element[] = [];
    this.#parseContent(texts, children);
    if (!this.#isNext("</")) throw new Error(`@aws-sdk XML parse error: missing closing tag </${tag}>.`);
    this.#at += 2;
    this.#close(tag);
    return { tag, value: children.length === 0 && !attributes ? textOf(texts) : objectOf(texts, children, attributes) };
  }

  #close(tag: string): void {
    const end = this.#at + tag.length;
    if (this.#text.startsWith(tag, this.#at) && this.#text[end] === ">") {
      this.#at = end + 1;
      return;
    }
    const closing = this.#readTo(">").trim();
    if (closing !== tag) throw new Error(`@aws-sdk XML parse error: mismatched tags <${tag}> and </${closing}>.`);
  }

  #parseContent(texts: string[], children: Element[]): void {
    while (this.#at < this.#end && !this.#isNext("</")) {
      if (!this.#isNext("<")) {
        const next = this.#text.indexOf("<", this.#at);
        texts.push(this.#take(next < 0 ? this.#end : next));
      } else if (this.#isNext("<!--")) this.#readTo("-->");
      else if (this.#isNext("<![CDATA[")) {
        this.#at += 9;
        texts.push(this.#readTo("]]>"));
      } else if (this.#isNext("<?")) this.#readTo("?>");
      else children.push(this.#parseElement());
    }
  }

  #parseAttributes(): Record<string, unknown> | undefined {
    let attributes: Record<string, unknown> | undefined;
    while (this.#at < this.#end) {
      this.#skipBlanks();
      // Past the end, the SDK's parser takes nothing for a sign of the tag's end.
      if (this.#at < this.#end && (this.#isNext(">") || this.#isNext("/"))) break;
      const name = this.#readUntil(afterName);
      this.#skipBlanks();
      if (!this.#isNext("=")) break;
      this.#at++;
      this.#skipBlanks();
      attributes ??= {};
      write(attributes, name, this.#readQuoted());
    }
    return attributes;
  }

  #readQuoted(): string {
    const quote = this.#text[this.#at];
    this.#at++;
    const end = quote === undefined ? -1 : this.#text.indexOf(quote, this.#at);
    const value = this.#take(end < 0 ? Math.max(this.#at, this.#end) : end);
    this.#at++;
    return value;
  }

  /** The text up to a place, with its entities, as a string of its own. */
  #take(end: number): string {
    const raw = this.#text.slice(this.#at, end);
    this.#at = end;
    const known = this.#values.get(raw);
    if (known !== undefined) return known;
    const value = raw.includes("&") ? decoded(raw) : raw.length < shortestView ? raw : ` ${raw}`.slice(1);
    this.#values.set(value === raw ? value : raw, value);
    return value;
  }

  #readUntil(stops: ReadonlySet<number>): string {
    const start = this.#at;
    while (this.#at < this.#end && !stops.has(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #readTo(stop: string): string {
    const end = this.#text.indexOf(stop, this.#at);
    if (end < 0) throw new Error(`@aws-sdk XML parse error: expected "${stop}" not found.`);
    const result = this.#text.slice(this.#at, end);
    this.#at = end + stop.length;
    return result;
  }

  #isNext(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #skipBlanks(): void {
    while (this.#at < this.#end && blank.has(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #skipDoctype(): void {
    let depth = 0;
    for (this.#at += 9; this.#at < this.#end; this.#at++) {
      const sign = this.#text[this.#at];
      if (sign === "[") depth++;
      else if (sign === "]") depth--;
      else if (sign === ">" && depth === 0) {
        this.#at++;
        return;
      }
    }
    throw new Error("@aws-sdk XML parse error: unclosed DOCTYPE.");
  }
}

/** What is only text. Between tags a line break is layout. */
function textOf(texts: readonly string[]): string {
  const text = texts.length === 1 ? texts[0]! : texts.join("");
  return isLayout(text) ? "" : text;
}

function objectOf(texts: readonly string[], children: readonly Element[], attributes: Record<string, unknown> | undefined): object {
  const object: Record<string, unknown> = {};
  for (const text of texts) if (!isLayout(text)) object["#text"] = "#text" in object ? `${object["#text"] as string}${text}` : text;
  for (const { tag, value } of children) {
    if (tag === proto) own(object);
    const before = object[tag];
    if (!(tag in object)) object[tag] = value;
    else if (Array.isArray(before)) before.push(value);
    else object[tag] = [before, value];
  }
  for (const [name, value] of Object.entries(attributes ?? {})) write(object, name, value);
  return object;
}

function isLayout(text: string): boolean {
  return text.includes("\n") && text.trim() === "";
}

function write(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === proto) own(object);
  object[key] = value;
}

const proto = "__proto__";

/** Makes it a member like any other. */
function own(object: object): void {
  Object.defineProperty(object, proto, { value: undefined, writable: true, enumerable: true, configurable: true });
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{0,30}));/g,
    (_all, hex?: string, decimal?: string, name?: string) => {
      if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
      if (decimal) return String.fromCharCode(Number.parseInt(decimal, 10));
      return entities[name!] ?? "";
    },
  );
}

function codesOf(signs: string): ReadonlySet<number> {
  return new Set([...signs].map((sign) => sign.charCodeAt(0)));
}
