import { describe, expect, test } from "vitest";
import { complete, definition, hover, nameAt, type Project } from "../../src/lsp/answers.ts";
import { declaredIn, referencesIn, whyUnread, type NamedFiles, type TextFile } from "../../src/lsp/names.ts";
import { rename, textsAfter } from "../../src/lsp/rename.ts";
import { SchemaWalk } from "../../src/lsp/schema-walk.ts";
import { kinds } from "../../src/kinds/index.ts";

const schema = new SchemaWalk(kinds);
const named: NamedFiles = { part: () => undefined, read: () => undefined };

/** Returns a file with the cursor at `|`, and the other files of its environment. */
function at(written: string, others: readonly TextFile[] = []): { file: TextFile; offset: number; project: Project } {
  const file = { path: "/a/environments/dev.yaml", text: written.replace("|", "") };
  const project = { kinds, schema, files: [file, ...others], named };
  return { file, offset: written.indexOf("|"), project };
}

function labels(written: string, others?: readonly TextFile[]): string[] {
  const { file, offset, project } = at(written, others);
  return complete(file, offset, project).map(({ label }) => label);
}

const vpcs = "vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n  other: { cidrBlock: 10.1.0.0/16 }\n";

describe("completion", () => {
  test("at the top: sections and keys, extends and variables among them", () => {
    expect(labels("|")).toEqual(expect.arrayContaining(["project", "region", "vpcs", "extends", "variables"]));
    expect(labels("sec|")).toEqual(["securityGroups", "secrets"]);
  });
  test("of fields, in block style and in braces", () => {
    expect(labels("vpcs:\n  main:\n    enableDns|")).toEqual(["enableDnsSupport", "enableDnsHostnames"]);
    expect(labels(`${vpcs}subnets:\n  a: { vpc: main, map|`)).toEqual(["mapPublicIpOnLaunch"]);
    expect(labels(`${vpcs}securityGroups:\n  web:\n    vpc: main\n    ingress:\n      - { port: 80, so|`)).toEqual(["source"]);
  });
  test("of declared names where a field refers to them, also while the file is no YAML", () => {
    expect(labels(`${vpcs}subnets:\n  a: { vpc: |`)).toEqual(["main", "other"]);
    expect(labels(`${vpcs}subnets:\n  a: { vpc: o|`)).toEqual(["other"]);
    expect(labels("subnets:\n  a: { vpc: | }\n", [{ path: "/a/environments/dev/net.yaml", text: vpcs }])).toEqual(["main", "other"]);
    expect(labels("subnets:\n  a: {}\n  b: {}\nrouteTables:\n  t: { subnets: [a, |")).toEqual(["a", "b"]);
    expect(labels("subnets:\n  a: {}\nrouteTables:\n  t:\n    subnets:\n      - |")).toEqual(["a"]);
    expect(labels("internetGateways:\n  main: {}\nrouteTables:\n  t:\n    routes:\n      - { target: |")).toContain("internetGateway/main");
  });
  test("of addresses, where a place takes any", () => {
    expect(labels(`${vpcs}assert:\n  a: { deny: { from: internet, to: v|`)).toEqual(["vpc/main", "vpc/other"]);
    expect(labels(`${vpcs}assert:\n  a: { deny: { from: [vpc/m|`)).toEqual(["vpc/main"]);
    expect(labels(`${vpcs}moved:\n  - { from: vpc/x, to: vpc/o|`)).toEqual(["vpc/other"]);
    expect(labels(`${vpcs}allowDestroy:\n  vpc/m|`)).toEqual(["vpc/main"]);
  });
  test("of choices", () => {
    expect(labels("loadBalancers:\n  web: { scheme: |")).toEqual(["internet-facing", "internal"]);
    expect(labels("vpcs:\n  main: { enableDnsSupport: |")).toEqual(["true", "false"]);
  });
});

describe("hover", () => {
  const shown = (written: string) => {
    const { file, offset, project } = at(written);
    return hover(file, offset, project)?.markdown;
  };
  test("names the field with its documentation", () => {
    expect(shown("vpcs:\n  main: { cidr|Block: 10.0.0.0/16 }")).toMatch(/^\*\*vpc\.cidrBlock\*\*\n\nThe primary IPv4 network/);
    expect(shown("securityGroups:\n  web:\n    ingress:\n      - { po|rt: 80 }")).toMatch(/^\*\*securityGroup\.ingress\.port\*\*/);
    expect(shown("reg|ion: eu-west-1")).toMatch(/^\*\*region\*\*/);
  });
  test("names the resource", () => {
    expect(shown(`${vpcs}subnets:\n  a: { vpc: ma|in }\n`)).toBe("**vpc/main**");
    expect(shown("vpcs:\n  ma|in: {}\n")).toBe("**vpc/main**\n\nA private network in one region.");
  });
});

test.each([
  ["outputs:\n  x: ${vpc.ma|in.id}", "main"],
  ["outputs:\n  x: '${cidr.subnet(vpc[\"oth|er\"].cidrBlock, 8, 0)} of ${vpc.main.id}'", "other"],
  ['outputs:\n  x: ${resource("vpc/ot|her").id}', "other"],
  ["instances:\n  a:\n    userData: >-\n      main\n      ${vpc.main.id} ${vpc.oth|er.id}", "other"],
  ["assert:\n  a: { deny: { from: internet, to: [vpc/mai|n] } }", "main"],
  ["moved: [{ from: vpc/main, to: vpc/oth|er }]", "other"],
  ['allowDestroy: { "vpc/ma|in": x }', "main"],
  ["securityGroups: { g: { vpc: \"${var.x ? 'ma|in' : 'other'}\" } }", "main"],
  ["subnets: { a: { vpc: 'oth|er' } }", "other"],
  ["subnets: { a: { vpc: vpc/oth|er } }", "other"],
])("a definition and a hover of what %j names", (text, name) => {
  const { file, offset, project } = at(`${vpcs}${text}\n`);
  const found = definition(file, offset, project);
  expect(found).toMatchObject({ kind: "vpc", name, start: vpcs.indexOf(name) });
  expect(hover(file, offset, project)).toEqual({ markdown: `**vpc/${name}**` });
});

test("a definition is the name under its section, in another file, too", () => {
  const net = { path: "/a/environments/dev/net.yaml", text: vpcs };
  const { file, offset, project } = at("subnets:\n  a: { vpc: ot|her }\n", [net]);
  expect(definition(file, offset, project)).toMatchObject({ kind: "vpc", name: "other", file: net, start: vpcs.indexOf("other") });
});

describe("rename", () => {
  const renamed = (written: string, to: string) => {
    const { file, offset, project } = at(written);
    const name = nameAt(file, offset, project);
    const environments = [{ name: "dev", files: [file], load: () => ({ diagnostics: [] }) }];
    const found = name && rename(name, to, { ...project, home: file.path, environments, shown: (path) => path });
    return found && !("refused" in found) ? textsAfter(found).get(file.path) : found;
  };

  test("changes the name and the references to it, and adds the line that keeps the object", () => {
    const text = "vpcs:\n  main|: {}\nsubnets:\n  a: { vpc: main }\n  main: { vpc: main }\n";
    const after = "vpcs:\n  core: {}\nsubnets:\n  a: { vpc: core }\n  main: { vpc: core }\n";
    expect(renamed(text, "core")).toBe(`${after}\nmoved:\n  - { from: vpc/main, to: vpc/core }\n`);
  });
  test("goes from a reference, and adds to a list that is there", () => {
    const text =
      "moved:\n  - { from: vpc/x, to: vpc/y }\ninternetGateways:\n  g: {}\nrouteTables:\n  t:\n    routes: [{ destination: 0.0.0.0/0, target: internetGateway/g| }]\n";
    expect(renamed(text, "gate")).toBe(
      "moved:\n  - { from: internetGateway/g, to: internetGateway/gate }\n  - { from: vpc/x, to: vpc/y }\ninternetGateways:\n  gate: {}\nrouteTables:\n  t:\n    routes: [{ destination: 0.0.0.0/0, target: internetGateway/gate }]\n",
    );
  });
  test("refuses a name that is taken or cannot be one", () => {
    expect(renamed("vpcs:\n  a|: {}\n  b: {}\n", "b")).toEqual({ refused: "vpc/b is declared already" });
    expect(renamed("vpcs:\n  a|: {}\n", "x y")).toEqual({ refused: '"x y" cannot be a name: letters, digits, - and _' });
    expect(renamed("reg|ion: x\n", "y")).toBeUndefined();
  });
});

test("a text is parsed once, however often it is asked for names", () => {
  let reads = 0;
  const file = {
    path: "/a/environments/dev.yaml",
    get text() {
      reads++;
      return "project: shop\n";
    },
  };
  for (let i = 0; i < 2; i++) declaredIn([file], kinds);
  referencesIn([file], kinds, named);
  whyUnread(file);
  expect(reads).toBe(1);
});
