/** Converts flow logs from EC2's form. */
import type { FlowLog as AwsFlowLog, FlowLogsResourceType } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Live } from "../kind.ts";
import type { FlowLog } from "./schema.ts";

/** The fields of a line when the author does not choose (Amazon VPC User Guide, "Flow log records"). */
export const usualFields =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(" ");

/** Builds the format text: `${version} ${account-id}`. */
export function formatOf(fields: readonly string[]): string {
  return fields.map((field) => `\${${field}}`).join(" ");
}

export function fieldsOf(format: string): string[] {
  return [...format.matchAll(/\$\{([^}]+)\}/g)].map(([, field]) => field!);
}

/** Returns `logGroup:flow` or `bucket:logs` for an ARN of one, else the text as it is. */
export function destinationIn(text: string): string {
  const group = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(text)?.[1];
  const bucket = /^arn:[^:]+:s3:::([^/]+)/.exec(text)?.[1];
  return group !== undefined ? `logGroup:${group}` : bucket !== undefined ? `bucket:${bucket}` : text;
}

const types: readonly (readonly [prefix: string, type: FlowLogsResourceType])[] = [
  ["vpc-", "VPC"],
  ["subnet-", "Subnet"],
  ["eni-", "NetworkInterface"],
];

/** EC2's type of the object, as a create needs it. */
export function typeOf(id: AwsId): FlowLogsResourceType | undefined {
  return types.find(([prefix]) => id.startsWith(prefix))?.[1];
}

/** Where AWS answers, to build the ARN of an object that AWS only names. */
export type Place = Pick<Aws, "partition" | "region" | "account">;

export function live(found: AwsFlowLog, place: Place): Live<FlowLog, null> {
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
      ...(found.LogDestinationType === "s3" ? intoBucket(found) : intoGroup(found, place)),
      format: found.LogFormat === undefined ? [...usualFields] : fieldsOf(found.LogFormat),
      interval: (found.MaxAggregationInterval ?? 600) as 60 | 600,
    },
    handle: null,
    outputs: { status },
    ...(found.CreationTime ? { createdAt: found.CreationTime.toISOString() } : {}),
    ...(failure === undefined ? {} : { notes: [failure] }),
  };
}

/**
 * The fields of a destination in CloudWatch Logs. A name is a log group of the same account (EC2 API, FlowLog: LogGroupName,
 * LogDestination). As an ARN it cannot be mistaken for a bucket.
 */
function intoGroup(found: AwsFlowLog, { partition, region, account }: Place): Partial<FlowLog> {
  const named = `arn:${partition}:logs:${region}:${account}:log-group:${found.LogGroupName}`;
  return {
    to: found.LogGroupName === undefined ? (found.LogDestination ?? "").replace(/:\*$/, "") : named,
    role: found.DeliverLogsPermissionArn,
    prefix: undefined,
    destinationOptions: undefined,
  };
}

/** The fields of a destination in S3, from `arn:aws:s3:::BUCKET/FOLDER/`. Options that AWS does not return get AWS's defaults. */
function intoBucket({ LogDestination = "", DestinationOptions: options }: AwsFlowLog): Partial<FlowLog> {
  return {
    to: LogDestination.replace(/\/.*$/, ""),
    role: undefined,
    prefix: /^[^/]+\/(.+?)\/?$/.exec(LogDestination)?.[1],
    destinationOptions: {
      fileFormat: (options?.FileFormat ?? "plain-text") as "plain-text" | "parquet",
      hiveCompatiblePartitions: options?.HiveCompatiblePartitions ?? false,
      perHourPartition: options?.PerHourPartition ?? false,
    },
  };
}
