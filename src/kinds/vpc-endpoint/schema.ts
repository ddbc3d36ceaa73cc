/** The fields of a VPC endpoint as authors write them. */
import { boolean, list, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC of the endpoint."),
  service: refOr(
    "^[^/]+$",
    "vpcEndpointService",
    "The service: `s3`, `ssm`, `ecr.api` in this region, `vpcEndpointService/NAME` of this file, or the name of a service of others: `com.amazonaws.vpce.eu-west-1.vpce-svc-…`.",
  ),
  type: optional(
    oneOf(
      ["Gateway", "Interface", "GatewayLoadBalancer"],
      "The type of endpoint. `Gateway`: a route, for S3 and DynamoDB, free of charge. `Interface`: an address in each subnet. `GatewayLoadBalancer`: the way to appliances behind a Gateway Load Balancer of others.",
    ),
  ),
  routeTables: optional(list(ref("routeTable", "A route table."), "The route tables that get the route of a gateway endpoint.")),
  subnets: optional(list(ref("subnet", "A subnet."), "The subnets in which an interface endpoint has addresses, one per zone.")),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups of an interface endpoint, which control access to it; most services need port 443.",
    ),
  ),
  privateDns: optional(
    boolean(
      "Whether the public DNS names of the service resolve to an interface endpoint inside the VPC. Default: true for AWS services, except S3 and DynamoDB; false for services of others.",
    ),
  ),
  policy: optional(
    string("The endpoint policy: actions that are allowed through it, as a JSON policy. If omitted: all.", { minLength: 2 }),
  ),
  ipAddressType: optional(oneOf(["ipv4", "dualstack", "ipv6"], "The IP address type. If omitted: IPv4.")),
  dnsRecordIpType: optional(
    oneOf(
      ["ipv4", "ipv6", "dualstack", "service-defined"],
      "The DNS records of the endpoint. `ipv4`: A. `ipv6`: AAAA. `dualstack`: both. `service-defined`: A for the private names, both for the others. If omitted: AWS chooses them by `ipAddressType`.",
    ),
  ),
});

export type VpcEndpoint = Static<typeof schema>;
