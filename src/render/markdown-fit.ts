import { counted } from "./layout.ts";

/** A heading with a list under it, folded unless `open`. */
export interface MarkdownSection {
  readonly title: string;
  readonly open?: true;
  readonly items: readonly string[];
  /** Must all be named even when their items do not fit. */
  readonly allNames?: readonly string[];
  /** The number of items says nothing. */
  readonly uncounted?: true;
}

/** Puts sections together within a number of characters, cut between items. What does not fit is counted, and linked when there is a link. */
export function fitted(head: readonly string[], sections: readonly MarkdownSection[], limit: number, link?: string): string {
  const full = sections.filter(({ items }) => items.length > 0);
  const rest = link === undefined ? "" : `\n[The whole, without cuts](${link})\n`;
  const names = new Map(full.map((section) => [section, namesOf(section)]));
  let text = `${head.join("\n\n")}\n`;
  // Names that must not be lost are reserved for before anything else may take their place.
  let reserved = full.reduce((sum, section) => sum + names.get(section)!.length + frameOf(section), rest.length);
  for (const section of full) {
    const mustName = names.get(section)!;
    reserved -= mustName.length + frameOf(section);
    const room = limit - text.length - reserved - frameOf(section);
    text += sectionText(section, room, mustName);
  }
  return clipped(`${text}${rest}`, limit);
}

/** Backticks around text, whatever it holds. */
export function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return fence.length === 1 ? `\`${text.replace(/\s+/g, " ")}\`` : `${fence} ${text.replace(/\s+/g, " ")} ${fence}`;
}

/** Text that Markdown, HTML, mentions and references to issues leave as it is. */
export function escaped(text: string): string {
  return text
    .replace(/\s*\n\s*/g, " ")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/@(?=\w)/g, "@\u2060")
    .replace(/#(?=\d)/g, "#\u2060");
}

function sectionText(section: MarkdownSection, room: number, mustName: string): string {
  const whole = section.items.join("\n");
  if (whole.length <= room) return framed(section, whole);
  const shown: string[] = [];
  let used = 0;
  for (const item of section.items) {
    if (used + item.length + 1 > room - mustName.length) break;
    shown.push(item);
    used += item.length + 1;
  }
  const left = section.items.length - shown.length;
  const more = `- … and ${counted(left, "more", "more")} that did not fit here`;
  return framed(section, [mustName, ...shown, more].filter(Boolean).join("\n"));
}

function framed({ title, open, items, uncounted }: MarkdownSection, body: string): string {
  const heading = uncounted ? title : `${title} (${items.length})`;
  return open ? `\n#### ${heading}\n\n${body}\n` : `\n<details><summary>${heading}</summary>\n\n${body}\n\n</details>\n`;
}

/** What a section costs besides its items: its frame, and the line that counts what is missing. */
function frameOf({ title }: MarkdownSection): number {
  return title.length + 140;
}

/** All names, by kind, since a kind's name a thousand times would be the larger part of the text. */
function namesOf({ allNames }: MarkdownSection): string {
  if (allNames === undefined) return "";
  const byKind = new Map<string, string[]>();
  for (const name of allNames) {
    const slash = name.indexOf("/");
    const kind = name.slice(0, slash);
    byKind.set(kind, [...(byKind.get(kind) ?? []), name.slice(slash + 1)]);
  }
  return [...byKind].map(([kind, list]) => `**${kind}** (${list.length}): ${list.join(", ")}\n`).join("\n");
}

/** The last resort, when names alone are too long: whole lines, and a word on it. */
function clipped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const words = "\n\n… cut: even the names do not fit here.\n";
  return `${text.slice(0, text.lastIndexOf(" ", limit - words.length))}${words}`;
}
