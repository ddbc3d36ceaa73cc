import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const natGateway: Case = {
  kind: "natGateway",
  world: { ...network, elasticIps: { one: {}, two: {}, three: {}, four: {} } },
  bare: { subnet: "a", elasticIp: "one" },
  full: { subnet: "a", elasticIp: "one", connectivityType: "public", privateIpAddress: "10.0.1.20", secondaryElasticIps: ["two"] },
  changes: [
    { field: "subnet", to: "b", action: "replace", also: { privateIpAddress: "10.0.2.20" } },
    { field: "elasticIp", to: "three", action: "replace" },
    { field: "connectivityType", to: "private", action: "replace", also: { elasticIp: undefined, secondaryElasticIps: undefined } },
    { field: "privateIpAddress", to: "10.0.1.21", action: "replace" },
    { field: "secondaryElasticIps", to: [], action: "update" },
  ],
};
