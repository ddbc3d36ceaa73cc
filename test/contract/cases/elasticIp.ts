import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

const machine = { subnet: "a", image, instanceType: "t3.micro", securityGroups: ["one"], disposable: true };

export const elasticIp: Case = {
  kind: "elasticIp",
  index: {
    ...network,
    instances: { one: { ...machine, privateIpAddress: "10.0.1.20", secondaryPrivateIpAddresses: ["10.0.1.21"] }, two: machine },
    networkInterfaces: {
      one: { subnet: "a", privateIpAddresses: ["10.0.1.10", "10.0.1.11"] },
      two: { subnet: "a", privateIpAddresses: ["10.0.1.12"] },
    },
  },
  bare: {},
  forms: [
    {
      full: { instance: "one", networkBorderGroup: "eu-west-1" },
      changes: [
        ["instance", "two"],
        // The address itself would change, so the plan refuses it.
        ["networkBorderGroup", "eu-west-1-lhr-1", "refused"],
      ],
    },
    { full: { instance: "one", privateIpAddress: "10.0.1.20" }, changes: [["privateIpAddress", "10.0.1.21"]] },
    {
      full: { networkInterface: "one", privateIpAddress: "10.0.1.11" },
      changes: [
        ["networkInterface", "two", "update", { also: { privateIpAddress: undefined } }],
        ["privateIpAddress", "10.0.1.10"],
      ],
    },
  ],
};
