import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Evaluator, mostTurns } from "../../src/expressions/evaluate.ts";
import type { Names } from "../../src/expressions/outcome.ts";
import { longestExpression, scan } from "../../src/config/expand/scan.ts";
import { toCel, type Plain } from "../../src/expressions/values.ts";
import { environmentOf, loadText, nodeOf } from "./write-files.ts";

const known: Readonly<Record<string, Plain>> = { var: { n: 3, text: "a-b", list: ["x", "y"], map: { b: 1, a: 2, "10": 3, "9": 4 } } };
const names: Names = {
  get: (name) => (Object.hasOwn(known, name) ? toCel(known[name]!) : undefined),
  all: () => Object.keys(known),
  missing: () => undefined,
  holdsObjects: () => false,
};
const evaluate = (code: string) => new Evaluator().evaluate(code, names, () => "");

test.each<[string, Plain]>([
  ["1 + var.n", 4],
  ["var.n == 3 ? 'yes' : 'no'", "yes"],
  ["var.list.map(x, x + '!')", ["x!", "y!"]],
  ["var.list.filter(x, x != 'x')", ["y"]],
  ["var.map.map(k, k)", ["10", "9", "a", "b"]],
  ["var.map['a']", 2],
  ["has(var.map.c) ? 1 : 2", 2],
  ["{'b': 1, 'a': [true, null, 1.5]}", { a: [true, null, 1.5], b: 1 }],
  ["cidr.subnet('10.0.0.0/16', 8, 2)", "10.0.2.0/24"],
  ["cidr.subnet('10.20.0.0/16', 4, 15)", "10.20.240.0/20"],
  ["cidr.subnet('2001:db8::/56', 8, 1)", "2001:db8:0:1::/64"],
  ["cidr.host('10.0.0.0/24', 5)", "10.0.0.5"],
  ["cidr.host('10.0.0.0/24', -2)", "10.0.0.254"],
  ["base64('ä')", "w6Q="],
  ["json(var.map)", '{"9":4,"10":3,"a":2,"b":1}'],
  ["yaml(['a', 1])", "- a\n- 1\n"],
  ["sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["lower('Ab') + upper('Ab')", "abAB"],
  ["replace('a.b.c', '.', '$&')", "a$&b$&c"],
  ["'a,b'.split(',').join('-')", "a-b"],
  ["join(split('a b', ' '), '+')", "a+b"],
  ["coalesce(null, 'x', 'y')", "x"],
  ["'abc'.matches('^a.c$')", true],
  ["'var' + var.text", "vara-b"],
])("%s", (code, value) => {
  expect(evaluate(code)).toEqual({ value });
});

describe("mistakes point at their place", () => {
  test.each<[string, string, number]>([
    ["1 + nope", '"nope" is not a name that expressions know.', 4],
    ["var.n + 'a'", "+ does not work with int and string.", 6],
    ["1 + * 2", '"+" is not expected here.', 2],
    ["var.list[7]", "the list has no item number 7; the first is 0.", 9],
    ["var.nothing", 'there is no "nothing" here.', 4],
    ["cidr.host('10.0.0.1/24', 1)", 'cidr.host: "10.0.0.1/24" is not a network: it has bits set beyond the prefix length.', 4],
    ["9223372036854775807", "it gives 9223372036854775807, a number that is too large to be exact.", 0],
    ["1.0 / 0.0", "it gives Infinity, which is not a number in YAML.", 0],
    ["b'x'", "it gives bytes that YAML does not have; convert it to a string.", 0],
    ["frobnicate(1)", 'there is no function "frobnicate".', 0],
  ])("%s", (code, summary, start) => {
    const outcome = evaluate(code);
    expect(outcome).toHaveProperty("problem");
    if (!("problem" in outcome)) return;
    expect(outcome.problem.summary).toBe(
      summary.startsWith("cidr.host") ? '"10.0.0.1/24" is not a network: it has bits set beyond the prefix length.' : summary,
    );
    expect(outcome.problem.start).toBe(start);
  });
});

describe("a comparison that can never be equal is a mistake, not false", () => {
  const rules = [{ ports: 90 }, { ports: "8000-8010" }];
  const values = { live: true, n: 3, text: "a", list: ["a"], map: { a: 1 }, nothing: null, flags: [true], rules };
  const evaluated = (code: string) =>
    new Evaluator().evaluate(code, { ...names, get: (name) => (name === "var" ? toCel(values) : undefined) }, () => "");

  test.each<[string, string, string]>([
    ["var.live == 'yes'", "a boolean is never equal to a string.", "write var.live alone, or !var.live for the opposite"],
    ["'yes' == var.live", "a string is never equal to a boolean.", "write var.live alone, or !var.live for the opposite"],
    ["var.live != 'true'", "a boolean is never equal to a string.", "write var.live alone, or !var.live for the opposite"],
    ["var.live == 1", "a boolean is never equal to a number.", "write var.live alone, or !var.live for the opposite"],
    ["var.n == '3'", "a number is never equal to a string.", "write 3 without quotes"],
    ["var.n != var.text", "a number is never equal to a string.", "convert it with string(var.n)"],
    ["var.n == 'many' ? 1 : 2", "a number is never equal to a string.", "convert it with string(var.n)"],
    ["var.list == 'a'", "a list is never equal to a string.", "write 'a' in var.list"],
    ["var.map == 3", "a map is never equal to a number.", "compare one of its fields, or json(var.map) for all of it"],
    ["[var.live] == ['yes']", "a boolean is never equal to a string.", "convert it with string(x)"],
    ["var.n in ['1', '3']", "a number is never among strings.", "convert it with string(var.n)"],
    ["'3' in [1, 3]", "a string is never among numbers.", "convert it with int('3'), or write the number without quotes"],
    ["var.live in ['yes', 'true']", "a boolean is never among strings.", "write var.live alone, or !var.live for the opposite"],
    ["'yes' in [true]", "a string is never among booleans.", "the value before `in` must be a boolean"],
    ["var.n in var.map", "a number is never among strings.", "convert it with string(var.n)"],
    ["[1, 2].filter(x, x != '2')", "a number is never equal to a string.", "write 2 without quotes"],
    ["var.list[0] == 1", "a string is never equal to a number.", "convert it with string(1)"],
    ["'a' == [3, 4][0]", "a string is never equal to a number.", "convert it with string(x)"],
    ["var.rules.exists(r, r.ports == true)", "a number is never equal to a boolean.", "compare it with a number"],
    ["var.flags[0] == 'yes'", "a boolean is never equal to a string.", "write var.flags[0] alone, or !var.flags[0] for the opposite"],
  ])("%s", (code, summary, hint) => {
    const outcome = evaluated(code);
    expect(outcome).toMatchObject({ problem: { summary, hint } });
    const { start, length } = (outcome as Extract<typeof outcome, { problem: unknown }>).problem;
    expect(code.slice(start, start + length)).toMatch(/^(==|!=|in)$/);
  });

  test.each<[string, boolean]>([
    ["var.nothing == 'a'", false],
    ["var.text != null", true],
    ["3.0 == var.n", true],
    ["var.text in ['a', 1]", true],
    ["var.text in []", false],
    ["'a' in var.map", true],
    ["var.list == ['a', 'b']", false],
    ["[1, 2].exists_one(x, x == 2)", true],
    ["json(var.map) == '{\"a\":1}'", true],
    ["has(var.gone) && var.gone == 'a'", false],
    ["var.rules.filter(r, r.ports == 90).size() == 1", true],
    ["var.rules.exists(r, r.ports in [443, 90])", true],
    ["var.rules.all(r, r.ports != '90')", true],
  ])("%s is allowed", (code, value) => {
    expect(evaluated(code)).toEqual({ value });
  });

  test.each(["!var.text", "var.n < '4'", "var.live > 0", "var.text.contains(3)"])("%s has no silent answer either", (code) => {
    expect(evaluated(code)).toHaveProperty("problem");
  });

  test.each([
    ["var.text && true", "var.text", "a string"],
    ["var.n || false", "var.n", "a number"],
    ["var.text ? 1 : 2", "var.text", "a string"],
    ["var.list ? 1 : 2", "var.list", "a list"],
  ])("%s asks for a boolean", (code, where, what) => {
    const outcome = evaluated(code);
    expect(outcome).toMatchObject({ problem: { summary: `this must be true or false, but it is ${what}.` } });
    const { start, length } = (outcome as Extract<typeof outcome, { problem: unknown }>).problem;
    expect(code.slice(start, start + length)).toBe(where);
  });
});

describe("nothing runs for long", () => {
  const list = `[${Array.from({ length: 100 }, (_, i) => i).join()}]`;
  test.each<[string, string]>([
    ["loops in loops", `${list}.map(a, ${list}.map(b, ${list}.map(c, a)))`],
    ["a text that doubles", `${"replace(".repeat(20)}'aa'${", 'a', 'aaaaaaaaaaaaaaaaaaaa')".repeat(20)}`],
    [
      "a pattern that would go back and forth",
      `'${"a".repeat(60)}!'.matches('^(a+)+$') ? 1 : ${list}.map(a, ${list}.map(b, ${list}.map(c, a)))`,
    ],
  ])("%s", (_what, code) => {
    expect(evaluate(code)).toHaveProperty("problem");
  });

  test("turns are counted, not time", () => {
    const small = evaluate(`${list}.map(a, [1, 2, 3].map(b, a))`);
    expect(small).toHaveProperty("value");
    const large = evaluate(`${list}.map(a, ${list}.map(b, [1, 2].map(c, a)))`);
    expect(large).toMatchObject({ problem: { summary: `it takes more than ${mostTurns.each.toLocaleString("en")} steps.` } });
  });

  test("a megabyte, and a thousand brackets", () => {
    expect(scan(`\${${"1+".repeat(500_000)}1}`)).toMatchObject([{ broken: "too-long" }]);
    expect(scan("${(".repeat(300_000))).toHaveLength(1);
    expect(scan(`\${${"(".repeat(1000)}1${")".repeat(1000)}}`)).toMatchObject([{ broken: "too-deep" }]);
    expect(scan(`\${"${"a}".repeat(longestExpression)}"}`)).toMatchObject([{ broken: "too-long" }]);
    expect(scan(`\${'''${"a\n".repeat(longestExpression)}'''}`)).toMatchObject([{ broken: "too-long" }]);
    expect(scan(`\${"${"a".repeat(longestExpression)}\n"}`)).toMatchObject([{ broken: "not-closed" }]);
    expect(scan(`\${${"1".repeat(longestExpression)}}`)).toMatchObject([{ code: "1".repeat(longestExpression) }]);
  });
});

test("a quote of a shell has no partner in another line", () => {
  const pieces = scan("echo ${A:-it's}\necho don't ${B}");
  expect(pieces).toMatchObject([{ text: "echo " }, { code: "A:-it's" }, { text: "\necho don't " }, { code: "B" }]);
});

test("strings, braces and literals are recognised", () => {
  expect(scan("a $${b} ${ {'x': '}'}['x'] } c")).toEqual([
    { text: "a ${b} " },
    { code: " {'x': '}'}['x'] ", start: 8, end: 28 },
    { text: " c" },
  ]);
});

/** Texts that are nearly expressions: every one gives a value or a problem at a place inside the text. */
const word = fc.constantFrom(
  "var",
  "var.n",
  "var.list",
  "each",
  "1",
  "'a'",
  "1.5",
  "+",
  "-",
  "==",
  "?",
  ":",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ".",
  ".map(x, x)",
  "lower(",
  "size(",
  "null",
  "true",
  "&&",
  "!",
  "in",
  "__proto__",
  "constructor",
  "$",
  "\\",
  "\n",
  " ",
);
test("evaluation is total", () => {
  const evaluator = new Evaluator();
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const code = words.join(" ");
      const outcome = evaluator.evaluate(code, names, () => "");
      if (!("problem" in outcome)) return "value" in outcome;
      const { start, length, summary } = outcome.problem;
      return start >= 0 && start <= code.length && length >= 0 && summary.length > 0;
    }),
    { numRuns: 400, seed: 7 },
  );
});

describe("in an environment", () => {
  const written = `
variables: { zones: { type: map, default: { b: 1, a: 0 } }, on: true }
networks: { main: { cidrBlock: 10.0.0.0/16 } }
nets: { public: { forEach: "\${var.zones}", network: main, zone: "\${each.key}", cidrBlock: "\${cidr.subnet(network.main.cidrBlock, 8, 100 + each.value)}" } }
servers:
  web: { forEach: [x, y], net: "public[a]", version: "\${each.index}-\${each.value}", tags: { of: "\${environment}" } }
  one: { when: "\${var.on}", version: "\${net.public['b'].cidrBlock} \${network.main.dns} \${server.web.x.version}" }
  off: { when: "\${!var.on}" }
balancers: { b: { nets: "public[*]", listeners: { 80: { protocol: HTTP, forward: "web[y]" }, 81: { when: false, protocol: HTTP } } } }
teams: { t: { members: ["off[*]", "web[*]", one] } }
`;
  const byHand = `
networks: { main: { cidrBlock: 10.0.0.0/16 } }
nets:
  public-a: { network: main, zone: a, cidrBlock: 10.0.100.0/24 }
  public-b: { network: main, zone: b, cidrBlock: 10.0.101.0/24 }
servers:
  web-x: { net: public-a, version: 0-x, tags: { of: test } }
  web-y: { net: public-a, version: 1-y, tags: { of: test } }
  one: { version: "10.0.101.0/24 true 0-x" }
balancers: { b: { nets: [public-a, public-b], listeners: { 80: { protocol: HTTP, forward: web-y } } } }
teams: { t: { members: [web-x, web-y, one] } }
`;

  test("it is the same as written by hand", () => {
    const flat = (text: string) => text.replace(/\[([^\]"]+)\]/g, "-$1");
    const nodes = (text: string) => environmentOf(text).nodes.map(({ address, spec, tags }) => ({ address, spec, tags }));
    expect(JSON.parse(flat(JSON.stringify(nodes(written))))).toEqual(JSON.parse(JSON.stringify(nodes(byHand))));
  });

  test("whatever the order of keys", () => {
    const turned = written.replace("{ b: 1, a: 0 }", "{ a: 0, b: 1 }");
    expect(environmentOf(turned).nodes.map(({ address, spec }) => [address, spec])).toEqual(
      environmentOf(written).nodes.map(({ address, spec }) => [address, spec]),
    );
  });

  test("an item taken out of the middle leaves the others as they are", () => {
    const text = (zones: string) => `networks: { m: { cidrBlock: 10.0.0.0/16 } }
nets: { n: { forEach: ${zones}, network: m, zone: a, cidrBlock: "\${cidr.subnet('10.0.0.0/16', 8, each.value)}" } }\n`;
    const all = environmentOf(text("{ a: 0, b: 1, c: 2 }")).nodes.map(({ address, spec }) => [address, spec]);
    const less = environmentOf(text("{ a: 0, c: 2 }")).nodes.map(({ address, spec }) => [address, spec]);
    expect(less).toEqual(all.filter(([address]) => address !== "net/n[b]"));
  });

  test("positions lead to the line of the resource, and into multi-line texts", () => {
    const environment = environmentOf(written);
    expect(nodeOf(environment, "net/public[b]").at("cidrBlock")).toMatchObject({ line: 7 });
    const { diagnostics } = loadText("servers:\n  a:\n    userData: |\n      #!/bin/sh\n      echo ${1 + 'a'}\n");
    expect(diagnostics).toMatchObject([{ code: "bad-expression", at: { line: 8, column: 16 } }]);
  });

  test("names: of a repeated resource get the key, unless they are made of it", () => {
    const environment = environmentOf(
      'balancers: { a: { forEach: [x], name: web }, b: { forEach: [x], name: "b-${each.key}" }, c: { count: 1 } }\n',
    );
    expect(environment.nodes.map(({ awsName }) => awsName)).toEqual(["web-x", "b-x", "test-c-0"]);
  });

  test("adopt of a repeated resource is by key", () => {
    const environment = environmentOf("servers: { a: { forEach: [x, y], adopt: { y: { id: i-1 } } } }\n");
    expect(environment.nodes.map(({ adopt }) => adopt)).toEqual([undefined, "i-1"]);
  });

  test("the index in a field that cannot change in place is warned of", () => {
    const text = `networks: { m: { cidrBlock: 10.0.0.0/16 } }
nets: { n: { forEach: [a, b], network: m, zone: a, cidrBlock: "\${cidr.subnet('10.0.0.0/16', 8, each.index)}" } }\n`;
    expect(loadText(text).diagnostics).toMatchObject([{ code: "index-in-identity", severity: "warning", at: { line: 5 } }]);
  });

  test("moved: and allowDestroy: know keys", () => {
    const environment = environmentOf(
      "servers: { a: { forEach: [x] } }\nmoved: [{ from: server/a-x, to: 'server/a[x]' }]\nallowDestroy: { 'server/a[y]': i-1 }\n",
    );
    expect(environment.moved).toMatchObject([{ from: "server/a-x", to: "server/a[x]" }]);
    expect(environment.allowDestroy).toEqual({ "server/a[y]": "i-1" });
  });

  test("a mistake in a repeated resource is reported once", () => {
    const { diagnostics } = loadText("servers: { a: { forEach: [x, y, z], size: huge, net: nowhere, version: '${each.kye}' } }\n");
    expect(diagnostics.map(({ code }) => code).sort()).toEqual(["bad-expression", "bad-value", "unknown-ref"]);
  });

  test("file() reads files of the repository, relative to the file with the expression", () => {
    const environment = environmentOf("servers: { a: { version: \"${file('texts/v.txt')}\" } }\n", { "texts/v.txt": "8.4" });
    expect(nodeOf(environment, "server/a").spec.version).toBe("8.4");
    const codesOf = (path: string) => loadText(`servers: { a: { version: "\${file('${path}')}" } }\n`).diagnostics.map(({ code }) => code);
    expect(codesOf("../../../../../etc/passwd")).toEqual(["file-outside"]);
    expect(codesOf("/etc/passwd")).toEqual(["bad-expression"]);
    expect(codesOf("nowhere.txt")).toEqual(["file-not-found"]);
  });

  test("a misspelt function of ranges is one that is not there, and no name", () => {
    const { diagnostics } = loadText("servers: { a: { version: \"${cidr.subnett('10.0.0.0/16', 8, 1)}\" } }\n");
    expect(diagnostics.map(({ summary, hint }) => [summary, hint])).toEqual([
      ["${cidr.subnett('10.0.0.0/16', 8, 1)}: there is no function \"cidr.subnett\".", "did you mean cidr.subnet(range, bits, number)?"],
    ]);
  });

  test("the partition is the one of the region", () => {
    expect(environmentOf('account: "123456789012"\nservers: { a: { version: "${account} ${partition}" } }\n').nodes[0]!.spec).toEqual({
      version: "123456789012 aws",
    });
  });

  test("keys of a prototype are keys like any other", () => {
    const { diagnostics } = loadText(
      "servers: { a: { version: '${var.__proto__}' }, b: { version: \"${server['constructor'].version}\" }, c: { version: '${__proto__.x}' } }\n",
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-variable", "bad-expression", "bad-expression"]);
  });

  test("a thousand resources read each text once", () => {
    const environment = environmentOf(
      `networks: { m: { cidrBlock: 10.0.0.0/8 } }\nnets: { n: { count: 1000, network: m, zone: a, cidrBlock: "\${cidr.subnet(network.m.cidrBlock, 16, count.index)}" } }\n`,
    );
    expect(environment.nodes).toHaveLength(1001);
    expect(nodeOf(environment, "net/n[999]").spec.cidrBlock).toBe("10.3.231.0/24");
  });

  test("the shell's ${…} in user data shows both ways out, once", () => {
    const { diagnostics } = loadText("servers:\n  a:\n    userData: |\n      echo ${HOME} ${USER:-x}\n      echo ${#a[@]}\n");
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.hint).toBe(
      "write $${HOME} for a literal ${HOME}; a script in a file, named by userDataFile, is not searched for expressions",
    );
  });
});
