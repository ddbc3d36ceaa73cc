import { serviceRole, useKey } from "../../resource/iam.ts";
import type { Grant, IamNeeds, IamPlace, ResourceIndex } from "../kind.ts";
import type { FileSystem } from "./schema.ts";

/** The KMS actions that EFS needs (Amazon EFS User Guide, "Encrypting data at rest"). */
const storageActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"];

const of = (...names: string[]) => names.map((name) => `elasticfilesystem:${name}`);
const all = ["file-system/*"];

/** The resources on which AWS authorises each call (EFS API). A mount target counts as part of its file system. */
export const iam: IamNeeds<FileSystem> = {
  read: of(
    "DescribeAccessPoints",
    "DescribeBackupPolicy",
    "DescribeFileSystemPolicy",
    "DescribeFileSystems",
    "DescribeLifecycleConfiguration",
    "DescribeMountTargets",
    "DescribeMountTargetSecurityGroups",
  ),
  write: [
    "ec2:DeleteNetworkInterface",
    ...of(
      "CreateAccessPoint",
      "CreateFileSystem",
      "CreateMountTarget",
      "DeleteAccessPoint",
      "DeleteFileSystem",
      "DeleteFileSystemPolicy",
      "DeleteMountTarget",
      "ModifyMountTargetSecurityGroups",
      "PutBackupPolicy",
      "PutFileSystemPolicy",
      "PutLifecycleConfiguration",
      "TagResource",
      "UntagResource",
      "UpdateFileSystem",
      "UpdateFileSystemProtection",
    ),
  ],
  remove: ["ec2:DeleteNetworkInterface", ...of("DeleteFileSystem", "DeleteMountTarget")],
  onlyFor: {
    "ec2:DeleteNetworkInterface": ["mountTargets"],
    "elasticfilesystem:DeleteMountTarget": ["mountTargets"],
    "elasticfilesystem:CreateAccessPoint": ["accessPoints"],
    "elasticfilesystem:DeleteAccessPoint": ["accessPoints"],
    "elasticfilesystem:DescribeAccessPoints": ["accessPoints"],
    "elasticfilesystem:CreateMountTarget": ["mountTargets"],
    "elasticfilesystem:ModifyMountTargetSecurityGroups": ["mountTargets"],
    "elasticfilesystem:PutBackupPolicy": ["backup"],
    "elasticfilesystem:DescribeBackupPolicy": ["backup"],
    "elasticfilesystem:PutFileSystemPolicy": ["policy"],
    "elasticfilesystem:DeleteFileSystemPolicy": ["policy"],
    "elasticfilesystem:DescribeFileSystemPolicy": ["policy"],
    "elasticfilesystem:PutLifecycleConfiguration": ["lifecycle"],
    "elasticfilesystem:DescribeLifecycleConfiguration": ["lifecycle"],
    "elasticfilesystem:UpdateFileSystem": ["throughputMode", "provisionedThroughput"],
    "elasticfilesystem:UpdateFileSystemProtection": ["replicationOverwriteProtection"],
  },
  access: {
    // The network interface of a mount target has no tags.
    "ec2:DeleteNetworkInterface": { free: ["network-interface/*"] },
    "elasticfilesystem:CreateFileSystem": { made: ["*"] },
    "elasticfilesystem:TagResource": { made: [...all, "access-point/*"], ours: all },
    "elasticfilesystem:UntagResource": { ours: all },
    "elasticfilesystem:DeleteAccessPoint": { ours: ["access-point/*"] },
    ...Object.fromEntries(
      of(
        "CreateAccessPoint",
        "CreateMountTarget",
        "DeleteFileSystem",
        "DeleteFileSystemPolicy",
        "DeleteMountTarget",
        "ModifyMountTargetSecurityGroups",
        "PutBackupPolicy",
        "PutFileSystemPolicy",
        "PutLifecycleConfiguration",
        "UpdateFileSystem",
        "UpdateFileSystemProtection",
      ).map((action) => [action, { ours: all }]),
    ),
  },
  // EFS API: the older names of TagResource and UntagResource.
  tagging: { more: of("CreateTags", "DeleteTags") },
  implied: ({ spec }, index, place) => permissions(spec, index, place),
};

/**
 * Other permissions. A mount target has a network interface, which EFS creates, changes and deletes with its caller's permissions (EFS API:
 * CreateMountTarget, ModifyMountTargetSecurityGroups, DeleteMountTarget).
 */
function permissions({ kmsKey, backup, mountTargets }: FileSystem, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  return [
    ...(kmsKey === undefined ? [] : [useKey(kmsKey, "elasticfilesystem", storageActions, index, place)]),
    serviceRole("elasticfilesystem.amazonaws.com"),
    ...(backup === true ? [serviceRole("backup.amazonaws.com")] : []),
    ...(mountTargets === undefined
      ? []
      : [
          {
            sid: "PlaceMountTargets",
            actions: ["ec2:CreateNetworkInterface"],
            resources: ["network-interface/*", "security-group/*", "subnet/*"],
            tie: "free" as const,
          },
          {
            sid: "ChangeMountTargets",
            actions: ["ec2:ModifyNetworkInterfaceAttribute"],
            resources: ["network-interface/*"],
            tie: "free" as const,
          },
          { sid: "SeeMountTargets", actions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"], resources: ["*"] },
        ]),
  ];
}
