/**
 * What people write who come from CloudFormation, Terraform or Kubernetes, and what slips into YAML: 127 mistakes, each with one
 * error for each cause, at its place, that says what to write. The first lines of each file tell: `# LINE:COLUMN CODE, says: HINT`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";

const home = join(import.meta.dirname, "mistakes");
const files = readdirSync(home);

test("there are 127", () => expect(files).toHaveLength(127));

describe.each(files)("%s", (file) => {
  const { diagnostics } = loadEnvironment({ nameOrPath: file, cwd: home, kinds, types });
  const found = diagnostics.map(({ code, at, hint }) => `${at?.line}:${at?.column} ${code}, says: ${hint}`);

  test("one error for each cause, at its place, with what to do", () => {
    expect(found).toEqual(expectedIn(readFileSync(join(home, file), "utf8")));
  });
});

function expectedIn(text: string): string[] {
  const lines = [...text.matchAll(/^# (.*)$/gm)].map((match) => match[1]!);
  expect(lines.length).toBeGreaterThan(0);
  return lines[0] === "accepted" ? [] : lines;
}
