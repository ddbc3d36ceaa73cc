/** A network whose ways can be followed, made of the parts of resources. */
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
  /** The internet gateways by the VPC to which they are attached. A correct environment has at most one per VPC. */
  readonly gateways: ReadonlyMap<PartId, readonly DoorPart[]>;
  readonly subnets: ReadonlyMap<PartId, Subnet>;
  readonly firewalls: ReadonlyMap<PartId, FirewallPart>;
  readonly endpoints: ReadonlyMap<PartId, Endpoint>;
  /** The forwards by load balancer. */
  readonly forwards: ReadonlyMap<PartId, readonly ForwardPart[]>;
  readonly pools: ReadonlyMap<PartId, Pool>;
  readonly services: ReadonlyMap<PartId, ServicePart>;
  /** Endpoint services of this environment, which others reach from their VPCs. */
  readonly offers: ReadonlyMap<PartId, OfferPart>;
  /** Transit gateways of this environment. */
  readonly transits: ReadonlyMap<PartId, Transit>;
  readonly internet: Addresses;
  /** Things that pass or stop packets and are not considered. */
  readonly blind: readonly BlindPart[];
  /** The limit on the computing work. */
  readonly work: Work;
}

export interface Vpc {
  readonly id: PartId;
  /** The ranges of the VPC, as far as they are known. */
  readonly ranges: Addresses;
}

export interface Subnet {
  readonly id: PartId;
  readonly vpc: PartId;
  readonly zone: string;
  /** The IPv4 network; empty in a subnet with IPv6 only. */
  readonly ipv4: Addresses;
  /** The IPv6 network. If it is unknown: all addresses that may belong to it. */
  readonly ipv6: Addresses;
  readonly part: SubnetPart;
  readonly table: Table | "unread";
  /** "open": the default ACL that AWS makes. */
  readonly acl: AclPart | "open" | "unread";
}

export interface Table {
  /** Absent for the main table that AWS makes. */
  readonly id?: PartId;
  /** The routes, the longest prefix first. */
  readonly routes: readonly Route[];
  /** Routes to prefix lists whose entries were not read. */
  readonly unread: readonly Route[];
  /** The ids that propagate routes to the table. Those routes are unknown. */
  readonly propagating: readonly PartId[];
  /** The VPC, if its ranges are unknown. */
  readonly ofUnread?: PartId;
}

export interface Route {
  readonly range: Span<Address>;
  readonly to: string;
  /** The prefix list that contains the range, if the route names one. */
  readonly list?: PartId | undefined;
  readonly by: Way;
  readonly path?: string;
}

export type Way = DoorPart | { readonly leads: "local" | "unknown"; readonly id: PartId };

/** Something with network interfaces. AWS chooses one of the spots for each interface. */
export interface Endpoint {
  readonly id: PartId;
  readonly part: EndpointPart;
  readonly spots: readonly Spot[];
}

/** A place where an interface can be. */
export interface Spot {
  readonly endpoint?: Endpoint | undefined;
  /** Undefined: outside of all VPCs. */
  readonly place: Subnet | "unread" | undefined;
  readonly addresses: Addresses;
  /** "unread": it may have IPv6 addresses from `addresses`, or none. */
  readonly ipv6: "yes" | "unread";
  readonly firewalls: readonly PartId[] | "none" | "unread";
  readonly public: "yes" | "no" | "unread";
  /** Set for a service that gateway endpoints lead to, at public addresses. */
  readonly service?: ServicePart;
  /** Set for a client that has an endpoint to this service in a VPC of others. */
  readonly clientOf?: PartId;
  /** The resource that makes it public, or keeps it private. */
  readonly publicBy?: { readonly id: PartId; readonly path?: string | undefined };
}

export interface Pool {
  readonly part: PoolPart;
  readonly targets: readonly PoolTarget[];
}

export interface PoolTarget {
  readonly endpoint: PartId;
  readonly port: number;
  /** The target is written as an address, which AWS may give to this endpoint. */
  readonly isGuess?: true;
}

export type ByIs = { readonly [I in NetworkPart["is"]]: Extract<NetworkPart, { is: I }>[] };
