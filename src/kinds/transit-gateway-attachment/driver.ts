import type { TransitGatewayVpcAttachment as AwsAttachment } from "@aws-sdk/client-ec2";
import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Changes, Driver, Live, Member } from "../kind.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import { idFilters, isMeant, networksOf, tagFilters } from "../shared/lookup.ts";
import type { Handle, TransitGatewayAttachment } from "./schema.ts";

type LiveAttachment = Live<TransitGatewayAttachment, Handle>;

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<TransitGatewayAttachment, Handle> {
  const described = pagesOf(ec2.DescribeTransitGatewayVpcAttachmentsCommand, (page) => page.TransitGatewayVpcAttachments);
  return {
    ...ec2Kind({ described, idFilter: "transit-gateway-attachment-id", idOf: (one) => one.TransitGatewayAttachmentId, live }),

    async create(aws, { transitGateway, vpc, subnets, ...options }, identity) {
      const { TransitGatewayVpcAttachment: made } = await aws.ec2(
        new ec2.CreateTransitGatewayVpcAttachmentCommand({
          TransitGatewayId: transitGateway,
          VpcId: vpc,
          SubnetIds: [...subnets],
          Options: optionsOf(options),
          TagSpecifications: tagSpecifications("transit-gateway-attachment", identity.tags),
        }),
        { once: true },
      );
      return made!.TransitGatewayAttachmentId!;
    },

    /** Waits first: AWS refuses a change while another one is under way. */
    async update(aws, _stage, { id }, _request, changes, run) {
      await run.wait("an earlier change of the attachment to end", 600, (now) => now === undefined || now.handle.isSettled);
      await aws.ec2(
        new ec2.ModifyTransitGatewayVpcAttachmentCommand({
          TransitGatewayAttachmentId: id,
          ...subnetsOf(changes),
          Options: optionsOf(Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change?.after]))),
        }),
      );
      await run.wait("its change", 600, (now) => now === undefined || now.handle.isSettled);
    },

    async delete(aws, { id, state }) {
      if (state === "dead" || state === "deleting") return;
      await unlessGone(aws.ec2(new ec2.DeleteTransitGatewayVpcAttachmentCommand({ TransitGatewayAttachmentId: id })));
    },

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(aws, tagFilters(tags)))
        if (isMeant({ Tags: found.Tags, OwnerId: found.VpcOwnerId }, tags, owner) && isAlive(found))
          ids.push(found.TransitGatewayAttachmentId!);
      return ids;
    },

    /** Lists the attachments of the VPCs and of the transit gateways. Attachments from other accounts belong to those accounts. */
    async within(aws, around) {
      const members = new Map<AwsId, Member>();
      const places = { "vpc-id": networksOf(around), "transit-gateway-id": [...(around.get("transitGateway") ?? [])] };
      for (const [name, ids] of Object.entries(places))
        for (const Filters of idFilters(name, ids))
          for await (const one of described(aws, Filters)) {
            const id = one.TransitGatewayAttachmentId!;
            const isOurs = one.VpcOwnerId === undefined || one.VpcOwnerId === aws.account;
            if (isOurs && isAlive(one)) members.set(id, { id, what: `attachment of ${one.VpcId} to ${one.TransitGatewayId}` });
          }
      return [...members.values()];
    },
  };
}

const switchOf = (value: boolean) => (value ? "enable" : "disable") as "enable" | "disable";

function optionsOf(of: Partial<TransitGatewayAttachment>) {
  return {
    ...(of.applianceModeSupport === undefined ? {} : { ApplianceModeSupport: switchOf(of.applianceModeSupport) }),
    ...(of.dnsSupport === undefined ? {} : { DnsSupport: switchOf(of.dnsSupport) }),
    ...(of.ipv6Support === undefined ? {} : { Ipv6Support: switchOf(of.ipv6Support) }),
    ...(of.securityGroupReferencingSupport === undefined
      ? {}
      : { SecurityGroupReferencingSupport: switchOf(of.securityGroupReferencingSupport) }),
  };
}

/** Returns the change of subnets for one call, so that a zone whose subnet changes is always served. */
function subnetsOf({ subnets: change }: Changes<TransitGatewayAttachment>) {
  const { before = [], after = [] } = change ?? {};
  const [added, removed] = [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))];
  return { ...(added.length > 0 && { AddSubnetIds: added }), ...(removed.length > 0 && { RemoveSubnetIds: removed }) };
}

function isAlive({ State }: AwsAttachment): boolean {
  return !["deleted", "deleting", "rejected", "rejecting", "failed"].includes(State ?? "");
}

function live(found: AwsAttachment): LiveAttachment {
  const { Options: options = {}, State: state = "" } = found;
  const is = (value: string | undefined) => value === "enable";
  return {
    id: found.TransitGatewayAttachmentId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.VpcOwnerId === undefined ? {} : { owner: found.VpcOwnerId }),
    state: stateOf(state),
    isUnderWay: state === "modifying" || stateOf(state) === "pending",
    spec: {
      transitGateway: found.TransitGatewayId!,
      vpc: found.VpcId!,
      subnets: found.SubnetIds ?? [],
      applianceModeSupport: is(options.ApplianceModeSupport),
      dnsSupport: is(options.DnsSupport),
      ipv6Support: is(options.Ipv6Support),
      securityGroupReferencingSupport: is(options.SecurityGroupReferencingSupport),
    },
    handle: { isSettled: state !== "modifying" && stateOf(state) === "ready" },
    outputs: { state },
    ...(state === "pendingAcceptance"
      ? { notes: [`the owner of ${found.TransitGatewayId} must accept it (aws ec2 accept-transit-gateway-vpc-attachment)`] }
      : {}),
  };
}

function stateOf(state: string): Live["state"] {
  if (state === "deleted" || state === "rejected") return "dead";
  if (state === "deleting" || state === "rejecting") return "deleting";
  if (state === "failed" || state === "failing") return { failed: "AWS could not attach the VPC" };
  return ["available", "modifying", "pendingAcceptance"].includes(state) ? "ready" : "pending";
}
