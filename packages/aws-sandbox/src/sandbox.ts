/**
 * An AWS inside the process. The sandbox identifies a request, asks the plan of faults for its fate, parses it by the schema of the
 * operation, and runs the service's model on the state of the account and region. The answer goes back the same way.
 */
import type { Clock } from "@plumbline/clock";
import { KnownFacts } from "./account-facts.ts";
import type { AccountFacts, FactKind } from "./account-facts.ts";
import { CallLog } from "./call-log.ts";
import type { CallCounts, CallRecord } from "./call-log.ts";
import { StateCall } from "./call.ts";
import type { CallOrigin } from "./call.ts";
import { Faults } from "./faults/faults.ts";
import type { Fate } from "./faults/faults.ts";
import type { FaultPlan } from "./faults/plan.ts";
import { AwsFault } from "./model.ts";
import type { ServiceModel } from "./model.ts";
import { asSeen, decodeInput, encodeFault, encodeOutput, refuseMissing } from "./protocol/codec.ts";
import { identify, isRegion, notModelled } from "./protocol/identify.ts";
import type { Identified } from "./protocol/identify.ts";
import { withBucketInPath } from "./protocol/rest.ts";
import type { OperationSchema } from "./protocol/schemas.ts";
import { schemasIn, type ServiceSchemas } from "./protocol/schemas.ts";
import { arrives, isRead } from "./protocol/typed.ts";
import type { TypedRequest } from "./protocol/typed.ts";
import type { WireAnswer, WireRequest } from "./protocol/wire.ts";
import { hash32, seeded } from "./random.ts";
import type { RegionState } from "./region-state.ts";
import { sdkHandler } from "./sdk-handler.ts";
import type { SdkHandler } from "./sdk-handler.ts";
import { homeOf, services as allServices } from "./services/index.ts";
import type { Services } from "./services/index.ts";
import { SandboxState } from "./state.ts";
import type { Storage } from "./state.ts";

export interface SandboxOptions {
  readonly clock: Clock;
  /** The state to work on; a new empty one when absent. Pass the state of another sandbox to continue where that one stopped. */
  readonly state?: Storage;
  readonly faults?: FaultPlan;
  /**
   * Roles, instance profiles, policies, KMS keys, certificates, buckets and address pools that every account has besides the default ones.
   */
  readonly facts?: Partial<AccountFacts>;
  /** The seed of ids, random draws and latency. A given state keeps its own seed; then only the latency uses this one. */
  readonly seed?: number;
  /** Models that replace or extend the sandbox's own. */
  readonly services?: Services;
  /** Milliseconds that a call takes on the clock, in addition to the latency in the plan of faults. */
  readonly latency?: (service: string, operation: string, random: () => number) => number;
  /** How many calls the log keeps; all when absent. */
  readonly keepCalls?: number;
  /**
   * Called when the plan of faults stops the process. That call and all later ones then never answer. Without it they reject with Stopped.
   */
  readonly onStop?: (call: CallRecord) => void;
}

/** The error of a call at which the plan of faults stops the process, and of every later call. */
export class Stopped extends Error {
  constructor(call: CallRecord) {
    super(`stopped at call ${call.n} (${call.service}:${call.operation})`);
    this.name = "Stopped";
  }
}

export interface Sandbox {
  /** The handler for SDK clients: `new EC2Client({ requestHandler: sandbox.requestHandler, … })`. */
  readonly requestHandler: SdkHandler;
  /**
   * Answers one request in the form that the HTTP server passes on. Rejects when the answer is lost,
   * the process stops, or a model has a bug.
   */
  fetch(request: WireRequest, signal?: AbortSignal): Promise<WireAnswer>;
  /**
   * Answers one request without the wire: typed input, typed output. A refusal is an AwsFault with the
   * code and status that a client would see.
   */
  call(request: TypedRequest, signal?: AbortSignal): Promise<object>;
  /** The calls since the log was emptied, in the order they arrived. */
  readonly calls: readonly CallRecord[];
  counts(): CallCounts;
  forgetCalls(): void;
  /** The states by "account/region", for tests that read behind the API. */
  readonly stores: ReadonlyMap<string, RegionState>;
  readonly state: Storage;
  /** Replaces the plan of faults and starts its counts again. */
  setFaults(plan: FaultPlan): void;
  /** Gives every account these roles, instance profiles, policies, KMS keys, certificates, buckets or address pools from now on. */
  addFacts(kind: FactKind, ...names: readonly string[]): void;
}

/** Makes a sandbox. It loads a service at the first call to that service. */
export function createSandbox(options: SandboxOptions): Sandbox {
  return new InProcessAws(options);
}

class InProcessAws implements Sandbox {
  readonly requestHandler: SdkHandler;
  readonly state: Storage;
  readonly #options: SandboxOptions;
  readonly #services: Services;
  readonly #loaded = new Map<string, Loaded>();
  readonly #log: CallLog;
  readonly #random: () => number;
  /** How far each state is ahead of our clock, by "account/region". */
  readonly #ahead = new Map<string, number>();
  readonly #facts: KnownFacts;
  #faults: Faults;
  #count = 0;
  #dead = false;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#services = { ...allServices, ...options.services };
    this.#faults = new Faults(options.faults);
    this.#facts = new KnownFacts(options.facts);
    this.#log = new CallLog(options.keepCalls ?? Infinity);
    this.#random = seeded(options.seed ?? 1);
    this.state = options.state ?? new SandboxState(options.seed);
    this.requestHandler = sdkHandler((request, signal) => this.fetch(request, signal));
  }

  get stores(): ReadonlyMap<string, RegionState> {
    return this.state.regions;
  }

  get calls(): readonly CallRecord[] {
    return this.#log.records;
  }

  counts(): CallCounts {
    return this.#log.counts();
  }

  forgetCalls(): void {
    this.#log.clear();
  }

  setFaults(plan: FaultPlan): void {
    this.#faults = new Faults(plan);
  }

  addFacts(kind: FactKind, ...names: readonly string[]): void {
    this.#facts.add(kind, ...names);
  }

  async fetch(given: WireRequest, signal?: AbortSignal): Promise<WireAnswer> {
    const request = withBucketInPath(given);
    const called = await this.#identify(request);
    const record = this.#record(called);
    try {
      return await this.#answer(request, called, record, signal);
    } finally {
      this.#log.end(record, this.#options.clock.now());
    }
  }

  async call(request: TypedRequest, signal?: AbortSignal): Promise<object> {
    const { service, operation, account } = request;
    const region = this.#services[service]?.isGlobal ? homeOf(request.region) : request.region;
    const record = this.#record({ service, signingName: service, operation, account, region });
    try {
      return await this.#answerTyped(request, record, signal);
    } finally {
      this.#log.end(record, this.#options.clock.now());
    }
  }

  /** Identifies a request. For REST, the schemas of the service find the operation by method and path. */
  async #identify(request: WireRequest): Promise<Identified> {
    const called = identify(request, this.#services);
    if (called.dialect.kind !== "rest" || called.service === undefined) return called;
    const { schemas } = await this.#load(called.service);
    return { ...called, operation: schemas.route(request) ?? "" };
  }

  async #answer(request: WireRequest, called: Identified, record: CallRecord, signal: AbortSignal | undefined): Promise<WireAnswer> {
    if (this.#dead) return this.#never(record);
    const requestId = requestIdOf(record);
    let schemas: ServiceSchemas | undefined;
    try {
      if (!isRegion(called.region)) throw new AwsFault("SignatureDoesNotMatch", "Credential should be scoped to a valid region.", 403);
      if (called.service === undefined) throw notModelled(called);
      const loaded = await this.#load(called.service);
      schemas = loaded.schemas;
      const { operation, handler } = operationOf(loaded, called.operation) ?? refuse(called);
      const input = decodeInput(request, called, operation);
      return await this.#carryOut(record, input, handler, signal, (output) => encodeOutput(called, operation, output, requestId));
    } catch (fault) {
      if (!(fault instanceof AwsFault)) throw fault;
      record.code = fault.code;
      record.message = fault.message;
      return encodeFault(called, fault, requestId, schemas);
    }
  }

  async #answerTyped(request: TypedRequest, record: CallRecord, signal: AbortSignal | undefined): Promise<object> {
    if (this.#dead) return this.#never(record);
    const entry = this.#services[request.service];
    const loaded = await this.#load(request.service);
    try {
      const { operation, handler } = operationOf(loaded, request.operation) ?? refuse({ ...request, entry, signingName: request.service });
      const input = arrives(request.input, entry?.form === "ec2");
      refuseMissing(operation.input, input, { service: request.service, entry });
      return await this.#carryOut(record, input, handler, signal, (output) => isRead(operation.output, output));
    } catch (fault) {
      if (!(fault instanceof AwsFault)) throw fault;
      record.code = fault.code;
      record.message = fault.message;
      throw asSeen(fault, entry, loaded.schemas);
    }
  }

  /** Asks for the fate of the call and runs the call accordingly. */
  async #carryOut<T>(
    record: CallRecord,
    typed: Record<string, unknown>,
    handler: ServiceModel["operations"][string],
    signal: AbortSignal | undefined,
    encode: (output: unknown) => T,
  ): Promise<T> {
    const isDry = typed["DryRun"] === true;
    const input = "DryRun" in typed ? withoutDryRun(typed) : typed;
    const fate = this.#faults.fate(record, input, record.at);
    if (fate.stopBefore) return await this.#stop(record);
    if (fate.refusal) throw fate.refusal;
    const latency = fate.latency + (this.#options.latency?.(record.service, record.operation, this.#random) ?? 0);
    await this.#sleep(latency / 2, signal);
    const outcome = await this.#act(record, (call) => handler(input, call), isDry);
    await this.#sleep(latency / 2, signal);
    return await this.#settle(outcome, fate, record, encode);
  }

  /**
   * Runs the transitions that are due, then the handler. When a transition needs a model that is not loaded, it loads the
   * model and starts again; nothing is lost.
   */
  async #act(record: CallRecord, handle: (call: StateCall) => unknown, dry: boolean): Promise<unknown> {
    for (;;) {
      try {
        const running = this.state.run(record.account, record.region, (state) => {
          this.#runDue(state, record);
          return dry ? this.#rehearse(record, state, handle) : this.#perform(record, state, handle);
        });
        return await this.#options.clock.work(running); // nothing in there sleeps: virtual time stands still while a file is written
      } catch (error) {
        if (!(error instanceof ModelNeeded)) throw error;
        await this.#load(error.service);
      }
    }
  }

  #perform(record: CallRecord, state: RegionState, handle: (call: StateCall) => unknown): unknown {
    if (record.mutating) state.changed = true;
    return attempt(() => handle(this.#callOf(record, state)));
  }

  #callOf(origin: CallOrigin, state: RegionState): StateCall {
    return new StateCall(origin, state.now, state, this.#faults, this.#facts, (region) => this.state.look(origin.account, region));
  }

  /** A dry run: runs the handler on a copy of the state, and answers with its fault or with DryRunOperation. */
  #rehearse(record: CallRecord, state: RegionState, handle: (call: StateCall) => unknown): AwsFault {
    const copy = state.copy();
    const outcome = attempt(() => handle(this.#callOf(record, copy)));
    if (outcome instanceof AwsFault) return outcome;
    return new AwsFault("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  }

  /** Runs every transition that is due at its own time, in order. Then sets the state's clock to the present. */
  #runDue(state: RegionState, record: CallRecord): void {
    const present = this.#present(state, `${record.account}/${record.region}`);
    for (let next = state.due(present); next !== undefined; next = state.due(present)) {
      const [service, name] = next.transition.split(":") as [string, string];
      const model = this.#loaded.get(service)?.model;
      if (model === undefined) throw new ModelNeeded(service);
      const transition = model.transitions?.[name];
      if (transition === undefined) throw new Error(`the model of ${service} has no transition "${name}"`);
      state.take();
      state.now = Math.max(state.now, next.due);
      transition(structuredClone(next.args), this.#callOf({ ...record, service, operation: name }, state));
    }
    state.now = present;
  }

  /**
   * The present time of a state. Time in a state never goes back. If another process has moved it ahead of our clock, it continues from
   * there at the pace of our clock: a sleeper need not wait until our clock has caught up.
   */
  #present(state: RegionState, key: string): number {
    const now = this.#options.clock.now();
    const ahead = Math.max(this.#ahead.get(key) ?? 0, state.now - now);
    this.#ahead.set(key, ahead);
    return now + ahead;
  }

  async #settle<T>(outcome: unknown, fate: Fate, record: CallRecord, encode: (output: unknown) => T): Promise<T> {
    if (this.#dead) return this.#never(record); // the process stopped while this call was running
    if (fate.stopAfter) return this.#stop(record);
    if (fate.lost !== undefined) {
      record.code = fate.lost.code;
      throw fate.lost;
    }
    if (outcome instanceof AwsFault) throw outcome;
    return encode(outcome);
  }

  async #load(service: string): Promise<Loaded> {
    const known = this.#loaded.get(service);
    if (known !== undefined) return known;
    const entry = this.#services[service];
    if (entry === undefined) throw new Error(`the state speaks of the service "${service}", which this sandbox does not have`);
    const loading = Promise.all([entry.model(), entry.schemas()]);
    const [{ model }, exports] = await this.#options.clock.work(loading); // no call sleeps in here: virtual time may stand still
    const loaded = { model, schemas: schemasIn(exports) };
    this.#loaded.set(service, loaded);
    return loaded;
  }

  #record(called: Pick<Identified, "service" | "signingName" | "operation" | "account" | "region">): CallRecord {
    const record: CallRecord = {
      n: ++this.#count,
      service: called.service ?? called.signingName,
      operation: called.operation,
      mutating: isMutating(called.operation),
      account: called.account,
      region: called.region,
      at: this.#options.clock.now(),
      ms: undefined,
    };
    this.#log.begin(record);
    return record;
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (ms > 0) await this.#options.clock.sleep(ms, signal);
  }

  #stop(record: CallRecord): Promise<never> {
    this.#dead = true;
    this.#options.onStop?.(record);
    return this.#never(record);
  }

  #never(record: CallRecord): Promise<never> {
    if (this.#options.onStop === undefined) throw new Stopped(record);
    return new Promise(() => {});
  }
}

interface Loaded {
  readonly model: ServiceModel;
  readonly schemas: ServiceSchemas;
}

/** A transition is due, but the model of its service is not loaded yet. */
class ModelNeeded extends Error {
  readonly service: string;
  constructor(service: string) {
    super(service);
    this.service = service;
  }
}

/** The schema and the handler of an operation; undefined when the sandbox has no model of it. */
function operationOf(
  { model, schemas }: Loaded,
  name: string,
): { readonly operation: OperationSchema; readonly handler: ServiceModel["operations"][string] } | undefined {
  const operation = schemas.operation(name);
  const handler = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
  return operation && handler && { operation, handler };
}

function refuse(called: Parameters<typeof notModelled>[0]): never {
  throw notModelled(called);
}

function withoutDryRun({ DryRun: _, ...input }: Record<string, unknown>): Record<string, unknown> {
  return input;
}

/** Runs a handler and returns its result or its fault. A fault is a result: the state is kept, and the answer may still be lost. */
function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof AwsFault) return error;
    throw error;
  }
}

/** Whether an operation changes anything, judged by its name. AWS names operations consistently. */
export function isMutating(operation: string): boolean {
  return !/^(Describe|Get|Head|List|Search|Lookup|Assume|Decode)/.test(operation);
}

function requestIdOf(record: CallRecord): string {
  const word = (i: number) => hash32(`${record.n} ${record.at} ${record.operation}`, i).toString(16).padStart(8, "0");
  return `${word(1)}-${word(2).slice(0, 4)}-4${word(2).slice(5)}-a${word(3).slice(1, 4)}-${word(3).slice(4)}${word(4)}`;
}
