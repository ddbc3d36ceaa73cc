/** A network that can be walked: what the parts of resources make together. */
import type {
  AclPart,
  BlindPart,
  DoorPart,
  EndpointPart,
  FirewallPart,
  ForwardPart,
  NetworkPart,
  OfferPart,
  PartId,
  PoolPart,
  ServicePart,
  SubnetPart,
} from "../kinds/kind.ts";
import type { Address, Addresses } from "./addresses.ts";
import type { Span } from "./spans.ts";
import type { Transit } from "./transit.ts";
import type { Work } from "./work.ts";

export interface Network {
  readonly vpcs: ReadonlyMap<PartId, Vpc>;
  /** Internet gateways by the VPC to which they are attached: one at most where the environment is right. */
  readonly gateways: ReadonlyMap<PartId, readonly DoorPart[]>;
  readonly subnets: ReadonlyMap<PartId, Subnet>;
  readonly firewalls: ReadonlyMap<PartId, FirewallPart>;
  readonly endpoints: ReadonlyMap<PartId, Endpoint>;
  /** By balancer. */
  readonly forwards: ReadonlyMap<PartId, readonly ForwardPart[]>;
  readonly pools: ReadonlyMap<PartId, Pool>;
  readonly services: ReadonlyMap<PartId, ServicePart>;
  /** Services of somebody's own, which others reach from their VPCs. */
  readonly offers: ReadonlyMap<PartId, OfferPart>;
  /** Transit gateways of this environment. */
  readonly transits: ReadonlyMap<PartId, Transit>;
  readonly internet: Addresses;
  /** What passes or stops packets and is not weighed. */
  readonly blind: readonly BlindPart[];
  /** What may be computed of it. */
  readonly work: Work;
}

export interface Vpc {
  readonly id: PartId;
  /** As far as they are known. */
  readonly ranges: Addresses;
}

export interface Subnet {
  readonly id: PartId;
  readonly vpc: PartId;
  readonly zone: string;
  /** Its IPv4 network; none in a subnet of IPv6 only. */
  readonly ipv4: Addresses;
  /** Its IPv6 network; where that is not known all in which it may lie. */
  readonly ipv6: Addresses;
  readonly part: SubnetPart;
  readonly table: Table | "unread";
  /** "open": the default one that AWS makes. */
  readonly acl: AclPart | "open" | "unread";
}

export interface Table {
  /** Absent: the main table that AWS makes. */
  readonly id?: PartId;
  /** The longest prefix first. */
  readonly routes: readonly Route[];
  /** Routes to prefix lists, whose entries nobody read. */
  readonly unread: readonly Route[];
  /** What gives it routes that nobody knows. */
  readonly propagating: readonly PartId[];
  /** The VPC, where its ranges are not known. */
  readonly ofUnread?: PartId;
}

export interface Route {
  readonly range: Span<Address>;
  readonly to: string;
  /** The prefix list that holds the range, where the route names one. */
  readonly list?: PartId | undefined;
  readonly by: Way;
  readonly path?: string;
}

export type Way = DoorPart | { readonly leads: "local" | "unknown"; readonly id: PartId };

/** Something with network interfaces: AWS chooses one of the spots for each. */
export interface Endpoint {
  readonly id: PartId;
  readonly part: EndpointPart;
  readonly spots: readonly Spot[];
}

/** Where an interface can be. */
export interface Spot {
  readonly endpoint?: Endpoint | undefined;
  /** Undefined: outside of all VPCs. */
  readonly place: Subnet | "unread" | undefined;
  readonly addresses: Addresses;
  /** "unread": it may have the IPv6 addresses among them, or none. */
  readonly ipv6: "yes" | "unread";
  readonly firewalls: readonly PartId[] | "none" | "unread";
  readonly public: "yes" | "no" | "unread";
  /** It is a service that gateway endpoints lead to, at public addresses. */
  readonly service?: ServicePart;
  /** It is somebody with an endpoint to this service in a VPC of others. */
  readonly clientOf?: PartId;
  /** What makes it public, or keeps it from being so. */
  readonly publicBy?: { readonly id: PartId; readonly path?: string | undefined };
}

export interface Pool {
  readonly part: PoolPart;
  readonly targets: readonly PoolTarget[];
}

export interface PoolTarget {
  readonly endpoint: PartId;
  readonly port: number;
  /** It is written as an address, which AWS may give to this endpoint. */
  readonly isGuess?: true;
}

export type ByIs = { readonly [I in NetworkPart["is"]]: Extract<NetworkPart, { is: I }>[] };
