/** Queues, events and schedules. */
import { dnsSuffixOf } from "../../../resource/partition.ts";
import { lastOf, same, seconds, sets, type Curated } from "./entry.ts";

/**
 * Turns `arn:aws:sqs:eu-west-1:123456789012:jobs` into the URL that identifies a queue (SQS Developer Guide, "Queue and message
 * identifiers").
 */
function queueUrl(arn: string): string {
  const [, partition = "", , region, account, name] = arn.split(":");
  return `https://sqs.${region}.${dnsSuffixOf(partition)}/${account}/${name}`;
}

const named = /[^A-Za-z0-9_.-]/;

export const messages: Readonly<Record<string, Curated>> = {
  "AWS::SQS::Queue": {
    doc: "An SQS queue.",
    index: "sqs",
    idOf: queueUrl,
    name: {
      field: "QueueName",
      max: 80,
      forbidden: named,
      id: (name, { account, region, partition }) => queueUrl(`arn:${partition}:sqs:${region}:${account}:${name}`),
    },
    dataLoss: "data",
    // A name can be used again a minute after its queue was deleted (SQS API, DeleteQueue).
    waits: { ...seconds, lag: 60 },
    quirks: [["The name of a FIFO queue must end in `.fifo`: write `QueueName`.", "SQS API, CreateQueue: `QueueName`"]],
  },
  "AWS::SQS::QueueInlinePolicy": {
    doc: "The policy of a queue: who may send and receive messages.",
    part: { field: "Queue", of: "AWS::SQS::Queue", idOf: same, key: [] },
    service: "sqs",
    waits: seconds,
    quirks: [["A queue has only one policy: a second one for the same queue replaces the first.", "SQS API, SetQueueAttributes: `Policy`"]],
  },
  "AWS::Events::EventBus": {
    doc: "An EventBridge event bus.",
    index: "events:event-bus",
    idOf: lastOf,
    name: { field: "Name", max: 256, forbidden: /[^A-Za-z0-9_./-]/, id: same },
    without: /:(CreateEndpoint|PutPermission|RemovePermission)$/,
    waits: seconds,
  },
  "AWS::Events::Rule": {
    doc: "An EventBridge rule: events or a schedule, and the targets that they start.",
    index: "events:rule",
    idOf: same,
    // The name finds rules on the default bus. A rule on another bus is found only by its tags (EventBridge User Guide, "Rules": names are
    // unique on a bus).
    name: {
      field: "Name",
      max: 64,
      forbidden: named,
      id: (name, { account, region, partition }) => `arn:${partition}:events:${region}:${account}:rule/${name}`,
    },
    waits: seconds,
    quirks: [
      [
        "A function, a queue or a topic that is a target also needs a policy that allows `events.amazonaws.com`.",
        'EventBridge User Guide, "Using resource-based policies for Amazon EventBridge"',
      ],
    ],
  },
  "AWS::Scheduler::ScheduleGroup": {
    doc: "A group of EventBridge Scheduler schedules.",
    index: "scheduler:schedule-group",
    idOf: lastOf,
    name: { field: "Name", max: 64, forbidden: named, id: same },
    waits: seconds,
    quirks: [["Its deletion also deletes the schedules in it.", "EventBridge Scheduler API, DeleteScheduleGroup"]],
  },
  "AWS::Scheduler::Schedule": {
    doc: "An EventBridge Scheduler schedule with its target.",
    name: { field: "Name", max: 64, forbidden: named, id: same },
    mark: { way: ["Description"], max: 512 },
    service: "scheduler",
    waits: seconds,
    quirks: [
      ["It has no tags. Its `Description` holds the owner, and you cannot write another description.", "infra"],
      [
        "Cloud Control identifies it only by its name, so two groups cannot have schedules with the same name.",
        "the schema: `primaryIdentifier` is Name",
      ],
    ],
  },
  "AWS::Pipes::Pipe": {
    doc: "An EventBridge pipe: from a queue, a stream or a table to a target.",
    index: "pipes:pipe",
    idOf: lastOf,
    name: { field: "Name", max: 64, forbidden: named, id: same },
    without: /^(?!pipes:|iam:PassRole)/,
    waits: { create: { typical: 30, limit: 1800 }, delete: { typical: 30, limit: 1800 } },
    unordered: sets("aws_pipes_pipe", { "LogConfiguration.IncludeExecutionData": "log_configuration.include_execution_data" }),
  },
};
