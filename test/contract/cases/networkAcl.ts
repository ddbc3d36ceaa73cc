import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const networkAcl: Case = {
  kind: "networkAcl",
  index: { ...network, vpcs: { ...network["vpcs"], other: { cidrBlock: "10.9.0.0/16" } } },
  bare: { vpc: "net" },
  forms: [
    {
      full: {
        vpc: "net",
        subnets: ["a", "b"],
        ingress: {
          100: { action: "allow", protocol: "tcp", port: 443, source: "0.0.0.0/0" },
          110: { action: "allow", protocol: "udp", ports: "1024-65535", source: "10.0.0.0/16" },
          120: { action: "deny", protocol: "icmp", icmpType: 8, icmpCode: 0, source: "192.0.2.0/24" },
          130: { action: "allow", protocol: 47, source: "2001:db8::/32" },
        },
        egress: {
          100: { action: "allow", protocol: "all", destination: "0.0.0.0/0" },
          110: { action: "deny", protocol: "icmpv6", icmpType: 128, icmpCode: 0, destination: "::/0" },
          120: { action: "allow", port: 53, destination: "10.0.0.2/32" },
          130: { action: "allow", protocol: "udp", ports: "33434-33534", destination: "10.0.0.0/16" },
        },
      },
      changes: [
        ["vpc", "other", "replace", { also: { subnets: [] } }],
        ["subnets", ["b", "c"]],
        ["subnets", []],
        ["ingress", undefined],
        ["ingress.100.action", "deny"],
        ["ingress.100.protocol", "udp"],
        ["ingress.100.port", 80],
        ["ingress.110.ports", "1024-2048"],
        ["ingress.120.icmpType", 0],
        ["ingress.120.icmpCode", undefined],
        ["ingress.130.source", "10.0.0.0/8"],
        ["egress", {}],
        ["egress.100.action", "deny"],
        ["egress.130.protocol", "tcp"],
        ["egress.120.port", 54],
        ["egress.130.ports", "33434-33600"],
        ["egress.110.icmpType", 129],
        ["egress.110.icmpCode", undefined],
        ["egress.100.destination", "10.0.0.0/8"],
      ],
    },
    {
      full: { vpc: "net", default: true, ingress: { 100: { action: "allow", protocol: "all", source: "10.0.0.0/16" } }, egress: {} },
      changes: [
        ["default", undefined, "replace"],
        ["ingress", {}],
      ],
    },
  ],
};
