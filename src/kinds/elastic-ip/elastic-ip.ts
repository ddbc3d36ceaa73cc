import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import type { Address, Authored, AwsId, Blocker, Driver, Kind, Live, Member, ResourceIndex, Slot, Spec, Subject } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import { idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { gatewaysOf, refKey } from "../shared/network/network-index.ts";
import { beyondLimit, ifAllowed } from "../shared/instances/preflight.ts";
import { elasticIpSlot } from "../shared/slots.ts";
import { check } from "./check.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import { holderOf, isOnOurInterface, putOn, read, takeOff } from "./hold.ts";
import { network } from "./network.ts";
import { first, isDeclared, placeOf, vpcOf } from "./place.ts";
import { type ElasticIp, type Handle, schema } from "./schema.ts";
import type { Address as AwsAddress } from "@aws-sdk/client-ec2";
import { ec2Index } from "../shared/ec2-index.ts";

export const elasticIp: Kind<ElasticIp, Handle> = {
  name: "elasticIp",
  section: "elasticIps",
  file: "network",
  idPrefix: "eipalloc-",
  doc: "A static public IPv4 address.",
  wanted: ["publicIp"],
  outputs: { publicIp: "The public IPv4 address." },
  foreign,
  schema,
  fields: {
    instance: {
      change: "update",
      whileGone: "free",
      outlives: true,
      because: "the address moves from one instance to the other",
      becauseUnset: "it is associated with no instance",
      urgency: "traffic",
    },
    networkInterface: {
      change: "update",
      whileGone: "free",
      outlives: true,
      because: "the address moves from one interface to the other",
      urgency: "traffic",
    },
    privateIpAddress: { change: "update", urgency: "traffic" },
    networkBorderGroup: { change: "replace", because: "an address belongs to the network border group from which it was allocated" },
  },
  stages: [{ name: "create" }, { name: "association", fields: ["instance", "networkInterface", "privateIpAddress"], renewed: true }],
  create: "tag-lookup",
  replace: "create-first",
  dataLoss: "address",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("elastic-ip"),
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"],
    write: [
      "ec2:DescribeAccountAttributes",
      "ec2:AllocateAddress",
      "ec2:ReleaseAddress",
      "ec2:AssociateAddress",
      "ec2:DisassociateAddress",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DisassociateAddress", "ec2:ReleaseAddress"],
    onlyFor: {
      "ec2:AssociateAddress": ["instance", "networkInterface"],
      "ec2:DescribeNetworkInterfaces": ["networkInterface"],
      "ec2:DisassociateAddress": ["instance", "networkInterface"],
    },
    access: {
      "ec2:AllocateAddress": { made: ["elastic-ip/*"] },
      "ec2:AssociateAddress": { ours: ["elastic-ip/*"], free: ["instance/*", "network-interface/*"] },
      "ec2:DisassociateAddress": { ours: ["elastic-ip/*"], free: ["instance/*", "network-interface/*"] },
    },
  },
  after: gatewaysBefore,
  slots,
  check,
  network,
  authored,
  goesWithUsers: true,
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** An associated address serves nothing else, and a private address takes no second one (EC2 API, AssociateAddress). */
function slots({ address, spec }: Subject<Partial<ElasticIp>>, index: ResourceIndex): readonly Slot[] {
  const isOnInterface = spec.networkInterface !== undefined && isDeclared(spec.networkInterface, index);
  const field = isOnInterface ? "networkInterface" : "instance";
  const target = spec[field];
  if (target === undefined) return [];
  const holder = refKey(target);
  const value = placeOf(spec, index.get(holder));
  const what = `the Elastic IP of ${value === first ? holder : `${value} on ${holder}`}`;
  return [elasticIpSlot(address, field), { space: `Elastic IPs of ${holder}`, value, path: field, what, of: [holder] }];
}

/**
 * An address reaches an instance only through the internet gateway of its VPC, and AWS keeps the gateway as long as the address is in use.
 */
function gatewaysBefore(self: Subject<ElasticIp>, index: ResourceIndex): readonly Address[] {
  const vpc = vpcOf(self.spec, index);
  return vpc === undefined ? [] : gatewaysOf(index, vpc).map((gateway) => gateway.address);
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/**
 * An Elastic IP as an author writes it: on an instance, only the instance is named. The interface is named only where the import also takes
 * it as a separate object.
 */
function authored(spec: Partial<ElasticIp>, _live: unknown, specOf: (id: AwsId, kind?: string) => Spec | undefined): Authored<ElasticIp> {
  const plain = /^([a-z]{2}|eusc)(-[a-z]+)+-\d$/.test(spec.networkBorderGroup ?? "") ? omit(spec, ["networkBorderGroup"]) : spec;
  const onInterface = specOf(spec.networkInterface ?? "", "networkInterface");
  const onMachine = specOf(spec.instance ?? "", "instance");
  const own = onInterface ? (onInterface["privateIpAddresses"] as readonly string[] | undefined)?.[0] : onMachine?.["privateIpAddress"];
  const isFirst = own === undefined || own === spec.privateIpAddress;
  return { spec: omit(plain, [onInterface ? "instance" : "networkInterface", ...(isFirst ? (["privateIpAddress"] as const) : [])]) };
}

function driver(ec2: Sdk): Driver<ElasticIp, Handle> {
  return {
    async *list(aws, scope) {
      const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters: environmentFilter(scope) }));
      for (const found of Addresses) yield live(aws, found);
    },

    async get(aws, ids) {
      const lives = new Map<string, Live<ElasticIp, Handle>>();
      for (const Filters of idFilters("allocation-id", ids)) {
        const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters }));
        for (const found of Addresses) lives.set(found.AllocationId!, live(aws, found));
      }
      return lives;
    },

    /** Addresses on instances. The address of a NAT gateway is found through the gateway's reference. */
    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("instance-id", [...(found.get("instance") ?? [])])) {
        const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters }));
        for (const one of Addresses) members.push({ id: one.AllocationId!, what: `Elastic IP ${one.PublicIp} of ${one.InstanceId}` });
      }
      return members;
    },

    async create(aws, request, identity) {
      const made = await aws.ec2(
        new ec2.AllocateAddressCommand({
          Domain: "vpc",
          ...(request.networkBorderGroup ? { NetworkBorderGroup: request.networkBorderGroup } : {}),
          TagSpecifications: tagSpecifications("elastic-ip", identity.tags),
        }),
        { once: true },
      );
      return made.AllocationId!;
    },

    initialState: () => ({
      spec: { instance: undefined, networkInterface: undefined, privateIpAddress: undefined },
      handle: { publicIp: "" },
    }),

    async update(aws, _stage, live, request) {
      if (request.instance === undefined && request.networkInterface === undefined) return; // any holder may keep it
      const { association, instance, interface: card, privateIp } = live.handle;
      const isThere = request.networkInterface === undefined ? instance === request.instance : card === request.networkInterface;
      const isAt = request.privateIpAddress === undefined || privateIp === request.privateIpAddress;
      if (association && isThere && isAt) return;
      if (association) await takeOff(ec2, aws, live);
      await putOn(ec2, aws, live.id, request);
    },

    async delete(aws, live) {
      if (live.handle.association && (live.handle.instance || (await isOnOurInterface(ec2, aws, live)))) await takeOff(ec2, aws, live);
      const elsewhere =
        live.handle.borderGroup && live.handle.borderGroup !== aws.region ? { NetworkBorderGroup: live.handle.borderGroup } : {};
      await aws.ec2(new ec2.ReleaseAddressCommand({ AllocationId: live.id, ...elsewhere })).catch(async (error) => {
        if (!isNotFound(error)) throw error;
        // AWS also says "not found" for a wrong border group. The address is gone only when no list has it any more.
        if (await read(ec2, aws, live.id)) throw error;
      });
    },

    tag: ec2Tagging,

    async blockers(aws, lives) {
      const blockers = new Map<AwsId, Blocker[]>();
      const ids = lives.map(({ id }) => id);
      for (const Filters of idFilters("allocation-id", ids)) {
        const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters }));
        for (const now of Addresses) {
          if (!now.AssociationId) continue;
          const holder = now.InstanceId ? { holder: now.InstanceId } : {};
          blockers.set(now.AllocationId!, [{ id: now.NetworkInterfaceId ?? now.AssociationId, what: holderOf(now), ...holder }]);
        }
      }
      return blockers;
    },

    async preflight(aws, planned, { thorough }) {
      const unchecked: string[] = [];
      if (!thorough) return { problems: [], unchecked };
      const attribute = "vpc-max-elastic-ips";
      const ask = aws.ec2(new ec2.DescribeAccountAttributesCommand({ AttributeNames: [attribute as "default-vpc"] })); // the enum of the SDK lacks this name
      const limits = await ifAllowed(ask, "the limit of Elastic IPs", unchecked);
      const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({}));
      const value = limits?.AccountAttributes?.find(({ AttributeName }) => AttributeName === attribute)?.AttributeValues?.[0]
        ?.AttributeValue;
      const most = value === undefined ? undefined : Number(value);
      return { problems: beyondLimit(planned, { used: Addresses.length, most }, "Elastic IPs"), unchecked };
    },

    async find(aws, tags, owner = aws.account) {
      const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters: tagFilters(tags) }));
      return Addresses.filter((found) => owner === aws.account && isMeant(found, tags, owner)).map((found) => found.AllocationId!);
    },
  };
}

function live(aws: Aws, found: AwsAddress): Live<ElasticIp, Handle> {
  const instance = found.InstanceId || undefined; // "" when the address is on a NAT gateway or has no holder
  return {
    id: found.AllocationId!,
    aliases: [found.PublicIp!],
    tags: tagsOf(found.Tags),
    owner: aws.account, // EC2 lists the account's own addresses only
    state: "ready",
    spec: {
      instance,
      networkInterface: found.NetworkInterfaceId || undefined,
      privateIpAddress: found.PrivateIpAddress || undefined,
      ...(found.NetworkBorderGroup ? { networkBorderGroup: found.NetworkBorderGroup } : {}),
    },
    handle: {
      publicIp: found.PublicIp!,
      borderGroup: found.NetworkBorderGroup,
      association: found.AssociationId || undefined,
      instance,
      interface: found.NetworkInterfaceId,
      privateIp: found.PrivateIpAddress,
    },
    outputs: { publicIp: found.PublicIp ?? "", ...(instance ? { instance } : {}) },
  };
}
