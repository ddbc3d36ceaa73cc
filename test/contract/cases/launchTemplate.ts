import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

export const launchTemplate: Case = {
  kind: "launchTemplate",
  world: network,
  bare: { image, instanceType: "t3.micro" },
  full: {
    image,
    instanceType: "t3.micro",
    securityGroups: ["one"],
    userData: "#!/bin/sh\necho one\n",
    rootVolume: { size: 20, type: "gp3", encrypted: true },
    monitoring: true,
    shutdownBehavior: "stop",
    ebsOptimized: true,
    instanceTags: { role: "web" },
    volumeTags: { role: "web" },
  },
  changes: [
    { field: "instanceType", to: "t3.small", action: "update" },
    { field: "securityGroups", to: ["one", "two"], action: "update" },
    { field: "userData", to: "#!/bin/sh\necho two\n", action: "update" },
    { field: "rootVolume", to: { size: 30, type: "gp3", encrypted: true }, action: "update" },
    { field: "monitoring", to: false, action: "update" },
    { field: "shutdownBehavior", to: "terminate", action: "update" },
    { field: "ebsOptimized", to: false, action: "update" },
    { field: "instanceTags", to: { role: "batch" }, action: "update" },
    { field: "volumeTags", to: { role: "batch" }, action: "update" },
  ],
};
