/** The fields of a security group as authors write them. */
import { integer, list, object, optional, ref, refOr, string } from "../../resource/fields.ts";
import { defaultField } from "../shared/defaults.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

/** A network, or "self"; other words are references. */
const literalPeer = "^(self|[0-9a-fA-F.]*[.:][0-9a-fA-F.:]*(/[0-9]+)?)$";

const peer = (doc: string) => refOr(literalPeer, "securityGroup", doc, { also: ["prefixList"] });

const ruleFields = {
  protocol: optional(
    Type.Union([Type.String({ pattern: "^(tcp|udp|icmp|icmpv6|all|-1|[0-9]{1,3})$" }), Type.Integer({ minimum: -1, maximum: 255 })], {
      description: "`tcp` (the default), `udp`, `icmp`, `icmpv6`, `all`, or the number of another protocol.",
    }),
  ),
  port: optional(Type.Union([Type.Integer(), Type.String()], { description: "The port, 0 to 65535.", examples: [443] })),
  ports: optional(Type.Union([Type.String(), Type.Integer()], { description: "A range of ports.", examples: ["8000-8100"] })),
  icmpType: optional(integer("For ICMP: its type; all when omitted.", { minimum: -1, maximum: 255 })),
  icmpCode: optional(integer("For ICMP: its code; all when omitted.", { minimum: -1, maximum: 255 })),
};

const description = optional(string("What it is for; at most 255 characters."));

export const ingressRule = object({
  ...ruleFields,
  source: peer("Who may come in: a network, `securityGroup/NAME`, `prefixList/NAME`, `self`, or `{ id: pl-… }`."),
  description,
});

export const egressRule = object({
  ...ruleFields,
  destination: peer("Where traffic may go: a network, `securityGroup/NAME`, `prefixList/NAME`, `self`, or `{ id: pl-… }`."),
  description,
});

export const schema = object({
  vpc: ref("vpc", "The VPC it lies in."),
  default: defaultField("security group"),
  description: optional(string("What it is for. EC2 never changes it: a new description is a new group.", { minLength: 1 })),
  ingress: optional(list(ingressRule, "What may come in. If omitted: nothing.")),
  egress: optional(list(egressRule, "What may go out. If omitted: all traffic (the AWS default); `[]`: nothing.")),
});

export type SecurityGroup = Static<typeof schema>;
