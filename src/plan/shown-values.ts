/** The form in which a plan shows values. */
import type { Address, FieldRule, Json, Spec, Told } from "../kinds/kind.ts";
import { bytesOf, isBinary } from "../resource/binary.ts";
import { isLate, lateIn, shownLate } from "../resource/late.ts";
import { hashOf } from "./hash.ts";

/** Returns a value as a plan shows it. */
export function told({ hashed }: FieldRule, value: unknown): Json | undefined {
  if (hashed && isLate(value)) return sourcesText(value);
  return hashed && typeof value === "string" ? `sha256:${hashOf(value)}` : json(value);
}

/** The lines of a field of a new object: one for each entry where the field is a list or a map. */
export function toldLines(field: string, rule: FieldRule, value: unknown, isWritten: boolean): { readonly told?: readonly Told[] } {
  if (rule.hashed && typeof value === "string") return { told: [{ text: scriptText(field, value) }] };
  const document = rule.lines?.(json(value), field);
  if (document) return { told: document };
  if (rule.tell === undefined || value === null) return {};
  const { tell } = rule;
  const lines = Array.isArray(value)
    ? value.map((item) => tell(item))
    : typeof value === "object"
      ? Object.entries(value as Spec).map(([key, item]) => tell(item, key))
      : [tell(value)];
  return { told: isWritten ? lines : lines.map((line) => ({ ...line, text: `${line.text} (default)` })) };
}

/** Returns the length of a script and its hash, never its text. */
function scriptText(field: string, script: string): string {
  if (isBinary(script)) return `${field}: ${bytesOf(script).length.toLocaleString("en")} bytes, sha256:${hashOf(script).slice(0, 12)}`;
  const lines = script.trimEnd().split("\n").length;
  const which = isLate(script) ? sourcesText(script) : `sha256:${hashOf(script).slice(0, 12)}`;
  return `${field}: ${lines} ${lines === 1 ? "line" : "lines"}, ${which}`;
}

export function toldItem({ tell }: FieldRule, value: unknown, key: string): { readonly told?: Told } {
  return tell ? { told: tell(value, key) } : {};
}

export function json(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(shownLate(value))) as Json);
}

/** The objects after which a value is known, where it is not known yet. */
export function knownAfter(value: unknown): { readonly knownAfter?: readonly Address[] } {
  const addresses = sourcesOf(value);
  return addresses.length === 0 ? {} : { knownAfter: addresses };
}

function sourcesOf(value: unknown): Address[] {
  return [...new Set(lateIn(value).map(({ address }) => address))];
}

/** "(known after dbInstance/main and loadBalancer/web)". */
function sourcesText(value: unknown): string {
  return `(known after ${sourcesOf(value).join(" and ")})`;
}
