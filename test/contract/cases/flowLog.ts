import type { Case } from "../case.ts";

const vpc = (net: number) => ({ cidrBlock: `10.${net}.0.0/16` });

export const flowLog: Case = {
  kind: "flowLog",
  index: {
    vpcs: { one: vpc(1), two: vpc(2) },
    subnets: { one: { vpc: "one", cidrBlock: "10.1.1.0/24", availabilityZone: "a" } },
    networkInterfaces: { one: { subnet: "one" } },
    logGroups: { one: {}, two: {} },
    iamRoles: { one: { trust: "vpc-flow-logs.amazonaws.com" }, two: { trust: "vpc-flow-logs.amazonaws.com" } },
    buckets: { one: { name: "flow-logs-one" }, two: { name: "flow-logs-two" } },
  },
  bare: { of: "vpc/one", to: "bucket/one" },
  forms: [
    {
      full: {
        of: "vpc/one",
        traffic: "REJECT",
        to: "logGroup/one",
        role: "one",
        format: ["version", "vpc-id", "srcaddr", "dstaddr", "action"],
        interval: 60,
      },
      changes: [
        ["of", "vpc/two", "replace"],
        ["of", "subnet/one", "replace"],
        ["of", "networkInterface/one", "replace"],
        ["traffic", "ACCEPT", "replace"],
        ["to", "logGroup/two", "replace"],
        ["role", "two", "replace"],
        ["format", undefined, "replace"],
        ["format", ["version", "srcaddr", "vpc-id", "dstaddr", "action"], "replace"],
        ["interval", 600, "replace"],
      ],
    },
    {
      full: {
        of: "vpc/one",
        to: "bucket/one",
        prefix: "network/lab",
        destinationOptions: { fileFormat: "parquet", hiveCompatiblePartitions: true, perHourPartition: true },
      },
      changes: [
        ["to", "bucket/two", "replace"],
        ["prefix", "network", "replace"],
        ["destinationOptions.fileFormat", "plain-text", "replace"],
        ["destinationOptions.hiveCompatiblePartitions", false, "replace"],
        ["destinationOptions.perHourPartition", false, "replace"],
      ],
    },
  ],
};
