/** The summary of an apply for each class of error. */
import { expect, test } from "vitest";
import { failureOf, policyHint, quotaHint, StepError } from "../../src/apply/failure.ts";
import { LeaseLostError } from "../../src/apply/lease.ts";
import { Refusal } from "../../src/resource/refusal.ts";
import { refusal } from "./refusal.ts";

const fromAws = { service: "ec2", operation: "CreateVpc", requestId: "r-1" };
const aws = (cls: Parameters<typeof refusal>[0], more: Parameters<typeof refusal>[1] = {}) =>
  refusal(cls, { operation: "CreateVpc", ...more });

test.each<[what: string, error: unknown, failure: object]>([
  ["AWS's refusal", aws("validation", { code: "InvalidParameterValue" }), { code: "InvalidParameterValue", message: "no", ...fromAws }],
  ["a quota", aws("quota", { code: "VpcLimitExceeded" }), { code: "VpcLimitExceeded", message: "no", ...fromAws, hint: quotaHint }],
  [
    "too many tags",
    aws("quota", { code: "TagLimitExceeded" }),
    { code: "TagLimitExceeded", message: "no", ...fromAws, hint: "an object can have 50 tags: remove some of its tags" },
  ],
  [
    "too many tags, as S3 says it",
    aws("quota", { code: "TooManyTagsException" }),
    { code: "TooManyTagsException", message: "no", ...fromAws, hint: "an object can have 50 tags: remove some of its tags" },
  ],
  [
    "a limit that has to do with tags at the end of its name only",
    aws("quota", { code: "NotTooManyTags" }),
    { code: "NotTooManyTags", message: "no", ...fromAws, hint: quotaHint },
  ],
  [
    "no room",
    aws("capacity"),
    {
      code: "capacity",
      message: "no",
      ...fromAws,
      hint: "AWS does not have enough capacity for this now: run again later, or choose another type or zone",
    },
  ],
  ["no right", aws("auth"), { code: "auth", message: "no", ...fromAws, hint: policyHint }],
  [
    "no right, and the reason in a code",
    aws("auth", { message: "Encoded authorization failure message: abc" }),
    {
      code: "auth",
      message: "Encoded authorization failure message: abc",
      ...fromAws,
      hint: "`aws sts decode-authorization-message` shows which rule denied it",
    },
  ],
  [
    "old credentials",
    aws("expired"),
    {
      code: "expired",
      message: "no",
      ...fromAws,
      hint: "the credentials have expired; with new credentials the next run continues from here",
    },
  ],
  [
    "protection in AWS",
    aws("protected"),
    {
      code: "protected",
      message: "no",
      ...fromAws,
      hint: "it is protected in AWS; if you want this change, remove the protection in a separate change first",
    },
  ],
  ["a conflict of ours", new StepError("not-ours", "it is another's"), { code: "not-ours", message: "it is another's" }],
  [
    "a conflict of ours that AWS's refusal showed, and who stands in the way",
    new StepError("blocked", "it is in use", { hint: "wait", blockers: [{ id: "eni-1", what: "x" }], cause: aws("dependency") }),
    { code: "blocked", message: "it is in use", hint: "wait", blockers: [{ id: "eni-1", what: "x" }], ...fromAws },
  ],
  ["another cause is not AWS's", new StepError("failed", "it died", { cause: new Error("x") }), { code: "failed", message: "it died" }],
  [
    "the lock, lost",
    new LeaseLostError("80 s"),
    {
      code: "lease-lost",
      message: "another run may hold the lock by now (80 s); nothing more is written",
      hint: "another run may be in progress; run again when it has ended",
    },
  ],
  ["a driver's no", new Refusal("the name is another's"), { code: "refused", message: "the name is another's" }],
  [
    "a driver's no with a way out",
    new Refusal("the name is another's", { hint: "rename it" }),
    { code: "refused", message: "the name is another's", hint: "rename it" },
  ],
  [
    "a defect",
    new TypeError("x is undefined"),
    { code: "internal", message: "TypeError: x is undefined", hint: "this is a bug in infra; please report it" },
  ],
  ["what is no error", "a text", { code: "internal", message: "a text", hint: "this is a bug in infra; please report it" }],
])("%s", (_what, error, failure) => {
  expect(failureOf(error)).toEqual(failure);
});

test("AWS's refusal without an id of the request", () => {
  expect(failureOf(Object.assign(aws("validation"), { requestId: undefined }))).toEqual({
    code: "validation",
    message: "no",
    service: "ec2",
    operation: "CreateVpc",
  });
});
