/** The fields of a network ACL as authors write them. */
import { cidr, integer, list, map, object, oneOf, optional, ref } from "../../resource/fields.ts";
import { defaultField } from "../shared/defaults.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

const number = "^[1-9][0-9]{0,4}$";

const entryFields = {
  action: oneOf(["allow", "deny"], "What happens to the traffic."),
  protocol: optional(
    Type.Union([Type.String({ pattern: "^(tcp|udp|icmp|icmpv6|all|-1|[0-9]{1,3})$" }), Type.Integer({ minimum: -1, maximum: 255 })], {
      description: "`tcp` (when unwritten), `udp`, `icmp`, `icmpv6`, `all`, or the number of another protocol.",
    }),
  ),
  port: optional(Type.Union([Type.Integer(), Type.String()], { description: "The port, 0 to 65535.", examples: [443] })),
  ports: optional(Type.Union([Type.String(), Type.Integer()], { description: "A range of ports.", examples: ["1024-65535"] })),
  icmpType: optional(integer("For ICMP: its type; all when unwritten.", { minimum: -1, maximum: 255 })),
  icmpCode: optional(integer("For ICMP: its code; all when unwritten.", { minimum: -1, maximum: 255 })),
};

const ingressEntry = object({ ...entryFields, source: cidr("From which network, IPv4 or IPv6.", "any", "10.0.0.0/16") });

const egressEntry = object({ ...entryFields, destination: cidr("To which network, IPv4 or IPv6.", "any", "0.0.0.0/0") });

export const schema = object({
  vpc: ref("vpc", "The VPC it lies in."),
  default: defaultField("network ACL"),
  subnets: optional(
    list(ref("subnet", "A subnet."), "The subnets that follow it; a subnet follows one ACL, the VPC's default one when none names it."),
  ),
  ingress: optional(
    map(ingressEntry, "What may come into the subnets, by number: the lowest that matches decides. Unwritten: nothing.", number),
  ),
  egress: optional(
    map(
      egressEntry,
      "What may leave the subnets, by number. An ACL keeps no connections in mind: answers need an entry too, mostly for the ports 1024 to 65535. Unwritten: nothing.",
      number,
    ),
  ),
});

export type NetworkAcl = Static<typeof schema>;
