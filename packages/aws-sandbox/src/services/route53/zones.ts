/** Hosted zones: created, described, changed, tagged and deleted. */
import type {
  AssociateVPCWithHostedZoneRequest,
  ChangeTagsForResourceRequest,
  CreateHostedZoneRequest,
  DeleteHostedZoneRequest,
  DisassociateVPCFromHostedZoneRequest,
  GetChangeRequest,
  GetHostedZoneRequest,
  ListHostedZonesByNameRequest,
  ListHostedZonesByVPCRequest,
  ListHostedZonesRequest,
  ListTagsForResourceRequest,
  ListTagsForResourcesRequest,
  UpdateHostedZoneCommentRequest,
  VPC,
} from "@aws-sdk/client-route-53";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { vpcs as vpcsOf } from "../ec2/state.ts";
import {
  bareId,
  changes,
  fullName,
  invalid,
  needZone,
  newChange,
  references,
  setKey,
  sets,
  setsOf,
  shownChange,
  sortKey,
  zones,
  type ZoneRecord,
} from "./state.ts";

const mostTags = 50;
const mostTagsPerCall = 10;
const mostZonesPerPage = 100;

export const zoneOperations: Record<string, Handler> = {
  /**
   * Creates a zone. A caller reference can be used only once, even if its zone was deleted (Route 53
   * API, CreateHostedZone: CallerReference).
   */
  CreateHostedZone(input: CreateHostedZoneRequest, call) {
    refuseUnknown(call, input, ["Name", "CallerReference", "VPC", "HostedZoneConfig"]);
    const name = checkName(input.Name!);
    const reference = input.CallerReference!;
    if (reference.length > 128) throw invalid("CallerReference has more than 128 characters");
    if (references(call).has(`reference ${reference}`))
      throw new AwsFault("HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.", 409);
    const { Comment = "", PrivateZone = false } = input.HostedZoneConfig ?? {};
    if (PrivateZone && !input.VPC) throw invalid("When you're creating a private hosted zone (PrivateZone is true), VPC is required");
    if (input.VPC) checkVpc(call, input.VPC, name);
    const id = `Z${call.id("zone").slice(-17).toUpperCase()}`;
    const zone: ZoneRecord = {
      id,
      name,
      reference,
      ...(Comment !== "" && { comment: checkComment(Comment) }),
      isPrivate: input.VPC !== undefined,
      vpcs: input.VPC ? [{ id: input.VPC.VPCId!, region: input.VPC.VPCRegion! }] : [],
      nameServers: [1, 2, 3, 4].map(
        (n) => `ns-${Math.floor(call.random() * 2048)}.awsdns-${10 + n}.${["com", "net", "org", "co.uk"][n - 1]}`,
      ),
      tags: {},
    };
    zones(call).set(id, zone);
    references(call).set(`reference ${reference}`, { reference });
    for (const apex of apexOf(zone)) sets(call).set(setKey(apex), apex);
    return {
      HostedZone: shown(call, zone),
      ChangeInfo: newChange(call),
      ...(zone.isPrivate ? { VPC: input.VPC } : { DelegationSet: { NameServers: zone.nameServers } }),
      Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
    };
  },

  GetHostedZone({ Id }: GetHostedZoneRequest, call) {
    const zone = needZone(call, Id!);
    return {
      HostedZone: shown(call, zone),
      ...(zone.isPrivate
        ? { VPCs: zone.vpcs.map(({ id, region }) => ({ VPCId: id, VPCRegion: region })) }
        : { DelegationSet: { NameServers: zone.nameServers } }),
    };
  },

  ListHostedZones(input: ListHostedZonesRequest, call) {
    refuseUnknown(call, input, ["Marker", "MaxItems"]);
    const all = [...zones(call).values()].filter(({ id }) => call.sees(id, "id")).sort((a, b) => (a.id < b.id ? -1 : 1));
    const size = checkSize(input.MaxItems, mostZonesPerPage);
    const rest = input.Marker ? all.filter(({ id }) => id >= bareId(input.Marker!)) : all;
    const next = rest[size];
    return {
      HostedZones: rest.slice(0, size).map((zone) => shown(call, zone)),
      Marker: input.Marker ?? "",
      IsTruncated: next !== undefined,
      ...(next && { NextMarker: next.id }),
      MaxItems: size,
    };
  },

  ListHostedZonesByName(input: ListHostedZonesByNameRequest, call) {
    refuseUnknown(call, input, ["DNSName", "MaxItems"]);
    const from = input.DNSName === undefined ? "" : sortKey(fullName(input.DNSName));
    const all = [...zones(call).values()]
      .filter(({ id, name }) => call.sees(id, "id") && sortKey(name) >= from)
      .sort((a, b) => (sortKey(a.name) < sortKey(b.name) ? -1 : 1));
    const size = checkSize(input.MaxItems, mostZonesPerPage);
    const next = all[size];
    return {
      HostedZones: all.slice(0, size).map((zone) => shown(call, zone)),
      ...(input.DNSName !== undefined && { DNSName: input.DNSName }),
      IsTruncated: next !== undefined,
      ...(next && { NextDNSName: next.name, NextHostedZoneId: next.id }),
      MaxItems: size,
    };
  },

  /** Lists the zones of a VPC (Route 53 API, ListHostedZonesByVPC). */
  ListHostedZonesByVPC(input: ListHostedZonesByVPCRequest, call) {
    refuseUnknown(call, input, ["VPCId", "VPCRegion", "MaxItems", "NextToken"]);
    const { VPCId, VPCRegion } = input;
    const all = [...zones(call).values()]
      .filter(({ id, vpcs }) => call.sees(id, "id") && vpcs.some((one) => one.id === VPCId && one.region === VPCRegion))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const size = checkSize(input.MaxItems, mostZonesPerPage);
    const rest = input.NextToken === undefined ? all : all.filter(({ id }) => id >= input.NextToken!);
    const next = rest[size];
    return {
      HostedZoneSummaries: rest
        .slice(0, size)
        .map(({ id, name }) => ({ HostedZoneId: id, Name: name, Owner: { OwningAccount: call.account } })),
      MaxItems: size,
      ...(next && { NextToken: next.id }),
    };
  },

  UpdateHostedZoneComment({ Id, Comment = "" }: UpdateHostedZoneCommentRequest, call) {
    const zone = needZone(call, Id!);
    delete zone.comment;
    if (Comment !== "") zone.comment = checkComment(Comment);
    return { HostedZone: shown(call, zone) };
  },

  /** Deletes a zone. It may have only the record sets that it was created with (Route 53 API, DeleteHostedZone). */
  DeleteHostedZone({ Id }: DeleteHostedZoneRequest, call) {
    const zone = needZone(call, Id!);
    const own = setsOf(call, zone.id);
    if (own.some((set) => !isApex(zone, set)))
      throw new AwsFault(
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
      );
    for (const set of own) sets(call).delete(setKey(set));
    zones(call).delete(zone.id);
    return { ChangeInfo: newChange(call) };
  },

  AssociateVPCWithHostedZone({ HostedZoneId, VPC: vpc }: AssociateVPCWithHostedZoneRequest, call) {
    const zone = needZone(call, HostedZoneId!);
    if (!zone.isPrivate) throw new AwsFault("PublicZoneVPCAssociation", "You're trying to associate a VPC with a public hosted zone.");
    if (!zone.vpcs.some(({ id }) => id === vpc?.VPCId)) {
      checkVpc(call, vpc!, zone.name);
      zone.vpcs.push({ id: vpc!.VPCId!, region: vpc!.VPCRegion! });
    }
    return { ChangeInfo: newChange(call) };
  },

  DisassociateVPCFromHostedZone({ HostedZoneId, VPC: vpc }: DisassociateVPCFromHostedZoneRequest, call) {
    const zone = needZone(call, HostedZoneId!);
    if (!zone.vpcs.some(({ id }) => id === vpc?.VPCId))
      throw new AwsFault("VPCAssociationNotFound", "The specified VPC and hosted zone are not currently associated.", 404);
    if (zone.vpcs.length === 1)
      throw new AwsFault(
        "LastVPCAssociation",
        "The VPC that you're trying to disassociate is the last VPC that is associated with the hosted zone.",
      );
    zone.vpcs = zone.vpcs.filter(({ id }) => id !== vpc?.VPCId);
    return { ChangeInfo: newChange(call) };
  },

  GetChange({ Id }: GetChangeRequest, call) {
    const change = changes(call).get(bareId(Id!));
    if (!change) throw new AwsFault("NoSuchChange", `A change with the specified change ID does not exist: ${Id}`, 404);
    return { ChangeInfo: shownChange(call, change) };
  },

  ChangeTagsForResource(input: ChangeTagsForResourceRequest, call) {
    const zone = taggedZone(call, input.ResourceType, input.ResourceId!);
    const { AddTags = [], RemoveTagKeys = [] } = input;
    if (AddTags.length === 0 && RemoveTagKeys.length === 0) throw invalid("At least one tag must be added or removed");
    if (AddTags.length > mostTagsPerCall || RemoveTagKeys.length > mostTagsPerCall)
      throw invalid(`At most ${mostTagsPerCall} tags can be added or removed in a call`);
    const after = { ...zone.tags };
    for (const key of RemoveTagKeys) delete after[key];
    for (const { Key, Value } of AddTags) {
      if (/^aws:/i.test(Key!)) throw invalid("Tag keys that begin with aws: are reserved");
      after[Key!] = Value ?? "";
    }
    if (Object.keys(after).length > mostTags) throw invalid(`A resource can have at most ${mostTags} tags`);
    zone.tags = after;
    call.tagged(zone.id);
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceRequest, call) {
    return { ResourceTagSet: tagSet(taggedZone(call, input.ResourceType, input.ResourceId!)) };
  },

  ListTagsForResources(input: ListTagsForResourcesRequest, call) {
    const ids = input.ResourceIds!;
    if (ids.length === 0 || ids.length > 10) throw invalid("ResourceIds must have between 1 and 10 members");
    return { ResourceTagSets: ids.map((id) => tagSet(taggedZone(call, input.ResourceType, id))) };
  },
};

/** Whether a set is one of the zone's own, NS or SOA. These are created and deleted with the zone. */
export function isApex(zone: ZoneRecord, set: { readonly name: string; readonly type: string }): boolean {
  return set.name === zone.name && (set.type === "NS" || set.type === "SOA");
}

function apexOf(zone: ZoneRecord) {
  const [first] = zone.nameServers;
  return [
    { zone: zone.id, name: zone.name, type: "NS", ttl: 172_800, values: zone.nameServers.map((server) => `${server}.`) },
    { zone: zone.id, name: zone.name, type: "SOA", ttl: 900, values: [`${first}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`] },
  ];
}

function shown(call: Call, zone: ZoneRecord) {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.reference,
    Config: { ...(zone.comment !== undefined && { Comment: zone.comment }), PrivateZone: zone.isPrivate },
    ResourceRecordSetCount: setsOf(call, zone.id).length,
  };
}

function taggedZone(call: Call, type: string | undefined, id: string): ZoneRecord {
  if (type !== "hostedzone") throw new AwsFault("NotImplemented", `The sandbox has no tags of the type ${type} in Route 53.`);
  return needZone(call, id);
}

function tagSet({ id, tags }: ZoneRecord) {
  return { ResourceType: "hostedzone", ResourceId: id, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

function checkName(written: string): string {
  const name = fullName(written);
  const labels = name.slice(0, -1).split(".");
  if (name.length > 255 || labels.length < 2 || labels.some((label) => label === "" || label.length > 63 || !/^[a-z0-9_-]+$/.test(label)))
    throw new AwsFault("InvalidDomainName", `The domain name is not valid: ${written}`);
  return name;
}

function checkComment(comment: string): string {
  if (comment.length > 256) throw invalid("A comment has at most 256 characters");
  return comment;
}

/** Checks that the VPC exists and has no other private zone with the name. */
function checkVpc(call: Call, { VPCId, VPCRegion }: VPC, name: string): void {
  if (VPCId === undefined || VPCRegion === undefined) throw invalid("A VPC is named by its id and its region");
  const store = call.storeOf(VPCRegion);
  if (!vpcsOf({ store }).has(VPCId))
    throw new AwsFault(
      "InvalidVPCId",
      `The VPC: ${VPCId} in region ${VPCRegion} that you provided is not authorized to make the association.`,
    );
  const other = [...zones(call).values()].find((zone) => zone.isPrivate && zone.name === name && zone.vpcs.some(({ id }) => id === VPCId));
  if (other)
    throw new AwsFault(
      "ConflictingDomainExists",
      `The VPC ${VPCId} in region ${VPCRegion} has already been associated with the hosted zone ${other.id} with the same domain name.`,
    );
}

export function checkSize(asked: number | undefined, most: number): number {
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 1)) throw invalid(`The value of MaxItems is not valid: ${asked}`);
  return Math.min(asked ?? most, most);
}
