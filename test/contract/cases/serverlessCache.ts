import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const serverlessCache: Case = {
  kind: "serverlessCache",
  index: network,
  bare: { engine: "valkey", subnets: ["a", "b"] },
  forms: [
    {
      full: {
        description: "Sessions",
        engine: "redis",
        majorEngineVersion: "7",
        usageLimits: { dataStorage: { minimum: 1, maximum: 10 }, ecpuPerSecond: { minimum: 1000, maximum: 5000 } },
        subnets: ["a", "b"],
        securityGroups: ["one"],
        kmsKey: "11111111-1111-1111-1111-111111111111",
        userGroup: "people",
        snapshotRetention: 3,
        dailySnapshotTime: "03:00",
        finalSnapshot: true,
      },
      changes: [
        ["description", "Sessions and locks"],
        ["engine", "valkey", "update", { also: { majorEngineVersion: "8" }, back: "refused" }],
        ["majorEngineVersion", "8", "update", { also: { engine: "valkey" }, back: "refused" }],
        ["usageLimits.dataStorage.minimum", 2],
        ["usageLimits.dataStorage.maximum", 20],
        ["usageLimits.ecpuPerSecond.minimum", 2000],
        ["usageLimits.ecpuPerSecond.maximum", 6000],
        ["subnets", ["b", "c"], "refused"],
        ["securityGroups", ["two"]],
        ["kmsKey", "22222222-2222-2222-2222-222222222222", "refused"],
        ["userGroup", "programs"],
        ["snapshotRetention", 5],
        ["dailySnapshotTime", "04:00"],
        ["finalSnapshot", false],
      ],
    },
  ],
};
