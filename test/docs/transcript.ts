/**
 * Whether a page's output is what a command prints. Two things may differ: what is another at every run (ids, hours,
 * durations, how many calls an apply took), and lines that the page leaves out and says so by a line of `…`.
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

/** How many calls the lines of a text say that it took. */
export function callsIn(text: string): string {
  return (text.match(/\d+ calls to AWS \(\d+ reads?, \d+ writes?\)/g) ?? []).join("\n");
}

/** Whether it tells how many calls it takes to list every kind: that is another number whenever there is a kind more. */
export function countsKinds(text: string): boolean {
  return /\d+ calls to AWS .*; every kind was listed/.test(text);
}

/** The same of commands that write nothing: their number of calls is the same in every run. */
export function callsOfReadersIn(text: string): string {
  return (text.match(/\d+ calls to AWS \(\d+ reads?, 0 writes\)/g) ?? []).join("\n");
}

function startsWithLines(text: string, part: string): boolean {
  return part === "" || `${text}\n`.startsWith(`${part}\n`);
}

function endsWithLines(text: string, part: string): boolean {
  return part === "" || `\n${text}`.endsWith(`\n${part}`);
}

/** What was printed, with the gaps that the page leaves; all of it where the page's lines are no longer among it. */
export function withGapsOf(claimed: string, printed: string): string {
  const kin = (line: string) => normal(`${line}\n`);
  const lines = printed.split("\n");
  let from = 0;
  const refreshed = claimed.split("\n").map((line) => {
    if (line.trim() === "…") return line;
    const at = lines.findIndex((candidate, i) => i >= from && kin(candidate) === kin(line));
    from = at < 0 ? lines.length : at + 1;
    return lines[at] ?? line;
  });
  const text = refreshed.join("\n");
  const candidates = [text, withSameEnds(claimed, lines)];
  return candidates.find((candidate) => agrees(candidate, printed)) ?? printed;
}

/** As many lines before the first gap and after the last as the page has now; what stood between gaps is left out. */
function withSameEnds(claimed: string, printed: readonly string[]): string {
  const lines = claimed.split("\n");
  const gaps = lines.flatMap((line, place) => (line.trim() === "…" ? [place] : []));
  const [first, last] = [gaps[0], gaps.at(-1)];
  if (first === undefined || last === undefined) return claimed;
  return [...printed.slice(0, first), lines[first], ...printed.slice(printed.length - (lines.length - last - 1))].join("\n");
}

/** What is another at every run, made the same; columns stay where they are because only runs of blanks are joined. */
export function normal(text: string): string {
  return (
    text
      .replace(/\b(vpc|igw|subnet|rtb|acl|sg|sgr|i|eipalloc|eni|nat|vol|ami|lt)-[0-9a-f]{17}\b/g, "$1-ID")
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
      .replace(/\[\d+:\d\d\]/g, "[0:00]")
      .replace(/\(\d+(\.\d+)? (ms|s|min)( \d+ s)?\)/g, "(DURATION)")
      .replace(/\b(in|after) \d+(\.\d+)? (ms|s|min)( \d+ s)?(?=[.,\n])/g, "$1 DURATION")
      // Those of commands that only read are held to the page by callsOfReadersIn; an apply asks as often as it waits.
      .replace(/\d+ calls to AWS \(\d+ reads?, \d+ writes?\), [\d.]+ (ms|s)/g, "N calls to AWS, DURATION")
      .replace(/\b(ready|pending)( +\d+ (s|min|h))?(?= |$)/gm, "STATE")
      .replace(/\brun [0-9a-f]{8}-[0-9a-f-]{27}\b/g, "run RUN")
      .replace(/ on [\w.-]+(?=, since TIME)/g, " on HOST")
      .replace(/\bprocess \d+\b/g, "process N")
      .replace(/[ \t]+$/gm, "")
      .replace(/ {2,}/g, "  ")
  );
}
