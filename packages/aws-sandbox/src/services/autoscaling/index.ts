/**
 * Auto Scaling in the sandbox: groups that launch, replace and refresh instances themselves, with their policies, hooks, schedules and
 * notifications. The sandbox measures no load, so no policy changes a group; use SetDesiredCapacity instead. Launch configurations,
 * forecasts and the instances of warm pools are not modelled.
 */
import { together, type ServiceModel } from "../../model.ts";
import { activityOperations } from "./activities.ts";
import { attachmentOperations } from "./attachments.ts";
import { describeOperations } from "./describe.ts";
import { groupOperations } from "./groups.ts";
import { hookOperations } from "./hooks.ts";
import { lifeTransitions } from "./life.ts";
import { notificationOperations } from "./notifications.ts";
import { policyOperations } from "./policies.ts";
import { processOperations } from "./processes.ts";
import { refreshOperations } from "./refresh.ts";
import { scheduleOperations, scheduleTransitions } from "./schedules.ts";
import { tagOperations } from "./tags.ts";
import { trafficSourceOperations } from "./traffic-sources.ts";
import { warmPoolOperations, warmPoolTransitions } from "./warm-pool.ts";

export const model: ServiceModel = {
  operations: together(
    activityOperations,
    attachmentOperations,
    trafficSourceOperations,
    describeOperations,
    groupOperations,
    hookOperations,
    notificationOperations,
    policyOperations,
    processOperations,
    refreshOperations,
    scheduleOperations,
    tagOperations,
    warmPoolOperations,
  ),
  transitions: { ...lifeTransitions, ...scheduleTransitions, ...warmPoolTransitions },
};
