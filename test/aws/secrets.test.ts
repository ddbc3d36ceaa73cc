/** AWS repeats parts of a request or an object in its errors; these tests check that secrets are taken out of them. */
import { expect, test } from "vitest";
import { isSecretName, withoutSecrets, withoutToldValues } from "../../src/aws/secrets.ts";

test.each([
  ['{"MasterUserPassword":"hunter2","Engine":"redis"}', '{"MasterUserPassword":(hidden),"Engine":"redis"}'],
  ['{ "Passwords" : [ "hunter2", "hunter3" ], "Engine": "redis" }', '{ "Passwords" : (hidden), "Engine": "redis" }'],
  ['{"AuthToken":"hun\\"ter2, x}","Engine":"redis"}', '{"AuthToken":(hidden),"Engine":"redis"}'],
  [String.raw`{"body":"{\"ApiKey\":\"hunter2\",\"a\":1}"}`, String.raw`{"body":"{\"ApiKey\":(hidden),\"a\":1}"}`],
  ["ResourceModel(name=a, masterUserPassword=hunter2, engine=redis)", "ResourceModel(name=a, masterUserPassword=(hidden), engine=redis)"],
  ["ResourceModel(passwords=[hunter2, hunter3], engine=redis)", "ResourceModel(passwords=(hidden), engine=redis)"],
  ["Tunnel{PreSharedKey:'hunter2' }", "Tunnel{PreSharedKey:(hidden) }"],
  ['{"Password":"hunter2 and whatever follows in a text that was cut', '{"Password":(hidden)'],
  ["https://example.com/?apiKey=hunter2&page=2", "https://example.com/?apiKey=(hidden)&page=2"],
])("%s", (text, clean) => {
  expect(withoutToldValues(text)).toBe(clean);
  expect(withoutToldValues(clean)).toBe(clean);
});

test.each([
  "The parameter MasterUserPassword: it must be longer than 8 characters",
  "SecretArn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
  "Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
  "Model validation failed (#/Passwords: expected type: array)",
])("tells no secret: %s", (text) => expect(withoutToldValues(text)).toBe(text));

test("a value that is known is hidden wherever it stands, also as JSON and in an address", () => {
  const text = withoutToldValues('a"b c: a\\"b c and a%22b%20c, password=a"b c, d', ['a"b c']);
  expect(text).toBe("(hidden): (hidden) and (hidden), password=(hidden), d");
});

test.each(["secret", 'secret":"', "secret=", "password ", "x"])("long texts are soon read: %s", (begin) => {
  expect(withoutToldValues(begin.repeat(100_000 / begin.length))).not.toBe("");
});

test.each([
  ["MasterUserPassword", true],
  ["passwords", true],
  ["AuthToken", true],
  ["apiKey", true],
  ["SecretArn", false],
  ["NextToken", false],
  ["PasswordLength", false],
])("the name %s is the name of a secret: %s", (name, expected) => expect(isSecretName(name)).toBe(expected));

test.each<[string, object, string, string]>([
  ["a secret's value", { SecretString: "hunter2" }, "Value 'hunter2' is too short", "Value '(hidden)' is too short"],
  ["a database's password", { Engine: "mysql", MasterUserPassword: "hunter2" }, "hunter2 for mysql", "(hidden) for mysql"],
  ["a client's secret, deep inside", { Actions: [{ Config: { ClientSecret: "hunter2" } }] }, "not hunter2", "not (hidden)"],
  ["an encrypted parameter", { Type: "SecureString", Value: "hunter2" }, "not hunter2", "not (hidden)"],
  ["a parameter that everybody may read", { Type: "String", Value: "hunter2" }, "not hunter2", "not hunter2"],
  ["the rest of an encrypted parameter", { Type: "SecureString", Value: "hunter2", Name: "/web" }, "/web is taken", "/web is taken"],
  ["an empty value", { SecretString: "" }, "it is empty", "it is empty"],
  ["what is no text", { SecretString: null, MasterUserPassword: 7 }, "null and 7", "null and 7"],
  ["what the text itself calls a secret", {}, "password=hunter2", "password=(hidden)"],
])("an error does not repeat %s", (_, input, message, clean) => {
  const cause = { name: "ValidationException", message, Code: "Validation", code: "E", syscall: "read", $metadata: { requestId: "r" } };
  const found = withoutSecrets({ ...cause, $response: { body: message } }, input);
  expect(found).toEqual(clean === message ? { ...cause, $response: { body: message } } : { ...cause, message: clean });
});

test("an error without a secret is left as it is, whatever was thrown", () => {
  for (const cause of [undefined, null, "hunter2", new Error("no"), { name: "x" }])
    expect(withoutSecrets(cause, { SecretString: "hunter2" })).toBe(cause);
});
