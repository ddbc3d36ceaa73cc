import type { Position } from "../diag/diagnostic.ts";
import { hasUnseen } from "../diag/harmless.ts";
import type { Json } from "../kinds/kind.ts";

/** Returns a value as an author would write it on one line of YAML. */
export function inline(value: Json | undefined): string {
  if (value === undefined) return "(not set)";
  if (value === null) return "null";
  if (typeof value === "string") return isPlain(value) ? value : JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.map(inline).join(", ")}]`;
  const members = Object.entries(value);
  return members.length === 0
    ? "{}"
    : `{ ${members.map(([key, of]) => `${isPlain(key) ? key : JSON.stringify(key)}: ${inline(of)}`).join(", ")} }`;
}

/** Whether YAML would read an unquoted string back as the same string inside a list or an object. */
function isPlain(text: string): boolean {
  const isNumber = /^0[xo]|^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
  return (
    !isNumber &&
    !hasUnseen(text) &&
    /^[A-Za-z0-9_/.:$(][^\n\r\t"'{}[\],#&*!|>%@`\\]*$/.test(text) &&
    !/: |:$|\s$/.test(text) &&
    !/^(true|false|null|yes|no|on|off|~)$/i.test(text)
  );
}

/** Returns the first line of a long text (user data, a policy) and the number of its other lines. */
export function brief(value: Json | undefined): string {
  if (typeof value !== "string" || !value.includes("\n")) return inline(value);
  const lines = value.split("\n");
  return `${inline(lines[0]!)} (+${lines.length - 1} more lines)`;
}

/** Returns a position for people: `network/prod.yaml:14`. In a part, the line of its use follows: `parts/web.yaml:9 (prod.yaml:80)`. */
export function placeOf(at: Position | undefined): string {
  if (at === undefined) return "";
  return at.via ? `${at.file}:${at.line} (${at.via.file.split(/[\\/]/).at(-1)}:${at.via.line})` : `${at.file}:${at.line}`;
}
