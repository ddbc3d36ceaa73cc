/** Reads the texts between backticks in the strings of src/. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "rolldown/parseAst";

export interface Snippet {
  /** The file, relative to src/, and the line of the string. */
  readonly at: string;
  readonly text: string;
  /** The whole string. */
  readonly message: string;
}

/** Stands for each value that is put in at run time. */
export const hole = "□";

/** Whether a word is a placeholder, which may be anything. */
export const isFree = (word: string): boolean => word.includes(hole) || word.includes("…") || /^[A-Z][A-Z0-9./@_-]*$/.test(word);

const source = join(import.meta.dirname, "../../src");

export function allSnippets(): Snippet[] {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.flatMap((name) => snippetsIn(name.replaceAll("\\", "/"), readFileSync(join(source, name), "utf8")));
}

/** Returns the snippets in the text of the README and the pages of docs/, without blocks of code, which other tests run. */
export function pageSnippets(): Snippet[] {
  const root = join(source, "..");
  const pages = ["README.md", ...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : []))];
  return pages.flatMap((page) => {
    const message = readFileSync(join(root, page), "utf8").replaceAll(/```[^]*?```/g, "");
    return [...message.matchAll(/`([^`\n]+)`/g)].map(([, text]) => ({ at: page, text: text!, message }));
  });
}

export function snippetsIn(file: string, text: string): Snippet[] {
  const found: Snippet[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const message = textOf(node as Node);
    if (message.includes("`")) {
      const at = `${file}:${text.slice(0, (node as Node).start).split("\n").length}`;
      for (const [, quoted] of message.matchAll(/`([^`\n]+)`/g)) found.push({ at, text: quoted!, message });
    }
    Object.values(node).forEach(visit);
  };
  visit(parseAst(text, { lang: "ts" }));
  return found;
}

interface Node {
  readonly type?: string;
  readonly start?: number;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
}

function textOf({ type, value, quasis = [] }: Node): string {
  if (type === "TemplateLiteral") return quasis.map((part) => part.value.cooked).join(hole);
  return type === "Literal" && typeof value === "string" ? value : "";
}
