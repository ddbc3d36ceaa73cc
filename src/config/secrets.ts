/** Looks for secrets in the texts that users wrote. Each finding shows the line and never the value. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Source } from "./source.ts";

const mask = "********";

interface Pattern {
  readonly what: string;
  /** The value to hide is the group `value`. */
  readonly pattern: RegExp;
}

const word = "[A-Za-z0-9_.-]*";
const secretWord = "(?:password|passwd|passphrase|_pwd|secret|token|api_?key)";
const patterns: readonly Pattern[] = [
  { what: "an AWS access key id", pattern: /(?<![A-Za-z0-9])(?<value>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])/dg },
  {
    what: "an AWS secret access key",
    pattern: /secret_?(?:access_?)?key["']?\s*[:=]\s*["']?(?<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/dgi,
  },
  { what: "a password in a URL", pattern: /[a-z][a-z0-9+]*:\/\/[^\s:/@"']*:(?<value>[^\s:/@"'$<{]+)@/dgi },
  {
    what: "what looks like a password",
    pattern: new RegExp(`(?<![A-Za-z0-9])${word}${secretWord}["']?\\s*[:=]\\s*(?<value>"[^"]*"|'[^']*'|[^\\s,;#}&|]+)`, "dgi"),
  },
  { what: "a private key", pattern: /(?<value>-----BEGIN [A-Z ]*PRIVATE KEY-----.*)/dg },
];

/** Values that stand where a password would and are none: switches, references to somewhere else, blanks. */
const switches = "managed|required|optional|none|null|true|false|yes|no|enabled|disabled|default";
const elsewhere = "[$<{@%/[>|].*|arn:.*|file:.*|https?:.*|ssm:.*";
const harmless = new RegExp(`^["']?(?:|${switches}|[\\d.]{1,4}|\\*+|${elsewhere})["']?$`, "is");

/** Reports each secret of a text and hides it in all that is later shown of the text. Returns the values, for hiding them elsewhere. */
export function findSecrets(source: Source, report: (diagnostic: Diagnostic) => void): string[] {
  if (!suspicious.test(source.text)) return [];
  const values: string[] = [];
  let insideKey = false;
  for (let number = 1; number <= source.lineCount(); number++) {
    const line = source.rawLine(number);
    if (insideKey) {
      source.masked.set(number, mask);
      insideKey = !line.includes("-----END");
      continue;
    }
    const found = secretsIn(line);
    if (found.length === 0) continue;
    insideKey = found.some(({ what }) => what === "a private key") && !line.includes("-----END");
    values.push(...found.map(({ value }) => value));
    hideLine(source, number, line, found);
    if (!isAllowed(line))
      for (const { what, start } of found) report(finding(source, number, what, columnAfterMasking(found, start), line));
  }
  return values;
}

/** One cheap look at the whole text; nearly every file ends here. */
const suspicious = /AKIA|ASIA|passw|passphrase|_pwd|secret|token|api_?key|PRIVATE KEY|:\/\/[^\s/]*@/i;

interface Found {
  readonly what: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

function secretsIn(line: string): Found[] {
  const all: Found[] = [];
  for (const { what, pattern } of patterns)
    for (const match of line.matchAll(pattern)) {
      const [start, end] = match.indices!.groups!["value"]!;
      const value = line.slice(start, end);
      const overlaps = all.some((other) => start < other.end && other.start < end);
      if (!overlaps && !harmless.test(value)) all.push({ what, value: value.replace(/^["']|["']$/g, ""), start, end });
    }
  return all.sort((a, b) => a.start - b.start);
}

function hideLine(source: Source, number: number, line: string, found: readonly Found[]): void {
  let masked = "";
  let at = 0;
  for (const { start, end } of found) {
    masked += line.slice(at, start) + mask;
    at = end;
  }
  source.masked.set(number, masked + line.slice(at));
}

function columnAfterMasking(found: readonly Found[], start: number): number {
  return found
    .filter((other) => other.start < start)
    .reduce((column, { start: from, end }) => column + mask.length - (end - from), start + 1);
}

/** The reason is required: whoever allows something says why. */
function isAllowed(line: string): boolean {
  return /#\s*infra:allow-secret\s+\S/.test(line);
}

function finding(source: Source, line: number, what: string, column: number, raw: string): Diagnostic {
  const unreasoned = /#\s*infra:allow-secret\s*$/.test(raw);
  return {
    code: "secret-in-text",
    severity: "error",
    at: { file: source.file, line, column, length: mask.length, text: source.line(line) },
    summary: `${what} stands here, in a text that many read.`,
    hint: unreasoned
      ? "infra:allow-secret needs a reason behind it"
      : "take it out and revoke it; if it is none, write `# infra:allow-secret REASON` on the line",
  };
}

/** Hides known secret values in what is said about other things. */
export function redact(diagnostic: Diagnostic, values: readonly string[]): Diagnostic {
  const hide = (text: string) => values.reduce((now, value) => (value.length > 3 ? now.replaceAll(value, mask) : now), text);
  const { summary, detail, hint } = diagnostic;
  return { ...diagnostic, summary: hide(summary), ...(detail && { detail: hide(detail) }), ...(hint && { hint: hide(hint) }) };
}
