import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { driftOf } from "../../src/render/drift.ts";
import { driftSuite, junit, outcomeSuite, validationSuite } from "../../src/render/junit.ts";
import { escaped, fitted } from "../../src/render/markdown-fit.ts";
import { driftMarkdown, planMarkdown } from "../../src/render/markdown.ts";
import { mermaidOf } from "../../src/render/mermaid.ts";
import { sarif } from "../../src/render/sarif.ts";
import { at, large, mixed, partial, problems } from "./fixtures.ts";

const githubComment = 65_536;

describe("a comment of 2,000 changes", () => {
  const plan = large(2_000);
  const text = planMarkdown(plan, [], { limit: 65_000, link: "https://example.com/run/1" });

  test("stays within GitHub's limit", () => expect(text.length).toBeLessThanOrEqual(githubComment));

  test("names every destroy", () => {
    const named = new Set(text.match(/service-\d+/g));
    for (const step of plan.steps) if (step.action === "delete") expect(named).toContain(step.address.split("/")[1]);
  });

  test("says what is missing and links to the whole", () => {
    expect(text).toMatch(/… the details of \d+ more did not fit here/);
    expect(text).toMatch(/… and \d+ more that did not fit here/);
    expect(text).toContain("https://example.com/run/1");
  });

  test("closes every element that it opens", () => {
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect((text.match(/```/g)?.length ?? 0) % 2).toBe(0);
  });
});

describe("a comment of destroys alone", () => {
  const comment = (addresses: readonly string[], link?: string) => {
    const steps = addresses.map((address, i) => {
      return {
        action: "delete",
        address,
        kind: "x",
        id: `x-${i}`,
        because: "it is no longer in the YAML",
        fingerprint: "",
        want: "",
      } as const;
    });
    return planMarkdown({ ...mixed, steps, notes: [] }, [], { limit: 65_000, link });
  };
  const named = (text: string, addresses: readonly string[]) => {
    const words = new Set(text.match(/[\w.-]+(\[\d+\])?/g));
    return addresses.filter((address) => words.has(address.slice(address.indexOf("/") + 1))).length;
  };
  const namesOf = (n: number, length: number) =>
    Array.from({ length: n }, (_, i) => `${i % 2 ? "subnet" : "securityGroup"}/${String(i).padStart(length, "service-")}`);

  test("2,000 of them, of names as people give them: every one is named", () => {
    const addresses = namesOf(2_000, 24);
    const text = comment(addresses, "https://example.com/run/1");
    expect(text.length).toBeLessThanOrEqual(githubComment);
    expect(named(text, addresses)).toBe(2_000);
    expect(text).not.toContain("not named");
  });

  test.each([
    [2_000, 63],
    [20_000, 40],
    [20_000, 6],
  ])("%i of them with names of %i: as many as there is room for, and how many are missing", (n, length) => {
    const addresses = namesOf(n, length);
    const text = comment(addresses, "https://example.com/run/1");
    expect(text.length).toBeLessThanOrEqual(githubComment);
    expect(text.length).toBeGreaterThan(60_000);
    const missing = Number(/\*\*(\d+) of these \d+ are not named here/.exec(text)?.[1]);
    expect(named(text, addresses)).toBe(n - missing);
    expect(text.indexOf("not named here")).toBeLessThan(400);
    expect(text).toContain("[the whole, without cuts](https://example.com/run/1)");
  });

  test("machines of one count take one name", () => {
    const addresses = Array.from({ length: 2_000 }, (_, i) => `instance/a-machine-of-a-rather-long-name[${i}]`).filter((_, i) => i !== 700);
    const text = comment(addresses);
    expect(text).toContain("a-machine-of-a-rather-long-name[0…699], a-machine-of-a-rather-long-name[701…1999]");
    expect(text).not.toContain("not named");
  });

  test("without a link it says what shows the whole", () =>
    expect(comment(namesOf(2_000, 24))).toMatch(/Cut to fit: `--format text` and `--format json` show the whole\.\n$/));

  test("a picture is whole or not there", () => expect(comment(namesOf(2_000, 24))).not.toContain("Picture"));
});

test.each([1_000, 3_000, 20_000, 65_000])("nothing is cut inside an item at a limit of %i", (limit) => {
  const items = Array.from({ length: 400 }, (_, i) => `- item ${i} ${"x".repeat(i % 90)} end`);
  const text = fitted(
    ["# head"],
    [
      { title: "One", items },
      { title: "Two", open: true, items },
    ],
    limit,
  );
  expect(text.length).toBeLessThanOrEqual(limit);
  for (const line of text.split("\n").filter((one) => one.startsWith("- item"))) expect(line).toMatch(/end$/);
});

test("a large drift stays within the limit", () => expect(driftMarkdown(driftOf(large(4_000))).length).toBeLessThanOrEqual(githubComment));

test("nothing in a comment mentions people, closes issues or writes HTML", () => {
  const text = escaped("@admin fixes #12 <img src=x onerror=alert(1)> [a](b) `c`");
  expect(text).not.toMatch(/@admin|#12|<img|(?<!\\)\[a/);
});

test("code in backticks stays code, and no text gets out of it or into it", () => {
  expect(escaped("`infra iam-policy d --for apply` lists *what* the role needs")).toBe(
    "`infra iam-policy d --for apply` lists \\*what\\* the role needs",
  );
  const texts = [
    "`<b>` and <b>",
    "a ` b <img> `c` @admin",
    "``<b>``",
    "`a``<b>`",
    "\\`<b>\\` [a](b)",
    "`a\n<b>`",
    "`` ` `<b>",
    "`a`<b>`@admin`#12`",
    "`".repeat(7),
    "` `<b>",
  ];
  for (const text of texts) {
    // A reader takes two characters that are escaped, or code up to the next run of as many backticks, before anything else.
    const outside = escaped(text).replaceAll(/\\[^\w\s]|(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
    expect(outside, text).not.toMatch(/[`<*[]|@admin|#12/);
  }
  expect(escaped("`".repeat(100_000))).toHaveLength(200_000);
});

describe("SARIF", () => {
  test("keeps to the results that GitHub shows, and says how many are left out", () => {
    const many = Array.from({ length: 6_000 }, (_, i) => ({
      rule: "x",
      level: "error" as const,
      text: `${i}`,
      at: at(1),
      fingerprint: `${i}`,
    }));
    const { runs } = sarif(many, "1.2.3", {}) as { runs: { results: object[]; properties: object }[] };
    expect(runs[0]!.results).toHaveLength(5_000);
    expect(runs[0]!.properties).toEqual({ omitted: 1_000 });
  });

  test("every result names a rule that is there, and paths are URIs", () => {
    const log = sarif(
      [{ rule: "a", level: "error", text: "t", at: { file: "envs/a b#.yaml", line: 2, column: 3 }, fingerprint: "f" }],
      "1.2.3",
      {},
    ) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleIndex: number; ruleId: string; locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[];
      }[];
    };
    const [run] = log.runs;
    for (const result of run!.results) expect(run!.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
    expect(run!.results[0]!.locations[0]!.physicalLocation.artifactLocation.uri).toBe("envs/a%20b%23.yaml");
  });
});

describe("JUnit", () => {
  const evil = { code: "frozen" as const, severity: "error" as const, summary: 'a "quoted" <tag> & \u0000\u001b[31m ]]>', at: at(2) };
  const text = junit([validationSuite("we<b>", [...problems, evil]), driftSuite(driftOf(mixed)), outcomeSuite("lab/web", partial)]);

  test("is XML", () => expect(XMLValidator.validate(text)).toBe(true));

  /** No package contains a schema, and CI systems agree only on these elements (windyroad/JUnit-Schema, GitLab's and Jenkins' readers). */
  test("has the elements and attributes that readers know, and no others", () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      testsuites: ["name", "tests", "failures", "skipped"],
      testsuite: ["name", "tests", "failures", "skipped"],
      testcase: ["classname", "name", "file", "line"],
      failure: ["type", "message"],
      skipped: ["message"],
    };
    const reader = new XMLParser({ ignoreAttributes: false, preserveOrder: true, attributeNamePrefix: "" });
    const walk = (nodes: readonly Record<string, unknown>[]) => {
      for (const { ":@": attributes = {}, ...node } of nodes) {
        const [name] = Object.keys(node);
        if (name === undefined || name === "#text" || name === "?xml") continue;
        expect(Object.keys(known)).toContain(name);
        for (const attribute of Object.keys(attributes as object)) expect(known[name]).toContain(attribute);
        walk(node[name] as Record<string, unknown>[]);
      }
    };
    walk(reader.parse(text) as Record<string, unknown>[]);
  });

  test("counts its elements", () => {
    const read = new XMLParser({ ignoreAttributes: false, isArray: (name) => name === "testsuite" || name === "testcase" }).parse(text) as {
      testsuites: {
        "@_tests": string;
        "@_failures": string;
        "@_skipped": string;
        testsuite: { testcase: { failure?: unknown; skipped?: unknown }[] }[];
      };
    };
    const cases = read.testsuites.testsuite.flatMap(({ testcase }) => testcase);
    expect(Number(read.testsuites["@_tests"])).toBe(cases.length);
    expect(Number(read.testsuites["@_failures"])).toBe(cases.filter((one) => "failure" in one).length);
    expect(Number(read.testsuites["@_skipped"])).toBe(cases.filter((one) => "skipped" in one).length);
  });
});

describe("Mermaid", () => {
  test("quotes and angle brackets in a label do not end it", () => {
    const plan: Plan = { ...mixed, steps: [{ ...mixed.steps[0]!, address: 'subnet/a"]<b>' }] as Plan["steps"] };
    expect(mermaidOf(plan).split("\n")[1]).toBe('  n0["+ subnet/a#quot;]#lt;b#gt;"]:::create');
  });

  test("of thousands of changes is small", () => expect(mermaidOf(large(5_000)).length).toBeLessThan(2_000));
});
