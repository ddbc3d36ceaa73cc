import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["elasticache_serverless_cache", "serverless_cache"],
  fields: {
    SubnetIds: "subnets",
    subnet_ids: "subnets",
    SecurityGroupIds: "securityGroups",
    security_group_ids: "securityGroups",
    CacheUsageLimits: "usageLimits",
    cache_usage_limits: "usageLimits",
    UserGroupId: "userGroup",
    user_group_id: "userGroup",
    SnapshotRetentionLimit: "snapshotRetention",
    snapshot_retention_limit: "snapshotRetention",
    KmsKeyId: "kmsKey",
    kms_key_id: "kmsKey",
  },
};
