/** The fields of a route table as authors write them. */
import { boolean, list, object, optional, ref, refOr } from "../../resource/fields.ts";
import type { ListShape } from "../kind.ts";
import { defaultField } from "../shared/defaults.ts";
import { fateOfUnlisted, routeKey } from "./routes.ts";
import type { Static } from "typebox";

/** An IPv4 or IPv6 network, or a prefix list's id. */
const literalDestination = "^([0-9.]+/[0-9]{1,2}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/[0-9]{1,3}|pl-[0-9a-f]+)$";

const route = object({
  destination: refOr(
    literalDestination,
    "prefixList",
    "Where the traffic goes: an IPv4 or IPv6 network, `prefixList/NAME`, or `{ id: pl-… }` of others.",
  ),
  target: ref(
    [
      "internetGateway",
      "egressOnlyInternetGateway",
      "natGateway",
      "instance",
      "networkInterface",
      "vpcPeering",
      "vpnGateway",
      "transitGateway",
      "vpcEndpoint",
    ],
    "By which way: `internetGateway/NAME`, `egressOnlyInternetGateway/NAME`, `natGateway/NAME`, `instance/NAME`, `networkInterface/NAME`, `vpcPeering/NAME`, `vpnGateway/NAME`, `transitGateway/NAME` to which the VPC is attached, `vpcEndpoint/NAME` of a Gateway Load Balancer, or `{ id: … }` of an interface, a transit gateway, a peering or an endpoint of others.",
  ),
});

export const schema = object({
  vpc: ref("vpc", "The VPC it lies in."),
  default: defaultField("route table"),
  routes: optional(list(route, "Where traffic goes that leaves the VPC; the routes inside it are AWS's own. If omitted: nowhere.")),
  propagatingVpnGateways: optional(
    list(
      ref("vpnGateway", "A VPN gateway."),
      "VPN gateways from which the table takes routes over by itself: the networks behind their connections. AWS calls it route propagation.",
    ),
  ),
  subnets: optional(list(ref("subnet", "A subnet."), "The subnets that follow this table; a subnet follows one.")),
  main: optional(boolean("Whether all subnets of the VPC follow it that no table names.")),
});

export type RouteTable = Static<typeof schema>;

export const routes: ListShape = { key: routeKey, unlisted: fateOfUnlisted };
