/**
 * The parts of a resource in the network model, which answers who can reach whom. They are plain data and know nothing about AWS's API. The
 * parts of all resources together make a network, which src/reach/ evaluates.
 */

/** The value by which other parts refer to it: an address, an AWS id, or the text of a look-up. */
export type PartId = string;

export type NetworkPart =
  | VpcPart
  | SubnetPart
  | RouteTablePart
  | AclPart
  | FirewallPart
  | DoorPart
  | EndpointPart
  | PublicAddressPart
  | PoolPart
  | MemberPart
  | ForwardPart
  | ServicePart
  | OfferPart
  | AttachmentPart
  | TransitTablePart
  | ListPart
  | BlindPart;

/** Something that passes or filters packets and that src/reach/ does not evaluate. An answer that depends on it stays open. */
export interface BlindPart {
  readonly is: "blind";
  readonly id: PartId;
  /** The text after "not considered: ". */
  readonly what: string;
  /** "more": it can only let more traffic pass. "either": it may also stop traffic that seems to pass. */
  readonly lets: "more" | "either";
}

export interface VpcPart {
  readonly is: "vpc";
  readonly id: PartId;
  /** Ranges of both families, IPv4 and IPv6. */
  readonly ranges: readonly string[];
  /** It has, or will have, an IPv6 range that AWS picks and nobody knows yet. */
  readonly ipv6?: "unread";
}

export interface SubnetPart {
  readonly is: "subnet";
  readonly id: PartId;
  readonly vpc: PartId;
  /** Absent in an IPv6-only subnet. */
  readonly range?: string;
  /** Its IPv6 network. "unread": it has one, out of a range that nobody knows yet. Absent: it has none. */
  readonly ipv6Range?: string;
  readonly zone: string;
  /** Whether interfaces get an IPv6 address when they do not say. */
  readonly givesIpv6?: boolean;
  /** Whether instances get a public address when they do not say. */
  readonly givesPublic: boolean;
  /** The field that says whether instances get one. */
  readonly path?: string;
}

export interface RouteTablePart {
  readonly is: "table";
  readonly id: PartId;
  readonly vpc: PartId;
  /** Whether it is the main table: subnets that no table names follow it. */
  readonly main: boolean;
  readonly subnets: readonly PartId[];
  /** The routes, without those inside the VPC, which every table has. `to` may be a prefix list. */
  readonly routes: readonly { readonly to: string; readonly by: PartId; readonly path: string }[];
  /**
   * Gateways that add routes to the table by themselves, to networks that nobody knows. They add none to public addresses to which a route
   * is written.
   */
  readonly propagating?: readonly PartId[];
}

/** Some traffic. `from` and `to` are destination ports, or ICMP's type and code. -1 stands for all. */
export interface Traffic {
  /** "tcp", "udp", "icmp", "icmpv6", "all", or the number of another protocol. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** A network ACL. Its entries are in the order of their numbers. */
export interface AclPart {
  readonly is: "acl";
  readonly id: PartId;
  /** The VPC of which it is the default ACL: subnets that no ACL names follow it. */
  readonly defaultOf?: PartId;
  readonly subnets: readonly PartId[];
  readonly ingress: readonly AclEntry[];
  readonly egress: readonly AclEntry[];
}

export interface AclEntry extends Traffic {
  readonly allows: boolean;
  readonly peer: string;
  readonly path: string;
}

/** A security group. */
export interface FirewallPart {
  readonly is: "firewall";
  readonly id: PartId;
  /** The VPC of which it is the default group: interfaces that name no group have it. */
  readonly defaultOf?: PartId;
  readonly ingress: readonly Opening[];
  readonly egress: readonly Opening[];
}

export interface Opening extends Traffic {
  /** "unread": the id of a prefix list, or a description in words. Where the networks of a list are known, they count. */
  readonly peer: { readonly range: string } | { readonly firewall: PartId } | { readonly unread: string };
  /** The prefix list that holds the range, where the rule names one. */
  readonly list?: PartId;
  readonly path: string;
}

/** A way out of VPCs that routes lead to. If the target of a route is no door, nobody knows where the route leads. */
export type DoorPart =
  | { readonly is: "door"; readonly id: PartId; readonly leads: "internet"; readonly vpc: PartId }
  /** To the internet over IPv6. Only answers come back in. */
  | { readonly is: "door"; readonly id: PartId; readonly leads: "outwards"; readonly vpc: PartId }
  | { readonly is: "door"; readonly id: PartId; readonly leads: "nat"; readonly subnet: PartId; readonly address?: string | undefined }
  /** One NAT gateway for all zones of a VPC, in no subnet. `unsureFrom`: subnets in zones for which it has no address of its own. */
  | { readonly is: "door"; readonly id: PartId; readonly leads: "nat"; readonly vpc: PartId; readonly unsureFrom?: readonly PartId[] }
  | { readonly is: "door"; readonly id: PartId; readonly leads: "peer"; readonly vpcs: readonly [PartId, PartId] }
  | TransitDoorPart;

/** A transit gateway. It leads to the attached VPCs, as its route tables say. */
export interface TransitDoorPart {
  readonly is: "door";
  readonly id: PartId;
  readonly leads: "transit";
  /** Whether attachments follow its default table automatically. */
  readonly associates: boolean;
  /** Whether attachments add routes to their networks to the default table automatically. */
  readonly propagates: boolean;
  /** Whether security groups may name groups of other attached VPCs. */
  readonly sharesGroups: boolean;
}

/** The attachment of a VPC to a transit gateway. */
export interface AttachmentPart {
  readonly is: "attachment";
  readonly id: PartId;
  readonly gateway: PartId;
  readonly vpc: PartId;
  /** The subnets in which the gateway has its interfaces, one in each zone. */
  readonly subnets: readonly PartId[];
  /** Traffic into the VPC may come through any of these subnets, not only through the one in the zone in which it begins. */
  readonly anyZone: boolean;
  readonly ipv6: boolean;
  readonly sharesGroups: boolean;
  /** The attachment exists, so the tables that were read say which of them it follows. */
  readonly isSettled: boolean;
}

export interface TransitTablePart {
  readonly is: "transit-table";
  readonly id: PartId;
  readonly gateway: PartId;
  /** AWS made the table together with the gateway. */
  readonly isDefault?: true;
  /** The attachments that follow the table. "as-made": as the settings of the gateway say. */
  readonly associations: readonly PartId[] | "as-made";
  /** The attachments to whose networks the table has routes. "as-made": as the settings of the gateway say. */
  readonly propagations: readonly PartId[] | "as-made";
  /** Traffic to a route without `by` is dropped. */
  readonly routes: readonly { readonly to: string; readonly by?: PartId; readonly path: string }[];
}

/** Something with a network interface, or many that are alike, each in one of the subnets. */
export interface EndpointPart {
  readonly is: "endpoint";
  readonly id: PartId;
  readonly subnets: readonly PartId[];
  /** Its security groups. "default": the default group of its VPC. "none": nothing filters. "unread": nobody knows. */
  readonly firewalls: readonly PartId[] | "default" | "none" | "unread";
  /** Its private address, where it is fixed. */
  readonly address?: string | undefined;
  readonly public: "yes" | "no" | "as-subnet" | "unread";
  /** The field that says whether it has a public address. */
  readonly publicPath?: string;
  /** Whether it has an IPv6 address, where its subnet has a range. Absent: it has none. */
  readonly ipv6?: "yes" | "no" | "as-subnet" | "unread";
  /** The IPv6 address, where it is known. */
  readonly ipv6Address?: string | undefined;
  /** Its IPv6 addresses accept nothing that comes through an internet gateway. */
  readonly isInternal?: true;
  /** It stands for several instances that are alike and reach each other. */
  readonly isMany?: true;
  /** Its kind comes from one of AWS's own types (kinds/types). Its subnets and security groups may be named by their ids. */
  readonly isOfType?: true;
  /** The traffic that it listens to; everything when absent. */
  readonly listens?: readonly Traffic[];
  /** It opens no connections. It passes on requests and answers them. */
  readonly isSilent?: true;
  /** It is an interface endpoint, and this is the endpoint service that it leads to. */
  readonly leadsTo?: PartId;
  /** It is a load balancer whose security groups do not filter clients that come through endpoints of its service. */
  readonly isOpenToClients?: true;
}

/**
 * An AWS service behind a gateway endpoint. The subnets of these route tables reach it at public addresses, but not through the internet.
 */
export interface ServicePart {
  readonly is: "service";
  readonly id: PartId;
  readonly tables: readonly PartId[];
  /** The endpoint also leads to IPv6 addresses of the service. */
  readonly ipv6?: true;
}

/** An endpoint service (AWS PrivateLink). Clients with an interface endpoint to it, in any VPC, reach the load balancers behind it. */
export interface OfferPart {
  readonly is: "offer";
  readonly id: PartId;
  readonly balancers: readonly PartId[];
  /** Whether endpoints connect without waiting for somebody to accept them. */
  readonly acceptsAll: boolean;
}

/** A prefix list and its networks, for rules and routes that name it. */
export interface ListPart {
  readonly is: "list";
  readonly id: PartId;
  readonly ranges: readonly string[];
}

/** A public address of an endpoint, in addition to the addresses that the endpoint itself states. */
export interface PublicAddressPart {
  readonly is: "public-address";
  readonly id: PartId;
  readonly of: PartId;
}

/** The endpoints among which a load balancer chooses: a target group. */
export interface PoolPart {
  readonly is: "pool";
  readonly id: PartId;
  readonly port: number;
  /** Whether its targets are reached over IPv6. */
  readonly ipv6?: true;
  readonly targets: readonly { readonly endpoint: PartId; readonly port: number }[];
  /** Whether targets see the client's address. Absent: as `ForwardPart` says. */
  readonly keepsClient?: boolean;
  /** Whether it gets traffic from all zones. Absent: as `ForwardPart` says. */
  readonly crossZone?: boolean;
  readonly path?: string;
}

/** An endpoint that is a target of a pool. */
export interface MemberPart {
  readonly is: "member";
  readonly of: PartId;
  readonly endpoint: PartId;
}

/** Traffic that a load balancer passes on to pools. */
export interface ForwardPart {
  readonly is: "forward";
  /** The load balancer: an endpoint that has a node in each of its subnets. */
  readonly from: PartId;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly pools: readonly PartId[];
  /**
   * "connections": targets talk with the client directly. "requests": the load balancer answers the client, and opens its own connections
   * to targets.
   */
  readonly passes: "connections" | "requests";
  readonly keepsClient: boolean;
  readonly crossZone: boolean;
  readonly path: string;
}
