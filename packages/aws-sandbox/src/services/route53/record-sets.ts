/** Resource record sets. A batch of changes is made as a whole or not at all. */
import type { Change, ChangeResourceRecordSetsRequest, ListResourceRecordSetsRequest, ResourceRecordSet } from "@aws-sdk/client-route-53";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { whyBadValue } from "./values.ts";
import { fullName, invalid, needZone, newChange, setKey, sets, setsOf, sortKey, type SetRecord, type ZoneRecord } from "./state.ts";
import { checkSize, isApex } from "./zones.ts";

const mostPerPage = 300;
/** Quotas of records and of characters in a request (Route 53 Developer Guide, "Quotas"). */
const mostRecords = 1000;
const mostCharacters = 32_000;

export const recordOperations: Record<string, Handler> = {
  ListResourceRecordSets(input: ListResourceRecordSetsRequest, call) {
    refuseUnknown(call, input, ["HostedZoneId", "StartRecordName", "StartRecordType", "StartRecordIdentifier", "MaxItems"]);
    const zone = needZone(call, input.HostedZoneId!);
    if (input.StartRecordType !== undefined && input.StartRecordName === undefined)
      throw invalid("StartRecordType is not valid without StartRecordName");
    if (input.StartRecordIdentifier !== undefined && input.StartRecordType === undefined)
      throw invalid("StartRecordIdentifier is not valid without StartRecordName and StartRecordType");
    const { StartRecordName, StartRecordType = "", StartRecordIdentifier = "" } = input;
    const from = StartRecordName === undefined ? [""] : [sortKey(fullName(StartRecordName)), StartRecordType, StartRecordIdentifier];
    const place = ({ name, type, set = "" }: SetRecord) => [sortKey(name), type, set].join("\0");
    const all = setsOf(call, zone.id)
      .filter((set) => place(set) >= from.join("\0"))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    const size = checkSize(input.MaxItems, mostPerPage);
    const next = all[size];
    return {
      ResourceRecordSets: all.slice(0, size).map(shown),
      IsTruncated: next !== undefined,
      ...(next && {
        NextRecordName: next.name,
        NextRecordType: next.type,
        ...(next.set !== undefined && { NextRecordIdentifier: next.set }),
      }),
      MaxItems: size,
    };
  },

  ChangeResourceRecordSets(input: ChangeResourceRecordSetsRequest, call) {
    const zone = needZone(call, input.HostedZoneId!);
    const all = input.ChangeBatch!.Changes ?? [];
    if (all.length === 0) throw invalid("A batch has at least one change");
    checkSizes(all);
    const after = new Map(setsOf(call, zone.id).map((set) => [setKey(set), set]));
    const problems = all.flatMap((change) => carryOut(call, zone, change, after) ?? []);
    if (problems.length === 0) problems.push(...conflicts(zone, after), ...mixed(after));
    if (problems.length > 0) throw new AwsFault("InvalidChangeBatch", `[${problems.join(", ")}]`);
    for (const set of setsOf(call, zone.id)) if (!after.has(setKey(set))) sets(call).delete(setKey(set));
    for (const [key, set] of after) sets(call).set(key, set);
    return { ChangeInfo: newChange(call) };
  },
};

/** Makes one change in `after`, the future zone. Returns the error, if any. */
function carryOut(
  call: Call,
  zone: ZoneRecord,
  { Action, ResourceRecordSet: given }: Change,
  after: Map<string, SetRecord>,
): string | undefined {
  const set = recordOf(call, zone, given!);
  const key = setKey(set);
  const there = after.get(key);
  const what = `[name='${set.name}', type='${set.type}']`;
  switch (Action) {
    case "CREATE":
      if (there) return `Tried to create resource record set ${what} but it already exists`;
      break;
    case "DELETE":
      if (!there) return `Tried to delete resource record set ${what} but it was not found`;
      if (!isSame(there, set)) return `Tried to delete resource record set ${what} but the values provided do not match the current values`;
      if (isApex(zone, set)) return `A HostedZone must contain exactly one ${set.type} record`;
      after.delete(key);
      return undefined;
    case "UPSERT":
      break;
    default:
      throw invalid(`Value '${String(Action)}' at 'action' failed to satisfy constraint`);
  }
  const wrong = whyWrong(zone, set);
  if (wrong !== undefined) return wrong;
  after.set(key, set);
  return undefined;
}

function recordOf(call: Call, zone: ZoneRecord, given: ResourceRecordSet): SetRecord {
  refuseUnknown(call, given, ["Name", "Type", "TTL", "ResourceRecords", "AliasTarget", "SetIdentifier", "Weight"]);
  const { Name, Type, TTL, ResourceRecords, AliasTarget, SetIdentifier, Weight } = given;
  if ((SetIdentifier === undefined) !== (Weight === undefined))
    throw invalid(
      `Invalid request: Missing field '${Weight === undefined ? "Weight" : "SetIdentifier"}' in Change with [name='${Name}', type='${Type}']`,
    );
  if (SetIdentifier !== undefined && (SetIdentifier.length < 1 || SetIdentifier.length > 128))
    throw invalid("Value at 'setIdentifier' failed to satisfy constraint: Member must have length between 1 and 128");
  if (Weight !== undefined && (Weight < 0 || Weight > 255))
    throw invalid(`Value '${Weight}' at 'weight' failed to satisfy constraint: Member must have value between 0 and 255`);
  if (AliasTarget && (TTL !== undefined || (ResourceRecords?.length ?? 0) > 0))
    throw invalid(
      "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found more than one",
    );
  if (!AliasTarget && (TTL === undefined || (ResourceRecords?.length ?? 0) === 0))
    throw invalid(
      "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none",
    );
  if (TTL !== undefined && (TTL < 0 || TTL > 2_147_483_647)) throw invalid(`Value '${TTL}' at 'tTL' failed to satisfy constraint`);
  return {
    zone: zone.id,
    name: fullName(Name!),
    type: Type!,
    ...(SetIdentifier === undefined ? {} : { set: SetIdentifier, weight: Weight! }),
    ...(AliasTarget
      ? {
          alias: {
            zone: AliasTarget.HostedZoneId!,
            name: fullName(AliasTarget.DNSName!),
            evaluates: AliasTarget.EvaluateTargetHealth!,
          },
        }
      : { ttl: TTL!, values: ResourceRecords!.map(({ Value }) => Value!) }),
  };
}

const types = "A AAAA CAA CNAME DS HTTPS MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT".split(" ");
const single = new Set(["CNAME", "SOA"]);

function whyWrong(zone: ZoneRecord, set: SetRecord): string | undefined {
  const { name, type, values, alias } = set;
  const within = `RRSet with DNS name ${name} is not permitted in zone ${zone.name}`;
  if (!types.includes(type)) throw invalid(`Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set`);
  if (name !== zone.name && !name.endsWith(`.${zone.name}`)) return within;
  if (name.length > 255 || name.split(".").some((label) => decodedLength(label) > 63))
    return `DomainLabelTooLong (Domain label is too long) encountered with '${name}'`;
  if (type === "CNAME" && name === zone.name)
    return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone.name}`;
  if (alias) return whyWrongAlias(zone, set);
  if (new Set(values).size !== values!.length) return `Duplicate Resource Record: '${values!.find((one, i) => values!.indexOf(one) < i)}'`;
  if (single.has(type) && values!.length > 1) return `A ${type} record has exactly one value`;
  const bad = values!.map((value) => [value, whyBadValue(type, value)] as const).find(([, why]) => why !== undefined);
  return bad && `Invalid Resource Record: 'FATAL problem: ${bad[1]} encountered with '${bad[0]}''`;
}

/**
 * Hosted zone ids of alias targets: of load balancers by their type (AWS General Reference, "Elastic Load Balancing endpoints and quotas").
 */
const balancerZones = new Set(["ZWKZPGTI48KDX", "ZIBE1TIR4HY56"]);

function whyWrongAlias(zone: ZoneRecord, { type, alias }: SetRecord): string | undefined {
  const target = alias!;
  if (!["A", "AAAA", "HTTPS", "CNAME"].includes(type) && target.zone !== zone.id) return `Unsupported alias of type ${type}`;
  const lies =
    target.zone === zone.id
      ? target.name.endsWith(zone.name)
      : balancerZones.has(target.zone)
        ? target.name.endsWith(".elb.amazonaws.com.")
        : true;
  return lies
    ? undefined
    : `Tried to create an alias that targets ${target.name}, type ${type} in zone ${target.zone}, but the alias target name does not lie within the target zone`;
}

/** The errors for a CNAME beside another record of the same name (RFC 1034, 3.6.2). */
function conflicts(zone: ZoneRecord, after: ReadonlyMap<string, SetRecord>): string[] {
  const cnames = new Set([...after.values()].filter(({ type }) => type === "CNAME").map(({ name }) => name));
  return [...after.values()]
    .filter(({ name, type }) => type !== "CNAME" && cnames.has(name))
    .map(
      ({ name, type }) =>
        `RRSet of type CNAME with DNS name ${name} is not permitted because a conflicting RRSet of type ${type} with the same DNS name already exists in zone ${zone.name}`,
    );
}

/**
 * The errors for mixed record sets. The sets of one name and type are either one simple set or all weighted (Route 53 Developer Guide,
 * "Choosing a routing policy").
 */
function mixed(after: ReadonlyMap<string, SetRecord>): string[] {
  const simple = new Set([...after.values()].filter(({ set }) => set === undefined).map(({ name, type }) => `${name} ${type}`));
  return [...after.values()]
    .filter(({ name, type, set }) => set !== undefined && simple.has(`${name} ${type}`))
    .map(
      ({ name, type, set }) =>
        `RRSet with DNS name ${name}, type ${type}, SetIdentifier ${set} cannot be created as a non-simple RRSet exists beside a simple one with the same name and type`,
    );
}

function isSame(a: SetRecord, b: SetRecord): boolean {
  const text = ({ ttl, values, alias, weight }: SetRecord) =>
    JSON.stringify([weight, ttl, values && [...values].sort(), alias && [alias.zone, alias.name, alias.evaluates]]);
  return text(a) === text(b);
}

function checkSizes(all: readonly Change[]): void {
  const weight = ({ Action }: Change) => (Action === "UPSERT" ? 2 : 1);
  const records = all.reduce((sum, one) => sum + weight(one) * Math.max(1, one.ResourceRecordSet?.ResourceRecords?.length ?? 0), 0);
  if (records > mostRecords) throw new AwsFault("InvalidChangeBatch", `[Number of records limit of ${mostRecords} exceeded.]`);
  const values = all.flatMap((one) => (one.ResourceRecordSet?.ResourceRecords ?? []).map(({ Value }) => weight(one) * Value!.length));
  if (values.reduce((sum, length) => sum + length, 0) > mostCharacters)
    throw new AwsFault("InvalidChangeBatch", `[Number of characters limit of ${mostCharacters} exceeded.]`);
}

function decodedLength(label: string): number {
  return label.replace(/\\\d{3}/g, "x").length;
}

function shown({ name, type, ttl, values, alias, set, weight }: SetRecord) {
  return {
    Name: name,
    Type: type,
    ...(set !== undefined && { SetIdentifier: set, Weight: weight }),
    ...(alias
      ? { AliasTarget: { HostedZoneId: alias.zone, DNSName: alias.name, EvaluateTargetHealth: alias.evaluates } }
      : { TTL: ttl, ResourceRecords: values!.map((Value) => ({ Value })) }),
  };
}
