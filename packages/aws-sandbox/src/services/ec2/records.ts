/**
 * What EC2 remembers: one record type a kind of resource; the tables are in state.ts. Records are plain JSON and hold what was
 * decided; what follows from them (a state that changes with time, a black hole, a count) is worked out when asked.
 * What would take a search through everything to answer is written down twice, at the place that asks: a subnet knows
 * the addresses taken in it, a group the interfaces and rules that refer to it.
 */
export type Tags = Record<string, string>;
/** A set that survives JSON and deletes in one step. */
export type IdSet = Record<string, true>;

export interface VpcRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly isDefault: boolean;
  tenancy: "default" | "dedicated";
  dhcpOptionsId: string;
  /** The first is the primary block. */
  cidrs: CidrRecord[];
  ipv6: CidrRecord[];
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  enableNetworkAddressUsageMetrics: boolean;
}

/** A block of a VPC or a subnet: associating for a moment, and still listed for a while when it is gone. */
export interface CidrRecord {
  readonly id: string;
  readonly cidr: string;
  readonly since: number;
  goneAt?: number;
  /** Of an IPv6 network that is not Amazon's: what AWS tells of the pool. */
  pool?: string;
}

export interface SubnetRecord {
  readonly id: string;
  readonly vpcId: string;
  /** Absent in a subnet of IPv6 only. */
  readonly cidr?: string;
  readonly zone: string;
  readonly createdAt: number;
  readonly defaultForAz: boolean;
  mapPublicIpOnLaunch: boolean;
  assignIpv6OnCreation: boolean;
  enableDns64: boolean;
  hostnameType: "ip-name" | "resource-name";
  dnsARecord: boolean;
  dnsAaaaRecord: boolean;
  lniDeviceIndex?: number;
  ipv6: CidrRecord[];
  /** The explicitly associated route table; the main one when absent. */
  routeTableId?: string;
  aclId: string;
  /** Private addresses in use, and by which interface. */
  taken: Record<string, string>;
  takenCount: number;
  /** Where the search for a free address goes on. */
  nextHost: number;
}

export interface DhcpOptionsRecord {
  readonly id: string;
  readonly options: readonly { readonly key: string; readonly values: readonly string[] }[];
}

export interface InternetGatewayRecord {
  readonly id: string;
  vpcId?: string;
}

export interface EgressOnlyGatewayRecord {
  readonly id: string;
  readonly vpcId: string;
}

export interface RouteTableRecord {
  readonly id: string;
  readonly vpcId: string;
  routes: RouteRecord[];
  associations: RouteAssociation[];
  /** VPN gateways whose routes it takes over. */
  propagating?: string[];
}

export interface RouteRecord {
  readonly destination: string;
  readonly family: "ipv4" | "ipv6" | "prefixList";
  target: RouteTarget;
  readonly origin: "CreateRouteTable" | "CreateRoute" | "EnableVgwRoutePropagation";
}

export type RouteTarget =
  | { readonly type: "local" }
  | {
      readonly type:
        | "gateway"
        | "natGateway"
        | "networkInterface"
        | "egressOnlyInternetGateway"
        | "vpcEndpoint"
        | "vpcPeering"
        | "transitGateway";
      readonly id: string;
    };

export interface RouteAssociation {
  readonly id: string;
  readonly subnetId?: string;
  readonly gatewayId?: string;
  readonly main?: true;
}

export interface GroupRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  rules: RuleRecord[];
  interfaces: IdSet;
  /** Rules of other groups that name this one, and the group each belongs to. */
  referencedBy: Record<string, string>;
  /** Whether the egress rules are those of its creation: only then does a new IPv6 block of the VPC add one. */
  egressTouched: boolean;
}

export interface RuleRecord {
  readonly id: string;
  readonly egress: boolean;
  protocol: string;
  from: number;
  to: number;
  source: RuleSource;
  description?: string;
}

export interface RuleSource {
  readonly type: "ipv4" | "ipv6" | "prefixList" | "group";
  readonly value: string;
}

export interface NetworkAclRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  entries: AclEntry[];
  associations: { readonly id: string; readonly subnetId: string }[];
  touched: boolean;
}

export interface AclEntry {
  readonly number: number;
  readonly egress: boolean;
  readonly protocol: string;
  readonly action: "allow" | "deny";
  readonly cidr?: string;
  readonly ipv6Cidr?: string;
  readonly ports?: { readonly from: number; readonly to: number };
  readonly icmp?: { readonly type: number; readonly code: number };
}

export interface VpcEndpointRecord {
  readonly id: string;
  readonly vpcId: string;
  /** "com.amazonaws.eu-west-1.s3". */
  readonly service: string;
  readonly type: "Gateway" | "Interface" | "GatewayLoadBalancer";
  readonly createdAt: number;
  changedAt: number;
  deletedAt?: number;
  policy: string;
  routeTables: string[];
  /** By subnet. */
  interfaces: Record<string, string>;
  groups: string[];
  privateDns: boolean;
  ipAddressType: string;
}

export interface VpcPeeringRecord {
  readonly id: string;
  readonly requester: PeerRecord;
  readonly accepter: PeerRecord;
  readonly createdAt: number;
  acceptedAt?: number;
  deletedAt?: number;
  /** The ranges overlap. */
  readonly failed?: true;
  requesterDns: boolean;
  accepterDns: boolean;
}

export interface PeerRecord {
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
}

export interface FlowLogRecord {
  readonly id: string;
  /** A VPC, a subnet or an interface. */
  readonly resource: string;
  readonly createdAt: number;
  readonly traffic: "ALL" | "ACCEPT" | "REJECT";
  readonly destination: { readonly type: "cloud-watch-logs" | "s3"; readonly where: string; readonly role?: string };
  readonly format: string;
  readonly interval: number;
  readonly options?: {
    readonly FileFormat: "plain-text" | "parquet";
    readonly HiveCompatiblePartitions: boolean;
    readonly PerHourPartition: boolean;
  };
}

export interface ConnectEndpointRecord {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly createdAt: number;
  readonly interfaceId: string;
  modifiedAt?: number;
  deletedAt?: number;
  groups: string[];
  preservesIp: boolean;
  family: string;
}

export interface EndpointServiceRecord {
  readonly id: string;
  readonly createdAt: number;
  balancers: string[];
  acceptanceRequired: boolean;
  families: string[];
  principals: string[];
  privateName?: string;
}

export interface PrefixListRecord {
  readonly id: string;
  name: string;
  readonly family: "IPv4" | "IPv6";
  max: number;
  version: number;
  changedAt: number;
  isModified?: true;
  entries: Record<string, { readonly description?: string }>;
}

export interface TransitGatewayRecord {
  readonly id: string;
  readonly createdAt: number;
  deletedAt?: number;
  modifiedAt?: number;
  description: string;
  asn: number;
  cidrBlocks: string[];
  /** As AWS tells them: "enable" or "disable". */
  options: Record<"autoAccept" | "association" | "propagation" | "ecmp" | "dns" | "groups" | "multicast", Switch>;
  /** The tables that new attachments follow, and to which they give their routes. */
  associationTable?: string;
  propagationTable?: string;
}

export type Switch = "enable" | "disable";

export interface TransitAttachmentRecord {
  readonly id: string;
  readonly gateway: string;
  readonly vpcId: string;
  readonly createdAt: number;
  deletedAt?: number;
  modifiedAt?: number;
  /** By subnet. */
  interfaces: Record<string, string>;
  options: Record<"appliance" | "dns" | "ipv6" | "groups", Switch>;
}

export interface TransitTableRecord {
  readonly id: string;
  readonly gateway: string;
  readonly createdAt: number;
  deletedAt?: number;
  /** By attachment: since when, and since when no more. */
  associations: Record<string, { readonly since: number; endedAt?: number }>;
  propagations: Record<string, { readonly since: number; endedAt?: number }>;
  /** By destination; without an attachment, a black hole. */
  routes: Record<string, { readonly attachment?: string }>;
}

export interface VpnGatewayRecord {
  readonly id: string;
  readonly asn: number;
  readonly createdAt: number;
  deletedAt?: number;
  attachment?: { readonly vpcId: string; readonly since: number; detachedAt?: number };
}

export interface CustomerGatewayRecord {
  readonly id: string;
  readonly ip: string;
  readonly asn: number;
  readonly device?: string;
  readonly createdAt: number;
  deletedAt?: number;
}

export interface VpnConnectionRecord {
  readonly id: string;
  customer: string;
  gateway: string;
  readonly isStatic: boolean;
  local: string;
  remote: string;
  readonly createdAt: number;
  changedAt?: number;
  deletedAt?: number;
  /** Since when, by destination. */
  routes: Record<string, number>;
}

export interface AddressRecord {
  /** The allocation. */
  readonly id: string;
  readonly publicIp: string;
  /** With an interface, or with a regional NAT gateway, which has none that anybody sees. */
  association?: { readonly id: string; readonly interfaceId?: string; readonly privateIp?: string };
  /** Somebody else's: a NAT gateway's, or a load balancer's. Not to be released until then (absent: as long as it is held). */
  heldBy?: string;
  heldUntil?: number;
  /** AWS allocated it for a service of its own, and releases it. */
  readonly managedBy?: "rnat";
}

export interface NatGatewayRecord {
  readonly id: string;
  readonly vpcId: string;
  /** Absent of a regional one. */
  readonly subnetId?: string;
  /** `isAutomatic`: AWS serves the zones by itself, under addresses of its own. */
  readonly regional?: { readonly isAutomatic: boolean; readonly routeTableId: string };
  readonly connectivity: "public" | "private";
  readonly createdAt: number;
  state: "pending" | "available" | "failed" | "deleting" | "deleted";
  deletedAt?: number;
  failure?: { readonly code: string; readonly message: string };
  addresses: NatAddress[];
}

export interface NatAddress {
  readonly primary: boolean;
  /** Of a regional gateway. */
  readonly zone?: string;
  readonly zoneId?: string;
  readonly allocationId?: string;
  readonly interfaceId?: string;
  readonly privateIp?: string;
  readonly publicIp?: string;
  readonly associationId?: string;
  status: "associating" | "assigning" | "succeeded" | "disassociating" | "unassigning" | "failed";
}

export interface InterfaceRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly type: string;
  readonly createdAt: number;
  description: string;
  /** The service that made it; its interfaces cannot be changed or deleted by others. */
  readonly requesterId?: string;
  privateIps: string[];
  /** IPv6 addresses, out of its subnet's block. */
  ipv6Ips?: string[];
  groups: string[];
  sourceDestCheck: boolean;
  attachment?: InterfaceAttachment;
  /** A public address that AWS gave at launch, and takes back when the machine stops. */
  autoPublicIp?: string;
  /** Whether a start gives it a public address again. */
  wantsPublicIp?: boolean;
  /** Elastic IPs by private address. */
  allocations: Record<string, string>;
}

export interface InterfaceAttachment {
  readonly id: string;
  readonly instanceId?: string;
  readonly ownerId: string;
  readonly deviceIndex: number;
  readonly attachedAt: number;
  deleteOnTermination: boolean;
}

/** Ids that are found without knowing what they belong to: a rule's group, an association's table. */
export interface OwnerRecord {
  readonly owner: string;
}

export interface TokenRecord {
  readonly digest: string;
  readonly ids: readonly string[];
}
