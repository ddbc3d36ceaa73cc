import { omit } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import type { Address as AwsAddress } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { object, optional, ref, string } from "../../resource/fields.ts";
import { beyondLimit, ifAllowed } from "../shared/preflight-machines.ts";
import type { Address, AwsId, Blocker, Driver, Kind, Live, Member, Problem, Slot, Subject, Tags, ResourceIndex } from "../kind.ts";
import { gatewaysOf, hasGateway, indexBy, refKey, vpcOfSubnet } from "../shared/network-index.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { elasticIpSlot } from "../shared/slots.ts";
import { Refusal } from "../../resource/refusal.ts";
import { drawn } from "./drawn.ts";

const schema = object({
  instance: optional(ref("instance", "The machine that it leads to. If omitted: whatever it is put on, a NAT gateway for example.")),
  networkBorderGroup: optional(
    string("The group of zones from which AWS announces it; the region's own when unwritten.", { examples: ["us-east-1-bos-1"] }),
  ),
});

export type ElasticIp = Static<typeof schema>;

/** What holds the address at the moment. */
interface Handle {
  readonly publicIp: string;
  readonly borderGroup?: string | undefined;
  readonly association?: string | undefined;
  readonly instance?: string | undefined;
  readonly interface?: string | undefined;
}

export const elasticIp: Kind<ElasticIp, Handle> = {
  name: "elasticIp",
  section: "elasticIps",
  file: "network",
  idPrefix: "eipalloc-",
  doc: "A public IPv4 address that stays the same.",
  wanted: ["publicIp"],
  outputs: { publicIp: "The address." },
  foreign,
  schema,
  fields: {
    instance: {
      change: "update",
      whileGone: "free",
      because: "the address moves from one machine to the other",
      becauseUnset: "it leads to no machine",
    },
    networkBorderGroup: { change: "replace", because: "an address belongs to the zones from which it was taken" },
  },
  stages: [{ name: "create" }, { name: "association", fields: ["instance"] }],
  create: "tag-lookup",
  replace: "create-first",
  dataLoss: "address",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "ec2:elastic-ip" },
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribeAddresses", "ec2:DescribeInstances"],
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
    onlyFor: { "ec2:AssociateAddress": ["instance"], "ec2:DisassociateAddress": ["instance"] },
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
  authored: (spec) => ({ spec: /^[a-z]{2}(-[a-z]+)+-\d$/.test(spec.networkBorderGroup ?? "") ? omit(spec, ["networkBorderGroup"]) : spec }),
  goesWithUsers: true,
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** One that leads to a machine serves nothing else, and the machine's interface takes no second one (EC2 API, AssociateAddress). */
function slots({ address, spec }: Subject<Partial<ElasticIp>>): readonly Slot[] {
  if (spec.instance === undefined) return [];
  const instance = refKey(spec.instance);
  return [
    elasticIpSlot(address, "instance"),
    { space: `Elastic IP of ${instance}`, value: instance, path: "instance", what: `the Elastic IP of ${instance}`, of: [instance] },
  ];
}

/** An address reaches a machine only through its VPC's internet gateway, and AWS keeps the gateway while it does. */
function gatewaysBefore(self: Subject<ElasticIp>, index: ResourceIndex): readonly Address[] {
  const machine = self.spec.instance === undefined ? undefined : index.get(self.spec.instance);
  const vpc = machine && vpcOfSubnet(index, machine.spec.subnet);
  return vpc === undefined ? [] : gatewaysOf(index, vpc).map((gateway) => gateway.address);
}

function check(self: Subject<ElasticIp>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [...beyondQuota(self, index.of("elasticIp"), 5, "Elastic IPs in one region")];
  const { instance } = self.spec;
  if (instance === undefined) return problems;
  const first = indexBy(index, "addresses by machine", "elasticIp", (one) => [one.spec.instance]).get(refKey(instance))![0]!;
  if (first.address !== self.address)
    problems.push({
      code: "conflict",
      summary: `${first.address} already leads to ${refKey(instance)}; its interface takes one address.`,
      path: "instance",
    });
  const vpc = vpcOfSubnet(index, index.get(instance)?.spec.subnet);
  if (vpc !== undefined && index.get(vpc) && !hasGateway(index, vpc))
    problems.push({
      code: "no-gateway",
      summary: `${instance} is in ${vpc}, which has no internet gateway.`,
      path: "instance",
      hint: "declare one under `internetGateways`",
    });
  return problems;
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

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

    /** Addresses on machines; that of a NAT gateway belongs to what the gateway refers to. */
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

    initialState: () => ({ spec: { instance: undefined }, handle: { publicIp: "" } }),

    async update(aws, _stage, live, request) {
      if (request.instance === undefined) return; // whatever holds it may keep it
      if (live.handle.association && live.handle.instance === request.instance) return;
      if (live.handle.association) await takeOff(ec2, aws, live);
      await putOn(ec2, aws, live.id, request.instance);
    },

    async delete(aws, live) {
      if (live.handle.association && live.handle.instance) await takeOff(ec2, aws, live);
      const elsewhere =
        live.handle.borderGroup && live.handle.borderGroup !== aws.region ? { NetworkBorderGroup: live.handle.borderGroup } : {};
      await aws.ec2(new ec2.ReleaseAddressCommand({ AllocationId: live.id, ...elsewhere })).catch(async (error) => {
        if (!isNotFound(error)) throw error;
        // A wrong border group is told as "not found" too: only when no list has it any more it is gone.
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
      const ask = aws.ec2(new ec2.DescribeAccountAttributesCommand({ AttributeNames: [attribute as "default-vpc"] })); // the SDK's list is short of it
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

/** Puts a free address on a machine. It is never taken from anybody: AWS would do so unless told not to (EC2 API, AssociateAddress). */
async function putOn(ec2: Sdk, aws: Aws, AllocationId: string, InstanceId: string): Promise<void> {
  await aws.ec2(new ec2.AssociateAddressCommand({ AllocationId, InstanceId, AllowReassociation: false })).catch(async (error) => {
    if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
    const now = await read(ec2, aws, AllocationId);
    if (now?.InstanceId === InstanceId) return;
    throw now?.AssociationId
      ? new Refusal(`${now.PublicIp} is held by ${holderOf(now)}; take it off there first`, { cause: error })
      : error;
  });
}

/** Takes the address off a machine of ours; what others hold is theirs. */
async function takeOff(ec2: Sdk, aws: Aws, live: Live<ElasticIp, Handle>): Promise<void> {
  const { instance, association, publicIp } = live.handle;
  if (!instance)
    throw new Refusal(
      `${publicIp} is held by network interface ${live.handle.interface ?? association}, which is no machine of this environment; take it off there first`,
    );
  const holder = await tagsOfInstance(ec2, aws, instance);
  if (holder && !isSibling(holder, live.tags))
    throw new Refusal(`${publicIp} is held by instance ${instance}, which is not of this environment; take it off there first`);
  await aws.ec2(new ec2.DisassociateAddressCommand({ AssociationId: association! })).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
}

/** Of the same environment, and not started by a service that copies tags to what it makes. */
function isSibling(holder: Tags, ours: Tags): boolean {
  const isSame = [ownership.project, ownership.environment].every((key) => ours[key] !== undefined && holder[key] === ours[key]);
  return isSame && !Object.keys(holder).some((key) => key.startsWith("aws:"));
}

/** Undefined when the machine is on its way out: AWS frees the address then. */
async function tagsOfInstance(ec2: Sdk, aws: Aws, id: string): Promise<Tags | undefined> {
  const { Reservations = [] } = await aws.ec2(new ec2.DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [id] }] }));
  const found = Reservations.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === id);
  if (!found || found.State?.Name === "terminated" || found.State?.Name === "shutting-down") return undefined;
  return tagsOf(found.Tags);
}

async function read(ec2: Sdk, aws: Aws, id: string): Promise<AwsAddress | undefined> {
  const { Addresses = [] } = await aws.ec2(new ec2.DescribeAddressesCommand({ Filters: [{ Name: "allocation-id", Values: [id] }] }));
  return Addresses.find(({ AllocationId }) => AllocationId === id);
}

function holderOf(found: AwsAddress): string {
  if (found.InstanceId) return `instance ${found.InstanceId}`;
  const owner =
    found.NetworkInterfaceOwnerId && found.NetworkInterfaceOwnerId !== found.NetworkInterfaceId
      ? ` of ${found.NetworkInterfaceOwnerId}`
      : "";
  return `network interface ${found.NetworkInterfaceId ?? found.AssociationId}${owner}`;
}

function live(aws: Aws, found: AwsAddress): Live<ElasticIp, Handle> {
  const instance = found.InstanceId || undefined; // "" when the address is on a NAT gateway or on nothing
  return {
    id: found.AllocationId!,
    aliases: [found.PublicIp!],
    tags: tagsOf(found.Tags),
    owner: aws.account, // EC2 lists the account's own addresses only
    state: "ready",
    spec: { instance, ...(found.NetworkBorderGroup ? { networkBorderGroup: found.NetworkBorderGroup } : {}) },
    handle: {
      publicIp: found.PublicIp!,
      borderGroup: found.NetworkBorderGroup,
      association: found.AssociationId || undefined,
      instance,
      interface: found.NetworkInterfaceId,
    },
    outputs: { publicIp: found.PublicIp ?? "", ...(instance ? { instance } : {}) },
  };
}
