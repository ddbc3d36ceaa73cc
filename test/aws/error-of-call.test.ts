/** The errors that the SDK throws, and what the gate makes of them: code, class, and whether the request was sent at all. */
import { describe, expect, test } from "vitest";
import { NotAnAnswer } from "../../src/aws/answer-check.ts";
import { understand, type FailedCall } from "../../src/aws/error-of-call.ts";

const now = Date.UTC(2026, 10, 28, 18, 40);
const call: FailedCall = { service: "ec2", operation: "CreateVpc", attempts: 3, isOnce: false, hasToken: false, now };
const thrown = (members: object, message = "") => Object.assign(new Error(message), members);

test("an error of AWS's keeps its words, and the SDK's own error as its cause", () => {
  const cause = thrown(
    { name: "VpcLimitExceededException", Code: "VpcLimitExceeded", $metadata: { httpStatusCode: 400, requestId: "r-1" } },
    "The maximum number of VPCs has been reached.",
  );
  const error = understand(cause, { ...call, hasToken: true });
  expect(error).toMatchObject({
    class: "quota",
    code: "VpcLimitExceeded",
    message: "The maximum number of VPCs has been reached.",
    service: "ec2",
    operation: "CreateVpc",
    status: 400,
    requestId: "r-1",
    attempts: 3,
    isUnsent: false,
    hasToken: true,
    skew: undefined,
  });
  expect(error.cause).toBe(cause);
  expect(understand(cause, { ...call, hasToken: true, isOnce: true }).hasToken).toBe(false);
});

describe("its code", () => {
  test.each<[object, string]>([
    [{ Code: "A", code: "ECONNRESET", name: "B" }, "A"],
    [{ code: "ECONNRESET", name: "Error" }, "ECONNRESET"],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID", name: "B" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    [{ code: "SomeError", name: "B" }, "B"],
    [{ code: "xE", name: "B" }, "B"],
    [{ code: 7, name: "B" }, "B"],
    [{ name: undefined }, "Unknown"],
    [{ Code: { not: "text" } }, '{"not":"text"}'],
  ])("of %j is %s", (members, code) => expect(understand(thrown(members), call).code).toBe(code));
});

test.each([
  ["a text", "a text"],
  [undefined, "undefined"],
  [null, "null"],
  [{ message: { not: "text" } }, '{"not":"text"}'],
  [{ message: null, toString: (): string => "as a text" }, "as a text"],
])("every thrown value has a message: %j", (cause, message) => {
  expect(understand(cause, call)).toMatchObject({ message, status: undefined });
});

test("a status stands in the metadata, or in the answer", () => {
  const of = (members: object) => understand(thrown(members), call).status;
  expect(of({ $metadata: { httpStatusCode: 400 }, $response: { statusCode: 500 } })).toBe(400);
  expect(of({ $metadata: {}, $response: { statusCode: 500 } })).toBe(500);
  expect(of({})).toBeUndefined();
});

test.each([
  [{ date: "Sat, 28 Nov 2026 18:30:00 GMT" }, 600_000],
  [undefined, 0],
])("a refusal of the time says by how much, with the header %j", (headers, skew) => {
  expect(understand(thrown({ Code: "RequestTimeTooSkewed", $response: { headers } }), call)).toMatchObject({ class: "expired", skew });
});

describe("nothing had left", () => {
  const refusedAt = (address: string) => thrown({ code: "ECONNREFUSED", syscall: "connect", address });
  test.each<[string, object, boolean]>([
    ["nobody listens", { code: "ECONNREFUSED" }, true],
    ["the name is unknown", { code: "ENOTFOUND" }, true],
    ["the resolver does not answer", { code: "EAI_AGAIN" }, true],
    ["the connection was not made in time", { code: "ETIMEDOUT", syscall: "connect" }, true],
    ["the name was not found in time", { code: "ETIMEDOUT", syscall: "getaddrinfo" }, true],
    ["no address of a name listens", { code: "ETIMEDOUT", errors: [refusedAt("::1"), refusedAt("127.0.0.1")] }, true],
    ["one address of a name was written to", { code: "ETIMEDOUT", errors: [refusedAt("::1"), thrown({ code: "ECONNRESET" })] }, false],
    ["a list of no addresses", { code: "ECONNREFUSED", errors: [] }, true],
    ["the answer did not come", { code: "ETIMEDOUT", syscall: "read" }, false],
    ["the connection broke", { code: "ECONNRESET", syscall: "read" }, false],
    ["a longer code", { code: "ENOTFOUND_NOT" }, false],
    ["a code with something before", { code: "XECONNREFUSED" }, false],
  ])("%s: %s", (_, members, expected) => {
    const error = understand(thrown(members), { ...call, isOnce: true });
    expect(error.isUnsent).toBe(expected);
    if (expected) expect(error.class).toBe("network");
  });
});

describe("an answer that is lost", () => {
  const lost: Readonly<Record<string, object>> = {
    "a server's failure": { Code: "InternalError", $metadata: { httpStatusCode: 500 } },
    "no whole answer": { name: "TimeoutError" },
    "an address that is not reached": { code: "EHOSTUNREACH" },
  };
  test.each(Object.entries(lost))("of a create that cannot be repeated, or that is looked for first, is ambiguous: %s", (_, members) => {
    expect(understand(thrown(members), call).class).toMatch(/^(transient|network)$/);
    expect(understand(thrown(members), { ...call, isOnce: true }).class).toBe("ambiguous");
    expect(understand(thrown(members), { ...call, hasToken: true }).class).toBe("ambiguous");
  });

  test("and a refusal is none", () => {
    expect(understand(thrown({ Code: "InvalidParameterValue" }), { ...call, isOnce: true, hasToken: true }).class).toBe("validation");
  });
});

describe("an answer that is not AWS's", () => {
  const page = "<html>\nsign in";
  test.each<[string, unknown, string, string]>([
    ["a page", new NotAnAnswer(200, "nothing"), "transient", "ec2 CreateVpc: the endpoint answered HTTP 200 with nothing"],
    ["a redirect", new NotAnAnswer(300, "a redirect"), "validation", "ec2 CreateVpc: the endpoint answered HTTP 300 with a redirect"],
    ["a refusal", new NotAnAnswer(499, "nothing"), "validation", "ec2 CreateVpc: the endpoint answered HTTP 499 with nothing"],
    ["a proxy's failure", new NotAnAnswer(500, "nothing"), "transient", "ec2 CreateVpc: the endpoint answered HTTP 500 with nothing"],
    [
      "what the SDK cannot read",
      thrown({ name: "SyntaxError", $metadata: { httpStatusCode: 299 } }, page),
      "transient",
      "ec2 CreateVpc: the endpoint answered HTTP 299 with something that is not AWS's (<html>)",
    ],
    [
      "the same without a status",
      thrown({ name: "SyntaxError" }, "x".repeat(200)),
      "transient",
      `ec2 CreateVpc: the endpoint answered with something that is not AWS's (${"x".repeat(160)})`,
    ],
  ])("%s", (_, cause, cls, message) => {
    expect(understand(cause, call)).toMatchObject({ class: cls, code: "UnexpectedAnswer", message, isUnsent: false });
  });

  test.each([
    ["XML parse error", true],
    ["unexpected token < in JSON", true],
    ["Deserialization error: to see the raw response", true],
    ["mismatched tags", true],
    ["The tags do not match", false],
  ])("is known by the SDK's words: %s: %s", (message, expected) => {
    const codeOf = (members: object) => understand(thrown(members, message), call).code;
    expect(codeOf({ name: "Other" })).toBe(expected ? "UnexpectedAnswer" : "Other");
    expect(codeOf({ Code: "InvalidParameterValue" })).toBe("InvalidParameterValue"); // here AWS means a file of the user
  });

  test("may have been carried out, whatever the SDK's error says of a socket", () => {
    expect(understand(thrown({ name: "SyntaxError", code: "ECONNREFUSED" }), call)).toMatchObject({ isUnsent: false, class: "transient" });
    expect(understand(new NotAnAnswer(200, "nothing"), { ...call, isOnce: true }).class).toBe("ambiguous");
  });
});
