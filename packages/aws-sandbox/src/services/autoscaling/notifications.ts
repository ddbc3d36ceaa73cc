/** Notifications: which events of a group go to which topics. Answers have one row for each pair. */
import type {
  DeleteNotificationConfigurationType,
  DescribeNotificationConfigurationsType,
  PutNotificationConfigurationType,
} from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { topics } from "../sns/state.ts";
import { invalid, needGroup, needLiving, required } from "./faults.ts";
import { groups } from "./state.ts";

const types = ["INSTANCE_LAUNCH", "INSTANCE_LAUNCH_ERROR", "INSTANCE_TERMINATE", "INSTANCE_TERMINATE_ERROR"]
  .map((type) => `autoscaling:EC2_${type}`)
  .concat("autoscaling:TEST_NOTIFICATION");

export const notificationOperations: Record<string, Handler> = {
  /** Sets the events of a topic; it replaces earlier ones. */
  PutNotificationConfiguration(input: PutNotificationConfigurationType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const topic = required(input.TopicARN, "topicARN");
    const given = required(input.NotificationTypes, "notificationTypes");
    if (given.length === 0 || given.some((type) => !types.includes(type)))
      throw invalid(`The notification types ${given.join(", ")} are not valid`);
    if (!topics(call).has(topic) || !call.sees(topic, "id"))
      throw invalid(
        `Unable to publish test message to notification target ${topic}. Please check your target configuration and try to put the notification configuration again.`,
      );
    if (!group.notifications[topic] && Object.keys(group.notifications).length >= 10)
      throw new AwsFault("LimitExceeded", "A group can notify 10 topics at most");
    group.notifications[topic] = [...given];
    return {};
  },

  DeleteNotificationConfiguration(input: DeleteNotificationConfigurationType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    if (!group.notifications[input.TopicARN ?? ""]) throw invalid(`Notification configuration for topic ${input.TopicARN} not found`);
    delete group.notifications[input.TopicARN!];
    return {};
  },

  DescribeNotificationConfigurations(input: DescribeNotificationConfigurationsType, call) {
    const some = input.AutoScalingGroupNames?.length
      ? input.AutoScalingGroupNames.map((name) => needGroup(call, name))
      : [...groups(call).values()];
    const all = some.flatMap((group) =>
      Object.entries(group.notifications).flatMap(([TopicARN, given]) =>
        given.map((NotificationType) => ({ AutoScalingGroupName: group.name, TopicARN, NotificationType })),
      ),
    );
    const { items, next } = page(call, all, input, {
      key: (one) => Object.values(one).join(" "),
      max: 100,
      size: 50,
      names: "autoscaling",
    });
    return { NotificationConfigurations: items, ...next };
  },
};
