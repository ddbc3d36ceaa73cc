import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folderWith } from "./write-files.ts";

test("where others than one kind fit, the form says nothing", () => {
  const text =
    "format: 1\nproject: p\nregion: eu-west-1\nvpcs: { m: { cidrBlock: 10.0.0.0/16 } }\n" +
    "securityGroups: { g: { vpc: m, description: d, ingress: [{ port: 22, source: { id: pl-0a1b2c3d4e5f60718 } }] } }\n" +
    "routeTables: { r: { vpc: m, routes: [{ destination: 10.9.0.0/16, target: { id: pcx-0a1b2c3d4e5f60718 } }] } }\n";
  const { diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd: folderWith({ "e.yaml": text }), kinds });
  expect(diagnostics).toEqual([]);
});

test.each([
  ["vpc", "vpc-0123456789abcdef0", undefined],
  ["vpc", "vpc-0a1b2c3d", undefined],
  ["vpc", "default", 'subnet/s: "default" is not the id of a vpc.'],
  ["vpc", "subnet-0123456789abcdef0", 'subnet/s: "subnet-0123456789abcdef0" is not the id of a vpc.'],
  ["vpc", "vpc-web", 'subnet/s: "vpc-web" is not the id of a vpc.'],
])("%s: { id: %s }", (field, id, problem) => {
  const text = `format: 1\nproject: p\nregion: eu-west-1\nsubnets: { s: { ${field}: { id: ${id} }, cidrBlock: 10.0.0.0/24, availabilityZone: a } }\n`;
  const { diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd: folderWith({ "e.yaml": text }), kinds });
  expect(diagnostics.map(({ summary }) => summary)).toEqual(problem === undefined ? [] : [problem]);
  if (problem !== undefined) expect(diagnostics[0]).toMatchObject({ code: "bad-value", hint: "an id looks like vpc-0123456789abcdef0" });
});
