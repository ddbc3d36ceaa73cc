/**
 * The records of EC2, one type for each kind of resource; the tables are in state.ts. Records are plain JSON and hold
 * decisions. Values that follow from them (a state that changes with time, a black hole, a count) are computed when needed.
 * Some facts are stored a second time to avoid a search through everything: a subnet knows the addresses in use, a security
 * group the interfaces and rules that refer to it.
 */
export type Tags = Record<string, string>;
/** A set that JSON can hold and that deletes in one step. */
export type IdSet = Record<string, true>;

export interface VpcRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly isDefault: boolean;
  tenancy: "default" | "dedicated";
  dhcpOptionsId: string;
  /** The IPv4 blocks; the first is the primary one. */
  cidrs: CidrRecord[];
  ipv6: CidrRecord[];
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  enableNetworkAddressUsageMetrics: boolean;
}

/** A CIDR block of a VPC or a subnet. It is associating for a moment, and answers show it for a while after it is gone. */
export interface CidrRecord {
  readonly id: string;
  readonly cidr: string;
  readonly since: number;
  goneAt?: number;
  /** The pool as AWS shows it, for an IPv6 block that is not Amazon's. */
  pool?: string;
}

export interface SubnetRecord {
  readonly id: string;
  readonly vpcId: string;
  /** Absent in an IPv6-only subnet. */
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
  /** Private addresses in use, with the id of the interface of each. */
  taken: Record<string, string>;
  takenCount: number;
  /** The host number at which the search for a free address continues. */
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

export interface CarrierGatewayRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly createdAt: number;
  deletedAt?: number;
}

export interface RouteTableRecord {
  readonly id: string;
  readonly vpcId: string;
  routes: RouteRecord[];
  associations: RouteAssociation[];
  /** VPN gateways that propagate routes to it. */
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
        | "carrierGateway"
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
  /** Ids of the rules of other groups that name this one, with the group of each rule. */
  referencedBy: Record<string, string>;
  /** Whether the egress rules have been edited. A new IPv6 block of the VPC adds an egress rule only if not. */
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
  /** The service's name: "com.amazonaws.eu-west-1.s3". */
  readonly service: string;
  readonly type: "Gateway" | "Interface" | "GatewayLoadBalancer";
  readonly createdAt: number;
  changedAt: number;
  deletedAt?: number;
  policy: string;
  routeTables: string[];
  /** Ids of its interfaces by subnet. */
  interfaces: Record<string, string>;
  groups: string[];
  privateDns: boolean;
  ipAddressType: string;
  /** Absent: an endpoint of a Gateway Load Balancer, which has no names. */
  dnsRecordIpType?: string;
}

export interface VpcPeeringRecord {
  readonly id: string;
  readonly requester: PeerRecord;
  readonly accepter: PeerRecord;
  readonly createdAt: number;
  acceptedAt?: number;
  deletedAt?: number;
  /** Set when the ranges of the two VPCs overlap. */
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
  /** The id of a VPC, a subnet or an interface. */
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
  /** The options in AWS's form, "enable" or "disable". */
  options: Record<"autoAccept" | "association" | "propagation" | "ecmp" | "dns" | "groups" | "multicast", Switch>;
  /** The default tables: new attachments are associated with the first, and propagate routes to the second. */
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
  /** Ids of its interfaces by subnet. */
  interfaces: Record<string, string>;
  options: Record<"appliance" | "dns" | "ipv6" | "groups", Switch>;
}

export interface TransitTableRecord {
  readonly id: string;
  readonly gateway: string;
  readonly createdAt: number;
  deletedAt?: number;
  /** By attachment: when its association began, and when it ended. */
  associations: Record<string, { readonly since: number; endedAt?: number }>;
  propagations: Record<string, { readonly since: number; endedAt?: number }>;
  /** Static routes by destination. A route without an attachment is a black hole. */
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
  /** The creation time of each static route, by destination. */
  routes: Record<string, number>;
}

export interface AddressRecord {
  /** The allocation id. */
  readonly id: string;
  readonly publicIp: string;
  /** Its association with an interface, or with a regional NAT gateway, whose interfaces users cannot see. */
  association?: { readonly id: string; readonly interfaceId?: string; readonly privateIp?: string };
  /**
   * The NAT gateway or load balancer that holds it. Until `heldUntil` it cannot be released; when that is absent, as long as it is held.
   */
  heldBy?: string;
  heldUntil?: number;
  /** Set when AWS allocated it for a service of its own, which also releases it. */
  readonly managedBy?: "rnat";
}

export interface NatGatewayRecord {
  readonly id: string;
  readonly vpcId: string;
  /** Absent for a regional gateway. */
  readonly subnetId?: string;
  /** `isAutomatic`: AWS manages the zones itself, with addresses of its own. */
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
  /** The zone, for a regional gateway. */
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
  /** The service that created it. Users cannot change or delete its interfaces. */
  readonly requesterId?: string;
  privateIps: string[];
  /** IPv6 addresses from its subnet's block. */
  ipv6Ips?: string[];
  groups: string[];
  sourceDestCheck: boolean;
  attachment?: InterfaceAttachment;
  /** A public address that AWS gave at launch and takes back when the instance stops. */
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

/** The owner of an id that a call names alone: the group of a rule, the table of an association. */
export interface OwnerRecord {
  readonly owner: string;
}

export interface TokenRecord {
  readonly digest: string;
  readonly ids: readonly string[];
}
