/**
 * Filters all text on its way out of the program. Names, lines of YAML, live tags and AWS's messages are written by others. A terminal must
 * not obey control characters in them, and GitHub's runner must not take them for commands.
 */

/** Controls (C0, DEL, C1), invisible characters (bidirectional marks, zero width), other line breaks, halves of characters. */
const unseen = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text that the runner of GitHub Actions takes for a command: `##[name]` anywhere in a line, `::name` after blanks at its start.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
const command = /##\[|(?<=^[^\S\n]{0,999}):(?=:\p{L})/gmu;

/** A key that nobody outside this process can know, so no text from outside can hold a mark made with it. */
const key = crypto.getRandomValues(new Uint32Array(4)).join("");
const [open, close] = [`\u0001${key}:`, `:${key}\u0001`];
const trustedPart = new RegExp(`${open}(.*?)${close}`, "s");

/** Marks text that the program itself sends to a terminal or a runner: a colour, a move of the cursor, the start of a command. */
export function trusted(text: string): string {
  return `${open}${text}${close}`;
}

/**
 * Returns the text with unseen characters and commands written out as `\u001b`, which is also the same value in JSON. Text that is marked
 * as trusted stays.
 */
export function harmless(text: string, reader: { readonly isRunner: boolean } = { isRunner: false }): string {
  return text
    .split(trustedPart)
    .map((part, i) => (i % 2 === 1 ? part : withoutCommands(visible(part), reader.isRunner)))
    .join("");
}

/** Returns one piece of text with its unseen characters written out. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => Array.from({ length: character.length }, (_, i) => escaped(character.charCodeAt(i))).join(""));
}

/** Whether a text holds characters that cannot be seen. */
export function hasUnseen(text: string): boolean {
  return text.search(unseen) >= 0;
}

function withoutCommands(text: string, isRunner: boolean): string {
  return isRunner ? text.replace(command, (start) => (start === ":" ? escaped(0x3a) : `#${escaped(0x23)}[`)) : text;
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
