/** The table of curated types on their page is what the entries say. UPDATE_DOCS=1 writes it. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { curated, type Curated } from "../../src/kinds/types/curated.ts";

const page = new URL("../../docs/types.md", import.meta.url);
const begin = "<!-- curated types: written by UPDATE_DOCS=1 npx vitest run test/types/page.test.ts -->\n";
const end = "<!-- end -->";

test("the page tells of every curated type how it is found and what is odd about it", () => {
  const text = readFileSync(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const [table, after = ""] = rest.split(end);
  const wanted = `\n${tableOf(Object.entries(curated))}\n\n`;
  if (process.env["UPDATE_DOCS"]) writeFileSync(page, `${before}${begin}${wanted}${end}${after}`);
  else expect(table).toBe(wanted);
});

function tableOf(entries: readonly (readonly [string, Curated])[]): string {
  const rows = entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, known]) => [name, known.doc, foundBy(known), (known.quirks ?? []).join(" ")]);
  return [["type", "what", "found by", "known quirks"], ["---", "---", "---", "---"], ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

function foundBy({ mark, part, name, index }: Curated): string {
  const short = (type: string) => type.replace("AWS::", "");
  if (mark) return `mark in \`${mark.way.join(".")}\`${part ? `, ${short(part.of)}` : ""}`;
  if (part) return index === undefined ? short(part.of) : `tags, ${short(part.of)}`;
  return name?.id ? "tags, name" : "tags";
}
