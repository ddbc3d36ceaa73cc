/** The fields of a VPN connection as authors write them. */
import { boolean, cidr, list, object, optional, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  customerGateway: ref("customerGateway", "The customer's end."),
  vpnGateway: ref("vpnGateway", "AWS's end."),
  staticRoutesOnly: optional(
    boolean("Whether the networks behind the customer's end are written in `routes`. If not, the two ends tell each other by BGP."),
  ),
  routes: optional(
    list(
      cidr("A network behind the customer's end.", 4, "192.168.0.0/16"),
      "With `staticRoutesOnly: true`: the networks that are reached through it.",
    ),
  ),
  localIpv4NetworkCidr: optional(
    cidr("Which addresses of the customer's side the tunnels are for. AWS: 0.0.0.0/0, all.", 4, "192.168.0.0/16"),
  ),
  remoteIpv4NetworkCidr: optional(cidr("Which addresses of AWS's side the tunnels are for. AWS: 0.0.0.0/0, all.", 4, "10.0.0.0/16")),
});

export type VpnConnection = Static<typeof schema>;

/** The facts that the driver needs. It holds neither keys nor the device's configuration, which contains them: no code here reads them. */
export interface Handle {
  readonly routes: readonly string[];
  readonly isModifying: boolean;
}
