/** The fields of a network ACL as authors write them. */
import { cidr, integer, list, map, object, oneOf, optional, ref } from "../../resource/fields.ts";
import { defaultField } from "../shared/network/defaults.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

const number = "^[1-9][0-9]{0,4}$";

const entryFields = {
  action: oneOf(["allow", "deny"], "Whether the traffic is allowed or denied."),
  protocol: optional(
    Type.Union(
      [
        Type.String({
          pattern: "^(tcp|udp|icmp|icmpv6|all|-1|[0-9]{1,3})$",
          description: "write tcp, udp, icmp, icmpv6, all, or the number of another protocol",
        }),
        Type.Integer({ minimum: -1, maximum: 255 }),
      ],
      {
        description: "`tcp` (the default), `udp`, `icmp`, `icmpv6`, `all`, or the number of another protocol.",
      },
    ),
  ),
  port: optional(Type.Union([Type.Integer(), Type.String()], { description: "The port, 0 to 65535.", examples: [443] })),
  ports: optional(Type.Union([Type.String(), Type.Integer()], { description: "A range of ports.", examples: ["1024-65535"] })),
  icmpType: optional(integer("The ICMP type; all if omitted.", { minimum: -1, maximum: 255 })),
  icmpCode: optional(integer("The ICMP code; all if omitted.", { minimum: -1, maximum: 255 })),
};

const ingressEntry = object({ ...entryFields, source: cidr("The source network, IPv4 or IPv6.", "any", "10.0.0.0/16") });

const egressEntry = object({ ...entryFields, destination: cidr("The destination network, IPv4 or IPv6.", "any", "0.0.0.0/0") });

export const schema = object({
  vpc: ref("vpc", "The VPC of the network ACL."),
  default: defaultField("network ACL"),
  subnets: optional(
    list(
      ref("subnet", "A subnet."),
      "The subnets that are associated with the ACL; a subnet has exactly one, the default one of the VPC if none names it.",
    ),
  ),
  ingress: optional(
    map(ingressEntry, "Entries for inbound traffic, by number; the lowest that matches applies. If omitted: none is allowed.", number),
  ),
  egress: optional(
    map(
      egressEntry,
      "Entries for outbound traffic, by number; the lowest that matches applies. An ACL is stateless: responses need an entry too, mostly for the ports 1024 to 65535. If omitted: none is allowed.",
      number,
    ),
  ),
});

export type NetworkAcl = Static<typeof schema>;
