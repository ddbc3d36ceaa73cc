import { expect, test, vi } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import type { Client, ClientCache } from "../../src/aws/client.ts";
import { connect } from "../../src/aws/connect.ts";
import { AwsError, type ErrorClass } from "../../src/aws/errors.ts";
import { mayRepeat } from "../../src/aws/retry.ts";
import { diagnosticOfAwsError } from "../../src/cli/session/aws-errors.ts";
import { tagByArn } from "../../src/kinds/types/tag-by-arn.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";

test("EC2's client is made while AWS is asked for the caller, and connections that share clients leave one mark on them", async () => {
  const clock = new VirtualClock();
  const { requestHandler } = createSandbox({ clock });
  const clients: ClientCache = new Map();
  const open = () =>
    connect({
      region: "eu-west-1",
      clock,
      requestHandler,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      clients,
    });
  await open();
  await new Promise((resolve) => setImmediate(resolve)); // the sandbox may answer in the same turn of the event loop; a network never does
  expect([...clients.keys()]).toEqual(["sts", "ec2"]);
  await open();
  const sts = (await clients.get("sts")) as Client & { readonly middlewareStack: { identify(): string[] } };
  expect(sts.middlewareStack.identify().filter((name) => name.startsWith("infraWhenSent"))).toHaveLength(1);
});

test("an endpoint in virtual time gets no deadline in real time: its clock moves on, and no timer stays behind", async () => {
  const clock = new VirtualClock(0);
  const send = vi.fn<() => Promise<object>>(() =>
    clock.sleep(90_000).then(() => ({ Account: "123456789012", Arn: "arn:aws:iam::123456789012:user/me" })),
  );
  const client = Promise.resolve({ send } as unknown as Client);
  const timers = vi.spyOn(globalThis, "setTimeout");
  try {
    const clients: ClientCache = new Map([
      ["sts", client],
      ["ec2", client],
    ]);
    const { identity } = await connect({ region: "eu-west-1", clock, clients, bounds: { deadline: Infinity } });
    expect(identity.account).toBe("123456789012");
    expect([send.mock.calls.length, clock.now(), timers.mock.calls]).toEqual([1, 90_000, []]);
  } finally {
    timers.mockRestore();
  }
});

test("credentials that never come end with an error of their own, before AWS is called", async () => {
  const send = vi.fn<() => Promise<object>>();
  const client = Promise.resolve({ send, config: { credentials: () => new Promise(() => {}) } } as unknown as Client);
  const clients: ClientCache = new Map([
    ["sts", client],
    ["ec2", client],
  ]);
  const opening = connect({ region: "eu-west-1", clock: new VirtualClock(), clients, bounds: { deadline: 20 } });
  const error = (await opening.catch((thrown: unknown) => thrown)) as AwsError;
  expect(error).toMatchObject({ code: "CredentialsTimeout", attempts: 1 });
  expect(send).not.toHaveBeenCalled();
  expect(diagnosticOfAwsError(error, "eu-west-1", "dev")).toMatchObject({
    code: "no-credentials",
    summary: 'the credentials of the profile "dev" did not arrive within a minute.',
  });
});

test("an endpoint that does not answer the first call is waited for less long than a long list", async () => {
  const send = vi.fn<() => Promise<object>>(() => new Promise(() => {}));
  const client = Promise.resolve({ send } as unknown as Client);
  const clients: ClientCache = new Map([
    ["sts", client],
    ["ec2", client],
  ]);
  const stop = new AbortController();
  const timers = vi.spyOn(globalThis, "setTimeout");
  try {
    const opening = connect({ region: "eu-west-1", clock: new VirtualClock(), clients, signal: stop.signal });
    await vi.waitFor(() => expect(send).toHaveBeenCalledOnce());
    expect(timers.mock.calls.map(([, ms]) => ms)).toContain(15_000);
    expect(timers.mock.calls.map(([, ms]) => ms)).not.toContain(60_000);
    stop.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  } finally {
    timers.mockRestore();
  }
});

test("an endpoint that never connects is tried twice, not for minutes", () => {
  const error = (code: string, cls: ErrorClass) =>
    new AwsError({
      class: cls,
      code,
      message: "",
      service: "sts",
      operation: "GetCallerIdentity",
      status: undefined,
      requestId: undefined,
      attempts: 1,
      isUnsent: cls === "network",
    });
  const tried = { elapsed: 10_000, outageTimeout: 60_000, isOnce: false, hasAnswered: false };
  for (const one of [error("TimeoutError", "transient"), error("EAI_AGAIN", "network")]) {
    expect(mayRepeat({ ...tried, error: one, attempts: 1 })).toBe(true);
    expect(mayRepeat({ ...tried, error: one, elapsed: 20_000, attempts: 2 })).toBe(false);
  }
});

test.each([
  ["eu-west-1", "us-east-1"],
  ["us-east-1", "us-east-1"],
  ["us-gov-east-1", "us-gov-west-1"],
])("objects without a region are written from %s to %s, behind the same fence", async (region, home) => {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const regions: string[] = [];
  const requestHandler: typeof sandbox.requestHandler = {
    ...sandbox.requestHandler,
    handle: (request) => {
      regions.push(/\/\d{8}\/([a-z0-9-]+)\//.exec(request.headers["authorization"] ?? "")?.[1] ?? "");
      return sandbox.requestHandler.handle(request);
    },
  };
  const way = await connect({ region, clock, requestHandler, credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" } });
  const arn = `arn:${way.aws.partition}:cloudfront::123456789012:function/none`;
  regions.length = 0;
  await expect(tagByArn(way.aws, arn, { team: "web" }, [])).rejects.toThrow("does not exist");
  expect(regions).toEqual([home]);
  way.fence(() => Promise.reject(new Error("the lock is lost")));
  await expect(tagByArn(way.aws, arn, { team: "web" }, [])).rejects.toThrow("the lock is lost");
  expect(regions).toEqual([home]);
});
