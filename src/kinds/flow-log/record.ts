/** A flow log as EC2 tells it. */
import type { FlowLog as AwsFlowLog, FlowLogsResourceType } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Live } from "../kind.ts";
import type { FlowLog } from "./schema.ts";

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

/** `logGroup:flow` or `bucket:logs`, out of an ARN where it is one. */
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

/** AWS is told which kind of object it is. */
export function typeOf(id: AwsId): FlowLogsResourceType | undefined {
  return types.find(([prefix]) => id.startsWith(prefix))?.[1];
}

/** Where AWS answers, for the ARNs of what it only names. */
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

/** A name is one of the account (EC2 API, FlowLog: LogGroupName, LogDestination). The ARN tells that it is no bucket. */
function intoGroup(found: AwsFlowLog, { partition, region, account }: Place): Partial<FlowLog> {
  const named = `arn:${partition}:logs:${region}:${account}:log-group:${found.LogGroupName}`;
  return {
    to: found.LogGroupName === undefined ? (found.LogDestination ?? "").replace(/:\*$/, "") : named,
    role: found.DeliverLogsPermissionArn,
    prefix: undefined,
    destinationOptions: undefined,
  };
}

/** `arn:aws:s3:::BUCKET/FOLDER/`; the options are absent where they are AWS's own. */
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
