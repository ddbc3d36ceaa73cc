import { describe, expect, test } from "vitest";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { factsIn, KnownFacts, type FactKind } from "../../src/account-facts.ts";
import { addFacts, readFacts } from "../../src/disk/facts-file.ts";
import { openSandbox } from "../../src/disk/open.ts";

const place = { partition: "aws", region: "eu-west-1", account: "123456789012" };
const facts = new KnownFacts({ role: ["mine"], kmsKey: ["abc", "alias/k", "arn:aws:kms:eu-west-1:999999999999:key/shared"] });

describe("the facts of an account", () => {
  test.each<[FactKind, string, boolean]>([
    ["role", "mine", true],
    ["role", "monitoring", true], // every account of the sandbox has it
    ["role", "arn:aws:iam::123456789012:role/mine", true],
    ["role", "arn:aws:iam::123456789012:role/path/mine", true],
    ["role", "arn:aws:iam::999999999999:role/mine", false],
    ["role", "arn:aws:iam::123456789012:instance-profile/mine", false],
    ["role", "arn:aws-cn:iam::123456789012:role/mine", false],
    ["role", "web", false], // a profile's name is not a role's
    ["instanceProfile", "arn:aws:iam::123456789012:instance-profile/web", true],
    ["instanceProfile", "nobody", false],
    ["kmsKey", "abc", true],
    ["kmsKey", "arn:aws:kms:eu-west-1:123456789012:key/abc", true],
    ["kmsKey", "arn:aws:kms:us-east-1:123456789012:key/abc", false],
    ["kmsKey", "arn:aws:kms:eu-west-1:999999999999:key/shared", true],
    ["kmsKey", "alias/k", true],
    ["kmsKey", "arn:aws:kms:eu-west-1:123456789012:alias/k", true],
    ["kmsKey", "k", false],
    ["kmsKey", "alias/aws/rds", true],
    ["kmsKey", "arn:aws:kms:eu-west-1:123456789012:alias/aws/ebs", true],
    ["certificate", "arn:aws:acm:eu-west-1:123456789012:certificate/main", true],
    ["certificate", "arn:aws:acm:us-east-1:123456789012:certificate/main", false],
    ["certificate", "arn:aws:acm:eu-west-1:123456789012:certificate/typo", false],
    ["bucket", "logs-one", true],
    ["bucket", "arn:aws:s3:::logs-one", true],
    ["bucket", "nowhere", false],
  ])("%s %s: %s", (kind, name, exists) => expect(facts.has(kind, name, place)).toBe(exists));

  test("an object that is added later exists from then on", () => {
    expect(facts.has("bucket", "new", place)).toBe(false);
    facts.add("bucket", "new");
    expect(facts.has("bucket", "new", place)).toBe(true);
  });
});

describe("facts that a user adds", () => {
  const folder = () => mkdtempSync(join(tmpdir(), "facts-"));

  test.each<[string, unknown, boolean]>([
    ["lists of names by kind", { role: ["a"], bucket: [] }, true],
    ["nothing", {}, true],
    ["an unknown kind", { topic: ["a"] }, false],
    ["a name that is none", { role: [1] }, false],
    ["a list", [], false],
    ["no JSON", undefined, false],
  ])("%s", (_name, value, isGood) => expect(factsIn(value) !== undefined).toBe(isGood));

  test("are kept beside the sandbox's states, and hold for the next command", () => {
    const dir = join(folder(), "sandbox");
    expect(readFacts(dir)).toEqual({});
    addFacts(dir, "role", ["mine"]);
    addFacts(dir, "role", ["another", "mine"]);
    addFacts(dir, "bucket", ["logs"]);
    expect(readFacts(dir)).toEqual({ role: ["another", "mine"], bucket: ["logs"] });
    expect(() => openSandbox({ dir, time: "virtual" })).not.toThrow();
  });

  test.each(["{", '{"topic":["a"]}'])("a file that holds %s is reported, not ignored", (text) => {
    const dir = folder();
    writeFileSync(join(dir, "facts.json"), text);
    expect(() => readFacts(dir)).toThrow(/facts\.json (is no JSON|does not hold)/);
  });
});
