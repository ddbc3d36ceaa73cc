import type { Aws } from "../../aws/aws.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter } from "../../resource/ownership.ts";
import type { AwsId, Driver, Member, Slot } from "../kind.ts";
import { foreignAddresses } from "../shared/network/foreign-addresses.ts";
import { privateAddressSlot } from "../shared/slots.ts";
import { setAddresses } from "../shared/network/interface-addresses.ts";
import { idFilters, isMeant, networksOf, tagFilters, type Filter } from "../shared/lookup.ts";
import { live, type Handle, type InterfaceLive } from "./live.ts";
import type { NetworkInterface } from "./schema.ts";
import { unlessGone } from "../../aws/eventual.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export function driver(ec2: Sdk): Driver<NetworkInterface, Handle> {
  return {
    async *list(aws, scope) {
      for await (const found of described(ec2, aws, environmentFilter(scope))) yield live(aws, found);
    },

    async get(aws, ids) {
      const lives = new Map<AwsId, InterfaceLive>();
      for (const filters of idFilters("network-interface-id", ids))
        for await (const found of described(ec2, aws, filters)) lives.set(found.NetworkInterfaceId!, live(aws, found));
      return lives;
    },

    preflight: (aws, planned, around) => foreignAddresses(aws, planned, around, addressSlots),
    preflightChanges: (aws, changing, around) => foreignAddresses(aws, changing, around, addressSlots),

    async create(aws, request, identity) {
      const { NetworkInterface: made } = await aws.ec2(
        new ec2.CreateNetworkInterfaceCommand({
          SubnetId: request.subnet,
          ...(request.securityGroups?.length ? { Groups: request.securityGroups } : {}),
          ...(request.privateIpAddresses
            ? { PrivateIpAddresses: request.privateIpAddresses.map((PrivateIpAddress, i) => ({ PrivateIpAddress, Primary: i === 0 })) }
            : {}),
          ...(request.secondaryPrivateIpAddressCount ? { SecondaryPrivateIpAddressCount: request.secondaryPrivateIpAddressCount } : {}),
          ...(request.ipv6AddressCount === undefined ? {} : { Ipv6AddressCount: request.ipv6AddressCount }),
          ...(request.description ? { Description: request.description } : {}),
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("network-interface", identity.tags),
        }),
      );
      return made!.NetworkInterfaceId!;
    },

    /** Sends one attribute in each call (EC2 API, ModifyNetworkInterfaceAttribute). */
    async update(aws, _stage, { id: NetworkInterfaceId }, request, changes) {
      const set = (attribute: object) => aws.ec2(new ec2.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, ...attribute }));
      if (changes.securityGroups?.after?.length) await set({ Groups: [...changes.securityGroups.after] });
      if (changes.description) await set({ Description: { Value: changes.description.after ?? "" } });
      if (changes.sourceDestCheck) await set({ SourceDestCheck: { Value: changes.sourceDestCheck.after ?? true } });
      if (changes.privateIpAddresses || changes.secondaryPrivateIpAddressCount || changes.ipv6AddressCount)
        await setAddresses(ec2, aws, NetworkInterfaceId, {
          ...(changes.privateIpAddresses ? { secondary: request.privateIpAddresses?.slice(1) } : {}),
          ...(changes.secondaryPrivateIpAddressCount ? { secondaryCount: request.secondaryPrivateIpAddressCount } : {}),
          ...(changes.ipv6AddressCount ? { ipv6Count: request.ipv6AddressCount } : {}),
        });
    },

    /** Detaches the interface from an instance to which somebody else attached it. Our own instances have released it before. */
    async delete(aws, found, run) {
      const { attachment, instance } = found.handle;
      if (attachment && instance) {
        await unlessGone(aws.ec2(new ec2.DetachNetworkInterfaceCommand({ AttachmentId: attachment })));
        await run.wait(`the network interface to be detached from ${instance}`, 300, (now) => now?.handle.attachment === undefined);
      }
      await unlessGone(aws.ec2(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: found.id })));
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(ec2, aws, tagFilters(tags)))
        if (isMeant({ ...found, Tags: found.TagSet }, tags, owner)) ids.push(found.NetworkInterfaceId!);
      return ids;
    },

    /**
     * Lists interfaces that have a life of their own. Left out are those that are deleted with their instance, which are a part of it, and
     * those of AWS's services.
     */
    async within(aws, found) {
      const members: Member[] = [];
      for (const filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(ec2, aws, filters)) {
          if (one.RequesterManaged || one.Attachment?.DeleteOnTermination || (one.Attachment && !one.Attachment.InstanceId)) continue;

          const what = `network interface ${one.PrivateIpAddress} in ${one.SubnetId}${one.Description ? `, "${one.Description}"` : ""}`;
          members.push({ id: one.NetworkInterfaceId!, what });
        }
      return members;
    },
  };
}

async function* described(ec2: Sdk, aws: Aws, Filters: Filter[]) {
  for await (const page of aws.ec2.pages(ec2.DescribeNetworkInterfacesCommand, { Filters, MaxResults: 1000 }))
    yield* page.NetworkInterfaces ?? [];
}

function addressSlots({ subnet, privateIpAddresses = [] }: NetworkInterface): readonly Slot[] {
  return privateIpAddresses.map((ip, i) => privateAddressSlot(subnet, ip, `privateIpAddresses[${i}]`));
}
