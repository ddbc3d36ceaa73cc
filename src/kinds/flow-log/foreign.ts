import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["vpc_flow_log", "vpc_flow_logs"],
  fields: {
    vpc_id: "of",
    subnet_id: "of",
    eni_id: "of",
    ResourceId: "of",
    traffic_type: "traffic",
    log_destination: "to",
    LogDestination: "to",
    log_group_name: "to",
    LogGroupName: "to",
    logGroup: "to",
    bucket: "to",
    iam_role_arn: "role",
    DeliverLogsPermissionArn: "role",
    log_format: "format",
    max_aggregation_interval: "interval",
    file_format: "fileFormat",
    hive_compatible_partitions: "hiveCompatiblePartitions",
    per_hour_partition: "perHourPartition",
  },
};
