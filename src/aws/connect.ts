/**
 * The gate: every call to AWS goes through here, is limited, sent, counted, classified and, where that is safe, sent again.
 */
import pRetry, { AbortError } from "p-retry";
import type { Aws, CallOptions, Command, Service, ServiceName } from "./aws.ts";
import { Buckets } from "./buckets.ts";
import { CallLog, type CallRecord } from "./calls.ts";
import type { Clock } from "@plumbline/clock";
import { AwsError, classify, type ErrorClass } from "./errors.ts";
import { isRead } from "./limits.ts";

export interface ConnectOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly profile?: string | undefined;
  /** The in-process sandbox; absent: the SDK's own HTTP client, endpoint and credential chain. */
  readonly requestHandler?: object | undefined;
  /** Keys, or where to get them: asked again before they expire. */
  readonly credentials?: Keys | (() => Promise<Keys & { readonly expiration?: Date }>) | undefined;
  /** Product tokens after the SDK's own: `infra/1.2.3 run/abc commit/def`. */
  readonly userAgent?: readonly (readonly [string, string])[] | undefined;
  /** Hears of every request that was answered or failed: `--trace`. */
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  /** Hears of every throttled call that will be sent again: what takes its time must not look as if it had died. */
  readonly onThrottle?: ((throttled: Throttled) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** SDK clients to share between connections of the same settings: making them is most of the cost of a short run. */
  readonly clients?: ClientCache | undefined;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Throttled {
  readonly service: ServiceName;
  readonly operation: string;
  /** Milliseconds since the call was wanted. */
  readonly ms: number;
}

export type ClientCache = Map<ServiceName, Promise<Client>>;

export interface Connection {
  readonly aws: Aws;
  readonly calls: CallLog;
  /** Called before every write from then on; what it throws stops the call. The lease's fence. */
  fence(check: (() => void) | undefined): void;
  /** Who AWS says we are. */
  readonly identity: { readonly account: string; readonly arn: string };
}

/** Opens the way to one region and asks AWS who we are. Throws AwsError (auth, network …) when that fails. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const calls = new CallLog();
  const gate = new Gate(options, calls);
  const sts = await options.clock.work(import("./sdk/sts.ts"));
  whenSent(await gate.client("sts"), () => void gate.client("ec2").catch(() => {})); // what is wrong with it is told to its first user
  const me = await gate.service("sts")(new sts.GetCallerIdentityCommand({}));
  const account = me.Account!;
  const arn = me.Arn!;
  const aws: Aws = {
    account,
    region: options.region,
    partition: arn.split(":")[1] ?? "aws",
    clock: options.clock,
    ec2: gate.service("ec2"),
    elbv2: gate.service("elbv2"),
    autoscaling: gate.service("autoscaling"),
    rds: gate.service("rds"),
    ssm: gate.service("ssm"),
    sts: gate.service("sts"),
    cloudwatch: gate.service("cloudwatch"),
    sns: gate.service("sns"),
    iam: gate.service("iam"),
  };
  return { aws, calls, identity: { account, arn }, fence: (check) => gate.fence(check) };
}

export interface Client {
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  readonly middlewareStack?: { add(middleware: Middleware, where: typeof closestToTheWire): void };
}

/** Replaces its namesake: connections may share a client. */
const closestToTheWire = { step: "deserialize", priority: "low", name: "infraWhenSent", override: true } as const;

type Middleware = (next: (request: unknown) => Promise<unknown>) => (request: unknown) => Promise<unknown>;

/** Does work while an answer is on its way. A moment earlier it would only have kept the request from being sent. */
function whenSent(client: Client, work: () => void): void {
  const middleware: Middleware = (next) => (request) => {
    const answer = next(request);
    setImmediate(work);
    return answer;
  };
  client.middlewareStack?.add(middleware, closestToTheWire);
}

class Gate {
  readonly #options: ConnectOptions;
  readonly #calls: CallLog;
  readonly #buckets: Buckets;
  readonly #clients: ClientCache;
  #fence: (() => void) | undefined;

  constructor(options: ConnectOptions, calls: CallLog) {
    this.#options = options;
    this.#calls = calls;
    this.#buckets = new Buckets(options.clock);
    this.#clients = options.clients ?? new Map();
  }

  fence(check: (() => void) | undefined): void {
    this.#fence = check;
  }

  service(name: ServiceName): Service {
    const send = <I extends object, O>(command: Command<I, O>, options: CallOptions = {}) =>
      this.#send(name, command, options) as Promise<O>;
    const pages = async function* <I extends object, O>(command: new (input: I) => Command<I, O>, input: I) {
      let next: Readonly<Record<string, string>> | undefined = {};
      while (next) {
        const output: O = await send(new command({ ...input, ...next }));
        yield output;
        next = nextPage(output);
      }
    };
    return Object.assign(send, { pages });
  }

  async #send(service: ServiceName, command: Command<object, unknown>, options: CallOptions): Promise<unknown> {
    const { clock } = this.#options;
    const client = await this.client(service);
    const operation = operationOf(command);
    const writes = !isRead(operation) && (command.input as { readonly DryRun?: boolean }).DryRun !== true;
    const signal = options.signal ?? this.#options.signal;
    let attempts = 0;
    const attempt = async () => {
      await this.#buckets.take(service, operation, signal);
      if (writes && options.fenced !== false) this.#fence?.();
      attempts++;
      const began = clock.now();
      const done = this.#calls.begin(service, operation, writes);
      try {
        const output = await client.send(command, signal ? { abortSignal: signal } : undefined);
        this.#buckets.succeeded(service, operation);
        this.#note(done({ ms: clock.now() - began, attempt: attempts, requestId: requestIdOf(output) }));
        return output;
      } catch (cause) {
        if (signal?.aborted) throw new AbortError(cause as Error);
        const error = understand(cause, service, operation, attempts, options.once === true);
        this.#note(done({ ms: clock.now() - began, attempt: attempts, requestId: error.requestId, error: error.code }));
        throw error;
      }
    };
    const began = clock.now();
    return pRetry(attempt, {
      // Every option is given: to fill in those that are not would take ten times as long as all else that p-retry does.
      retries: Number.POSITIVE_INFINITY,
      factor: 1,
      minTimeout: 0,
      maxTimeout: 0,
      maxRetryTime: Number.POSITIVE_INFINITY,
      randomize: false,
      shouldConsumeRetry: always,
      shouldRetry: ({ error }) => error instanceof AwsError && mayRepeat(error.class, operation, attempts, options, clock.now() - began),
      // The pause is ours: p-retry's timers know nothing of virtual time.
      onFailedAttempt: async ({ error }) => {
        if (!(error instanceof AwsError)) return;
        if (error.class === "throttle") this.#buckets.throttled(service, operation);
        const ms = clock.now() - began;
        if (!mayRepeat(error.class, operation, attempts, options, ms)) return;
        if (error.class === "throttle") this.#options.onThrottle?.({ service, operation, ms });
        await clock.sleep(pause(error.class, attempts), signal);
      },
    });
  }

  #note(record: CallRecord): void {
    this.#options.onCall?.(record);
  }

  client(service: ServiceName): Promise<Client> {
    let client = this.#clients.get(service);
    if (!client) {
      client = this.#options.clock.work(makeClient[service](settings(this.#options)));
      this.#clients.set(service, client);
    }
    return client;
  }
}

const always = () => true;

type Settings = ReturnType<typeof settings>;

/** The SDK's own retries are off: the gate alone decides what is sent again. */
function settings(options: ConnectOptions) {
  return {
    region: options.region,
    maxAttempts: 1,
    logger: quiet,
    customUserAgent: (options.userAgent ?? []).map(([name, version]): [string, string] => [name, version]),
    ...(options.profile ? { profile: options.profile } : {}),
    ...(options.credentials ? { credentials: options.credentials } : {}),
    ...(options.requestHandler
      ? // No look at the user's AWS configuration: the sandbox is the same on every machine.
        {
          requestHandler: options.requestHandler as never,
          endpoint: "https://sandbox.invalid",
          retryMode: "standard",
          defaultsMode: "standard" as const,
          useDualstackEndpoint: false,
          useFipsEndpoint: false,
          disableHostPrefix: true,
        }
      : {
          requestHandler: {
            connectionTimeout: 10_000,
            requestTimeout: 120_000,
            httpsAgent: { maxSockets: 128, keepAlive: true },
            httpAgent: { maxSockets: 128, keepAlive: true },
          },
        }),
  };
}

/** Without `info`: the SDK would copy every answer for it, to say what nobody reads. */
const quiet = { trace: () => {}, debug: () => {}, warn: () => {}, error: () => {} } as never;

const makeClient: Readonly<Record<ServiceName, (settings: Settings) => Promise<Client>>> = {
  ec2: async (s) => new (await import("./sdk/ec2.ts")).EC2Client(s) as unknown as Client,
  elbv2: async (s) => new (await import("./sdk/elbv2.ts")).ElasticLoadBalancingV2Client(s) as unknown as Client,
  autoscaling: async (s) => new (await import("./sdk/autoscaling.ts")).AutoScalingClient(s) as unknown as Client,
  rds: async (s) => new (await import("./sdk/rds.ts")).RDSClient(s) as unknown as Client,
  ssm: async (s) => new (await import("./sdk/ssm.ts")).SSMClient(s) as unknown as Client,
  sts: async (s) => new (await import("./sdk/sts.ts")).STSClient(s) as unknown as Client,
  cloudwatch: async (s) => new (await import("./sdk/cloudwatch.ts")).CloudWatchClient(s) as unknown as Client,
  iam: async (s) => new (await import("./sdk/iam.ts")).IAMClient(s) as unknown as Client,
  sns: async (s) => new (await import("./sdk/sns.ts")).SNSClient(s) as unknown as Client,
};

/** The operation's name from its schema: class names change when a bundler meets two of the same. */
function operationOf(command: object): string {
  const schema = (command as { schema?: readonly unknown[] }).schema;
  return typeof schema?.[2] === "string" ? schema[2] : command.constructor.name.replace(/Command\d*$/, "");
}

function requestIdOf(output: unknown): string | undefined {
  return (output as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId;
}

/** What to put into the next request, whichever of its three names the service uses. */
function nextPage(output: unknown): Readonly<Record<string, string>> | undefined {
  const page = output as { NextToken?: string; NextMarker?: string; Marker?: string };
  if (page.NextToken) return { NextToken: page.NextToken };
  const marker = page.NextMarker ?? page.Marker;
  return marker ? { Marker: marker } : undefined;
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number };
}

function understand(cause: unknown, service: ServiceName, operation: string, attempts: number, once: boolean): AwsError {
  const error = (cause ?? {}) as SdkError;
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const alien = isNotAws(error);
  const code = alien ? "UnexpectedAnswer" : (error.Code ?? socketCode(error) ?? error.name ?? "Unknown");
  const message = alien
    ? `${service} ${operation}: the endpoint answered${status ? ` HTTP ${status}` : ""} with something that is not AWS's (${firstLine(error.message)})`
    : (error.message ?? String(cause));
  let cls: ErrorClass = alien
    ? status === 401 || status === 403
      ? "auth"
      : status !== undefined && status < 500
        ? "validation"
        : "transient"
    : classify(code, message, status, operation);
  if (once && (cls === "transient" || (cls === "network" && code !== "ECONNREFUSED" && code !== "ENOTFOUND"))) cls = "ambiguous";
  return new AwsError({ class: cls, code, message, service, operation, status, requestId: error.$metadata?.requestId, attempts }, cause);
}

/** Answers that the SDK could not parse: HTML from a proxy, an emulator's crash page. */
function isNotAws(error: SdkError): boolean {
  if (error.Code) return false;
  return (
    error.name === "SyntaxError" || /XML parse error|Unexpected token|Deserialization error|mismatched tags/i.test(error.message ?? "")
  );
}

function socketCode(error: SdkError): string | undefined {
  return typeof error.code === "string" && /^E[A-Z_]+$/.test(error.code) ? error.code : undefined;
}

function firstLine(text: string | undefined): string {
  return (text ?? "").split("\n")[0]!.slice(0, 160);
}

/** Throttles are repeated for ten minutes; failures of the server or the network a few times; a create without a token never. */
function mayRepeat(cls: ErrorClass, operation: string, attempts: number, options: CallOptions, elapsed: number): boolean {
  if (cls === "throttle") return elapsed < 600_000;
  if (options.once) return false;
  if (cls === "transient") return attempts < 5;
  if (cls === "network") return attempts < 3;
  return cls === "concurrency" && !isRead(operation) && attempts < 8;
}

/** Milliseconds; doubles from a quarter second (a half after a throttle) to ten. */
function pause(cls: ErrorClass, attempts: number): number {
  return Math.min(10_000, (cls === "throttle" ? 500 : 250) * 2 ** (attempts - 1));
}
