import type { ModifyTransitGatewayOptions, TransitGateway as AwsGateway } from "@aws-sdk/client-ec2";
import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { Changes, Driver, Live } from "../kind.ts";
import { ec2Kind, pagesOf } from "../shared/ec2-kind.ts";
import type { Handle, TransitGateway } from "./schema.ts";
import { stateOf } from "../shared/network/transit-gateways.ts";

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<TransitGateway, Handle> {
  const described = pagesOf(ec2.DescribeTransitGatewaysCommand, (page) => page.TransitGateways);
  return {
    ...ec2Kind({
      described,
      idFilter: "transit-gateway-id",
      idOf: (one) => one.TransitGatewayId,
      live,
      isGone: (one) => live(one).state === "dead",
    }),

    async create(aws, { description, cidrBlocks = [], multicastSupport, ...request }, identity) {
      const { TransitGateway: made } = await aws.ec2(
        new ec2.CreateTransitGatewayCommand({
          ...(description ? { Description: description } : {}),
          Options: {
            ...optionsOf(request),
            ...(cidrBlocks.length > 0 ? { TransitGatewayCidrBlocks: [...cidrBlocks] } : {}),
            ...(multicastSupport === undefined ? {} : { MulticastSupport: switchOf(multicastSupport) }),
          },
          TagSpecifications: tagSpecifications("transit-gateway", identity.tags),
        }),
        { once: true },
      );
      return made!.TransitGatewayId!;
    },

    /** Waits first: AWS refuses a change while another one is under way. */
    async update(aws, _stage, { id }, _request, changes, run) {
      await run.wait("an earlier change of the gateway to end", 600, (now) => now === undefined || now.handle.isSettled);
      await aws.ec2(
        new ec2.ModifyTransitGatewayCommand({
          TransitGatewayId: id,
          ...(changes.description && { Description: changes.description.after ?? "" }),
          Options: { ...optionsOf(changed(changes)), ...blocks(changes) },
        }),
      );
      await run.wait("its change", 600, (now) => now === undefined || now.handle.isSettled);
    },

    async delete(aws, { id, state }) {
      if (state === "dead" || state === "deleting") return;
      await unlessGone(aws.ec2(new ec2.DeleteTransitGatewayCommand({ TransitGatewayId: id })));
    },
  };
}

type Options = Omit<TransitGateway, "description" | "cidrBlocks" | "multicastSupport">;

const switchOf = (value: boolean) => (value ? "enable" : "disable") as "enable" | "disable";

/** Returns the requested options in the form of the create and the modify call. */
function optionsOf({ amazonSideAsn, ...switches }: Options): ModifyTransitGatewayOptions {
  const named = {
    AutoAcceptSharedAttachments: switches.autoAcceptSharedAttachments,
    DefaultRouteTableAssociation: switches.defaultRouteTableAssociation,
    DefaultRouteTablePropagation: switches.defaultRouteTablePropagation,
    DnsSupport: switches.dnsSupport,
    VpnEcmpSupport: switches.vpnEcmpSupport,
    SecurityGroupReferencingSupport: switches.securityGroupReferencingSupport,
  };
  return {
    ...(amazonSideAsn === undefined ? {} : { AmazonSideAsn: amazonSideAsn }),
    ...Object.fromEntries(Object.entries(named).flatMap(([key, value]) => (value === undefined ? [] : [[key, switchOf(value)]]))),
  };
}

function changed(changes: Changes<TransitGateway>): Options {
  return Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change?.after])) as Options;
}

function blocks({ cidrBlocks: change }: Changes<TransitGateway>): ModifyTransitGatewayOptions {
  const { before = [], after = [] } = change ?? {};
  const [added, removed] = [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))];
  return {
    ...(added.length > 0 && { AddTransitGatewayCidrBlocks: added }),
    ...(removed.length > 0 && { RemoveTransitGatewayCidrBlocks: removed }),
  };
}

function live(found: AwsGateway): Live<TransitGateway, Handle> {
  const options = found.Options ?? {};
  const is = (value: string | undefined) => value === "enable";
  const { AssociationDefaultRouteTableId: association, PropagationDefaultRouteTableId: propagation } = options;
  return {
    id: found.TransitGatewayId!,
    aliases: found.TransitGatewayArn === undefined ? [] : [found.TransitGatewayArn],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId === undefined ? {} : { owner: found.OwnerId }),
    state: stateOf(found.State),
    isUnderWay: found.State === "pending" || found.State === "modifying",
    spec: {
      description: found.Description ?? "",
      ...(options.AmazonSideAsn === undefined ? {} : { amazonSideAsn: Number(options.AmazonSideAsn) }),
      cidrBlocks: options.TransitGatewayCidrBlocks ?? [],
      defaultRouteTableAssociation: is(options.DefaultRouteTableAssociation),
      defaultRouteTablePropagation: is(options.DefaultRouteTablePropagation),
      dnsSupport: is(options.DnsSupport),
      vpnEcmpSupport: is(options.VpnEcmpSupport),
      securityGroupReferencingSupport: is(options.SecurityGroupReferencingSupport),
      autoAcceptSharedAttachments: is(options.AutoAcceptSharedAttachments),
      multicastSupport: is(options.MulticastSupport),
    },
    handle: { isSettled: found.State === "available" },
    outputs: {
      ...(found.TransitGatewayArn === undefined ? {} : { arn: found.TransitGatewayArn }),
      ...(association === undefined ? {} : { associationDefaultRouteTable: association }),
      ...(propagation === undefined ? {} : { propagationDefaultRouteTable: propagation }),
    },
    ...(found.CreationTime === undefined ? {} : { createdAt: new Date(found.CreationTime).toISOString() }),
  };
}
