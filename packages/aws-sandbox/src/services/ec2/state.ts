/** The tables of EC2's memory, one for each kind of resource. Their records are in records.ts and machine-records.ts. */
import type {
  CapacityReservationRecord,
  ImageRecord,
  InstanceRecord,
  KeyPairRecord,
  LaunchTemplateRecord,
  PlacementGroupRecord,
  SnapshotRecord,
  SpotRequestRecord,
  VolumeRecord,
} from "./machine-records.ts";
import type { Call } from "../../model.ts";
import type {
  AddressRecord,
  CarrierGatewayRecord,
  ConnectEndpointRecord,
  CustomerGatewayRecord,
  DhcpOptionsRecord,
  EgressOnlyGatewayRecord,
  EndpointServiceRecord,
  FlowLogRecord,
  GroupRecord,
  InterfaceRecord,
  InternetGatewayRecord,
  NatGatewayRecord,
  NetworkAclRecord,
  OwnerRecord,
  PrefixListRecord,
  RouteTableRecord,
  SubnetRecord,
  Tags,
  TokenRecord,
  TransitAttachmentRecord,
  TransitGatewayRecord,
  TransitTableRecord,
  VpcEndpointRecord,
  VpcPeeringRecord,
  VpcRecord,
  VpnConnectionRecord,
  VpnGatewayRecord,
} from "./records.ts";

export type * from "./machine-records.ts";
export type * from "./records.ts";

const table =
  <R extends object>(name: string) =>
  (call: Pick<Call, "store">): Map<string, R> =>
    call.store.table<R>(`ec2.${name}`);

export const vpcs = table<VpcRecord>("vpcs");
export const subnets = table<SubnetRecord>("subnets");
export const dhcpOptions = table<DhcpOptionsRecord>("dhcpOptions");
export const internetGateways = table<InternetGatewayRecord>("internetGateways");
export const egressOnlyGateways = table<EgressOnlyGatewayRecord>("egressOnlyGateways");
export const carrierGateways = table<CarrierGatewayRecord>("carrierGateways");
export const routeTables = table<RouteTableRecord>("routeTables");
export const routeAssociations = table<OwnerRecord>("routeAssociations");
export const groups = table<GroupRecord>("groups");
/** Group ids by VPC and lower-case name: two names that differ only in case are the same. */
export const groupNames = table<OwnerRecord>("groupNames");
export const ruleOwners = table<OwnerRecord>("ruleOwners");
export const networkAcls = table<NetworkAclRecord>("networkAcls");
export const aclAssociations = table<OwnerRecord>("aclAssociations");
export const vpcEndpoints = table<VpcEndpointRecord>("vpcEndpoints");
export const endpointServices = table<EndpointServiceRecord>("endpointServices");
export const connectEndpoints = table<ConnectEndpointRecord>("connectEndpoints");
export const vpcPeerings = table<VpcPeeringRecord>("vpcPeerings");
export const flowLogs = table<FlowLogRecord>("flowLogs");
export const prefixLists = table<PrefixListRecord>("prefixLists");
export const transitGateways = table<TransitGatewayRecord>("transitGateways");
export const transitAttachments = table<TransitAttachmentRecord>("transitAttachments");
export const transitTables = table<TransitTableRecord>("transitTables");
export const vpnGateways = table<VpnGatewayRecord>("vpnGateways");
export const customerGateways = table<CustomerGatewayRecord>("customerGateways");
export const vpnConnections = table<VpnConnectionRecord>("vpnConnections");
export const addresses = table<AddressRecord>("addresses");
export const addressAssociations = table<OwnerRecord>("addressAssociations");
export const natGateways = table<NatGatewayRecord>("natGateways");
export const interfaces = table<InterfaceRecord>("interfaces");
export const interfaceAttachments = table<OwnerRecord>("interfaceAttachments");
export const keyPairs = table<KeyPairRecord>("keyPairs");
export const images = table<ImageRecord>("images");
export const snapshots = table<SnapshotRecord>("snapshots");
export const instances = table<InstanceRecord>("instances");
export const profileAssociations = table<OwnerRecord>("profileAssociations");
export const volumes = table<VolumeRecord>("volumes");
export const capacityReservations = table<CapacityReservationRecord>("capacityReservations");
export const placementGroups = table<PlacementGroupRecord>("placementGroups");
export const launchTemplates = table<LaunchTemplateRecord>("launchTemplates");
export const launchTemplateNames = table<OwnerRecord>("launchTemplateNames");
export const spotRequests = table<SpotRequestRecord>("spotRequests");
export const tags = table<Tags>("tags");
export const tokens = table<TokenRecord>("tokens");
export const counters = table<{ value: number }>("counters");
export const settings = table<{ value: unknown }>("settings");
export const quotas = table<{ value: number }>("quotas");

/** The next number of a sequence, from 0. */
export function next(call: Pick<Call, "store">, sequence: string): number {
  const counter = counters(call).get(sequence);
  if (counter) return ++counter.value;
  counters(call).set(sequence, { value: 0 });
  return 0;
}
