/** Reads the words of docs/glossary.md for `infra explain`. That page is the only place where they are defined. */
import { shipped } from "./shipped-texts.ts";

export interface GlossaryEntry {
  /** The words of a row: "keep" and "retain" for the row "keep, `retain`". */
  readonly words: readonly string[];
  readonly meaning: string;
  /** The name of the same thing in other tools; empty when they have nothing like it. */
  readonly elsewhere: string;
}

/** Returns the rows of the page's table as plain text. */
export function glossary(): readonly GlossaryEntry[] {
  const rows = shipped("docs/glossary.md").match(/^\| .*\|$/gm) ?? [];
  return rows.slice(1).map((row) => {
    const [words = "", meaning = "", elsewhere = ""] = row.slice(1, -1).split("|").map(plain);
    return { words: words.replaceAll("`", "").replace(/:.*/, "").split(", "), meaning, elsewhere };
  });
}

/** Returns the glossary's entry for a word. */
export function inGlossary(word: string): GlossaryEntry | undefined {
  const wanted = word.toLowerCase();
  return glossary().find(({ words }) => words.includes(wanted));
}

/** Turns links to other pages into their paths, and removes emphasis. */
function plain(cell: string): string {
  return cell
    .trim()
    .replaceAll(/\[[^\]]*\]\(([\w-]+\.md)\)/g, "docs/$1")
    .replaceAll(/\*([^*]+)\*/g, "$1");
}
