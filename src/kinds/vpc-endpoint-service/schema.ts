import type { Static } from "typebox";
import { boolean, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";

export const schema = object({
  loadBalancers: list(ref("loadBalancer", "A network balancer, or a gateway balancer of others."), "What answers, all of one kind.", {
    minItems: 1,
    uniqueItems: true,
  }),
  acceptanceRequired: optional(boolean("Whether each endpoint that others make to it waits until you accept it; AWS's default is yes.")),
  allowedPrincipals: optional(
    list(
      string("An ARN of an account, role or user; `*`: everybody.", {
        pattern: "^(\\*|arn:[^:]+:iam::[0-9]{12}:.+)$",
        examples: ["arn:aws:iam::111122223333:root"],
      }),
      "Who may make endpoints to it.",
      { uniqueItems: true },
    ),
  ),
  privateDnsName: optional(
    string("A name of yours under which others may reach it. AWS asks for a TXT record that proves the name (`infra output`).", {
      pattern: "^(\\*\\.)?([a-z0-9-]+\\.)+[a-z]{2,}$",
      examples: ["api.example.com"],
    }),
  ),
  supportedIpAddressTypes: optional(
    list(oneOf(["ipv4", "ipv6"], "A family."), "Which addresses its endpoints may have. If omitted: IPv4.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
});

export type VpcEndpointService = Static<typeof schema>;

/** Whether a reference is a Gateway Load Balancer, by its ARN. Declared load balancers never are. */
export function isGateway(balancer: string): boolean {
  return /:loadbalancer\/gwy\//.test(balancer);
}
