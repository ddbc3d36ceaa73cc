/** Flow logs. A successful answer may hold failures, one for each resource. Only the tags of a flow log can change. */
import type {
  CreateFlowLogsRequest,
  CreateFlowLogsResult,
  DeleteFlowLogsRequest,
  DeleteFlowLogsResult,
  DescribeFlowLogsRequest,
  DescribeFlowLogsResult,
  FlowLog,
  UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { buckets } from "../s3/state.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, knownValue, missingParameter, notModelled, required } from "./faults.ts";
import { idKinds, isWellFormed, missing, need, type IdKind } from "./ids.ts";
import { flowLogs, type FlowLogRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { once } from "./tokens.ts";

/** The default format of a record (Amazon VPC User Guide, "Flow log records"). */
const usual =
  "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/** All available fields (Amazon VPC User Guide, "Available fields"). */
const fields = new Set(
  `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
  vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id
  pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name
  ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name
  ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id encryption-status`
    .trim()
    .split(/\s+/),
);

const types: Readonly<Record<string, IdKind>> = {
  VPC: idKinds.vpc as unknown as IdKind,
  Subnet: idKinds.subnet as unknown as IdKind,
  NetworkInterface: idKinds.networkInterface as unknown as IdKind,
};

const create: Handler<CreateFlowLogsRequest, CreateFlowLogsResult> = (input, call) => {
  const Unsuccessful: UnsuccessfulItem[] = [];
  const { ids } = once(call, input, () => begin(call, input, Unsuccessful));
  return { FlowLogIds: [...ids], ClientToken: input.ClientToken, Unsuccessful };
};

function begin(call: Call, input: CreateFlowLogsRequest, failed: UnsuccessfulItem[]): string[] {
  const resources = required(input.ResourceIds, "resourceIds");
  const type = required(input.ResourceType, "resourceType");
  const kind = types[type];
  if (!kind) throw notModelled(`flow logs of ${type}`);
  const traffic = required(input.TrafficType, "trafficType");
  knownValue(traffic, ["ALL", "ACCEPT", "REJECT"], "trafficType");
  const interval = input.MaxAggregationInterval ?? 600;
  if (interval !== 60 && interval !== 600) throw invalidValue(`Value (${interval}) for parameter maxAggregationInterval is invalid.`);
  const destination = destinationOf(call, input);
  const format = input.LogFormat ?? usual;
  checkFormat(format);
  const tags = tagsToBe(input.TagSpecifications, "vpc-flow-log");
  for (const id of resources) need(call, kind, id, "resourceId");
  return resources.flatMap((resource) => {
    const twin = [...flowLogs(call).values()].find(
      (one) => isThere(call, one) && one.resource === resource && one.traffic === traffic && one.destination.where === destination.where,
    );
    if (twin) {
      const Message = "Error. There is an existing Flow Log with the same configuration and log destination.";
      failed.push({ ResourceId: resource, Error: { Code: "FlowLogAlreadyExists", Message } });
      return [];
    }
    const made: FlowLogRecord = {
      id: call.id("fl"),
      resource,
      createdAt: call.now,
      traffic,
      destination,
      format,
      interval,
      ...(input.DestinationOptions
        ? {
            options: {
              FileFormat: input.DestinationOptions.FileFormat ?? "plain-text",
              HiveCompatiblePartitions: input.DestinationOptions.HiveCompatiblePartitions ?? false,
              PerHourPartition: input.DestinationOptions.PerHourPartition ?? false,
            },
          }
        : {}),
    };
    flowLogs(call).set(made.id, made);
    giveTags(call, made.id, tags["vpc-flow-log"]);
    return [made.id];
  });
}

function destinationOf(call: Call, input: CreateFlowLogsRequest): FlowLogRecord["destination"] {
  const type = input.LogDestinationType ?? "cloud-watch-logs";
  knownValue(type, ["cloud-watch-logs", "s3", "kinesis-data-firehose"], "logDestinationType");
  if (type === "kinesis-data-firehose") throw notModelled("flow logs into Firehose");
  if (type === "s3") return { type, where: bucketFor(call, input) };
  if (input.DestinationOptions) throw invalidCombination("DestinationOptions are for flow logs into S3");
  if (input.LogGroupName !== undefined && input.LogDestination !== undefined)
    throw invalidCombination("You must specify either LogGroupName or LogDestination, and not both");
  const name = input.LogGroupName ?? /:log-group:([^:]+)/.exec(input.LogDestination ?? "")?.[1];
  if (name === undefined) throw missingParameter("LogGroupName");
  const role = input.DeliverLogsPermissionArn ?? "";
  if (role === "") throw missingParameter("DeliverLogsPermissionArn");
  // A role that IAM created a moment ago is refused like a role that trusts another service.
  if (!call.exists("role", role)) throw new AwsFault("InvalidParameter", "Unable to assume given IAM role");
  return { type, where: `arn:${call.partition}:logs:${call.region}:${call.account}:log-group:${name}`, role };
}

/**
 * The bucket of a flow log. AWS adds the permissions for delivery to the bucket's policy (Amazon VPC User
 * Guide, "Publish flow logs to Amazon S3").
 */
function bucketFor(call: Call, input: CreateFlowLogsRequest): string {
  if (input.LogGroupName !== undefined) throw invalidCombination("LogGroupName is for flow logs into CloudWatch Logs");
  if (input.DeliverLogsPermissionArn !== undefined)
    throw new AwsFault("InvalidParameter", "DeliverLogsPermissionArn is not applicable for s3 log destination type");
  const where = required(input.LogDestination, "logDestination");
  const name = /^arn:[^:]+:s3:::([^/]+)(\/.*)?$/.exec(where)?.[1];
  if (name === undefined) throw new AwsFault("InvalidParameter", `LogDestination ${where} is not the ARN of a bucket`);
  const bucket = buckets(call).get(name);
  if (!bucket && !call.exists("bucket", name))
    throw new AwsFault("LogDestinationNotFoundException", `LogDestination: ${name} does not exist.`);
  if (bucket && !bucket.policy?.includes("delivery.logs.amazonaws.com")) {
    const { Statement = [] } = JSON.parse(bucket.policy ?? "{}") as { Statement?: unknown[] };
    bucket.policy = JSON.stringify({ Version: "2012-10-17", Statement: [...Statement, ...deliveryStatements(call, name)] });
  }
  return where;
}

function deliveryStatements(call: Call, bucket: string): object[] {
  const arn = `arn:${call.partition}:s3:::${bucket}`;
  const Condition = { StringEquals: { "aws:SourceAccount": call.account } };
  const Principal = { Service: "delivery.logs.amazonaws.com" };
  return [
    {
      Sid: "AWSLogDeliveryWrite",
      Effect: "Allow",
      Principal,
      Action: "s3:PutObject",
      Resource: `${arn}/AWSLogs/${call.account}/*`,
      Condition,
    },
    { Sid: "AWSLogDeliveryAclCheck", Effect: "Allow", Principal, Action: "s3:GetBucketAcl", Resource: arn, Condition },
  ];
}

function checkFormat(format: string): void {
  const names = format.split(" ").map((part) => /^\$\{([a-z0-9-]+)\}$/.exec(part)?.[1]);
  if (names.some((name) => name === undefined || !fields.has(name)))
    throw new AwsFault("InvalidParameter", "Unknown fields provided: the log format is made of ${field} and spaces");
}

const remove: Handler<DeleteFlowLogsRequest, DeleteFlowLogsResult> = (input, call) => {
  const Unsuccessful = required(input.FlowLogIds, "flowLogId").flatMap((id): UnsuccessfulItem[] => {
    if (!isWellFormed(idKinds.flowLog, id)) throw new AwsFault(idKinds.flowLog.malformed, `Invalid id: "${id}"`);
    const found = flowLogs(call).get(id);
    if (!found || !call.sees(id, "id")) {
      const { code, message } = missing(idKinds.flowLog, id);
      return [{ ResourceId: id, Error: { Code: code, Message: message } }];
    }
    flowLogs(call).delete(id);
    dropTags(call, id);
    return [];
  });
  return { Unsuccessful };
};

const describeLogs: Handler<DescribeFlowLogsRequest, DescribeFlowLogsResult> = (input, call) => {
  const query = { Filters: input.Filter, MaxResults: input.MaxResults, NextToken: input.NextToken };
  const { found, NextToken } = list<FlowLogRecord>(call, query, {
    records: [...flowLogs(call).values()].filter((one) => isThere(call, one)),
    ids: { kind: idKinds.flowLog, given: input.FlowLogIds, parameter: "flowLogId" },
    pages: [1, 1000],
    filters: {
      "flow-log-id": (one) => one.id,
      "resource-id": (one) => one.resource,
      "traffic-type": (one) => one.traffic,
      "log-destination-type": (one) => one.destination.type,
      "log-group-name": (one) => groupOf(one),
      "deliver-log-status": () => "SUCCESS",
    },
  });
  return { NextToken, FlowLogs: found.map((one) => describe(call, one)) };
};

/** Whether the resource of a flow log still exists. A flow log disappears with its resource. */
function isThere(call: Call, { resource }: FlowLogRecord): boolean {
  return Object.values(types).some(({ table }) => table(call).has(resource));
}

function groupOf({ destination }: FlowLogRecord): string | undefined {
  return destination.type === "s3" ? undefined : destination.where.split(":log-group:")[1];
}

function describe(call: Call, one: FlowLogRecord): FlowLog {
  return {
    FlowLogId: one.id,
    ResourceId: one.resource,
    CreationTime: new Date(one.createdAt),
    FlowLogStatus: "ACTIVE",
    DeliverLogsStatus: "SUCCESS",
    TrafficType: one.traffic,
    LogDestinationType: one.destination.type,
    LogDestination: one.destination.where,
    LogGroupName: groupOf(one),
    DeliverLogsPermissionArn: one.destination.role,
    LogFormat: one.format,
    MaxAggregationInterval: one.interval,
    DestinationOptions: one.options,
    Tags: tagList(call, one.id),
  };
}

export const flowLogOperations: Record<string, Handler> = {
  CreateFlowLogs: create,
  DeleteFlowLogs: remove,
  DescribeFlowLogs: describeLogs,
};
