/** Finds text in a value that does not belong to it, whatever the value is for: a comment, a comma of JSON, a line break. */
import type { Diagnostic } from "../../diag/diagnostic.ts";

/** Adds a hint to a refused value when something in it makes it differ from the value that was meant. */
export function withHintForStray(diagnostic: Diagnostic): Diagnostic {
  const { code, at, summary } = diagnostic;
  if (at?.text === undefined || code.startsWith("yaml-")) return diagnostic;
  const written = at.text.slice(at.column - 1, at.column - 1 + (at.length ?? 1));
  const hint = /^[|>]$/.test(written) && summary.includes('\\n"') ? blockHint(written) : hintFor(written, summary);
  return hint === undefined ? diagnostic : { ...diagnostic, hint };
}

function blockHint(mark: string): string {
  return `write the value after its colon, on one line: ${mark} adds a line break to it`;
}

/** Whether a message quotes the value. Only then is the value itself refused. */
function isQuotedIn(summary: string, written: string): boolean {
  return summary.includes(JSON.stringify(written)) || summary.includes(`"${written}"`);
}

function hintFor(marked: string, summary: string): string | undefined {
  const inQuotes = /^(["'])(.*)\1$/.exec(marked)?.[2];
  const written = inQuotes ?? marked;
  if (!isQuotedIn(summary, written)) return undefined;
  const ascii = inAscii(written);
  if (ascii !== undefined) return `a character in it looks like another: write ${ascii}`;
  if (inQuotes !== undefined) return undefined;
  const [, value, mark, comment] = /^(\S.*?)(\s+\/\/\s*|\s*\/\*\s*|\s+--\s+|#\s*)(.*?)(?:\s*\*\/)?$/.exec(written) ?? [];
  if (mark !== undefined) return `a comment begins with a space and #: write \`${value} # ${comment}\``;
  const [, alone, end] = /^(.*\S)\s*([,;])$/.exec(written) ?? [];
  if (end !== undefined) return `a line of YAML does not end with a ${end === "," ? "comma" : "semicolon"}: write ${alone}`;
  return /^\d{1,3}([_,]\d{3})+$/.test(written) ? `write ${written.replaceAll(/[_,]/g, "")}` : undefined;
}

/** Returns the text in the letters of a keyboard. Other scripts and printers have some that look the same. */
function inAscii(written: string): string | undefined {
  const ascii = written
    .normalize("NFKC")
    .replaceAll(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "")
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll(/[\u2044\u2215]/g, "/")
    .replaceAll(/[\u201c-\u201f\u2018-\u201b]/g, "");
  if (ascii.includes(":") && !written.includes(":")) return undefined; // a name with its value, which is reported as such
  return ascii !== written && /^[ -~]+$/.test(ascii) ? ascii.trim() : undefined;
}
