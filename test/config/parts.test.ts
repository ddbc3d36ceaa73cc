/** Parts: their resources are pasted where the part is used. References mean the same inside, and nothing else from outside is visible. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadEnvironment, type Loaded } from "../../src/config/load.ts";
import { valueOfOutput } from "../../src/config/expand/outputs.ts";
import type { Environment } from "../../src/config/environment.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { folderWith, head } from "./write-files.ts";

const network = `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { s: { forEach: { a: 0, b: 1 }, vpc: main, cidrBlock: "\${cidr.subnet(vpc.main.cidrBlock, 8, each.value)}", availabilityZone: "\${each.key}" } }
securityGroups: { g: { vpc: main } }
`;

const tier = `part: 1
description: A balancer and its targets.
parameters:
  vpc: { ref: vpc }
  subnets: { refs: subnet, minItems: 2 }
  group: { ref: securityGroup }
  path: { type: string, default: / }
targetGroups:
  web: { vpc: "\${param.vpc}", protocol: HTTP, port: 8080, healthCheck: { path: "\${param.path}" } }
loadBalancers:
  lb: { scheme: internal, subnets: "\${param.subnets}", securityGroups: ["\${param.group}"], tags: { range: "\${param.vpc.cidrBlock}" }, listeners: { 80: { protocol: HTTP, forward: web } } }
outputs:
  url: http://\${loadBalancer.lb.dnsName}\${param.path}
`;

const given = 'vpc: main, subnets: "s[*]", group: g';

function load(text: string, files: Readonly<Record<string, string>> = { "tier.yaml": tier }): Loaded {
  const cwd = folderWith({ "test.yaml": head + network + text, ...files });
  return loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
}

function environmentOf(loaded: Loaded): Environment {
  if (!loaded.environment) throw new Error(loaded.diagnostics.map((one) => formatDiagnostic(one)).join("\n"));
  return loaded.environment;
}

/** Everything that the plan is made from, without the positions. */
const meaningOf = ({ nodes }: Environment) => nodes.map(({ at: _at, ...node }) => node).sort((a, b) => (a.address < b.address ? -1 : 1));

test("a part in use is its resources under longer names, as if somebody had pasted them", () => {
  const used = environmentOf(load(`use: { front: { part: tier.yaml, with: { ${given}, path: /x } } }\n`));
  const pasted = environmentOf(
    load(`targetGroups:
  front-web: { vpc: main, protocol: HTTP, port: 8080, healthCheck: { path: /x } }
loadBalancers:
  front-lb: { scheme: internal, subnets: ["s[a]", "s[b]"], securityGroups: [g], tags: { range: 10.0.0.0/16 }, listeners: { 80: { protocol: HTTP, forward: front-web } } }
`),
  );
  expect(meaningOf(used)).toEqual(meaningOf(pasted));
});

test("a random set of uses, repeated, conditional and inside each other, equals the same pasted by hand", () => {
  const leaf = `part: 1
parameters: { vpc: { ref: vpc }, text: { type: string, default: none } }
securityGroups: { in: { vpc: "\${param.vpc}", ingress: [{ port: 80, source: self }, { port: 81, source: securityGroup/out }] }, out: { vpc: "\${param.vpc}" } }
parameters-of: x
`.replace("parameters-of: x\n", 'topics: { t: { forEach: [k, l], tags: { text: "${param.text} ${each.key}" } } }\n');
  const around = `part: 1
parameters: { vpc: { ref: vpc }, texts: { type: list } }
use: { inner: { part: leaf.yaml, forEach: "\${param.texts}", with: { vpc: "\${param.vpc}", text: "\${each.key}" } } }
securityGroups: { own: { vpc: "\${param.vpc}", ingress: [{ port: 22, source: securityGroup/inner-a-in }] } }
`;
  const leafByHand = (prefix: string, text: string) => ({
    securityGroups: [
      `  ${prefix}in: { vpc: main, ingress: [{ port: 80, source: self }, { port: 81, source: securityGroup/${prefix}out }] }`,
      `  ${prefix}out: { vpc: main }`,
    ],
    topics: [`  ${prefix}t: { forEach: [k, l], tags: { text: "${text} \${each.key}" } }`],
  });
  const use = fc.record({
    name: fc.constantFrom("p", "q", "r-1"),
    keys: fc.option(fc.subarray(["x", "y", "z"], { minLength: 1 })),
    when: fc.constantFrom(undefined, true, false),
    text: fc.constantFrom("none", "more"),
    nested: fc.option(fc.subarray(["b", "c"])),
  });
  fc.assert(
    fc.property(fc.uniqueArray(use, { selector: ({ name }) => name, maxLength: 3 }), (uses) => {
      const written = uses.map(({ name, keys, when, text, nested }) => {
        const what = nested
          ? `part: around.yaml, with: { vpc: main, texts: [a, ${nested.join(", ")}] }`
          : `part: leaf.yaml, with: { vpc: main, text: ${text} }`;
        return `  ${name}: { ${what}${keys ? `, forEach: [${keys.join(", ")}]` : ""}${when === undefined ? "" : `, when: ${when}`} }`;
      });
      const byHand = uses.flatMap(({ name, keys, when, text, nested }) => {
        if (when === false) return [];
        return (keys ?? [undefined]).flatMap((key) => {
          const prefix = `${name}-${key === undefined ? "" : `${key}-`}`;
          if (!nested) return [leafByHand(prefix, text)];
          const own = {
            securityGroups: [`  ${prefix}own: { vpc: main, ingress: [{ port: 22, source: securityGroup/${prefix}inner-a-in }] }`],
            topics: [],
          };
          return [...["a", ...nested].map((inner) => leafByHand(`${prefix}inner-${inner}-`, inner)), own];
        });
      });
      const section = (name: "securityGroups" | "topics", first: string) =>
        [`${name}:`, first, ...byHand.flatMap((one) => one[name])].join("\n");
      const base = network.replace(/securityGroups.*\n/, "");
      const cwd = folderWith({
        "leaf.yaml": leaf,
        "around.yaml": around.replace("texts: { type: list }", "texts: { type: list, minItems: 1 }"),
        "used.yaml": `${head}${base}securityGroups:\n  g: { vpc: main }\n${written.length > 0 ? `use:\n${written.join("\n")}\n` : ""}topics:\n  own: {}\n`,
        "hand.yaml": `${head}${base}${section("securityGroups", "  g: { vpc: main }")}\n${section("topics", "  own: {}")}\n`,
      });
      const [a, b] = ["used.yaml", "hand.yaml"].map((nameOrPath) => environmentOf(loadEnvironment({ nameOrPath, cwd, kinds })));
      expect(meaningOf(a!)).toEqual(meaningOf(b!));
    }),
    { numRuns: 15, seed: 7 },
  );
});

describe("outputs", () => {
  test("of a use, of a repeated one, and those that come late", () => {
    const environment = environmentOf(
      load(`use:
  one: { part: tier.yaml, with: { ${given} } }
  two: { part: tier.yaml, forEach: [x, y], with: { ${given}, path: "/\${each.key}" } }
parameters: { p: { value: "\${use.two['y'].url} \${use.one.url}" } }
outputs: { first: "\${use.one.url}" }
`),
    );
    const known = (address: string, output: string) => `${address.split("/")[1]}.${output}`;
    expect(valueOfOutput(environment.outputs![0]!, known)).toEqual({ value: "http://one-lb.dnsName/" });
    const parameter = environment.nodes.find(({ kind }) => kind === "parameter")!;
    expect(JSON.stringify(parameter.spec)).toContain("loadBalancer/two-y-lb");
  });

  test("known at once decide structure; a late one does not", () => {
    const part = "part: 1\ntopics: { t: {} }\noutputs: { keys: \"${['a', 'b']}\", arn: \"${topic.t.arn}\" }\n";
    const of = (text: string) => load(text, { "p.yaml": part });
    const environment = environmentOf(of('use: { u: { part: p.yaml } }\nparameters: { p: { forEach: "${use.u.keys}", value: x } }\n'));
    expect(environment.nodes.filter(({ kind }) => kind === "parameter").map(({ name }) => name)).toEqual(["p[a]", "p[b]"]);
    const { diagnostics } = of('use: { u: { part: p.yaml } }\nparameters: { p: { forEach: "${use.u.arn}", value: x } }\n');
    expect(diagnostics.map(({ code }) => code)).toEqual(["late-value"]);
  });
});

test("a whole use is renamed by one line", () => {
  const environment = environmentOf(
    load(`use: { web: { part: tier.yaml, with: { ${given} } } }\nmoved: [{ from: use/front, to: use/web }]\n`),
  );
  expect(environment.moved.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    "targetGroup/front-web → targetGroup/web-web",
    "loadBalancer/front-lb → loadBalancer/web-lb",
  ]);
});

test("an error in a part says which use it is of, once for all keys", () => {
  const part = "part: 1\nsecurityGroups:\n  g: { vpc: nope }\n";
  const { diagnostics } = load("use: { u: { part: p.yaml, forEach: [a, b] } }\n", { "p.yaml": part });
  expect(diagnostics).toHaveLength(1);
  expect(formatDiagnostic(diagnostics[0]!)).toBe(`p.yaml:3:13 (use/u[a], test.yaml:7)  error  unknown-ref
  securityGroup/u-a-g names vpc "nope", which its part does not declare.
   3 |   g: { vpc: nope }
     |             ^^^^
  hint: declare a parameter for a resource outside the part: { ref: KIND }`);
});

describe("mistakes in parts", () => {
  const used = (fields: string) => `use: { u: { part: p.yaml${fields} } }\n`;
  const cases: readonly [string, string, string, readonly [string, string, string]][] = [
    [
      "the outside",
      "part: 1\nsecurityGroups: { x: { vpc: main } }\n",
      used(""),
      ["unknown-ref", "p.yaml", 'names vpc "main", which its part does not declare'],
    ],
    [
      "a variable",
      'part: 1\ntopics: { x: { tags: { v: "${var.v}" } } }\n',
      `variables: { v: a }\n${used("")}`,
      ["bad-expression", "p.yaml", "variables belong to the environment"],
    ],
    [
      "the environment",
      'part: 1\ntopics: { x: { tags: { v: "${environment}" } } }\n',
      used(""),
      ["bad-expression", "p.yaml", "a part sees only its parameters"],
    ],
    [
      "another's field",
      'part: 1\ntopics: { x: { tags: { v: "${vpc.main.cidrBlock}" } } }\n',
      used(""),
      ["bad-expression", "p.yaml", 'vpc "main" is not declared'],
    ],
    [
      "an unknown parameter",
      'part: 1\nparameters: { a: { type: string, default: x } }\ntopics: { x: { tags: { v: "${param.b}" } } }\n',
      used(""),
      ["bad-expression", "p.yaml", 'the part has no parameter "b"'],
    ],
    [
      "one that is not declared",
      "part: 1\nparameters: { size: { type: string, default: x } }\ntopics: { x: {} }\n",
      used(", with: { sise: y }"),
      ["unknown-parameter", "test.yaml", 'no parameter "sise"'],
    ],
    [
      "one that is misspelt, once",
      "part: 1\nparameters: { size: { type: string }, v: { ref: vpc } }\ntopics: { x: { tags: { v: '${param.size}' } } }\nsubnets: { x: { vpc: '${param.v}', availabilityZone: a, cidrBlock: 10.0.9.0/24 } }\n",
      used(", with: { sise: y, v: main }"),
      ["unknown-parameter", "test.yaml", 'no parameter "sise"'],
    ],
    [
      "`with` itself, once",
      "part: 1\nparameters: { size: { type: string }, v: { ref: vpc } }\ntopics: { x: { tags: { v: '${param.size}' } } }\nsubnets: { x: { vpc: '${param.v}', availabilityZone: a, cidrBlock: 10.0.9.0/24 } }\n",
      used(", wth: { size: y, v: main }"),
      ["unknown-field", "test.yaml", 'use/u has no field "wth"'],
    ],
    [
      "one that is not given",
      "part: 1\nparameters: { size: { type: string } }\ntopics: { x: {} }\n",
      used(""),
      ["missing-parameter", "test.yaml", "the parameter size has no value"],
    ],
    [
      "a reference that is not given",
      "part: 1\nparameters: { v: { ref: vpc } }\ntopics: { x: {} }\n",
      used(""),
      ["missing-parameter", "test.yaml", "use/u does not set v"],
    ],
    [
      "a reference to nobody",
      "part: 1\nparameters: { v: { ref: vpc } }\ntopics: { x: {} }\n",
      used(", with: { v: mian }"),
      ["unknown-ref", "test.yaml", 'use/u passes vpc "mian"'],
    ],
    [
      "a reference to another kind",
      "part: 1\nparameters: { v: { ref: vpc } }\ntopics: { x: {} }\n",
      used(", with: { v: subnet/s }"),
      ["wrong-kind", "test.yaml", '"subnet/s" is not a vpc'],
    ],
    [
      "a repeated one without its key",
      "part: 1\nparameters: { s: { ref: subnet } }\ntopics: { x: {} }\n",
      used(", with: { s: s }"),
      ["counted-ref", "test.yaml", "subnet/s, which is 2 objects"],
    ],
    [
      "one in place of a list",
      "part: 1\nparameters: { s: { refs: subnet } }\ntopics: { x: {} }\n",
      used(', with: { s: "s[a]" }'),
      ["wrong-type", "test.yaml", "s takes a list of subnet"],
    ],
    [
      "too few",
      "part: 1\nparameters: { s: { refs: subnet, minItems: 3 } }\ntopics: { x: {} }\n",
      used(', with: { s: "s[*]" }'),
      ["variable-rule", "test.yaml", "has 2 items, but minItems is 3"],
    ],
    [
      "a value of another type",
      "part: 1\nparameters: { n: { type: number } }\ntopics: { x: {} }\n",
      used(", with: { n: [1] }"),
      ["variable-type", "test.yaml", "the parameter n is declared as a number"],
    ],
    [
      "a value that breaks a rule",
      "part: 1\nparameters: { n: { type: string, enum: [a] } }\ntopics: { x: {} }\n",
      used(", with: { n: b }"),
      ["variable-rule", "test.yaml", "the parameter n is"],
    ],
    [
      "a key of environments",
      "part: 1\nregion: eu-west-1\ntopics: { x: {} }\n",
      used(""),
      ["unknown-field", "p.yaml", 'a part has no "region"'],
    ],
    ["no part", "project: x\n", used(""), ["bad-part", "test.yaml", "p.yaml is not a part"]],
    ["another format", "part: 2\n", used(""), ["bad-part", "p.yaml", "reads only parts of format 1"]],
    [
      "a collision",
      "part: 1\ntopics: { x: {} }\n",
      `topics: { u-x: {} }\n${used("")}`,
      ["name-collision", "test.yaml", "use/u makes topic/u-x (p.yaml:2:11), which test.yaml:7:11 declares, too"],
    ],
    ["a URL", "part: 1\n", "use: { u: { part: https://example.com/p.yaml } }\n", ["bad-part", "test.yaml", "never read from a URL"]],
    ["a file outside", "part: 1\n", "use: { u: { part: ../p.yaml } }\n", ["file-outside", "test.yaml", "outside the repository"]],
    [
      "a package that is not there",
      "part: 1\n",
      "use: { u: { part: npm:@x/nothing/p.yaml } }\n",
      ["bad-part", "test.yaml", "no installed package has @x/nothing/p.yaml"],
    ],
    [
      "a way out of a package",
      "part: 1\n",
      "use: { u: { part: npm:x/../../p.yaml } }\n",
      ["bad-part", "test.yaml", "does not name a file of a package"],
    ],
    ["itself", "part: 1\nuse: { again: { part: p.yaml } }\n", used(""), ["part-cycle", "p.yaml", "p.yaml → p.yaml"]],
    [
      "an unknown field of a use",
      "part: 1\ntopics: { x: {} }\n",
      used(", wiht: {}"),
      ["unknown-field", "test.yaml", 'use/u has no field "wiht"'],
    ],
    [
      "an output that it does not have",
      "part: 1\ntopics: { x: {} }\n",
      `${used("")}outputs: { a: "\${use.u.url}" }\n`,
      ["bad-expression", "test.yaml", 'use/u has no output "url"'],
    ],
    [
      "a late condition",
      "part: 1\ntopics: { x: {} }\n",
      `topics: { t: {} }\n${used(', when: "${topic.t.arn}"')}`,
      ["late-value", "test.yaml", "this decides whether it is declared"],
    ],
    ["parts that are planned as environments", "part: 1\n", "part: 1\n", ["bad-part", "test.yaml", "this is a part, not an environment"]],
  ];
  test.each(cases)("%s", (_what, part, text, [code, file, summary]) => {
    const { diagnostics } = load(text, { "p.yaml": part });
    expect(diagnostics.map((one) => [one.code, one.at?.file, one.summary])).toEqual([[code, file, expect.stringContaining(summary)]]);
  });

  test("parts that use each other are reported as a circle, and so is a path that is too long", () => {
    const ring = load("use: { u: { part: a.yaml } }\n", {
      "a.yaml": "part: 1\nuse: { b: { part: b.yaml } }\n",
      "b.yaml": "part: 1\nuse: { a: { part: a.yaml } }\n",
    });
    expect(ring.diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
      ["part-cycle", "these parts use each other: a.yaml → b.yaml → a.yaml."],
    ]);
    const files = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`${n}.yaml`, `part: 1\nuse: { n: { part: ${n + 1}.yaml } }\n`]));
    const { diagnostics } = load("use: { u: { part: 1.yaml } }\n", { ...files, "7.yaml": "part: 1\n" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["parts-too-many"]);
  });

  test("uses without measure are stopped", () => {
    const { diagnostics } = load("use: { u: { part: a.yaml, count: 100 } }\n", {
      "a.yaml": "part: 1\nuse: { b: { part: b.yaml, count: 100 } }\n",
      "b.yaml": "part: 1\ntopics: { t: {} }\n",
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["parts-too-many"]);
  });
});

test("a part of an installed package is found by Node's rules, linked from elsewhere, too; a link out of the repository is not", () => {
  const elsewhere = folderWith({ "package.json": "{}", "tier.yaml": tier });
  const cwd = folderWith({
    "test.yaml": `${head}${network}use: { front: { part: "npm:@us/parts/tier.yaml", with: { ${given} } } }\n`,
    "other.yaml": `${head}${network}use: { front: { part: link.yaml, with: { ${given} } } }\n`,
  });
  mkdirSync(join(cwd, "node_modules", "@us"), { recursive: true });
  mkdirSync(join(cwd, ".git"));
  symlinkSync(elsewhere, join(cwd, "node_modules", "@us", "parts"));
  writeFileSync(join(elsewhere, "secret.yaml"), "part: 1\n");
  symlinkSync(join(elsewhere, "secret.yaml"), join(cwd, "link.yaml"));
  const environment = environmentOf(loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds }));
  expect(environment.nodes.map(({ address }) => address)).toContain("loadBalancer/front-lb");
  const { diagnostics } = loadEnvironment({ nameOrPath: "other.yaml", cwd, kinds });
  expect(diagnostics.map(({ code }) => code)).toEqual(["file-outside"]);
});
