import type { Ec2InstanceConnectEndpoint as AwsEndpoint } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live, Member } from "../kind.ts";
import { idFilters, isMeant, networksOf, tagFilters, type Filter } from "../shared/lookup.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import type { InstanceConnectEndpoint } from "./schema.ts";

type LiveEndpoint = Live<InstanceConnectEndpoint, null>;

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<InstanceConnectEndpoint, null> {
  async function* described(aws: Aws, Filters: Filter[]) {
    for await (const page of aws.ec2.pages(ec2.DescribeInstanceConnectEndpointsCommand, { Filters, MaxResults: 50 }))
      yield* page.InstanceConnectEndpoints ?? [];
  }

  return {
    async *list(aws, scope) {
      for await (const found of described(aws, environmentFilter(scope))) yield live(found);
    },

    async get(aws, ids) {
      const lives = new Map<AwsId, LiveEndpoint>();
      for (const Filters of idFilters("instance-connect-endpoint-id", ids))
        for await (const found of described(aws, Filters)) lives.set(found.InstanceConnectEndpointId!, live(found));
      return lives;
    },

    async create(aws, request, identity) {
      const { InstanceConnectEndpoint: made } = await aws.ec2(
        new ec2.CreateInstanceConnectEndpointCommand({
          SubnetId: request.subnet,
          ...(request.securityGroups ? { SecurityGroupIds: [...request.securityGroups] } : {}),
          PreserveClientIp: request.preserveClientIp ?? false,
          ...(request.ipAddressType ? { IpAddressType: request.ipAddressType } : {}),
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("instance-connect-endpoint", identity.tags),
        }),
      );
      return made!.InstanceConnectEndpointId!;
    },

    async update(aws, _stage, one, _request, { securityGroups, preserveClientIp, ipAddressType }, run) {
      await aws.ec2(
        new ec2.ModifyInstanceConnectEndpointCommand({
          InstanceConnectEndpointId: one.id,
          ...(securityGroups?.after ? { SecurityGroupIds: [...securityGroups.after] } : {}),
          ...(preserveClientIp ? { PreserveClientIp: preserveClientIp.after ?? false } : {}),
          ...(ipAddressType?.after ? { IpAddressType: ipAddressType.after } : {}),
        }),
      );
      await run.wait("the endpoint to be changed", 900, (now) => now === undefined || now.state === "ready");
    },

    async delete(aws, { id: InstanceConnectEndpointId, state }) {
      if (state === "dead" || state === "deleting") return;
      await aws.ec2(new ec2.DeleteInstanceConnectEndpointCommand({ InstanceConnectEndpointId })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: ec2Tagging,

    /** A VPC can have one endpoint, whoever made it. */
    preflight: (aws, planned, around) =>
      heldByForeign(
        planned.map((one) => ({ ...one, request: { vpc: String(around.spec(one.request.subnet)?.["vpc"] ?? "") } })),
        around,
        "whether VPCs already have an Instance Connect endpoint",
        async (networks) => {
          const there: { network: string; id: string; found: null }[] = [];
          for await (const found of described(aws, [{ Name: "vpc-id", Values: [...networks] }]))
            if (isThere(found)) there.push({ network: found.VpcId!, id: found.InstanceConnectEndpointId!, found: null });
          return there;
        },
        () => ({ path: "subnet", text: "the VPC can have only one Instance Connect endpoint, and already has" }),
      ),

    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const one of described(aws, Filters))
          if (isThere(one))
            members.push({ id: one.InstanceConnectEndpointId!, what: `Instance Connect endpoint in ${one.SubnetId} of ${one.VpcId}` });
      return members;
    },

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(aws, tagFilters(tags)))
        if (isMeant(found, tags, owner) && isThere(found)) ids.push(found.InstanceConnectEndpointId!);
      return ids;
    },
  };
}

function isThere({ State }: AwsEndpoint): boolean {
  return !String(State ?? "").startsWith("delete") && State !== "create-failed";
}

/** An endpoint whose creation failed stays listed until it is deleted (EC2 API, Ec2InstanceConnectEndpoint). */
function live(found: AwsEndpoint): LiveEndpoint {
  return {
    id: found.InstanceConnectEndpointId!,
    aliases: [...(found.InstanceConnectEndpointArn ? [found.InstanceConnectEndpointArn] : []), ...(found.NetworkInterfaceIds ?? [])],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: stateOf(found),
    spec: {
      ...(found.SubnetId ? { subnet: found.SubnetId } : {}),
      securityGroups: [...(found.SecurityGroupIds ?? [])],
      preserveClientIp: found.PreserveClientIp ?? false,
      ...(found.IpAddressType ? { ipAddressType: found.IpAddressType } : {}),
    },
    handle: null,
    outputs: { dnsName: found.DnsName ?? "", vpc: found.VpcId ?? "" },
    ...(found.CreatedAt ? { createdAt: found.CreatedAt.toISOString() } : {}),
    ...(found.State === "update-failed" || found.State === "delete-failed"
      ? { notes: [`its last change failed: ${found.StateMessage ?? found.State}`] }
      : {}),
  };
}

function stateOf({ State, StateMessage }: AwsEndpoint): Live["state"] {
  if (State === "create-in-progress" || State === "update-in-progress") return "pending";
  if (State === "create-failed") return { failed: StateMessage ?? "AWS could not create it" };
  if (State === "delete-in-progress") return "deleting";
  return State === "delete-complete" ? "dead" : "ready";
}
