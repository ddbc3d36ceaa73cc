/** Converts notifications to Auto Scaling's form and back. AWS lists one row for each pair of topic and event. */
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { Change } from "../kind.ts";
import { events } from "./normal.ts";
import type { Notification } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");
type Event = (typeof events)[number];

const names: Readonly<Record<Event, string>> = {
  launch: "autoscaling:EC2_INSTANCE_LAUNCH",
  launchError: "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
  terminate: "autoscaling:EC2_INSTANCE_TERMINATE",
  terminateError: "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
};

export async function setNotifications(
  aws: Aws,
  sdk: Sdk,
  AutoScalingGroupName: string,
  change: Change<Notification[] | undefined>,
): Promise<void> {
  const { added = [], changed = [], removed = [] } = change.items ?? {};
  const put = [...added.map(({ value }) => value), ...changed.map(({ after }) => after)] as Notification[];
  for (const { topic, events: some } of put)
    await aws.autoscaling(
      new sdk.PutNotificationConfigurationCommand({
        AutoScalingGroupName,
        TopicARN: topic,
        NotificationTypes: (some ?? events).map((event) => names[event]),
      }),
    );
  for (const { key } of removed)
    await unlessGone(aws.autoscaling(new sdk.DeleteNotificationConfigurationCommand({ AutoScalingGroupName, TopicARN: key })));
}

export async function readNotifications(aws: Aws, sdk: Sdk, group: string): Promise<Notification[]> {
  const topics = new Map<string, Event[]>();
  for await (const page of aws.autoscaling.pages(sdk.DescribeNotificationConfigurationsCommand, {
    AutoScalingGroupNames: [group],
    MaxRecords: 100,
  }))
    for (const { TopicARN, NotificationType } of page.NotificationConfigurations ?? []) {
      const known = topics.get(TopicARN!) ?? [];
      topics.set(TopicARN!, [...known, ...events.filter((event) => names[event] === NotificationType)]);
    }
  return [...topics].map(([topic, some]) => ({ topic, events: events.filter((event) => some.includes(event)) }));
}
