import { passRole, roleArns, serviceRole, useForeign, useKey } from "../../resource/iam.ts";
import type { Grant, IamNeeds, IamPlace, ResourceIndex } from "../kind.ts";
import { useCopy } from "../shared/rds/copies.ts";
import { storageActions } from "../shared/rds/fields.ts";
import { passwordGrants } from "../shared/rds/password.ts";
import { snapshotGrants } from "../shared/rds/snapshots.ts";
import { defaults, type DbCluster } from "./schema.ts";

export const iam: IamNeeds<DbCluster> = {
  read: [
    "rds:DescribeDBClusterAutomatedBackups",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "rds:DescribeDBSubnetGroups",
  ],
  write: [
    "rds:AddTagsToResource",
    "rds:CreateDBCluster",
    "rds:CreateDBInstance",
    "rds:DeleteDBCluster",
    "rds:DeleteDBInstance",
    "rds:DescribeAccountAttributes",
    "rds:DescribeOrderableDBInstanceOptions",
    "rds:DisableHttpEndpoint",
    "rds:EnableHttpEndpoint",
    "rds:FailoverDBCluster",
    "rds:ModifyDBCluster",
    "rds:ModifyDBInstance",
    "rds:RemoveTagsFromResource",
    "rds:RestoreDBClusterFromSnapshot",
    "rds:RestoreDBClusterToPointInTime",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
  ],
  // A protected cluster is changed before it is deleted.
  remove: ["rds:DeleteDBCluster", "rds:DeleteDBInstance", "rds:ModifyDBCluster"],
  onlyFor: {
    "rds:CreateDBInstance": ["instances"],
    "rds:DeleteDBInstance": ["instances"],
    "rds:DescribeDBClusterAutomatedBackups": ["restoreToPointInTime"],
    // Aurora can also start from a snapshot of an instance.
    "rds:DescribeDBSnapshots": ["snapshot"],
    "rds:DisableHttpEndpoint": ["httpEndpoint"],
    "rds:EnableHttpEndpoint": ["httpEndpoint"],
    "rds:FailoverDBCluster": ["instances"],
    "rds:ModifyDBInstance": ["instances"],
    "rds:RestoreDBClusterFromSnapshot": ["snapshot"],
    "rds:RestoreDBClusterToPointInTime": ["restoreToPointInTime"],
  },
  access: {
    "rds:AddTagsToResource": { made: ["cluster:*", "db:*"], ours: ["*"] },
    "rds:CreateDBCluster": { made: ["cluster:*"], free: ["cluster-pg:*", "og:*", "subgrp:*"] },
    "rds:CreateDBInstance": { made: ["db:*"], ours: ["cluster:*"], free: ["og:*", "pg:*", "subgrp:*"] },
    "rds:DeleteDBCluster": { ours: ["cluster:*"], free: ["cluster-snapshot:*"] },
    "rds:ModifyDBCluster": { ours: ["cluster:*"], free: ["cluster-pg:*", "og:*"] },
    "rds:ModifyDBInstance": { ours: ["db:*"], free: ["og:*", "pg:*", "subgrp:*"] },
    "rds:RestoreDBClusterFromSnapshot": { made: ["cluster:*"], free: ["cluster-pg:*", "og:*", "subgrp:*"] },
    "rds:RestoreDBClusterToPointInTime": { made: ["cluster:*"], free: ["cluster-pg:*", "og:*", "subgrp:*"] },
  },
  implied: ({ spec }, index, place) => permissions(spec, index, place),
};

/** The other permissions of a cluster: its password, its keys, the role that monitors it, and its snapshots. */
function permissions(spec: DbCluster, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const {
    monitoringRole,
    kmsKey,
    performanceInsightsKmsKey: key,
    snapshot,
    restoreToPointInTime: point,
    masterPassword = defaults.masterPassword,
  } = spec;
  return [
    ...passwordGrants(masterPassword, index, place),
    ...(monitoringRole === undefined ? [] : [passRole(roleArns(monitoringRole, index, place), "monitoring.rds.amazonaws.com")]),
    ...(kmsKey === undefined ? [] : [useKey(kmsKey, "rds", storageActions, index, place)]),
    ...(key === undefined ? [] : [useKey(key, "rds", storageActions, index, place)]),
    ...snapshotGrants("DBCluster", spec, place),
    ...(snapshot === undefined
      ? []
      : [useCopy("RestoreDBClusterFromSnapshot", snapshot.startsWith("arn:") ? snapshot : `cluster-snapshot:${snapshot}`)]),
    ...useForeign(point?.dbCluster, ["rds:RestoreDBClusterToPointInTime"], "cluster:*"),
    serviceRole("rds.amazonaws.com"),
  ];
}
