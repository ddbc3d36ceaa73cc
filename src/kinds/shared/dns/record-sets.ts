/** Reads record sets of Route 53, and changes them in batches that succeed or fail as a whole. */
import type { Change, ChangeInfo, ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Aws } from "../../../aws/aws.ts";
import { AwsError, hasCode } from "../../../aws/errors.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import { ownership } from "../../../resource/ownership.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { Tags } from "../../kind.ts";
import { companionFor, companionName, companionOf, isOf, type Companion } from "./companions.ts";
import { meantValue, plainName } from "./names.ts";

type Sdk = typeof import("../../../aws/sdk/route53.ts");

/** A record set, with its name in the form for comparisons. `raw` is the set as Route 53 returned it, for deleting exactly that set. */
export interface FoundSet {
  readonly name: string;
  readonly type: string;
  readonly raw: ResourceRecordSet;
}

/** The contents of one place in a zone: the set, the companion that names its owner, and the other sets of the name. */
export interface Place {
  readonly set: FoundSet | undefined;
  readonly companion: Companion | undefined;
  readonly others: readonly FoundSet[];
}

/** The identity of a set in its zone. `set` is the set identifier, where several sets share name and type. */
export interface SetName {
  readonly name: string;
  readonly type: string;
  readonly set?: string | undefined;
}

/** The most sets on a page (Route 53 API, ListResourceRecordSets). */
const pageSize = 300;

/** Returns all sets of a zone. */
export async function allSets(aws: Aws, r53: Sdk, HostedZoneId: string): Promise<FoundSet[]> {
  const all: FoundSet[] = [];
  for (let from: object = {}; ;) {
    const page = await aws.route53(new r53.ListResourceRecordSetsCommand({ HostedZoneId, MaxItems: pageSize, ...from }));
    all.push(...(page.ResourceRecordSets ?? []).map(foundSet));
    if (!page.IsTruncated || page.NextRecordName === undefined) return all;
    from = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      ...(page.NextRecordIdentifier !== undefined && { StartRecordIdentifier: page.NextRecordIdentifier }),
    };
  }
}

/** Returns the set of a name and type, with its companion. Both are usually on one page. */
export async function placeOf(aws: Aws, r53: Sdk, zone: string, name: string, type: string, id?: string): Promise<Place> {
  const from = async (StartRecordName: string) => {
    const command = new r53.ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName, MaxItems: pageSize });
    const page = await unlessGone(aws.route53(command));
    return { sets: (page?.ResourceRecordSets ?? []).map(foundSet), isTruncated: page?.IsTruncated === true };
  };
  const { sets, isTruncated } = await from(name);
  const beside = companionName(name, type, id);
  const isSeen = !isTruncated || sets.some((one) => one.name === beside);
  const all = isSeen ? sets : [...sets, ...(await from(beside)).sets];
  return placeIn(all, name, type, id);
}

/** Returns the same from sets that were already read. `id` is the set identifier, where several sets share name and type. */
export function placeIn(sets: readonly FoundSet[], name: string, type: string, id?: string): Place {
  const here = sets.filter((one) => one.name === name);
  const beside = sets.find((one) => one.name === companionName(name, type, id) && one.type === "TXT");
  const isIt = (one: FoundSet) => one.type === type && one.raw.SetIdentifier === id;
  return { set: here.find(isIt), companion: beside && companionOf(beside), others: here.filter((one) => !isIt(one)) };
}

/** Whether two sets give the same DNS answers. */
export function isSameSet(a: ResourceRecordSet, b: ResourceRecordSet): boolean {
  return meaning(a) === meaning(b);
}

/** The owner that a set must have for a write to change it. */
export interface Claim {
  /** The owner after the write. */
  readonly tags: Tags;
  /** The owner before the write, where that is another resource of the environment. */
  readonly before?: Tags;
  /** The action for a set without a companion: "refuse" it, "use" it unchanged when it has the same values, or "adopt" it. */
  readonly foreign?: "refuse" | "use" | "adopt";
}

/**
 * Writes a set and its companion in one batch. The old set is deleted exactly as it was read, so that the batch fails if somebody changes
 * it meanwhile. A failed batch is tried once more from the first read, because its answer may have been lost.
 */
export async function putSet(
  aws: Aws,
  r53: Sdk,
  zone: string,
  wanted: ResourceRecordSet,
  { tags, before = tags, foreign = "refuse" }: Claim,
): Promise<ChangeInfo | undefined> {
  return twice(async () => {
    const [name, type] = [plainName(wanted.Name!), wanted.Type!];
    const id = wanted.SetIdentifier;
    const { set, companion, others } = await placeOf(aws, r53, zone, name, type, id);
    const other = mixing(others, type, id);
    if (other) throw cannotShare(zone, other);
    const isOurs = companion ? isOf(companion, tags) || isOf(companion, before) : foreign === "adopt";
    if (set && !isOurs) {
      if (foreign === "use" && isSameSet({ ...set.raw, TTL: wanted.TTL }, wanted)) return undefined;
      throw foreignRecord(zone, set, companion);
    }
    if (companion && !isOurs) throw foreignRecord(zone, { name, type, raw: companion.raw }, companion);
    const beside = companionFor(name, type, tags, id);
    const isMarked = companion !== undefined && isSameSet(companion.raw, beside);
    const changes = [
      ...(set && !isSameSet(set.raw, wanted) ? [remove(set.raw)] : []),
      ...(set && isSameSet(set.raw, wanted) ? [] : [add(wanted)]),
      ...(companion && !isMarked ? [remove(companion.raw)] : []),
      ...(isMarked ? [] : [add(beside)]),
    ];
    return send(aws, r53, zone, changes);
  });
}

/**
 * Writes or changes the companion of an existing set, unless the set now has another owner. Removes the companion when the tags name no
 * owner.
 */
export async function markSet(aws: Aws, r53: Sdk, zone: string, of: SetName, { tags, before = tags }: Claim): Promise<void> {
  const { name, type, set: id } = of;
  await twice(async () => {
    const { set, companion } = await placeOf(aws, r53, zone, name, type, id);
    if (set && companion && !isOf(companion, tags) && !isOf(companion, before)) throw foreignRecord(zone, set, companion);
    if (tags[ownership.resource] === undefined) return send(aws, r53, zone, companion ? [remove(companion.raw)] : []);
    const beside = companionFor(name, type, tags, id);
    if (companion && isSameSet(companion.raw, beside)) return undefined;
    return send(aws, r53, zone, [...(companion ? [remove(companion.raw)] : []), add(beside)]);
  });
}

/** Deletes a set with its companion. Leaves it alone when it is gone or these tags do not name its owner. */
export async function dropSet(aws: Aws, r53: Sdk, zone: string, { name, type, set: id }: SetName, tags: Tags): Promise<void> {
  await twice(async () => {
    const { set, companion } = await placeOf(aws, r53, zone, name, type, id);
    if (!companion || !isOf(companion, tags)) return undefined;
    return send(aws, r53, zone, [...(set ? [remove(set.raw)] : []), remove(companion.raw)]);
  });
}

/**
 * Returns a set of the name and type that cannot exist beside the other, such as a simple one beside weighted ones (Route 53 Developer
 * Guide, "Choosing a routing policy").
 */
export function mixing(others: readonly FoundSet[], type: string, id: string | undefined): FoundSet | undefined {
  return others.find((other) => other.type === type && (other.raw.SetIdentifier === undefined) !== (id === undefined));
}

export function cannotShare(zone: string, { name, type, raw }: FoundSet): Refusal {
  const which = raw.SetIdentifier === undefined ? "a simple record" : `the weighted record "${raw.SetIdentifier}"`;
  return new Refusal(
    `The zone ${zone} already has the record ${name} ${type} (${shortly(raw)}), ${which}, and simple and weighted records cannot have the same name and type.`,
    { hint: "delete it by hand, or write `routing` on all records of this name and type, or on none" },
  );
}

/** Returns the refusal for a record that is not ours. */
export function foreignRecord(zone: string, { name, type, raw }: FoundSet, companion: Companion | undefined): Refusal {
  const whose = companion
    ? `belongs to ${companion.resource} of another environment, or to another resource of this environment`
    : "was not made by infra";
  return new Refusal(`The zone ${zone} already has the record ${name} ${type} (${shortly(raw)}), which ${whose}.`, {
    hint: companion
      ? "choose another name, or remove the record from the environment that has it"
      : `choose another name, delete the record by hand, or adopt it with \`adopt: { id: ${zone}/${name}/${type}${raw.SetIdentifier === undefined ? "" : `/${raw.SetIdentifier}`} }\``,
  });
}

/** Returns a set as a short text. */
function shortly({ ResourceRecords, AliasTarget }: ResourceRecordSet): string {
  if (AliasTarget) return `alias of ${plainName(AliasTarget.DNSName!)}`;
  const values = (ResourceRecords ?? []).map(({ Value }) => Value!);
  return values.length > 2 ? `${values.length} values` : values.join(", ");
}

async function send(aws: Aws, r53: Sdk, HostedZoneId: string, Changes: Change[]): Promise<ChangeInfo | undefined> {
  if (Changes.length === 0) return undefined;
  const answer = await aws.route53(new r53.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
  return answer.ChangeInfo;
}

async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isUnsure = hasCode(error, "InvalidChangeBatch") || (error instanceof AwsError && error.class === "transient");
    if (!isUnsure) throw error;
    return work();
  }
}

function foundSet(raw: ResourceRecordSet): FoundSet {
  return { name: plainName(raw.Name!), type: raw.Type!, raw };
}

function add(ResourceRecordSet: ResourceRecordSet): Change {
  return { Action: "CREATE", ResourceRecordSet };
}

function remove(ResourceRecordSet: ResourceRecordSet): Change {
  return { Action: "DELETE", ResourceRecordSet };
}

function meaning({ Type, TTL, ResourceRecords, AliasTarget, Weight }: ResourceRecordSet): string {
  if (AliasTarget)
    return JSON.stringify([Weight, AliasTarget.HostedZoneId, plainName(AliasTarget.DNSName!), AliasTarget.EvaluateTargetHealth === true]);
  return JSON.stringify([Weight, TTL, (ResourceRecords ?? []).map(({ Value }) => meantValue(Type!, Value!)).sort()]);
}
