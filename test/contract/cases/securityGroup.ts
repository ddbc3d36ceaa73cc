import type { Case } from "../case.ts";

export const securityGroup: Case = {
  kind: "securityGroup",
  index: {
    vpcs: { net: { cidrBlock: "10.0.0.0/16" }, other: { cidrBlock: "10.1.0.0/16" } },
    securityGroups: { source: { vpc: "net" } },
    prefixLists: { office: { entries: [{ cidr: "192.0.2.0/24" }] } },
  },
  bare: { vpc: "net" },
  forms: [
    {
      full: {
        vpc: "net",
        description: "A group",
        ingress: [
          { protocol: "tcp", port: 80, source: "0.0.0.0/0", description: "HTTP" },
          { ports: "8000-8100", source: "securityGroup/source" },
          { protocol: "icmp", icmpType: 3, icmpCode: 4, source: "10.0.0.0/8" },
        ],
        egress: [
          { protocol: "tcp", port: 443, destination: "10.0.0.0/8", description: "HTTPS" },
          { ports: "8000-8100", destination: "securityGroup/source" },
          { protocol: "icmp", icmpType: 3, icmpCode: 4, destination: "10.0.0.0/8" },
        ],
      },
      changes: [
        ["vpc", "other", "replace", { also: { ingress: [], egress: [] } }],
        ["description", "Another", "replace"],
        ["ingress", [{ port: 80, source: "0.0.0.0/0", description: "HTTP" }]],
        ["ingress.0.protocol", "udp"],
        ["ingress.0.port", 81],
        ["ingress.0.source", "10.0.0.0/8"],
        ["ingress.0.source", "prefixList/office"],
        ["ingress.0.description", "HTTP from everywhere"],
        ["ingress.0.description", ""],
        ["ingress.1.ports", "8000-8200"],
        ["ingress.2.icmpType", 5],
        ["ingress.2.icmpCode", 1],
        ["egress", []],
        ["egress.0.protocol", "udp"],
        ["egress.0.port", 444],
        ["egress.0.destination", "0.0.0.0/0"],
        ["egress.0.description", "HTTPS inside"],
        ["egress.1.ports", "8000-8200"],
        ["egress.2.icmpType", 5],
        ["egress.2.icmpCode", 1],
      ],
    },
    {
      full: { vpc: "net", default: true, ingress: [], egress: [{ port: 443, destination: "10.0.0.0/8" }] },
      changes: [
        ["default", undefined, "replace"],
        ["egress", []],
      ],
    },
  ],
};
