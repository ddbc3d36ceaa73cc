/** The fields of a route table as authors write them. */
import { boolean, list, object, optional, ref, refOr } from "../../resource/fields.ts";
import type { ListShape } from "../kind.ts";
import { defaultField } from "../shared/network/defaults.ts";
import { fateOfUnlisted, routeKey } from "./routes.ts";
import type { Static } from "typebox";

/** An IPv4 or IPv6 network, or a prefix list's id. */
const literalDestination = "^([0-9.]+/[0-9]{1,2}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/[0-9]{1,3}|pl-[0-9a-f]+)$";

const route = object({
  destination: refOr(
    literalDestination,
    "prefixList",
    "The destination of the traffic: an IPv4 or IPv6 network, `prefixList/NAME`, or `{ id: pl-… }` for a prefix list outside this environment.",
  ),
  target: ref(
    [
      "internetGateway",
      "egressOnlyInternetGateway",
      "carrierGateway",
      "natGateway",
      "instance",
      "networkInterface",
      "vpcPeering",
      "vpnGateway",
      "transitGateway",
      "vpcEndpoint",
    ],
    "The target of the route: `internetGateway/NAME`, `egressOnlyInternetGateway/NAME`, `carrierGateway/NAME`, `natGateway/NAME`, `instance/NAME`, `networkInterface/NAME`, `vpcPeering/NAME`, `vpnGateway/NAME`, `transitGateway/NAME` to which the VPC is attached, `vpcEndpoint/NAME` of a Gateway Load Balancer, or `{ id: … }` of a network interface, transit gateway, peering connection or endpoint outside this environment.",
  ),
});

export const schema = object({
  vpc: ref("vpc", "The VPC of the route table."),
  default: defaultField("route table"),
  routes: optional(list(route, "Routes for traffic that leaves the VPC; AWS adds the local routes by itself. If omitted: none.")),
  propagatingVpnGateways: optional(
    list(
      ref("vpnGateway", "A VPN gateway."),
      "VPN gateways whose routes the table gets by route propagation: the networks behind their connections.",
    ),
  ),
  subnets: optional(list(ref("subnet", "A subnet."), "The subnets that are associated with this table; a subnet has exactly one.")),
  main: optional(boolean("Whether it is the main route table, which applies to all subnets of the VPC without an association.")),
});

export type RouteTable = Static<typeof schema>;

export const routes: ListShape = { key: routeKey, unlisted: fateOfUnlisted };
