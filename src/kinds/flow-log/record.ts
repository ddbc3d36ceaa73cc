/** A flow log as EC2 tells it. */
import type { FlowLog as AwsFlowLog, FlowLogsResourceType } from "@aws-sdk/client-ec2";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Live } from "../kind.ts";
import type { FlowLog } from "./flow-log.ts";

/** What a line tells when nobody chooses (Amazon VPC User Guide, "Flow log records"). */
export const usualFields =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(" ");

/** `${version} ${account-id}`. */
export function formatOf(fields: readonly string[]): string {
  return fields.map((field) => `\${${field}}`).join(" ");
}

export function fieldsOf(format: string): string[] {
  return [...format.matchAll(/\$\{([^}]+)\}/g)].map(([, field]) => field!);
}

/** The name of a log group or a bucket, out of its ARN where it is one. */
export function nameOf(text: string): string {
  if (!text.startsWith("arn:")) return text;
  return (/:log-group:([^:]+)/.exec(text)?.[1] ?? /:s3:::([^/]+)/.exec(text)?.[1]) || text;
}

const types: readonly (readonly [prefix: string, type: FlowLogsResourceType])[] = [
  ["vpc-", "VPC"],
  ["subnet-", "Subnet"],
  ["eni-", "NetworkInterface"],
];

/** AWS is told which kind of object it is. */
export function typeOf(id: AwsId): FlowLogsResourceType | undefined {
  return types.find(([prefix]) => id.startsWith(prefix))?.[1];
}

export function live(found: AwsFlowLog): Live<FlowLog, null> {
  const status = found.DeliverLogsStatus ?? "SUCCESS";
  const failure = status === "SUCCESS" ? undefined : `no lines arrive: ${found.DeliverLogsErrorMessage ?? status}`;
  return {
    id: found.FlowLogId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    state: "ready",
    spec: {
      of: found.ResourceId!,
      traffic: found.TrafficType as FlowLog["traffic"],
      ...(found.LogDestinationType === "s3" ? intoBucket(found) : intoGroup(found)),
      format: found.LogFormat === undefined ? [...usualFields] : fieldsOf(found.LogFormat),
      interval: (found.MaxAggregationInterval ?? 600) as 60 | 600,
    },
    handle: null,
    outputs: { status },
    ...(found.CreationTime ? { createdAt: found.CreationTime.toISOString() } : {}),
    ...(failure === undefined ? {} : { notes: [failure] }),
  };
}

function intoGroup(found: AwsFlowLog): Partial<FlowLog> {
  return {
    logGroup: found.LogGroupName ?? nameOf(found.LogDestination ?? ""),
    role: found.DeliverLogsPermissionArn,
    bucket: undefined,
    prefix: undefined,
    destinationOptions: undefined,
  };
}

/** `arn:aws:s3:::BUCKET/FOLDER/`; the options are absent where they are AWS's own. */
function intoBucket({ LogDestination = "", DestinationOptions: options }: AwsFlowLog): Partial<FlowLog> {
  return {
    logGroup: undefined,
    role: undefined,
    bucket: nameOf(LogDestination),
    prefix: /^[^/]+\/(.+?)\/?$/.exec(LogDestination)?.[1],
    destinationOptions: {
      fileFormat: (options?.FileFormat ?? "plain-text") as "plain-text" | "parquet",
      hiveCompatiblePartitions: options?.HiveCompatiblePartitions ?? false,
      perHourPartition: options?.PerHourPartition ?? false,
    },
  };
}
