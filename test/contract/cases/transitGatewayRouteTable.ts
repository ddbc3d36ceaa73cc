import type { Case } from "../case.ts";

const options = { defaultRouteTableAssociation: false, defaultRouteTablePropagation: false };
const attachment = (name: string) => ({ transitGateway: "hub", vpc: name, subnets: [name] });
const subnet = (name: string, net: number) => ({ vpc: name, cidrBlock: `10.${net}.1.0/24`, availabilityZone: "a" });

export const transitGatewayRouteTable: Case = {
  kind: "transitGatewayRouteTable",
  index: {
    transitGateways: { hub: options, other: options, plain: {} },
    vpcs: { one: { cidrBlock: "10.1.0.0/16" }, two: { cidrBlock: "10.2.0.0/16" } },
    subnets: { one: subnet("one", 1), two: subnet("two", 2) },
    transitGatewayAttachments: { one: attachment("one"), two: attachment("two") },
  },
  bare: { transitGateway: "hub" },
  forms: [
    {
      full: {
        transitGateway: "hub",
        associations: ["one"],
        propagations: ["two"],
        routes: [
          { destination: "10.9.0.0/16", target: "two" },
          { destination: "10.8.0.0/16", blackhole: true },
        ],
      },
      changes: [
        ["associations", ["two"]],
        ["associations", undefined],
        ["propagations", ["one", "two"]],
        ["propagations", undefined],
        ["routes", [{ destination: "10.7.0.0/16", target: "two" }]],
        [
          "routes",
          [
            { destination: "10.9.0.0/16", target: "one" },
            { destination: "10.8.0.0/16", blackhole: true },
          ],
        ],
        ["routes", [{ destination: "10.9.0.0/16", blackhole: true }]],
        ["routes", undefined],
      ],
    },
    {
      full: { transitGateway: "hub" },
      changes: [["transitGateway", "other", "replace"]],
    },
    {
      full: { transitGateway: "plain", default: true, routes: [{ destination: "10.8.0.0/16", blackhole: true }] },
      changes: [["default", undefined, "replace", { back: "replace" }]],
    },
  ],
};
