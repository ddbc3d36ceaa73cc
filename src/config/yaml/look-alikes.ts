/** Characters that look like those of YAML and are others. Web pages, word processors and some keyboards insert them. */

/** Characters that nobody sees. */
const unseen = "\\u00ad\\u200b-\\u200f\\u2060\\ufeff";
/**
 * The same characters where they are out of place. Joiners belong between the letters of some scripts, and between the parts of one emoji.
 */
const misplaced = `(?!(?<=\\P{ASCII})[\\u200c\\u200d](?=\\P{ASCII}))[${unseen}]`;
/** Characters that web pages and editors put in the place of spaces, and those with which older printers began a new page. */
const spaces = "\\u000b\\u000c\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
/** Line breaks other than YAML's. */
const breaks = "\\u0085\\u2028\\u2029";
const quotes = "\\u201c-\\u201f\\u2018-\\u201b\\uff02\\uff07";
const colons = "\\uff1a\\ufe55\\u2236\\ua789";
const hyphens = "\\u2010-\\u2015\\u2212\\u2022\\u25cf\\u25aa";

const instead: readonly (readonly [RegExp, string])[] = [
  [/[\u201c-\u201f\uff02]/, '"'],
  [/[\u2018-\u201b\uff07]/, "'"],
  [new RegExp(`[${colons}]`), ":"],
  [new RegExp(`[${hyphens}]`), "-"],
  [/[\uff0c\u3001\ufe50]/, ","],
  [/[\uff5b\u3010]/, "{"],
  [/[\uff5d\u3011]/, "}"],
  [/\uff3b/, "["],
  [/\uff3d/, "]"],
  [/\uff03/, "#"],
];

/** A character that is not what it seems, with its offset in a text. */
export interface LookAlike {
  readonly at: number;
  readonly isQuote: boolean;
  readonly summary: string;
  readonly hint: string;
}

/** Matches a word without quotes that begins or ends with something like a space or a quote, or that holds a character that nobody sees. */
const inWord = new RegExp(`${misplaced}|^[${spaces}${breaks}${quotes}]|[${spaces}${breaks}]$`, "u");

/** Matches such characters between words, where they stand for a hyphen, a colon or a bracket. */
const betweenWords = new RegExp(
  `${misplaced}|[${spaces}${breaks}]|(?<=^|[\\s:,{[])[${quotes}]|(?<=^\\s*(?:- +)*)[${hyphens}](?=\\s)|(?<=\\w)[${colons}](?=\\s|$|\\w)|[\\uff0c\\uff5b\\uff5d\\uff3b\\uff3d\\uff03]`,
  "u",
);

/** Finds a look-alike in a text without quotes, as it is written. */
export function lookAlikeIn(written: string): LookAlike | undefined {
  const found = inWord.exec(written);
  return found ? said(found[0], found.index) : undefined;
}

/** Finds a look-alike in a line that YAML cannot read. The line comes without its quoted texts and comments. */
export function lookAlikeInLine(line: string): LookAlike | undefined {
  const found = betweenWords.exec(line);
  return found ? said(found[0], found.index) : undefined;
}

/** Returns the text without the characters that do not belong to it; undefined when its closing quote is missing. */
export function withoutLookAlikes(text: string): string | undefined {
  const seen = text.replaceAll(new RegExp(`${misplaced}|^[${spaces}${breaks}]+|[${spaces}${breaks}]+$`, "gu"), "");
  if (!new RegExp(`^[${quotes}]`).test(seen)) return seen;
  return new RegExp(`^[${quotes}]([^${quotes}]*)[${quotes}]$`).exec(seen)?.[1];
}

/** Matches a word, a colon of another script, and the text that was meant as its value. */
export const otherColon = new RegExp(`^([\\w.-]+)(\\s*[${colons}]\\s*)(\\S.*)$`);

function said(sign: string, at: number): LookAlike {
  const number = `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const isIn = (signs: string) => new RegExp(`[${signs}]`).test(sign);
  const like = (what: string, hint: string) => ({
    at,
    isQuote: false,
    summary: `the character ${number} looks like a ${what}, but is not one.`,
    hint,
  });
  if (isIn(unseen)) return { ...like("", "delete it"), summary: `the character ${number} is here, which is invisible.` };
  if (isIn(spaces)) return like("space", "write a space instead");
  if (isIn(breaks)) return like("line break", "begin a new line instead");
  const meant = instead.find(([signs]) => signs.test(sign))![1];
  return {
    at,
    isQuote: isIn(quotes),
    summary: `the character ${sign} (${number}) looks like ${meant}, but is a different one.`,
    hint: `write ${meant} instead`,
  };
}
