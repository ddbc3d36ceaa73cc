/**
 * What a service's model is made of. The file of a service (services/ec2/index.ts, services/ssm.ts …) exports a `ServiceModel`; the
 * protocol layer turns wire requests into typed input and typed output into wire answers, so a handler sees neither.
 */
import type { FactKind } from "./account-facts.ts";
import type { Store } from "./store.ts";

export interface ServiceModel {
  /** By AWS operation name ("CreateVpc"). An operation that is not here answers NotImplemented. */
  readonly operations: Readonly<Record<string, Handler>>;
  /** Things that happen later by themselves, by name; scheduled with `call.later`, kept with the state, run before the first call after they are due. */
  readonly transitions?: Readonly<Record<string, (args: any, call: Call) => void>>; // oxlint-disable-line typescript/no-explicit-any
}

/** Typed input in the SDK's shape, typed output in the SDK's shape. Throws AwsFault for AWS's errors. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table of handlers of different operations
export type Handler<I = any, O = any> = (input: I, call: Call) => O;

/** One call, as a handler sees it. */
export interface Call {
  /** Milliseconds since the epoch, of the sandbox's clock. */
  readonly now: number;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** "ec2", "elbv2": our name of the service. */
  readonly service: string;
  /** The state of this account and region, of all services: a load balancer makes interfaces in EC2. */
  readonly store: Store;
  /** What of the account is in no region: what IAM keeps. To be read only; IAM's own calls have it as their `store`. */
  readonly accountStore: Store;
  /** The state of another region of the account, to be read only: a private zone is of VPCs anywhere. */
  storeOf(region: string): Store;
  readonly operation: string;
  /** Schedules a transition of a service ("ec2:natGatewayAvailable") `ms` from now; `args` is plain JSON. */
  later(ms: number, transition: string, args: unknown): void;
  /** A new id in AWS's form: `id("vpc")` is "vpc-" and 17 hexadecimal digits, never used before in this store, the same for the same history. */
  id(prefix: string): string;
  /** Whether a fault was asked for at this point ("ec2:natGatewayFails"); consumed when true. Modelled faults only. */
  fault(name: string): boolean;
  /**
   * Whether the account has this role, instance profile, policy, KMS key, certificate or bucket, by its name or ARN. What IAM made
   * here is known to other services some seconds later.
   */
  exists(kind: FactKind, name: string): boolean;
  /**
   * Whether a look finds this record already: by its id, by the index of tags of its own service, or by that of
   * the tagging API ("index"). Always, unless late visibility was asked for.
   * Ids are table keys; the store remembers when each appeared.
   */
  sees(id: string, by: "id" | "tags" | "index"): boolean;
  /** To be told when the tags of an existing record change: the index of tags may lag behind from now on. */
  tagged(id: string): void;
  /** Whether a later page of a listing that began at `since` leaves this record out, because it is newer (on request only). */
  skips(id: string, since: number): boolean;
  /** A draw between 0 and 1, the same for the same seed and history. */
  random(): number;
}

/** The operations of a service's families as one table. Where two families have one of the same name, the later would win, and nobody would see it. */
export function together(...families: readonly Readonly<Record<string, Handler>>[]): Readonly<Record<string, Handler>> {
  const names = families.flatMap((family) => Object.keys(family));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two families of one service have the operation ${twice}`);
  return Object.fromEntries(families.flatMap((family) => Object.entries(family)));
}

/** An error as AWS answers it: wire code, message, HTTP status (400 when absent). */
export class AwsFault extends Error {
  readonly code: string;
  readonly status: number;
  /** What the error tells besides, where it speaks JSON: the id of what is there already. */
  readonly members: Readonly<Record<string, string>>;
  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.members = members;
    this.name = "AwsFault";
    this.code = code;
    this.status = status;
  }
}
