import { describe, expect, test } from "vitest";
import { topic } from "../../src/kinds/topic/topic.ts";
import { resourceIndexOf } from "./mocked-ec2.ts";

const problemsOf = (spec: object) => topic.check!({ address: "topic/ops", kind: "topic", name: "ops", tags: {}, spec }, resourceIndexOf());

describe("an endpoint", () => {
  test.each([
    ["sms", "+821012345678", undefined],
    ["sms", "+82-10-1234-5678", 'write "+821012345678"'],
    ["sms", "+1 (555) 010-0100", 'write "+15550100100"'],
    ["sms", "phone", "none"],
    ["email", "ops@example.com", undefined],
    ["email", "ops", "none"],
    ["https", "https://example.com/hook", undefined],
    ["https", "http://example.com/hook", "none"],
    ["http", "http://example.com/hook", undefined],
    ["sqs", "arn:aws:sqs:eu-west-1:123456789012:jobs", undefined],
    ["sqs", "jobs", "none"],
    ["lambda", "arn:aws:lambda:eu-west-1:123456789012:function:jobs", undefined],
    ["lambda", "arn:aws:sqs:eu-west-1:123456789012:jobs", "none"],
  ])("of %s may be %s: %s", (protocol, endpoint, hint) => {
    const problems = problemsOf({ subscriptions: [{ protocol, endpoint }] });
    expect(problems.map((problem) => [problem.path, problem.hint ?? "none"])).toEqual(
      hint === undefined ? [] : [["subscriptions[0].endpoint", hint]],
    );
  });
});

describe("a policy", () => {
  const policy = (Action: unknown) => JSON.stringify({ Statement: { Effect: "Allow", Principal: "*", Action, Resource: "*" } });
  test.each([
    [policy("SNS:Publish"), []],
    [policy(["sns:Subscribe", "sns:Get*"]), []],
    [policy("sns:*"), []],
    [policy("sns:Publsh"), ['did you mean "SNS:Publish"?']],
    [
      policy(["sns:CreateTopic", "sqs:SendMessage"]),
      [expect.stringContaining("the actions are"), expect.stringContaining("the actions are")],
    ],
    ["[]", [undefined]],
    ["{", [undefined]],
  ])("%s", (text, hints) => {
    const problems = problemsOf({ policy: text });
    expect(problems.map(({ path, hint }) => [path, hint])).toEqual(hints.map((hint) => ["policy", hint]));
  });
});
