/**
 * 205 mistakes of people who come from CloudFormation, Terraform or Kubernetes, and slips of YAML. Each has one error for each cause, at
 * its place, that says what to write. The first lines of each file hold the expectation: `# LINE:COLUMN CODE, says: HINT`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { folderWith } from "./write-files.ts";

const home = join(import.meta.dirname, "mistakes");
const files = readdirSync(home);

test("there are 205", () => expect(files).toHaveLength(205));

describe.each(files)("%s", (file) => {
  const { diagnostics } = loadEnvironment({ nameOrPath: file, cwd: home, kinds, types });
  const found = diagnostics.map(({ code, at, hint }) => `${at?.line}:${at?.column} ${code}, says: ${hint}`);

  test("each mistake has one line", () => {
    for (const { summary, hint = "" } of diagnostics) expect(summary + hint).not.toContain("\n");
  });

  test("one error for each cause, at its place, with what to do", () => {
    expect(found).toEqual(expectedIn(readFileSync(join(home, file), "utf8")));
  });
});

/** Mistakes in the bytes of a file, which no text in a folder of cases can show. */
describe("the bytes of a file", () => {
  const head = "project: lab\nenvironment: lab\nregion: eu-west-1\n";
  const rest = `${head}vpcs:\n  main:\n    cidrBlok: 10.0.0.0/16\n`;
  const asUtf8 = "save it as UTF-8; in PowerShell, write `… | Out-File -Encoding utf8 FILE` instead of `… > FILE`";
  const beginning = "an environment begins with `project:` and `region:`; `infra init` writes an example";
  const misspelt = '6:5 unknown-field, says: did you mean "cidrBlock"?, at:     cidrBlok: 10.0.0.0/16';

  test.each<[string, Buffer | string, string]>([
    ["none", "", `1:1 file-empty, says: ${beginning}, at: undefined`],
    ["blanks", " \n\n", `1:1 file-empty, says: ${beginning}, at: undefined`],
    ["line breaks of Windows", rest.replaceAll("\n", "\r\n"), misspelt],
    ["line breaks of old Macs", rest.replaceAll("\n", "\r"), misspelt],
    ["line breaks of both", rest.replaceAll("\n", "\r\n").replace("\r\n", "\r"), misspelt],
    ["a byte-order mark", `\ufeff${rest}`, misspelt],
    ["UTF-16, as PowerShell writes it", Buffer.from(`\ufeff${rest}`, "utf16le"), `1:1 file-not-text, says: ${asUtf8}, at: undefined`],
    ["UTF-16 without its mark", Buffer.from(rest, "utf16le"), `1:1 file-not-text, says: ${asUtf8}, at: undefined`],
    [
      "a letter of Latin-1",
      Buffer.from(`${head}# für alle\n`, "latin1"),
      "4:4 file-not-text, says: save the file as UTF-8, at: # für alle",
    ],
    ["a character cut in two", Buffer.from(`${head}# für`).subarray(0, -2), "4:4 file-not-text, says: save the file as UTF-8, at: # fÃ"],
    [
      "a letter of Latin-1 beside a secret",
      Buffer.from(`${head}# für AKIAIOSFODNN7EXAMPL3\n`, "latin1"),
      "4:4 file-not-text, says: save the file as UTF-8, at: # für ********",
    ],
  ])("%s", (_what, bytes, expected) => {
    const cwd = folderWith({ "test.yaml": bytes });
    const found = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds, types }).diagnostics;
    expect(found.map(({ code, at, hint }) => `${at?.line}:${at?.column} ${code}, says: ${hint}, at: ${at?.text}`)).toEqual([expected]);
  });
});

function expectedIn(text: string): string[] {
  const lines = [...text.matchAll(/^# (.*)$/gm)].map((match) => match[1]!);
  expect(lines.length).toBeGreaterThan(0);
  return lines[0] === "accepted" ? [] : lines;
}
