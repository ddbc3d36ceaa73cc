import type { Case } from "../case.ts";
import { network } from "../network.ts";

const targets = { vpc: "net", protocol: "HTTP", port: 80 };

export const loadBalancer: Case = {
  kind: "loadBalancer",
  world: { ...network, targetGroups: { one: targets, two: targets } },
  bare: { type: "application", scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] },
  full: {
    type: "application",
    scheme: "internet-facing",
    subnets: ["a", "b"],
    securityGroups: ["one"],
    ipAddressType: "ipv4",
    idleTimeout: 120,
    clientKeepAlive: 600,
    deletionProtection: false,
    http2: true,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: "defensive",
    preserveHostHeader: true,
    xffHeaderProcessing: "append",
    xffClientPort: true,
    listeners: {
      80: {
        protocol: "HTTP",
        forward: "one",
        rules: {
          status: {
            priority: 10,
            conditions: { path: ["/status"] },
            fixedResponse: { statusCode: 200, contentType: "text/plain", messageBody: "up" },
          },
        },
      },
    },
  },
  changes: [
    { field: "subnets", to: ["a", "c"], action: "update" },
    { field: "securityGroups", to: ["one", "two"], action: "update" },
    { field: "idleTimeout", to: 90, action: "update" },
    { field: "clientKeepAlive", to: 900, action: "update" },
    { field: "deletionProtection", to: true, action: "update" },
    { field: "http2", to: false, action: "update" },
    { field: "dropInvalidHeaderFields", to: false, action: "update" },
    { field: "desyncMitigationMode", to: "strictest", action: "update" },
    { field: "preserveHostHeader", to: false, action: "update" },
    { field: "xffHeaderProcessing", to: "preserve", action: "update" },
    { field: "xffClientPort", to: false, action: "update" },
    { field: "listeners", to: { 80: { protocol: "HTTP", forward: "two" }, 81: { protocol: "HTTP", forward: "one" } }, action: "update" },
  ],
};
