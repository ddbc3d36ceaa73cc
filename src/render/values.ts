import type { Position } from "../diag/diagnostic.ts";
import { hasUnseen } from "../diag/harmless.ts";
import type { Json } from "../kinds/kind.ts";

/** A value the way an author would write it on one line of YAML. */
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

/** Strings that YAML would read back as the same string inside a list or an object. */
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

/** The first line of long text and how much more there is: user data, policies. */
export function brief(value: Json | undefined): string {
  if (typeof value !== "string" || !value.includes("\n")) return inline(value);
  const lines = value.split("\n");
  return `${inline(lines[0]!)} (+${lines.length - 1} more lines)`;
}

/** `network/prod.yaml:14`, for people; in a part with the line of its use behind it, `parts/web.yaml:9 (prod.yaml:80)`. */
export function placeOf(at: Position | undefined): string {
  if (at === undefined) return "";
  return at.via ? `${at.file}:${at.line} (${at.via.file.split(/[\\/]/).at(-1)}:${at.via.line})` : `${at.file}:${at.line}`;
}
