import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const natGateway: Case = {
  kind: "natGateway",
  index: { ...network, elasticIps: { one: {}, two: {}, three: {}, four: {} } },
  bare: { subnet: "a", elasticIp: "one" },
  forms: [
    {
      full: { subnet: "a", elasticIp: "one", connectivityType: "public", privateIpAddress: "10.0.1.20", secondaryElasticIps: ["two"] },
      changes: [
        ["subnet", "b", "replace", { also: { privateIpAddress: "10.0.2.20" } }],
        ["elasticIp", "three", "replace"],
        ["connectivityType", "private", "replace", { also: { elasticIp: undefined, secondaryElasticIps: undefined } }],
        ["privateIpAddress", "10.0.1.21", "replace"],
        ["secondaryElasticIps", []],
        ["secondaryElasticIps", ["four"]],
      ],
    },
  ],
};
