/**
 * Allows one apply at a time in an environment, without a table or a bucket.
 *
 * Terms: a lease is an SSM String parameter `/plumbline/PROJECT/ENV/lease/NNNNNNNN`. The highest number counts. A run takes the lease by
 * creating the next number: PutParameter without Overwrite lets one of several contenders win. The holder overwrites its own parameter once
 * a minute. Numbers are never reused. A contender takes over a lease that has not changed for six minutes of the contender's own clock, or
 * whose holder is known to be dead. `breakLease` frees a lease when a user says so.
 * Pause: the next run after some others must wait before its first write. It waits 90 seconds ("alive") if a run before it may still be
 * alive, and a minute ("lag") if AWS may not list all objects of a run before. A run that is stopped in this wait leaves the pause behind.
 * Fence: a holder that has not seen its own number for 75 seconds reads the lease again before its next write. A run that takes the lease
 * from a holder that may be alive waits 90 seconds before its first write. By then the old holder has seen the new number.
 * Premise: the lease makes two writers rare. Safety rests on tokens, look-ups and names.
 */
import type { Aws } from "../aws/aws.ts";
import { AwsError, hasCode } from "../aws/errors.ts";
import type { Clock } from "@plumbline/clock";
import { freshFor } from "./wait-limits.ts";

/** The holder of a lease, and since when. It is for people, except `state` and `process`. */
export interface LeaseRecord {
  readonly state: "held" | "released";
  /** The principal's ARN. */
  readonly who: string;
  readonly run: string;
  /** Host and process, so that another run on the same machine can see that the holder is dead. */
  readonly process?: string;
  /** ISO 8601, by the holder's clock. */
  readonly since: string;
  readonly beat: number;
  /** Somebody other than the holder freed the lease, and the holder may still be alive. */
  readonly broken?: true;
  /** The wait that nobody has made yet: the next run makes it before its first write. */
  readonly pause?: Pause;
  /** The commit of the last or present apply. After a run that was refused before its first step, it is the commit of the run before. */
  readonly commit?: string;
}

export type Pause = "alive" | "lag";

export interface Frozen {
  readonly who: string;
  readonly why: string;
  readonly since: string;
}

/** The lease and the freeze of an environment, as stored under `/plumbline/PROJECT/ENV`. */
export interface LeaseView {
  readonly number: number;
  /** The version of the parameter. Every write increases it. */
  readonly version: number;
  /** The time of the last heartbeat, in milliseconds by AWS's clock. */
  readonly changedAt?: number;
  readonly record?: LeaseRecord;
  /** The lower numbers that still exist. */
  readonly older?: readonly number[];
  readonly frozen?: Frozen;
}

export interface LeaseOwner {
  readonly project: string;
  readonly environment: string;
}

export interface Me {
  readonly who: string;
  readonly run: string;
  readonly process?: string;
  readonly commit?: string;
}

export interface AcquireOptions {
  readonly signal: AbortSignal;
  /** Whether the process of the holder is known to be dead (it ran on this machine and is gone). */
  readonly isDead?: (record: LeaseRecord) => boolean;
  /** Seconds until AWS's tag index shows the objects that a dead holder may have made; 60 when absent. */
  readonly consistencyDelay?: number;
  /** Called with the holder that this run waits for, once and then every half minute. */
  readonly waiting?: (record: LeaseRecord, seconds: number) => void;
  /** Called when the lease is taken, with the seconds without writes because the holder before may be alive. */
  readonly fencing?: (before: LeaseRecord, seconds: number) => void;
  /** Called when the lease is taken from a dead run, with the seconds of waiting for AWS's tag index. */
  readonly recovering?: (before: LeaseRecord, seconds: number) => void;
  /** Called when the lease is taken and when it is given back. */
  readonly holding?: (isHeld: boolean) => void;
  /** Called before the lease is taken. Throws if this run must not follow the one before. */
  readonly follow?: (before: LeaseView) => Promise<void>;
  /** Hears why the lease could not be given back. It then looks held until somebody takes it over. */
  readonly kept?: (why: string) => void;
}

/** Thrown when the environment is frozen before the lease is taken. */
export class FrozenError extends Error {
  readonly frozen: Frozen;

  constructor(frozen: Frozen) {
    super(`applies have been blocked since ${frozen.since} by ${frozen.who}: ${frozen.why}`);
    this.name = "FrozenError";
    this.frozen = frozen;
  }
}

/** Thrown before a write when another run may hold the lease by now. */
export class LeaseLostError extends Error {
  constructor(detail: string) {
    super(`another run may hold the lock by now (${detail}); nothing more is written`);
    this.name = "LeaseLostError";
  }
}

const beatEvery = 60_000;
const expiresAfter = 360_000;
/** Milliseconds after its last look in which a holder writes without looking again: a heartbeat and the time that it takes. */
const trustFor = 75_000;
/**
 * Milliseconds without writes after the lease was taken from a holder that may be alive: longer than that holder writes without looking.
 */
const fenceFor = 90_000;
/** Milliseconds for which a heartbeat is retried. After that, the next one comes. */
const beatOutageTimeout = 30_000;
/** Milliseconds that a write waits until the lease can be read again: as long as an apply waits out an outage. */
const outageFor = 600_000;

/** Reads the lease and the freeze in one call; writes nothing. */
export async function readLease(aws: Aws, owner: LeaseOwner): Promise<LeaseView> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  let view: LeaseView = { number: 0, version: 0 };
  let frozen: Frozen | undefined;
  const numbers: number[] = [];
  for await (const page of aws.ssm.pages(ssm.GetParametersByPathCommand, { Path: parameterRoot(owner), Recursive: true, MaxResults: 10 }))
    for (const parameter of page.Parameters ?? []) {
      const number = /\/lease\/(\d{8})$/.exec(parameter.Name ?? "")?.[1];
      if (number !== undefined) numbers.push(Number(number));
      if (number !== undefined && Number(number) > view.number)
        view = {
          number: Number(number),
          version: parameter.Version ?? 0,
          ...(parameter.LastModifiedDate ? { changedAt: parameter.LastModifiedDate.getTime() } : {}),
          record: JSON.parse(parameter.Value ?? "{}") as LeaseRecord,
        };
      if (parameter.Name === frozenName(owner)) frozen = JSON.parse(parameter.Value ?? "{}") as Frozen;
    }
  const older = numbers.filter((number) => number < view.number);
  return { ...view, ...(older.length > 0 && { older }), ...(frozen && { frozen }) };
}

/**
 * Waits for the lease, or takes over a dead one. Aborting the signal ends the wait with the signal's reason. Throws FrozenError if the
 * environment is frozen, also during the wait.
 */
export async function acquireLease(aws: Aws, owner: LeaseOwner, me: Me, options: AcquireOptions): Promise<Lease> {
  const { clock } = aws;
  let seen: { readonly key: string; readonly since: number } | undefined;
  let said = Number.NEGATIVE_INFINITY;
  const began = clock.now();
  for (;;) {
    const view = await readLease(aws, owner);
    if (view.frozen) throw new FrozenError(view.frozen);
    const { record } = view;
    const key = `${view.number}/${view.version}`;
    if (seen?.key !== key) seen = { key, since: clock.now() };
    const isOurs = record?.run === me.run;
    const isFree = record === undefined || record.state === "released" || isOurs;
    const isKnownDead = !isFree && options.isDead?.(record) === true;
    if (isFree || isKnownDead || clock.now() - seen.since >= expiresAfter) {
      await options.follow?.(view);
      const pause = isFree ? pauseAfter(view, clock) : pauseAfterHolder(record!, isKnownDead);
      const lease = await take(aws, owner, me, view, pause, options);
      if (!lease) continue; // another contender was first
      if (pause) await waitBeforeWriting(lease, aws, owner, options, { pause, before: record! });
      return lease;
    }
    if (clock.now() - said >= 30_000) {
      said = clock.now();
      options.waiting?.(record, Math.round((clock.now() - began) / 1000));
    }
    await clock.sleep(10_000, options.signal);
  }
}

/** A released lease says itself which pause is left. It is over ten minutes after the last write: any older run has read the lease by then. */
function pauseAfter({ record, changedAt = Number.POSITIVE_INFINITY }: LeaseView, clock: Clock): Pause | undefined {
  if (clock.now() - changedAt > freshFor) return undefined;
  return record?.broken ? "alive" : record?.pause;
}

/** A dead holder may have made objects that AWS does not list yet. A silent one may be alive, and so may the run before a holder that died in its pause. */
function pauseAfterHolder({ pause }: LeaseRecord, isKnownDead: boolean): Pause {
  return isKnownDead && pause !== "alive" ? "lag" : "alive";
}

/** Waits out the pause. Gives the lease back if the run is stopped, or the environment frozen, meanwhile. */
async function waitBeforeWriting(
  lease: Lease,
  aws: Aws,
  owner: LeaseOwner,
  options: AcquireOptions,
  { pause, before }: { readonly pause: Pause; readonly before: LeaseRecord },
): Promise<void> {
  const ms = pause === "lag" ? consistencyMs(options) : fenceFor;
  const tell = pause === "lag" ? options.recovering : options.fencing;
  tell?.(before, ms / 1000);
  try {
    await aws.clock.sleep(ms, options.signal);
    lease.clearPause();
    const { frozen } = await readLease(aws, owner);
    if (frozen) throw new FrozenError(frozen);
  } catch (error) {
    await lease.giveBack();
    throw error;
  }
}

function consistencyMs({ consistencyDelay = 60 }: Pick<AcquireOptions, "consistencyDelay">): number {
  return consistencyDelay * 1000;
}

/** Frees the lease of another holder, for `infra unlock`, and returns the record that was freed. */
export async function breakLease(aws: Aws, owner: LeaseOwner, me: Me): Promise<LeaseRecord | undefined> {
  const view = await readLease(aws, owner);
  if (view.record?.state !== "held") return undefined;
  const record: LeaseRecord = { ...view.record, state: "released", who: me.who, run: me.run, beat: 0, broken: true };
  // A new number, not an overwrite: the old holder finds it and stops.
  await put(aws, nameOfLease(owner, view.number + 1), record, false);
  await forgetOlder(aws, owner, view);
  return view.record;
}

/** Freezes the environment, so that every apply is refused, or unfreezes it (`undefined`). */
export async function setFrozen(aws: Aws, owner: LeaseOwner, frozen: Frozen | undefined): Promise<void> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  if (frozen)
    await aws.ssm(new ssm.PutParameterCommand({ Name: frozenName(owner), Type: "String", Value: JSON.stringify(frozen), Overwrite: true }));
  else
    await aws.ssm(new ssm.DeleteParameterCommand({ Name: frozenName(owner) })).catch((error: unknown) => {
      if (!hasCode(error, "ParameterNotFound")) throw error;
    });
}

async function take(
  aws: Aws,
  owner: LeaseOwner,
  { commit, ...me }: Me,
  before: LeaseView,
  pause: Pause | undefined,
  options: AcquireOptions,
): Promise<Lease | undefined> {
  const number = before.number + 1;
  const since = new Date(aws.clock.now()).toISOString();
  const record: LeaseRecord = { state: "held", ...commitOf(before), ...me, ...(pause && { pause }), since, beat: 0 };
  const sent = Lease.instant(aws.clock);
  try {
    await put(aws, nameOfLease(owner, number), record, false);
  } catch (error) {
    if (!(error instanceof AwsError) || error.class !== "duplicate") throw error;
    // The number exists: another run took it, or this run did and the answer to an earlier try of this same call was lost.
    const view = await readLease(aws, owner);
    if (view.number !== number || view.record?.run !== me.run) return undefined;
  }
  const lease = new Lease(aws, owner, before, record, sent, { ...options, commit });
  await forgetOlder(aws, owner, before);
  return lease;
}

function commitOf({ record }: LeaseView): { readonly commit?: string } {
  return record?.commit === undefined ? {} : { commit: record.commit };
}

interface Instant {
  readonly wall: number;
  readonly monotonic: number;
}

type LeaseOptions = Pick<AcquireOptions, "holding" | "kept"> & { readonly commit: string | undefined };

/** A lease that this run holds. */
export class Lease {
  readonly #aws: Aws;
  readonly #owner: LeaseOwner;
  readonly #number: number;
  readonly #before: LeaseView;
  readonly #options: LeaseOptions;
  #record: LeaseRecord;
  /** When the last look started that found the lease to be ours. */
  #confirmed: Instant;
  #lost: string | undefined;
  #confirming: Promise<AwsError | undefined> | undefined;
  readonly #stop = new AbortController();
  readonly #beating: Promise<void>;

  constructor(aws: Aws, owner: LeaseOwner, before: LeaseView, record: LeaseRecord, confirmed: Instant, options: LeaseOptions) {
    this.#aws = aws.within({ outageTimeout: beatOutageTimeout });
    this.#owner = owner;
    this.#before = before;
    this.#number = before.number + 1;
    this.#record = record;
    this.#confirmed = confirmed;
    this.#options = options;
    options.holding?.(true);
    this.#beating = this.#beat();
  }

  static instant(clock: Clock): Instant {
    return { wall: clock.now(), monotonic: clock.monotonic?.() ?? clock.now() };
  }

  /**
   * Throws LeaseLostError when another run holds the lease, or when ours cannot be confirmed. The time since the last look is measured by
   * the wall clock and by the monotonic clock, and the longer one counts: one of them stands still while the machine sleeps.
   */
  readonly check = async (): Promise<void> => {
    const began = this.#aws.clock.now();
    while (this.#lost === undefined && this.#silence() > trustFor) {
      const error = await this.#confirm();
      const isOver =
        this.#aws.clock.now() - began > outageFor || (error !== undefined && !/^(network|transient|throttle)$/.test(error.class));
      if (isOver)
        throw new LeaseLostError(`${Math.round(this.#silence() / 1000)} s since its last heartbeat${error ? `; ${error.code}` : ""}`);
    }
    if (this.#lost !== undefined) throw new LeaseLostError(this.#lost);
  };

  /**
   * Whether nobody else has held the lease since it was read as `view`. Every run takes a number of its own, and writes to it while it
   * holds the lease. A run that lost the lease to `infra unlock` may have written for a while after that.
   */
  isNextAfter({ number, version, record }: LeaseView): boolean {
    const isClear = record?.state !== "held" && record?.broken !== true && record?.pause === undefined;
    return isClear && this.#before.number === number && this.#before.version === version;
  }

  /**
   * Marks the start of the run's first step. Writes down the run's commit, which from now on is the one applied last. Until `clearPause`, a
   * next run has to wait for AWS's lists. Throws AwsError after the outage that `aws` waits out.
   */
  async begin(aws: Aws): Promise<void> {
    const { commit } = this.#options;
    const isNew = commit !== undefined && commit !== this.#record.commit;
    this.#record = { ...this.#record, ...(isNew && { commit }), pause: "lag" };
    await this.#confirming; // an older record on its way must not arrive after this one
    if (isNew) await put(aws, nameOfLease(this.#owner, this.#number), this.#record, true);
  }

  /** No next run has to wait: the pause before the first write is over, or AWS lists all objects that the run made. */
  clearPause(): void {
    const { pause: _over, ...record } = this.#record;
    this.#record = record;
  }

  /** Gives the lease back. Never throws: a lease that cannot be given back is taken over after six minutes. */
  async giveBack(): Promise<void> {
    this.#stop.abort();
    await this.#beating;
    if (this.#lost === undefined)
      await put(this.#aws, nameOfLease(this.#owner, this.#number), { ...this.#record, state: "released" }, true).catch((error: unknown) =>
        this.#options.kept?.(error instanceof AwsError ? error.code : String(error)),
      );
    this.#options.holding?.(false);
  }

  #silence(): number {
    const now = Lease.instant(this.#aws.clock);
    return Math.max(now.wall - this.#confirmed.wall, now.monotonic - this.#confirmed.monotonic);
  }

  /** Checks that the lease is ours, and writes a heartbeat if it is. Writes that wait at the same time share one check. */
  #confirm(): Promise<AwsError | undefined> {
    this.#confirming ??= this.#lookAndBeat().finally(() => (this.#confirming = undefined));
    return this.#confirming;
  }

  async #lookAndBeat(): Promise<AwsError | undefined> {
    const sent = Lease.instant(this.#aws.clock);
    try {
      const view = await readLease(this.#aws, this.#owner);
      if (view.number === this.#number) {
        this.#record = { ...this.#record, beat: this.#record.beat + 1 };
        await put(this.#aws, nameOfLease(this.#owner, this.#number), this.#record, true);
        this.#confirmed = sent;
      } else this.#lost = `${view.record?.who ?? "another run"} took it over`;
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return error;
    }
  }

  async #beat(): Promise<void> {
    const { clock } = this.#aws;
    for (;;) {
      const slept = await clock.sleep(beatEvery, this.#stop.signal).then(
        () => true,
        () => false,
      );
      if (!slept || this.#lost !== undefined) return;
      await this.#confirm(); // a failed one is tried again at the next heartbeat, or before the next write
    }
  }
}

async function put(aws: Aws, name: string, record: LeaseRecord, overwrite: boolean): Promise<void> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  await aws.ssm(
    new ssm.PutParameterCommand({
      Name: name,
      Type: "String",
      Value: JSON.stringify(record),
      Overwrite: overwrite,
      ...(overwrite ? {} : { Description: "who may apply this environment now; kept by infra" }),
    }),
    { fenced: false },
  );
}

/**
 * Deletes the numbers below the one before this lease. The newest two stay, so that no number is ever used twice. Stops at a refusal, which
 * does no harm: the next run finds these numbers again.
 */
async function forgetOlder(aws: Aws, owner: LeaseOwner, { older = [] }: LeaseView): Promise<void> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  try {
    for (const number of older)
      await aws.ssm(new ssm.DeleteParameterCommand({ Name: nameOfLease(owner, number) }), { fenced: false }).catch((error: unknown) => {
        if (!hasCode(error, "ParameterNotFound")) throw error;
      });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

export function ownerOf({ project, name }: { readonly project: string; readonly name: string }): LeaseOwner {
  return { project, environment: name };
}

/** The path under which infra stores everything about an environment. */
export function parameterRoot({ project, environment }: LeaseOwner): string {
  return `/plumbline/${project}/${environment}`;
}

export function nameOfLease(owner: LeaseOwner, number: number): string {
  return `${parameterRoot(owner)}/lease/${String(number).padStart(8, "0")}`;
}

export function frozenName(owner: LeaseOwner): string {
  return `${parameterRoot(owner)}/frozen`;
}
