/** The gate that every call passes: what it sends, in which order, how often, and what it reports. No SDK client and no network. */
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import type { Client, ClientCache } from "../../src/aws/client.ts";
import { connect } from "../../src/aws/connect.ts";
import type { ConnectOptions } from "../../src/aws/connection.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { CreateVpcCommand, DescribeVpcsCommand, RunInstancesCommand } from "../../src/aws/sdk/ec2.ts";
import { PutParameterCommand } from "../../src/aws/sdk/ssm.ts";

const arn = "arn:aws:iam::123456789012:user/me";
const me = { Account: "123456789012", Arn: arn };
const read = new DescribeVpcsCommand({});
const write = new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" });

type Answer = (command: { readonly input: object }, over: AbortSignal | undefined) => unknown;

/** An error as the SDK throws it. */
const refusal = (Code: string, httpStatusCode = 400) =>
  Object.assign(new Error(Code), { name: Code, Code, $metadata: { httpStatusCode, requestId: "r-0" } });
const throttle = refusal("RequestLimitExceeded", 503);
const down = refusal("InternalError", 500);
const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** Connects to an AWS that gives these answers in turn and then repeats the last one. An Error among them is thrown. */
async function gate(answers: readonly unknown[], options: Partial<ConnectOptions> = {}) {
  const clock = new VirtualClock(0);
  const left = [...answers];
  const sent: { readonly command: string; readonly input: object; readonly second: number }[] = [];
  const client: Client = {
    async send(command, { abortSignal } = {}) {
      const { name } = (command as object).constructor;
      const { input } = command as { readonly input: object };
      if (name === "GetCallerIdentityCommand") return me;
      sent.push({ command: name.replace("Command", ""), input, second: clock.now() / 1000 });
      const answer = left.length > 1 ? left.shift() : left[0];
      const made: unknown = typeof answer === "function" ? await (answer as Answer)({ input }, abortSignal) : answer;
      if (made instanceof Error) throw made;
      return made;
    },
  };
  const clients: ClientCache = new Map((["sts", "ec2", "ssm"] as const).map((name) => [name, Promise.resolve(client)]));
  const way = await connect({ region: "eu-west-1", clock, clients, bounds: { deadline: Infinity }, ...options });
  const seconds = () => sent.map(({ second }) => second);
  return { ...way, clock, sent, seconds };
}

const failure = async (doing: Promise<unknown>) =>
  (await doing.then(
    () => expect.unreachable("it did not fail"),
    (thrown: unknown) => thrown,
  )) as AwsError;

describe("the identity of the caller", () => {
  const open = (answer: unknown, more: Partial<ConnectOptions> = {}) => {
    const client = Promise.resolve({ send: async () => answer } as Client);
    const clients: ClientCache = new Map([
      ["sts", client],
      ["ec2", client],
    ]);
    return connect({ region: "cn-north-1", clock: new VirtualClock(0), clients, bounds: { deadline: Infinity }, ...more });
  };

  test.each([
    ["arn:aws-cn:iam::123456789012:user/me", "aws-cn"],
    ["no ARN", "aws"],
  ])("tells the account, and by %s the partition %s", async (Arn, partition) => {
    const { aws, identity } = await open({ ...me, Arn });
    expect(identity).toEqual({ account: "123456789012", arn: Arn });
    expect(aws).toMatchObject({ account: "123456789012", region: "cn-north-1", partition, isEmulated: false });
  });

  test.each([{}, { Account: "123456789012" }, { Arn: arn }])("is no answer of AWS's: %j", async (answer) => {
    expect(await failure(open(answer))).toMatchObject({
      class: "validation",
      code: "UnexpectedAnswer",
      message: "sts GetCallerIdentity: the endpoint answered without an account",
      status: 200,
    });
  });

  describe("credentials that cannot be had", () => {
    const without = (cause: unknown, more: Partial<ConnectOptions> = {}) => {
      const config = { credentials: () => Promise.reject(cause as Error) };
      const client = Promise.resolve({ config, send: async () => me } as Client);
      return open(me, {
        clients: new Map([
          ["sts", client],
          ["ec2", client],
        ]),
        bounds: { deadline: 1_000 },
        ...more,
      });
    };
    const none = Object.assign(new Error("Could not load credentials from any providers"), { name: "CredentialsProviderError" });

    test("are an error of the first call", async () => {
      expect(await failure(without(none))).toMatchObject({
        class: "auth",
        code: "CredentialsProviderError",
        service: "sts",
        operation: "GetCallerIdentity",
        attempts: 1,
        cause: none,
      });
    });

    test("are the error of the call that was to get a role", async () => {
      const denied = new AwsError({
        class: "auth",
        code: "AccessDenied",
        message: "no",
        service: "sts",
        operation: "AssumeRole",
        status: 403,
        requestId: undefined,
        attempts: 1,
      });
      await expect(without(denied)).rejects.toBe(denied);
    });

    test("are not reported as their errors after an interrupt", async () => {
      await expect(without(none, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
    });

    test("are not asked for where the sandbox answers", async () => {
      expect((await without(none, { requestHandler: {} })).identity.account).toBe("123456789012");
    });
  });
});

describe("a call is sent again", () => {
  test("after a throttle, from half a second on, and the waiting caller is notified", async () => {
    const throttles: unknown[] = [];
    const { aws, seconds, calls } = await gate([throttle, throttle, { Vpcs: [] }], { onThrottle: (one) => throttles.push(one) });
    expect(await aws.ec2(read)).toEqual({ Vpcs: [] });
    expect(seconds()).toEqual([0, 0.5, 1.5]);
    expect(throttles).toEqual([0, 500].map((ms) => ({ service: "ec2", operation: "DescribeVpcs", ms })));
    expect([calls.byOperation.get("ec2:DescribeVpcs"), calls.concurrency, calls.waiting.size]).toEqual([3, 1, 0]);
  });

  test("more slowly after throttles, whatever else is called", async () => {
    const { aws, clock } = await gate([throttle, {}]);
    const run = () => aws.ec2(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
    await run();
    await Promise.all([run(), run(), run()]);
    expect(clock.now()).toBeGreaterThan(2_500); // one a second where two a second are published, and the burst is used up
  });

  test("after ten minutes of throttles no more", async () => {
    const { aws, clock } = await gate([throttle]);
    expect(await failure(aws.ec2(read))).toMatchObject({ class: "throttle", code: "RequestLimitExceeded" });
    expect(clock.now()).toBeGreaterThanOrEqual(600_000);
    expect(clock.now()).toBeLessThan(615_000);
  });

  test.each([
    ["a minute", {}, 65.75],
    ["as long as its scope says", { outageTimeout: 5_000 }, 7.75],
  ])("in an outage, for %s", async (_, scope, last) => {
    const { aws, seconds, clock } = await gate([{}, down]);
    const way = aws.within(scope);
    await way.ec2(read);
    expect(await failure(way.ec2(read))).toMatchObject({ class: "transient", attempts: seconds().length - 1 });
    expect(seconds().slice(0, 5)).toEqual([0, 0, 0.25, 0.75, 1.75]);
    // The last pause may pass the limit, but a try follows it.
    expect([seconds().at(-1), clock.now() / 1000]).toEqual([last, last]);
  });

  test("not where AWS has refused it", async () => {
    const { aws, sent } = await gate([refusal("InvalidParameterValue")]);
    expect(await failure(aws.ec2(read))).toMatchObject({ class: "validation", requestId: "r-0", attempts: 1, status: 400 });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ["a create that cannot be repeated", write, { once: true }, {}, 1, "ambiguous"],
    ["the same after a throttle", write, { once: true }, {}, 2, undefined],
    ["one with a token", new RunInstancesCommand({ ClientToken: "t", MinCount: 1, MaxCount: 1 }), {}, {}, 2, undefined],
    [
      "one with a token, for whom it is looked",
      new RunInstancesCommand({ ClientToken: "t", MinCount: 1, MaxCount: 1 }),
      {},
      { lostToken: "look" },
      1,
      "ambiguous",
    ],
    ["one without, for whom it would be looked", write, {}, { lostToken: "look" }, 2, undefined],
  ] as const)("or not, when its answer is lost: %s", async (name, command, options, scope, times, cls) => {
    const { aws, sent } = await gate([name.includes("throttle") ? throttle : reset, {}]);
    const doing = aws.within(scope).ec2<object, unknown>(command as never, options);
    if (cls === undefined) expect(await doing).toEqual({});
    else expect(await failure(doing)).toMatchObject({ class: cls, code: "ECONNRESET", hasToken: "lostToken" in scope });
    expect(sent).toHaveLength(times);
  });

  test("and meanwhile says what is waited for, since when and why", async () => {
    const { aws, calls, clock } = await gate([throttle, () => clock.sleep(10_000)]);
    await clock.sleep(1_000);
    const doing = [aws.ec2(read), aws.ec2(write)];
    await clock.sleep(5_000);
    expect([...calls.waiting]).toEqual([
      { service: "ec2", operation: "DescribeVpcs", isRead: true, since: 1_000, trouble: "RequestLimitExceeded" },
      { service: "ec2", operation: "CreateVpc", isRead: false, since: 1_000 },
    ]);
    await Promise.all(doing);
    expect([calls.waiting.size, calls.reads, calls.writes]).toEqual([0, 3, 1]); // GetCallerIdentity counts as a read
  });
});

test("a trace has every request, also one that failed", async () => {
  const records: unknown[] = [];
  const { aws, clock } = await gate(
    [() => clock.sleep(70).then(() => throttle), () => clock.sleep(30).then(() => ({ $metadata: { requestId: "r-1" } })), undefined],
    { onCall: (record) => records.push(record) },
  );
  await aws.ec2(read);
  await aws.ec2(read);
  const call = { service: "ec2", operation: "DescribeVpcs" };
  expect(records.slice(1)).toEqual([
    { ...call, ms: 70, attempt: 1, requestId: "r-0", error: "RequestLimitExceeded" },
    { ...call, ms: 30, attempt: 2, requestId: "r-1" },
    { ...call, ms: 0, attempt: 1, requestId: undefined },
  ]);
});

test("a secret in a request stands in no error", async () => {
  const { aws } = await gate([Object.assign(refusal("ValidationException"), { message: "Value 'hunter2' is too short" })]);
  const error = await failure(aws.ssm(new PutParameterCommand({ Name: "/a", Type: "SecureString", Value: "hunter2" })));
  expect(error.message).toBe("Value '(hidden)' is too short");
  expect(JSON.stringify(error.cause)).not.toContain("hunter2");
});

describe("the fence", () => {
  const lost = () => {
    throw new Error("the lock is lost");
  };

  test("stands before every write, before each time that it is sent, and before no read or dry run", async () => {
    const { aws, fence, sent } = await gate([throttle, {}]);
    let asked = 0;
    fence(() => void asked++);
    await aws.ec2(write);
    expect([asked, sent.length]).toEqual([2, 2]);
    await aws.ec2(read);
    await aws.ec2(new CreateVpcCommand({ DryRun: true }));
    await aws.ec2(write, { fenced: false });
    expect(asked).toBe(2);
    await aws.ec2(new CreateVpcCommand({ DryRun: false }));
    expect(asked).toBe(3);
  });

  test("stops every write, at once and until it is removed", async () => {
    const { aws, fence, sent } = await gate([{}]);
    fence(lost);
    await expect(aws.ec2(write)).rejects.toThrow("the lock is lost");
    await expect(aws.within({}).ec2(write)).rejects.toThrow("the lock is lost");
    expect(sent).toEqual([]);
    fence(undefined);
    await aws.ec2(write);
    expect(sent).toHaveLength(1);
  });
});

describe("a listing", () => {
  const page = (NextToken?: string) => ({ Vpcs: [], ...(NextToken === undefined ? {} : { NextToken }) });

  test("is followed to its end, with the same input", async () => {
    const { aws, sent } = await gate([page("a"), page("b"), page()]);
    const pages: object[] = [];
    for await (const one of aws.ec2.pages(DescribeVpcsCommand, { MaxResults: 5 })) pages.push(one);
    expect(pages).toEqual([page("a"), page("b"), page()]);
    expect(sent.map(({ input }) => input)).toEqual([
      { MaxResults: 5 },
      { MaxResults: 5, NextToken: "a" },
      { MaxResults: 5, NextToken: "b" },
    ]);
  });

  test("has as many pages as its bounds say", async () => {
    const { aws, sent } = await gate([() => page(`token ${sent.length}`)], { bounds: { deadline: Infinity, pages: 3 } });
    const all = async () => {
      for await (const _ of aws.ec2.pages(DescribeVpcsCommand, {}));
    };
    await expect(all()).rejects.toThrow("ec2 DescribeVpcs: the endpoint answered with more than 3 pages, so that the list would not end");
    expect(sent).toHaveLength(3);
  });
});

describe("a call is given up", () => {
  const never: Answer = (_, over) =>
    new Promise((_resolve, reject) => over!.addEventListener("abort", () => reject(over!.reason as Error)));

  test("when its time is over", async () => {
    const { aws } = await gate([never], { bounds: { deadline: 20 } });
    expect(await failure(aws.ec2(write, { once: true }))).toMatchObject({
      class: "ambiguous",
      code: "TimeoutError",
      message: expect.stringContaining("no complete answer within 0.02 s"),
    });
  });

  test("with the reason of its scope, and is not sent again", async () => {
    const { aws, sent, calls } = await gate([never]);
    const stop = new AbortController();
    const doing = aws.within({ signal: stop.signal }).within({ outageTimeout: 1 }).ec2(read);
    await new Promise(setImmediate);
    stop.abort(new Error("stopped"));
    await expect(doing).rejects.toThrow("stopped");
    expect([sent.length, calls.waiting.size]).toEqual([1, 0]);
  });

  test.each([0, 1])("by the outer and by the inner signal alike: %i", async (which) => {
    const { aws } = await gate([never]);
    const stops = [new AbortController(), new AbortController()];
    const doing = aws.within({ signal: stops[0]!.signal }).within({ signal: stops[1]!.signal }).ec2(read);
    await new Promise(setImmediate);
    stops[which]!.abort(new Error("stopped"));
    await expect(doing).rejects.toThrow("stopped");
  });

  test("while it waits to be sent again", async () => {
    const stop = new AbortController();
    const { aws, sent, clock } = await gate([throttle]);
    const doing = aws.within({ signal: stop.signal }).ec2(read);
    await clock.sleep(600);
    stop.abort(new Error("stopped"));
    await expect(doing).rejects.toThrow("stopped");
    expect(sent).toHaveLength(2);
  });
});

test("infra writes nothing outside the environment's region", async () => {
  const { aws } = await gate([{}], { credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" } });
  const there = aws.elsewhere("us-east-1");
  expect(there.region).toBe("us-east-1");
  await expect(there.ec2(write)).rejects.toThrow("infra writes nothing outside the environment's region");
  await expect(there.within({}).ec2(write)).rejects.toThrow("infra writes nothing outside the environment's region");
});
