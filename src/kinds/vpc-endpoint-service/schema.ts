import type { Static } from "typebox";
import { boolean, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";

export const schema = object({
  loadBalancers: list(
    ref("loadBalancer", "A Network Load Balancer, or a Gateway Load Balancer outside this environment."),
    "The load balancers of the service, all of one type.",
    {
      minItems: 1,
      uniqueItems: true,
    },
  ),
  acceptanceRequired: optional(boolean("Whether you must accept each endpoint that others make for the service. AWS's default: true.")),
  allowedPrincipals: optional(
    list(
      string("The ARN of an account, role or user; `*`: everybody.", {
        pattern: "^(\\*|arn:[^:]+:iam::[0-9]{12}:.+)$",
        examples: ["arn:aws:iam::111122223333:root"],
      }),
      "The principals that may make endpoints for the service.",
      { uniqueItems: true },
    ),
  ),
  privateDnsName: optional(
    string("A domain name of yours for the service. AWS asks for a TXT record that proves that the name is yours (`infra output`).", {
      pattern: "^(\\*\\.)?([a-z0-9-]+\\.)+[a-z]{2,}$",
      examples: ["api.example.com"],
    }),
  ),
  supportedIpAddressTypes: optional(
    list(oneOf(["ipv4", "ipv6"], "A family."), "The IP address types that endpoints of the service may have. If omitted: IPv4.", {
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
