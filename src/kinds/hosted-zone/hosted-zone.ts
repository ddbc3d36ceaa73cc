import type { HostedZone as AwsZone } from "@aws-sdk/client-route-53";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { batches, soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { list, object, optional, ref, string } from "../../resource/fields.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Kind, Live, Member, Problem, Scope, Subject, Tags } from "../kind.ts";
import { domainPattern, plainName, zoneIdOf } from "../shared/dns/names.ts";
import { ownerOf, ownerTags, type Owner } from "../shared/dns/owner.ts";
import { byEach, networksOf } from "../shared/lookup.ts";
import { allSets } from "../shared/dns/record-sets.ts";
import { publishing, publishPoll, Unpublished } from "../shared/dns/changes.ts";
import { foreign } from "./foreign.ts";
import { longestZoneName, ownerIn, referenceFor } from "./reference.ts";
import { textOf } from "../shared/told.ts";
import { isInScope } from "../shared/in-scope.ts";

const schema = object({
  name: string("The domain name. A public zone answers for it once the parent domain delegates to the zone's name servers.", {
    pattern: domainPattern,
    maxLength: 255,
    examples: ["shop.example.com"],
  }),
  private: optional(
    list(ref("vpc", "A VPC."), "The VPCs of a private zone, which answers only in them. If omitted: the zone is public.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  comment: optional(string("A comment on the zone.", { maxLength: 256 })),
});

export type HostedZone = Static<typeof schema>;
type LiveZone = Live<HostedZone, null>;

/** Marks a zone that was released. Its caller reference then no longer shows an owner. */
const releasedTag = "infra:released";

const zoneEnd = "hostedzone/*";

export const hostedZone: Kind<HostedZone, null> = {
  name: "hostedZone",
  section: "hostedZones",
  file: "network",
  doc: "A hosted zone of Route 53: the records of a domain, public or for some VPCs.",
  outputs: {
    nameServers: "The name servers of a public zone, for NS records in the parent domain or at the registrar.",
    arn: "The ARN.",
    name: "The domain name.",
  },
  wanted: ["nameServers"],
  summary: ({ name }) => ({ line: textOf(name), tells: ["name"] }),
  schema,
  foreign,
  fields: {
    name: { change: "replace", because: "the domain of a hosted zone cannot be changed, and a new zone has other name servers" },
    private: {
      change: (was, now) => (((was ?? []).length === 0) === ((now ?? []).length === 0) ? "update" : "replace"),
      because: { replace: "a hosted zone cannot change between public and private" },
      default: { value: [], class: "enforced" },
      as: "set",
      whileGone: "free",
      urgency: "traffic",
    },
    comment: { change: "update", late: true },
  },
  normalise: (spec) => (spec.name === undefined ? spec : { ...spec, name: plainName(spec.name) }),
  stages: [{ name: "create" }],
  create: "tag-lookup",
  isGlobal: true,
  /** Route 53 refuses a second private zone of the same name in one VPC (Route 53 API, CreateHostedZone: ConflictingDomainExists). */
  slots: ({ spec: { name, private: vpcs = [] } }) =>
    vpcs.map((vpc, i) => ({
      space: `private zones in ${vpc}`,
      value: plainName(name),
      path: `private[${i}]`,
      what: `the private zone ${plainName(name)} in ${vpc}`,
      of: [vpc],
    })),
  replace: "create-first",
  dataLoss: "data",
  waits: { create: { ...publishing }, delete: "instant", poll: publishPoll },
  // A page for 100 zones of the account, a call for the tags of ten, and one call for each of ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + Math.ceil(n.account / 10) + n.ours,
  iam: {
    read: [
      "route53:GetChange",
      "route53:GetHostedZone",
      "route53:ListHostedZones",
      "route53:ListHostedZonesByName",
      "route53:ListHostedZonesByVPC",
      "route53:ListTagsForResources",
    ],
    write: [
      "route53:AssociateVPCWithHostedZone",
      "route53:ChangeTagsForResource",
      "route53:CreateHostedZone",
      "route53:DeleteHostedZone",
      "route53:DisassociateVPCFromHostedZone",
      "route53:ListResourceRecordSets",
      "route53:UpdateHostedZoneComment",
    ],
    remove: ["route53:DeleteHostedZone", "route53:ListResourceRecordSets"],
    onlyFor: {
      "route53:AssociateVPCWithHostedZone": ["private"],
      "route53:DisassociateVPCFromHostedZone": ["private"],
      "route53:UpdateHostedZoneComment": ["comment"],
    },
    // Route 53 has no condition on tags of zones (Service Authorization Reference, "Amazon Route 53").
    access: {
      "route53:AssociateVPCWithHostedZone": { any: [zoneEnd] },
      "route53:ChangeTagsForResource": { any: [zoneEnd] },
      "route53:CreateHostedZone": { any: ["*"] },
      "route53:DeleteHostedZone": { any: [zoneEnd] },
      "route53:DisassociateVPCFromHostedZone": { any: [zoneEnd] },
      "route53:UpdateHostedZoneComment": { any: [zoneEnd] },
    },
    // AWS has no condition on tag keys here, either.
    tagging: { withoutKeys: ["route53:ChangeTagsForResource"] },
    arn: zoneEnd,
    // "You must have DescribeVpcs" (Route 53 Developer Guide, "Creating a private hosted zone").
    implied: ({ spec }) => (spec.private === undefined ? [] : [{ sid: "LookAtVpcs", actions: ["ec2:DescribeVpcs"], resources: ["*"] }]),
  },
  check,
  authored: (spec) => ({ spec, called: spec.name }),
  drawn: () => ({ as: "beside", glyph: "setting", sub: "hosted zone" }),
  withoutNetwork: "infra does not resolve names when it works out reachability",
  load: async () => driver(await import("../../aws/sdk/route53.ts")),
};

function check({ name }: Subject<HostedZone>): readonly Problem[] {
  if (name.length <= longestZoneName) return [];
  const summary = `the name of a hosted zone, with its key, may have at most ${longestZoneName} characters, and this one has ${name.length}`;
  return [{ code: "bad-name", summary, hint: "choose a shorter name or key: it must fit into the caller reference of the zone" }];
}

type Sdk = typeof import("../../aws/sdk/route53.ts");

function driver(r53: Sdk): Driver<HostedZone, null> {
  const unpublished = new Unpublished(r53);
  return {
    async *list(aws, scope) {
      const all: AwsZone[] = [];
      for await (const page of aws.route53.pages(r53.ListHostedZonesCommand, { MaxItems: 100 })) all.push(...(page.HostedZones ?? []));
      const tags = await tagsOfZones(aws, all.map(idOf));
      for (const zone of all) {
        const its = ownTags(zone, tags.get(idOf(zone)) ?? {}, { ...scope, region: aws.region });
        if (isInScope(its, scope)) {
          const live = await observe(aws, idOf(zone), its, scope);
          if (live) yield live;
        }
      }
    },

    async get(aws, ids, scope) {
      const tags = await tagsOfZones(aws, ids.map(zoneIdOf));
      const lives = await Promise.all(ids.map((id) => observe(aws, zoneIdOf(id), tags.get(zoneIdOf(id)) ?? {}, scope)));
      return new Map(lives.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    async create(aws, request, identity) {
      const [first, ...others] = request.private ?? [];
      const { HostedZone: made, ChangeInfo } = await aws.route53(
        new r53.CreateHostedZoneCommand({
          Name: plainName(request.name),
          CallerReference: referenceFor(identity.tags, identity.token, aws.clock.now()),
          HostedZoneConfig: { Comment: request.comment ?? "", PrivateZone: first !== undefined },
          ...(first !== undefined && { VPC: { VPCId: first, VPCRegion: aws.region as never } }),
        }),
      );
      const id = idOf(made!);
      await soon(aws, () => write(aws, id, identity.tags, []));
      for (const vpc of others) await associate(aws, id, vpc);
      unpublished.note(id, ChangeInfo);
      return id;
    },

    async update(aws, _stage, live, request, changes, run) {
      if (changes.comment) await aws.route53(new r53.UpdateHostedZoneCommentCommand({ Id: live.id, Comment: request.comment ?? "" }));
      if (!changes.private) return;
      // Adds VPCs first: the last VPC of a zone cannot be removed.
      const [before, after] = [live.spec.private ?? [], request.private ?? []];
      for (const vpc of after.filter((one) => !before.includes(one))) await associate(aws, live.id, vpc);
      for (const vpc of before.filter((one) => !after.includes(one))) {
        const command = new r53.DisassociateVPCFromHostedZoneCommand({ HostedZoneId: live.id, VPC: vpcOf(aws, vpc) });
        unpublished.note(live.id, (await unlessGone(aws.route53(command)))?.ChangeInfo);
      }
      await unpublished.wait(aws, live.id, run);
    },

    async delete(aws, live) {
      await unlessGone(aws.route53(new r53.DeleteHostedZoneCommand({ Id: live.id })));
    },

    /**
     * Writes tags, and the ownership tags with them, because so far perhaps only the caller reference shows the owner. The reference never
     * changes, so a released zone gets a tag that overrides it.
     */
    tag: (aws, live, set, remove) => {
      const gone = remove.filter((key) => key !== releasedTag);
      if (remove.includes(ownership.resource)) return write(aws, live.id, { [releasedTag]: "true", ...set }, gone);
      const owner = ownerTags(ownerOf(live.tags), live.tags[ownership.resource] ?? "");
      return write(aws, live.id, { ...(live.tags[ownership.resource] !== undefined && owner), ...set }, remove);
    },

    /** The records that block a delete. Our own records are deleted before the zone. */
    blockers: (aws, lives) =>
      byEach(lives, async (live) => {
        const sets = (await unlessGone(allSets(aws, r53, live.id))) ?? [];
        return sets
          .filter(({ name, type }) => !(name === plainName(live.spec.name ?? "") && (type === "NS" || type === "SOA")))
          .map(({ name, type }) => ({ id: `${name} ${type}`, what: "a record in the zone" }));
      }),

    /** Private zones that answer in these networks. Zones of services, such as Cloud Map, are marked as made by a service. */
    async within(aws, found) {
      const members = new Map<AwsId, Member>();
      for (const VPCId of networksOf(found)) {
        const input = { VPCId, VPCRegion: aws.region as never, MaxItems: 100 };
        for await (const page of aws.route53.pages(r53.ListHostedZonesByVPCCommand, input))
          for (const { HostedZoneId, Name, Owner } of page.HostedZoneSummaries ?? []) {
            const id = zoneIdOf(HostedZoneId!);
            const isOurs = Owner?.OwningAccount === undefined || Owner.OwningAccount === aws.account;
            const what = `private zone ${plainName(Name!)} of ${VPCId}`;
            if (isOurs) members.set(id, { id, what, isMadeByService: Owner?.OwningService !== undefined });
          }
      }
      return [...members.values()];
    },

    /** Finds a zone by its domain: the only public zone of that name, or else the only private one. */
    async named(aws, names) {
      const found = await Promise.all(
        names.map(async (name) => {
          const { HostedZones = [] } = await aws.route53(new r53.ListHostedZonesByNameCommand({ DNSName: plainName(name), MaxItems: 20 }));
          const all = HostedZones.filter((zone) => plainName(zone.Name!) === plainName(name));
          const open = all.filter((zone) => zone.Config?.PrivateZone !== true);
          const one = open.length > 0 ? open : all;
          return one.length === 1 ? [[name, idOf(one[0]!)] as const] : [];
        }),
      );
      return new Map(found.flat());
    },
  };

  async function observe(aws: Aws, id: AwsId, tags: Tags, scope: Scope): Promise<LiveZone | undefined> {
    const found = await unlessGone(aws.route53(new r53.GetHostedZoneCommand({ Id: id })));
    if (!found) return undefined;
    const { HostedZone: zone, DelegationSet, VPCs = [] } = found;
    const nameServers = DelegationSet?.NameServers?.join(", ");
    const isPublished = await unpublished.isPublished(aws, id);
    return {
      id,
      aliases: [`arn:${aws.partition}:route53:::hostedzone/${id}`],
      tags: ownTags(zone!, tags, { ...scope, region: aws.region }),
      state: isPublished ? "ready" : "pending",
      spec: {
        name: plainName(zone!.Name!),
        private: VPCs.map(({ VPCId }) => VPCId!),
        comment: zone!.Config?.Comment ?? "",
      },
      handle: null,
      outputs: {
        name: plainName(zone!.Name!),
        ...(nameServers !== undefined && { nameServers }),
        arn: `arn:${aws.partition}:route53:::hostedzone/${id}`,
      },
    };
  }

  async function tagsOfZones(aws: Aws, ids: readonly AwsId[]): Promise<Map<AwsId, Tags>> {
    const sets = await Promise.all(
      batches(ids, 10).map(async (ResourceIds) => {
        const command = new r53.ListTagsForResourcesCommand({ ResourceType: "hostedzone", ResourceIds });
        return (await unlessGone(aws.route53(command)))?.ResourceTagSets ?? (await eachTags(aws, ResourceIds));
      }),
    );
    return new Map(sets.flat().map(({ ResourceId, Tags: its }) => [ResourceId!, tagsOf(its)]));
  }

  /** Reads the tags of each zone in a call of its own, because one deleted zone fails the call for all. */
  async function eachTags(aws: Aws, ids: readonly AwsId[]) {
    if (ids.length === 1) return [];
    const answers = await Promise.all(
      ids.map((id) => unlessGone(aws.route53(new r53.ListTagsForResourcesCommand({ ResourceType: "hostedzone", ResourceIds: [id] })))),
    );
    return answers.flatMap((answer) => answer?.ResourceTagSets ?? []);
  }

  /** Writes ten tags in one call (Route 53 API, ChangeTagsForResource). */
  async function write(aws: Aws, ResourceId: AwsId, set: Tags, remove: readonly string[]): Promise<void> {
    const tag = (more: object) => aws.route53(new r53.ChangeTagsForResourceCommand({ ResourceType: "hostedzone", ResourceId, ...more }));
    for (const AddTags of batches(tagList(set), 10)) await tag({ AddTags });
    for (const RemoveTagKeys of batches(remove, 10)) await tag({ RemoveTagKeys });
  }

  async function associate(aws: Aws, HostedZoneId: AwsId, vpc: AwsId): Promise<void> {
    const { ChangeInfo } = await aws.route53(new r53.AssociateVPCWithHostedZoneCommand({ HostedZoneId, VPC: vpcOf(aws, vpc) }));
    unpublished.note(HostedZoneId, ChangeInfo);
  }
}

function vpcOf(aws: Aws, VPCId: AwsId) {
  return { VPCId, VPCRegion: aws.region as never };
}

function idOf({ Id }: Pick<AwsZone, "Id">): AwsId {
  return zoneIdOf(Id!);
}

/** The tags of a zone. If its create was interrupted before it had tags, the tags that its caller reference stands for. */
function ownTags(zone: AwsZone, tags: Tags, owner: Owner): Tags {
  return tags[ownership.resource] === undefined && tags[releasedTag] === undefined
    ? { ...tags, ...ownerIn(zone.CallerReference, owner) }
    : tags;
}
