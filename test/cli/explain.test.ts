/** `infra explain` has a text for everything that an environment may contain. */
import { describe, expect, test } from "vitest";
import { codes } from "../../src/cli/codes.ts";
import { glossary } from "../../src/cli/glossary.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folder, infra } from "./infra.ts";

const explained = async (what: string) => (await infra(folder(), `explain ${what}`)).stdout.replaceAll(/ +/g, " ");

describe("explain", () => {
  test.each([
    ["variables", "used as `${var.NAME}`"],
    ["extends", "type text or list of text"],
    ["account", "With credentials for another account, infra"],
    ["moved.from", "The old address."],
    ["maxDisruption", "one of none, restart, replace"],
    ["allowDestroy", "by address, each with exactly the id"],
    ["project", "required yes"],
    ["adopt.id", "The AWS id of the object."],
    ["protect", "Whether infra refuses to delete or replace the resource"],
  ])("%s, which no kind has for itself", async (what, text) => {
    expect(await explained(what)).toContain(text);
  });

  test.each([
    ["lease", "lock, lease\n", "When its holder dies, the next apply takes it", "Terraform: state lock"],
    ["held", "held\n", "`infra unlock ENV` shows which"],
    ["Keep", "keep, retain\n", "CloudFormation: `DeletionPolicy: Retain`"],
    ["ours", "tags, ours\n", "never written by hand"],
    ["companion", "companion\n", "external-dns: registry record"],
    ["leese", 'did you mean "lease"?'],
  ])("%s, a word of the glossary", async (what, ...texts) => {
    const { stdout, stderr } = await infra(folder(), `explain ${what}`);
    for (const text of texts) expect(`${stdout}${stderr}`.replaceAll(/\n? +/g, " ")).toContain(text);
  });

  test("every word of the glossary is explained, and without Markdown", async () => {
    const words = glossary().flatMap((entry) => entry.words);
    expect(words.length).toBeGreaterThan(40);
    for (const word of words) {
      const { code, stdout } = await infra(folder(), ["explain", word]);
      expect([word, code]).toEqual([word, 0]);
      expect(stdout).not.toMatch(/\]\(|\*\w/);
    }
  });

  test("names near ones among all that there is", async () => {
    expect((await infra(folder(), "explain acount")).stderr).toContain('did you mean "account"?');
    expect((await infra(folder(), "explain moved.form")).stderr).toContain('did you mean "from"?');
    expect((await infra(folder(), "explain AWS::SQS::Que.FifoQueue")).stderr).toContain('did you mean "AWS::SQS::Queue.FifoQueue"?');
    expect((await infra(folder(), "explain aws_sqs_queue")).stderr).toContain('did you mean "AWS::SQS::Queue"?');
    expect((await infra(folder(), "explain cidr")).stderr).toContain("fields with a similar name: vpc.cidrBlock, subnet.cidrBlock");
    expect((await infra(folder(), "explain AWS::None::Atall")).stderr).toContain("`infra types WORD` finds a type");
  });

  test("lists the top level, the kinds, what every resource may have, and the codes, in lines that fit", async () => {
    const { stdout } = await infra(folder(), "explain");
    for (const title of ["At the top of an environment", "Kinds", "In every resource", "Codes"]) expect(stdout).toContain(`${title}\n`);
    for (const { name } of kinds) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("explains each kind and each code in lines that fit where there is no terminal", async () => {
    const cwd = folder();
    for (const what of [...kinds.map(({ name }) => name), ...Object.keys(codes)])
      for (const line of (await infra(cwd, ["explain", what])).stdout.split("\n"))
        if (line.trim().includes(" ")) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  test("a member that is never sent by itself claims no default of AWS", async () => {
    expect(await explained("securityGroup.ingress.port")).not.toContain("AWS's own");
    expect(await explained("instance.monitoring")).toContain("none: AWS decides");
  });
});
