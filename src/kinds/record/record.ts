import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ownership, tagOfAddress } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Driver, Kind, Live, Member, Scope } from "../kind.ts";
import { companionOf, tagsOfCompanion } from "../shared/dns/companions.ts";
import { plainName, zoneIdOf } from "../shared/dns/names.ts";
import { ownerHash } from "../shared/dns/owner.ts";
import {
  allSets,
  cannotShare,
  dropSet,
  markSet,
  mixing,
  placeIn,
  placeOf,
  putSet,
  foreignRecord,
  type FoundSet,
  type Place,
  type SetName,
} from "../shared/dns/record-sets.ts";
import { publishing, publishPoll, Unpublished } from "../shared/dns/changes.ts";
import { authored, isProof } from "./authored.ts";
import { check } from "./check.ts";
import { foreign } from "./foreign.ts";
import { leadsTo, normalise, schema, setFor, specOf, types, usualTtl, type Record53, type Target } from "./schema.ts";
import { textOf } from "../shared/told.ts";

/** The set as it was read, for an existing record. */
interface Handle {
  readonly place: Place;
  /** The ARN of the zone. */
  readonly zone: string;
}

type LiveRecord = Live<Record53, Handle>;

const zoneEnd = "hostedzone/*";

export const record: Kind<Record53, Handle> = {
  name: "record",
  section: "records",
  file: "network",
  doc: "A record of a hosted zone. A TXT record beside it, `_infra.TYPE.NAME`, records its owner; infra never touches records of other owners.",
  outputs: { name: "The name." },
  summary: ({ name, type }) => ({ line: `${type ?? ""} ${textOf(name)}`, tells: ["name", "type"] }),
  schema,
  foreign,
  fields: {
    zone: { change: "replace", because: "a record cannot move to another zone" },
    name: { change: "replace", because: "a record is identified by its name and type" },
    type: { change: "replace", because: "a record is identified by its name and type" },
    ttl: { change: "update", default: { value: usualTtl, class: "enforced", unless: ({ alias }) => alias !== undefined } },
    values: { change: "update", as: "set", late: true, urgency: "traffic" },
    alias: {
      change: "update",
      late: true,
      whileGone: "free",
      same: (request, have, live) =>
        typeof request === "string" ? request === have : request === undefined || leadsTo((live.handle as Handle).place.set?.raw, request),
      urgency: "traffic",
    },
    evaluateTargetHealth: { change: "update", default: { value: false, class: "enforced" }, urgency: "traffic" },
    routing: {
      change: "replace",
      because: "a change between a simple record and weighted records leaves the name without an answer for a moment",
      of: {
        setIdentifier: { change: "replace", because: "the set identifier is part of the identity of the record" },
        weight: { change: "update" },
      },
      urgency: "traffic",
    },
  },
  normalise,
  stages: [{ name: "create" }],
  create: "name",
  isGlobal: true,
  untagged: true,
  slots: ({ spec: { zone, name, type, routing } }) =>
    typeof zone === "string"
      ? [
          {
            space: `records in ${zone}`,
            value: [plainName(name), type, ...(routing ? [routing.setIdentifier] : [])].join(" "),
            path: "name",
            what: `the record ${[plainName(name), type, ...(routing ? [routing.setIdentifier] : [])].join(" ")}`,
            of: [zone],
          },
        ]
      : [],
  // A record of another type that takes over the name cannot exist beside a CNAME.
  replace: (was, now) => (was.name !== undefined && plainName(was.name) === plainName(now.name) ? "delete-first" : "create-first"),
  waits: { create: { ...publishing }, delete: "instant", poll: publishPoll },
  // The zones of the account, and all records of each zone that has some: a record that has left the file is found only by its companion.
  readCost: (n) => 1 + Math.max(1, Math.ceil(n.account / 300)),
  iam: {
    read: ["route53:GetChange", "route53:ListHostedZones", "route53:ListResourceRecordSets"],
    write: ["route53:ChangeResourceRecordSets", "elasticloadbalancing:DescribeLoadBalancers"],
    remove: ["route53:ChangeResourceRecordSets"],
    onlyFor: { "elasticloadbalancing:DescribeLoadBalancers": ["alias"] },
    // Records have no tags, and Route 53 has no condition on the tags of zones (Service Authorization Reference, "Amazon Route 53").
    access: {
      "route53:ChangeResourceRecordSets": { any: [zoneEnd] },
      "elasticloadbalancing:DescribeLoadBalancers": { any: ["*"] },
    },
    arn: zoneEnd,
  },
  check,
  authored: (spec, { handle }, specOf) => authored(spec, handle, specOf),
  drawn: () => ({ as: "hidden", sub: "record" }),
  withoutNetwork: "names are not resolved",
  load: async () => driver(await import("../../aws/sdk/route53.ts")),
};

type Sdk = typeof import("../../aws/sdk/route53.ts");

function driver(r53: Sdk): Driver<Record53, Handle> {
  const unpublished = new Unpublished(r53);
  return {
    async *list(aws, scope) {
      for (const zone of await zonesWithRecords(aws)) yield* await ofZone(aws, zone, scope);
    },

    async get(aws, ids, scope) {
      const placed = await placesOf(aws, ids.map(partsOf));
      const lives = await Promise.all(
        placed.map(({ zone, of, place }) => (place.set || place.companion ? liveOf(aws, zone, of, place, scope) : undefined)),
      );
      return new Map(lives.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    /**
     * Lists the records of a zone, without those that it was created with and without companions. Records that another file or ACM manages
     * are marked.
     */
    async within(aws, found) {
      const zones = [...(found.get("hostedZone") ?? [])];
      const members = await Promise.all(
        zones.map(async (zone) => {
          const sets = (await unlessGone(allSets(aws, r53, zoneIdOf(zone)))) ?? [];
          const apex = sets.find(({ type }) => type === "SOA")?.name;
          const told = sets.filter((set) => !(set.name === apex && (set.type === "NS" || set.type === "SOA")) && !companionOf(set));
          return told.map((set): Member => {
            const isMadeByService = isProof(set) || placeIn(sets, set.name, set.type, set.raw.SetIdentifier).companion !== undefined;
            return { id: idOf(zoneIdOf(zone), setName(set)), what: `record ${set.name} ${set.type}`, isMadeByService };
          });
        }),
      );
      return members.flat();
    },

    async create(aws, request, identity) {
      const zone = zoneIdOf(request.zone);
      const id = idOf(zone, { name: plainName(request.name), type: request.type, set: request.routing?.setIdentifier });
      unpublished.note(id, await putSet(aws, r53, zone, await wanted(aws, request), { tags: identity.tags }));
      return id;
    },

    async update(aws, _stage, live, request, _changes, run) {
      const { zone } = partsOf(live.id);
      const foreign = live.tags[ownership.resource] === undefined ? ("adopt" as const) : ("refuse" as const);
      const claim = { tags: run.identity.tags, before: live.tags, foreign };
      unpublished.note(live.id, await putSet(aws, r53, zone, await wanted(aws, request), claim));
      await unpublished.wait(aws, live.id, run);
    },

    async delete(aws, live) {
      const { zone, ...set } = partsOf(live.id);
      await unlessGone(dropSet(aws, r53, zone, set, live.tags));
    },

    async tag(aws, live, set, remove) {
      const { zone, ...of } = partsOf(live.id);
      const tags = Object.fromEntries(Object.entries({ ...live.tags, ...set }).filter(([key]) => !remove.includes(key)));
      await markSet(aws, r53, zone, of, { tags, before: live.tags });
    },

    /** Reports sets that already exist where a new record is planned. */
    async preflight(aws, planned, around) {
      const found = await Promise.all(
        planned.map(async ({ address, request }) => {
          const zone = around.id(request.zone);
          if (zone === undefined) return [];
          const name = plainName(request.name);
          const id = request.routing?.setIdentifier;
          const { set, companion, others } = await placeOf(aws, r53, zoneIdOf(zone), name, request.type, id);
          const isOurs = (one: FoundSet) => around.isOurs(idOf(zoneIdOf(zone), setName(one)));
          const other = mixing(others, request.type, id);
          const isBlocked = other !== undefined && !isOurs(other);
          if (!isBlocked && (!set || (companion && isOurs(set)))) return [];
          const { message, hint } = isBlocked ? cannotShare(zoneIdOf(zone), other) : foreignRecord(zoneIdOf(zone), set!, companion);
          return [{ address, path: "name", text: `${message} ${hint ?? ""}`, code: "name-taken" as const }];
        }),
      );
      return { problems: found.flat(), unchecked: [] };
    },
  };

  /** Returns the contents of these places. Several places in one zone are read with one listing of the whole zone. */
  async function placesOf(aws: Aws, parts: readonly ReturnType<typeof partsOf>[]) {
    const zones = new Map<AwsId, Promise<FoundSet[]>>();
    const isAlone = (zone: AwsId) => parts.filter((one) => one.zone === zone).length === 1;
    for (const { zone } of parts)
      if (!zones.has(zone) && !isAlone(zone))
        zones.set(
          zone,
          unlessGone(allSets(aws, r53, zone)).then((sets) => sets ?? []),
        );
    return Promise.all(
      parts.map(async ({ zone, ...of }) => {
        const sets = await zones.get(zone);
        const { name, type, set } = of;
        return { zone, of, place: sets ? placeIn(sets, name, type, set) : await placeOf(aws, r53, zone, name, type, set) };
      }),
    );
  }

  /**
   * Returns the zones that hold more than the two sets that they were created with. A zone of another service is left out, because only
   * that service changes it.
   */
  async function zonesWithRecords(aws: Aws): Promise<AwsId[]> {
    const ids: AwsId[] = [];
    for await (const page of aws.route53.pages(r53.ListHostedZonesCommand, { MaxItems: 100 }))
      for (const { Id, ResourceRecordSetCount = 0, LinkedService } of page.HostedZones ?? [])
        if (ResourceRecordSetCount > 2 && LinkedService === undefined) ids.push(zoneIdOf(Id!));
    return ids;
  }

  async function ofZone(aws: Aws, zone: AwsId, scope: Scope): Promise<LiveRecord[]> {
    const sets = (await unlessGone(allSets(aws, r53, zone))) ?? [];
    const owner = ownerHash(scope);
    const ours = sets.flatMap((set) => {
      const companion = companionOf(set);
      const isAsked = companion?.owner === owner && companion.resource.startsWith("record/");
      return isAsked && isInScope(companion.resource, scope) ? [companion] : [];
    });
    return Promise.all(ours.map((of) => liveOf(aws, zone, of, placeIn(sets, of.name, of.type, of.set), scope)));
  }

  async function liveOf(aws: Aws, zone: AwsId, of: SetName, place: Place, scope: Scope): Promise<LiveRecord> {
    const { name, type } = of;
    const id = idOf(zone, of);
    return {
      id,
      aliases: [],
      tags: tagsOfCompanion(place.companion, scope),
      state: (await unpublished.isPublished(aws, id)) ? "ready" : "pending",
      spec: specOf(zone, name, type, place.set?.raw),
      handle: { place, zone: `arn:${aws.partition}:route53:::hostedzone/${zone}` },
      outputs: { name },
      ...(!place.set && { notes: [`somebody else deleted the record ${name} ${type}; the TXT record that names its owner still exists`] }),
    };
  }
}

async function wanted(aws: Aws, request: Record53) {
  const { alias } = request;
  return setFor(request, typeof alias === "string" ? await balancer(aws, alias) : alias);
}

/**
 * Returns the target for a load balancer. Its name under `dualstack.` answers for both address families (Route 53 Developer Guide, "Values
 * specific for simple alias records").
 */
async function balancer(aws: Aws, arn: AwsId): Promise<Target> {
  const elbv2 = await aws.clock.work(import("../../aws/sdk/elbv2.ts"));
  const answer = await aws.elbv2(new elbv2.DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  const { DNSName, CanonicalHostedZoneId } = answer.LoadBalancers?.[0] ?? {};
  if (DNSName === undefined || CanonicalHostedZoneId === undefined) throw new Refusal(`The load balancer ${arn} has no DNS name.`);
  return { dnsName: `dualstack.${DNSName.toLowerCase()}`, hostedZone: CanonicalHostedZoneId };
}

function setName({ name, type, raw }: FoundSet): SetName {
  return { name, type, set: raw.SetIdentifier };
}

function idOf(zone: AwsId, { name, type, set }: SetName): AwsId {
  return `${zone}/${name}/${type}${set === undefined ? "" : `/${set}`}`;
}

/** The form of an id. A name and a set identifier may both hold slashes, so the type between them separates them. */
const idForm = new RegExp(`^([^/]*)/(.+?)/(${types.join("|")})(?:/(.+))?$`, "i");

function partsOf(id: AwsId): SetName & { readonly zone: AwsId } {
  const [, zone = "", name = "", type = "", set] = idForm.exec(id) ?? [];
  return { zone: zoneIdOf(zone), name: plainName(name), type: type.toUpperCase(), ...(set !== undefined && { set }) };
}

function isInScope(resource: string, { address }: Scope): boolean {
  return address === undefined || resource === tagOfAddress(address);
}
