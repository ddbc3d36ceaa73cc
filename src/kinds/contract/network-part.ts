/**
 * What a resource contributes to the question who can reach whom: plain data, without a word about AWS's API. The parts of
 * all resources make a network, which src/reach/ evaluates.
 */

/** An address of ours, an id of Amazon's, or the text of a look-up: whatever other parts refer to it by. */
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

/** Something that passes packets, or filters them, and that src/reach/ does not weigh: what it is asked then cannot be settled. */
export interface BlindPart {
  readonly is: "blind";
  readonly id: PartId;
  /** After "not weighed: ". */
  readonly what: string;
  /** "more": it can only let more pass. "either": it may also stop what seems to pass. */
  readonly lets: "more" | "either";
}

export interface VpcPart {
  readonly is: "vpc";
  readonly id: PartId;
  /** Of both families. */
  readonly ranges: readonly string[];
  /** It has, or will have, a range of IPv6 that nobody knows yet: AWS picks it. */
  readonly ipv6?: "unread";
}

export interface SubnetPart {
  readonly is: "subnet";
  readonly id: PartId;
  readonly vpc: PartId;
  /** Absent in a subnet of IPv6 only. */
  readonly range?: string;
  /** Its IPv6 network; "unread": it has one, out of a range that nobody knows yet. Absent: it has none. */
  readonly ipv6Range?: string;
  readonly zone: string;
  /** Whether interfaces that say nothing about it get an IPv6 address. */
  readonly givesIpv6?: boolean;
  /** Whether machines that say nothing about it get a public address. */
  readonly givesPublic: boolean;
  /** The field that says so. */
  readonly path?: string;
}

export interface RouteTablePart {
  readonly is: "table";
  readonly id: PartId;
  readonly vpc: PartId;
  /** Whether subnets follow it that no table names. */
  readonly main: boolean;
  readonly subnets: readonly PartId[];
  /** Without the routes inside the VPC, which every table has. `to` may be a prefix list. */
  readonly routes: readonly { readonly to: string; readonly by: PartId; readonly path: string }[];
  /** What gives it routes by itself, to networks that nobody knows: not to public addresses to which a route is written. */
  readonly propagating?: readonly PartId[];
}

/** Which traffic: `from` and `to` are destination ports, or ICMP's type and code; -1 stands for all. */
export interface Traffic {
  /** "tcp", "udp", "icmp", "icmpv6", "all", or another protocol's number. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** A network ACL; its entries stand in the order of their numbers. */
export interface AclPart {
  readonly is: "acl";
  readonly id: PartId;
  /** The VPC whose own one it is: subnets follow it that no ACL names. */
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
  /** The VPC whose own one it is: interfaces have it that name none. */
  readonly defaultOf?: PartId;
  readonly ingress: readonly Opening[];
  readonly egress: readonly Opening[];
}

export interface Opening extends Traffic {
  /** "unread": a prefix list by its id, or what it is in words; where its networks are known, they count. */
  readonly peer: { readonly range: string } | { readonly firewall: PartId } | { readonly unread: string };
  /** The prefix list that holds the range, where the rule names one. */
  readonly list?: PartId;
  readonly path: string;
}

/** A way out of VPCs, to which routes lead. A target of routes that is no door leads somewhere unknown. */
export type DoorPart =
  | { readonly is: "door"; readonly id: PartId; readonly leads: "internet"; readonly vpc: PartId }
  /** To the internet over IPv6, and nothing in that was not asked for. */
  | { readonly is: "door"; readonly id: PartId; readonly leads: "outwards"; readonly vpc: PartId }
  | { readonly is: "door"; readonly id: PartId; readonly leads: "nat"; readonly subnet: PartId; readonly address?: string | undefined }
  /** One for all zones of a VPC, in no subnet. `unsureFrom`: subnets in zones for which it has no address of its own. */
  | { readonly is: "door"; readonly id: PartId; readonly leads: "nat"; readonly vpc: PartId; readonly unsureFrom?: readonly PartId[] }
  | { readonly is: "door"; readonly id: PartId; readonly leads: "peer"; readonly vpcs: readonly [PartId, PartId] }
  | TransitDoorPart;

/** A transit gateway: to the VPCs that are attached to it, as its route tables say. */
export interface TransitDoorPart {
  readonly is: "door";
  readonly id: PartId;
  readonly leads: "transit";
  /** Whether attachments follow its default table by themselves. */
  readonly associates: boolean;
  /** Whether they give that table their networks by themselves. */
  readonly propagates: boolean;
  /** Whether groups may name groups of other attached VPCs. */
  readonly sharesGroups: boolean;
}

/** A VPC at a transit gateway. */
export interface AttachmentPart {
  readonly is: "attachment";
  readonly id: PartId;
  readonly gateway: PartId;
  readonly vpc: PartId;
  /** Where the gateway has its interfaces, one subnet in a zone. */
  readonly subnets: readonly PartId[];
  /** What it sends into the VPC may come by any of them, and not by that of the zone in which it begins. */
  readonly anyZone: boolean;
  readonly ipv6: boolean;
  readonly sharesGroups: boolean;
  /** It is there, so the tables that were read tell which of them it follows. */
  readonly isSettled: boolean;
}

export interface TransitTablePart {
  readonly is: "transit-table";
  readonly id: PartId;
  readonly gateway: PartId;
  /** AWS made it with the gateway. */
  readonly isDefault?: true;
  /** The attachments that follow it; "as-made": as the gateway has it. */
  readonly associations: readonly PartId[] | "as-made";
  /** Whose networks it has routes to. */
  readonly propagations: readonly PartId[] | "as-made";
  /** Without `by`: what goes there is dropped. */
  readonly routes: readonly { readonly to: string; readonly by?: PartId; readonly path: string }[];
}

/** Something with a network interface, or many alike of which each lies in one of the subnets. */
export interface EndpointPart {
  readonly is: "endpoint";
  readonly id: PartId;
  readonly subnets: readonly PartId[];
  /** Its security groups; "default": that of its VPC; "none": nothing filters; "unread": nobody knows. */
  readonly firewalls: readonly PartId[] | "default" | "none" | "unread";
  /** Its private address, where it is fixed. */
  readonly address?: string | undefined;
  readonly public: "yes" | "no" | "as-subnet" | "unread";
  /** Whether it has an IPv6 address, where its subnet has a range; absent: it has none. */
  readonly ipv6?: "yes" | "no" | "as-subnet" | "unread";
  /** The address, where it is known. */
  readonly ipv6Address?: string | undefined;
  /** Its IPv6 addresses take nothing that comes by an internet gateway. */
  readonly isInternal?: true;
  /** It stands for machines that are alike, and reach each other. */
  readonly isMany?: true;
  /** It is of one of AWS's types, whose subnets and groups may be named by their ids. */
  readonly isOfType?: true;
  /** Where it listens; everywhere when absent. */
  readonly listens?: readonly Traffic[];
  /** It opens no connections: what it is asked it passes on, and it answers. */
  readonly isSilent?: true;
  /** It is an interface endpoint to this service of somebody's own. */
  readonly leadsTo?: PartId;
  /** It is a balancer whose groups do not filter what comes by endpoints to its service. */
  readonly isOpenToClients?: true;
}

/** A service of AWS, as a gateway endpoint leads to it from the subnets of some tables: by public addresses, and not through the internet. */
export interface ServicePart {
  readonly is: "service";
  readonly id: PartId;
  readonly tables: readonly PartId[];
  /** It leads to IPv6 addresses of the service, too. */
  readonly ipv6?: true;
}

/** A service of somebody's own: who has an interface endpoint to it, in whatever VPC, reaches the balancers behind it (AWS PrivateLink). */
export interface OfferPart {
  readonly is: "offer";
  readonly id: PartId;
  readonly balancers: readonly PartId[];
  /** Whether endpoints connect by themselves, and none waits until somebody accepts it. */
  readonly acceptsAll: boolean;
}

/** A prefix list with the networks in it, for rules and routes that name it. */
export interface ListPart {
  readonly is: "list";
  readonly id: PartId;
  readonly ranges: readonly string[];
}

/** A public address that an endpoint has besides what it says itself. */
export interface PublicAddressPart {
  readonly is: "public-address";
  readonly id: PartId;
  readonly of: PartId;
}

/** Endpoints among which a balancer chooses. */
export interface PoolPart {
  readonly is: "pool";
  readonly id: PartId;
  readonly port: number;
  /** Its targets are reached over IPv6. */
  readonly ipv6?: true;
  readonly targets: readonly { readonly endpoint: PartId; readonly port: number }[];
  /** Whether targets see the client's address; absent: as the balancer does by itself. */
  readonly keepsClient?: boolean;
  /** Whether it gets traffic from all zones; absent: as the balancer says. */
  readonly crossZone?: boolean;
  readonly path?: string;
}

/** An endpoint that is a target of a pool. */
export interface MemberPart {
  readonly is: "member";
  readonly of: PartId;
  readonly endpoint: PartId;
}

/** What a balancer passes on to pools. */
export interface ForwardPart {
  readonly is: "forward";
  /** The balancer: an endpoint that has a node in each of its subnets. */
  readonly from: PartId;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly pools: readonly PartId[];
  /** "connections": targets talk with the client itself; "requests": the balancer answers, and asks targets on its own. */
  readonly passes: "connections" | "requests";
  readonly keepsClient: boolean;
  readonly crossZone: boolean;
  readonly path: string;
}
