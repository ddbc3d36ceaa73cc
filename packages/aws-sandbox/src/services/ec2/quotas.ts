/**
 * Quotas with AWS's defaults (Service Quotas, Amazon VPC and EC2). The table "ec2.quotas" of the store overrides them:
 * `store.table("ec2.quotas").set("vpcs", { value: 500 })`. The event "quotas:lifted" of a plan of faults lifts all.
 */
import { AwsFault, type Call } from "../../model.ts";
import { quotas } from "./state.ts";

const defaults = {
  vpcs: 5,
  vpcCidrs: 5,
  vpcIpv6Cidrs: 5,
  subnetsPerVpc: 200,
  internetGateways: 5,
  egressOnlyGateways: 5,
  routeTablesPerVpc: 200,
  routesPerTable: 500,
  groups: 2500,
  rulesPerGroup: 60,
  groupsPerInterface: 5,
  networkAclsPerVpc: 200,
  entriesPerAcl: 20,
  gatewayEndpoints: 20,
  interfaceEndpointsPerVpc: 50,
  peeringsPerVpc: 50,
  prefixLists: 100,
  connectEndpoints: 5,
  endpointServices: 50,
  transitGateways: 5,
  transitTablesPerGateway: 20,
  vpnGateways: 5,
  customerGateways: 50,
  vpnConnections: 50,
  addresses: 5,
  natGatewaysPerZone: 5,
  addressesPerNat: 2,
  addressesPerRegionalNatZone: 32,
  privateAddressesPerNat: 8,
  interfaces: 5000,
  keyPairs: 5000,
  placementGroups: 500,
  launchTemplates: 5000,
  launchTemplateVersions: 10_000,
  /** On-demand standard instances, in vCPUs. AWS starts accounts lower and raises it by use; this is the documented usual value. */
  vcpus: 1152,
} as const;

export type Quota = keyof typeof defaults;

export function quota(call: Call, name: Quota): number {
  return call.fault("quotas:lifted") ? Number.POSITIVE_INFINITY : (quotas(call).get(name)?.value ?? defaults[name]);
}

/** Throws AWS's error when the quota does not allow one more. */
export function within(call: Call, name: Quota, have: number, code: string, message: string): void {
  if (have >= quota(call, name)) throw new AwsFault(code, message);
}
