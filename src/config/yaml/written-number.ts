/** Numbers whose text says more than their value: a version 8.10 is no 8.1. Outputs and variables are shown as they were written. */
import { scalarsOf, type ScalarTree, type Tree } from "./tree.ts";

/** A number with its text. In JSON it is a number like any other. */
export class WrittenNumber {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }

  toJSON(): number {
    return this.value;
  }
}

/** Returns the value of a tree, with numbers as they were written. */
export function toWritten(tree: Tree): unknown {
  return scalarsOf(tree, (scalar) => {
    const { value, raw } = scalar;
    return isWrittenOtherwise(scalar) ? new WrittenNumber(Number(value), raw) : value;
  });
}

/** Whether the text of a number differs from that of its value. */
export function isWrittenOtherwise({ value, raw }: ScalarTree): boolean {
  return typeof value === "number" && raw !== "" && raw !== String(value);
}

/** Returns the value as JSON. A decimal is written as in the file: to JSON, 8.10 and 8.1 are the same number. */
export function jsonOf(value: unknown, indent?: number): string {
  const texts: string[] = [];
  const mark = (at: number | string) => `\uE010${at}\uE011`;
  const json = JSON.stringify(
    value,
    function (this: Readonly<Record<string, unknown>>, key, inner: unknown) {
      const held = this[key];
      if (!(held instanceof WrittenNumber) || !isJsonNumber(held.text)) return inner;
      return mark(texts.push(held.text) - 1);
    },
    indent,
  );
  if (texts.length === 0) return json;
  return json.replace(new RegExp(`"${mark("(\\d+)")}"`, "g"), (all, at: string) => texts[Number(at)] ?? all);
}

function isJsonNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}
