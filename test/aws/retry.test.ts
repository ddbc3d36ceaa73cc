/** Which calls are sent again, for how long, and after which pause. */
import { describe, expect, test } from "vitest";
import { AwsError, type ErrorClass } from "../../src/aws/errors.ts";
import { mayRepeat, pause, type Tried } from "../../src/aws/retry.ts";

const second = 1_000;
const minute = 60 * second;

function error(cls: ErrorClass, of: Partial<AwsError> = {}): AwsError {
  const call = { service: "ec2", operation: "CreateVpc", status: undefined, requestId: undefined, attempts: 1 };
  return new AwsError({ ...call, class: cls, code: "Any", message: "", ...of });
}

const unsent = { isUnsent: true };
const read = { operation: "DescribeVpcs" };
const before = { hasAnswered: false };

/** Whether a call may be repeated, by default at its first try, in an outage of a minute, at an endpoint that has answered before. */
const may = (of: AwsError, tried: Partial<Tried> = {}) =>
  mayRepeat({ error: of, attempts: 1, elapsed: 0, outageTimeout: minute, isOnce: false, hasAnswered: true, ...tried });

describe("a throttled call was not carried out, and is sent again for ten minutes", () => {
  test.each<[Partial<Tried>, boolean]>([
    [{}, true],
    [{ isOnce: true, attempts: 100, ...before }, true],
    [{ elapsed: 10 * minute - 1 }, true],
    [{ elapsed: 10 * minute }, false],
  ])("%j: %s", (tried, expected) => expect(may(error("throttle"), tried)).toBe(expected));
});

describe("a call that came too late or too early is sent once more, by AWS's clock", () => {
  test.each<[Partial<AwsError>, Partial<Tried>, boolean]>([
    [{ skew: 400_000 }, {}, true],
    [{ skew: 0 }, {}, true],
    [{ skew: 400_000 }, { attempts: 2 }, false],
    [{}, {}, false],
  ])("%j, %j: %s", (of, tried, expected) => expect(may(error("expired", of), tried)).toBe(expected));
});

describe("an endpoint that is not reached is tried again as long as an outage may take", () => {
  test.each<[Partial<AwsError>, Partial<Tried>, boolean]>([
    [unsent, { attempts: 20, elapsed: minute - 1 }, true],
    [unsent, { attempts: 20, elapsed: minute }, false],
    [unsent, { isOnce: true }, true],
    [{}, { isOnce: true }, false],
    [{}, { attempts: 20 }, true],
    // Before the first answer the endpoint is taken for a wrong one: three tries, or two where each takes more than five seconds.
    [unsent, { ...before, attempts: 2 }, true],
    [unsent, { ...before, attempts: 3 }, false],
    [unsent, { ...before, attempts: 1, elapsed: 5 * second + 1 }, true],
    [unsent, { ...before, attempts: 2, elapsed: 10 * second }, true],
    [unsent, { ...before, attempts: 2, elapsed: 10 * second + 1 }, false],
    [unsent, { ...before, isOnce: true, attempts: 2 }, true],
  ])("%j, %j: %s", (of, tried, expected) => expect(may(error("network", of), tried)).toBe(expected));
});

const page = { code: "UnexpectedAnswer", status: 200 };

describe("a server that fails is asked again as long as an outage may take, but not for a create without a token", () => {
  test.each<[Partial<AwsError>, Partial<Tried>, boolean]>([
    [{}, { attempts: 20, elapsed: minute - 1 }, true],
    [{}, { attempts: 20, elapsed: minute }, false],
    [{}, { isOnce: true }, false],
    // Before the first answer, and where something other than AWS answers: five tries, or two where each is slow.
    [{}, { ...before, attempts: 4 }, true],
    [{}, { ...before, attempts: 5 }, false],
    [{}, { ...before, attempts: 1, elapsed: 6 * second }, true],
    [{}, { ...before, attempts: 2, elapsed: 12 * second }, false],
    [page, { attempts: 4 }, true],
    [page, { attempts: 5 }, false],
    [{ ...page, status: undefined }, { attempts: 5 }, false],
    [{ ...page, status: 499 }, { attempts: 5 }, false],
    [{ ...page, status: 500 }, { attempts: 5 }, true], // a proxy reports an outage
    [{ code: "InternalError", status: 200 }, { attempts: 5 }, true],
  ])("%j, %j: %s", (of, tried, expected) => expect(may(error("transient", of), tried)).toBe(expected));
});

describe("a write that met another is sent eight times", () => {
  test.each<[Partial<AwsError>, Partial<Tried>, boolean]>([
    [{}, { attempts: 7 }, true],
    [{}, { attempts: 8 }, false],
    [{}, { isOnce: true }, false],
    [read, {}, false],
  ])("%j, %j: %s", (of, tried, expected) => expect(may(error("concurrency", of), tried)).toBe(expected));
});

test.each<ErrorClass>(["ambiguous", "not-found", "dependency", "wrong-state", "duplicate", "quota", "auth", "validation"])(
  "%s is no matter of the gate",
  (cls) => expect(may(error(cls))).toBe(false),
);

test("the pause doubles from a quarter second to ten, and from a half after a throttle", () => {
  const pauses = (cls: ErrorClass) => [1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => pause(error(cls), attempts) / second);
  expect(pauses("network")).toEqual([0.25, 0.5, 1, 2, 4, 8, 10, 10]);
  expect(pauses("throttle")).toEqual([0.5, 1, 2, 4, 8, 10, 10, 10]);
});
