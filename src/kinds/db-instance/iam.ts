import { passRole, roleArns, serviceRole, useForeign, useKey } from "../../resource/iam.ts";
import { useCopy } from "../shared/rds/copies.ts";
import { storageActions } from "../shared/rds/fields.ts";
import { passwordGrants } from "../shared/rds/password.ts";
import { snapshotGrants } from "../shared/rds/snapshots.ts";
import type { Grant, IamPlace, ResourceIndex } from "../kind.ts";
import { defaults, isReplica, type DbInstance } from "./schema.ts";

/**
 * Actions that RDS performs for a blue/green deployment with its caller's permissions (RDS User Guide, "Authorizing access to Amazon RDS
 * blue/green deployment operations").
 */
const ofGreen: readonly Grant[] = [
  { sid: "MakeGreenCopies", actions: ["rds:CreateDBInstanceReadReplica"], resources: ["db:*", "og:*", "pg:*", "subgrp:*"], tie: "free" },
  { sid: "TagDeployments", actions: ["rds:AddTagsToResource"], resources: ["deployment:*"], tie: "made" },
];

/** The other permissions of a database: its password, its keys, the role that monitors it, and its snapshots. */
export function permissions(spec: DbInstance, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const { monitoringRole, kmsKey, replicaOf, performanceInsightsKmsKey: key, snapshot, restoreToPointInTime } = spec;
  const source: unknown = restoreToPointInTime?.dbInstance;
  return [
    ...useForeign(replicaOf, ["rds:CreateDBInstanceReadReplica"], "db:*"),
    ...(isReplica(spec) ? [] : passwordGrants(spec.masterPassword ?? defaults.masterPassword, index, place)),
    ...(monitoringRole === undefined ? [] : [passRole(roleArns(monitoringRole, index, place), "monitoring.rds.amazonaws.com")]),
    ...(kmsKey === undefined ? [] : [useKey(kmsKey, "rds", storageActions, index, place)]),
    ...(key === undefined ? [] : [useKey(key, "rds", storageActions, index, place)]),
    ...snapshotGrants("DB", spec, place),
    ...(snapshot === undefined
      ? []
      : [useCopy("RestoreDBInstanceFromDBSnapshot", snapshot.startsWith("arn:") ? snapshot : `snapshot:${snapshot}`)]),
    ...useForeign(source, ["rds:RestoreDBInstanceToPointInTime"], "db:*"),
    ...(typeof source === "string" && !source.includes("/")
      ? [useCopy("RestoreDBInstanceToPointInTime", source.startsWith("arn:") ? source : "auto-backup:*")]
      : []),
    ...(spec.blueGreenUpdate === true ? ofGreen : []),
    serviceRole("rds.amazonaws.com"),
  ];
}
