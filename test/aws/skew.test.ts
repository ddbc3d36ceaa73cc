/** How far a refusal says that the local clock is ahead of AWS's. */
import { expect, test } from "vitest";
import { skewIn } from "../../src/aws/skew.ts";

const now = Date.UTC(2026, 10, 28, 18, 40);
const minute = 60_000;
const behind = "Signature expired: 20261128T184000Z is now earlier than 20261128T184500Z (20261128T190000Z - 15 min.)";
const ahead = "Signature not yet current: 20261128T184000Z is still later than 20261128T182500Z (20261128T182000Z + 5 min.)";

test.each<[string, string, string, string | undefined, number | undefined]>([
  ["AWS tells both times, and is 20 minutes ahead of us", "SignatureDoesNotMatch", behind, undefined, -20 * minute],
  ["AWS tells both times, and we are 20 minutes ahead", "SignatureDoesNotMatch", ahead, undefined, 20 * minute],
  ["its own times come before the header", "SignatureDoesNotMatch", behind, "Sat, 28 Nov 2026 10:00:00 GMT", -20 * minute],
  ["the header alone tells it", "RequestTimeTooSkewed", "too large", "Sat, 28 Nov 2026 18:30:00 GMT", 10 * minute],
  ["our time alone is no comparison", "RequestExpired", "20261128T184000Z expired", "Sat, 28 Nov 2026 18:30:00 GMT", 10 * minute],
  ["the time of the limit is not AWS's", "RequestExpired", "20261128T184000Z, 20261128T184500Z", undefined, 0],
  ["nothing tells by how much", "RequestInTheFuture", "in the future", undefined, 0],
  ["a header that is no date", "InvalidSecurity.RequestHasExpired", "expired", "yesterday", 0],
  ["a text in small letters", "Any", "the signature expired", undefined, 0],
  ["an error about something else", "AccessDenied", "20261128T184000Z", "Sat, 28 Nov 2026 18:30:00 GMT", undefined],
  ["a code that only ends so", "NoRequestExpired", "", undefined, undefined],
])("%s", (_, code, message, date, expected) => {
  expect(skewIn(code, message, date, now)).toBe(expected);
});
