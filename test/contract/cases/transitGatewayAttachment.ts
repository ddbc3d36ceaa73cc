import type { Case } from "../case.ts";

const vpc = (net: number) => ({ cidrBlock: `10.${net}.0.0/16` });
const subnet = (in_: string, net: string, zone: string) => ({ vpc: in_, cidrBlock: `10.${net}.0/24`, availabilityZone: zone });

export const transitGatewayAttachment: Case = {
  kind: "transitGatewayAttachment",
  index: {
    transitGateways: { hub: {}, other: {} },
    vpcs: { one: vpc(1), two: vpc(2) },
    subnets: {
      "one-a": subnet("one", "1.1", "a"),
      "one-a2": subnet("one", "1.2", "a"),
      "one-b": subnet("one", "1.3", "b"),
      "two-a": subnet("two", "2.1", "a"),
    },
  },
  bare: { transitGateway: "hub", vpc: "one", subnets: ["one-a"] },
  forms: [
    {
      full: {
        transitGateway: "hub",
        vpc: "one",
        subnets: ["one-a"],
        applianceModeSupport: true,
        dnsSupport: false,
        ipv6Support: true,
        securityGroupReferencingSupport: false,
      },
      changes: [
        ["transitGateway", "other", "replace"],
        ["vpc", "two", "replace", { also: { subnets: ["two-a"] } }],
        ["subnets", ["one-a", "one-b"]],
        ["subnets", ["one-a2"]],
        ["applianceModeSupport", undefined],
        ["dnsSupport", true],
        ["ipv6Support", undefined],
        ["securityGroupReferencingSupport", true],
      ],
    },
  ],
};
