/** Creates, reads, changes and deletes objects of any type through Cloud Control. */
import type { ProgressEvent } from "@aws-sdk/client-cloudcontrol";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, type ErrorClass } from "../../aws/errors.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { addressOfTag, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { homeOf } from "../../resource/partition.ts";
import type { AwsId, CreateIdentity, Driver, Limit, Live, Scope, Spec, Tags, Waits } from "../kind.ts";
import { isOfType } from "../../resource/tag-filters.ts";
import { indexedOf } from "../shared/tag-index.ts";
import { alone } from "./alone.ts";
import { arnIn, markOf, tagsOfMark, tagsOfPart, valueAt, withValueAt } from "./bearing.ts";
import type { Place } from "./curated.ts";
import { losesValues, type TypeFacts, type Way } from "./facts.ts";
import { Holders, isNameAlone, type PartOf, type Seen } from "./holders.ts";
import { isRegionless } from "./overlay/regionless.ts";
import { patchOf, writeOnlyPatch, type Operation } from "./patch.ts";
import { finished, idle, timeOf, untold, wasDeleted, type Busy } from "./progress.ts";
import { pollDelays, unread, unreadTags } from "./read-back.ts";
import type { Comparing } from "./same.ts";
import { withoutToldSecrets } from "./secrets.ts";
import { tagByArn } from "./tag-by-arn.ts";

type Sdk = typeof import("../../aws/sdk/cloudcontrol.ts");

/** The facts about its type that a driver needs. */
export interface Typed {
  readonly facts: TypeFacts;
  readonly comparing: Comparing;
  /** For example "lambda:function"; "*" when the form of the ARN is not known; absent when objects have no tags. */
  readonly index?: string;
  /** The values of `index` of all types that the process has named. One request asks the tagging API about all of them. */
  readonly indexes: (isMeant: (type: string) => boolean) => readonly string[];
  idOf(arn: string): AwsId | undefined;
  /** Returns the object's ARN, for types where no property holds it. */
  readonly arn?: (id: AwsId, place: Place) => string;
  readonly name?: { readonly field: string; readonly id?: (name: string, place: Place) => AwsId };
  /** Objects whose members are alternatives, as paths. */
  readonly choices?: readonly Way[];
  /** Properties that the file writes and other resources may refer to. */
  readonly tells: readonly string[];
  /** A property that gets the value ENVIRONMENT-NAME when the file writes none. */
  readonly invented?: string;
  /** The property that holds the owner, for objects that have no tags. */
  readonly mark?: { readonly way: Way; readonly max: number };
  readonly part?: PartOf;
  /** Whether the account is also listed, to find objects that the tag index does not show. */
  readonly isListed: boolean;
  readonly lists?: (place: Place) => readonly Readonly<Record<string, string>>[];
  readonly isLike?: (id: AwsId, environment: string) => boolean;
  readonly waits: Waits;
  /** Whether a property missing from AWS's answer is certainly not set. For types that nobody has tried, AWS may only fail to return it. */
  readonly tellsAll: boolean;
}

/** The number of reads at a time. Cloud Control publishes no rate, and its users are throttled at about 25 a second. */
const readsAtOnce = 10;

/** How often a create is sent again with another token, when an earlier token belongs to a request that failed or whose object is gone. */
const mostTokens = 100;

/**
 * Seconds between polls for an object that a recent request made, and the age of a request in milliseconds after which one read is enough.
 */
const looksForMade = [1, 2, 4, 8, 15, 30, 30];
const isSeenAfter = 600_000;

/** The questions to AWS of one read of an environment. All kinds share its scope, so each question is asked once. */
const looked = new WeakMap<Scope, Map<string, Promise<unknown>>>();

function onceFor<T>(scope: Scope, what: string, ask: () => Promise<T>): Promise<T> {
  const asked = looked.get(scope) ?? new Map<string, Promise<unknown>>();
  looked.set(scope, asked);
  const answer = (asked.get(what) as Promise<T> | undefined) ?? ask();
  asked.set(what, answer);
  return answer;
}

export function driverOf(typed: Typed, sdk: Sdk): Driver<Spec, Spec> {
  const { facts, name, mark, part } = typed;
  const TypeName = facts.name;
  /** Secret values that AWS returned and that no error text may show. */
  const secrets = new Set<string>();
  /** Returns how long a request may take, in seconds. `limit` applies the user's own limit. */
  const secondsOf = (wait: Waits["create"] | Waits["delete"], limit: Limit = (usual) => usual) =>
    limit(wait === "instant" ? 900 : wait.limit);
  const done = (aws: Aws, begun: ProgressEvent | undefined, wait: Waits["create"] | Waits["delete"], limit?: Limit) =>
    finished(sdk, aws, begun, secondsOf(wait, limit), secrets);
  /**
   * Sends a call. When an earlier request blocks it, waits for that request first and sends again: AWS goes on with the requests of a
   * killed run.
   */
  const afterOthers = async <T>(aws: Aws, inTheWay: ErrorClass, busy: Busy, seconds: number, send: () => Promise<T>): Promise<T> => {
    const sent = () => send().catch((error: unknown) => Promise.reject(untold(error, secrets)));
    try {
      return await sent();
    } catch (error) {
      if (!(error instanceof AwsError) || error.class !== inTheWay) throw error;
      await idle(sdk, aws, busy, seconds);
      return sent();
    }
  };
  const holders = part && new Holders(TypeName, part, sdk);
  /** Set for a part whose ownership is recorded in the tags of its holder. */
  const named = mark || facts.tags ? undefined : holders;

  return {
    async *list(aws, scope) {
      // Parts need the list of their holders, which may be listed for themselves at the same time.
      yield* scope.candidates ? await listed(aws, scope) : await onceFor(scope, TypeName, () => listed(aws, scope));
    },

    async get(aws, ids) {
      const lives: Live<Spec, Spec>[] = [];
      for (const some of batches(ids, readsAtOnce)) lives.push(...(await readAll(aws, some)));
      return new Map(lives.map((live) => [live.id, live]));
    },

    /**
     * AWS takes the same token as the same request for 36 hours, even if that request failed or its object is deleted. In that case the
     * next token of the same series is used.
     */
    async create(aws, request, identity, _say, limit) {
      const whole = withIdentity(request, identity);
      await named?.name(aws, whole, identity.tags);
      const DesiredState = JSON.stringify(whole);
      for (let n = 0; ; n++) {
        const ClientToken = n === 0 ? identity.token : `${identity.token}-${n}`;
        const input = new sdk.CreateResourceCommand({ TypeName, DesiredState, ClientToken });
        // The token belongs to another request: an earlier run asked for something else, and AWS may still be making it.
        const { ProgressEvent: begun } = await afterOthers(aws, "mismatch", { TypeName }, secondsOf(typed.waits.create, limit), () =>
          aws.cloudcontrol(input),
        );
        if (n < mostTokens && begun && (await isSpent(aws, begun, identity))) continue;
        const event = await done(aws, begun, typed.waits.create, limit);
        await proveRead(aws, event.Identifier!, Object.keys(request), request);
        return event.Identifier!;
      }
    },

    async update(aws, _stage, live, request, changes, { limit }) {
      const operations = patchOf(facts, Object.keys(changes), request, live.handle, typed.choices);
      await alone(aws, TypeName, live.id, () => patch(aws, live, operations, request, limit));
      await proveRead(aws, live.id, Object.keys(changes), request);
    },

    async delete(aws, found, { limit }) {
      const live = isNameAlone(found.id) ? await partOf(aws, found, secondsOf(typed.waits.create, limit)) : found;
      if (!live) return named!.forget(aws, found);
      const input = new sdk.DeleteResourceCommand({ TypeName, Identifier: live.id });
      const about = { TypeName, Identifier: live.id };
      const begun = await unlessGone(
        afterOthers(aws, "concurrency", about, secondsOf(typed.waits.delete, limit), () => aws.cloudcontrol(input)),
      );
      if (begun) await unlessGone(done(aws, begun.ProgressEvent, typed.waits.delete, limit));
      await named?.forget(aws, live);
    },

    tag: writeTags,

    ...(name?.id && {
      async named(aws: Aws, names: readonly string[]) {
        const lives = await readAll(
          aws,
          names.map((one) => name.id!(one, aws)),
        );
        return new Map(lives.flatMap((live) => (live.name === undefined ? [] : [[live.name, live.id] as const])));
      },
    }),
  };

  async function listed(aws: Aws, scope: Scope): Promise<Live<Spec, Spec>[]> {
    const seen: Seen = new Map();
    const ids = scope.candidates ?? (holders ? await holders.idsOfParts(aws, scope, seen) : await idsIn(aws, scope));
    const lives: Live<Spec, Spec>[] = [];
    for (const some of batches(ids, readsAtOnce)) lives.push(...(await readAll(aws, some, seen)));
    const isLook = scope.candidates === undefined && scope.address === undefined && scope.whole === undefined;
    // A part that the file declares is created in this run, and then its name is in use.
    const isDeclared = ({ tags }: Live) => scope.asks(addressOfTag(tags[ownership.resource]!), part!.field);
    if (named && isLook) lives.push(...(await named.namesLeft(aws, seen, lives)).filter((live) => !isDeclared(live)));
    return lives.filter(
      ({ tags }) =>
        tags[ownership.environment] === scope.environment &&
        (scope.address === undefined || tags[ownership.resource] === tagOfAddress(scope.address)),
    );
  }

  /** Whether an earlier request failed, or its object is no longer there: it was deleted, or now belongs to someone else. */
  async function isSpent(aws: Aws, begun: ProgressEvent, { tags }: CreateIdentity): Promise<boolean> {
    if (begun.OperationStatus !== "SUCCESS") return begun.OperationStatus === "FAILED";
    const isOld = aws.clock.now() - timeOf(begun) > isSeenAfter;
    for (const seconds of [...(isOld ? [] : looksForMade), undefined]) {
      const [made] = await readAll(aws, [begun.Identifier!]);
      if (made && [ownership.project, ownership.environment, ownership.resource].every((tag) => made.tags[tag] === tags[tag])) return false;
      if (seconds === undefined || (await wasDeleted(sdk, aws, begun))) return true;
      await aws.clock.sleep(seconds * 1000);
    }
    return true;
  }

  /** Returns the part of a name that had none in the last read: an earlier request may still have been making it. */
  async function partOf(aws: Aws, { tags, ...name }: Live<Spec, Spec>, seconds: number): Promise<Live<Spec, Spec> | undefined> {
    await idle(sdk, aws, { TypeName }, seconds);
    const parts = await readAll(aws, await named!.idsBeside(aws, { tags, ...name }));
    return parts.find((one) => one.tags[ownership.resource] === tags[ownership.resource]);
  }

  /** Writes tags. Uses the tagging API where an update by Cloud Control would lose values that it cannot read. */
  async function writeTags(aws: Aws, live: Live<Spec, Spec>, set: Tags, remove: readonly string[]): Promise<void> {
    const left = (have: Tags): Tags => ({
      ...Object.fromEntries(Object.entries(have).filter(([key]) => !remove.includes(key) && !key.startsWith("aws:"))),
      ...set,
    });
    const isLetGo = left(live.tags)[ownership.resource] === undefined;
    if (named) return isLetGo ? named.forget(aws, live) : named.rename(aws, live, left(live.tags));
    const arn = arnIn(live);
    if (!mark && losesValues(facts) && arn !== undefined) return tagByArn(aws, arn, set, remove);
    const path = mark ? `/${mark.way.join("/")}` : `/${facts.tags!.property}`;
    await alone(aws, TypeName, live.id, async () => {
      const [now] = await readAll(aws, [live.id]);
      if (!now) throw gone(live.id);
      const tags = left(now.tags);
      // An empty text is written, because handlers ignore a property that is absent.
      const text = mark && (isLetGo ? "" : markOf(tags, mark.max));
      await patch(aws, now, [{ op: "add", path, value: text ?? asTags(tags) }], {});
    });
  }

  /** Reads the object after a write, and remembers in tags the properties that AWS does not return as written. */
  async function proveRead(aws: Aws, id: AwsId, properties: readonly string[], asked: Spec): Promise<void> {
    for (const seconds of [...pollDelays, undefined]) {
      const [live] = await readAll(aws, [id]);
      if (!live) return; // it is deleted again, or not visible yet: the next plan reads it
      const differing = unread(typed.comparing, properties, asked, live.spec);
      const { set, remove } = unreadTags(properties, differing, asked, live.tags);
      if (Object.keys(set).every((tag) => live.tags[tag] === set[tag]) && remove.length === 0) return;
      if (differing.length === 0 || seconds === undefined) return writeTags(aws, live, set, remove);
      await aws.clock.sleep(seconds * 1000);
    }
  }

  /** Returns the requested properties with the name and with the ownership tags or mark. */
  function withIdentity(request: Spec, { name: called, tags }: CreateIdentity): Record<string, unknown> {
    const own = { ...request, ...(name && { [name.field]: called }) };
    const whole =
      typed.invented === undefined || own[typed.invented] !== undefined ? own : { ...own, [typed.invented]: inventedName(tags, called) };
    if (mark) return withValueAt(whole, mark.way, markOf(tags, mark.max));
    return facts.tags ? { ...whole, [facts.tags.property]: asTags(tags) } : whole;
  }

  async function patch(aws: Aws, live: Live<Spec, Spec>, operations: readonly Operation[], request: Spec, limit?: Limit): Promise<void> {
    const all = [...operations, ...writeOnlyPatch(facts, request, live.handle, operations)];
    if (operations.length === 0) return;
    const input = new sdk.UpdateResourceCommand({ TypeName, Identifier: live.id, PatchDocument: JSON.stringify(all) });
    const about = { TypeName, Identifier: live.id };
    const { ProgressEvent: begun } = await afterOthers(aws, "concurrency", about, secondsOf(typed.waits.create, limit), () =>
      aws.cloudcontrol(input),
    );
    await done(aws, begun, typed.waits.create, limit);
  }

  /**
   * Returns the identifiers that the tag index shows and those of the names in the file. Where a name does not give the identifier, the
   * whole account is listed too, because the index may not show a new object yet.
   */
  async function idsIn(aws: Aws, scope: Scope): Promise<AwsId[]> {
    const arns = await arnsIn(aws, scope);
    const names = (scope.namesOf?.(TypeName) ?? []).flatMap((one) => (name?.id ? [name.id(one, aws)] : []));
    const ids = new Set([...arns.flatMap((arn) => typed.idOf(arn) ?? []), ...names]);
    if (!typed.isListed) return [...ids];
    for (const model of typed.lists?.(aws) ?? [undefined]) {
      const input = { TypeName, ...(model && { ResourceModel: JSON.stringify(model) }) };
      for await (const page of aws.cloudcontrol.pages(sdk.ListResourcesCommand, input))
        for (const { Identifier } of page.ResourceDescriptions ?? [])
          if (Identifier !== undefined && (typed.isLike?.(Identifier, scope.environment) ?? true)) ids.add(Identifier);
    }
    return [...ids];
  }

  /**
   * Returns the ARNs from the tag index. For a type that nobody has tried, the form of ARNs is not known; the index is asked only where no
   * list would find its objects.
   */
  async function arnsIn(aws: Aws, scope: Scope): Promise<AwsId[]> {
    const { index, indexes, isListed } = typed;
    if (index === undefined || (index === "*" && isListed)) return [];
    const atHome = isRegionless(TypeName) && homeOf(aws.region) !== aws.region;
    const words = () => indexes((type) => homeOf(aws.region) === aws.region || isRegionless(type) === atHome);
    const found = await onceFor(scope, `index ${atHome}`, () => indexedOf(aws, words(), scope, atHome));
    return found.flatMap(({ arn, kind }) => (kind === TypeName && isOfType(arn, index) ? [arn] : []));
  }

  async function readAll(aws: Aws, ids: readonly AwsId[], seen?: Seen): Promise<Live<Spec, Spec>[]> {
    const read = await Promise.all(
      ids.map(async (Identifier) => {
        if (named && isNameAlone(Identifier)) return named.nameLeft(aws, Identifier);
        const answer = await unlessGone(aws.cloudcontrol(new sdk.GetResourceCommand({ TypeName, Identifier })));
        const found = answer?.ResourceDescription;
        if (!found) return undefined;
        const told = JSON.parse(found.Properties ?? "{}") as Spec;
        const properties = withoutToldSecrets(TypeName, facts.schema, told, (secret) => secrets.add(secret));
        return liveOf(aws, found.Identifier ?? Identifier, properties, await tagsIn(aws, properties, seen));
      }),
    );
    return read.filter((live) => live !== undefined);
  }

  async function tagsIn(aws: Aws, properties: Spec, seen: Seen | undefined): Promise<Tags> {
    if (mark) return tagsOfMark(valueAt(properties, mark.way), TypeName);
    if (named) return tagsOfPart(TypeName, named.keyOf(properties), await named.tagsFor(aws, properties, seen));
    if (!facts.tags) return {};
    const { property, form } = facts.tags;
    return form === "map" ? ((properties[property] ?? {}) as Tags) : tagsOf(properties[property] as { Key: string; Value: string }[]);
  }

  function asTags(tags: Tags): unknown {
    return facts.tags!.form === "map" ? { ...tags } : tagList(tags);
  }

  function liveOf(aws: Aws, id: AwsId, properties: Spec, told: Tags): Live<Spec, Spec> {
    const made = facts.readOnly.flatMap(([member, ...rest]) => (rest.length === 0 ? [member!] : []));
    const outputs = [...made, ...typed.tells, ...(name ? [name.field] : [])].flatMap((member) => {
      const value = properties[member];
      return typeof value === "string" || typeof value === "number" ? [[member, String(value)] as const] : [];
    });
    const hidden = new Set([...(facts.tags ? [facts.tags.property] : []), ...made, ...(name ? [name.field] : [])]);
    const members = Object.keys(facts.schema.properties ?? {}).filter((member) => !hidden.has(member));
    const called = name && typeof properties[name.field] === "string" ? (properties[name.field] as string) : undefined;
    const arns = [...(typed.arn ? [typed.arn(id, aws)] : []), ...outputs.map(([, value]) => value)];
    return {
      id,
      aliases: arns.filter((value) => value.startsWith("arn:") && value !== id),
      // The mark that names the owner also proves the name: the object itself has both.
      tags: called !== undefined && mark && told[ownership.resource] !== undefined ? { ...told, [ownership.name]: called } : told,
      spec: Object.fromEntries(members.flatMap((member) => (member in properties || typed.tellsAll ? [[member, properties[member]]] : []))),
      handle: properties,
      state: "ready",
      ...(called !== undefined ? { name: called } : {}),
      ...(holders && !facts.tags ? { toldBy: holders.holderOf(properties, aws) } : {}),
      outputs: Object.fromEntries(outputs),
    };
  }
}

/** Returns the name that a kind with names would derive. */
function inventedName(tags: Tags, name: string): string {
  return `${tags[ownership.environment]}-${name}`.replace(/[^A-Za-z0-9_-]/g, "-");
}

function gone(id: AwsId): AwsError {
  return new AwsError({
    class: "not-found",
    code: "ResourceNotFoundException",
    message: `${id} does not exist`,
    service: "cloudcontrol",
    operation: "GetResource",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}
