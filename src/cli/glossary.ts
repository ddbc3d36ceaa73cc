/** The words of docs/glossary.md, for `infra explain`. The page is the only place where they stand. */
import { shipped } from "./shipped-texts.ts";

export interface GlossaryEntry {
  /** "keep" and "retain" of the row "keep, `retain`". */
  readonly words: readonly string[];
  readonly meaning: string;
  /** What other tools call the same; empty where they have nothing like it. */
  readonly elsewhere: string;
}

/** The rows of the page's table, as plain text. */
export function glossary(): readonly GlossaryEntry[] {
  const rows = shipped("docs/glossary.md").match(/^\| .*\|$/gm) ?? [];
  return rows.slice(1).map((row) => {
    const [words = "", meaning = "", elsewhere = ""] = row.slice(1, -1).split("|").map(plain);
    return { words: words.replaceAll("`", "").replace(/:.*/, "").split(", "), meaning, elsewhere };
  });
}

/** What the page says of a word. */
export function inGlossary(word: string): GlossaryEntry | undefined {
  const wanted = word.toLowerCase();
  return glossary().find(({ words }) => words.includes(wanted));
}

/** Links to other pages become their paths; emphasis goes. */
function plain(cell: string): string {
  return cell
    .trim()
    .replaceAll(/\[[^\]]*\]\(([\w-]+\.md)\)/g, "docs/$1")
    .replaceAll(/\*([^*]+)\*/g, "$1");
}
