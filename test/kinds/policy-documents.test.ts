import { describe, expect, it } from "vitest";
import { checkPolicy, policyLimits } from "../../src/kinds/shared/policies/checks.ts";
import { meansSame, parsedPolicy, policyText } from "../../src/kinds/shared/policies/documents.ts";

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" };
const write = { Effect: "Deny", Action: "s3:PutObject", Resource: "*" };
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const trust = (Principal: unknown, more: object = {}) => policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });

describe("two documents mean the same", () => {
  it.each([
    ["text and mapping", policy(read), JSON.stringify(policy(read), undefined, 2)],
    ["text as IAM answers it", policy(read), encodeURIComponent(JSON.stringify(policy(read)))],
    ["one statement and a list of it", policy(read), { Version: "2012-10-17", Statement: read }],
    ["the order of statements", policy(read, write), policy(write, read)],
    ["the order of elements", policy(read), { Statement: [Object.fromEntries(Object.entries(read).reverse())], Version: "2012-10-17" }],
    ["one action and a list of it", policy(read), policy({ ...read, Action: ["s3:GetObject"] })],
    ["the order of actions, and their case", policy({ ...read, Action: ["s3:a", "s3:B"] }), policy({ ...read, Action: ["S3:b", "s3:A"] })],
    ["the order of resources", policy({ ...read, Resource: ["a", "b"] }), policy({ ...read, Resource: ["b", "a", "b"] })],
    ["an account and its root", trust({ AWS: "123456789012" }), trust({ AWS: "arn:aws:iam::123456789012:root" })],
    ["one principal and a list", trust({ Service: "ec2.amazonaws.com" }), trust({ Service: ["ec2.amazonaws.com"] })],
    ["an empty Sid and none", policy({ ...read, Sid: "" }), policy(read)],
    [
      "booleans and numbers in conditions, and the case of keys",
      policy({ ...read, Condition: { Bool: { "aws:SecureTransport": true }, NumericLessThan: { "s3:max-keys": 10 } } }),
      policy({ ...read, Condition: { numericlessthan: { "s3:Max-Keys": ["10"] }, Bool: { "aws:securetransport": "true" } } }),
    ],
    ["no Version and the one of 2008", { Statement: [read] }, { Version: "2008-10-17", Statement: [read] }],
  ])("%s", (_, a, b) => {
    expect(meansSame(a, b)).toBe(true);
    expect(meansSame(b, a)).toBe(true);
  });

  it.each([
    ["another version", policy(read), { Version: "2008-10-17", Statement: [read] }],
    ["another action", policy(read), policy({ ...read, Action: "s3:GetObjectVersion" })],
    ["a resource in another case", policy(read), policy({ ...read, Resource: "arn:aws:s3:::A/*" })],
    ["Allow and Deny", policy(read), policy({ ...read, Effect: "Deny" })],
    ["a statement more", policy(read), policy(read, write)],
    [
      "a value of a condition in another case",
      policy({ ...read, Condition: { StringEquals: { a: "x" } } }),
      policy({ ...read, Condition: { StringEquals: { a: "X" } } }),
    ],
    ["anybody and anybody of AWS", trust("*"), trust({ AWS: "*" })],
    ["a principal that was deleted", trust({ AWS: "arn:aws:iam::1:role/a" }), trust({ AWS: "AROAEXAMPLEEXAMPLE000" })],
    ["NotAction and Action", policy(read), policy({ Effect: "Allow", NotAction: read.Action, Resource: read.Resource })],
    ["what is no JSON", policy(read), "{"],
  ])("but not %s", (_, a, b) => {
    expect(meansSame(a, b)).toBe(false);
  });
});

it("sends a document without white space, a mapping or a text", () => {
  const text = '{"Version":"2012-10-17","Statement":[]}';
  expect(policyText({ Version: "2012-10-17", Statement: [] })).toBe(text);
  expect(policyText('{ "Version": "2012-10-17",\n "Statement": [] }')).toBe(text);
  expect(parsedPolicy("[]")).toBeUndefined();
});

describe("mistakes in a policy", () => {
  const problems = (document: object | string, sort: "identity" | "trust", limit: number = policyLimits.managed) =>
    checkPolicy(document as never, "document", sort, limit).map(({ path, summary }) => [path, summary.replace(`${path}: `, "")]);
  const github = { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };
  const sub = { StringLike: { "token.actions.githubusercontent.com:sub": "repo:o/r:*" } };

  it.each([
    ["a policy that fits", policy(read, write), "identity", []],
    ["a trust that fits", trust({ Service: "ec2.amazonaws.com" }), "trust", []],
    ["no JSON", "{", "identity", [["document", "the text is not a JSON object"]]],
    ["no statement", { Version: "2012-10-17" }, "identity", [["document", "the policy has no Statement"]]],
    [
      "a statement that is none",
      { Version: "2012-10-17", Statement: ["a"] },
      "identity",
      [["document.Statement", "each statement must be a mapping"]],
    ],
    [
      "an unknown version",
      { ...policy(read), Version: "2020" },
      "identity",
      [["document.Version", 'the policy language has no version "2020"']],
    ],
    ["no version", { Statement: [read] }, "identity", [["document", expect.stringContaining("2008")]]],
    [
      "an unknown element",
      policy({ ...read, Actions: "a" }),
      "identity",
      [["document.Statement[0].Actions", "a statement has no element Actions"]],
    ],
    [
      "a wrong effect",
      policy({ ...read, Effect: "allow" }),
      "identity",
      [["document.Statement[0].Effect", 'Effect must be Allow or Deny, not "allow"']],
    ],
    ["no resource", policy({ Effect: "Allow", Action: "s3:*" }), "identity", [["document.Statement[0]", "the statement has no Resource"]]],
    [
      "a principal",
      policy({ ...read, Principal: "*" }),
      "identity",
      [["document.Statement[0]", "the policy of a role cannot have a Principal"]],
    ],
    [
      "two actions",
      policy({ ...read, NotAction: "a" }),
      "identity",
      [["document.Statement[0]", "Action and NotAction exclude each other"]],
    ],
    [
      "a resource in a trust",
      trust({ Service: "a.amazonaws.com" }, { Resource: "*" }),
      "trust",
      [["document.Statement[0]", "a trust policy cannot have a Resource"]],
    ],
    [
      "an action of others in a trust",
      trust({ AWS: "1" }, { Action: "s3:Get" }),
      "trust",
      [["document.Statement[0]", expect.stringContaining("only actions of STS")]],
    ],
    ["anybody", trust({ AWS: "*" }), "trust", [["document.Statement[0]", "anybody in the world may assume the role"]]],
    ["anybody on a condition", trust("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }), "trust", []],
    [
      "any repository",
      trust(github, { Action: "sts:AssumeRoleWithWebIdentity" }),
      "trust",
      [["document.Statement[0]", expect.stringContaining("any repository on GitHub")]],
    ],
    ["one repository", trust(github, { Action: "sts:AssumeRoleWithWebIdentity", Condition: sub }), "trust", []],
  ] as const)("%s", (_, document, sort, expected) => {
    expect(problems(document, sort)).toEqual(expected);
  });

  it("too long, white space not counted", () => {
    const long = policy({ ...read, Resource: ["x".repeat(2_000)] });
    expect(problems(JSON.stringify(long, undefined, 8), "identity", 2_150)).toEqual([]);
    expect(problems(long, "identity", 2_000)).toEqual([
      ["document", expect.stringMatching(/^the policy has \d+ characters, but AWS allows 2000$/)],
    ]);
  });
});
