/** Expressions over late values: the remainder waits, and its result is the same as if the value had been known at once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { outputValues } from "../../src/config/expand/outputs.ts";
import { Evaluator } from "../../src/expressions/evaluate.ts";
import { Late, type Names, type Outcome } from "../../src/expressions/outcome.ts";
import { leavesOf } from "../../src/expressions/node.ts";
import { toCel, ValueProblem, type Plain } from "../../src/expressions/values.ts";
import { kinds } from "../../src/kinds/index.ts";
import { isLate, lateIn, markOf, shownLate, withKnown } from "../../src/resource/late.ts";
import { folderWith, head } from "./write-files.ts";

const resources = `variables: { tier: prod, names: { type: list, default: [a, b] } }
vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
topics: { t: { forEach: [a, b] }, one: {} }
`;
const load = (text: string) =>
  loadEnvironment({ nameOrPath: "test.yaml", cwd: folderWith({ "test.yaml": head + resources + text, "x.txt": "of a file" }), kinds });
const told: Readonly<Record<string, string>> = {
  "topic/t[a].arn": "arn:aws:sns:eu-west-1:1:A",
  "topic/t[b].arn": "arn:aws:sns:eu-west-1:1:B",
  "topic/one.arn": "arn:aws:sns:eu-west-1:1:one",
  "vpc/m.id": "vpc-1",
};
const known = ({ address, output }: { address: string; output: string }) => told[`${address}.${output}`];

function valueOf(code: string): Plain {
  const { environment, diagnostics } = load(`parameters: { p: { value: "\${${code}}" } }\n`);
  expect(diagnostics).toEqual([]);
  const { value } = environment!.nodes.find(({ name }) => name === "p")!.spec as { value: Plain };
  expect(isLate(value)).toBe(true);
  expect(JSON.stringify(shownLate(value))).toContain("(known after ");
  return withKnown(value, known, (why) => expect.unreachable(why));
}

describe("they are evaluated when they are known", () => {
  test.each<[string, Plain]>([
    ["upper(topic.one.arn)", "ARN:AWS:SNS:EU-WEST-1:1:ONE"],
    ["'to ' + topic.one.arn + '.'", "to arn:aws:sns:eu-west-1:1:one."],
    ["split(topic.one.arn, ':')[5]", "one"],
    ["topic.one.arn.endsWith('one') ? 'yes' : 'no'", "yes"],
    ["topic.one.arn == 'x' ? topic.t['a'].arn : topic.t['b'].arn", "arn:aws:sns:eu-west-1:1:B"],
    ["topic.t[var.names[1]].arn", "arn:aws:sns:eu-west-1:1:B"],
    ["join(var.names.map(n, topic.t[n].arn), ' ')", "arn:aws:sns:eu-west-1:1:A arn:aws:sns:eu-west-1:1:B"],
    ["join(split(topic.one.arn, ':').filter(x, x != 'aws').map(x, x + var.tier), ',')", "arnprod,snsprod,eu-west-1prod,1prod,oneprod"],
    ["json({'a': topic.one.arn, 'n': [1, 2.5, true, null]})", '{"a":"arn:aws:sns:eu-west-1:1:one","n":[1,2.5,true,null]}'],
    ["yaml({'a': topic.one.arn})", "a: arn:aws:sns:eu-west-1:1:one\n"],
    ["sha256(topic.one.arn).size() + size(file('x.txt'))", "73"],
    ["cidr.subnet(vpc.m.cidrBlock, 8, size(vpc.m.id))", "10.0.5.0/24"],
    ["[topic.one.arn, 'x']", ["arn:aws:sns:eu-west-1:1:one", "x"]],
    ["var.names.map(n, topic.t[n].arn)", ["arn:aws:sns:eu-west-1:1:A", "arn:aws:sns:eu-west-1:1:B"]],
    ["['x', topic.one.arn][1]", "arn:aws:sns:eu-west-1:1:one"],
    ["{'k': topic.one.arn}.k", "arn:aws:sns:eu-west-1:1:one"],
    ["coalesce(null, topic.one.arn)", "arn:aws:sns:eu-west-1:1:one"],
  ])("%s", (code, value) => {
    expect(valueOf(code)).toEqual(value);
  });

  test("a choice that is made already needs nothing of the other side", () => {
    const { environment } = load("parameters: { p: { value: \"${var.tier == 'prod' ? lower(topic.one.arn) : topic.t['a'].arn}\" } }\n");
    const { spec } = environment!.nodes.find(({ name }) => name === "p")!;
    expect(lateIn(spec)).toEqual([{ address: "topic/one", output: "arn" }]);
  });

  test("through fields, parameters of parts and outputs of other computations", () => {
    const { environment, diagnostics } = load(
      "parameters: { p: { value: '${upper(topic.one.arn)}' }, q: { value: ['${lower(parameter.p.value)}', x] }, r: { value: \"${join(parameter.q.value, '+')}\" } }\n",
    );
    expect(diagnostics).toEqual([]);
    const { spec } = environment!.nodes.find(({ name }) => name === "r")!;
    expect(withKnown(spec, known)).toEqual({ value: "arn:aws:sns:eu-west-1:1:one+x" });
  });

  test("an output keeps the type and the shape of its value", () => {
    const { environment } = load(
      "outputs: { n: \"${size(split(topic.one.arn, ':'))}\", l: ['${topic.one.arn}', 2], m: { a: \"${vpc.m.id}\" }, s: \"${split(vpc.m.id, '-')}\" }\n",
    );
    const { values, waiting } = outputValues(environment!.outputs!, (address, output) => known({ address, output }));
    expect(values).toEqual([
      ["n", 6],
      ["l", ["arn:aws:sns:eu-west-1:1:one", 2]],
      ["m", { a: "vpc-1" }],
      ["s", ["vpc", "1"]],
    ]);
    expect(waiting.size).toBe(0);
    expect([...outputValues(environment!.outputs!, () => undefined).waiting.keys()]).toEqual(["n", "l", "m", "s"]);
  });
});

describe("an expression that is wrong for every value of AWS is an error of the file", () => {
  test.each<[string, RegExp]>([
    ["topic.one.arn + 1", /\+ does not work with string and int/],
    ["upper(size(topic.one.arn))", /upper\(\) does not take int/],
    ["split(topic.one.arn, ':')", /it gives a list whose items are not known yet/],
    ["topic[topic.one.arn].arn", /a value that is not known yet cannot choose one of several objects/],
    ["topic.t[topic.one.arn].arn", /a value that is not known yet cannot choose one of several objects/],
    ["file(topic.one.arn)", /file\(\) takes a path that is written in the file/],
    ["lower(topic.one.arn) + cidr.subnet('10.0.0.0/16', 1, 7)", /none with the number 7/],
  ])("%s", (code, summary) => {
    const { diagnostics } = load(`parameters: { p: { value: "\${${code}}" } }\n`);
    expect(diagnostics.map((one) => [one.code, one.at?.line])).toEqual([["bad-expression", 7]]);
    expect(diagnostics[0]!.summary).toMatch(summary);
  });

  test("and no computation makes it decide a structure", () => {
    const { diagnostics } = load(
      "parameters: { p: { count: \"${size(topic.one.arn)}\", value: x }, q: { name: '${lower(topic.one.arn)}', value: x } }\n",
    );
    expect(diagnostics.map(({ code, summary }) => [code, summary.replace(/^.*exists, /, "")])).toEqual([
      ["late-value", "but this decides how many objects there are, which a plan must know."],
      ["late-value", "but is needed here before that."],
    ]);
  });
});

test("an expression that has no value with what AWS tells says why, and keeps its mark", () => {
  const { environment } = load("parameters: { p: { value: \"${split(topic.one.arn, ':')[9]}\" } }\n");
  const { spec } = environment!.nodes.find(({ name }) => name === "p")!;
  const why: string[] = [];
  expect(isLate(withKnown(spec, known, (text) => why.push(text)))).toBe(true);
  expect(why).toEqual(["the list has no item number 9; the first is 0"]);
});

describe("a text without measure is an error with a place", () => {
  const chain = (first: string, next: (before: string) => string) =>
    `parameters:\n  p0: { value: ${first} }\n${Array.from({ length: 40 }, (_, i) => `  p${i + 1}: { value: "${next(`parameter.p${i}.value`)}" }\n`).join("")}`;
  test.each<[string, string]>([
    ["a text twice", chain("xxxx", (one) => `\${${one}}\${${one}}`)],
    ["a late text twice", chain('"${topic.one.arn}"', (one) => `\${${one}}\${${one}}`)],
    ["a late sum", chain('"${topic.one.arn}"', (one) => `\${${one} + ${one}}`)],
    ["a late expression twice", chain('"${topic.one.arn}"', (one) => `\${lower(${one}) + upper(${one})}`)],
    ["a list twice", chain("[a, b]", (one) => `\${${one} + ${one}}`)],
  ])("%s", (_what, text) => {
    const { diagnostics } = load(text);
    const measured = diagnostics.filter(({ code }) => code === "bad-expression");
    expect(measured).toHaveLength(1);
    expect(measured[0]!.summary).toMatch(/more than (1 MiB|128 KiB|8 MiB|100,000 values)/);
    expect(measured[0]!.at?.text).toContain("${");
  });

  test("and the length of an unknown value counts for nothing", () => {
    const { diagnostics } = load(
      `parameters: { p: { value: "\${join([${Array.from({ length: 300 }, (_, i) => `'n${i}'`).join()}].map(x, x + topic.one.arn), ',').size() > 0 ? 'a' : 'b'}", allowedPattern: "[ab]" } }\n`,
    );
    expect(diagnostics).toEqual([]);
  });
});

// ── any expression, with any of its names as a late value

const values: Readonly<Record<string, Plain>> = { a: "one", b: "two:three", n: 3, l: ["x", "one"], m: { x: "y", one: "z" } };
const namesWith = (late: ReadonlySet<string>): Names => ({
  get: (name) => {
    if (!Object.hasOwn(values, name)) return undefined;
    if (late.has(name))
      throw new Late([typeof values[name] === "number" ? "number" : "text", markOf({ address: "x/y", output: name })], "it is late");
    return toCel(values[name]!);
  },
  all: () => Object.keys(values),
  missing: () => undefined,
  holdsObjects: () => false,
});

const { code } = fc.letrec<{ code: string }>((tie) => {
  const inner = tie("code");
  const leaf = fc.constantFrom("a", "b", "n", "l", "m", "1", "2.5", "'x'", "true", "null", "[]", "l[0]", "m.x");
  return {
    code: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(inner, fc.constantFrom("+", "==", "!=", "&&", "||", "in", "<"), inner).map(([x, op, y]) => `(${x} ${op} ${y})`),
      fc.tuple(inner, inner, inner).map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
      fc.tuple(inner, inner).map(([x, y]) => `[${x}, ${y}]`),
      fc.tuple(inner, inner).map(([x, y]) => `{'x': ${x}, 'one': ${y}}`),
      fc.tuple(inner, inner).map(([x, y]) => `${x}[${y}]`),
      inner.map((x) => `lower(${x})`),
      inner.map((x) => `string(${x})`),
      inner.map((x) => `size(${x})`),
      inner.map((x) => `json(${x})`),
      inner.map((x) => `split(${x}, ':')`),
      inner.map((x) => `${x}.x`),
      inner.map((x) => `has(${x}.x)`),
      fc.tuple(inner, inner).map(([x, y]) => `${x}.map(e, [e, ${y}])`),
      fc.tuple(inner, inner).map(([x, y]) => `${x}.filter(e, e == ${y})`),
      fc.tuple(inner, inner).map(([x, y]) => `${x}.exists(e, e == ${y})`),
      fc.tuple(inner, inner).map(([x, y]) => `${x}.all(e, e != ${y} || m.x == e)`),
    ),
  };
});

test("evaluated later is evaluated at once: the same value, or no value", () => {
  const evaluator = new Evaluator();
  const later = new Evaluator();
  const given = { text: (text: string) => withKnown(text, ({ output }) => String(values[output])), account: "", zones: [] };
  const outcomeOf = (outcome: Outcome): unknown => {
    if (!("late" in outcome)) return "value" in outcome ? outcome.value : "none";
    expect(leavesOf(outcome.late).some(([kind]) => kind === "text" || kind === "number")).toBe(true);
    try {
      return later.finish(JSON.parse(JSON.stringify(outcome.late)), given);
    } catch (error) {
      if (error instanceof ValueProblem) return "none";
      throw error;
    }
  };
  const seen = { value: 0, late: 0, refused: 0, dropped: 0 };
  fc.assert(
    fc.property(code, fc.subarray(["a", "b", "n"], { minLength: 1 }), (text, late) => {
      const now = outcomeOf(evaluator.evaluate(text, namesWith(new Set()), () => ""));
      const outcome = evaluator.evaluate(text, namesWith(new Set(late)), () => "");
      const then = outcomeOf(outcome);
      seen.value += now === "none" ? 0 : 1;
      seen.late += "late" in outcome ? 1 : 0;
      // For a list that only AWS makes, or a branch that is wrong, the file reports the problem at once.
      if ("problem" in outcome && now !== "none")
        return (seen.refused++, /not known yet|no item number|there is no|does not|is never/.test(outcome.problem.summary));
      // A value that nobody needs is not checked: size([…]) of a list whose items are wrong.
      if (now === "none" && then !== "none") return seen.dropped++ < 10;
      expect(then).toEqual(now);
      return true;
    }),
    { numRuns: 500, seed: 11 },
  );
  expect(seen.value).toBeGreaterThan(40);
  expect(seen.late).toBeGreaterThan(40);
  expect(seen.refused).toBeLessThan(seen.value / 4);
});
