import { describe, expect, test } from "vitest";
import { valueOfOutput } from "../../src/config/expand/outputs.ts";
import { outputsOfKind } from "../../src/resource/late.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { folderWith, head } from "./write-files.ts";

const network =
  "vpcs: { m: { cidrBlock: 10.0.0.0/16 } }\nsubnets: { p: { forEach: [a], vpc: m, cidrBlock: 10.0.0.0/24, availabilityZone: a } }\n";

function load(text: string) {
  const cwd = folderWith({ "test.yaml": head + network + text });
  return loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
}

test("a known value keeps its type; a value that AWS makes is asked for by address and name", () => {
  const { environment } = load(`outputs:
  range: "\${vpc.m.cidrBlock}"
  zones: "\${['a', 'b']}"
  text: "in \${vpc.m.id}: \${subnet.p.a.output('zone')}."
`);
  const [range, zones, text] = environment!.outputs!;
  const known = (address: string, name: string) =>
    ({ "vpc/m": { id: "vpc-1" }, "subnet/p[a]": { zone: "eu-west-1a" } })[address]?.[name as never];
  expect(valueOfOutput(range!, known)).toEqual({ value: "10.0.0.0/16" });
  expect(valueOfOutput(zones!, known)).toEqual({ value: ["a", "b"] });
  expect(valueOfOutput(text!, known)).toEqual({ value: "in vpc-1: eu-west-1a." });
  expect(valueOfOutput(text!, () => undefined)).toEqual({ waitsFor: ["vpc/m", "subnet/p[a]"] });
});

test.each([
  ["vpc/m.id", "${vpc.m.id}"],
  ["vpc.m.id", "${vpc.m.id}"],
  ["subnet/p.id", "${subnet.p.id}"],
  ["volume/new-one.id", "${volume['new-one'].id}"],
])("warns of the output %s, which is a text without ${…}", (written, right) => {
  const { environment, diagnostics } = load(`volumes: { new-one: { size: 8, availabilityZone: a } }\noutputs: { a: ${written} }\n`);
  expect(diagnostics.map(({ code, severity, at, hint }) => [code, severity, at?.column, hint])).toEqual([
    ["output-is-text", "warning", 15, `write "${right}"`],
  ]);
  expect(environment!.outputs).toEqual([{ name: "a", value: written }]);
});

test.each(["vpc/other.id", "https://vpc/m.id", "m", "vpc/m"])("takes the output %s for the text that it is", (written) => {
  expect(load(`outputs: { a: "${written}" }\n`).diagnostics).toEqual([]);
});

describe("mistakes", () => {
  test.each<[string, string, string, number]>([
    ["what AWS makes, where it is needed before", 'tags: { vpc: "${vpc.m.id}" }', "late-value", 6],
    ["what AWS makes, where it is added to a number", 'outputs: { a: "${vpc.m.id + 1}" }', "bad-expression", 6],
    ["an output that the kind does not have", "outputs: { a: \"${vpc.m.output('dnsName')}\" }", "bad-expression", 6],
    ["a part that is not there", "use: { a: { part: x.yaml } }", "file-not-found", 6],
    ["a list in place of names", "outputs: [a]", "wrong-type", 6],
  ])("%s", (_what, text, code, line) => {
    const { diagnostics } = load(`${text}\n`);
    expect(diagnostics.map((one) => [one.code, one.at?.line])).toEqual([[code, line]]);
  });
});

test("every output of a kind has a name for expressions and a sentence", () => {
  for (const kind of kinds)
    for (const [output, { doc, changesWith }] of Object.entries(outputsOfKind(kind))) {
      if (Array.isArray(changesWith)) for (const field of changesWith) expect(Object.keys(kind.fields)).toContain(field);
      const { name } = kind;
      expect(`${name}.${output}: ${doc}`).toMatch(/^\w+\.[a-z][A-Za-z0-9]*: [A-Z][^.]+\.( .+)?$/);
    }
});
