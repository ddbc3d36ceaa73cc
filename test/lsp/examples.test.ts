/** Every resource of the example environments under a new name: a place that the list of references lacks is told by the check after the rename. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { editorFilesOf } from "../../src/cli/commands/lsp.ts";
import { kinds } from "../../src/kinds/index.ts";
import { declaredIn } from "../../src/lsp/names.ts";
import { LanguageServer } from "../../src/lsp/server.ts";

const examples = join(import.meta.dirname, "../../environments");

test("all are renamed but those whose names are computed, and those that are not declared now", () => {
  const refused: string[] = [];
  let made = 0;
  for (const example of readdirSync(examples).filter((name) => name.endsWith(".yaml"))) {
    const folder = mkdtempSync(join(tmpdir(), "infra-examples-"));
    const isOther = (path: string) => /environments\/[^/]+\.yaml$/.test(path) && !path.endsWith(`/${example}`);
    cpSync(examples, join(folder, "environments"), { recursive: true, filter: (path) => !isOther(path) });
    const path = join(folder, "environments", example);
    const text = readFileSync(path, "utf8");
    const disk = editorFilesOf(folder);
    const server = new LanguageServer(disk);
    for (const { kind, name, start } of declaredIn([{ path, text }], kinds)) {
      const before = text.slice(0, start).split("\n");
      const position = { line: before.length - 1, character: before.at(-1)!.length };
      const params = { textDocument: { uri: disk.uriOf(path) }, position, newName: "another-name" };
      const { error } = server.receive({ id: 1, method: "textDocument/rename", params })[0]!;
      if (error) refused.push(`${example}: ${kind}/${name}: ${(error as { message: string }).message}`);
      else made++;
    }
    rmSync(folder, { recursive: true });
  }
  expect(made).toBeGreaterThan(200);
  expect(
    refused.filter(
      (why) => !/computes the name: |names \w+ "[\w-]+", which is not declared|is not declared in [\w-]+ as it is now/.test(why),
    ),
  ).toEqual([]);
}, 240_000);
