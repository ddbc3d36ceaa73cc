/** The fields of a VPN connection as authors write them. */
import { boolean, cidr, list, object, optional, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  customerGateway: ref("customerGateway", "The customer gateway."),
  vpnGateway: ref("vpnGateway", "The virtual private gateway."),
  staticRoutesOnly: optional(
    boolean("Whether the connection uses the static routes in `routes`. If not, the two sides exchange routes by BGP."),
  ),
  routes: optional(
    list(
      cidr("A network on the customer's side.", 4, "192.168.0.0/16"),
      "The networks on the customer's side, with `staticRoutesOnly: true`.",
    ),
  ),
  localIpv4NetworkCidr: optional(
    cidr("The network on the customer's side that may use the tunnels. AWS's default: 0.0.0.0/0, all.", 4, "192.168.0.0/16"),
  ),
  remoteIpv4NetworkCidr: optional(
    cidr("The network on AWS's side that may use the tunnels. AWS's default: 0.0.0.0/0, all.", 4, "10.0.0.0/16"),
  ),
});

export type VpnConnection = Static<typeof schema>;

/** The facts that the driver needs. It holds neither keys nor the device's configuration, which contains them: no code here reads them. */
export interface Handle {
  readonly routes: readonly string[];
  readonly isModifying: boolean;
}
