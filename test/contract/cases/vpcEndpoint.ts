import type { Case } from "../case.ts";
import { network } from "../network.ts";

const policy = (action: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: [action], Resource: "*" }], Version: "2012-10-17" });

export const vpcEndpoint: Case = {
  kind: "vpcEndpoint",
  index: {
    ...network,
    vpcs: {
      ...network["vpcs"],
      other: { cidrBlock: "10.9.0.0/16" },
      dual: { cidrBlock: "10.8.0.0/16", ipv6: "amazon", enableDnsHostnames: true },
    },
    subnets: { ...network["subnets"], dual: { vpc: "dual", cidrBlock: "10.8.1.0/24", availabilityZone: "a", ipv6CidrBlock: 1 } },
    securityGroups: { ...network["securityGroups"], dual: { vpc: "dual" } },
    routeTables: { ...network["routeTables"], two: { vpc: "net" } },
    loadBalancers: { own: { type: "network", scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] } },
    vpcEndpointServices: { own: { loadBalancers: ["own"], acceptanceRequired: false } },
  },
  bare: { vpc: "net", service: "s3" },
  forms: [
    {
      full: { vpc: "net", service: "s3", type: "Gateway", routeTables: ["net"], policy: policy("s3:GetObject") },
      changes: [
        ["vpc", "other", "replace", { also: { routeTables: [] } }],
        ["service", "dynamodb", "replace"],
        ["routeTables", ["net", "two"]],
        ["routeTables", undefined],
        ["policy", policy("s3:PutObject")],
        ["policy", undefined],
      ],
    },
    {
      full: {
        vpc: "net",
        service: "com.amazonaws.eu-west-1.ssm",
        type: "Interface",
        subnets: ["a", "b"],
        securityGroups: ["one"],
        privateDns: false,
        ipAddressType: "ipv4",
      },
      changes: [
        ["subnets", ["b", "c"]],
        ["securityGroups", ["one", "two"]],
        ["securityGroups", ["two"]],
        ["privateDns", undefined],
        ["service", "kms", "replace"],
        ["service", "vpcEndpointService/own", "replace"],
        ["policy", policy("ssm:*")],
        ["ipAddressType", undefined, "nothing"],
      ],
    },
    {
      full: {
        vpc: "dual",
        service: "ssm",
        type: "Interface",
        subnets: ["dual"],
        securityGroups: ["dual"],
        ipAddressType: "dualstack",
        dnsRecordIpType: "dualstack",
      },
      changes: [
        ["dnsRecordIpType", "service-defined"],
        ["dnsRecordIpType", undefined, "nothing"],
        ["ipAddressType", "ipv4", "update", { also: { dnsRecordIpType: undefined } }],
      ],
    },
    {
      full: { vpc: "net", service: "s3", type: "Interface", subnets: ["a"], securityGroups: ["one"] },
      changes: [["type", "Gateway", "replace", { also: { subnets: [], securityGroups: [] } }]],
    },
    {
      full: {
        vpc: "net",
        service: "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
        type: "GatewayLoadBalancer",
        subnets: ["a"],
      },
      changes: [["subnets", ["b"]]],
    },
  ],
};
