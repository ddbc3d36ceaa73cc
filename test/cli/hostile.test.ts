/** Hostile input is answered with an error in plain words, never with a stack trace. */
import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folder, infra, network } from "./infra.ts";

const hostile = String.raw`format: 1
project: p
environment: inj
region: ap-northeast-2
tags: { plain: "x ##[set-output name=matrix]PWN1", nl: "a\n::set-output name=matrix::PWN2\nb", esc: "a\u001bcRESET\u009b31m\u0008\u202egnp" }
vpcs: { main: { cidrBlock: "\u001b[31mred" } }
securityGroups:
  a: { vpc: "no##[x]\u001b[2J", description: "hello ##[add-mask]true x" , name: "n##[error]x", tags: { "k##[warning]y\u001bc": "v" } }
keyPairs:
  a: { publicKeyFile: "##[set-output name=matrix]PWN3" }
  "b ##[set-output name=matrix]PWN4": { publicKeyFile: x }
`;

describe("text of others", () => {
  test.each([
    ["text", ""],
    ["json", "--format json "],
    ["markdown", "--format markdown "],
    ["sarif", "--format sarif "],
    ["junit", "--format junit "],
  ])("as %s, with GitHub listening", async (format, flags) => {
    const cwd = folder({ "environments/inj.yaml": hostile });
    const { code, stdout, stderr } = await infra(cwd, `${flags}validate inj`, { env: { GITHUB_ACTIONS: "true" } });
    expect(code).toBe(1);
    const all = stdout + stderr;
    // oxlint-disable-next-line no-control-regex -- the text must hold no control characters
    expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    expect(all).not.toContain("##[");
    for (const line of all.split("\n")) if (/^\s*::/.test(line)) expect(line).toMatch(/^::error file=environments\/inj\.yaml,line=\d+,/);
    if (format === "json" || format === "sarif") expect(JSON.stringify(JSON.parse(stdout))).toContain("##[");
  });

  test("a line of YAML that is none", async () => {
    const { stderr } = await infra(folder({ "environments/raw.yaml": "a: '\u001b[31m\u009b'" }), "validate raw");
    expect(stderr).toContain("1 | a: '\\u001b[31m\\u009b'");
  });

  test("in a file", async () => {
    const cwd = folder({ "environments/inj.yaml": hostile });
    await infra(cwd, "--format markdown --output out.md validate inj");
    // oxlint-disable-next-line no-control-regex -- the file must hold no control characters
    expect(readFileSync(`${cwd}/out.md`, "utf8")).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("a file that is no plan", () => {
  test.each([
    ["null", "null"],
    ["a list", "[]"],
    ["an action that is null", '{"format":1,"project":"p","environment":"e","account":"a","region":"r","goal":"agree","actions":[null]}'],
    ["an approval that is null", '{"approval":null}'],
    [
      "hashes that are no lists",
      '{"format":1,"project":"p","environment":"e","account":"a","region":"r","goal":"agree","actions":[{"address":"a","action":"b","fingerprint":"c","want":"d","fields":{"e":1}}]}',
    ],
    ["half of one", '{"format":1,'],
  ])("%s", async (_, text) => {
    const cwd = folder({ "environments/dev.yaml": network(0), "p.json": text });
    for (const flag of ["--plan", "--approve"]) {
      const { code, stderr } = await infra(cwd, `--sandbox apply dev ${flag} p.json`);
      expect([code, stderr]).toEqual([1, expect.stringContaining("is neither a saved plan nor an approval")]);
    }
  });

  test("a folder", async () => {
    const { code, stderr } = await infra(folder({ "environments/dev.yaml": network(0) }), "--sandbox apply dev --plan .");
    expect([code, stderr]).toEqual([1, expect.stringContaining("is a folder, not a saved plan")]);
  });
});

test.each(["null", "[]", "{}", '{"format":1}', '{"format":1,"account":"a","region":"r","now":1e300}', '{"format":99}'])(
  "a sandbox's state that begins with %s",
  async (header) => {
    const cwd = folder({ "environments/dev.yaml": network(0), ".infra/sandbox/123456789012/eu-west-1.json": `${header}\n{}\n` });
    for (const command of ["--sandbox plan dev", "sandbox status"]) {
      const { code, stderr } = await infra(cwd, command);
      expect(code).toBe(1);
      expect(stderr).toContain("sandbox-state");
    }
  },
);

describe("empty and odd names", () => {
  test.each([
    ["plan", ["plan", ""], "infra plan received an empty name"],
    ["apply", ["apply", "", "--yes"], "infra apply received an empty name"],
    ["validate", ["validate", "dev", ""], "infra validate received an empty name"],
    ["destroy", ["--sandbox", "destroy", "--project", "", "--environment", "", "--region", ""], "--project received an empty text"],
    ["-C", ["-C", "", "validate"], "--directory received an empty text"],
    [
      "destroy without YAML",
      ["--sandbox", "destroy", "--project", "p", "--environment", "../x", "--region", "eu-west-1"],
      '--environment cannot be "../x"',
    ],
    [
      "a region of another kind",
      ["--sandbox", "destroy", "--project", "p", "--environment", "x", "--region", "__proto__"],
      '--region cannot be "__proto__"',
    ],
    ["explain", ["explain", "__proto__"], 'there is nothing to explain under "__proto__"'],
    ["explain", ["explain", "constructor.name"], 'there is nothing to explain under "constructor.name"'],
    ["explain", ["explain", "vpc.__proto__"], 'vpc has no field "__proto__"'],
    ["a host", ["sandbox", "serve", "--in-memory", "--port", "0", "--host", "no.such.host.invalid"], "cannot-listen"],
  ])("%s %#", async (_, args, said) => {
    const cwd = folder({ "environments/dev.yaml": network(0) });
    const { code, stderr } = await infra(cwd, args);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(said);
    expect([code, stderr]).not.toEqual([0, expect.anything()]);
    expect(stderr).not.toMatch(/bug in infra|\n\s+at /);
  });
});

test("a saved plan is its owner's alone, and no plan holds user data in clear", async () => {
  const machine =
    "instances:\n  a: { subnet: s0, image: ami-0123456789abcdef0, instanceType: t3.micro,\n    userData: 'curl -u $U:$P https://hush.example' }\n";
  const cwd = folder({ "environments/dev.yaml": network(1) + machine, "p.json": "older" });
  const flags = "--sandbox plan dev --out p.json --format json --output j.json --format markdown --output m.md";
  const { stdout } = await infra(cwd, flags);
  const [saved, json, markdown] = ["p.json", "j.json", "m.md"].map((name) => readFileSync(`${cwd}/${name}`, "utf8"));
  expect(statSync(`${cwd}/p.json`).mode & 0o777).toBe(0o600);
  expect(stdout + saved + json + markdown).not.toContain("hush.example");
  expect(saved).toMatch(/"after": "sha256:[0-9a-f]{32}"/);
  expect(json).toMatch(/"userData": "sha256:[0-9a-f]{32}"/);
});
