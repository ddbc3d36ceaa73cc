/** The fields of a security group as authors write them. */
import { integer, list, object, optional, ref, refOr, string } from "../../resource/fields.ts";
import { defaultField } from "../shared/network/defaults.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

/** A network, or "self"; other words are references. */
const literalPeer = "^(self|[0-9a-fA-F.]*[.:][0-9a-fA-F.:]*(/[0-9]+)?)$";

const peer = (doc: string) => refOr(literalPeer, "securityGroup", doc, { also: ["prefixList"] });

const ruleFields = {
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
  ports: optional(Type.Union([Type.String(), Type.Integer()], { description: "A range of ports.", examples: ["8000-8100"] })),
  icmpType: optional(integer("The ICMP type; all if omitted.", { minimum: -1, maximum: 255 })),
  icmpCode: optional(integer("The ICMP code; all if omitted.", { minimum: -1, maximum: 255 })),
};

const description = optional(string("A description of the rule; at most 255 characters."));

export const ingressRule = object({
  ...ruleFields,
  source: peer("The source of the traffic: a network, `securityGroup/NAME`, `prefixList/NAME`, `self`, or `{ id: pl-… }`."),
  description,
});

export const egressRule = object({
  ...ruleFields,
  destination: peer("The destination of the traffic: a network, `securityGroup/NAME`, `prefixList/NAME`, `self`, or `{ id: pl-… }`."),
  description,
});

export const schema = object({
  vpc: ref("vpc", "The VPC of the security group."),
  default: defaultField("security group"),
  description: optional(string("A description of the group. EC2 cannot change it: a new description means a new group.", { minLength: 1 })),
  ingress: optional(list(ingressRule, "Rules for inbound traffic that is allowed. If omitted: none.")),
  egress: optional(list(egressRule, "Rules for outbound traffic that is allowed. If omitted: all traffic (the AWS default); `[]`: none.")),
});

export type SecurityGroup = Static<typeof schema>;
