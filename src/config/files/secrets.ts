/** Looks for secrets in the texts that users wrote. Each finding shows the line and never the value. */
import type { Diagnostic } from "../../diag/diagnostic.ts";
import type { Source } from "../yaml/source.ts";

const mask = "********";

export interface Pattern {
  readonly what: string;
  /** A sign that every such secret contains. Nearly every file contains none, so one search for all signs is enough for it. */
  readonly sign: RegExp;
  /**
   * The value to hide is the group `value`. Every repetition has an upper bound, and a pattern that could begin anywhere in a long word
   * begins only at its edge. A search therefore takes time in proportion to the text, whatever the text is.
   */
  readonly pattern: RegExp;
}

const secretWord = "(?:password|passwd|passphrase|_pwd|secret|token|api_?key|pre_?shared_?key)";
const edge = "(?<![A-Za-z0-9_-])";
/** The characters of a value without quotes; any other character ends it. */
const bare = "[^\\s,;#}&|\"'`]";

/** Tokens with a prefix from their issuers, by which they can be found. */
const issued: readonly (readonly [what: string, sign: string, token: string])[] = [
  ["a GitHub token", "gh[pousr]_|github_pat_", "(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})"],
  ["a GitLab token", "gl[a-z]{2,8}-", "gl(?:pat|rt|dt|ptt|cbt|soat|agent)-[A-Za-z0-9_-]{20,255}"],
  ["a Slack token", "xox[a-z]-|xapp-", "(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,255}"],
  ["a Slack webhook", "hooks\\.slack\\.com", "hooks\\.slack\\.com/services/[A-Za-z0-9]{6,20}/[A-Za-z0-9]{6,20}/[A-Za-z0-9]{12,64}"],
  ["a Stripe key", "[sr]k_(?:live|test)_", "[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}"],
  ["an npm token", "npm_", "npm_[A-Za-z0-9]{36,64}"],
  ["a PyPI token", "pypi-", "pypi-AgE[A-Za-z0-9_-]{40,400}"],
  ["a Docker token", "dckr_", "dckr_[a-z]{3}_[A-Za-z0-9_-]{20,64}"],
  ["a Google API key", "AIza", "AIza[A-Za-z0-9_-]{35}"],
  ["a SendGrid key", "SG\\.", "SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,64}"],
  ["a Vault token", "hvs\\.", "hvs\\.[A-Za-z0-9_-]{24,255}"],
  ["an API key", "sk-", "sk-(?:live|test|proj|ant)-[A-Za-z0-9_-]{12,255}"],
  ["a JSON web token", "eyJ", "eyJ[A-Za-z0-9_-]{8,4000}\\.eyJ[A-Za-z0-9_-]{8,4000}\\.[A-Za-z0-9_-]{8,2000}"],
  ["an age key", "AGE-SECRET", "AGE-SECRET-KEY-1[A-Z0-9]{50,255}"],
];

export const patterns: readonly Pattern[] = [
  { what: "an AWS access key id", sign: /AKIA|ASIA/, pattern: /(?<![A-Za-z0-9])(?<value>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])/dg },
  {
    what: "an AWS secret access key",
    sign: /secret/,
    pattern: /secret_?(?:access_?)?key["']?\s{0,20}[:=]\s{0,20}["']?(?<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/dgi,
  },
  {
    what: "an AWS session token",
    sign: /IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz/,
    pattern: /(?<![A-Za-z0-9/+])(?<value>(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[A-Za-z0-9/+=]{20,4000})/dg,
  },
  {
    what: "a key for the AWS CLI",
    sign: /configure\s/,
    pattern: new RegExp(
      `configure\\s{1,20}set\\s{1,20}[\\w.-]{0,60}aws_(?:secret_access_key|session_token)\\s{1,20}(?<value>"[^"]{0,999}"|'[^']{0,999}'|${bare}{1,9999})`,
      "dgi",
    ),
  },
  ...issued.map(([what, sign, token]) => ({ what, sign: new RegExp(sign), pattern: new RegExp(`${edge}(?<value>${token})`, "dg") })),
  { what: "a password in a URL", sign: /:\/\/[^\s/]{0,999}@/, pattern: /:\/\/[^\s:/@"']{0,255}:(?<value>[^\s:/@"'$<{]{1,999})@/dg },
  {
    what: "a bearer token",
    sign: /bearer\s/,
    pattern: /\bbearer\s{1,20}(?<value>(?=[^\s"']{0,99}\d)[A-Za-z0-9._~+/=-]{12,4000})/dgi,
  },
  {
    what: "a password for curl",
    sign: /curl\s/,
    pattern: /\bcurl\s[^|;&]{0,300}?(?<=\s)(?:-u[\s=]{0,3}|--user[\s=]{1,3})["']?[^\s:"'$]{1,99}:(?<value>[^\s"'$<{|;&]{1,999})/dg,
  },
  {
    what: "a password for a database's client",
    sign: /(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\s/,
    pattern: new RegExp(
      `\\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\\s[^|;&]{0,300}?(?<=\\s)-p(?<value>"[^"]{0,999}"|'[^']{0,999}'|${bare}{1,999})`,
      "dg",
    ),
  },
  {
    what: "a password for passwd",
    sign: /passwd/,
    pattern:
      /\b(?:echo|printf)\s{1,20}(?:-\w{1,3}\s{1,20})?(?<value>"[^"]{1,999}"|'[^']{1,999}'|[^\s"'|]{1,999})\s{0,20}\|\s{0,20}(?:sudo\s{1,20})?(?:chpasswd|passwd\s[^|;&]{0,99}?--stdin)/dg,
  },
  {
    what: "a password",
    sign: new RegExp(secretWord),
    // The ARN of a secret names the secret and holds nothing of it.
    pattern: new RegExp(
      `(?<!:secretsmanager:[a-z0-9*-]{0,30}:[\\d*]{0,12}:)${secretWord}["']?\\s{0,20}[:=]\\s{0,20}(?<value>"[^"]{0,999}"|'[^']{0,999}'|[^\\s,;#}&|]{1,9999})`,
      "dgi",
    ),
  },
  { what: "a private key", sign: /PRIVATE KEY/, pattern: /(?<value>-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.{0,9999})/dg },
];

/** Values in the place of a password that are none: switches, units of time, references to other places, blanks. */
const switches = "managed|required|optional|none|null|true|false|yes|no|enabled|disabled|default|seconds|minutes|hours|days";
const elsewhere = "[$<{@%/[>|].*|arn:.*|file:.*|https?:.*|ssm:.*";
const harmless = new RegExp(`^["']?(?:|${switches}|[\\d.]{1,4}|\\*+|${elsewhere})["']?$`, "is");

/**
 * Reports each secret of a text and hides it wherever the text is shown later. Returns the values, so that they can be hidden elsewhere.
 */
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

/** One cheap search of the whole text; nearly every file ends here. */
const suspicious = new RegExp(patterns.map(({ sign }) => sign.source).join("|"), "i");

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

/** Whether a line allows its secret. The reason is required: a user who allows a secret must say why. */
function isAllowed(line: string): boolean {
  return /#\s{0,20}infra:allow-secret\s{1,20}\S/.test(line);
}

const insteadOfPassword =
  "remove it and change the password; for a database write `managed` or `{ ssmParameter: NAME }` as masterPassword, and let a script read a parameter";

function finding(source: Source, line: number, what: string, column: number, raw: string): Diagnostic {
  const unreasoned = /#\s{0,20}infra:allow-secret\s{0,20}$/.test(raw);
  const isPassword = /password/.test(what);
  return {
    code: "secret-in-text",
    severity: "error",
    at: { file: source.file, line, column, length: mask.length, text: source.line(line) },
    summary: `This looks like ${what}. Do not store secrets in ${/\.ya?ml$/.test(source.file) ? "YAML" : "files"}.`,
    hint: unreasoned
      ? "write a reason after infra:allow-secret"
      : `${isPassword ? insteadOfPassword : "remove it and revoke it"}; if it is not a secret, write \`# infra:allow-secret REASON\` on the line`,
  };
}

/**
 * Hides known secret values in a diagnostic about something else. A diagnostic about a secret shows no value, and its own words stay, also
 * when one of them is the value: `password: secret`.
 */
export function redact(diagnostic: Diagnostic, values: readonly string[]): Diagnostic {
  if (diagnostic.code === "secret-in-text") return diagnostic;
  const hide = (text: string) => values.reduce((now, value) => (value.length > 3 ? now.replaceAll(value, mask) : now), text);
  const { summary, detail, hint } = diagnostic;
  return { ...diagnostic, summary: hide(summary), ...(detail && { detail: hide(detail) }), ...(hint && { hint: hide(hint) }) };
}
