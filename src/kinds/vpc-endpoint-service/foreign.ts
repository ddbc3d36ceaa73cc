import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["endpoint_service", "vpc_endpoint_service_allowed_principal", "privatelink"],
  fields: {
    network_load_balancer_arns: "loadBalancers",
    gateway_load_balancer_arns: "loadBalancers",
    NetworkLoadBalancerArns: "loadBalancers",
    GatewayLoadBalancerArns: "loadBalancers",
    acceptance_required: "acceptanceRequired",
    allowed_principals: "allowedPrincipals",
    private_dns_name: "privateDnsName",
    supported_ip_address_types: "supportedIpAddressTypes",
  },
};
