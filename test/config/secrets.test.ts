import { describe, expect, test } from "vitest";
import { findSecrets, patterns } from "../../src/config/files/secrets.ts";
import { Source } from "../../src/config/yaml/source.ts";
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
    ["VpnTunnelOptionsSpecifications: [{ PreSharedKey: abc123def }]", "VpnTunnelOptionsSpecifications: [{ PreSharedKey: ******** }]"],
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
  'Resource: "arn:aws:secretsmanager:*:*:secret:x-*"',
  'allowDestroy: { secret/x: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf" }',
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

test("the messages about other mistakes do not show the value either", () => {
  const { diagnostics } = loadText("servers: { a: { size: AKIAIOSFODNN7EXAMPLE } }\n");
  expect(diagnostics.map(({ code }) => code).sort()).toEqual(["bad-value", "secret-in-text"]);
  expect(JSON.stringify(diagnostics)).not.toContain("AKIAIOSFODNN7EXAMPLE");
});

test("a password that is a word of the message leaves the message whole", () => {
  const { diagnostics } = loadText("servers: { a: { password: secret } }\n");
  const { summary, hint, at } = diagnostics.find(({ code }) => code === "secret-in-text")!;
  expect(summary).toContain("Do not store secrets in");
  expect(hint).toContain("`# infra:allow-secret REASON`");
  expect(at!.text).toBe("servers: { a: { password: ******** } }");
});

test.each(["vars", "env"] as const)("a value given from outside by %s is checked, too", (way) => {
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

/** Made-up secrets, put together here so that no scanner of repositories takes them for real ones. */
const a36 = "a1B2c3".repeat(6);
const jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"].join(".");

const examples: readonly (readonly [what: string, secret: string, before: string, harmless: string])[] = [
  ["an AWS access key id", "AKIAIOSFODNN7EXAMPLE", "id ", "AKIAshort"],
  ["an AWS secret access key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "secret_access_key: ", "secret_access_keys are long"],
  ["an AWS session token", `IQoJb3JpZ2lu${a36}/+a=`, "Note: ", "IQoJb3JpZ2lu"],
  ["a key for the AWS CLI", a36, "aws configure set aws_secret_access_key ", 'aws configure set aws_secret_access_key "$KEY"'],
  ["a key for the AWS CLI", a36, "aws configure set default.aws_session_token ", "aws configure set region eu-west-1"],
  ["a GitHub token", `ghp_${a36}`, "Note: ", "ghp_ is how they begin"],
  ["a GitHub token", `github_pat_${a36}`, "url x ", "github_pattern_of_names"],
  ["a GitLab token", `glpat-${a36}`, "- ", "glpat-short"],
  ["a Slack token", `xoxb-${a36}`, "- ", "xoxb-"],
  ["a Slack webhook", `hooks.slack.com/services/T12345678/B12345678/${a36}`, "curl https://", "https://hooks.slack.com/services/"],
  ["a Stripe key", `sk_live_${a36}`, "- ", "sk_live_"],
  ["an npm token", `npm_${a36}`, "- ", "npm_config_cache"],
  ["a PyPI token", `pypi-AgE${a36}${a36}`, "- ", "pypi-server"],
  ["a Docker token", `dckr_pat_${a36}`, "- ", "dckr_pat_"],
  ["a Google API key", `AIza${a36.slice(1)}`, "- ", "AIzawa"],
  ["a SendGrid key", `SG.${a36.slice(14)}.${a36}`, "- ", "SG.web"],
  ["a Vault token", `hvs.${a36}`, "- ", "hvs.web"],
  ["an API key", `sk-proj-${a36}`, "- ", "task-live-and-let-live-forever"],
  ["a JSON web token", jwt, "Note: ", "eyJhbGciOiJIUzI1NiJ9"],
  ["an age key", `AGE-SECRET-KEY-1${a36.toUpperCase()}${a36.toUpperCase()}`, "- ", "AGE-SECRET-KEY-"],
  ["a password in a URL", "hunter22", "postgres://app:", "postgres://app:$PASS@db/x"],
  ["a bearer token", `${a36}`, "curl -H 'Authorization: Bearer ", "Authorization: Bearer $TOKEN"],
  ["a password for curl", "hunter22", "curl -sf -u app:", "curl -u $USER:$PASS https://x"],
  ["a password for curl", "hunter22", "curl --user app:", "curl --user-agent=a:b https://x"],
  ["a password for a database's client", "hunter22", "mysql -u root -p", "mysql -u root -p$PASS"],
  ["a password for a database's client", "hunter22", "mysqldump --all-databases -p", "mysql -u root -p < dump.sql"],
  ["a password for passwd", "hunter22", "echo ", "getent passwd root"],
  ["a password", "hunter22", "app_passphrase = ", "passphrases = many"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----", "key: ", "-----BEGIN PUBLIC KEY-----"],
];

describe("each pattern finds its secret, and no text that only resembles it", () => {
  test("there is one of every pattern", () =>
    expect(new Set(examples.map(([what]) => what))).toEqual(new Set(patterns.map(({ what }) => what))));

  test.each(examples)("%s %#", (what, secret, before, harmless) => {
    const after: Readonly<Record<string, string>> = {
      "a password in a URL": "@db/x",
      "a password for passwd": " | sudo passwd --stdin root",
      "a bearer token": "'",
    };
    const found: Diagnostic[] = [];
    const values = findSecrets(new Source("f", "/", `${before}${secret}${after[what] ?? ""}`), (one) => found.push(one));
    expect({ values, summaries: found.map(({ summary }) => summary) }).toEqual({
      values: [secret],
      summaries: [`This looks like ${what}. Do not store secrets in files.`],
    });
    expect(look(harmless).shown).toEqual([]);
  });
});

test("a password's hint names the field that a database takes instead", () =>
  expect(look("masterPassword: hunter22").output).toContain(
    "for a database write `managed` or `{ ssmParameter: NAME }` as masterPassword",
  ));

describe("the search takes time in proportion to the text", () => {
  test.each(patterns.map(({ what, sign, pattern }) => [what, sign, pattern] as const))(
    "%s: no repetition without a bound",
    (_, sign, pattern) => {
      for (const { source } of [sign, pattern]) {
        const outsideClasses = source.replaceAll(/\\./g, "E").replaceAll(/\[[^\]]*\]/g, "C");
        expect(outsideClasses).not.toMatch(/[*+]|\{\d+,\}/);
        expect(outsideClasses).not.toMatch(/\)\{\d+,\d+\}/); // a repeated group that holds a repetition
      }
    },
  );

  test("a hundred thousand characters like the beginning of each pattern are checked quickly", () => {
    const heads = [
      "a",
      "a_",
      "secret",
      "secret_",
      "://",
      "://a",
      "://a:",
      "eyJ",
      "eyJaaaaaaaa.",
      "curl ",
      "curl -u ",
      "mysql ",
      "mysql -",
      "echo ",
    ];
    const before = process.cpuUsage();
    for (const head of [
      ...heads,
      "bearer ",
      'password="',
      "password='",
      "password: ",
      "configure set ",
      "-----BEGIN ",
      "ghp_",
      "xoxb-",
      "SG.a",
      "# infra:allow-secret ",
    ])
      findSecrets(new Source("f", "/", `${head.repeat(100_000 / head.length)} secret :`), () => {});
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(30); // a quadratic pattern takes minutes
  });
});
