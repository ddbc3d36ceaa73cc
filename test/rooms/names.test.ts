/** What the pages and comments name is there, and what a file exports is used by another. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((name) => /\.(ts|mjs|md)$/.test(name) && existsSync(join(root, name)));
const texts = new Map(files.map((name) => [name, readFileSync(join(root, name), "utf8")]));

/** What a comment or a page says; code is left out. */
function said(name: string, text: string): readonly string[] {
  const lines = text.split("\n");
  return name.endsWith(".md") ? lines : lines.flatMap((line) => /(?:^\s*\*|\/\*\*|\/\/).*/.exec(line) ?? []);
}

test("every file and folder of the sources that a page or a comment names exists", () => {
  const named = files.flatMap((name) =>
    said(name, texts.get(name)!).flatMap((line) =>
      [...line.matchAll(/(?<![\w./-])(?:src|test|packages)\/[\w@./*-]*\w/g)].map(([path]) => ({ name, path })),
    ),
  );
  expect(named.length).toBeGreaterThan(100);
  const isThere = ({ name, path }: (typeof named)[number]) => {
    const start = path.replace(/\*.*/, "");
    const isFrom = (folder: string) => existsSync(join(root, folder, path)) || files.some((file) => file.startsWith(join(folder, start)));
    return /\/[A-Z]{3,}/.test(path) || isFrom(".") || isFrom(dirname(name));
  };
  expect(named.filter((one) => !isThere(one)).map(({ name, path }) => `${name}: ${path}`)).toEqual([]);
});

test("every file that a page or a comment names by the end of its path exists", () => {
  const named = files
    .filter((name) => name !== "CHANGELOG.md" && !name.startsWith("docs/decisions/"))
    .flatMap((name) =>
      said(name, texts.get(name)!).flatMap((line) =>
        [...line.matchAll(/(?<![\w./*$}@-])(?:[\w-]+\/)*[\w-]+(?:\.\w+)?\.ts\b/g)].map(([path]) => ({ name, path })),
      ),
    );
  expect(named.length).toBeGreaterThan(100);
  const ends = new Set(files.flatMap((file) => file.split("/").map((_part, i, parts) => parts.slice(i).join("/"))));
  expect(named.filter(({ path }) => !ends.has(path) && !/\b[A-Z]{3,}\b/.test(path)).map(({ name, path }) => `${name}: ${path}`)).toEqual(
    [],
  );
});

test("every function and constant that a file of src/ exports is named by another file", () => {
  const users = new Map<string, number>();
  for (const text of texts.values())
    for (const word of new Set(text.match(/[A-Za-z_$][\w$]*/g))) users.set(word, (users.get(word) ?? 0) + 1);
  const exported = [...texts].flatMap(([name, text]) =>
    name.startsWith("src/")
      ? [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) ([\w$]+)/gm)].map(([, one]) => ({ name, one: one! }))
      : [],
  );
  expect(exported.length).toBeGreaterThan(1000);
  expect(exported.filter(({ one }) => users.get(one) === 1).map(({ name, one }) => `${name}: ${one}`)).toEqual([]);
});
