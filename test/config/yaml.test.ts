/** YAML as a tree: the values, their positions, and that two readers of YAML agree on a text. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isScalar, parseDocument, visit } from "yaml";
import { parseYaml } from "../../src/config/yaml/parse.ts";
import { positionOf, Source, type Spot } from "../../src/config/yaml/source.ts";
import { toPlain, valueOf, type Tree } from "../../src/config/yaml/tree.ts";

const read = (text: string) => parseYaml(new Source("e.yaml", "/", text));
const plain = (text: string) => {
  const { tree, diagnostics } = read(text);
  expect(diagnostics).toEqual([]);
  return tree && toPlain(tree);
};

describe("values", () => {
  test.each([
    ["12", 12],
    ["-0x1F", "-0x1F"],
    ["0x1F", 31],
    ["0o17", 15],
    ["017", 17],
    ["1e3", 1000],
    ["8.0", 8],
    [".5", 0.5],
    ["-.inf", Number.NEGATIVE_INFINITY],
    [".nan", Number.NaN],
    ["true", true],
    ["False", false],
    ["yes", "yes"],
    ["on", "on"],
    ["null", null],
    ["~", null],
    ["", null],
    ['""', ""],
    ['"12"', "12"],
    ["'it''s'", "it's"],
    ["\u{1F469}\u200D\u{1F4BB}", "\u{1F469}\u200D\u{1F4BB}"],
    ["\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"],
    ['"a\\n\\u00e9"', "a\né"],
    ["2001-01-01", "2001-01-01"],
    ["10.0.0.0/16", "10.0.0.0/16"],
    ["!!str 12", "12"],
    ["! 12", "12"],
    ["!!int 12", 12],
    ["!<tag:yaml.org,2002:str> 12", "12"],
    ["|\n  a\n  b\n", "a\nb\n"],
    [">-\n  a\n  b\n", "a b"],
    ["one\n  two", "one two"],
  ])("%j is %j", (text, value) => expect(plain(`a: ${text}`)).toEqual({ a: value }));

  test("the written text is kept beside its value", () => {
    const tree = read("a: 8.0\nb: '8.0'\nc: 0x1F").tree!;
    expect(["a", "b", "c"].map((key) => valueOf(tree, key))).toMatchObject([
      { value: 8, raw: "8.0", quoted: false },
      { value: "8.0", raw: "8.0", quoted: true },
      { value: 31, raw: "0x1F", quoted: false },
    ]);
  });

  test("merges: written keys win, then the earlier ones", () =>
    expect(plain("x: &x { a: 1, b: 1 }\ny: &y { b: 2, c: 2, d: 2 }\nz: { <<: [*x, *y], d: 3 }")).toMatchObject({
      z: { a: 1, b: 1, c: 2, d: 3 },
    }));

  test('a quoted "<<" is a key', () => expect(plain('a: { "<<": { b: 1 } }')).toEqual({ a: { "<<": { b: 1 } } }));

  test("an alias may be a key", () => expect(plain("a: &k name\n*k : 1")).toEqual({ a: "name", name: 1 }));

  test("an anchor is the last of its name, which is reported", () => {
    const { tree, diagnostics } = read("a: &x 1\nb: &x 2\nc: *x");
    expect(toPlain(tree!)).toEqual({ a: 1, b: 2, c: 2 });
    expect(diagnostics).toMatchObject([{ code: "yaml-alias", severity: "warning", at: { line: 2, column: 4 } }]);
  });

  test.each(["", "# only a comment\n", "\n\n"])("%j holds nothing", (text) => expect(read(text)).toEqual({ diagnostics: [] }));
});

describe("places", () => {
  const place = ({ source, start, end }: Spot) => source.text.slice(start, end);
  const shown = (tree: Tree): unknown =>
    tree.type === "map"
      ? [place(tree.spot), Object.fromEntries([...tree.entries].map(([name, { key, value }]) => [name, [place(key), shown(value)]]))]
      : tree.type === "list"
        ? [place(tree.spot), tree.items.map(shown)]
        : place(tree.spot);

  test.each([
    ["a: one # c", ["a: one", { a: ["a", "one"] }]],
    ["'a': \"o\\te\"", ["'a': \"o\\te\"", { a: ["'a'", '"o\\te"'] }]],
    ["{ a: [1, { b: 2 } ], }", ["{ a: [1, { b: 2 } ], }", { a: ["a", ["[1, { b: 2 } ]", ["1", ["{ b: 2 }", { b: ["b", "2"] }]]]] }]],
    ["a: |\n  text\nb: >-\n  text", ["a: |\n  text\nb: >-\n  text", { a: ["a", "|"], b: ["b", ">"] }]],
    ["a: &x 1\nb: *x", ["a: &x 1\nb: *x", { a: ["a", "1"], b: ["b", "1"] }]],
    ["- 1\n- b: 2", ["- 1\n- b: 2", ["1", ["b: 2", { b: ["b", "2"] }]]]],
    ["a: !!str 1", ["a: !!str 1", { a: ["a", "1"] }]],
    ["{ a, b: }", ["{ a, b: }", { a: ["a", "a"], b: ["b", ""] }]],
  ])("%j", (text, places) => expect(shown(read(text).tree!)).toEqual(places));

  test("an empty value stands after its colon, or its dash", () => {
    const tree = read("a:\nb: # nothing\n  # here\nc:\n  -\n  - 1").tree!;
    const at = (part: Tree) => `${positionOf(part.spot).line}:${positionOf(part.spot).column}`;
    expect([at(valueOf(tree, "a")!), at(valueOf(tree, "b")!), at((valueOf(tree, "c") as Tree & { type: "list" }).items[0]!)]).toEqual([
      "1:3",
      "2:3",
      "5:4",
    ]);
  });
});

describe("problems", () => {
  const problems = (text: string) =>
    read(text).diagnostics.map(({ code, at, summary }) => `${at!.line}:${at!.column}+${at!.length ?? 1} ${code} ${summary}`);

  test.each([
    ["a: [1", ["1:4+1 yaml-syntax This is not valid YAML: this [ is never closed."]],
    ["v:\n  a: 1\n b: 2", ["3:2+1 yaml-syntax This is not valid YAML: this line is indented by 1 space, and no line above it is."]],
    ["v:\n  web: { a: 1 ]\nb: 2", ["2:8+1 yaml-syntax This is not valid YAML: this bracket needs }, but ] follows."]],
    ["v: { a: 1 } }", ["1:13+1 yaml-syntax This is not valid YAML: this } closes nothing."]],
    ["v: { a: 1 b: 2 }", ["1:9+1 yaml-syntax This is not valid YAML: a comma is missing before or in this part."]],
    ["v:\n  a:10\n  b: 2", ["2:3+4 yaml-syntax This is not valid YAML: a space is missing after the colon."]],
    ["v:\n  a: 1\n  b", ["3:3+1 yaml-syntax This is not valid YAML: a colon is missing after this name."]],
    ["v:\n  a: 'x\n  b: 2", ["2:6+1 yaml-syntax This is not valid YAML: this ' is never closed."]],
    ["v:\n  a: b: c", ["2:6+4 yaml-syntax This is not valid YAML: two names with colons are on one line."]],
    [
      "v:\n  a: 1\n    b: 2",
      ["3:5+1 yaml-syntax This is not valid YAML: this line is indented further than the line above, which has its value already."],
    ],
    [
      "v:\n  - a\n  b: 2",
      [
        "3:3+1 yaml-syntax This is not valid YAML: this line is neither an item nor a field of the block above it with the same indentation.",
      ],
    ],
    ["a: @x", ["1:4+1 yaml-syntax This is not valid YAML: text without quotes cannot begin with @."]],
    ["a: 1\n---\nb: 2", ["2:1+3 yaml-documents a second document begins here; an environment is one document."]],
    ["a:\n\tb: 1", ["2:1+1 yaml-tab the indentation contains a tab; YAML allows only spaces."]],
    ["a: [1,\t2]", ["1:7+1 yaml-tab this is a tab; between values, only spaces are allowed."]],
    ["a: !int x", ["1:4+4 yaml-tag !int is a YAML tag that infra does not know."]],
    ["a: !!int x", ['1:10+1 yaml-tag "x" does not fit the tag !!int before it.']],
    ["a: !!map x", ["1:4+5 yaml-tag !!map does not fit the value after it."]],
    ["a: !!binary eA==", ["1:4+8 yaml-tag !!binary is a YAML tag that infra does not know."]],
    ["? [a]\n: 1", ["1:3+3 yaml-key a key must be a word or a number."]],
    ["a: 1\na: 2", ['2:1+1 yaml-duplicate-key "a" is written twice; the first is on line 1.']],
    ["a: *b", ["1:4+2 yaml-alias *b has no anchor &b before it."]],
    ["a: &b [*b]", ["1:8+2 yaml-alias *b is used inside its own anchor &b."]],
    ["a: { <<: 1 }", ["1:10+1 yaml-alias only mappings can be merged with <<."]],
    ["a: x\u0000", ["1:5+1 yaml-syntax This is not valid YAML: the control character U+0000 is here, which is not text."]],
  ])("%j", (text, expected) => expect(problems(text)).toEqual(expected));

  test("too deep nesting is refused, not a crash", () =>
    expect(problems("[".repeat(5000) + "]".repeat(5000))).toEqual([
      "1:100+1 yaml-syntax This is not valid YAML: this nests 100 levels deep or more.",
    ]));

  test("a comment of many marks beside an empty value costs no more than another", () =>
    expect(plain(`{ a ${"# ".repeat(5000)}\n, b: 1 }`)).toEqual({ a: null, b: 1 }));

  test("aliases cannot come to more values than a machine holds", () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(9)
          .fill(i === 0 ? "x" : `*l${i - 1}`)
          .join(", ")}]`,
    );
    expect(problems(levels.join("\n"))).toEqual([expect.stringContaining("this has more than 2,000,000 values.")]);
  });
});

/**
 * One YAML package is fast, the other explains errors. Only these tests make sure that both read a text the same way (docs/decisions/0015).
 */
describe("both packages", () => {
  const root = join(import.meta.dirname, "../..");
  const texts = ["environments", "test", ".github"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
    .filter((file) => /\.ya?ml$/.test(file) && !/test.config.mistakes/.test(file)) // files that are wrong on purpose
    .sort()
    .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

  /** Reads a text with the other package. Undefined when that package refuses it, or when it holds something that we refuse. */
  function otherwise(text: string): unknown {
    const document = parseDocument(text, { merge: true, version: "1.2", uniqueKeys: true, prettyErrors: false, logLevel: "error" });
    if (document.errors.length + document.warnings.length > 0) return undefined;
    // A key is a word: `.1` stays as it is written and does not become 0.1.
    visit(document, {
      Pair(_, { key }) {
        if (isScalar(key) && typeof key.value === "number") key.value = key.source;
      },
    });
    try {
      return document.toJS({ maxAliasCount: -1 }) as unknown;
    } catch {
      return undefined; // an alias without an anchor
    }
  }

  function compare(text: string): "same" | "one refuses" {
    const { tree, diagnostics } = read(text);
    const other = otherwise(text);
    if (!tree || diagnostics.length > 0 || other === undefined || other === null) return "one refuses";
    expect(toPlain(tree), text).toEqual(other);
    return "same";
  }

  test("agree on every file here", () => {
    const same = texts.filter(({ text }) => compare(text) === "same");
    const broken = texts.filter((one) => !same.includes(one)).map(({ file }) => file);
    expect(same.length).toBeGreaterThan(100);
    expect(broken.filter((file) => !file.includes("test/config/bad/"))).toEqual([]);
  });

  test("agree on the rest of the text after changes", () => {
    const some = texts.filter(({ text }) => text.length < 8000);
    const pieces = [
      "",
      "\n",
      "\n  ",
      " ",
      "  ",
      "- ",
      ": ",
      "? ",
      ", ",
      "]",
      "}",
      "[",
      "{ a: 1",
      "&x ",
      "*x",
      "<<: {}",
      "'",
      '"',
      "#",
      " # c\n",
      "|",
      ">-\n  a\n",
      "!!str ",
      ": ~",
      ": 0x1F",
      ": .5",
      "---\n",
      "é",
      "\r\n",
    ];
    let same = 0;
    fc.assert(
      fc.property(fc.nat(some.length - 1), fc.nat(), fc.nat(12), fc.constantFrom(...pieces), (file, place, cut, piece) => {
        const { text } = some[file]!;
        const at = place % (text.length + 1);
        if (compare(text.slice(0, at) + piece + text.slice(at + cut)) === "same") same++;
      }),
      { numRuns: 1500, seed: 20261121 },
    );
    expect(same).toBeGreaterThan(500);
  });
});
