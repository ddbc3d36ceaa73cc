/** One cause gives one error. It names the mistake in the author's words, and nothing that follows from it is reported. */
import { describe, expect, test } from "vitest";
import { loadEnvironment, type LoadInput } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { folderWith, head } from "./write-files.ts";

const network = `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
variables: { zones: { type: map, default: { a: 0, b: 1 }, minItems: 2 }, m: { type: map, default: { a: 1 } }, l: [x] }
subnets:
  r: { forEach: "\${var.zones}", vpc: main, availabilityZone: "\${each.key}", cidrBlock: "\${cidr.subnet(vpc.main.cidrBlock, 8, each.value)}" }
  n: { count: 2, vpc: main, availabilityZone: c, cidrBlock: "\${cidr.subnet(vpc.main.cidrBlock, 8, 5 + count.index)}" }
securityGroups: { g: { vpc: main } }
`;

const tier = `part: 1
parameters: { vpc: { ref: vpc }, subnets: { refs: subnet, minItems: 1 } }
securityGroups: { g: { vpc: "\${param.vpc}" } }
topics: { t: {} }
dbSubnetGroups: { d: { subnets: "\${param.subnets}" } }
outputs: { arn: "\${topic.t.arn}", group: "\${securityGroup.g.id}", ids: "\${param.subnets.map(s, s.id)}" }
`;

function told(text: string, more: Partial<LoadInput> = {}): string[] {
  const cwd = folderWith({ "test.yaml": head + network + text, "tier.yaml": tier });
  const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds, ...more });
  return diagnostics.map(
    ({ code, at, summary, hint }) => `${at?.file}:${at?.line}:${at?.column} ${code}: ${summary}${hint ? ` (${hint})` : ""}`,
  );
}

const output = (code: string) => `outputs: { x: "\${${code}}" }\n`;
const at = (column: number) => `test.yaml:10:${column} bad-expression:`;

describe("a name that leads nowhere", () => {
  test.each<[string, string, string]>([
    ["a key of a map", output("var.m['zz']"), `${at(25)} \${var.m['zz']}: var.m has no "zz". (it has: a)`],
    ["the same behind a point", output("var.m.zz"), `${at(24)} \${var.m.zz}: var.m has no "zz". (it has: a)`],
    ["something in a number", output("var.m.a.b"), `${at(26)} \${var.m.a.b}: var.m.a is a number, so it has no "b".`],
    ["an item of a list", output("var.l[3]"), `${at(24)} \${var.l[3]}: var.l has 1 item, but none with the number 3; the first is 0.`],
    [
      "a key of a repeated resource",
      output("subnet.r['zz'].id"),
      `${at(28)} \${subnet.r['zz'].id}: subnet/r has no [zz]. (it has: a, b, as in subnet.r["a"])`,
    ],
    [
      "a number of a repeated resource",
      output("subnet.n[7].id"),
      `${at(27)} \${subnet.n[7].id}: subnet/n has no [7]. (it has: 0, 1, as in subnet.n["0"])`,
    ],
    [
      "a resource in brackets",
      output("subnet['other'].id"),
      `${at(26)} \${subnet['other'].id}: subnet "other" is not declared. (write one of: r, n)`,
    ],
  ])("%s", (_what, text, expected) => {
    expect(told(text)).toEqual([expected]);
  });

  test("a resource in the default of a variable", () => {
    const cwd = folderWith({ "test.yaml": `${head}variables: { d: "\${topic.t.arn}" }\ntopics: { t: {} }\n` });
    expect(loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds }).diagnostics).toMatchObject([
      {
        code: "bad-expression",
        at: { line: 4, column: 20 },
        summary: "${topic.t.arn}: the default of a variable cannot use resources, such as topic, because it is computed before them.",
      },
    ]);
  });

  test("a field of a referenced object that is not of this environment", () => {
    const part = 'part: 1\nparameters: { v: { ref: vpc } }\ntopics: { t: { tags: { r: "${param.v.cidrBlock}", i: "${param.v.id}" } } }\n';
    const text = `${head}use: { u: { part: p.yaml, with: { v: { id: vpc-0a1b2c3d4e5f60718 } } } }\n`;
    const cwd = folderWith({ "test.yaml": text, "p.yaml": part });
    expect(loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds }).diagnostics).toMatchObject([
      {
        at: { file: "p.yaml", line: 3, column: 38 },
        summary: "${param.v.cidrBlock}: param.v is outside this environment, so only the fields that are given are known: id.",
        hint: "declare a parameter for its cidrBlock, and set it in `with`",
      },
    ]);
  });
});

describe("one error", () => {
  test("for two names of a use that are taken, and not for the names inside and outside of it", () => {
    const text = `topics: { web-t: {}, other: { tags: { arn: "\${use.web.group}" } } }
use: { web: { part: tier.yaml, with: { vpc: main, subnets: "r[*]" } } }
dbSubnetGroups: { web-d: { subnets: ["r[a]", "r[b]"] } }
outputs: { a: "\${use.web.arn}" }
`;
    expect(told(text)).toEqual([
      "test.yaml:11:8 name-collision: use/web makes topic/web-t (tier.yaml:4:11), which test.yaml:10:11 declares, too; the same applies to dbSubnetGroup/web-d. (give the use another name)",
    ]);
  });

  test("for a missing part, and not for the resources that it would have made", () => {
    const text = `use: { web: { part: missing.yaml } }
assert: { x: { deny: { from: internet, to: instance/web-m } } }
instances: { m: { subnet: web-s, image: ami-0123456789abcdef0, instanceType: t3.micro, securityGroups: [web-g], disposable: true } }
moved: [{ from: topic/t, to: topic/web-t }, { from: use/old, to: use/web }]
outputs: { a: "\${use.web.arn}", b: "\${topic['web-t'].arn}" }
`;
    expect(told(text)).toEqual([expect.stringContaining("test.yaml:10:21 file-not-found: ")]);
  });

  test.each([
    ["[a]", 'variable-type: the variable zones (from --var) is declared as a map in test.yaml:5:14, but its value is "[a]".'],
    ["{ a: 0 }", "variable-rule: the variable zones (from --var) has 1 item, but minItems is 2; it is declared in test.yaml:5:14."],
  ])("for a value from outside that does not fit: %s", (value, expected) => {
    const text = `dbSubnetGroups: { d: { subnets: "r[*]" }, e: { subnets: ["r[*]", "n[0]"] }, f: { subnets: ["r[a]", "r[b]"] } }
use:
  web: { part: tier.yaml, with: { vpc: main, subnets: "r[*]" } }
  each: { part: tier.yaml, forEach: "\${var.zones}", with: { vpc: main, subnets: ["r[\${each.key}]", "n[0]"] } }
moved: [{ from: subnet/x, to: "subnet/r[a]" }, { from: use/x, to: "use/each[a]" }]
outputs: { ids: "\${subnet.r.map(k, subnet.r[k].id)}", a: "\${subnet.r['a'].id}", arn: "\${use.each['a'].arn}", n: "\${size(var.zones)}" }
`;
    expect(told(text)).toEqual([]);
    expect(told(text, { vars: { zones: value } })).toEqual([`--var:1:1 ${expected}`]);
  });

  test("for the name of a repeated resource in place of a list, with both ways out", () => {
    expect(told("dbSubnetGroups: { d: { subnets: r } }\n")).toEqual([
      'test.yaml:10:33 wrong-type: dbSubnetGroup/d: subnets must be a list, but is the string "r". (write "r[*]" for all of them, or name some: ["r[a]"])',
    ]);
  });

  test("for a list in place of a mapping, with the mapping to write", () => {
    const text = `targetGroups: { t: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers:
  l:
    scheme: internal
    subnets: "r[*]"
    securityGroups: [g]
    listeners: { 80: { protocol: HTTP, forward: t, rules: [{ when: "\${size(var.zones) > 1}", priority: 1, forward: t }] } }
`;
    expect(told(text)).toEqual([
      'test.yaml:16:59 wrong-type: loadBalancer/l: listeners.80.rules must be a mapping, but is a list. (write a mapping: `NAME: { when: "${size(var.zones) > 1}", priority: 1, forward: t }`)',
    ]);
  });
});

describe("the declaration of a variable", () => {
  test.each<[string, string, string[]]>([
    [
      "a map without a type",
      "{ a: 1 }",
      ["the variable v is a map, and a map must be declared with its type. (write v: { type: map, default: { … } })"],
    ],
    [
      "no type",
      "{ default: 3 }",
      [
        "the variable v is declared with a mapping, but it has no type. (write type: string | number | boolean | list | map, and the value under default:)",
      ],
    ],
    [
      "a pattern that is none",
      '{ type: string, pattern: "(", default: x }',
      ['the variable v: pattern takes a regular expression, but "(" is not one: Unterminated group.'],
    ],
    [
      "a pattern of a number",
      '{ type: number, pattern: "a", default: 1 }',
      ["the variable v: pattern is a rule for a string, but this is a number."],
    ],
    ["a limit that is a text", "{ type: number, minimum: x, default: 1 }", ["the variable v: minimum takes a number."]],
    ["a length below nothing", "{ type: list, maxItems: -1, default: [a] }", ["the variable v: maxItems takes a whole number, 0 or more."]],
    [
      "choices that are no list",
      "{ type: string, enum: a, default: a }",
      ["the variable v: enum takes a list of the values that are allowed."],
    ],
    [
      "choices of lists",
      "{ type: list, enum: [a], default: [a] }",
      ["the variable v: enum is a rule for a string or number or boolean, but this is a list."],
    ],
  ])("%s", (_what, declaration, expected) => {
    const cwd = folderWith({ "test.yaml": `${head}variables: { v: ${declaration} }\n` });
    const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
    expect(diagnostics.map(({ summary, hint }) => `${summary}${hint ? ` (${hint})` : ""}`)).toEqual(expected);
  });
});

describe("adopt of a repeated resource", () => {
  test("names keys that it has", () => {
    expect(told('topics: { t: { forEach: [abc, b], adopt: { abd: { id: "x" }, b: { id: "y" } } } }\n')).toEqual([
      'test.yaml:10:44 unknown-field: topic/t has no [abd] to adopt. (did you mean "abc"?)',
    ]);
    const computed = "topics: { t: { forEach: [a, b], adopt: \"${{'a': {'id': 'x'}, 'other': {'id': 'y'}}}\" } }\n";
    expect(told(computed)).toEqual(["test.yaml:10:40 unknown-field: topic/t has no [other] to adopt. (keys are a, b)"]);
  });

  test("takes each object once", () => {
    expect(told('topics: { t: { count: 2, adopt: { id: "x" } } }\n')).toEqual([
      "test.yaml:10:26 adopt-owned: topic/t[0] and topic/t[1] both adopt x. (write the object of each key: adopt: { 0: { id: … }, 1: { id: … } })",
    ]);
    expect(told('topics: { a: { adopt: { id: "x" } }, b: { adopt: { id: "x" } } }\n')).toEqual([
      "test.yaml:10:43 adopt-owned: topic/a and topic/b both adopt x. (remove one of the two `adopt:` lines: an object has one address)",
    ]);
    expect(told('topics: { t: { forEach: { a: x, b: y }, adopt: { id: "${each.value}" } } }\n')).toEqual([]);
  });
});

/** Texts that name something under a key, in every form. */
const naming: Readonly<Record<string, string>> = {
  subnets: `networkAcls: { n: { vpc: main, subnets: [a, "r[*]"] } }
outputs:
  a: "\${subnet.a.id}"
  b: "\${subnet.r.map(k, subnet.r[k].id)}"
  c: "\${resource('subnet/a').cidrBlock}"
  d: "\${subnet['r']['x'].id}"
moved: [{ from: subnet/b, to: subnet/a }]
assert: { x: { deny: { from: internet, to: instance/i, port: 22 } }, y: { deny: { from: subnet/a, to: internet, port: 22 } } }
`,
  variables: 'topics: { t: { forEach: "${var.n}", tags: { a: "${var.n.x}", b: "${size(var.n)}" } } }\n',
  use: `topics: { t: { tags: { arn: "\${use.w.arn}" } } }
networkInterfaces: { n: { subnet: { id: subnet-0a1b2c3d }, securityGroups: [w-g] } }
`,
};

describe("the reported causes", () => {
  const said = (text: string) => {
    const cwd = folderWith({ "test.yaml": head + text });
    return loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds }).diagnostics.map(({ code, hint }) => [code, hint]);
  };
  const refers = "securityGroups: { g: { vpc: main } }\n";

  test("a section with a wrong name: not that the resources under it are missing", () => {
    const text = `vpc: { main: { cidrBlock: 10.0.0.0/16 } }\n${refers}`;
    expect(said(text)).toEqual([["unknown-field", 'did you mean "vpcs"?']]);
    expect(said(text.replace("vpc: main", "vpc: other")).map(([code]) => code)).toEqual(["unknown-field", "unknown-ref"]);
    expect(said(`tags: { main: x }\n${refers}`).map(([code]) => code)).toEqual(["unknown-ref"]);
  });

  test.each([
    ["a section", "subnts: { a: { vpc: main, cidrBlock: 10.0.1.0/24 }, r: { forEach: [x], tags: { x: '${each.key}' } } }", "subnets"],
    ["variables", "variabels: { n: { type: map, default: { x: 1 } } }", "variables"],
    ["variables in the word of others", "vars: { n: { x: 1 } }", "variables"],
    [
      "uses of parts",
      "uses: { w: { part: tier.yaml, with: { vpc: main, subnets: [{ id: subnet-0a1b2c3d }, { id: subnet-0a1b2c3e }] } } }",
      "use",
    ],
  ])("%s with a wrong name: not for references to its resources", (_what, wrong, meant) => {
    const text = `${head}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n${wrong}\n${naming[meant]}`;
    const cwd = folderWith({ "test.yaml": text, "tier.yaml": tier });
    const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([["unknown-field", `did you mean "${meant}"?`]]);
  });

  test("sections and parameters with a wrong name in a part: not for references to them", () => {
    const part = `part: 1
parametres: { n: 10.0.0.0/16 }
vpc: { main: { cidrBlock: "\${param.n}" } }
securityGroups: { g: { vpc: main, description: "\${vpc.main.cidrBlock} \${param.n}" } }
outputs: { v: "\${vpc.main.id}", n: "\${param.n}" }
`;
    const text = `${head}use: { u: { part: p.yaml, with: { n: 10.1.0.0/16 } } }
securityGroups: { h: { vpc: u-main } }
outputs: { v: "\${use.u.v}", n: "\${use.u.n}" }
`;
    const cwd = folderWith({ "test.yaml": text, "p.yaml": part });
    const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
    expect(diagnostics.map(({ at, hint }) => [at?.file, at?.line, hint])).toEqual([
      ["p.yaml", 2, 'did you mean "parameters"?'],
      ["p.yaml", 3, 'did you mean "vpcs"?'],
    ]);
  });

  test("a type with a wrong name, and one that infra does not make: not for references to it", () => {
    const text = `${head}AWS::SQS::Quue: { jobs: {} }
AWS::EC2::VPC: { main: { CidrBlock: 10.0.0.0/16 } }
securityGroups: { g: { vpc: main } }
outputs: { a: "\${resource('AWS::SQS::Queue/jobs').Arn}", b: "\${resource('AWS::SQS::Quue/jobs').Arn}", c: "\${vpc.main.id}" }
`;
    const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd: folderWith({ "test.yaml": text }), kinds, types });
    expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-type", "refused-type"]);
  });

  test("one of none: how to write that it may be none", () => {
    const text = "elasticIps: { e: { count: 0 } }\nsubnets: { a: { vpc: v, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n";
    const one = `${text}vpcs: { v: { cidrBlock: 10.0.0.0/16 } }\nnatGateways: { n: { subnet: a, elasticIp: "e[*]" } }\n`;
    expect(said(one)).toContainEqual([
      "counted-ref",
      "name one, and give natGateway/n a `when` that is false when elasticIp/e has no objects",
    ]);
  });

  test("an invalid project name: which names are valid", () => {
    const cwd = folderWith({ "test.yaml": "format: 1\nproject: lab_1\nregion: eu-west-1\n" });
    const { diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
    expect(diagnostics).toMatchObject([
      { code: "bad-value", hint: "write lower-case letters, digits and -, at most 40, beginning with a letter" },
    ]);
  });
});
