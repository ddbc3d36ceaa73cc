import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

const machine = { subnet: "a", image, instanceType: "t3.micro", securityGroups: ["one"], disposable: true };

export const elasticIp: Case = {
  kind: "elasticIp",
  world: { ...network, instances: { one: machine, two: machine } },
  bare: {},
  full: { instance: "one" },
  changes: [{ field: "instance", to: "two", action: "update" }],
  elsewhere: { networkBorderGroup: "a replacement loses the address, which is refused: test/kinds/elastic-ip.test.ts" },
};
