import type { Case } from "../case.ts";
import { network } from "../network.ts";

const balancer = { scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] };
const hostedZones = { shop: { name: "shop.example.com" }, other: { name: "other.example.com" } };

export const record: Case = {
  kind: "record",
  index: { hostedZones },
  bare: { zone: "shop", name: "www.shop.example.com", type: "A", values: ["192.0.2.1"] },
  forms: [
    {
      full: { zone: "shop", name: "www.shop.example.com", type: "A", ttl: 60, values: ["192.0.2.1", "192.0.2.2"] },
      changes: [
        ["zone", "other", "replace", { also: { name: "www.other.example.com" } }],
        ["name", "*.shop.example.com", "replace"],
        ["type", "CNAME", "replace", { also: { values: ["app.example.com"] } }],
        ["ttl", 120],
        ["ttl", undefined],
        ["values", ["192.0.2.2"]],
      ],
    },
    {
      index: { ...network, loadBalancers: { one: balancer, two: balancer } },
      full: { zone: "shop", name: "shop.example.com", type: "A", alias: "loadBalancer/one", evaluateTargetHealth: true },
      changes: [
        ["alias", "loadBalancer/two"],
        ["alias", { dnsName: "d111111abcdef8.cloudfront.net", hostedZone: "Z2FDTNDATAQYW2" }],
        ["evaluateTargetHealth", false],
        ["values", ["192.0.2.1"], "update", { also: { alias: undefined, evaluateTargetHealth: undefined } }],
      ],
    },
    {
      index: {
        records: {
          green: {
            zone: "shop",
            name: "www.shop.example.com",
            type: "A",
            values: ["192.0.2.9"],
            routing: { setIdentifier: "green", weight: 10 },
          },
        },
      },
      full: {
        zone: "shop",
        name: "www.shop.example.com",
        type: "A",
        values: ["192.0.2.1"],
        routing: { setIdentifier: "blue", weight: 90 },
      },
      changes: [
        ["routing.weight", 0],
        ["routing.setIdentifier", "red", "replace"],
        ["values", ["192.0.2.2"]],
      ],
    },
    {
      full: {
        zone: "shop",
        name: "www.shop.example.com",
        type: "A",
        values: ["192.0.2.1"],
        routing: { setIdentifier: "blue", weight: 90 },
      },
      changes: [["routing", undefined, "replace"]],
    },
    {
      full: {
        zone: "shop",
        name: "cdn.shop.example.com",
        type: "A",
        alias: { dnsName: "d111111abcdef8.cloudfront.net", hostedZone: "Z2FDTNDATAQYW2" },
      },
      changes: [
        ["alias.dnsName", "d222222abcdef8.cloudfront.net"],
        ["alias.hostedZone", "Z3RFFRIM2A3IF5"],
      ],
    },
  ],
};
