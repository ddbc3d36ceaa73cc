/** Ways to damage a text, a JSON document and an answer of AWS. */
import type { Random } from "./random.ts";

const oddTexts = [
  "",
  "null",
  "~",
  "{}",
  "[]",
  "[[]]",
  "0",
  "-1",
  "1e999",
  "9".repeat(40),
  "true",
  "yes",
  "\u0000",
  "\\0",
  "\u001b[31m",
  "\u202e",
  "\ud800",
  "##[add-mask]x",
  "::error::x",
  "__proto__",
  "constructor",
  "toString",
  "../../../etc/passwd",
  "/etc/passwd",
  "/dev/zero",
  ".",
  "${var.x}",
  "${",
  "$${",
  "&a *a",
  "*a",
  "<<: *a",
  "!x 1",
  "|",
  ">",
  "? ",
  "- ",
  "{",
  "'",
  '"',
  "10.0.0.0/8",
  "vpc/main",
  "subnet/s0[99999]",
  "{ id: x }",
  "{ tags: { a: b } }",
  "a".repeat(5000),
  "a_".repeat(3000),
  "secret://".repeat(500),
  "[".repeat(500),
  "x: ".repeat(200),
];

const oddValues = [
  null,
  true,
  0,
  -1,
  1e300,
  "",
  "x",
  [],
  {},
  [null],
  { __proto__: 1 },
  "\u0000",
  "9".repeat(400),
  [[[[]]]],
  { a: { b: null } },
];

export function damagedText(text: string, random: Random): string {
  let lines = text.split("\n");
  for (let left = 1 + random.below(4); left > 0; left--) lines = damagedLines(lines, random);
  return lines.join("\n");
}

function damagedLines(lines: readonly string[], random: Random): string[] {
  const at = random.below(lines.length);
  const line = lines[at] ?? "";
  const change = (...changed: readonly string[]) => [...lines.slice(0, at), ...changed, ...lines.slice(at + 1)];
  const place = random.below(line.length + 1);
  switch (random.below(7)) {
    case 0:
      return change();
    case 1:
      return change(line, line);
    case 2:
      return change(line.slice(0, place));
    case 3:
      return change(line.slice(0, place) + random.pick(oddTexts) + line.slice(place));
    case 4:
      return change(line.replace(/(?<=: ).*$/, random.pick(oddTexts)));
    case 5:
      return change(random.pick(lines));
    default:
      return change(line.replace(/[\w.-]+(?=:)/, random.pick(oddTexts)));
  }
}

/** Returns a JSON document with one of its values replaced, removed or doubled. Sometimes its text is damaged instead. */
export function damagedJson(text: string, random: Random): string {
  if (random.below(4) === 0) return damagedText(text, random);
  const document: unknown = JSON.parse(text);
  const holders: (Record<string, unknown> | unknown[])[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    holders.push(value as Record<string, unknown>);
    Object.values(value).forEach(collect);
  };
  collect(document);
  if (holders.length === 0) return JSON.stringify(random.pick(oddValues));
  const holder = random.pick(holders) as Record<string, unknown>;
  const keys = Object.keys(holder);
  if (keys.length === 0 || random.below(20) === 0) return JSON.stringify(random.pick(oddValues));
  const key = random.pick(keys);
  if (random.below(4) === 0) delete holder[key];
  else holder[key] = random.below(3) === 0 ? holder[random.pick(keys)] : random.pick(oddValues);
  return JSON.stringify(document);
}

/** Returns an answer in XML or JSON with a piece missing, doubled, emptied or replaced. */
export function damagedAnswer(text: string, random: Random): string {
  if (text.startsWith("{")) return damagedJson(text, random);
  const tags = [...text.matchAll(/<([A-Za-z]+)>([^<]*)<\/\1>/g)];
  const tag = random.pick(tags);
  const place = random.below(text.length);
  switch (random.below(6)) {
    case 0:
      return "";
    case 1:
      return text.slice(0, place);
    case 2:
      return text.replaceAll(/item|member/g, random.pick(["item", "member", "x"]));
    case 3:
      return tag ? text.replace(tag[0], "") : text;
    case 4:
      return tag ? text.replace(tag[0], tag[0] + tag[0]) : text;
    default:
      return tag
        ? text.replace(tag[0], `<${tag[1]}>${random.pick(["", "-1", "NaN", "\u202e##[x]", "__proto__", "9".repeat(50)])}</${tag[1]}>`)
        : text;
  }
}
