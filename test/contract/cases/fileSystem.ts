import type { Case } from "../case.ts";
import { network } from "../network.ts";

const policy = (action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: action, Resource: "*" }],
});

export const fileSystem: Case = {
  kind: "fileSystem",
  index: network,
  bare: {},
  forms: [
    {
      // AWS accepts less throughput or another mode once in 24 hours.
      rest: 25,
      full: {
        encrypted: true,
        kmsKey: "11111111-1111-1111-1111-111111111111",
        performanceMode: "generalPurpose",
        throughputMode: "elastic",
        lifecycle: {
          transitionToIA: "AFTER_30_DAYS",
          transitionToArchive: "AFTER_90_DAYS",
          transitionToPrimaryStorageClass: "AFTER_1_ACCESS",
        },
        backup: true,
        policy: policy("elasticfilesystem:ClientMount"),
        replicationOverwriteProtection: true,
        mountTargets: { a: { securityGroups: ["one"], ipAddress: "10.0.1.20" }, b: { securityGroups: ["one"] } },
        accessPoints: {
          uploads: {
            path: "/uploads",
            posixUser: { uid: 1000, gid: 1000, secondaryGids: [1001] },
            creation: { ownerUid: 1000, ownerGid: 1000, permissions: "0755" },
          },
        },
      },
      changes: [
        ["encrypted", false, "refused", { also: { kmsKey: undefined } }],
        ["kmsKey", "22222222-2222-2222-2222-222222222222", "refused"],
        ["performanceMode", "maxIO", "refused", { also: { throughputMode: "bursting", lifecycle: undefined } }],
        ["throughputMode", "bursting", "update", { also: { "lifecycle.transitionToArchive": undefined } }],
        ["lifecycle.transitionToIA", "AFTER_14_DAYS"],
        ["lifecycle.transitionToArchive", "AFTER_180_DAYS"],
        ["lifecycle.transitionToPrimaryStorageClass", undefined],
        ["backup", false],
        ["policy", policy("elasticfilesystem:ClientWrite")],
        ["policy", undefined],
        ["replicationOverwriteProtection", false],
        ["mountTargets.a.securityGroups", ["two"]],
        ["mountTargets.a.ipAddress", "10.0.1.30", "restart"],
        ["mountTargets", { a: { securityGroups: ["one"], ipAddress: "10.0.1.20" } }, "restart", { back: "update" }],
        ["mountTargets.c", {}, "update", { back: "restart" }],
        ["accessPoints.uploads.path", "/incoming"],
        ["accessPoints.uploads.posixUser.uid", 1002],
        ["accessPoints.uploads.posixUser.gid", 1002],
        ["accessPoints.uploads.posixUser.secondaryGids", [1003]],
        ["accessPoints.uploads.creation.ownerUid", 1002],
        ["accessPoints.uploads.creation.ownerGid", 1002],
        ["accessPoints.uploads.creation.permissions", "0700"],
        ["accessPoints", {}],
      ],
    },
    {
      rest: 25,
      full: { throughputMode: "provisioned", provisionedThroughput: 10, availabilityZone: "a", mountTargets: { a: {} } },
      changes: [
        ["provisionedThroughput", 20],
        ["availabilityZone", "b", "refused", { also: { mountTargets: { b: {} } } }],
      ],
    },
  ],
};
