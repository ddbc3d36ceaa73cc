/** Our reader of XML against the SDK's own, which it replaces in the build: the same answer, or the same complaint. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseXML as itsOwn } from "@aws-sdk/xml-builder";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseXML } from "../../src/aws/parse-xml.ts";

/** JSON has no own member of this name and no undefined; both count here. */
function answerOf(parse: (xml: string) => unknown, xml: string): unknown {
  try {
    return { answer: described(parse(xml)) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function described(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(described);
  if (typeof value !== "object" || value === null) return value;
  return Object.getOwnPropertyNames(value).map((name) => [name, described((value as Record<string, unknown>)[name])]);
}

function bothSay(xml: string): void {
  expect(answerOf(parseXML, xml)).toEqual(answerOf(itsOwn, xml));
}

const name = fc.constantFrom("a", "item", "__proto__", "constructor", "Tag", "ns:tag", "averylongnameofatag");
const text = fc.constantFrom(
  "",
  "x",
  " ",
  "\n",
  "\n  ",
  "1 &lt; 2",
  "&amp;",
  "&#x41;&#66;",
  "&unknown;",
  "&nope",
  "vpc-0123456789abcdef0",
  "\r\n",
  "ü",
  "a > b",
);
const attribute = fc.tuple(name, fc.constantFrom('"v"', "'v'", '"&quot;"', '""', "v", "")).map(([key, value]) => ` ${key}=${value}`);
const other = fc.constantFrom("<!-- a <b> -->", "<![CDATA[<raw> &amp;]]>", "<?pi x?>");

interface Built {
  readonly element: string;
  readonly content: string;
}

const { element } = fc.letrec<Built>((tie) => ({
  content: fc.array(fc.oneof(text, other, tie("element")), { maxLength: 4 }).map((parts) => parts.join("")),
  element: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(name, fc.array(attribute, { maxLength: 2 })).map(([tag, attributes]) => `<${tag}${attributes.join("")}/>`),
    fc
      .tuple(name, fc.array(attribute, { maxLength: 2 }), tie("content"), fc.constantFrom("", " "))
      .map(([tag, attributes, content, blank]) => `<${tag}${attributes.join("")}${blank}>${content}</${tag}${blank}>`),
  ),
}));
const head = fc.constantFrom(
  "",
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  "<!-- c -->",
  "<!DOCTYPE x [<!ENTITY a 'b'>]>",
  "<!doctype x>",
  " ",
);

test("of whole texts", () => {
  fc.assert(
    fc.property(head, element, (before, xml) => bothSay(before + xml)),
    { numRuns: 3000, seed: 1 },
  );
});

test("of damaged texts", () => {
  const damage = fc.tuple(fc.nat(), fc.nat({ max: 6 }), fc.constantFrom("", "<", ">", "/", "=", '"', "&", "</", "<!", " ", "]]>"));
  fc.assert(
    fc.property(head, element, damage, (before, xml, [at, length, instead]) => {
      const whole = before + xml;
      const from = at % (whole.length + 1);
      bothSay(whole.slice(0, from) + instead + whole.slice(from + length));
    }),
    { numRuns: 5000, seed: 2 },
  );
});

test.each([
  "",
  " ",
  "text",
  "<",
  "<a",
  "<a ",
  "<a b",
  "<a b=",
  "<a b='",
  "<a>",
  "<a></b>",
  "<a/",
  "<a /x>",
  "<!--",
  "<?x",
  "<!DOCTYPE",
  "<a><![CDATA[",
])("of %j", (xml) => bothSay(xml));

test("keeps no answer alive for a value of it", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  gc();
  const before = process.memoryUsage().heapUsed;
  const answerWith = (id: string) => `<r><id>${id}</id><rest>${"x".repeat(1_000_000)}</rest></r>`;
  const kept = Array.from({ length: 60 }, (_, i) => (parseXML(answerWith(`vpc-0123456789abcdef${i}`))["r"] as { readonly id: string }).id);
  gc();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  expect(kept).toHaveLength(60);
});
