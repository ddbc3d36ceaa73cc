import { passRole, roleArns, serviceRole, useForeign, useKey } from "../../resource/iam.ts";
import type { Grant, IamPlace, ResourceIndex } from "../kind.ts";
import { defaults, isReplica, type DbInstance } from "./schema.ts";
import { snapshotOwnerTag } from "./snapshots.ts";

/** RDS User Guide, "Managing an AWS KMS key for Amazon RDS". */
const storageActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"];

/** What a database needs besides: its password, its keys, the role that monitors it, and its snapshots. */
export function permissions(spec: DbInstance, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const { monitoringRole, kmsKey, replicaOf } = spec;
  return [
    ...useForeign(replicaOf, ["rds:CreateDBInstanceReadReplica"], "db:*"),
    ...passwordOf(spec, index, place),
    ...(monitoringRole === undefined ? [] : [passRole(roleArns(monitoringRole, index, place), "monitoring.rds.amazonaws.com")]),
    ...(kmsKey === undefined ? [] : [useKey(kmsKey, "rds", storageActions, index, place)]),
    ...snapshotsOf(spec, place),
    serviceRole("rds.amazonaws.com"),
  ];
}

/** A managed password is a secret that RDS makes with its caller's permissions (RDS User Guide, "Password management"). */
function passwordOf(spec: DbInstance, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  if (isReplica(spec)) return [];
  const password = spec.masterPassword ?? defaults.masterPassword;
  if (password === "managed")
    return [
      {
        sid: "LetRdsKeepPasswords",
        actions: ["secretsmanager:CreateSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource"],
        resources: ["secret:rds!*"],
      },
      useKey(undefined, "rds", ["DescribeKey"], index, place),
    ];
  return [
    {
      sid: "PasswordParameters",
      actions: ["ssm:GetParameter", "ssm:PutParameter"],
      resources: [`parameter/${password.ssmParameter.replace(/^\//, "")}`],
    },
  ];
}

/**
 * Snapshots before a change. They bear the environment in a tag of their own, so that only its own are deleted. RDS has no
 * key that names the create in which tags are written: the names of our snapshots stand for it.
 */
function snapshotsOf({ snapshotBefore, keepSnapshots }: DbInstance, place: IamPlace): readonly Grant[] {
  if (snapshotBefore === "never") return [];
  const names = ["snapshot:*-pre-*"];
  const owner = `${place.project}/${place.environment}`;
  return [
    { sid: "SnapshotDatabases", actions: ["rds:CreateDBSnapshot"], resources: ["db:*"], tie: "ours" },
    {
      sid: "MakeSnapshots",
      actions: ["rds:AddTagsToResource", "rds:CreateDBSnapshot"],
      resources: names,
      tie: "free",
      condition: {
        StringEquals: { [`aws:RequestTag/${snapshotOwnerTag}`]: owner },
        StringEqualsIfExists: { [`aws:ResourceTag/${snapshotOwnerTag}`]: owner },
      },
    },
    ...(keepSnapshots === undefined
      ? []
      : [
          {
            sid: "DeleteOldSnapshots",
            actions: ["rds:DeleteDBSnapshot"],
            resources: names,
            tie: "free" as const,
            condition: { StringEquals: { [`aws:ResourceTag/${snapshotOwnerTag}`]: owner } },
          },
        ]),
  ];
}
