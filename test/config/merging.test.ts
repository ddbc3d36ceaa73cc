import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { toyKinds } from "./toy-kinds.ts";
import { environmentOf, folderWith, head, loadText, nodeOf } from "./write-files.ts";

describe("extends", () => {
  const base = `
project: base
tags: { team: web, cost: a }
networks: { main: { cidrBlock: 10.0.0.0/16, dns: true } }
servers:
  web: { version: "1", disk: { size: 8, type: gp3 }, groups: [] }
  old: {}
balancers: { b: { listeners: { 80: { protocol: HTTP }, 443: { protocol: HTTPS } } } }
`;

  test("mappings merge deeply, scalars and lists are replaced, null removes", () => {
    const environment = environmentOf(
      `extends: base.yaml
networks: { main: { dns: null } }
tags: { cost: null }
servers: { web: { disk: { size: 16 }, groups: [{ id: sg-1 }] }, old: null, new: {} }
balancers: { b: { listeners: { 80: null, 81: { protocol: HTTP } } } }
`,
      { "base.yaml": base },
    );
    expect(environment.project).toBe("lab");
    expect(environment.tags).toEqual({ team: "web" });
    expect(nodeOf(environment, "network/main").spec).toEqual({ cidrBlock: "10.0.0.0/16" });
    expect(environment.nodes.map(({ address }) => address)).toEqual(["network/main", "server/web", "server/new", "balancer/b"]);
    expect(nodeOf(environment, "server/web").spec).toEqual({ version: "1", disk: { size: 16, type: "gp3" }, groups: ["sg-1"] });
    expect(Object.keys(nodeOf(environment, "balancer/b").spec.listeners)).toEqual(["81", "443"]);
  });

  test("every value remembers the file it came from", () => {
    const node = nodeOf(
      environmentOf("extends: base.yaml\nservers: { web: { disk: { size: 16 } } }\n", { "base.yaml": base }),
      "server/web",
    );
    expect(node.at("version")).toMatchObject({ file: "base.yaml", line: 6 });
    expect(node.at("disk.size")).toMatchObject({ file: "test.yaml", line: 5 });
    expect(node.at("disk.type")).toMatchObject({ file: "base.yaml", line: 6 });
  });

  test("several bases, the later over the earlier, bases of bases, folders as bases", () => {
    const files = {
      "one.yaml": "extends: deep/deepest.yaml\nservers: { a: { version: one } }\n",
      "two/x.yaml": "servers: { a: { version: two } }\n",
      "two/y.yaml": "servers: { b: {} }\n",
      "deep/deepest.yaml": "servers: { a: { version: deepest, size: small } }\n",
    };
    const environment = environmentOf("extends: [one.yaml, two]\n", files);
    expect(nodeOf(environment, "server/a").spec).toEqual({ version: "two", size: "small" });
    expect(environment.nodes).toHaveLength(2);
  });

  test("one base twice by two ways is no circle", () => {
    const files = { "a.yaml": "extends: c.yaml\n", "b.yaml": "extends: c.yaml\n", "c.yaml": "servers: { s: {} }\n" };
    expect(environmentOf("extends: [a.yaml, b.yaml]\n", files).nodes).toHaveLength(1);
  });

  test("a null that removes nothing is a mistake", () => {
    expect(loadText("servers: { a: null }\n").diagnostics).toMatchObject([{ code: "wrong-type", hint: "write {} if it has no fields" }]);
  });

  test("paths are no place for variables", () => {
    expect(loadText("extends: ${var.x}\n").diagnostics).toMatchObject([{ code: "wrong-type" }]);
  });
});

describe("folders", () => {
  test("parts are merged, lists joined, equal scalars accepted, extends of every part followed", () => {
    const cwd = folderWith({
      "environments/e/a.yaml": `format: 1\n${head}extends: ../../base.yaml\nvariables: { v: one }\nservers: { a: { version: "\${var.w}" } }\nmoved: [{ from: server/x, to: server/a }]\n`,
      "environments/e/b.yml": `format: 1\nvariables: { w: two }\nservers: { b: { version: "\${var.v}" } }\nmoved: [{ from: server/y, to: server/b }]\nx-park: 1\n`,
      "environments/e/c.txt": "not: read",
      "environments/e/.hidden.yaml": "not: read",
      "base.yaml": "servers: { c: {} }\nx-park: 2\n",
    });
    const { environment, diagnostics } = loadEnvironment({ nameOrPath: "e", cwd, kinds: toyKinds });
    expect(diagnostics).toEqual([]);
    expect(environment?.nodes.map(({ address, spec }) => [address, spec.version])).toEqual([
      ["server/c", undefined],
      ["server/a", "two"],
      ["server/b", "one"],
    ]);
    expect(environment?.moved).toHaveLength(2);
  });

  test("a folder without YAML is no environment", () => {
    const cwd = folderWith({ "e/readme.txt": "hi" });
    expect(loadEnvironment({ nameOrPath: "e", cwd, kinds: toyKinds }).diagnostics).toMatchObject([{ code: "env-not-found" }]);
  });
});
