/** The fields of a flow log as authors write them. */
import { boolean, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

export const schema = object({
  of: ref(
    ["vpc", "subnet", "networkInterface"],
    "The resource to log: `vpc/NAME`, `subnet/NAME`, `networkInterface/NAME`, or `{ id: eni-… }` for the interface of an instance. For a VPC or subnet, all its interfaces are logged.",
  ),
  traffic: optional(
    oneOf(["ALL", "ACCEPT", "REJECT"], "The traffic to log: all, or only what security groups and network ACLs accept or reject."),
  ),
  to: ref(["logGroup", "bucket"], "The destination: a log group of CloudWatch Logs or an S3 bucket.", { named: true }),
  role: optional(
    ref("iamRole", "The role with which the log is written to a log group; it must trust vpc-flow-logs.amazonaws.com.", { named: true }),
  ),
  prefix: optional(
    string("The folder in a bucket; AWS writes below `AWSLogs/` in it.", {
      pattern: "^[^/].*[^/]$|^[^/]$",
      examples: ["network"],
    }),
  ),
  destinationOptions: optional(
    object(
      {
        fileFormat: optional(oneOf(["plain-text", "parquet"], "The format of the files. AWS's default: plain-text.")),
        hiveCompatiblePartitions: optional(
          boolean("Whether folder names have the form `year=2026/month=11/…`, which Hive-compatible tools expect. AWS's default: false."),
        ),
        perHourPartition: optional(boolean("Whether each hour has a folder of its own, instead of each day. AWS's default: false.")),
      },
      "The options for files in a bucket.",
    ),
  ),
  format: optional(
    list(
      string("A field, such as `srcaddr`.", { pattern: "^[a-z]+(-[a-z0-9]+)*$", examples: ["srcaddr"] }),
      "The fields of a record, in this order; AWS's guide lists them under \"Flow log records\". If omitted: the 14 fields of AWS's default format.",
      {
        minItems: 1,
      },
    ),
  ),
  interval: optional(
    Type.Unsafe<60 | 600>({
      type: "integer",
      enum: [60, 600],
      description: "The maximum aggregation interval in seconds: 600 or 60. On Nitro instances it is never more than 60.",
      examples: [60],
    }),
  ),
});

export type FlowLog = Static<typeof schema>;
