import type { CreateFlowLogsCommandInput, UnsuccessfulItem } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, classify } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Driver, Live, Member } from "../kind.ts";
import { idFilters, isMeant, networksOf, tagFilters, type Filter } from "../shared/lookup.ts";
import type { FlowLog } from "./schema.ts";
import { destinationIn, formatOf, live, typeOf } from "./record.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export function driver(ec2: Sdk): Driver<FlowLog, null> {
  return {
    async *list(aws, scope) {
      for await (const found of described(ec2, aws, environmentFilter(scope))) yield live(found, aws);
    },

    async get(aws, ids) {
      const lives = new Map<string, Live<FlowLog, null>>();
      for (const Filters of idFilters("flow-log-id", ids))
        for await (const found of described(ec2, aws, Filters)) lives.set(found.FlowLogId!, live(found, aws));
      return lives;
    },

    async create(aws, request, identity) {
      const ResourceType = typeOf(request.of);
      if (!ResourceType) throw new Refusal(`AWS does not write flow logs of ${request.of}`);
      const { FlowLogIds, Unsuccessful } = await aws.ec2(
        new ec2.CreateFlowLogsCommand({
          ResourceIds: [request.of],
          ResourceType,
          TrafficType: request.traffic ?? "ALL",
          ...destinationOf(aws, request),
          ...(request.format ? { LogFormat: formatOf(request.format) } : {}),
          MaxAggregationInterval: request.interval ?? 600,
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("vpc-flow-log", identity.tags),
        }),
      );
      insist("CreateFlowLogs", Unsuccessful);
      return FlowLogIds![0]!;
    },

    initialState: (request) => ({ spec: request, handle: null }),

    async delete(aws, { id }) {
      const { Unsuccessful } = await aws.ec2(new ec2.DeleteFlowLogsCommand({ FlowLogIds: [id] }));
      insist(
        "DeleteFlowLogs",
        Unsuccessful?.filter(({ Error: error }) => !error?.Code?.endsWith("NotFound")),
      );
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const found of described(ec2, aws, tagFilters(tags))) if (isMeant(found, tags, owner)) ids.push(found.FlowLogId!);
      return ids;
    },

    /** The flow logs of the VPCs that were found, of their subnets and of the network interfaces that were found. */
    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("resource-id", [
        ...networksOf(found),
        ...(found.get("subnet") ?? []),
        ...(found.get("networkInterface") ?? []),
      ]))
        for await (const one of described(ec2, aws, Filters)) members.push({ id: one.FlowLogId!, what: `flow log of ${one.ResourceId}` });
      return members;
    },
  };
}

/** Lists flow logs. The parameter is called `Filter` (EC2 API, DescribeFlowLogs). */
async function* described(ec2: Sdk, aws: Aws, Filter: Filter[]) {
  for await (const page of aws.ec2.pages(ec2.DescribeFlowLogsCommand, { Filter, MaxResults: 1000 }))
    // Some emulators ignore the filter on tags, so the tags of each flow log are checked.
    yield* (page.FlowLogs ?? []).filter(({ Tags }) => Filter.every((one) => fits(tagsOf(Tags), one)));
}

function fits(tags: Live["tags"], { Name, Values }: Filter): boolean {
  if (!Name.startsWith("tag:")) return true;
  const value = tags[Name.slice("tag:".length)];
  return value !== undefined && Values.some((one) => one.replace(/\\([*?\\])/g, "$1") === value);
}

/** The destination fields of a create. `to` is an ARN, or `logGroup:NAME` or `bucket:NAME`. */
function destinationOf(aws: Aws, { to, role, prefix, destinationOptions: options }: FlowLog): Partial<CreateFlowLogsCommandInput> {
  const [, kind, name] = /^(logGroup|bucket):(.+)$/.exec(destinationIn(to)) ?? [];
  if (kind === undefined) throw new Refusal(`AWS does not write flow logs to ${to}`);
  if (kind === "logGroup")
    return {
      LogDestinationType: "cloud-watch-logs",
      ...(to.startsWith("arn:") ? { LogDestination: to.replace(/:\*$/, "") } : { LogGroupName: name }),
      DeliverLogsPermissionArn: role,
    };
  const arn = to.startsWith("arn:") ? to : `arn:${aws.partition}:s3:::${name}`;
  return {
    LogDestinationType: "s3",
    LogDestination: prefix === undefined ? arn : `${arn}/${prefix}/`,
    DestinationOptions: {
      FileFormat: options?.fileFormat ?? "plain-text",
      HiveCompatiblePartitions: options?.hiveCompatiblePartitions ?? false,
      PerHourPartition: options?.perHourPartition ?? false,
    },
  };
}

/** Throws where the answer contains a failure: a successful call may hold one (EC2 API, CreateFlowLogs, DeleteFlowLogs). */
function insist(operation: string, [refused]: readonly UnsuccessfulItem[] = []): void {
  if (!refused?.Error) return;
  const { Code: code = "Unknown", Message: message = "AWS does not say why" } = refused.Error;
  throw new AwsError({
    class: classify(code, message, 200, operation),
    code,
    message,
    service: "ec2",
    operation,
    status: 200,
    requestId: undefined,
    attempts: 1,
  });
}
