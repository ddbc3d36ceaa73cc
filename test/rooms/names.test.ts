/** The names in pages and comments exist, and every export is used in another file. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((name) => /\.(ts|mjs|md)$/.test(name) && existsSync(join(root, name)));
const texts = new Map(files.map((name) => [name, readFileSync(join(root, name), "utf8")]));

/** Returns the comments of a file, or the text of a page without its code. */
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

/** The folders of the workspace packages. */
const packages = {
  "@plumbline/aws-sandbox/": "packages/aws-sandbox/src/",
  "@plumbline/aws-types": "packages/aws-types/src/pack.ts",
  "@plumbline/clock": "packages/clock/src/clock.ts",
};

/** Returns the file that an import of `from` loads; undefined for files that are not ours. */
function imported(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  const found = Object.entries(packages).find(([name]) => specifier.startsWith(name));
  return found && found[1] + specifier.slice(found[0].length);
}

test("every function and constant that a file exports is imported by another file", () => {
  const used = new Set<string>();
  for (const [name, text] of texts) {
    if (name.endsWith(".md")) continue;
    for (const [, list, specifier] of text.matchAll(/\b(?:import|export)\s+(?:type\s+)?(\*(?: as \w+)?|[\w\s{},*]+?)\s+from\s+"([^"]+)"/g))
      for (const one of list!.replaceAll(/[{}]/g, "").split(","))
        used.add(
          `${imported(name, specifier!)}: ${one
            .trim()
            .replace(/^type /, "")
            .split(/ as /)[0]!
            .trim()}`,
        );
    for (const [, specifier] of text.matchAll(/import\("([^"]+)"\)/g)) used.add(`${imported(name, specifier!)}: *`);
  }
  const exported = [...texts].flatMap(([name, text]) =>
    /^(?:src|packages\/[\w-]+\/src)\//.test(name)
      ? [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) ([\w$]+)/gm)].map(([, one]) => `${name}: ${one}`)
      : [],
  );
  expect(exported.length).toBeGreaterThan(1000);
  expect(exported.filter((one) => !used.has(one) && !used.has(one.replace(/: .*/, ": *")))).toEqual([]);
});
