/**
 * VPC peering connections. The sandbox sees one account and region at a time. A request to another account or region stays unanswered; a
 * request from another exists only when a test has created it.
 */
import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult,
  VpcPeeringConnection,
  VpcPeeringConnectionStateReasonCode,
  VpcPeeringConnectionVpcInfo,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { overlap, parseIpv4 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { invalidValue, required } from "./faults.ts";
import { idKinds, isWellFormed, missing, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { vpcPeerings, vpcs, type PeerRecord, type VpcPeeringRecord, type VpcRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";

const create: Handler<CreateVpcPeeringConnectionRequest, CreateVpcPeeringConnectionResult> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const accepter = accepterOf(call, input);
  const tags = tagsToBe(input.TagSpecifications, "vpc-peering-connection");
  if (accepter.vpcId === vpc.id) throw invalidValue("The requester and accepter VPC of a peering connection must not be the same");
  const ofVpc = [...vpcPeerings(call).values()].filter((one) => isStanding(call, one) && hasVpc(one, vpc.id));
  const same = ofVpc.find((one) => hasVpc(one, accepter.vpcId));
  if (same)
    throw new AwsFault(
      "VpcPeeringConnectionAlreadyExists",
      `A VPC peering connection between ${vpc.id} and ${accepter.vpcId} already exists: ${same.id}`,
    );
  within(
    call,
    "peeringsPerVpc",
    ofVpc.length,
    "ActiveVpcPeeringConnectionPerVpcLimitExceeded",
    "The maximum number of peering connections has been reached.",
  );
  const peer = isHere(call, accepter) ? vpcs(call).get(accepter.vpcId)! : undefined;
  const made: VpcPeeringRecord = {
    id: call.id("pcx"),
    requester: { account: call.account, region: call.region, vpcId: vpc.id },
    accepter,
    createdAt: call.now,
    requesterDns: false,
    accepterDns: false,
    // AWS accepts the create call and lets the connection fail (VPC Peering Guide, "VPC peering connection lifecycle").
    ...(peer && overlaps(vpc, peer) ? { failed: true } : {}),
  };
  vpcPeerings(call).set(made.id, made);
  giveTags(call, made.id, tags["vpc-peering-connection"]);
  return { VpcPeeringConnection: describe(call, made) };
};

function accepterOf(call: Call, input: CreateVpcPeeringConnectionRequest): PeerRecord {
  const vpcId = required(input.PeerVpcId, "peerVpcId");
  const accepter = { account: input.PeerOwnerId ?? call.account, region: input.PeerRegion ?? call.region, vpcId };
  if (isHere(call, accepter)) need(call, idKinds.vpc, vpcId, "peerVpcId");
  else if (!isWellFormed(idKinds.vpc, vpcId)) throw missing(idKinds.vpc, vpcId);
  return accepter;
}

function isHere(call: Call, { account, region }: PeerRecord): boolean {
  return account === call.account && region === call.region;
}

function hasVpc({ requester, accepter }: VpcPeeringRecord, vpcId: string): boolean {
  return requester.vpcId === vpcId || accepter.vpcId === vpcId;
}

function overlaps(one: VpcRecord, other: VpcRecord): boolean {
  const ranges = ({ cidrs }: VpcRecord) => cidrs.filter(isLive).map(({ cidr }) => parseIpv4(cidr)!);
  return ranges(one).some((mine) => ranges(other).some((theirs) => overlap(mine, theirs)));
}

/**
 * Whether a connection is requested, being created or in use. Then its VPCs cannot be deleted, and
 * the pair cannot have a second connection.
 */
export function isStanding(call: Call, one: VpcPeeringRecord): boolean {
  return ["initiating-request", "pending-acceptance", "provisioning", "active"].includes(statusOf(call, one));
}

export function standsFor(call: Call, vpcId: string): boolean {
  for (const one of vpcPeerings(call).values()) if (hasVpc(one, vpcId) && isStanding(call, one)) return true;
  return false;
}

/** Whether two VPCs have an active connection, so that security groups of one may name groups of the other. */
export function arePeered(call: Call, a: string, b: string): boolean {
  return [...vpcPeerings(call).values()].some((one) => hasVpc(one, a) && hasVpc(one, b) && statusOf(call, one) === "active");
}

const week = 7 * 24 * 3_600_000;

export function statusOf(call: Call, one: VpcPeeringRecord): VpcPeeringConnectionStateReasonCode {
  if (one.deletedAt !== undefined) return call.now < one.deletedAt + timing.peeringDeleted ? "deleting" : "deleted";
  if (one.acceptedAt !== undefined) return call.now < one.acceptedAt + timing.peeringProvisioned ? "provisioning" : "active";
  if (call.now < one.createdAt + timing.peeringRequested) return "initiating-request";
  if (one.failed) return "failed";
  return call.now < one.createdAt + week ? "pending-acceptance" : "expired";
}

const accept: Handler<AcceptVpcPeeringConnectionRequest, AcceptVpcPeeringConnectionResult> = (input, call) => {
  const one = need(call, idKinds.vpcPeering, input.VpcPeeringConnectionId, "vpcPeeringConnectionId");
  if (!isHere(call, one.accepter)) throw new AwsFault("OperationNotPermitted", `User ${call.account} cannot accept peering ${one.id}`);
  const status = statusOf(call, one);
  if (status !== "pending-acceptance")
    throw new AwsFault(
      "InvalidStateTransition",
      `Invalid state transition for ${one.id}, attempted to transition from ${status} to active`,
    );
  one.acceptedAt = call.now;
  return { VpcPeeringConnection: describe(call, one) };
};

const remove: Handler<DeleteVpcPeeringConnectionRequest, DeleteVpcPeeringConnectionResult> = (input, call) => {
  const one = need(call, idKinds.vpcPeering, input.VpcPeeringConnectionId, "vpcPeeringConnectionId");
  const status = statusOf(call, one);
  if (!isStanding(call, one))
    throw new AwsFault(
      "InvalidStateTransition",
      `Invalid state transition for ${one.id}, attempted to transition from ${status} to deleting`,
    );
  one.deletedAt = call.now;
  call.later(timing.peeringForgotten, "ec2:vpcPeeringGone", { id: one.id });
  return { Return: true };
};

function gone({ id }: { readonly id?: unknown }, call: Call): void {
  vpcPeerings(call).delete(String(id));
  dropTags(call, String(id));
}

const modify: Handler<ModifyVpcPeeringConnectionOptionsRequest, ModifyVpcPeeringConnectionOptionsResult> = (input, call) => {
  const one = need(call, idKinds.vpcPeering, input.VpcPeeringConnectionId, "vpcPeeringConnectionId");
  if (statusOf(call, one) !== "active") throw new AwsFault("OperationNotPermitted", `Peering connection ${one.id} is not active`);
  const requester = input.RequesterPeeringConnectionOptions?.AllowDnsResolutionFromRemoteVpc;
  const accepter = input.AccepterPeeringConnectionOptions?.AllowDnsResolutionFromRemoteVpc;
  if (requester !== undefined) one.requesterDns = allowed(call, one, one.requester, requester);
  if (accepter !== undefined) one.accepterDns = allowed(call, one, one.accepter, accepter);
  return {
    RequesterPeeringConnectionOptions: requester === undefined ? undefined : { AllowDnsResolutionFromRemoteVpc: one.requesterDns },
    AccepterPeeringConnectionOptions: accepter === undefined ? undefined : { AllowDnsResolutionFromRemoteVpc: one.accepterDns },
  };
};

/** Checks a change of options. Each side sets only its own option, and DNS resolution needs DNS support and host names in the VPCs. */
function allowed(call: Call, one: VpcPeeringRecord, side: PeerRecord, value: boolean): boolean {
  if (!isHere(call, side))
    throw new AwsFault("OperationNotPermitted", `User ${call.account} cannot modify the options of the other side of ${one.id}`);
  const own = [one.requester, one.accepter].filter((peer) => isHere(call, peer)).map(({ vpcId }) => vpcs(call).get(vpcId));
  if (value && own.some((vpc) => vpc && !(vpc.enableDnsHostnames && vpc.enableDnsSupport)))
    throw new AwsFault("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", `DNS hostnames are disabled in a VPC of ${one.id}`);
  return value;
}

const describePeerings: Handler<DescribeVpcPeeringConnectionsRequest, DescribeVpcPeeringConnectionsResult> = (input, call) => {
  const { found, NextToken } = list<VpcPeeringRecord>(call, input, {
    records: vpcPeerings(call).values(),
    ids: { kind: idKinds.vpcPeering, given: input.VpcPeeringConnectionIds, parameter: "vpcPeeringConnectionId" },
    pages: [5, 1000],
    filters: {
      "accepter-vpc-info.owner-id": ({ accepter }) => accepter.account,
      "accepter-vpc-info.vpc-id": ({ accepter }) => accepter.vpcId,
      "requester-vpc-info.owner-id": ({ requester }) => requester.account,
      "requester-vpc-info.vpc-id": ({ requester }) => requester.vpcId,
      "status-code": (one) => statusOf(call, one),
      "vpc-peering-connection-id": (one) => one.id,
    },
  });
  return { NextToken, VpcPeeringConnections: found.map((one) => describe(call, one)) };
};

function describe(call: Call, one: VpcPeeringRecord): VpcPeeringConnection {
  const status = statusOf(call, one);
  const message = status === "failed" ? "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range" : status;
  return {
    VpcPeeringConnectionId: one.id,
    Status: { Code: status, Message: message },
    RequesterVpcInfo: sideOf(call, one.requester, status === "active", one.requesterDns),
    AccepterVpcInfo: sideOf(call, one.accepter, status === "active", one.accepterDns),
    ExpirationTime: status === "pending-acceptance" ? new Date(one.createdAt + week) : undefined,
    Tags: tagList(call, one.id),
  };
}

/** One side of a connection. AWS shows its ranges and options only while the connection is active. */
function sideOf(call: Call, { account, region, vpcId }: PeerRecord, isActive: boolean, dns: boolean): VpcPeeringConnectionVpcInfo {
  const blocks = isActive ? (vpcs(call).get(vpcId)?.cidrs.filter(isLive) ?? []) : [];
  return {
    OwnerId: account,
    Region: region,
    VpcId: vpcId,
    CidrBlock: blocks[0]?.cidr,
    CidrBlockSet: isActive ? blocks.map(({ cidr: CidrBlock }) => ({ CidrBlock })) : undefined,
    PeeringOptions: isActive
      ? {
          AllowDnsResolutionFromRemoteVpc: dns,
          AllowEgressFromLocalClassicLinkToRemoteVpc: false,
          AllowEgressFromLocalVpcToRemoteClassicLink: false,
        }
      : undefined,
  };
}

export const vpcPeeringOperations: Record<string, Handler> = {
  AcceptVpcPeeringConnection: accept,
  CreateVpcPeeringConnection: create,
  DeleteVpcPeeringConnection: remove,
  DescribeVpcPeeringConnections: describePeerings,
  ModifyVpcPeeringConnectionOptions: modify,
};

export const vpcPeeringTransitions = { vpcPeeringGone: gone };
