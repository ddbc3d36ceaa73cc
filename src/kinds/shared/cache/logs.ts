/** The delivery of cache logs: the fields that authors write, and the forms that ElastiCache takes and returns. */
import type { LogDeliveryConfiguration, LogDeliveryConfigurationRequest } from "@aws-sdk/client-elasticache";
import type { Static } from "typebox";
import { map, object, oneOf, optional, ref, string } from "../../../resource/fields.ts";
import type { Problem } from "../../kind.ts";

const log = object({
  logGroup: optional(ref("logGroup", "The log group that gets the log.", { named: true })),
  deliveryStream: optional(string("The Firehose stream that gets the log, instead of a log group.", { examples: ["cache-logs"] })),
  format: oneOf(["json", "text"], "The format of the log."),
});

export const logDelivery = map(log, "The logs to deliver, by name: `slow-log`, `engine-log`.", "^(slow-log|engine-log)$");

export type Logs = Static<typeof logDelivery>;

export function checkLogs(logs: Logs | undefined): Problem[] {
  return Object.entries(logs ?? {}).flatMap(([name, { logGroup, deliveryStream }]): Problem[] =>
    (logGroup === undefined) === (deliveryStream === undefined)
      ? [
          {
            code: "bad-value",
            path: `logDelivery.${name}`,
            summary: "a log needs exactly one of `logGroup` and `deliveryStream`",
          },
        ]
      : [],
  );
}

/** Returns the log groups that must exist first. */
export function groupsOfLogs(logs: Logs | undefined): string[] {
  return Object.values(logs ?? {}).flatMap(({ logGroup }) => (typeof logGroup === "string" ? [logGroup] : []));
}

/** Returns the request that changes the delivery of logs. The configuration that is sent for a log replaces the earlier one. */
export function logsSent(before: Logs, after: Logs): LogDeliveryConfigurationRequest[] {
  const gone = Object.keys(before).filter((name) => !(name in after));
  return [
    ...Object.entries(after).map(([name, { logGroup, deliveryStream, format }]) => ({
      LogType: name as "slow-log",
      LogFormat: format,
      ...(logGroup === undefined
        ? ({
            DestinationType: "kinesis-firehose",
            DestinationDetails: { KinesisFirehoseDetails: { DeliveryStream: deliveryStream } },
          } as const)
        : ({ DestinationType: "cloudwatch-logs", DestinationDetails: { CloudWatchLogsDetails: { LogGroup: logGroup } } } as const)),
    })),
    ...gone.map((name) => ({ LogType: name as "slow-log", Enabled: false })),
  ];
}

export function logsTold(configurations: readonly LogDeliveryConfiguration[] | undefined): Logs {
  return Object.fromEntries(
    (configurations ?? []).map(({ LogType, LogFormat = "text", DestinationDetails }) => [
      LogType!,
      {
        ...(DestinationDetails?.CloudWatchLogsDetails?.LogGroup && { logGroup: DestinationDetails.CloudWatchLogsDetails.LogGroup }),
        ...(DestinationDetails?.KinesisFirehoseDetails?.DeliveryStream && {
          deliveryStream: DestinationDetails.KinesisFirehoseDetails.DeliveryStream,
        }),
        format: LogFormat,
      },
    ]),
  );
}
