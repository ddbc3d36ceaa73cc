/**
 * Where objects of AWS's types stand in networks. An object that names subnets and security groups in one place has interfaces there. An
 * object that names only one of the two, or both in different places, may have interfaces there. The missing half is not known, so nothing
 * is certain about it.
 */
import { lateIn } from "../../resource/late.ts";
import { calledByNobody, policies } from "./overlay/places.ts";
import type { EndpointPart, NetworkPart, PartId, ResourceIndex, Spec, Subject } from "../kind.ts";

const subnetsKey = /^(client|vpc)?subnet(s|ids?)$/i;
const groupsKey = /^(vpc)?securitygroup(s|ids?)$/i;

/** Lists of subnets for other resources, such as AWS::Redshift::ClusterSubnetGroup. They have no interfaces. */
const isList = /SubnetGroup$/;

/** Members in which a subnet or security group does not say where the object itself stands. */
const elsewhere = /^(tags|variables|environmentvariables|filters?|filtercriteria)$/i;

/** Members that name the security groups that a rule allows, and not those of the object's own interfaces. */
const peersKey = /^(source|ec2)securitygroup/i;

const subnetKey = /subnet/i;
const groupKey = /security_?group|^groups$|groupset$/i;

type Index = Pick<ResourceIndex, "get">;

export function networkOfType(name: string): (self: Subject<Partial<Spec>>, index: Index) => readonly NetworkPart[] {
  const isCalled = !calledByNobody.has(name);
  return ({ address, spec }, index) => {
    if (isList.test(name) || policies.has(name)) return [];
    const pairs = [...pairsIn(spec)];
    return [...pairs, ...restOf(spec, pairs, index)].map(({ subnets, firewalls }, i): EndpointPart => ({
      is: "endpoint",
      id: i === 0 ? address : `${address} (${i + 1})`,
      subnets,
      firewalls,
      public: isCalled ? "unread" : "no",
      ipv6: "unread",
      isMany: true,
      isOfType: true,
      ...(isCalled ? {} : { listens: [] }),
    }));
  };
}

interface Place {
  readonly subnets: readonly PartId[];
  readonly firewalls: readonly PartId[] | "unread";
}

function* pairsIn(value: unknown): Iterable<Place> {
  if (typeof value !== "object" || value === null) return;
  const entries = Object.entries(value);
  const subnets = entries.find(([key]) => subnetsKey.test(key))?.[1] as unknown;
  const groups = entries.find(([key]) => groupsKey.test(key))?.[1] as unknown;
  if (subnets !== undefined && groups !== undefined) {
    const ids = idsIn(groups);
    yield { subnets: idsIn(subnets), firewalls: ids.length === 0 ? "unread" : ids };
  } else for (const [, member] of entries) yield* pairsIn(member);
}

/**
 * Returns the ids in a value. An output of a resource counts as the resource's address; a written id stays. Some types take a list as one
 * text with commas.
 */
function idsIn(value: unknown): readonly PartId[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one) =>
    String(one)
      .split(",")
      .map((id) => lateIn(id)[0]?.address ?? id.trim()),
  );
}

// ───────────────────────────────────────────────────────────── subnets and security groups outside such pairs

/** Returns one place for each list of security groups: its interfaces may be in any of the subnets. */
function restOf(spec: Partial<Spec>, pairs: readonly Place[], index: Index): readonly Place[] {
  const isNew = (id: PartId) => !pairs.some(({ subnets, firewalls }) => subnets.includes(id) || firewalls.includes(id));
  const named = [...namedIn(spec)].map(({ is, ids }) => ({ is, ids: ids.filter(isNew) })).filter(({ ids }) => ids.length > 0);
  const groups = named.filter(({ is }) => is === "groups").map(({ ids }) => ids);
  const own = named.filter(({ is }) => is === "subnets").flatMap(({ ids }) => ids);
  if (groups.length === 0) return own.length === 0 ? [] : [{ subnets: unique(own), firewalls: "unread" }];
  const subnets = unique(own.length === 0 && pairs.length === 0 ? listedFor(spec, index) : own);
  return groups.map((firewalls) => ({ subnets, firewalls }));
}

/** Returns the subnets of the subnet group that the spec refers to. */
function listedFor(spec: Partial<Spec>, index: Index): readonly PartId[] {
  return lateIn(spec).flatMap(({ address }) => {
    const other = index.get(address);
    if (!other || !/subnetgroup$/i.test(other.kind)) return [];
    return [...namedIn(other.spec)].flatMap(({ is, ids }) => (is === "subnets" ? ids : []));
  });
}

interface Named {
  readonly is: "subnets" | "groups";
  readonly ids: readonly PartId[];
}

function* namedIn(value: unknown): Iterable<Named> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (elsewhere.test(key)) continue;
    const texts = (Array.isArray(member) ? (member as unknown[]) : [member]).filter((one) => typeof one === "string");
    if (subnetKey.test(key)) yield* found("subnets", texts);
    else if (groupKey.test(key) && !peersKey.test(key)) yield* found("groups", texts);
    yield* namedIn(member);
  }
}

function* found(is: Named["is"], texts: readonly string[]): Iterable<Named> {
  const [kind, literal] = is === "subnets" ? (["subnet/", subnetId] as const) : (["securityGroup/", groupId] as const);
  const ids = texts.flatMap((text) => [
    // Between objects of infra's own kinds, a reference is an address.
    ...(text.startsWith(kind) ? [text] : []),
    ...lateIn(text).flatMap(({ address }) => (address.startsWith(kind) ? [address] : [])),
    ...(text.match(literal) ?? []),
  ]);
  if (ids.length > 0) yield { is, ids };
}

/** The id by itself, at the end of an ARN, or in a list with commas. */
const subnetId = /(?<=^|[/,\s])subnet-[0-9a-f]+(?=$|[,\s])/g;
const groupId = /(?<=^|[/,\s])sg-[0-9a-f]+(?=$|[,\s])/g;

function unique(ids: readonly PartId[]): readonly PartId[] {
  return [...new Set(ids)];
}
