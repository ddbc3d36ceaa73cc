import type { Case } from "../case.ts";
import { network } from "../network.ts";

const groups = { cacheSubnetGroups: { net: { subnets: ["a", "b"] }, other: { subnets: ["b", "c"] } } };

export const cacheCluster: Case = {
  kind: "cacheCluster",
  index: { ...network, ...groups },
  bare: { engine: "memcached", nodeType: "cache.t4g.micro", subnetGroup: "net" },
  forms: [
    {
      index: { topics: { one: {}, two: {} }, cacheParameterGroups: { one: { family: "memcached1.6" }, two: { family: "memcached1.6" } } },
      full: {
        engine: "memcached",
        engineVersion: "1.6.17",
        nodeType: "cache.t4g.micro",
        numCacheNodes: 3,
        azMode: "cross-az",
        subnetGroup: "net",
        securityGroups: ["one"],
        port: 11212,
        parameterGroup: "one",
        transitEncryption: true,
        maintenanceWindow: "sun:05:00-sun:06:00",
        notificationTopic: "one",
        autoMinorVersionUpgrade: true,
        finalSnapshot: true,
      },
      changes: [
        [
          "engine",
          "redis",
          "replace",
          {
            also: {
              engineVersion: "7.1",
              numCacheNodes: 1,
              azMode: undefined,
              parameterGroup: "default.redis7",
              transitEncryption: undefined,
            },
            back: "refused",
          },
        ],
        ["engineVersion", "1.6.22", "restart", { back: "replace" }],
        ["nodeType", "cache.t4g.small", "replace"],
        ["numCacheNodes", 5],
        ["numCacheNodes", 2],
        ["azMode", "single-az", "replace"],
        ["subnetGroup", "other", "replace"],
        ["securityGroups", ["two"]],
        ["port", 11211, "replace"],
        ["parameterGroup", "two"],
        ["transitEncryption", false, "replace"],
        ["maintenanceWindow", "mon:05:00-mon:06:00"],
        ["notificationTopic", "two"],
        ["autoMinorVersionUpgrade", false],
        ["finalSnapshot", false],
      ],
    },
    {
      index: { logGroups: { one: {}, two: {} } },
      full: {
        engine: "redis",
        engineVersion: "7.0",
        nodeType: "cache.t4g.micro",
        availabilityZone: "a",
        subnetGroup: "net",
        snapshotRetention: 3,
        snapshotWindow: "03:00-04:00",
        logDelivery: { "slow-log": { logGroup: "one", format: "json" }, "engine-log": { deliveryStream: "logs", format: "text" } },
      },
      changes: [
        ["engineVersion", "7.1", "restart", { back: "refused" }],
        ["nodeType", "cache.t4g.small", "restart"],
        ["availabilityZone", "b", "refused"],
        ["snapshotRetention", 5],
        ["snapshotWindow", "04:00-05:00"],
        ["logDelivery.slow-log.logGroup", "two"],
        ["logDelivery.slow-log.format", "text"],
        ["logDelivery.engine-log.deliveryStream", "others"],
      ],
    },
  ],
};
