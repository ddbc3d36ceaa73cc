/**
 * Texts that hold what AWS tells only when an object exists. Such a value stands in a spec as a mark of characters that no YAML of
 * people holds: the address and the output. A plan puts in what is known, and the worker the rest, just before it sends the text.
 */
import type { Address, Kind, Live, OutputDoc, Spec } from "../kinds/kind.ts";

/** One value of another object: `dbInstance/main` and `endpoint`. */
export interface LateValue {
  readonly address: Address;
  readonly output: string;
}

const mark = /\uE000([^\uE001]+)\uE001([^\uE002]+)\uE002/g;

/** The mark that stands for a value until it is known. */
export function markOf({ address, output }: LateValue): string {
  return `\uE000${address}\uE001${output}\uE002`;
}

/** `dbInstance/main.endpoint`: how plans and approvals name a value. */
export function nameOfLate({ address, output }: LateValue): string {
  return `${address}.${output}`;
}

/** What a text is made of, in its order. */
export function partsOf(text: string): (string | LateValue)[] {
  // Splitting by a pattern with two groups gives text, address, output, text and so on.
  const found = text.split(mark);
  return found.flatMap((part, i): (string | LateValue)[] => {
    if (i % 3 === 0) return part === "" ? [] : [part];
    return i % 3 === 1 ? [{ address: part, output: found[i + 1]! }] : [];
  });
}

/** Whether anything in a value waits for AWS. */
export function isLate(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\uE000");
  return typeof value === "object" && value !== null && Object.values(value).some(isLate);
}

/** Every value that a spec waits for, each once, in the order in which they stand. */
export function lateIn(value: unknown, found = new Map<string, LateValue>()): readonly LateValue[] {
  if (typeof value === "string" && value.includes("\uE000")) {
    for (const part of partsOf(value)) if (typeof part !== "string") found.set(nameOfLate(part), part);
  } else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) lateIn(inner, found);
  return [...found.values()];
}

/** Which fields of a resource, and its tags, wait for which objects. */
export function lateNeeds({
  spec,
  tags,
}: {
  readonly spec: Spec;
  readonly tags: object;
}): readonly (LateValue & { readonly path: string })[] {
  const fields = isLate(spec) ? Object.entries(spec) : [];
  return [...fields, ["tags", tags] as const].flatMap(([path, value]) => lateIn(value).map((of) => ({ ...of, path })));
}

/** The value with what is known put in; the same object where nothing is. */
export function withKnown<T>(value: T, known: (of: LateValue) => string | undefined): T {
  if (!isLate(value)) return value;
  const put = (text: string) => text.replace(mark, (whole, address: string, output: string) => known({ address, output }) ?? whole);
  const walk = (inner: unknown): unknown => {
    if (typeof inner === "string") return put(inner);
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, walk(one)]));
  };
  return walk(value) as T;
}

/** The value for people: `(known after dbInstance/main)` where AWS has not told it. */
export function shownLate<T>(value: T): T {
  return withKnown(value, ({ address }) => `(known after ${address})`);
}

/** What a live object has for an output; undefined where AWS does not tell it, or not yet. */
export function outputOf(live: Told | undefined, output: string): string | undefined {
  if (!live) return undefined;
  if (output === "id") return live.id;
  const told = live.outputs?.[output];
  return told || (output === "arn" ? [live.id, ...(live.aliases ?? [])].find((alias) => alias.startsWith("arn:")) : undefined);
}

type Told = Pick<Live, "id" | "outputs"> & Partial<Pick<Live, "aliases">>;

/** All outputs of a kind, the id among them. */
export function outputsOfKind({ outputs = {} }: Pick<Kind, "outputs">): Readonly<Record<string, OutputDoc>> {
  const all = { id: "Its id in AWS.", ...outputs };
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, typeof one === "string" ? { doc: one } : one]));
}
