/** A page of documentation as a test reads it: the files that it shows and the sessions that it plays. */
export type Block = Session | YamlFile | YamlFragment | OtherFile;

/** A ```console block: command lines after `$ `, each followed by its output. */
export interface Session {
  readonly type: "session";
  readonly line: number;
  readonly text: string;
}

/** A ```yaml block that is a whole environment. With `<!-- file: PATH -->` above it, the block is written to that path. */
export interface YamlFile {
  readonly type: "file";
  readonly line: number;
  readonly text: string;
  readonly path: string | undefined;
}

/** A ```yaml block with `<!-- over: PATH -->` above it: lines that a user would add to that file. */
export interface YamlFragment {
  readonly type: "fragment";
  readonly line: number;
  readonly text: string;
  readonly over: string;
}

/** A block in another language with `<!-- file: PATH -->` above it, written to that path for the sessions below. */
export interface OtherFile {
  readonly type: "other";
  readonly line: number;
  readonly text: string;
  readonly path: string;
}

const fence = /(?:<!-- (file|over): (\S+) -->\n+)?^```(\w+)\n([\s\S]*?)^```$/gm;

/** Returns the blocks of a page that can be tried, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(fence)].flatMap((match): Block[] => {
    const [whole, marker, path, language, text] = match as unknown as [string, string | undefined, string | undefined, string, string];
    const line = lineAt(markdown, match.index + whole.indexOf("```"));
    if (language === "console") return [{ type: "session", line, text }];
    if (language === "yaml")
      return [marker === "over" ? { type: "fragment", line, text, over: path! } : { type: "file", line, text, path }];
    return marker === "file" ? [{ type: "other", line, text, path: path! }] : [];
  });
}

export interface Exchange {
  readonly command: string;
  readonly output: string;
}

/** Returns a session's commands, each with the output that the page shows. A backslash at the end of a line continues the command. */
export function exchangesOf(text: string): Exchange[] {
  const exchanges: { command: string; output: string }[] = [];
  let isCommand = false;
  for (const line of text.split("\n").slice(0, -1)) {
    if (line.startsWith("$ ")) exchanges.push({ command: line.slice(2), output: "" });
    else if (isCommand) exchanges.at(-1)!.command += `\n${line}`;
    else if (exchanges.length === 0) throw new Error(`a session begins with a command, not with ${line}`);
    else exchanges.at(-1)!.output += `${line}\n`;
    isCommand = line.endsWith("\\") && (isCommand || line.startsWith("$ "));
  }
  return exchanges;
}

/** Returns the paths of the files that a page links to, without anchors. */
export function linksOf(markdown: string): string[] {
  const targets = [...markdown.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  return targets.filter((target) => !/^(https?:|#)/.test(target)).map((target) => target.split("#")[0]!);
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
