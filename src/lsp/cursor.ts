/** Finds the cursor's place in the structure of a YAML text by indentation and brackets alone, so the text may be invalid YAML. */

export interface Cursor {
  /** The keys of the mappings around the cursor, from the top. */
  readonly path: readonly string[];
  /** The key of the value in which the cursor stands. Undefined where a key is typed. */
  readonly key: string | undefined;
  /** The part of the word that is typed before the cursor. */
  readonly typed: string;
  /** The cursor is inside [ ] or after a hyphen. */
  readonly isItem: boolean;
}

const keyLine = /^(\s*)((?:- +)*)(?:"([^"]+)"|'([^']+)'|((?:[\w./-]|::)+)):(?=\s|$)/;

/** Returns the place of an offset. */
export function cursorAt(text: string, offset: number): Cursor {
  const before = text.slice(0, offset);
  const open = openBrackets(before);
  return open.length > 0 ? inFlow(before, open) : inBlock(before);
}

function inBlock(before: string): Cursor {
  const start = before.lastIndexOf("\n") + 1;
  const line = before.slice(start);
  const [, spaces = "", dashes = "", double, single, bare] = keyLine.exec(line) ?? /^(\s*)((?:-(?: +|$))*)/.exec(line)!;
  const key = double ?? single ?? bare;
  const path = parentsOf(before.slice(0, start), spaces.length + dashes.length);
  const typed = /[^\s:[{,]*$/.exec(line)![0];
  const isItem = key === undefined && dashes !== "";
  return { path, key, typed: key === undefined ? line.slice(spaces.length + dashes.length) : typed, isItem };
}

/**
 * Returns the keys of the lines above that are indented less and less. A key on the line of a hyphen holds only lines that are indented
 * further than the key.
 */
function parentsOf(above: string, indent: number): string[] {
  const path: string[] = [];
  let least = indent;
  for (const line of above.split("\n").toReversed()) {
    const [, spaces = "", dashes = "", double, single, bare] = keyLine.exec(line) ?? [];
    const key = double ?? single ?? bare;
    if (key === undefined || spaces.length >= least) continue;
    const column = spaces.length + dashes.length;
    if (column < least) path.unshift(key);
    least = spaces.length === 0 ? 0 : dashes === "" ? column : spaces.length + 1; // the list may have the same indentation as its key
    if (least === 0) break;
  }
  return path;
}

interface Open {
  readonly bracket: string;
  readonly at: number;
}

function openBrackets(text: string): Open[] {
  const open: Open[] = [];
  const tokens = /"(?:[^"\\\n]|\\.)*"?|(?<![\w$])'[^'\n]*'?|(?:^|\s)#[^\n]*|\$\{[^}\n]*\}?|[[{]|[\]}]/gm;
  for (const { 0: token, index } of text.matchAll(tokens))
    if (token === "{" || token === "[") open.push({ bracket: token, at: index });
    else if (token === "}" || token === "]") open.pop();
  return open;
}

function inFlow(before: string, open: readonly Open[]): Cursor {
  const [first] = open;
  const outer = inBlock(before.slice(0, first!.at));
  const path = [...outer.path, ...(outer.key === undefined ? [] : [outer.key])];
  for (const [i, { at }] of open.entries()) {
    if (i === 0) continue;
    const key = /([\w./-]+):\s*$/.exec(before.slice(open[i - 1]!.at, at))?.[1];
    if (key !== undefined) path.push(key);
  }
  const last = open.at(-1)!;
  const part = /[^,{[]*$/.exec(before.slice(last.at + 1))![0];
  if (last.bracket === "[") {
    const key = path.at(-1);
    return { path: path.slice(0, -1), key, typed: part.trimStart(), isItem: true };
  }
  const [, key, typed = ""] = /^\s*([\w./-]+):\s+(.*)$/s.exec(part) ?? [];
  return { path, key, typed: key === undefined ? part.trimStart() : typed, isItem: false };
}
