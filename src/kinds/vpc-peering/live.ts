/** A peering connection from EC2's answers, seen from our side. */
import type { VpcPeeringConnection } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { Live, Spec } from "../kind.ts";
import type { VpcPeering } from "./schema.ts";

type Place = Pick<Aws, "account" | "region">;

export interface Handle {
  readonly status: string;
  /** The sides that are in this account and region. */
  readonly sides: readonly ("requester" | "accepter")[];
  /** For each of these sides, whether names of the other side are resolved. */
  readonly dns: readonly boolean[];
}

/** Whether a connection has ended by itself. It stays listed for hours and cannot be deleted. */
export function isEnded(status: string): boolean {
  return status === "failed" || status === "rejected" || status === "expired";
}

/** Whether a connection is requested or in use. */
export function isStanding(status: string): boolean {
  return !isEnded(status) && status !== "deleting" && status !== "deleted";
}

export function live(found: VpcPeeringConnection, place: Place): Live<VpcPeering, Handle> {
  const status = found.Status?.Code ?? "active";
  const infos = { requester: found.RequesterVpcInfo, accepter: found.AccepterVpcInfo };
  const isHere = (side: "requester" | "accepter") =>
    (infos[side]?.OwnerId ?? place.account) === place.account && (infos[side]?.Region ?? place.region) === place.region;
  const sides = (["requester", "accepter"] as const).filter(isHere);
  const isAccepted = status === "active" || status === "provisioning";
  const own = sides[0] ?? "requester";
  const other = infos[own === "requester" ? "accepter" : "requester"];
  const dns = sides.map((side) => infos[side]?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc ?? false);
  return {
    id: found.VpcPeeringConnectionId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    state: stateOf(status, found),
    spec: {
      vpc: infos[own]!.VpcId!,
      ...(own === "requester" ? requested(other, place) : { peerVpc: undefined, peerOwner: undefined, peerRegion: undefined }),
      accept: own === "accepter" ? (isAccepted ? found.VpcPeeringConnectionId! : false) : isAccepted,
      ...(status === "active" ? { dnsResolution: dns.length > 0 && dns.every(Boolean) } : {}), // it cannot be set before
    },
    handle: { status, sides, dns },
    outputs: { status, peerVpc: other?.VpcId ?? "" },
    ...(status === "pending-acceptance" && own === "requester" && sides.length === 1
      ? { notes: [`account ${other?.OwnerId ?? "?"} must accept it in ${other?.Region ?? "its region"} ${until(found)}`] }
      : {}),
  };
}

/** Returns the other side, when we are the requester. */
function requested(other: VpcPeeringConnection["AccepterVpcInfo"], place: Place): Spec {
  return {
    peerVpc: other!.VpcId!,
    peerOwner: other?.OwnerId === place.account ? undefined : other?.OwnerId,
    peerRegion: other?.Region === place.region ? undefined : other?.Region,
  };
}

function until({ ExpirationTime }: VpcPeeringConnection): string {
  return ExpirationTime === undefined ? "within a week" : `by ${ExpirationTime.toISOString().slice(0, 10)}`;
}

/** Returns the state. A connection that has ended by itself stays listed for hours; without our tags it counts as deleted. */
function stateOf(status: string, found: VpcPeeringConnection): Live["state"] {
  if (status === "deleted") return "dead";
  if (status === "deleting") return "deleting";
  if (isEnded(status)) return ownership.resource in tagsOf(found.Tags) ? { failed: found.Status?.Message ?? status } : "dead";
  return status === "initiating-request" || status === "provisioning" ? "pending" : "ready";
}
