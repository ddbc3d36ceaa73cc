import { describe, expect, test } from "vitest";
import { findSecrets } from "../../src/config/secrets.ts";
import { Source } from "../../src/config/source.ts";
import type { Diagnostic } from "../../src/diag/diagnostic.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { loadText } from "./write-files.ts";

function look(text: string): { shown: string[]; values: string[]; output: string } {
  const source = new Source("f", "/", text);
  const found: Diagnostic[] = [];
  const values = findSecrets(source, (diagnostic) => found.push(diagnostic));
  return { shown: found.map(({ at }) => at!.text!), values, output: found.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n") };
}

describe("found, and shown without the value", () => {
  test.each([
    ["key: AKIAIOSFODNN7EXAMPLE", "key: ********"],
    ["aws configure set x ASIAIOSFODNN7EXAMPLE;", "aws configure set x ********;"],
    ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY=********"],
    ["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = ********"],
    ["MYSQL_PASSWORD=hunter22", "MYSQL_PASSWORD=********"],
    ["  masterPassword: hunter22", "  masterPassword: ********"],
    ['export DB_PASSWD="two words" # why', "export DB_PASSWD=******** # why"],
    ["mysql -u root --password=hunter22 -h x", "mysql -u root --password=******** -h x"],
    ['{"password": "hunter22", "x": 1}', '{"password": ********, "x": 1}'],
    ["GITHUB_TOKEN=ghp_abcdef", "GITHUB_TOKEN=********"],
    ["api_key: abc123def", "api_key: ********"],
    ["a=postgres://bob:hunter22@db/x", "a=postgres://bob:********@db/x"],
    ["A_PASSWORD=one11 B_PASSWORD=two22", "A_PASSWORD=******** B_PASSWORD=********"],
  ])("%s", (line, expected) => {
    const { shown, values, output } = look(`first\n${line}\n`);
    expect(new Set(shown)).toEqual(new Set([expected]));
    for (const value of values) expect(output).not.toContain(value);
    const carets = output.split("\n").filter((text) => text.includes("^^^"));
    const lines = output.split("\n").filter((text) => /^ {3}\d+ \|/.test(text));
    carets.forEach((caret, i) => expect(lines[i]!.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("********"));
  });
});

test.each([
  "# masterPassword: managed is the default: made and rotated by Secrets Manager; none can be written here",
  "masterPassword: managed",
  "masterPassword: { ssmParameter: /db/password }",
  "metadataOptions: { httpTokens: required }",
  "PASSWORD=$DB_PASSWORD",
  'PASSWORD="$(aws ssm get-parameter --name /x)"',
  'PASSWORD="${PASSWORD:?}"',
  "password: ${var.password}",
  "password=",
  "passwordFile: secrets/x",
  "token: true",
  "the password: see the wiki is not a value? it is".replace("password: see", "password (see"),
  "https://example.com/path@2",
  "secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
  "MYSQL_PASSWORD=hunter22 # infra:allow-secret a fixture, not a password",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK/DJ3ekXR3IC5c6V/XQFCmSPMN7ywQQPT5h0NkCDpIb web-lab",
])("let through: %s", (line) => expect(look(line).shown).toEqual([]));

test("a private key is hidden to its end", () => {
  const source = new Source("f", "/", "a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\nz\n");
  const found: Diagnostic[] = [];
  findSecrets(source, (diagnostic) => found.push(diagnostic));
  expect(found).toHaveLength(1);
  expect([1, 2, 3, 4, 5].map((line) => source.line(line))).toEqual(["a", "********", "********", "********", "z"]);
});

test("what is said about other mistakes does not tell the value either", () => {
  const { diagnostics } = loadText("servers: { a: { size: AKIAIOSFODNN7EXAMPLE } }\n");
  expect(diagnostics.map(({ code }) => code).sort()).toEqual(["bad-value", "secret-in-text"]);
  expect(JSON.stringify(diagnostics)).not.toContain("AKIAIOSFODNN7EXAMPLE");
});

test.each(["vars", "env"] as const)("a value given from outside by %s is looked at, too", (way) => {
  const given =
    way === "vars"
      ? { vars: { key: "AKIAIOSFODNN7EXAMPLE" } }
      : { env: { INFRA_VAR_key: "AKIAIOSFODNN7EXAMPLE", INFRA_VAR_other: "AKIAIOSFODNN7EXAMPLE" } };
  const { diagnostics } = loadText("variables: { key: x }\nservers: { a: { version: '${var.key}' } }\n", {}, given);
  expect(diagnostics).toMatchObject([
    { code: "secret-in-text", at: { file: way === "vars" ? "--var" : "INFRA_VAR_key", text: "key=********" } },
  ]);
  expect(JSON.stringify(diagnostics)).not.toContain("AKIAIOSFODNN7EXAMPLE");
});
