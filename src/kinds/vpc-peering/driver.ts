import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, ownership, addressOfTag } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, CreateIdentity, Driver, Live, Member } from "../kind.ts";
import { idFilters, isMeant, networksOf, tagFilters } from "../shared/lookup.ts";
import { isEnded, isStanding, live, type Handle } from "./live.ts";
import type { VpcPeering } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export function driver(ec2: Sdk): Driver<VpcPeering, Handle> {
  return {
    async *list(aws, scope) {
      for await (const found of described(ec2, aws, environmentFilter(scope))) yield live(found, aws);
    },

    get: (aws, ids) => read(ec2, aws, ids),

    async create(aws, request, identity) {
      if (typeof request.accept === "string") return takeRequest(ec2, aws, request.accept, request.vpc, identity);
      const { VpcPeeringConnection: made } = await aws.ec2(
        new ec2.CreateVpcPeeringConnectionCommand({
          VpcId: request.vpc,
          PeerVpcId: request.peerVpc!,
          ...(request.peerOwner === undefined ? {} : { PeerOwnerId: request.peerOwner }),
          ...(request.peerRegion === undefined ? {} : { PeerRegion: request.peerRegion }),
          TagSpecifications: tagSpecifications("vpc-peering-connection", identity.tags),
        }),
        { once: true },
      );
      return made!.VpcPeeringConnectionId!;
    },

    async update(aws, _stage, { id, handle }, request, changes, run) {
      if (changes.accept) {
        await accept(ec2, aws, id);
        await run.wait(
          "the connection to be active",
          300,
          (now) => now === undefined || now.handle.status === "active" || isEnded(now.handle.status),
        );
      }
      // AWS returns and accepts options only for an active connection, so one that was just accepted has none yet.
      const resolves = changes.dnsResolution?.after ?? (changes.accept && request.dnsResolution === true ? true : undefined);
      if (resolves === undefined) return;
      const option = { AllowDnsResolutionFromRemoteVpc: resolves };
      await aws.ec2(
        new ec2.ModifyVpcPeeringConnectionOptionsCommand({
          VpcPeeringConnectionId: id,
          ...(handle.sides.includes("requester") ? { RequesterPeeringConnectionOptions: option } : {}),
          ...(handle.sides.includes("accepter") ? { AccepterPeeringConnectionOptions: option } : {}),
        }),
      );
      await run.wait("its options", 180, (now) => now === undefined || now.handle.dns.every((one) => one === resolves));
    },

    /** Deletes a connection. One that has ended by itself cannot be deleted and stays listed for hours; removing our tags releases it. */
    async delete(aws, one) {
      const VpcPeeringConnectionId = one.id;
      if (isEnded(one.handle.status)) return ec2Tagging(aws, one, {}, Object.values(ownership));
      await aws.ec2(new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId })).catch((error) => {
        if (!isNotFound(error) && !hasCode(error, "InvalidStateTransition")) throw error;
      });
    },

    tag: ec2Tagging,

    /** Lists connections of both sides: EC2 has a filter for each (EC2 API, DescribeVpcPeeringConnections). */
    async within(aws, found) {
      const members = new Map<AwsId, Member>();
      for (const side of ["requester", "accepter"])
        for (const Filters of idFilters(`${side}-vpc-info.vpc-id`, networksOf(found)))
          for await (const one of described(ec2, aws, Filters)) {
            const id = one.VpcPeeringConnectionId!;
            const what = `peering of ${one.RequesterVpcInfo?.VpcId} and ${one.AccepterVpcInfo?.VpcId}`;
            if (isStanding(one.Status?.Code ?? "")) members.set(id, { id, what });
          }
      return [...members.values()];
    },

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const found of described(ec2, aws, tagFilters(tags)))
        if (isMeant(found, tags, owner) && isStanding(found.Status?.Code ?? "")) ids.push(found.VpcPeeringConnectionId!);
      return ids;
    },
  };
}

async function* described(ec2: Sdk, aws: Aws, Filters: { Name: string; Values: string[] }[]) {
  for await (const page of aws.ec2.pages(ec2.DescribeVpcPeeringConnectionsCommand, { Filters, MaxResults: 1000 }))
    yield* page.VpcPeeringConnections ?? [];
}

async function read(ec2: Sdk, aws: Aws, ids: readonly AwsId[]): Promise<ReadonlyMap<AwsId, Live<VpcPeering, Handle>>> {
  const lives = new Map<AwsId, Live<VpcPeering, Handle>>();
  for (const Filters of idFilters("vpc-peering-connection-id", ids))
    for await (const found of described(ec2, aws, Filters)) lives.set(found.VpcPeeringConnectionId!, live(found, aws));
  return lives;
}

/** Takes over a foreign request: tags it, so that it is found again. It is accepted afterwards. */
async function takeRequest(ec2: Sdk, aws: Aws, id: AwsId, vpc: AwsId, identity: CreateIdentity): Promise<AwsId> {
  const found = (await read(ec2, aws, [id])).get(id);
  if (!found || found.state === "dead" || found.state === "deleting")
    throw new Refusal(`there is no peering request ${id} in ${aws.region} for account ${aws.account}`);
  if (found.handle.sides.join() !== "accepter")
    throw new Refusal(`the request ${id} does not come from another account or region`, {
      hint: "declare the peering connection with `vpc` and `peerVpc` instead",
    });
  if (found.spec.vpc !== vpc) throw new Refusal(`the request ${id} is for ${found.spec.vpc}, not for ${vpc}`);
  if (isEnded(found.handle.status)) throw new Refusal(`the request ${id} is ${found.handle.status}; ask its requester for a new one`);
  const holder = found.tags[ownership.resource];
  if (holder !== undefined && holder !== identity.tags[ownership.resource])
    throw new Refusal(`${id} already belongs to ${addressOfTag(holder)}`);
  await ec2Tagging(aws, found, identity.tags, []);
  return id;
}

/** Accepts a request. It may be accepted already, by hand, or by us when the answer was lost. */
async function accept(ec2: Sdk, aws: Aws, VpcPeeringConnectionId: AwsId): Promise<void> {
  await aws.ec2(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId })).catch(async (error) => {
    const { handle } = (await read(ec2, aws, [VpcPeeringConnectionId])).get(VpcPeeringConnectionId) ?? {};
    if (handle?.status !== "active" && handle?.status !== "provisioning") throw error;
  });
}
