import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

const machine = { subnet: "a", image, instanceType: "t3.micro", securityGroups: ["one"], disposable: true };

export const targetGroup: Case = {
  kind: "targetGroup",
  world: { ...network, vpcs: { ...network["vpcs"], other: { cidrBlock: "10.1.0.0/16" } }, instances: { one: machine, two: machine } },
  bare: { vpc: "net", protocol: "HTTP", port: 80 },
  full: {
    vpc: "net",
    protocol: "HTTP",
    port: 80,
    targetType: "instance",
    protocolVersion: "HTTP1",
    healthCheck: { path: "/", interval: 10, healthyThreshold: 2 },
    deregistrationDelay: 30,
    slowStart: 60,
    algorithm: "round_robin",
    stickiness: { enabled: true, type: "lb_cookie", duration: 600 },
    targets: ["one"],
  },
  changes: [
    { field: "vpc", to: "other", action: "replace", also: { targets: [] } },
    { field: "protocol", to: "HTTPS", action: "replace" },
    { field: "port", to: 81, action: "replace" },
    { field: "protocolVersion", to: "HTTP2", action: "replace" },
    { field: "healthCheck", to: { path: "/up", interval: 10, healthyThreshold: 2 }, action: "update" },
    { field: "deregistrationDelay", to: 60, action: "update" },
    { field: "slowStart", to: 90, action: "update" },
    { field: "algorithm", to: "least_outstanding_requests", action: "update", also: { slowStart: 0 } },
    { field: "stickiness", to: { enabled: true, type: "lb_cookie", duration: 900 }, action: "update" },
    { field: "targets", to: ["one", "two"], action: "update" },
  ],
};
