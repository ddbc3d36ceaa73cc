/** The fields of a flow log as authors write them. */
import { boolean, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

export const schema = object({
  of: ref(
    ["vpc", "subnet", "networkInterface"],
    "What is logged: `vpc/NAME`, `subnet/NAME`, `networkInterface/NAME`, or `{ id: eni-… }` of a machine's. Of a VPC and a subnet every interface in it is logged.",
  ),
  traffic: optional(oneOf(["ALL", "ACCEPT", "REJECT"], "Which traffic: all of it, what groups and ACLs let pass, or what they stop.")),
  to: ref(["logGroup", "bucket"], "Where it is written: into a log group of CloudWatch Logs, or into a bucket of S3.", { named: true }),
  role: optional(
    ref("iamRole", "Into a log group: the role with which the log is written. It trusts vpc-flow-logs.amazonaws.com.", { named: true }),
  ),
  prefix: optional(
    string("Into a bucket: the folder in it. AWS writes below `AWSLogs/` in the folder.", {
      pattern: "^[^/].*[^/]$|^[^/]$",
      examples: ["network"],
    }),
  ),
  destinationOptions: optional(
    object(
      {
        fileFormat: optional(oneOf(["plain-text", "parquet"], "How the files are written. AWS: plain-text.")),
        hiveCompatiblePartitions: optional(boolean("Whether folders are called `year=2026/month=11/…`, as Hive's tools expect. AWS: no.")),
        perHourPartition: optional(boolean("Whether each hour has a folder of its own, and not only each day. AWS: no.")),
      },
      "Into a bucket: how the files lie in it.",
    ),
  ),
  format: optional(
    list(
      string("A field, as `srcaddr`.", { pattern: "^[a-z]+(-[a-z0-9]+)*$", examples: ["srcaddr"] }),
      "What a line tells, in this order: the fields of AWS's guide, \"Flow log records\". If omitted, AWS's 14 usual ones.",
      {
        minItems: 1,
      },
    ),
  ),
  interval: optional(
    Type.Unsafe<60 | 600>({
      type: "integer",
      enum: [60, 600],
      description: "Over how many seconds packets are counted together: 600, or 60. On Nitro machines AWS takes 60 at most.",
      examples: [60],
    }),
  ),
});

export type FlowLog = Static<typeof schema>;
