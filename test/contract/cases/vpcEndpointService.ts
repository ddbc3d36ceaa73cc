import type { Case } from "../case.ts";
import { network } from "../network.ts";

const balancer = { type: "network", scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] };

export const vpcEndpointService: Case = {
  kind: "vpcEndpointService",
  index: { ...network, loadBalancers: { one: balancer, two: balancer } },
  bare: { loadBalancers: ["one"] },
  forms: [
    {
      full: {
        loadBalancers: ["one"],
        acceptanceRequired: false,
        allowedPrincipals: ["arn:aws:iam::111122223333:root"],
        privateDnsName: "api.example.com",
        supportedIpAddressTypes: ["ipv4"],
      },
      changes: [
        ["loadBalancers", ["one", "two"]],
        ["acceptanceRequired", true],
        ["allowedPrincipals", ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/buyer"]],
        ["allowedPrincipals.0", "arn:aws:iam::444455556666:root"],
        ["privateDnsName", "shop.example.com"],
        ["supportedIpAddressTypes", ["ipv4", "ipv6"]],
      ],
    },
  ],
};
