import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["efs_file_system", "efs", "FileSystem", "efs_mount_target", "efs_access_point", "efs_file_system_policy", "efs_backup_policy"],
  fields: {
    KmsKeyId: "kmsKey",
    kms_key_id: "kmsKey",
    performance_mode: "performanceMode",
    throughput_mode: "throughputMode",
    provisioned_throughput_in_mibps: "provisionedThroughput",
    ProvisionedThroughputInMibps: "provisionedThroughput",
    AvailabilityZoneName: "availabilityZone",
    availability_zone_name: "availabilityZone",
    lifecycle_policy: "lifecycle",
    LifecyclePolicies: "lifecycle",
    BackupPolicy: "backup",
    backup_policy: "backup",
    FileSystemPolicy: "policy",
    subnet_id: "mountTargets",
    MountTargets: "mountTargets",
    access_point: "accessPoints",
    protection: "replicationOverwriteProtection",
    FileSystemProtection: "replicationOverwriteProtection",
  },
};
