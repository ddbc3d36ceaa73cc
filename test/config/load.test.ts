import { processorTime } from "../support/processor.ts";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listEnvironments, loadEnvironment } from "../../src/config/load.ts";
import { toyKinds } from "./toy-kinds.ts";
import { environmentOf, folderWith, head, loadText, nodeOf } from "./write-files.ts";

describe("finding an environment", () => {
  const network = `${head}networks: { main: { cidrBlock: 10.0.0.0/16 } }\n`;
  const cwd = () =>
    folderWith({
      "environments/prod.yaml": network,
      "environments/lab/a.yaml": network,
      "environments/lab/b.yaml": "servers: { web: {} }\n",
      "environments/_base.yaml": "project: x\n",
      "environments/user-data/boot.sh": "#!/bin/sh\n",
      "elsewhere/one.yaml": network,
    });

  test("lists files and folders, neither bases nor folders without YAML", () => {
    expect(listEnvironments(cwd()).map(({ name, kind }) => `${name} ${kind}`)).toEqual(["lab folder", "prod file"]);
    expect(listEnvironments(folderWith({}))).toEqual([]);
  });

  test.each(["prod", "environments/prod.yaml", "lab", "environments/lab", "elsewhere/one.yaml"])("%s is found", (nameOrPath) => {
    const { environment } = loadEnvironment({ nameOrPath, cwd: cwd(), kinds: toyKinds });
    expect(environment?.nodes.map(({ address }) => address)).toContain("network/main");
  });

  test("an absolute path is found, and shown as it was given", () => {
    const path = join(cwd(), "elsewhere/one.yaml");
    expect(loadEnvironment({ nameOrPath: path, cwd: "/", kinds: toyKinds }).environment?.at.file).toContain("elsewhere/one.yaml");
  });

  test("a name that is not there is answered with one that is near, or with all", () => {
    const hintFor = (nameOrPath: string) =>
      loadEnvironment({ nameOrPath, cwd: cwd(), kinds: toyKinds }).diagnostics.map(({ code, hint }) => `${code}: ${hint}`);
    expect(hintFor("prid")).toEqual(['env-not-found: did you mean "prod"?']);
    expect(hintFor("quite-different")).toEqual(["env-not-found: environments/ has: lab, prod"]);
  });

  test("a name that is both file and folder is refused", () => {
    const both = folderWith({ "environments/a.yaml": network, "environments/a/b.yaml": network });
    expect(loadEnvironment({ nameOrPath: "a", cwd: both, kinds: toyKinds }).diagnostics.map(({ code }) => code)).toEqual([
      "declared-twice",
    ]);
  });

  test("the name is the file's when `environment` is not written", () => {
    const cwd = folderWith({ "environments/prod.yaml": "project: lab\nregion: eu-west-1\nbalancers: { web: {} }\n" });
    const { environment } = loadEnvironment({ nameOrPath: "prod", cwd, kinds: toyKinds });
    expect(environment).toMatchObject({ name: "prod", nodes: [{ awsName: "prod-web" }] });
  });
});

describe("resources", () => {
  test("references become addresses, ids and look-ups; zones get their full name", () => {
    const environment = environmentOf(`
networks: { main: { cidrBlock: 10.0.0.0/16 } }
nets:
  a: { network: main, cidrBlock: 10.0.1.0/24, zone: a }
  b: { network: { id: vpc-0123 }, cidrBlock: 10.0.2.0/24, zone: eu-west-1b }
  c: { network: { tags: { Name: shared }, ownerId: "123456789012" }, cidrBlock: 10.0.3.0/24, zone: euw1-az2 }
  d: { network: network/main, cidrBlock: 10.0.4.0/24, zone: eu-west-1-lon-1a }
gateways: { out: { network: main } }
tables:
  t: { network: main, nets: [a, b], routes: [{ destination: 0.0.0.0/0, target: gateway/out }, { destination: "::/0", target: { id: igw-1 } }] }
groups:
  one: { network: main, rules: [{ port: 22, source: 10.0.0.0/8 }, { port: 80, source: group/two }, { port: 81, source: two }, { port: 82, source: self }] }
  two: { network: main, rules: [{ port: 80, source: one }] }
`);
    expect(nodeOf(environment, "net/a").spec).toEqual({ network: "network/main", cidrBlock: "10.0.1.0/24", zone: "eu-west-1a" });
    expect(nodeOf(environment, "net/b").spec).toMatchObject({ network: "vpc-0123", zone: "eu-west-1b" });
    expect(nodeOf(environment, "net/c").spec).toMatchObject({
      network: { tags: { Name: "shared" }, ownerId: "123456789012" },
      zone: "euw1-az2",
    });
    expect(nodeOf(environment, "net/d").spec).toMatchObject({ network: "network/main", zone: "eu-west-1-lon-1a" });
    expect(nodeOf(environment, "table/t").spec).toEqual({
      network: "network/main",
      nets: ["net/a", "net/b"],
      routes: [
        { destination: "0.0.0.0/0", target: "gateway/out" },
        { destination: "::/0", target: "igw-1" },
      ],
    });
    expect(nodeOf(environment, "group/one").spec.rules.map(({ source }: { source: string }) => source)).toEqual([
      "10.0.0.0/8",
      "group/two",
      "group/two",
      "self",
    ]);
  });

  test("common fields go beside the spec, and defaults are not filled in", () => {
    const environment = environmentOf(`
tags: { team: web, cost: a }
servers:
  plain: {}
  full:
    tags: { cost: b, team: null, Name: mine }
    protect: true
    retain: true
    disposable: true
    adopt: { id: i-1 }
    ignoreChanges: [image, disk.size, tags]
    version: "1"
`);
    expect(nodeOf(environment, "server/plain")).toMatchObject({
      kind: "server",
      name: "plain",
      spec: {},
      tags: { Name: "test-plain", team: "web", cost: "a" },
      protect: false,
      retain: false,
      disposable: false,
      ignoreChanges: [],
    });
    expect(nodeOf(environment, "server/plain")).not.toHaveProperty("adopt");
    expect(nodeOf(environment, "server/plain")).not.toHaveProperty("awsName");
    expect(nodeOf(environment, "server/full")).toMatchObject({
      spec: { version: "1" },
      tags: { Name: "mine", cost: "b", team: null },
      protect: true,
      retain: true,
      disposable: true,
      adopt: "i-1",
      ignoreChanges: ["image", "disk.size", "tags"],
    });
  });

  test("count makes as many as it says, each with its own name", () => {
    const environment = environmentOf(
      "servers: { web: { count: 2, version: a }, none: { count: 0 } }\nbalancers: { b: { listeners: { 80: { protocol: HTTP, forward: 'web[1]' } } } }\n",
    );
    expect(environment.nodes.map(({ address }) => address)).toEqual(["server/web[0]", "server/web[1]", "balancer/b"]);
    expect(nodeOf(environment, "server/web[1]")).toMatchObject({ name: "web[1]", spec: { version: "a" }, tags: { Name: "test-web-1" } });
    expect(nodeOf(environment, "server/web[1]").spec).not.toHaveProperty("count");
    expect(nodeOf(environment, "balancer/b").spec).toEqual({ listeners: { "80": { protocol: "HTTP", forward: "server/web[1]" } } });
  });

  test("in a list, the name of a counted resource stands for all its copies", () => {
    const environment = environmentOf(
      "servers: { web: { count: 2 }, none: { count: 0 }, one: {} }\nteams: { t: { members: [one, web, none, 'web[0]'] } }\n",
    );
    expect(nodeOf(environment, "team/t").spec).toEqual({ members: ["server/one", "server/web[0]", "server/web[1]", "server/web[0]"] });
  });

  test("AWS names are derived, or as written; the Name tag follows", () => {
    const environment = environmentOf("balancers: { web: {}, other: { name: Custom }, a-very-long-name-that-does-not-fit: {} }\n");
    expect(nodeOf(environment, "balancer/web")).toMatchObject({ awsName: "test-web", awsNameWritten: false, tags: { Name: "test-web" } });
    expect(nodeOf(environment, "balancer/other")).toMatchObject({ awsName: "Custom", awsNameWritten: true, tags: { Name: "Custom" } });
    expect(nodeOf(environment, "balancer/a-very-long-name-that-does-not-fit").awsName).toMatch(/^test-a-very-long-name-t-[0-9a-f]{8}$/);
  });

  test("a named file becomes the field beside it, relative to the YAML that names it", () => {
    const files = {
      "base/base.yaml": "servers: { web: { userDataFile: scripts/boot.sh } }\n",
      "base/scripts/boot.sh": "#!/bin/sh\necho hi\n",
    };
    const environment = environmentOf("extends: base/base.yaml\n", files);
    const node = nodeOf(environment, "server/web");
    expect(node.spec).toEqual({ userData: "#!/bin/sh\necho hi\n" });
    expect(node.at("userData")).toMatchObject({ file: join("base", "base.yaml"), line: 1, column: 33, length: 15 });
    expect(environment.files.map((file) => file.split("/").slice(-2).join("/")).slice(1)).toEqual(["base/base.yaml", "scripts/boot.sh"]);
  });

  test("an image stays as it is written", () => {
    const environment = environmentOf(
      "servers: { a: { image: { ssm: /a/b } }, b: { image: ami-0123456789abcdef0 }, c: { image: { owner: amazon, name: 'al2023-*' } } }\n",
    );
    expect(environment.nodes.map(({ spec }) => spec.image)).toEqual([
      { ssm: "/a/b" },
      "ami-0123456789abcdef0",
      { owner: "amazon", name: "al2023-*" },
    ]);
  });
});

describe("the environment", () => {
  test("top-level fields", () => {
    const environment = environmentOf(`
format: 1
account: "123456789012"
assumeRole: arn:aws:iam::123456789012:role/infra
maxDisruption: none
x-anything: { goes: here }
servers: { new: {} }
moved: [{ from: server/old, to: server/new }]
allowDestroy: { server/gone: i-1, "server/web[0]": i-2 }
`);
    expect(environment).toMatchObject({
      format: 1,
      account: "123456789012",
      assumeRole: "arn:aws:iam::123456789012:role/infra",
      maxDisruption: "none",
      allowDestroy: { "server/gone": "i-1", "server/web[0]": "i-2" },
    });
    expect(environment.accountAt).toMatchObject({ file: "test.yaml", line: 6, column: 10 });
    expect(environment.moved).toEqual([{ from: "server/old", to: "server/new", at: expect.objectContaining({ line: 11 }) }]);
    expect(environment.at).toMatchObject({ file: "test.yaml", line: 1, column: 1, text: "project: lab" });
  });

  test("merge keys and anchors under x-", () => {
    const environment = environmentOf(`
x-defaults: &defaults { version: "1", size: small }
x-more: &more { size: large, userData: hi }
servers:
  a: { <<: *defaults, size: medium }
  b: { <<: [*more, *defaults] }
  c: *defaults
`);
    expect(environment.nodes.map(({ spec }) => spec)).toEqual([
      { version: "1", size: "medium" },
      { size: "large", userData: "hi", version: "1" },
      { version: "1", size: "small" },
    ]);
    expect(environment.nodes[1]!.at("size")).toMatchObject({ line: 6, column: 23 });
  });

  test("a key named __proto__ is a key like any other", () => {
    const { diagnostics } = loadText("servers: { __proto__: { version: a } }\n");
    expect(diagnostics.map(({ code }) => code)).toEqual(["bad-name"]);
  });

  test("a warning does not withhold the environment", () => {
    const cwd = folderWith({ "a.yaml": "project: lab\nregion: zz-west-1\n" });
    const { environment, diagnostics } = loadEnvironment({ nameOrPath: "a.yaml", cwd, kinds: toyKinds });
    expect(environment?.region).toBe("zz-west-1");
    expect(diagnostics).toMatchObject([{ code: "unknown-region", severity: "warning" }]);
  });
});

describe("places", () => {
  const environment = () =>
    environmentOf(`tags: { team: web }
networks: { main: { cidrBlock: 10.0.0.0/16 } }
groups:
  g:
    network: main
    rules:
      - port: 22
        source: self
balancers:
  b:
    listeners:
      80:
        protocol: HTTP
`);

  test.each([
    ["group/g", undefined, 7, 3],
    ["group/g", "network", 8, 14],
    ["group/g", "rules", 9, 5],
    ["group/g", "rules[0]", 10, 9],
    ["group/g", "rules[0].source", 11, 17],
    ["group/g", "rules[0].description", 10, 9],
    ["group/g", "rules[7]", 9, 5],
    ["group/g", "nothing", 7, 3],
    ["group/g", "tags.team", 4, 15],
    ["balancer/b", "listeners.80.protocol", 16, 19],
    ["balancer/b", "listeners.80", 15, 7],
  ])("%s %s", (address, path, line, column) => {
    expect(nodeOf(environment(), address).at(path)).toMatchObject({ file: "test.yaml", line, column });
  });

  test("keys with dots are followed whole", () => {
    const node = nodeOf(environmentOf("servers:\n  a:\n    tags:\n      kubernetes.io/role.x: yes-it-is\n"), "server/a");
    expect(node.at("tags.kubernetes.io/role.x")).toMatchObject({ line: 7, column: 29 });
  });
});

test("files that nothing names", () => {
  const run = (bytes: string | Buffer) =>
    loadEnvironment({ nameOrPath: "a.yaml", cwd: folderWith({ "a.yaml": bytes }), kinds: toyKinds }).diagnostics.map(
      ({ code, summary }) => `${code}: ${summary}`,
    );
  const start = processorTime();
  expect(run(Buffer.alloc(50 * 1024 * 1024, "a: 1\n"))).toEqual(["file-too-large: a.yaml has 50 MiB; infra reads at most 8 MiB."]);
  expect(processorTime() - start).toBeLessThan(2000);
  expect(run("")).toEqual(["file-empty: a.yaml is empty."]);
  expect(run(" \n\n")).toEqual(["file-empty: a.yaml is empty."]);
  expect(run(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]))).toEqual(["file-not-text: a.yaml is binary, not text."]);
  expect(run(Buffer.from("a: 1\nb: \xe9\n", "latin1"))).toEqual([
    "file-not-text: a.yaml is not UTF-8: the byte 0xE9 is here, which is é in the encoding of older Windows programs.",
  ]);
  expect(run(Buffer.from("\ufeffa: 1\n", "utf16le"))).toEqual(["file-not-text: a.yaml is UTF-16, but must be UTF-8."]);
});

test("a byte order mark and Windows line breaks do no harm", () => {
  const cwd = folderWith({ "a.yaml": `\ufeff${head}servers: { a: { sise: x } }\n`.replaceAll("\n", "\r\n") });
  expect(loadEnvironment({ nameOrPath: "a.yaml", cwd, kinds: toyKinds }).diagnostics).toMatchObject([
    { code: "unknown-field", at: { line: 4, column: 17, text: "servers: { a: { sise: x } }" } },
  ]);
});

test("aliases that multiply are stopped", () => {
  const lines = ["x-0: &a0 [a, a, a, a, a, a, a, a, a, a]"];
  for (let i = 1; i < 9; i++)
    lines.push(
      `x-${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  const start = processorTime();
  expect(loadText(`${lines.join("\n")}\n`).diagnostics).toMatchObject([{ code: "yaml-alias" }]);
  expect(processorTime() - start).toBeLessThan(2000);
});

test("a folder and a broken link are no files", () => {
  const cwd = folderWith({ "a.yaml": `${head}servers: { a: { userDataFile: folder }, b: { userDataFile: link } }\n`, "folder/x": "x" });
  symlinkSync(join(cwd, "nowhere"), join(cwd, "link"));
  expect(loadEnvironment({ nameOrPath: "a.yaml", cwd, kinds: toyKinds }).diagnostics.map(({ code }) => code)).toEqual([
    "file-unreadable",
    "file-not-found",
  ]);
});
