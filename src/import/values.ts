/**
 * Puts expressions into texts that hold AWS's values of other imported resources, such as the ARN of a queue in a policy:
 * `${resource('AWS::SQS::Queue/jobs').Arn}`. Kinds with references of their own are written by name (author.ts). This is for the texts that
 * may hold late values. Pure.
 */
import type { Address, Kind, Live } from "../kinds/kind.ts";
import { markOf, outputOf, outputsOfKind } from "../resource/late.ts";
import { idsOf } from "../resource/ownership-check.ts";
import { isLiteral, mapAnnotated, stageOf, usableStage } from "../resource/references.ts";
import type { Entry } from "./author.ts";
import type { Taken } from "./classify.ts";

/** A value of another resource of the file. */
export interface Value {
  readonly address: Address;
  readonly output: string;
}

/** A text with such values in it. */
export class LinkedText {
  readonly parts: readonly (string | Value)[];
  /** The text as AWS has it. */
  readonly literal: string;
  constructor(parts: readonly (string | Value)[], literal: string) {
    this.parts = parts;
    this.literal = literal;
  }
}

/** Returns the entries with expressions in place of the values that AWS made, except where two resources would wait for each other. */
export function withValues(entries: readonly Entry[], taken: readonly Taken[], addresses: ReadonlyMap<Live, Address>): Entry[] {
  const words = new Words(
    inOrder(taken, ({ live }) => addresses.get(live)!),
    addresses,
  );
  const order = new Order(entries);
  const sorted = inOrder(entries, ({ address }) => address);
  // When two resources name each other, the one whose text holds a chosen name keeps its text. The id in the other says nothing to people.
  for (const entry of sorted)
    withValuesIn(entry, words, (field, { address, isByChance }) => isByChance && order.add(entry, field, address));
  const linkedOf = new Map(
    sorted.map((entry) => [entry, withValuesIn(entry, words, (field, { address }) => order.add(entry, field, address))]),
  );
  return entries.map((entry) => linkedOf.get(entry)!);
}

/** Sorts by address, so that the order of AWS's answers does not decide which of two resources that name each other keeps its text. */
function inOrder<T>(all: readonly T[], address: (one: T) => Address): T[] {
  return [...all].sort((a, b) => (address(a) < address(b) ? -1 : 1));
}

function withValuesIn(entry: Entry, words: Words, mayName: (field: string, word: Word) => boolean): Entry {
  const rules = entry.kind.fields as Readonly<Record<string, { readonly late?: true } | undefined>>;
  const fields = Object.entries(entry.body).map(([field, value]) => {
    if (rules[field]?.late !== true) return [field, value] as const;
    const mayHold = (word: Word) => word.address !== entry.address && mayName(field, word);
    return [field, linked(value, field, (text, key) => words.in(text, key, mayHold))] as const;
  });
  return { ...entry, body: Object.fromEntries(fields) };
}

/** Returns the entries, those of these addresses with all texts as AWS has them. */
export function withoutValues(entries: readonly Entry[], isMeant: (address: Address) => boolean): Entry[] {
  return entries.map((entry) => {
    if (!isMeant(entry.address) || !hasValues(entry.body)) return entry;
    return { ...entry, body: unlinked(entry.body, (text) => text.literal) as Entry["body"] };
  });
}

export function hasValues(value: unknown): boolean {
  return value instanceof LinkedText || (typeof value === "object" && value !== null && Object.values(value).some(hasValues));
}

/** Returns a value with each text as it stands in a spec that was read from a file. */
export function withMarks(value: unknown): unknown {
  return unlinked(value, ({ parts }) => parts.map((part) => (typeof part === "string" ? part : markOf(part))).join(""));
}

function unlinked(value: unknown, as: (text: LinkedText) => string): unknown {
  if (value instanceof LinkedText) return as(value);
  if (Array.isArray(value)) return value.map((item) => unlinked(item, as));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unlinked(one, as)]));
}

type Link = (text: string, key: string) => string | LinkedText;

/** Links all texts of a value. `key` is the nearest name above a text; an item of a list has that of the list. */
function linked(value: unknown, key: string, link: Link): unknown {
  if (typeof value === "string") return link(value, key);
  if (Array.isArray(value)) return value.map((item) => linked(item, key, link));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, one]) => [member, linked(one, member, link)]));
}

interface Word extends Value {
  readonly kind: Kind;
  /** Whether nobody chose any part of it. */
  readonly isByChance: boolean;
}

/** The texts by which AWS names the objects of the file, with the output by which an expression names each. */
class Words {
  /** Texts that stand for a single object, wherever they are found. */
  readonly #certain = new Map<string, Word>();
  /** Names that somebody chose. Another text may be the same by chance. */
  readonly #names = new Map<string, Word[]>();
  #pattern: RegExp | undefined;

  constructor(taken: readonly Taken[], addresses: ReadonlyMap<Live, Address>) {
    const all = taken.flatMap(({ kind, live }) => toldOf(kind, live, addresses.get(live)!));
    // An object's own id comes before the same text in the outputs of another object, such as the VPC of a subnet group.
    const own = new Set(all.filter(({ isOwn }) => isOwn).map(({ text }) => text));
    const addressesOf = new Map<string, Set<Address>>();
    for (const { text, word } of all) addressesOf.set(text, (addressesOf.get(text) ?? new Set()).add(word.address));
    for (const { text, word, isOwn, isName } of all) {
      if (isName) this.#names.set(text, [...(this.#names.get(text) ?? []), word]);
      else if ((isOwn || (!own.has(text) && addressesOf.get(text)!.size === 1)) && isUnmistakable(text) && !this.#certain.has(text))
        this.#certain.set(text, word);
    }
  }

  in(text: string, key: string, mayName: (word: Word) => boolean): string | LinkedText {
    const named = this.#named(text, key);
    if (named) return mayName(named) ? new LinkedText([valueOf(named)], text) : text;
    if (this.#certain.size === 0) return text;
    const parts: (string | Value)[] = [];
    let from = 0;
    for (const { 0: found, index } of text.matchAll((this.#pattern ??= patternOf([...this.#certain.keys()])))) {
      const word = this.#certain.get(found)!;
      if (!mayName(word)) continue;
      if (index > from) parts.push(text.slice(from, index));
      parts.push(valueOf(word));
      from = index + found.length;
    }
    if (parts.length === 0) return text;
    return new LinkedText(from < text.length ? [...parts, text.slice(from)] : parts, text);
  }

  /**
   * Returns the object of a name. A name counts when it is the whole text, under a key that says its kind: `FunctionName`, `awslogs-group`.
   */
  #named(text: string, key: string): Word | undefined {
    const fitting = (this.#names.get(text) ?? []).filter(({ kind }) => key.toLowerCase().includes(nounOf(kind)));
    if (new Set(fitting.map(({ address }) => address)).size !== 1) return undefined;
    return fitting.find((one) => one.output === key) ?? fitting[0]!;
  }
}

function valueOf({ address, output }: Value): Value {
  return { address, output };
}

interface Told {
  readonly text: string;
  readonly word: Word;
  readonly isOwn: boolean;
  readonly isName: boolean;
}

/** Returns the texts that AWS tells of an object. Its specific outputs (`QueueUrl`, `arn`) come before `id`, which every kind has. */
function toldOf(kind: Kind, live: Live, address: Address): Told[] {
  const ids = idsOf(live);
  const outputs = Object.entries(outputsOfKind(kind)).filter(([, { type, changesWith }]) => type !== "number" && changesWith === undefined);
  const sorted = [...outputs.filter(([name]) => name !== "id"), ...outputs.filter(([name]) => name === "id")];
  const chosen = live.name ?? (kind.idPrefix === undefined && !isUnmistakable(live.id) ? live.id : undefined);
  return sorted.flatMap(([output]): Told[] => {
    const text = outputOf(live, output);
    if (text === undefined || text === "") return [];
    const isName = text === live.name || (text === live.id && kind.idPrefix === undefined && !isMade(text));
    const isByChance = chosen === undefined || !text.includes(chosen);
    return [{ text, word: { kind, address, output, isByChance }, isOwn: ids.includes(text), isName }];
  });
}

/** Returns the noun of a kind: "queue" for AWS::SQS::Queue, "group" for logGroup. */
function nounOf({ name }: Kind): string {
  return /[A-Z]?[a-z0-9]+$/.exec(name)?.[0].toLowerCase() ?? name.toLowerCase();
}

/** Whether a text can mean only one object: ARNs, ids with their prefix, URLs, host names of AWS, and random texts that AWS makes. */
function isUnmistakable(text: string): boolean {
  return isMade(text) || /^(?=.*\d)(?=.*[a-z])[a-z\d]{10,}$/i.test(text);
}

function isMade(text: string): boolean {
  return (
    /^arn:|^https?:\/\//.test(text) ||
    /^[a-z]+(-[a-z]+)*-[0-9a-f]{8,17}$/.test(text) ||
    /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text) ||
    /^([a-z]{2}|eusc)(-[a-z]+)+-\d_[A-Za-z\d]{9,}$/.test(text) ||
    /^[\w.-]+\.(amazonaws\.com(\.cn)?|cloudfront\.net|on\.aws|awsglobalaccelerator\.com)([/:].*)?$/.test(text)
  );
}

/** Matches the longest text first, and only whole texts: `arn:aws:s3:::files` is not found in `arn:aws:s3:::files-2/*`. */
function patternOf(words: readonly string[]): RegExp {
  const sorted = [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const all = sorted.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return new RegExp(`(?<![\\w.$-])(?:${all})(?![\\w-]|\\.\\w)`, "g");
}

/** Which stage needs which, as `config/cycles.ts` sees it, so that no expression makes a cycle. */
class Order {
  readonly #needs = new Map<string, Set<string>>();
  readonly #entries: ReadonlyMap<Address, Entry>;

  constructor(entries: readonly Entry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.address, entry]));
    for (const entry of entries) {
      const { kind, address, body } = entry;
      kind.stages.forEach(({ name }, i) =>
        this.#needs.set(nodeOf(address, name), new Set(i === 0 ? [] : [nodeOf(address, kind.stages[i - 1]!.name)])),
      );
      mapAnnotated(kind.schema, body, "x-ref", (value, path, schema) => {
        if (typeof value !== "string" || isLiteral(value, schema["x-literal"])) return value;
        const to = this.#entries.get(value.includes("/") ? value : `${schema["x-ref"]![0]}/${value}`);
        if (to && to !== entry) this.#needs.get(nodeOf(address, stageOf(kind, /^[^.[]*/.exec(path)![0])))!.add(usable(to));
        return value;
      });
    }
  }

  /** Records that a field names another resource. Returns false when that resource would wait for the field itself. */
  add({ kind, address }: Entry, field: string, to: Address): boolean {
    const [from, target] = [nodeOf(address, stageOf(kind, field)), usable(this.#entries.get(to)!)];
    if (this.#needs.get(from)!.has(target)) return true;
    if (this.#reaches(target, from)) return false;
    this.#needs.get(from)!.add(target);
    return true;
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set([from]);
    for (const node of seen) {
      if (node === to) return true;
      for (const need of this.#needs.get(node) ?? []) seen.add(need);
    }
    return false;
  }
}

const nodeOf = (address: Address, stage: string) => `${address}#${stage}`;

function usable({ kind, address }: Entry): string {
  return nodeOf(address, usableStage(kind));
}
