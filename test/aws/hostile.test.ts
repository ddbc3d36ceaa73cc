import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Connection } from "../../src/aws/connection.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { diagnosticOfAwsError } from "../../src/cli/session/aws-errors.ts";
import { planEnvironment } from "../../src/engine.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { harmless } from "../../src/diag/harmless.ts";
import { kinds } from "../../src/kinds/index.ts";
import { sampleOf } from "../support/night.ts";
import { header, loadText } from "../support/testbed.ts";

/** Endpoints that answer, but not as AWS does. Pauses take no time here; only the time on a socket is real. */

type Answer = (request: { operation: string; n: number; headers: IncomingMessage["headers"] }, response: ServerResponse) => void;

const servers: Server[] = [];
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(AWS_|https?_proxy|no_proxy|all_proxy)/i.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "no-such-file");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "no-such-file");
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => servers.forEach((server) => (server.closeAllConnections(), server.close())));

const identity = xml(
  "GetCallerIdentity",
  "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/x</Arn><Account>123456789012</Account></GetCallerIdentityResult>",
);

function xml(operation: string, inner = ""): string {
  return `<?xml version="1.0"?>\n<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${inner}</${operation}Response>`;
}

/** Answers as AWS does for an empty account, for tests in which only one answer is wrong. */
function empty(operation: string, response: ServerResponse): void {
  const isJson = /^(GetParameter|DescribeParameters|GetResources|DescribeAlarms|DescribeLogGroups|ListSecrets|ListTagsForResource$)/.test(
    operation,
  );
  response.end(isJson ? "{}" : xml(operation, operation === "DescribeAvailabilityZones" ? zones : ""));
}
const zones = "<availabilityZoneInfo><item><zoneName>eu-west-1a</zoneName><zoneState>available</zoneState></item></availabilityZoneInfo>";

interface Endpoint {
  readonly requests: string[];
  readonly clock: VirtualClock;
  connect(): Promise<Connection>;
}

/** Starts an endpoint. It answers GetCallerIdentity correctly, unless that answer is to be wrong too. */
async function endpoint(answer: Answer, bounds = {}, isWrongEvenThere = false): Promise<Endpoint> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      // A REST request names no operation, so a GET counts as a read.
      const target = request.headers["x-amz-target"] ?? `${request.method === "GET" ? "Get" : request.method} ${request.url}`;
      const operation = /Action=(\w+)/.exec(body)?.[1] ?? String(target).replace(/^\w+\.(?=\w+$)/, "");
      requests.push(operation);
      if (operation === "GetCallerIdentity" && !isWrongEvenThere) response.end(identity);
      else answer({ operation, n: requests.length, headers: request.headers }, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const clock = new VirtualClock(Date.now());
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  return {
    requests,
    clock,
    connect: () => connect({ region: "eu-west-1", clock, credentials, bounds: { deadline: 400, bytes: 200_000, pages: 20, ...bounds } }),
  };
}

const environment = loadText(`${header}vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n`);

/** The kinds for which `empty` knows AWS's empty answers. */
const few = kinds.filter(({ name }) => ["vpc", "subnet", "alarm", "dbInstance"].includes(name));

/** Runs drift at the endpoint, with every kind listed, and returns the diagnostic that the command would print. */
async function failure({ connect, requests }: Endpoint, of = kinds) {
  const thrown: unknown = await connect()
    .then((connection) => planEnvironment(of, connection, environment, { goal: "agree", unmanaged: true }))
    .then(
      () => expect.unreachable("a plan came of it"),
      (error: unknown) => error,
    );
  expect(thrown).toBeInstanceOf(AwsError);
  expect(requests.filter((operation) => !/^(Describe|Get|List|Search)/.test(operation))).toEqual([]);
  return diagnosticOfAwsError(thrown as AwsError, "eu-west-1");
}

const page = "<!DOCTYPE html><html><body>Please\u001b[31m sign in<br></body></html>";
const modes: Readonly<Record<string, Answer>> = {
  empty200: (_, r) => r.end(),
  html200: (_, r) => r.end(page),
  html403: (_, r) => r.writeHead(403).end(page),
  html503: (_, r) => r.writeHead(503).end(page),
  garbage: (_, r) => r.end(Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256))),
  gzip: (_, r) => r.writeHead(200, { "content-encoding": "gzip" }).end(Buffer.from("1f8b08", "hex")),
  error200: (_, r) => r.end("<Response><Errors><Error><Code>InternalError</Code><Message>oops</Message></Error></Errors></Response>"),
  wrongroot: (_, r) => r.end("<FooResponse><bar/></FooResponse>"),
  redirect: (_, r) => r.writeHead(307, { location: "http://169.254.169.254/" }).end(),
  infinite: (_, r) => {
    const more = () => void (r.destroyed || !r.write(Buffer.alloc(65_536, "a")) || setImmediate(more));
    r.on("drain", more);
    more();
  },
};

const notAws: readonly (readonly [string, RegExp])[] = [
  ["empty200", /answered HTTP 200 with nothing/],
  ["html200", /HTTP 200 with something that is not AWS's \(<!DOCTYPE html><html><body>Please \[31m sign in/],
  ["html403", /HTTP 403 with something that is not AWS's/],
  ["html503", /HTTP 503 with something that is not AWS's/],
  ["garbage", /HTTP 200 with something that is not AWS's/],
  ["gzip", /HTTP 200 with something that is not AWS's/],
  ["error200", /HTTP 200 with (<Response> in place of <\w+Response> \(InternalError: oops\)|something that is not AWS's)/],
  ["wrongroot", /HTTP 200 with (<FooResponse> in place of <\w+Response>|something that is not AWS's)/],
  ["redirect", /HTTP 307 with a redirect to http:\/\/169\.254\.169\.254\//],
  ["infinite", /HTTP 200 with an answer of more than 0 MiB/],
];

describe("an answer that is not AWS's is an error, and never 'there is nothing'", () => {
  test.each(notAws)("%s", async (mode, text) => {
    const found = await failure(await endpoint(modes[mode]!));
    expect(found).toMatchObject({ code: "not-aws", summary: expect.stringMatching(text) as string });
    expect(found.hint).toContain("AWS_ENDPOINT_URL");
  });

  test.each(sampleOf(notAws, ["html200", "gzip", "infinite"], ([mode]) => mode))(
    "%s where AWS is asked for the caller",
    async (mode, text) => {
      const found = await failure(await endpoint(modes[mode]!, {}, true));
      expect(found).toMatchObject({ code: "not-aws", summary: expect.stringMatching(text) as string });
    },
  );

  test.each(["DescribeVpcs", "DescribeAlarms", "DescribeDBInstances"])("one empty answer among good ones: %s", async (wrong) => {
    const way = await endpoint(({ operation }, r) => (operation === wrong ? r.end() : empty(operation, r)));
    expect((await failure(way, few)).summary).toContain(`${wrong}: the endpoint answered HTTP 200 with nothing`);
  });

  test.each([
    ['{"MetricAlarms":"none"}', "MetricAlarms is text, not a list"],
    ['{"MetricAlarms":{"Dimensions":[]}}', "MetricAlarms is an object, not a list"],
    ['{"MetricAlarms":[7]}', "MetricAlarms[0] is a number, not an object"],
    ['{"MetricAlarms":[{"Dimensions":[]},{"Dimensions":true}]}', "MetricAlarms[1].Dimensions is a boolean, not a list"],
    ['{"MetricAlarms":[null]}', "MetricAlarms[0] is null"],
    ['{"MetricAlarms":[{"AlarmName":7}]}', "MetricAlarms[0].AlarmName is a number, not text"],
    ['{"MetricAlarms":[', "JSON that ends too early or is broken"],
  ])("JSON of another shape than the operation's: %s", async (body, says) => {
    const way = await endpoint(({ operation }, r) => (operation === "DescribeAlarms" ? r.end(body) : empty(operation, r)));
    const found = await failure(way, few);
    expect(found).toMatchObject({ code: "not-aws" });
    expect(found.summary).toContain(`DescribeAlarms: the endpoint answered HTTP 200 with ${says}`);
  });

  test("an answer that is cut off is asked for again, and then an error", async () => {
    const found = await failure(
      await endpoint(({ operation }, r) => r.end(xml(operation, "<vpcSet><item><vpcId>vpc-1</vpcId>").slice(0, -40))),
    );
    expect(found.code).toBe("not-aws");
  });
});

describe("the answer of any endpoint is reported in plain words, and nothing of it is run", () => {
  const error = (code: string, message = "x") =>
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`;
  const doctype = (entities: string, operation: string, inner: string) =>
    xml(operation, inner).replace("?>", `?><!DOCTYPE r [${entities}]>`);
  const bomb = [..."bcdefghij"].map((name, i) => `<!ENTITY ${name} "${`&${"abcdefghi"[i]};`.repeat(10)}">`).join("");

  test.each<[string, Answer, RegExp]>([
    ["the connection is reset", (_, r) => void r.socket!.resetAndDestroy(), /ECONNRESET|socket hang up|aborted/],
    ["the connection is closed", (_, r) => void r.socket!.destroy(), /ECONNRESET|socket hang up|aborted/],
    ["elements inside each other", (_, r) => r.end("<a>".repeat(200_000) + "</a>".repeat(200_000)), /<a> in place of|not AWS's/],
    [
      "entities of entities",
      ({ operation }, r) =>
        r.end(doctype(`<!ENTITY a "lollollollollollollol">${bomb}`, operation, "<vpcSet><item><vpcId>&j;</vpcId></item></vpcSet>")),
      /./,
    ],
    [
      "an entity that is a file",
      ({ operation }, r) =>
        r.end(doctype('<!ENTITY a SYSTEM "file:///etc/passwd">', operation, "<vpcSet><item><vpcId>&a;</vpcId></item></vpcSet>")),
      /./,
    ],
    [
      "members of every object",
      ({ operation }, r) =>
        r.end(xml(operation, "<__proto__><polluted>1</polluted></__proto__><constructor><prototype><p>1</p></prototype></constructor>")),
      /./,
    ],
    [
      "a page of everything",
      ({ operation }, r) => r.end(xml(operation, "<vpcSet>" + "<item><vpcId>vpc-1</vpcId></item>".repeat(30_000) + "</vpcSet>")),
      /./,
    ],
    [
      "commands in a message",
      (_, r) => r.writeHead(400).end(error("Un\u001bcauthorized", "evil \u009b31m \b\n::error::pwn ##[error]x")),
      /Un/,
    ],
    ["an expired request", (_, r) => r.writeHead(400).end(error("RequestExpired")), /./],
    ["throttling without end", (_, r) => r.writeHead(503).end(error("RequestLimitExceeded")), /RequestLimitExceeded|throttl/i],
  ])("%s", async (_, answer, says) => {
    const found = await failure(await endpoint(answer, { bytes: 4_000_000 }));
    expect(found.code).toMatch(/^(not-aws|aws-error|no-network|access-denied|credentials-expired|throttled)$/);
    const text = harmless(formatDiagnostic(found), { isRunner: true });
    expect(text).toMatch(says);
    expect(text.length).toBeLessThan(4_000);
    expect(text).not.toMatch(/root:|##\[|^\s*::/m);
    // oxlint-disable-next-line no-control-regex -- the text must hold no control characters
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    expect("polluted" in {}).toBe(false);
  });
});

describe("a read ends", () => {
  const listing = (token: (n: number) => string): Answer => {
    return ({ operation, n }, r) =>
      r.end(/^Describe(Vpcs|Subnets)$/.test(operation) ? xml(operation, `<nextToken>${token(n)}</nextToken>`) : xml(operation));
  };

  test("when a page token comes again", async () => {
    const found = await failure(await endpoint(listing(() => "AAAA")));
    expect(found).toMatchObject({
      code: "not-aws",
      summary: expect.stringContaining("a page token that it had already returned") as string,
    });
  });

  test("when there are ever more pages", async () => {
    const found = await failure(await endpoint(listing((n) => `T${n}`)));
    expect(found.summary).toMatch(/DescribeVpcs: the endpoint answered with more than 20 pages/);
  });

  test.each<[string, Answer]>([
    ["nothing comes", () => {}],
    [
      "it trickles",
      (_, r) => {
        const timer = setInterval(() => (r.destroyed ? clearInterval(timer) : r.write(" ")), 20);
      },
    ],
    ["it breaks off", (_, r) => void r.writeHead(200, { "content-length": 500 }).write("<DescribeVpcsResponse>", () => r.destroy())],
  ])("when %s", async (_, answer) => {
    const way = await endpoint(answer, { deadline: 150 });
    const began = performance.now();
    const now = way.clock.now.bind(way.clock);
    way.clock.now = () => now() + (performance.now() - began) * 400; // one deadline lasts a minute
    const found = await failure(way, few);
    expect(found).toMatchObject({
      code: "no-network",
      // Several reads are under way and all get the same answer. The error names the one that fails first.
      summary: expect.stringMatching(
        /^AWS did not answer (ec2 Describe(Vpcs|Subnets)|cloudwatch DescribeAlarms|rds DescribeDBInstances|ssm GetParametersByPath) \((timeout|ECONNRESET)\)\.$/,
      ) as string,
    });
  });

  test("at once for all when one of them fails", async () => {
    let given = 0;
    const way = await endpoint(
      ({ operation }, r) => {
        r.on("close", () => (r.writableFinished ? undefined : given++));
        if (operation === "DescribeVpcs")
          r.writeHead(403).end(
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
          );
      },
      { deadline: 60_000 },
    );
    expect((await failure(way)).code).toBe("access-denied");
    await vi.waitFor(() => expect(given).toBe(way.requests.length - 2));
  });

  test("when it is stopped", async () => {
    const stop = new AbortController();
    const way = await endpoint(({ operation }) => void (operation === "DescribeVpcs" && stop.abort(new Error("stopped"))), {
      deadline: 60_000,
    });
    const connection = await way.connect();
    await expect(planEnvironment(kinds, connection, environment, { goal: "agree", signal: stop.signal })).rejects.toThrow("stopped");
  });
});

describe("a clock that is wrong", () => {
  const twenty = 20 * 60_000;
  const stamp = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const refusal = (r: ServerResponse, ours: string, headers?: Record<string, string>) => {
    const now = Date.now() + twenty;
    const text = `Signature expired: ${ours} is now earlier than ${stamp(now - 900_000)} (${stamp(now)} - 15 min.)`;
    const error = `<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>${text}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
    r.writeHead(403, headers ?? { date: new Date(now).toUTCString() }).end(error);
  };

  test("is put right by AWS's, once", async () => {
    const way = await endpoint(
      ({ operation, headers }, r) => {
        const ours = String(headers["x-amz-date"]);
        const isRight =
          Math.abs(Date.parse(ours.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z")) - Date.now() - twenty) < 300_000;
        if (!isRight) return refusal(r, ours);
        r.setHeader("date", new Date(Date.now() + twenty).toUTCString());
        r.end(operation === "GetCallerIdentity" ? identity : xml(operation));
      },
      {},
      true,
    );
    expect((await way.connect()).identity.account).toBe("123456789012");
    expect(way.requests).toEqual(["GetCallerIdentity", "GetCallerIdentity"]);
  });

  test("is named, where it cannot be put right", async () => {
    const without: Answer = ({ headers }, r) => {
      r.sendDate = false;
      refusal(r, String(headers["x-amz-date"]), {});
    };
    const way = await endpoint(without, {}, true);
    const found = await failure(way, few);
    expect(found).toMatchObject({
      code: "credentials-expired",
      summary: "the clock of this machine is 20 minutes behind AWS's, so AWS refuses its signatures.",
    });
    expect(way.requests).toHaveLength(2);
  });
});
