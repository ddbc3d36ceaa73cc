/** The fields of a VPC endpoint as authors write them. */
import { boolean, list, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC from which the service is reached."),
  service: refOr(
    "^[^/]+$",
    "vpcEndpointService",
    "The service: `s3`, `ssm`, `ecr.api` in this region, `vpcEndpointService/NAME` of this file, or the name that somebody gave you: `com.amazonaws.vpce.eu-west-1.vpce-svc-…`.",
  ),
  type: optional(
    oneOf(
      ["Gateway", "Interface", "GatewayLoadBalancer"],
      "`Gateway`: a route, for S3 and DynamoDB, free of charge. `Interface`: an address in each subnet. `GatewayLoadBalancer`: the way to appliances of others.",
    ),
  ),
  routeTables: optional(list(ref("routeTable", "A route table."), "Of a gateway endpoint: the tables that get its route.")),
  subnets: optional(list(ref("subnet", "A subnet."), "Of an interface endpoint: where it has its addresses, one subnet in a zone.")),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Of an interface endpoint: who may reach it; most services need port 443."),
  ),
  privateDns: optional(
    boolean(
      "Of an interface endpoint: whether the service's public names lead to it inside the VPC. Unwritten: yes for AWS's services, but not for S3, DynamoDB and those of others.",
    ),
  ),
  policy: optional(string("What may be done through it, as a JSON policy. Unwritten: everything.", { minLength: 2 })),
  ipAddressType: optional(oneOf(["ipv4", "dualstack", "ipv6"], "Which addresses it has; AWS takes IPv4 when unwritten.")),
});

export type VpcEndpoint = Static<typeof schema>;
