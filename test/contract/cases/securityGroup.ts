import type { Case } from "../case.ts";

export const securityGroup: Case = {
  kind: "securityGroup",
  world: {
    vpcs: { net: { cidrBlock: "10.0.0.0/16" }, other: { cidrBlock: "10.1.0.0/16" } },
    securityGroups: { source: { vpc: "net" } },
  },
  bare: { vpc: "net" },
  full: {
    vpc: "net",
    description: "A group",
    ingress: [
      { port: 80, source: "0.0.0.0/0", description: "HTTP" },
      { ports: "8000-8100", source: "securityGroup/source" },
    ],
    egress: [{ port: 443, destination: "10.0.0.0/8" }],
  },
  changes: [
    { field: "vpc", to: "other", action: "replace", also: { ingress: [] } },
    { field: "description", to: "Another", action: "replace" },
    { field: "ingress", to: [{ port: 80, source: "10.0.0.0/8", description: "HTTP from inside" }], action: "update" },
    { field: "egress", to: [], action: "update" },
  ],
};
