/** Creates one object exactly once, whatever happens to the answers. */
import type { Aws } from "../aws/aws.ts";
import { AwsError } from "../aws/errors.ts";
import type { AwsId, CreateIdentity, Desired, Driver, Kind, Limit, Live, Scope, Spec } from "../kinds/kind.ts";
import { isAlive, isOfOtherRegion, whyNotOwned } from "../resource/ownership-check.ts";
import { addressOfTag, ownership, tagOfAddress } from "../resource/ownership.ts";
import { createIdentityOf, type IdentityInput } from "./create-identity.ts";
import { StepError } from "./failure.ts";

export interface Creation {
  readonly aws: Aws;
  readonly kind: Kind;
  readonly driver: Driver;
  readonly desired: Desired;
  readonly scope: Scope;
  readonly place: Omit<IdentityInput, "attempt" | "hour">;
  readonly name: string;
  /** Objects of the same address that are being replaced, and must not be taken for the new one. */
  readonly beside: readonly AwsId[];
  /** Whether AWS may have received the same create before. False when the request names an id that AWS chose in this run. */
  readonly mayRepeat: boolean;
  /** Reads one object, by the poll that all nodes of its kind share. */
  look(id: AwsId): Promise<Live | undefined>;
  /** Sends the create, and retries it while AWS refuses it for a reason that passes. */
  send(create: () => Promise<AwsId>): Promise<AwsId>;
  sleep(ms: number): Promise<void>;
  /** Adds one line to the progress display. */
  say(text: string): void;
  readonly limit: Limit;
}

export interface Created {
  readonly id: AwsId;
  readonly identity: CreateIdentity;
  /** The object as AWS showed it after the create, when that was in doubt. */
  readonly seen?: Live;
}

/** Milliseconds after which a create is given up when its answers are lost or name deleted objects. Longer than an outage is waited out. */
const enough = 900_000;

/** How many sends of a create may fail (lost answer, server failure, taken name) before it is given up. */
const attempts = 5;

/** How many client tokens are tried. Each earlier create of the resource with other parameters uses up one while AWS remembers it. */
const mostTokens = 100;

/** Milliseconds. A dead object counts as made by this create when it is at most this much older, because clocks may differ. */
const allowance = 600_000;

/**
 * Sends the create. After a lost answer, a taken name or a token whose object is dead, it looks for our tags under this address before it
 * sends anything again (EC2 API, "Ensuring idempotency").
 *
 * AWS may remember the token of a deleted object, for an unpublished time, and answer with its id. The next token then contains the hour.
 * If tokens were only counted, an object that is deleted and made again each day would need one more try each time.
 */
export async function createOnce(creation: Creation, request: Spec): Promise<Created> {
  let attempt = 0;
  let hour: number | undefined;
  const began = creation.aws.clock.now();
  const aws = creation.aws.within({ lostToken: "look" });
  for (let tries = 0; ;) {
    const identity = createIdentityOf({ ...creation.place, attempt, hour }, creation.kind, creation.desired, creation.name);
    try {
      const say = (text: string) => creation.say(text);
      const id = await creation.send(() => creation.driver.create(aws, request, identity, say, creation.limit));
      if (creation.kind.create !== "token" || !creation.mayRepeat) return { id, identity };
      const seen = await thatOf(creation, id, began);
      if (seen) return { id: seen.id, identity, seen };
      if (creation.aws.clock.now() - began > enough)
        throw new StepError("failed", `AWS answers every client token with an object that no longer exists; the last was ${id}.`);
      if (hour === undefined) hour = Math.floor(creation.aws.clock.now() / 3_600_000);
      else attempt++;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.class !== "ambiguous" && error.class !== "transient" && error.class !== "duplicate" && error.class !== "mismatch")
        throw error;
      if (error.class === "mismatch") attempt++;
      else tries++;
      const isLast = tries === attempts || attempt === mostTokens || creation.aws.clock.now() - began > enough;
      // AWS recognises a repeated token, but not every emulator does. One look is enough: AWS does not make an object twice while its index
      // still hides it.
      const found = error.hasToken && !isLast ? await lookByAddress(creation) : await pollByAddress(creation);
      if (found) {
        await completeTags(creation, found, identity);
        return { id: found.id, identity };
      }
      if (error.class === "duplicate") throw await taken(creation, identity.name, error);
      if (isLast) throw error;
    }
  }
}

/**
 * Returns the object that this create made, or that a killed run made before. Undefined when the token belongs to a deleted object: for as
 * long as a new object may take to appear, AWS shows none, or only a dead one from before.
 */
async function thatOf(creation: Creation, id: AwsId, began: number): Promise<Live | undefined> {
  for (const seconds of [...pollDelays, undefined]) {
    const live = await creation.look(id);
    if (live && (isAlive(live) || isOfNow(live, began))) return live;
    const other = await lookByAddress(creation);
    if (other || seconds === undefined) return other;
    creation.say(`AWS answers with ${id}, but ${live ? "shows it as deleted" : "does not show it"}: waiting to see whether it appears`);
    await creation.sleep(seconds * 1000);
  }
  return undefined;
}

function isOfNow({ createdAt }: Live, began: number): boolean {
  return createdAt !== undefined && Date.parse(createdAt) >= began - allowance;
}

/** Writes the tags that a found object lacks. A Route 53 zone gets its tags in a second call, which a killed run may not have sent. */
async function completeTags({ kind, driver, aws }: Creation, found: Live, { tags }: CreateIdentity): Promise<void> {
  if (kind.create !== "tag-lookup") return;
  const missing = Object.entries(tags).filter(([key, value]) => found.tags[key] !== value);
  if (missing.length > 0) await driver.tag(aws, found, Object.fromEntries(missing), []);
}

/** Returns the error for a taken name or slot, with its holder where our own lists show it. */
async function taken(creation: Creation, name: string, error: AwsError): Promise<StepError> {
  const { kind, desired } = creation;
  const holder = kind.naming ? await find(creation, (live) => live.name === name) : undefined;
  const said = `${error.message.replace(/\.$/, "")} (${error.code})`;
  if (holder)
    return new StepError(
      "name-taken",
      `${said}: ${addressOfTag(holder.tags[ownership.resource] ?? holder.id)} of this environment has the name.`,
      {
        cause: error,
        hint: "it was created after the plan was made; plan again",
      },
    );
  if (kind.naming)
    return new StepError("name-taken", `${said}, and the object that has the name does not have the tags of this environment.`, {
      cause: error,
      hint: "rename one of the two, or let the YAML adopt it: `adopt: { id: … }`",
    });
  return new StepError("slot-taken", `${said}, and the object that AWS has there is not ${desired.address}.`, {
    cause: error,
    hint: "run `infra plan`: it names the object if that belongs to this environment",
  });
}

/** Seconds between polls: a tag index may lag a create by a minute. */
const pollDelays = [1, 2, 4, 8, 15, 30, 30];

/** Looks for our object under this address until the tag index has had time to show it. */
async function pollByAddress(creation: Creation): Promise<Live | undefined> {
  for (const seconds of pollDelays) {
    const found = await lookByAddress(creation);
    if (found) return found;
    await creation.sleep(seconds * 1000);
  }
  return lookByAddress(creation);
}

function lookByAddress(creation: Creation): Promise<Live | undefined> {
  const { address } = creation.desired;
  const tag = tagOfAddress(address);
  const isThis = (live: Live) => live.tags[ownership.resource] === tag && !creation.beside.includes(live.id);
  return find(creation, isThis, { address });
}

/** Returns a live object of this kind and environment for which `isMeant` holds. */
async function find(
  { aws, kind, driver, scope, place, name }: Creation,
  isMeant: (live: Live) => boolean,
  narrower: { readonly address?: string } = {},
): Promise<Live | undefined> {
  // The tag index may not show a new object yet, and a listing would read the whole account. So the object is looked up by its name.
  const candidates = kind.naming && kind.tagIndex?.idOf && driver.named ? [...(await driver.named(aws, [name])).values()] : undefined;
  const narrow = { ...narrower, ...(candidates ? { candidates } : {}) };
  for await (const live of driver.list(aws, { ...scope, ...narrow, existence: true })) {
    const isOurs =
      live.tags[ownership.project] === scope.project &&
      live.tags[ownership.environment] === scope.environment &&
      !isOfOtherRegion(kind, live.tags, place.region) &&
      whyNotOwned(kind, live, place.account) === undefined;
    if (isOurs && isAlive(live) && isMeant(live)) return live;
  }
  return undefined;
}
