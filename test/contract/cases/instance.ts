import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

export const instance: Case = {
  kind: "instance",
  world: network,
  bare: { subnet: "a", image, instanceType: "t3.micro", disposable: true },
  full: {
    subnet: "a",
    image,
    instanceType: "t3.micro",
    securityGroups: ["one"],
    rootVolume: { size: 20, type: "gp3", encrypted: true },
    userData: "#!/bin/sh\necho one\n",
    userDataChange: "replace",
    monitoring: false,
    disposable: true,
  },
  changes: [
    { field: "subnet", to: "b", action: "replace" },
    { field: "instanceType", to: "t3.small", action: "restart" },
    { field: "securityGroups", to: ["two"], action: "update" },
    { field: "userData", to: "#!/bin/sh\necho two\n", action: "replace" },
    { field: "monitoring", to: true, action: "update" },
  ],
};
