import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { Address, Driver, Kind, Live, Member, ResourceIndex, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { checkDefault, defaultMarks, defaultRule, isTakenOver, letGo, takeOver, takeOverGrants } from "../shared/network/defaults.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { defaultVpcs, idFilters, networksOf } from "../shared/lookup.ts";
import { refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { setEntries, setSubnets } from "./apply.ts";
import { aclsNaming, checkAcl } from "./check.ts";
import { networkAclCodes } from "./codes.ts";
import { directions, type Entries, exposures, normalEntry, observedEntries, urgencyOfEntry } from "./entry.ts";
import { network } from "./network.ts";
import { type NetworkAcl, schema } from "./schema.ts";
import type { NetworkAcl as AwsNetworkAcl } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

interface Handle {
  readonly vpc: string;
}

export const networkAcl: Kind<NetworkAcl, Handle> = {
  name: "networkAcl",
  section: "networkAcls",
  file: "network",
  madeWith: { parent: "vpc" },
  idPrefix: "acl-",
  doc: "A stateless firewall for subnets, whose entries apply in the order of their numbers.",
  codes: networkAclCodes,
  schema,
  fields: {
    vpc: { change: "replace", because: "a network ACL cannot move to another VPC" },
    default: defaultRule,
    // DeleteSubnet also deletes the association (EC2 API, DeleteSubnet: only resources with an address in the subnet block it).
    subnets: { change: "update", as: "set", passes: "moves", whileGone: "free", urgency: "traffic" },
    ingress: {
      change: "update",
      as: "map",
      passes: "grown-each",
      default: { value: {}, class: "enforced", unless: isTakenOver },
      exposes: exposures,
      urgency: urgencyOfEntry,
    },
    egress: {
      change: "update",
      as: "map",
      passes: "grown-each",
      default: { value: {}, class: "enforced", unless: isTakenOver },
      exposes: exposures,
      urgency: urgencyOfEntry,
    },
  },
  summary: ({ default: isDefault, vpc }) => ({
    line: isDefault === true ? `the default network ACL that AWS makes with ${textOf(vpc)}` : `in ${textOf(vpc)}`,
    tells: ["default", "vpc"],
  }),
  stages: [{ name: "create" }, { name: "entries", fields: ["ingress", "egress"] }, { name: "associations", fields: ["subnets"] }],
  create: "token",
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("network-acl"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeNetworkAcls"],
    write: [
      "ec2:CreateNetworkAcl",
      "ec2:DeleteNetworkAcl",
      "ec2:CreateNetworkAclEntry",
      "ec2:ReplaceNetworkAclEntry",
      "ec2:DeleteNetworkAclEntry",
      "ec2:ReplaceNetworkAclAssociation",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteNetworkAcl", "ec2:DeleteNetworkAclEntry", "ec2:ReplaceNetworkAclAssociation"],
    onlyFor: {
      "ec2:CreateNetworkAclEntry": ["ingress", "egress"],
      "ec2:ReplaceNetworkAclEntry": ["ingress", "egress"],
    },
    access: {
      "ec2:CreateNetworkAcl": { made: ["network-acl/*"], free: ["vpc/*"] },
      // The other ACL of the call is usually the VPC's default one, which AWS made.
      "ec2:ReplaceNetworkAclAssociation": { free: ["network-acl/*", "subnet/*"] },
    },
    implied: (self, _index, place) => takeOverGrants(self, "network-acl/*", place),
  },
  normalise: (spec) => ({
    ...spec,
    ...(spec.ingress && { ingress: normalised(spec.ingress) as NetworkAcl["ingress"] }),
    ...(spec.egress && { egress: normalised(spec.egress) as NetworkAcl["egress"] }),
  }),
  after: aclsThatTakeOver,
  check: (self, index) => [...checkDefault(self, index, []), ...checkAcl(self, index)],
  marks: defaultMarks,
  authored: (spec, live) =>
    live.isDefault ? { madeByAws: "the default network ACL of its VPC" } : { spec: without(spec, { default: false }) },
  network,
  drawn: ({ name, spec }) => ({ as: "fact", on: (spec.subnets ?? []).map(refKey), text: `ACL ${name}` }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function normalised(entries: Entries): Entries {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, normalEntry(entry)]));
}

/**
 * Returns the ACLs that take over subnets of this one. A subnet moves to the other ACL before this one gives it up; otherwise it would
 * follow the default ACL for a moment.
 */
function aclsThatTakeOver(self: Subject<NetworkAcl>, index: ResourceIndex, found?: Partial<NetworkAcl>): readonly Address[] {
  const leaving = (found?.subnets ?? []).filter((subnet) => !self.spec.subnets?.includes(subnet));
  return leaving.flatMap((subnet) => aclsNaming(index, subnet).map(({ address }) => address)).filter((address) => address !== self.address);
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<NetworkAcl, Handle> {
  const described = pagesOf(ec2.DescribeNetworkAclsCommand, (page) => page.NetworkAcls);
  const driver: Driver<NetworkAcl, Handle> = {
    ...ec2Kind({ described, idFilter: "network-acl-id", idOf: (one) => one.NetworkAclId, live }),

    async create(aws, request, identity) {
      if (request.default === true) {
        const found = await driver.defaults!(aws, [request.vpc]);
        return takeOver(aws, found.get(request.vpc), "network ACL", request.vpc, identity.tags);
      }
      const { NetworkAcl: made } = await aws.ec2(
        new ec2.CreateNetworkAclCommand({
          VpcId: request.vpc,
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("network-acl", identity.tags),
        }),
      );
      return made!.NetworkAclId!;
    },

    initialState: (request) =>
      request.default === true ? undefined : { spec: { subnets: [], ingress: {}, egress: {} }, handle: { vpc: request.vpc } },

    async update(aws, stage, live, request, changes, run) {
      if (stage === "entries") {
        for (const direction of directions) await setEntries(ec2, aws, live.id, direction, changes[direction]?.items);
        return;
      }
      await setSubnets(ec2, aws, { id: live.id, vpc: live.handle.vpc, tags: live.tags }, request.subnets ?? [], run);
    },

    async delete(aws, live, run) {
      if (live.isDefault) return letGo(aws, live, "network ACL", run);
      await setSubnets(ec2, aws, { id: live.id, vpc: live.handle.vpc, tags: live.tags }, [], run);
      await unlessGone(aws.ec2(new ec2.DeleteNetworkAclCommand({ NetworkAclId: live.id })));
    },

    async defaults(aws, of) {
      const lives = new Map<string, Live<NetworkAcl, Handle>>();
      for (const inNetworks of idFilters("vpc-id", of.includes("") ? await defaultVpcs(aws) : of)) {
        const Filters = [...inNetworks, { Name: "default", Values: ["true"] }];
        for await (const found of described(aws, Filters)) if (found.IsDefault) lives.set(of.includes("") ? "" : found.VpcId!, live(found));
      }
      return lives;
    },

    /** Lists the ACLs of the VPCs. Each VPC has a default ACL from the beginning. */
    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters))
          members.push({ id: one.NetworkAclId!, what: `network ACL in ${one.VpcId}`, isMadeByService: one.IsDefault ?? false });
      return members;
    },
  };
  return driver;
}

function live(found: AwsNetworkAcl): Live<NetworkAcl, Handle> {
  const entries = found.Entries ?? [];
  const subnets = (found.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
  return {
    id: found.NetworkAclId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: "ready",
    spec: {
      vpc: found.VpcId!,
      default: found.IsDefault ?? false,
      subnets,
      ingress: observedEntries(entries, "ingress") as NetworkAcl["ingress"],
      egress: observedEntries(entries, "egress") as NetworkAcl["egress"],
    },
    handle: { vpc: found.VpcId! },
    ...(found.IsDefault ? { isDefault: true } : {}),
    outputs: { vpc: found.VpcId ?? "", subnets: String(subnets.length), ...(found.IsDefault ? { default: "yes" } : {}) },
  };
}
