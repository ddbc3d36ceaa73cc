/** The gate: every call to AWS goes through here. It is limited, sent, counted, classified and, where that is safe, sent again. */
import pRetry from "p-retry";
import type { Middleware } from "./answer-check.ts";
import { homeOf } from "../resource/partition.ts";
import type { Aws, CallOptions, CallScope, Command, Service, ServiceName } from "./aws.ts";
import { Buckets } from "./buckets.ts";
import { CallLog, type CallRecord, type Waiting } from "./calls.ts";
import type { Client, ClientCache } from "./client.ts";
import { clientOf } from "./clients.ts";
import type { Bounds, Connection, ConnectOptions, Fence } from "./connection.ts";
import { isEmulator } from "./emulator.ts";
import { AwsError } from "./errors.ts";
import { isRead } from "./limits.ts";
import { Paging } from "./paging.ts";
import { defaultOutageTimeout, mayRepeat, pause } from "./retry.ts";
import { withoutSecrets } from "./secrets.ts";
import { understand } from "./error-of-call.ts";
import { setMaxListeners } from "node:events";

/** Milliseconds for the first call, which asks who we are. An endpoint that does not answer it answers nothing. */
const firstDeadline = 15_000;

const usualBounds: Bounds = { deadline: 60_000, bytes: 64 * 1_048_576, pages: 2_000 };

/** Opens the connection to one region and asks AWS who we are. Throws AwsError (auth, network …) when that fails. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const calls = options.calls ?? new CallLog();
  const gate = new Gate(options, calls);
  const sts = await options.clock.work(import("./sdk/sts.ts"));
  const client = await gate.client("sts");
  await gate.credentialsOf(client);
  whenSent(client, () => void gate.client("ec2").catch(() => {})); // the first caller that uses the client gets its error
  const ask = gate.service("sts", { deadline: firstDeadline, ...(options.signal ? { signal: options.signal } : {}) });
  const { Account: account, Arn: arn } = await ask(new sts.GetCallerIdentityCommand({}));
  if (!account || !arn) throw nobody;
  return { aws: wayTo(gate, options, account, arn, {}), calls, identity: { account, arn }, fence: (check) => gate.fence(check) };
}

const nobody = new AwsError({
  class: "validation",
  code: "UnexpectedAnswer",
  message: "sts GetCallerIdentity: the endpoint answered without an account",
  service: "sts",
  operation: "GetCallerIdentity",
  status: 200,
  requestId: undefined,
  attempts: 1,
});

function wayTo(gate: Gate, options: ConnectOptions, account: string, arn: string, scope: CallScope): Aws {
  return {
    account,
    region: options.region,
    partition: arn.split(":")[1] ?? "aws",
    clock: options.clock,
    isEmulated: gate.isEmulated,
    ec2: gate.service("ec2", scope),
    elbv2: gate.service("elbv2", scope),
    autoscaling: gate.service("autoscaling", scope),
    rds: gate.service("rds", scope),
    ssm: gate.service("ssm", scope),
    sts: gate.service("sts", scope),
    cloudwatch: gate.service("cloudwatch", scope),
    sns: gate.service("sns", scope),
    logs: gate.service("logs", scope),
    efs: gate.service("efs", scope),
    secretsmanager: gate.service("secretsmanager", scope),
    elasticache: gate.service("elasticache", scope),
    kms: gate.service("kms", scope),
    s3: gate.service("s3", scope),
    tagging: gate.service("tagging", scope),
    iam: gate.service("iam", scope),
    cloudcontrol: gate.service("cloudcontrol", scope),
    cloudformation: gate.service("cloudformation", scope),
    route53: gate.service("route53", scope),
    acm: gate.service("acm", scope),
    within: (more) => wayTo(gate, options, account, arn, narrowed(scope, more)),
    elsewhere: (region) => {
      const there = { ...options, region, clients: undefined };
      const readOnly = new Gate(there, gate.calls);
      readOnly.fence(refuseWrites);
      return wayTo(readOnly, there, account, arn, scope);
    },
  };
}

function refuseWrites(): never {
  throw new Error("infra writes nothing outside the environment's region");
}

function narrowed(scope: CallScope, more: CallScope): CallScope {
  const signals = [scope.signal, more.signal].filter((signal) => signal !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  if (signal) setMaxListeners(0, signal); // every call under way listens
  return { ...scope, ...more, ...(signal ? { signal } : {}) };
}

/** It replaces a middleware of the same name, because connections may share a client. */
const whenItIsSent = { step: "deserialize", priority: "low", name: "infraWhenSent", override: true } as const;

/** Runs work while an answer is on its way. If it ran a moment earlier, it would delay the request. */
function whenSent(client: Client, work: () => void): void {
  const middleware: Middleware = (next) => (request) => {
    const answer = next(request);
    setImmediate(work);
    return answer;
  };
  client.middlewareStack?.add(middleware, whenItIsSent);
}

class Gate {
  readonly #options: ConnectOptions;
  readonly calls: CallLog;
  readonly isEmulated: boolean;
  readonly #buckets: Buckets;
  readonly #clients: ClientCache;
  readonly #bounds: Bounds;
  #fence: Fence | undefined;
  #home: Gate | undefined;
  /** Whether AWS has ever answered. A failure before the first answer is no outage. */
  #hasAnswered = false;

  constructor(options: ConnectOptions, calls: CallLog) {
    this.#options = options;
    this.calls = calls;
    this.isEmulated = options.requestHandler === undefined && isEmulator(process.env);
    this.#buckets = new Buckets(options.clock);
    this.#clients = options.clients ?? new Map();
    this.#bounds = { ...usualBounds, ...(options.requestHandler ? { deadline: Infinity } : {}), ...options.bounds };
  }

  fence(check: Fence | undefined): void {
    this.#fence = check;
  }

  /** Gets the credentials before the first call, so that slow credentials are not reported as an endpoint that does not answer. */
  async credentialsOf(client: Client): Promise<void> {
    const ask = client.config?.credentials;
    if (this.#options.requestHandler || !ask) return;
    try {
      await this.#inTime(this.#bounds.deadline, () => ask(), this.#options.signal, "CredentialsTimeout");
    } catch (cause) {
      if (this.#options.signal?.aborted) throw this.#options.signal.reason;
      if (cause instanceof AwsError) throw cause; // the call that gets the keys of a role has failed
      const call = { service: "sts", operation: "GetCallerIdentity", attempts: 1, isOnce: false, hasToken: false };
      throw understand(cause, { ...call, now: this.#options.clock.now() });
    }
  }

  service(name: ServiceName, scope: CallScope): Service {
    const send = <I extends object, O>(command: Command<I, O>, options: CallOptions = {}) =>
      this.#send(name, command, options, scope) as Promise<O>;
    const most = this.#bounds.pages;
    const pages = async function* <I extends object, O>(command: new (input: I) => Command<I, O>, input: I, options?: CallOptions) {
      const paging = new Paging(name, most);
      let next: Readonly<Record<string, string>> | undefined = {};
      while (next) {
        const page = new command({ ...input, ...next });
        const output: O = await send(page, options);
        yield output;
        next = paging.next(operationOf(page), output);
      }
    };
    return Object.assign(send, { pages });
  }

  /** Returns the gate of the region in which AWS keeps objects without a region, behind the same fence. */
  #atHome(): Gate {
    const region = homeOf(this.#options.region);
    if (region === this.#options.region) return this;
    if (this.#home) return this.#home;
    this.#home = new Gate({ ...this.#options, region, clients: undefined }, this.calls);
    this.#home.fence(() => this.#fence?.());
    return this.#home;
  }

  async #send(service: ServiceName, command: Command<object, unknown>, options: CallOptions, scope: CallScope): Promise<unknown> {
    if (options.atHome === true && this.#atHome() !== this) return this.#atHome().#send(service, command, options, scope);
    const { clock } = this.#options;
    const { signal } = scope;
    const client = await this.client(service);
    const operation = operationOf(command);
    const writes = !isRead(operation) && (command.input as { readonly DryRun?: boolean }).DryRun !== true;
    const isOnce = options.once === true;
    const hasToken = scope.lostToken === "look" && tokenIn(command.input);
    const began = clock.now();
    const waiting: Waiting = { service, operation, isRead: !writes, since: began };
    let attempts = 0;
    let isSentAgain = false;
    const attempt = async () => {
      await this.#buckets.take(service, operation, signal);
      if (writes && options.fenced !== false && this.#fence) await this.#fence();
      attempts++;
      const sent = clock.now();
      const done = this.calls.begin(service, operation, writes);
      try {
        const output = await this.#exchange(client, command, scope);
        this.#hasAnswered = true;
        this.#buckets.succeeded(service, operation);
        this.#note(done({ ms: clock.now() - sent, attempt: attempts, requestId: requestIdOf(output) }));
        return output;
      } catch (cause) {
        const error = understand(withoutSecrets(cause, command.input), {
          service,
          operation,
          attempts,
          isOnce,
          hasToken,
          now: clock.now(),
        });
        this.#note(done({ ms: clock.now() - sent, attempt: attempts, requestId: error.requestId, error: error.code }));
        throw signal?.aborted ? signal.reason : error;
      }
    };
    const isWorthMore = (error: AwsError, elapsed: number) => {
      if (signal?.aborted) return false; // the failure of another call may be the reason
      const outageTimeout = scope.outageTimeout ?? defaultOutageTimeout;
      return mayRepeat({ error, attempts, elapsed, outageTimeout, isOnce, hasAnswered: this.#hasAnswered });
    };
    this.calls.waiting.add(waiting);
    try {
      return await pRetry(attempt, {
        // Every option is given: p-retry would take ten times as long to fill in missing ones as for everything else it does.
        retries: Number.POSITIVE_INFINITY,
        factor: 1,
        minTimeout: 0,
        maxTimeout: 0,
        maxRetryTime: Number.POSITIVE_INFINITY,
        randomize: false,
        shouldConsumeRetry: always,
        // `onFailedAttempt` decides before the pause, so a call that has waited for another try gets it.
        shouldRetry: () => isSentAgain,
        // The pause is made here, because p-retry's timers do not know virtual time.
        onFailedAttempt: async ({ error }) => {
          isSentAgain = false;
          if (!(error instanceof AwsError)) return;
          if (error.class === "throttle") this.#buckets.throttled(service, operation);
          const ms = clock.now() - began;
          if (!isWorthMore(error, ms)) return;
          isSentAgain = true;
          if (error.class === "throttle") this.#options.onThrottle?.({ service, operation, ms });
          waiting.trouble = error.code;
          await clock.sleep(pause(error, attempts), signal);
        },
      });
    } finally {
      this.calls.waiting.delete(waiting);
    }
  }

  /** Sends one request and returns its answer, within its deadline. */
  async #exchange(client: Client, command: unknown, { signal, deadline = Infinity }: CallScope): Promise<unknown> {
    const send = (abortSignal: AbortSignal | undefined) => client.send(command, abortSignal ? { abortSignal } : undefined);
    const ms = this.#bounds.deadline === Infinity ? Infinity : Math.min(this.#bounds.deadline, deadline);
    return this.#inTime(ms, send, signal, "TimeoutError");
  }

  async #inTime(
    ms: number,
    start: (over: AbortSignal | undefined) => Promise<unknown>,
    signal: AbortSignal | undefined,
    late: Late,
  ): Promise<unknown> {
    if (ms === Infinity) return start(signal);
    const over = new AbortController();
    const giveUp = () => over.abort(signal?.reason);
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    const timer = setTimeout(() => over.abort(new DeadlineError(ms, late)), ms);
    const sending = Promise.resolve(start(over.signal));
    const aborted = new Promise<never>((_resolve, reject) =>
      over.signal.addEventListener("abort", () => reject(over.signal.reason as Error)),
    );
    try {
      return await this.#options.clock.work(Promise.race([sending, aborted]));
    } finally {
      sending.catch(() => {}); // the request may still end after it was given up
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #note(record: CallRecord): void {
    this.#options.onCall?.(record);
  }

  client(service: ServiceName): Promise<Client> {
    let client = this.#clients.get(service);
    if (!client) {
      client = this.#options.clock.work(clientOf(service, this.#options, this.#bounds));
      this.#clients.set(service, client);
    }
    return client;
  }
}

/** The names of the errors for a deadline that has passed. The SDK uses the first name for its own. */
type Late = "TimeoutError" | "CredentialsTimeout";

/** The error of a call whose deadline has passed. */
class DeadlineError extends Error {
  constructor(ms: number, name: Late) {
    super(`no complete answer within ${ms / 1000} s`);
    this.name = name;
  }
}

/** Whether the request has a client token, by which AWS would recognise it. */
function tokenIn(input: object): boolean {
  return typeof (input as { readonly ClientToken?: unknown }).ClientToken === "string";
}

const always = () => true;

/** Reads the operation's name from the schema. Class names change when a bundler meets two of the same name. */
function operationOf(command: object): string {
  return String((command as { readonly schema: readonly unknown[] }).schema[2]);
}

function requestIdOf(output: unknown): string | undefined {
  return (output as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId;
}
