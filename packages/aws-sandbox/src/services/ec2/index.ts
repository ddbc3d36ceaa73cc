/** EC2 in the sandbox: joins the operations of all families, one family in each file. */
import { together, type Handler, type ServiceModel } from "../../model.ts";
import { addressOperations } from "./addresses.ts";
import { createdWith, defaultVpcOperations } from "./default-vpc.ts";
import { capacityReservationOperations } from "./capacity-reservations.ts";
import { carrierGatewayOperations, carrierGatewayTransitions } from "./carrier-gateways.ts";
import { connectEndpointOperations, connectEndpointTransitions } from "./connect-endpoints.ts";
import { dhcpOptionsOperations } from "./dhcp-options.ts";
import { endpointServiceOperations } from "./endpoint-services.ts";
import { flowLogOperations } from "./flow-logs.ts";
import { gatewayOperations } from "./gateways.ts";
import { groupRuleOperations } from "./group-rules.ts";
import { groupOperations } from "./groups.ts";
import { imageOperations } from "./images.ts";
import { instanceAttributeOperations } from "./instance-attributes.ts";
import { instanceDescribeOperations } from "./instance-describe.ts";
import { instanceProfileOperations } from "./instance-profiles.ts";
import { instanceSettingOperations } from "./instance-settings.ts";
import { instanceTypeOperations } from "./instance-types.ts";
import { instanceOperations, instanceTransitions } from "./instances.ts";
import { interfaceOperations } from "./interface-calls.ts";
import { keyOperations } from "./keys.ts";
import { launchTemplateVersionOperations } from "./launch-template-versions.ts";
import { launchTemplateOperations } from "./launch-templates.ts";
import { natAddressOperations, natAddressTransitions } from "./nat-addresses.ts";
import { natGatewayOperations, natGatewayTransitions } from "./nat-gateways.ts";
import { networkAclOperations } from "./network-acls.ts";
import { ownImageOperations } from "./own-images.ts";
import { placementOperations } from "./placement.ts";
import { prefixListOperations } from "./prefix-lists.ts";
import { regionOperations } from "./regions.ts";
import { routeTableOperations } from "./route-tables.ts";
import { routeOperations } from "./routes.ts";
import { spotOperations } from "./spot.ts";
import { subnetOperations } from "./subnets.ts";
import { tagOperations } from "./tags.ts";
import { volumeModificationOperations } from "./volume-modifications.ts";
import { volumeOperations, volumeTransitions } from "./volumes.ts";
import { transitAttachmentOperations, transitAttachmentTransitions } from "./transit-attachments.ts";
import { transitGatewayOperations } from "./transit-gateways.ts";
import { transitTableOperations, transitTableTransitions } from "./transit-tables.ts";
import { vpcEndpointOperations, vpcEndpointTransitions } from "./vpc-endpoints.ts";
import { vpcCidrOperations } from "./vpc-cidrs.ts";
import { vpcPeeringOperations, vpcPeeringTransitions } from "./vpc-peerings.ts";
import { vpcOperations } from "./vpcs.ts";
import { vpnConnectionOperations } from "./vpn-connections.ts";
import { vpnGatewayOperations } from "./vpn-gateways.ts";

const families: readonly Readonly<Record<string, Handler>>[] = [
  addressOperations,
  capacityReservationOperations,
  carrierGatewayOperations,
  connectEndpointOperations,
  defaultVpcOperations,
  dhcpOptionsOperations,
  endpointServiceOperations,
  flowLogOperations,
  gatewayOperations,
  groupRuleOperations,
  groupOperations,
  imageOperations,
  instanceAttributeOperations,
  instanceDescribeOperations,
  instanceOperations,
  instanceProfileOperations,
  instanceSettingOperations,
  instanceTypeOperations,
  interfaceOperations,
  keyOperations,
  launchTemplateOperations,
  launchTemplateVersionOperations,
  natAddressOperations,
  natGatewayOperations,
  networkAclOperations,
  ownImageOperations,
  placementOperations,
  prefixListOperations,
  regionOperations,
  routeTableOperations,
  routeOperations,
  spotOperations,
  subnetOperations,
  tagOperations,
  transitAttachmentOperations,
  transitGatewayOperations,
  transitTableOperations,
  volumeModificationOperations,
  volumeOperations,
  vpcCidrOperations,
  vpcEndpointOperations,
  vpcOperations,
  vpcPeeringOperations,
  vpnConnectionOperations,
  vpnGatewayOperations,
];

export const model: ServiceModel = {
  operations: Object.fromEntries(Object.entries(together(...families)).map(([name, handler]) => [name, prepared(handler)])),
  transitions: {
    ...carrierGatewayTransitions,
    ...connectEndpointTransitions,
    ...natAddressTransitions,
    ...natGatewayTransitions,
    ...instanceTransitions,
    ...transitAttachmentTransitions,
    ...transitTableTransitions,
    ...volumeTransitions,
    ...vpcEndpointTransitions,
    ...vpcPeeringTransitions,
  },
};

/** A handler that first creates the resources that an account has from the beginning. */
function prepared(handler: Handler): Handler {
  return (input, call) => {
    createdWith(call);
    return handler(input, call);
  };
}
