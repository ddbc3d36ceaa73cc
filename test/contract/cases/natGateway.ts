import type { Case } from "../case.ts";
import { network } from "../network.ts";

const other = {
  vpcs: { ...network["vpcs"], other: { cidrBlock: "10.9.0.0/16" } },
  internetGateways: { ...network["internetGateways"], other: { vpc: "other" } },
};

export const natGateway: Case = {
  kind: "natGateway",
  index: { ...network, elasticIps: { one: {}, two: {}, three: {}, four: {} } },
  bare: { subnet: "a", elasticIp: "one" },
  forms: [
    {
      full: {
        availabilityMode: "zonal",
        subnet: "a",
        elasticIp: "one",
        connectivityType: "public",
        privateIpAddress: "10.0.1.20",
        secondaryElasticIps: ["two"],
      },
      changes: [
        ["subnet", "b", "replace", { also: { privateIpAddress: "10.0.2.20" } }],
        ["elasticIp", "three", "replace"],
        ["connectivityType", "private", "replace", { also: { elasticIp: undefined, secondaryElasticIps: undefined } }],
        ["privateIpAddress", "10.0.1.21", "replace"],
        ["secondaryElasticIps", []],
        ["secondaryElasticIps", ["four"]],
      ],
    },
    {
      index: other,
      full: {
        availabilityMode: "regional",
        vpc: "net",
        connectivityType: "public",
        availabilityZoneAddresses: [
          { availabilityZone: "a", elasticIp: "one" },
          { availabilityZone: "a", elasticIp: "two" },
          { availabilityZone: "b", elasticIp: "three" },
        ],
      },
      changes: [
        ["vpc", "other", "replace"],
        [
          "availabilityMode",
          "zonal",
          "replace",
          { also: { vpc: undefined, availabilityZoneAddresses: undefined, subnet: "a", elasticIp: "four" } },
        ],
        ["availabilityZoneAddresses", undefined, "nothing"],
        ["availabilityZoneAddresses", [{ availabilityZone: "b", elasticIp: "four" }]],
        ["availabilityZoneAddresses.0.availabilityZone", "b"],
        ["availabilityZoneAddresses.0.elasticIp", "four"],
      ],
    },
    {
      full: { subnet: "a", connectivityType: "private", secondaryPrivateIpAddresses: ["10.0.1.31", "10.0.1.32"] },
      changes: [
        ["secondaryPrivateIpAddresses", []],
        ["secondaryPrivateIpAddresses", ["10.0.1.32", "10.0.1.33"]],
      ],
    },
    {
      full: { subnet: "a", connectivityType: "private", secondaryPrivateIpAddressCount: 1 },
      changes: [
        ["secondaryPrivateIpAddressCount", 3],
        ["secondaryPrivateIpAddressCount", 0],
      ],
    },
    {
      full: { availabilityMode: "regional", vpc: "net" },
      changes: [["availabilityZoneAddresses", [{ availabilityZone: "a", elasticIp: "one" }], "replace", { back: "nothing" }]],
    },
  ],
};
