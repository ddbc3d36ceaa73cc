import type { Case } from "../case.ts";

export const vpc: Case = {
  kind: "vpc",
  world: {},
  bare: { cidrBlock: "10.0.0.0/16" },
  full: {
    cidrBlock: "10.0.0.0/16",
    secondaryCidrBlocks: ["10.1.0.0/16"],
    enableDnsSupport: true,
    enableDnsHostnames: true,
    instanceTenancy: "default",
  },
  changes: [
    { field: "cidrBlock", to: "10.2.0.0/16", action: "replace" },
    { field: "secondaryCidrBlocks", to: ["10.3.0.0/16"], action: "update" },
    { field: "enableDnsSupport", to: false, action: "update", also: { enableDnsHostnames: false } },
    { field: "enableDnsHostnames", to: false, action: "update" },
    { field: "instanceTenancy", to: "dedicated", action: "replace" },
  ],
};
