/** A heading with a list under it, folded unless `open`. */
export interface MarkdownSection {
  readonly title: string;
  readonly open?: boolean;
  readonly items: readonly string[];
  /** Names that must all be shown even when their items do not fit. */
  readonly allNames?: readonly string[];
  /** Hides the number of items, because it means nothing here. */
  readonly uncounted?: true;
}

/**
 * Joins sections within a number of characters, cut between items. Counts the items that do not fit, and links to the whole when there is a
 * link.
 */
export function fitted(head: readonly string[], sections: readonly MarkdownSection[], limit: number, link?: string): string {
  const full = sections.filter(({ items }) => items.length > 0);
  const whole = `${head.join("\n\n")}\n${full.map((section) => framed(section, section.items.join("\n"))).join("")}`;
  if (whole.length <= limit) return whole;
  let text = `${head.join("\n\n")}\n`;
  const elsewhere = link === undefined ? "`--format text` and `--format json` show the whole" : `[the whole, without cuts](${link})`;
  const end = `\nCut to fit: ${elsewhere}.\n`;
  // Room for the names that must be shown is reserved before anything else may take it.
  let reserved = full.reduce((sum, section) => sum + frameOf(section), end.length);
  const names = new Map(full.map((section) => [section, namesOf(section, limit - text.length - reserved)]));
  for (const mustName of names.values()) reserved += mustName.length;
  for (const section of full) {
    const mustName = names.get(section)!;
    reserved -= mustName.length + frameOf(section);
    text += sectionText(section, limit - text.length - reserved - frameOf(section), mustName);
  }
  return clipped(`${text}${end}`, limit);
}

/** Puts text in backticks, even when it contains backticks. */
export function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return fence.length === 1 ? `\`${text.replace(/\s+/g, " ")}\`` : `${fence} ${text.replace(/\s+/g, " ")} ${fence}`;
}

/**
 * Escapes text so that Markdown, HTML, mentions and references to issues leave it as it is. Only text between two backticks stays code, as
 * our sentences mean it; its backticks are written anew, so that no text can end them early.
 */
export function escaped(text: string): string {
  return text
    .split(/(?<!`)`([^`\n]+)`(?!`)/)
    .map((part, i) => (i % 2 === 1 ? code(part) : escapedWords(part)))
    .join("");
}

function escapedWords(text: string): string {
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
  if (section.uncounted) return ""; // a picture is shown whole or not at all
  const shown: string[] = [];
  let used = mustName.length;
  for (const item of section.items) {
    if (used + item.length + 1 > room) break;
    shown.push(item);
    used += item.length + 1;
  }
  const left = section.items.length - shown.length;
  const more = mustName === "" ? `- … and ${left} more that did not fit here` : `- … the details of ${left} more did not fit here`;
  return framed(section, [mustName, ...shown, more].filter(Boolean).join("\n"));
}

function framed({ title, open, items, uncounted }: MarkdownSection, body: string): string {
  const heading = uncounted ? title : `${title} (${items.length})`;
  return open ? `\n#### ${heading}\n\n${body}\n` : `\n<details><summary>${heading}</summary>\n\n${body}\n\n</details>\n`;
}

/** The length of a section besides its items: its frame, and the line that counts the missing items. */
function frameOf({ title }: MarkdownSection): number {
  return title.length + 140;
}

/**
 * Returns all names, grouped by kind, because the name of a kind repeated a thousand times would be most of the text. Twelve instances
 * become "web[0…11]". When there is still no room, it first says how many names are missing.
 */
function namesOf({ allNames }: MarkdownSection, room: number): string {
  if (allNames === undefined) return "";
  const byKind = new Map<string, string[]>();
  for (const name of allNames) {
    const slash = name.indexOf("/");
    const kind = name.slice(0, slash);
    const names = byKind.get(kind);
    if (names) names.push(name.slice(slash + 1));
    else byKind.set(kind, [name.slice(slash + 1)]);
  }
  const runs = [...byKind].map(([kind, names]) => ({ kind, total: names.length, names: runsOf(names) }));
  const text = runs.map(({ kind, total, names }) => kindText(kind, total, names)).join("\n");
  if (text.length <= room) return text;
  const shown: string[] = [];
  let [used, named] = [150, 0]; // room for the line that says how many are missing
  for (const { kind, total, names } of runs) {
    const fitting: Run[] = [];
    used += kindText(kind, total, []).length + 10;
    for (const run of names) {
      if (used + run.text.length + 2 > room) break;
      fitting.push(run);
      used += run.text.length + 2;
      named += run.count;
    }
    if (fitting.length > 0) shown.push(kindText(kind, total, fitting, fitting.length < names.length));
    if (fitting.length < names.length) break;
  }
  return [`**${allNames.length - named} of these ${allNames.length} are not named here, because they are too many.**\n`, ...shown].join(
    "\n",
  );
}

function kindText(kind: string, total: number, runs: readonly Run[], isCut = false): string {
  return `**${kind}** (${total}): ${runs.map(({ text }) => text).join(", ")}${isCut ? ", …" : ""}\n`;
}

interface Run {
  readonly text: string;
  readonly count: number;
}

/** Joins consecutive members of one `count:`. */
function runsOf(names: readonly string[]): Run[] {
  const members = new Map<string, number[]>();
  const runs: Run[] = [];
  for (const name of names) {
    const [, base, index] = /^(.*)\[(\d+)\]$/.exec(name) ?? [];
    if (base === undefined) runs.push({ text: name, count: 1 });
    else if (members.has(base)) members.get(base)!.push(Number(index));
    else members.set(base, [Number(index)]);
  }
  for (const [base, indexes] of members) {
    indexes.sort((a, b) => a - b);
    for (let from = 0; from < indexes.length;) {
      let to = from;
      while (indexes[to + 1] === indexes[to]! + 1) to++;
      const last = to > from ? `…${indexes[to]}` : "";
      runs.push({ text: `${base}[${indexes[from]}${last}]`, count: to - from + 1 });
      from = to + 1;
    }
  }
  return runs;
}

/** Cuts the text as a last resort, when not even the head fits. */
function clipped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const words = "\n\n… cut here.\n";
  return `${text.slice(0, text.lastIndexOf(" ", limit - words.length))}${words}`;
}
