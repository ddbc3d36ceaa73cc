import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

const machine = { subnet: "a", image, instanceType: "t3.micro", securityGroups: ["one"], disposable: true };

export const elasticIp: Case = {
  kind: "elasticIp",
  index: { ...network, instances: { one: machine, two: machine } },
  bare: {},
  forms: [
    {
      full: { instance: "one", networkBorderGroup: "eu-west-1" },
      changes: [
        ["instance", "two"],
        // Another address is another address, whatever else it is.
        ["networkBorderGroup", "eu-west-1-lhr-1", "refused"],
      ],
    },
  ],
};
