/** Facts that only AWS tells about the caller: the account, where the file has no guard, and the zones that the account may use. */
import { describe, expect, it } from "vitest";
import { folder, infra } from "./infra.ts";

const head = "project: lab\nregion: eu-west-1\nvpcs: { m: { cidrBlock: 10.0.0.0/16 } }\n";
const file = `${head}
subnets: { s: { forEach: { x: 0, y: 1 }, vpc: m, availabilityZone: "\${zones[each.value]}", cidrBlock: "\${cidr.subnet(vpc.m.cidrBlock, 8, each.value)}" } }
buckets: { assets: { name: "assets-\${account}", tags: { of: "\${upper(account + region)}" } } }
parameters: { p: { value: "arn:\${partition}:iam::\${account}:root" } }
outputs: { zones: "\${zones}", account: "\${account}" }
`;
const said = (text: string) => text.replace(/\s+/g, " ");

describe("without a caller", () => {
  it("validate checks everything that does not depend on it, and shows the rest as unknown", async () => {
    const cwd = folder({ "environments/a.yaml": file });
    expect(await infra(cwd, "validate a")).toMatchObject({ code: 0, stdout: "ok  a  5 resources, no problems\n" });
    const { stdout } = await infra(cwd, "validate a --resolved");
    expect(stdout).toContain("name: assets-(unknown account)");
    expect(stdout).toContain("of: (unknown account)");
    expect(stdout).toContain("availabilityZone: (unknown zones)");
    expect(stdout).toContain("value: arn:aws:iam::(unknown account):root");
    expect(stdout).not.toMatch(/\d{12}/);
  });

  it("graph shows no made-up value, and a policy any account", async () => {
    const cwd = folder({ "environments/a.yaml": file });
    const { code, stdout } = await infra(cwd, "graph a --format html");
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/\d{12}/);
    const { stdout: policy } = await infra(cwd, "iam-policy a --for apply");
    expect(policy).toContain('"arn:aws:s3:::assets-*"');
    expect(policy).toContain("ec2:DescribeAvailabilityZones");
    expect(policy).not.toContain("unknown");
  });

  it("rules of the fields hold all the same", async () => {
    const cwd = folder({ "environments/a.yaml": `${head}buckets: { b: { name: "Assets_\${account}" } }\n` });
    const { code, stderr } = await infra(cwd, "validate a");
    expect(code).toBe(1);
    expect(stderr).toContain("bucket/b cannot be named");
  });

  it.each([
    ["zones that decide how many there are", "topics: { t: { forEach: '${zones}' } }", "this decides how many objects there are"],
    [
      "and so through a variable",
      "variables: { z: '${zones}' }\ntopics: { t: { count: '${size(var.z)}' } }",
      "this decides how many objects",
    ],
    ["a role that is needed first", "assumeRole: 'arn:aws:iam::${account}:role/x'", "is needed here before that"],
    ["a region that is needed first", "project: 'p-${account}'", "is needed here before that"],
  ])("%s are an error", async (_what, text, summary) => {
    const written = `${text.startsWith("project") ? head.replace("project: lab\n", "") : head}${text}\n`;
    const { code, stderr } = await infra(folder({ "environments/a.yaml": written }), "validate a");
    expect(code).toBe(1);
    expect(said(stderr)).toContain(summary);
  });
});

it("a part that no example covers is checked when the account is known: a map by account, whatever the type of its values", async () => {
  const text = `${head.replace("cidrBlock: 10.0.0.0/16", 'cidrBlock: "${var.ranges[account]}"')}variables:
  ranges: { type: map, default: { "123456789012": 10.7.0.0/16 } }
  many: { type: number, default: "\${{'123456789012': 2}[account]}" }
topics: { t: { count: "\${var.many}" }, a: {}, b: {} }
securityGroups: { g: { vpc: m, ingress: [{ port: "\${var.many + 80}", source: "\${vpc.m.cidrBlock}" }] } }
parameters: { p: { value: "\${topic[account == '123456789012' ? 'a' : 'b'].arn}" } }
`;
  const cwd = folder({ "environments/a.yaml": text });
  const checked = await infra(cwd, "validate a");
  expect(checked.stderr).toBe("");
  expect(checked.code).toBe(0);
  // A subnet whose range is not known yet is drawn and weighted as unknown.
  expect((await infra(cwd, "graph a --format svg")).stdout).toContain("<svg");
  expect(await infra(cwd, "reach a --format json")).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await infra(cwd, "plan a --sandbox");
  expect(code, stderr).toBe(0);
  for (const said of ["10.7.0.0/16", "topic/t[1]", "(known after topic/a)"]) expect(stdout).toContain(said);
});

it("a plan asks, and knows both", async () => {
  const cwd = folder({ "environments/a.yaml": file });
  const { code, stdout } = await infra(cwd, "plan a --sandbox");
  expect(code).toBe(0);
  for (const text of ["eu-west-1a", "eu-west-1b", "arn:aws:iam::123456789012:root"]) expect(stdout).toContain(text);
  expect((await infra(cwd, "apply a --sandbox --yes")).code).toBe(0);
  expect((await infra(cwd, "plan a --sandbox --detailed-exitcode")).code).toBe(0);
  const { stdout: outputs } = await infra(cwd, "output a --sandbox --format json");
  expect(JSON.parse(outputs)).toMatchObject({ account: "123456789012", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] });
});

it("an account may decide, once it is known", async () => {
  const text = `${head}topics: { t: { when: "\${account == '123456789012'}" }, u: { when: "\${account != '123456789012'}" } }\n`;
  const cwd = folder({ "environments/a.yaml": text });
  expect((await infra(cwd, "validate a")).code).toBe(0);
  const { stdout } = await infra(cwd, "plan a --sandbox");
  expect(stdout).toContain("topic/t");
  expect(stdout).not.toContain("topic/u");
});

it("a zone that the account does not have is an error where it is written", async () => {
  const cwd = folder({ "environments/a.yaml": file.replace("{ x: 0, y: 1 }", "{ x: 0, y: 5 }") });
  expect((await infra(cwd, "validate a")).code).toBe(0);
  const { code, stderr } = await infra(cwd, "plan a --sandbox");
  expect(code).toBe(1);
  expect(said(stderr)).toContain("${zones[each.value]}: the list has no item number 5; the first is 0.");
  expect(stderr).toContain("environments/a.yaml:5:");
});
