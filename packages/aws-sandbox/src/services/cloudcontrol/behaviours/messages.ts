/** SQS, EventBridge, and its schedules and pipes. */
import { arnOnly, invalid, named, needs, type Behaviour } from "./behaviour.ts";

export const messages: Readonly<Record<string, Behaviour>> = {
  // SQS API reference, SetQueueAttributes
  "AWS::SQS::Queue": {
    arn: named("sqs", "", "QueueName"),
    made: ({ QueueName }, arn, { region, account, partition }) => ({
      Arn: arn,
      QueueUrl: `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${String(QueueName)}`,
    }),
    defaults: {
      DelaySeconds: 0,
      MaximumMessageSize: 1_048_576,
      MessageRetentionPeriod: 345_600,
      ReceiveMessageWaitTimeSeconds: 0,
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 30,
    },
    check({ QueueName, FifoQueue }) {
      if ((FifoQueue === true) !== String(QueueName).endsWith(".fifo"))
        throw invalid(
          "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.",
        );
    },
  },
  // SQS API reference, SetQueueAttributes
  "AWS::SQS::QueueInlinePolicy": {
    check: ({ Queue }, call) => needs(call, "AWS::SQS::Queue", String(Queue), "The specified queue does not exist."),
  },
  "AWS::Events::EventBus": { arn: named("events", "event-bus/", "Name"), made: arnOnly },
  // EventBridge API reference, PutRule
  "AWS::Events::Rule": {
    arn: {
      service: "events",
      end: ({ Name, EventBusName = "default" }) => `rule/${EventBusName === "default" ? "" : `${String(EventBusName)}/`}${String(Name)}`,
    },
    made: arnOnly,
    defaults: { EventBusName: "default", State: "ENABLED" },
    check({ EventPattern, ScheduleExpression }) {
      if (EventPattern === undefined && ScheduleExpression === undefined)
        throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
    },
  },
  "AWS::Scheduler::ScheduleGroup": {
    arn: { service: "scheduler", end: ({ Name }) => `schedule-group/${String(Name)}` },
    made: (_properties, arn) => ({ Arn: arn, State: "ACTIVE" }),
  },
  // EventBridge Scheduler API reference, CreateSchedule
  "AWS::Scheduler::Schedule": {
    arn: { service: "scheduler", end: ({ GroupName = "default", Name }) => `schedule/${String(GroupName)}/${String(Name)}` },
    made: arnOnly,
    defaults: { GroupName: "default", ScheduleExpressionTimezone: "UTC", State: "ENABLED" },
    check: ({ GroupName = "default" }, call) => {
      if (GroupName !== "default")
        needs(call, "AWS::Scheduler::ScheduleGroup", String(GroupName), `Schedule group ${String(GroupName)} does not exist.`);
    },
  },
  // EventBridge Pipes API reference, CreatePipe
  "AWS::Pipes::Pipe": {
    arn: named("pipes", "pipe/", "Name"),
    made: (_properties, arn) => ({ Arn: arn, CurrentState: "RUNNING" }),
    defaults: { DesiredState: "RUNNING" },
    takes: 20_000,
  },
};
