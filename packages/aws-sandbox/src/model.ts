/**
 * The contract of a service's model. The file of a service (services/ec2/index.ts, services/ssm.ts …) exports a `ServiceModel`. The
 * protocol layer turns wire requests into typed input and typed output into wire answers, so a handler sees neither.
 */
import type { FactKind } from "./account-facts.ts";
import type { Store } from "./store.ts";

export interface ServiceModel {
  /** Handlers by AWS operation name ("CreateVpc"). An operation that is not in the table answers NotImplemented. */
  readonly operations: Readonly<Record<string, Handler>>;
  /**
   * Later effects of calls, by name. A handler schedules one with `call.later`; the state keeps it, and it
   * runs before the first call after it is due.
   */
  readonly transitions?: Readonly<Record<string, (args: any, call: Call) => void>>; // oxlint-disable-line typescript/no-explicit-any
}

/** Handles one operation: typed input and output in the SDK's shape. Throws AwsFault for AWS's errors. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table of handlers of different operations
export type Handler<I = any, O = any> = (input: I, call: Call) => O;

/** One call, as a handler sees it. */
export interface Call {
  /** The time of the sandbox's clock, in milliseconds since the epoch. */
  readonly now: number;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Our name of the service: "ec2", "elbv2". */
  readonly service: string;
  /** The state of this account and region, for all services: a load balancer creates network interfaces in EC2. */
  readonly store: Store;
  /** The part of the account's state that has no region: IAM's. Read only; for IAM's own calls it is their `store`. */
  readonly accountStore: Store;
  /** The state of another region of the account, read only. A private hosted zone may belong to VPCs in any region. */
  storeOf(region: string): Store;
  readonly operation: string;
  /** Schedules a transition of a service ("ec2:natGatewayAvailable") `ms` from now; `args` is plain JSON. */
  later(ms: number, transition: string, args: unknown): void;
  /**
   * A new id in AWS's form: `id("vpc")` is "vpc-" and 17 hexadecimal digits. It is new in this store, and the same for the same history.
   */
  id(prefix: string): string;
  /**
   * Whether the plan of faults asks for this fault ("ec2:natGatewayFails"); a true answer uses it up. For faults that a model implements.
   */
  fault(name: string): boolean;
  /**
   * Whether the account has this role, instance profile, policy, KMS key, certificate, bucket or address pool, by its name or ARN. Other
   * services know an object that IAM created here only some seconds later.
   */
  exists(kind: FactKind, name: string): boolean;
  /**
   * Whether a read already finds this record: by its id, by the tag index of its own service, or by the tag index of
   * the tagging API ("index"). Always true unless the plan of faults asks for late visibility. Ids are table keys;
   * the store remembers when each one appeared.
   */
  sees(id: string, by: "id" | "tags" | "index"): boolean;
  /** A handler calls this when it changes the tags of an existing record: the tag index may lag from now on. */
  tagged(id: string): void;
  /**
   * Whether a later page of a listing that began at `since` leaves this record out because it is newer.
   * Only when the plan of faults asks for it.
   */
  skips(id: string, since: number): boolean;
  /** A random number from 0 to below 1, the same for the same seed and history. */
  random(): number;
}

/**
 * Joins the operations of a service's families into one table. Throws when two families have the same
 * operation: the later one would win unnoticed.
 */
export function together(...families: readonly Readonly<Record<string, Handler>>[]): Readonly<Record<string, Handler>> {
  const names = families.flatMap((family) => Object.keys(family));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two families of one service have the operation ${twice}`);
  return Object.fromEntries(families.flatMap((family) => Object.entries(family)));
}

/** An error in AWS's form: code on the wire, message, HTTP status (400 when absent). */
export class AwsFault extends Error {
  readonly code: string;
  readonly status: number;
  /** More members of the error in JSON protocols, such as the id of an existing object. */
  readonly members: Readonly<Record<string, string>>;
  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.members = members;
    this.name = "AwsFault";
    this.code = code;
    this.status = status;
  }
}
