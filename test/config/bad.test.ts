/**
 * Every bad input has its expectation on the offending line: `# expect: CODE TEXT`. TEXT is the part that the caret underlines; without it
 * the part is not checked. Several problems stand in a row. NAME.txt holds the output that people see.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { codes } from "../../src/cli/codes.ts";
import type { Diagnostic } from "../../src/diag/diagnostic.ts";
import { formatDiagnostic, tally } from "../../src/diag/format.ts";
import { toyKinds } from "./toy-kinds.ts";

const home = join(import.meta.dirname, "bad");
const cases = readdirSync(home).filter((name) => !name.endsWith(".txt"));

describe.each(cases)("%s", (name) => {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: name, cwd: home, kinds: toyKinds });

  test("codes and places are as expected", () => {
    const expected = textFiles(join(home, name)).flatMap(expectationsIn);
    expect(expected.length).toBeGreaterThan(0);
    const found = diagnostics.map((diagnostic) => ({ ...placeOf(diagnostic), code: diagnostic.code }));
    expect(found.map(withoutText).sort()).toEqual(expected.map(withoutText).sort());
    for (const { file, line, code, text } of expected)
      if (text !== undefined)
        expect(
          found.some((it) => it.file === file && it.line === line && it.code === code && it.text === text),
          `${code} under ${text}; found ${JSON.stringify(found)}`,
        ).toBe(true);
  });

  test("every code is documented", () => {
    for (const { code } of diagnostics) expect(codes).toHaveProperty(code);
  });

  test("people see this", async () => {
    const text = [...diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)), tally(diagnostics)].join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot(join(home, `${name.replace(/\.yaml$/, "")}.txt`));
  });

  test("an environment is given only without errors", () => {
    expect(environment === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
  });
});

interface Expectation {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly text?: string | undefined;
}

function withoutText({ file, line, code }: Expectation): string {
  return `${file}:${line} ${code}`;
}

function placeOf({ at }: Diagnostic) {
  const text = at?.text?.slice(at.column - 1, at.column - 1 + (at.length ?? 1));
  return { file: at?.file ?? "", line: at?.line ?? 0, text };
}

function textFiles(path: string): string[] {
  return statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => textFiles(join(path, name))) : [path];
}

function expectationsIn(path: string): Expectation[] {
  const file = relative(home, path);
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((text, i) => {
      const [, elsewhere, words] = /# expect(?:-at)?: (?:(\d+) )?(.*?)(?: # .*)?$/.exec(text) ?? [];
      return words === undefined ? [] : parseWords(words, file, elsewhere === undefined ? i + 1 : Number(elsewhere));
    });
}

/** Parses "code text code text"; a word that is not a code is the string of the code before it. */
function parseWords(words: string, file: string, line: number): Expectation[] {
  const found: { file: string; line: number; code: string; text?: string }[] = [];
  for (const word of words.split(/ (?=[^ ])/)) {
    const last = found.at(-1);
    if (word in codes) found.push({ file, line, code: word });
    else if (last) last.text = last.text === undefined ? word : `${last.text} ${word}`;
  }
  return found;
}
