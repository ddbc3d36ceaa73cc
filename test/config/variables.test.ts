import { describe, expect, test } from "vitest";
import type { LoadInput } from "../../src/config/load.ts";
import { environmentOf, loadText, nodeOf } from "./write-files.ts";

const text = `
variables: { port: 8001, version: "8.0", dns: true, ip: null, host: web }
networks: { main: { cidrBlock: 10.0.0.0/16, dns: "\${var.dns}" } }
groups: { g: { network: main, rules: [{ port: "\${var.port}", source: "\${var.ip}/32" }] } }
servers:
  a: { version: "\${var.version}", userData: "curl http://\${var.host}:\${var.port}/ $\${HOME} $HOME" }
`;

function values(more: Partial<LoadInput> = {}, files: Record<string, string> = {}) {
  const environment = environmentOf(text, files, { ...more, vars: { ip: "10.1.2.3", ...more.vars } });
  const [rule] = nodeOf(environment, "group/g").spec.rules;
  const { version, userData } = nodeOf(environment, "server/a").spec;
  return { port: rule.port, source: rule.source, dns: nodeOf(environment, "network/main").spec.dns, version, userData };
}

test("a whole-string variable keeps its type, others become text, $${ is literal", () => {
  expect(values()).toEqual({
    port: 8001,
    source: "10.1.2.3/32",
    dns: true,
    version: "8.0",
    userData: "curl http://web:8001/ ${HOME} $HOME",
  });
});

test("overrides keep the declared type", () => {
  expect(values({ vars: { port: "80", version: "9", dns: "false" } })).toMatchObject({ port: 80, version: "9", dns: false });
});

test("--var is stronger than --var-file, that than INFRA_VAR_NAME, that than the file", () => {
  const files = { "one.yaml": "port: 2\nversion: 8.40\n", "two.yaml": "port: 3\n" };
  expect(values({ env: { INFRA_VAR_port: "1", INFRA_VAR_unrelated: "x", PATH: "/bin" } })).toMatchObject({ port: 1 });
  expect(values({ env: { INFRA_VAR_port: "1" }, varFiles: ["one.yaml"] }, files)).toMatchObject({ port: 2, version: "8.40" });
  expect(values({ env: { INFRA_VAR_port: "1" }, varFiles: ["one.yaml", "two.yaml"] }, files)).toMatchObject({ port: 3 });
  expect(values({ env: { INFRA_VAR_port: "1" }, varFiles: ["two.yaml"], vars: { port: "4" } }, files)).toMatchObject({ port: 4 });
});

test("a variable takes the type that its place asks for", () => {
  const environment = environmentOf(
    `
variables: { port: null, size: "16", version: 8.10 }
networks: { main: { cidrBlock: 10.0.0.0/16 } }
groups: { g: { network: main, rules: [{ port: "\${var.port}", source: self }] } }
servers: { a: { version: "\${var.version}", disk: { size: "\${var.size}" }, tags: { port: "\${var.port}", v: "\${var.version}" } } }
`,
    {},
    { vars: { port: "443" } },
  );
  expect(nodeOf(environment, "group/g").spec.rules[0].port).toBe(443);
  expect(nodeOf(environment, "server/a").spec).toEqual({ version: "8.10", disk: { size: 16 } });
  expect(nodeOf(environment, "server/a").tags).toMatchObject({ port: "443", v: "8.10" });
});

describe("mistakes", () => {
  const codes = (more: Partial<LoadInput>, files: Record<string, string> = {}) =>
    loadText(text, files, { ...more, vars: { ip: "10.1.2.3", ...more.vars } }).diagnostics.map(
      ({ code, at, summary, hint }) => `${at?.file}:${at?.line} ${code}: ${summary}${hint ? ` (${hint})` : ""}`,
    );

  test.each<[string, Partial<LoadInput>, string]>([
    [
      "an unknown --var",
      { vars: { prt: "1" } },
      '--var:1 unknown-variable: no variable "prt" is declared under variables:. (did you mean "port"?)',
    ],
    [
      "a number that is none",
      { vars: { port: "http" } },
      '--var:1 variable-type: the variable port (from --var) is declared as a number in test.yaml:5:14, but its value is "http".',
    ],
    [
      "a boolean that is none",
      { vars: { dns: "yes" } },
      '--var:1 variable-type: the variable dns (from --var) is declared as true or false in test.yaml:5:42, but its value is "yes".',
    ],
    [
      "an unknown name in a --var-file",
      { varFiles: ["v.yaml"] },
      'v.yaml:1 unknown-variable: no variable "prt" is declared under variables:. (did you mean "port"?)',
    ],
    [
      "a --var-file with a list",
      { varFiles: ["list.yaml"] },
      "list.yaml:1 variable-type: the variable port (from list.yaml:1:1) is declared as a number in test.yaml:5:14, but its value is a list.",
    ],
    [
      "a --var-file that is no mapping",
      { varFiles: ["text.yaml"] },
      "text.yaml:1 unknown-var-file: text.yaml is not a mapping of variables to values.",
    ],
    [
      "a --var-file that is not there",
      { varFiles: ["no.yaml"] },
      "no.yaml:1 file-not-found: no.yaml does not exist. (. has no file of that name)",
    ],
  ])("%s", (_name, more, expected) => {
    expect(codes(more, { "v.yaml": "prt: 1\n", "list.yaml": "port: [1]\n", "text.yaml": "just text\n" })).toEqual([expected]);
  });

  test("a value from outside that does not fit points at the use", () => {
    expect(codes({ vars: { ip: "everywhere" } })).toEqual([
      'test.yaml:7 bad-cidr: group/g: "everywhere/32" is neither a network nor a group: "everywhere" is not an IP address.',
    ]);
  });
});
