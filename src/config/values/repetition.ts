import type { Spot } from "../yaml/source.ts";
import type { Plain } from "../../expressions/values.ts";
import type { Tree } from "../yaml/tree.ts";

/** One of the objects that a repeated resource makes. */
export interface Item {
  /** The key in the brackets of its address. */
  readonly key: string;
  /** Its position among the items as they are written; 0 for the first. */
  readonly index: number;
  /** `each.value`. */
  readonly value: Plain;
  /** The value with the text of its numbers; absent when no value is written. */
  readonly written?: Tree;
}

/** How many objects a resource of the YAML stands for in this run. */
export type Repetition =
  | { readonly how: "one" }
  /** Its `when` is false. */
  | { readonly how: "absent"; readonly at: Spot }
  | {
      readonly how: "count" | "forEach";
      readonly items: readonly Item[];
      /** Keys for which `when` is false. */
      readonly absent: ReadonlySet<string>;
    }
  /** A mistake hides the number. It is reported at its own place. */
  | { readonly how: "broken" };

/** The most objects of one resource; also the highest `count`. */
export const mostItems = 1000;

/** Whether a key fits into brackets, tags and names. */
export function isKey(key: string): boolean {
  return /^[A-Za-z0-9_-]{1,63}$/.test(key);
}

/** Splits a reference as it is written: "subnet/public[a]" into `subnet`, `public` and `a`. Kind and key may be absent. */
export function splitRef(written: string): {
  readonly kind: string | undefined;
  readonly name: string;
  readonly key: string | undefined;
} {
  const [, kind, name = "", key] = /^(?:([^/]+)\/)?(.*?)(?:\[([^\]]*)\])?$/s.exec(written)!;
  return { kind, name, key };
}

/** Splits "public[a]" into `public` and `a`. There is no key when there are no brackets. */
export function partsOfName(name: string): { readonly base: string; readonly key: string | undefined } {
  const [, base = name, key] = /^(.*?)\[([^\]]*)\]$/s.exec(name) ?? [];
  return { base, key };
}
