import { describe, expect, test } from "vitest";
import { policiesLines, policyLines } from "../../src/kinds/shared/policies/told.ts";

const told = (document: unknown) => policyLines(document as never, "policy");

describe("a statement is a line", () => {
  test.each([
    [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }, "policy: allow s3:GetObject on *"],
    [{ Effect: "Deny", NotAction: ["iam:Get*", "iam:List*"], Resource: ["a", "b"] }, "policy: deny all but iam:Get*, iam:List* on a, b"],
    [
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      "policy: allow sts:AssumeRole to Service ec2.amazonaws.com",
    ],
    [{ Effect: "Allow", Principal: { AWS: ["1", "2"] }, Action: "x:y", NotResource: "z" }, "policy: allow x:y on all but z to 1, 2"],
    [
      { Effect: "Allow", Action: "x:y", Resource: "*", Condition: { StringEquals: { "aws:a": ["1", "2"] }, Bool: { "aws:b": true } } },
      "policy: allow x:y on * if aws:a StringEquals 1 or 2 and aws:b Bool true",
    ],
  ])("%j", (statement, text) => expect(told({ Version: "2012-10-17", Statement: statement })).toEqual([{ text }]));

  test("of JSON text as well", () =>
    expect(told('{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}')).toEqual([{ text: "policy: allow a:b on *" }]));
});

describe("warnings", () => {
  test.each([
    ["every action on everything", { Effect: "Allow", Action: ["*"], Resource: "*" }, "allows every action"],
    ["anybody", { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "r" }, "open to everybody"],
    ["any account", { Effect: "Allow", Principal: { AWS: "*" }, Action: "s3:GetObject", Resource: "r" }, "open to everybody"],
    [
      "anybody under a condition",
      { Effect: "Allow", Principal: "*", Action: "a:b", Resource: "r", Condition: { Bool: { x: "true" } } },
      undefined,
    ],
    ["a denial of everything", { Effect: "Deny", Action: "*", Resource: "*" }, undefined],
    ["the owner of a key", { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "*", Resource: "*" }, undefined],
  ])("%s", (_name, statement, warning) => expect(told({ Statement: [statement] })![0]!.warning).toBe(warning));
});

test("several documents stand under their names; a text that is no document stays as it is written", () => {
  const statement = { Effect: "Allow", Action: "a:b", Resource: "*" };
  expect(policiesLines({ one: { Statement: [statement] }, two: { Statement: [statement] } }, "policies")).toEqual([
    { text: "policies.one: allow a:b on *" },
    { text: "policies.two: allow a:b on *" },
  ]);
  expect(policiesLines({ one: { Statement: [statement] }, two: "text" }, "policies")).toBeUndefined();
  expect(told("no policy")).toBeUndefined();
});
