/**
 * Whether the output on a page is the output of the command. Two differences are allowed: values that change with every run (ids, times,
 * durations, the number of calls of an apply), and lines that the page replaces with a line of `…`.
 */
export function agrees(claimed: string, printed: string): boolean {
  const parts = normal(claimed)
    .split(/^ *…\n/m)
    .map((part) => part.trimEnd());
  const text = normal(printed).trimEnd();
  if (parts.length === 1) return parts[0] === text;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!startsWithLines(text, first) || !endsWithLines(text, last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = `${text}\n`.indexOf(`\n${part}\n`, Math.max(0, from - 1));
    if (at < 0) return false;
    from = at + 1 + part.length;
  }
  return from <= text.length - last.length;
}

/** Returns the parts of a text that give a number of calls. */
export function callsIn(text: string): string {
  return (text.match(/\d+ calls to AWS \(\d+ reads?, \d+ writes?\)/g) ?? []).join("\n");
}

/**
 * Whether the text gives a number of calls that changes with new kinds: of a command that listed every kind, or of an import, which asks
 * every kind that lies in networks.
 */
export function countsKinds(text: string): boolean {
  return (
    /\d+ calls to AWS .*; every kind was listed/.test(text) || /^\$ infra .*\bimport .*\n(?:(?!\$ |```).*\n)*\d+ calls to AWS/m.test(text)
  );
}

/** The same for commands that write nothing: their number of calls is the same in every run. */
export function callsOfReadersIn(text: string): string {
  return (text.match(/\d+ calls to AWS \(\d+ reads?, 0 writes\)/g) ?? []).join("\n");
}

function startsWithLines(text: string, part: string): boolean {
  return part === "" || `${text}\n`.startsWith(`${part}\n`);
}

function endsWithLines(text: string, part: string): boolean {
  return part === "" || `\n${text}`.endsWith(`\n${part}`);
}

/**
 * Returns the printed text with the gaps of the page. Lines that changed are taken from their places after the lines before them. Where that
 * gives another text than was printed, a single gap stays where it is, and several give way to the whole text, so that nothing is lost.
 */
export function withGapsOf(claimed: string, printed: string): string {
  const kin = (line: string) => normal(`${line}\n`);
  const lines = printed.split("\n");
  let from = 0;
  const refreshed = claimed.split("\n").map((line) => {
    if (line.trim() === "…") return line;
    const at = lines.findIndex((candidate, i) => i >= from && kin(candidate) === kin(line));
    from = (at < 0 ? from : at) + 1;
    return lines[from - 1] ?? line;
  });
  const candidates = [refreshed.join("\n"), ...withSingleGap(claimed, lines)];
  return candidates.find((candidate) => agrees(candidate, printed) && shownIn(candidate) === shownIn(claimed)) ?? printed;
}

/** The number of lines that a page shows. */
function shownIn(text: string): number {
  return text.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "…").length;
}

/** Keeps as many lines before and after the only gap as the page has now. */
function withSingleGap(claimed: string, printed: readonly string[]): string[] {
  const lines = claimed.split("\n");
  const gaps = lines.flatMap((line, place) => (line.trim() === "…" ? [place] : []));
  const [gap, ...others] = gaps;
  if (gap === undefined || others.length > 0) return [];
  return [[...printed.slice(0, gap), lines[gap], ...printed.slice(printed.length - (lines.length - gap - 1))].join("\n")];
}

/** Replaces the values that change with every run. Columns keep their place, because only runs of blanks are joined. */
export function normal(text: string): string {
  return (
    text
      .replace(/\b(vpc|igw|subnet|rtb|acl|sg|sgr|i|eipalloc|eni|nat|vol|ami|lt)-[0-9a-f]{17}\b/g, "$1-ID")
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
      .replace(/\[\d+:\d\d\]/g, "[0:00]")
      .replace(/\(\d+(\.\d+)? (ms|s|min)( \d+ s)?\)/g, "(DURATION)")
      .replace(/\b(in|after) \d+(\.\d+)? (ms|s|min)( \d+ s)?(?=[.,\n])/g, "$1 DURATION")
      // The calls of commands that only read are compared by callsOfReadersIn. The calls of an apply depend on how often it polls.
      .replace(/\d+ calls to AWS \(\d+ reads?, \d+ writes?\), [\d.]+ (ms|s)/g, "N calls to AWS, DURATION")
      .replace(/\b(ready|pending)( +\d+ (s|min|h))?(?= |$)/gm, "STATE")
      .replace(/\brun [0-9a-f]{8}-[0-9a-f-]{27}\b/g, "run RUN")
      .replace(/ on [\w.-]+(?=, since TIME)/g, " on HOST")
      .replace(/\bprocess \d+\b/g, "process N")
      .replace(/[ \t]+$/gm, "")
      .replace(/ {2,}/g, "  ")
  );
}
