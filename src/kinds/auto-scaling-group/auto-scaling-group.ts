import { authored } from "./authored.ts";
import { foreign } from "./foreign.ts";
import { after, createdAfter, check } from "./check.ts";
import { launching } from "./iam.ts";
import { areSameOverrides, isSameHealthCheck, isSameTemplate, isSameTermination, normalise } from "./normal.ts";
import type { Handle, LiveGroup } from "./live.ts";
import { schema, type AutoScalingGroup, type Notification, type Override } from "./schema.ts";
import { trackedSlots } from "./tracking.ts";
import { launchedWith } from "../shared/instances/iam.ts";
import type { Impact, Kind, Subject } from "../kind.ts";
import { atLeast } from "../shared/slots.ts";
import { drawn } from "./drawn.ts";

import { network } from "./network.ts";
import { textOf } from "../shared/told.ts";
import { autoScalingGroupCodes } from "./codes.ts";

type Sizes = { readonly was: Partial<AutoScalingGroup>; readonly now: AutoScalingGroup };

/** The end of the ARN of a group. */
const groupEnd = "autoScalingGroup:*:autoScalingGroupName/*";

const keep = { map: true, unlisted: "keep" } as const;
const off = { enabled: false } as const;

export const autoScalingGroup: Kind<AutoScalingGroup, Handle> = {
  name: "autoScalingGroup",
  section: "autoScalingGroups",
  fromArn: { type: "autoscaling:autoScalingGroup", idOf: (arn) => arn.slice(arn.lastIndexOf("/") + 1) },
  doc: "A group of instances whose number follows the load; unhealthy instances are replaced.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  foreign,
  summary: ({ minSize, maxSize, launchTemplate }) => ({
    line: `${minSize === maxSize ? String(minSize) : `${String(minSize)} to ${String(maxSize)}`} instances${launchTemplate === undefined ? "" : ` from ${textOf(launchTemplate)}`}`,
    tells: launchTemplate === undefined ? ["minSize", "maxSize"] : ["minSize", "maxSize", "launchTemplate"],
  }),
  codes: autoScalingGroupCodes,
  schema,
  fields: {
    launchTemplate: {
      change: "update",
      same: isSameTemplate,
      follows: true,
      whileGone: "free",
      because: "the group launches from another version of the template than the current one",
    },
    mixedInstances: {
      change: "update",
      follows: true,
      made: { off },
      whileGone: "free",
      of: { overrides: { change: "update", same: (request: Override[], have) => areSameOverrides(request, have) } },
    },
    minSize: { change: sizeRule("minSize") },
    maxSize: { change: sizeRule("maxSize") },
    desiredCapacity: { change: capacityImpact },
    subnets: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "subnet"), urgency: "traffic" },
    targetGroups: { change: "update", as: "set", whileGone: "free", urgency: "traffic" },
    trafficSources: { change: "update", as: "set", whileGone: "free", late: true, urgency: "traffic" },
    healthCheckType: { change: "update", same: isSameHealthCheck },
    // AWS's own default is 0. With 0, the health check of a load balancer terminates instances before they are up.
    healthCheckGracePeriod: { change: "update", default: { value: 300, class: "create-only" } },
    defaultCooldown: { change: "update" },
    defaultInstanceWarmup: { change: "update" },
    terminationPolicies: { change: "update", same: isSameTermination },
    protectFromScaleIn: { change: "update", urgency: "safety" },
    maxInstanceLifetime: { change: "update" },
    capacityRebalance: { change: "update" },
    suspendedProcesses: { change: "update", as: { key: (process: string) => process, unlisted: "remove" }, made: "entries" },
    metrics: { change: "update", as: "set" },
    propagateTags: { change: "update", as: "set" },
    scalingPolicies: { change: "update", as: keep, made: "entries", whileGone: "free" },
    lifecycleHooks: {
      change: "update",
      made: "entries",
      whileGone: "free",
      as: { ...keep, foreign: (_hook: unknown, name: string) => name.startsWith("CodeDeploy-managed-") },
    },
    scheduledActions: { change: "update", as: keep, made: "entries" },
    notifications: {
      change: "update",
      as: { key: ({ topic }: Notification) => topic, unlisted: "keep" },
      made: "entries",
      whileGone: "free",
    },
    warmPool: { change: "update", made: { off } },
    refresh: { change: "never" },
    refreshMinHealthy: { change: "never" },
    rollback: { change: "never" },
    refreshSkipMatching: { change: "never" },
    refreshCheckpoints: { change: "never" },
    refreshAlarms: { change: "never" },
    refreshBakeTime: { change: "never" },
    refreshScaleInProtectedInstances: { change: "never" },
    refreshStandbyInstances: { change: "never" },
    maintenancePolicy: { change: "update" },
    zoneDistribution: { change: "update" },
    capacityReservations: {
      change: "update",
      of: { preference: { change: "update" }, reservations: { change: "update", whileGone: "free" } },
    },
    serviceLinkedRole: { change: "update" },
  },
  // A group is created empty. Its instances come last, when everything that affects their launch is in place.
  stages: [
    { name: "create" },
    { name: "settings", fields: ["suspendedProcesses", "metrics"] },
    { name: "hooks", fields: ["lifecycleHooks"] },
    { name: "notifications", fields: ["notifications"] },
    { name: "capacity", fields: ["minSize", "maxSize", "desiredCapacity"] },
    { name: "warmPool", fields: ["warmPool"] },
    { name: "policies", fields: ["scalingPolicies"] },
    { name: "schedules", fields: ["scheduledActions"] },
  ],
  usableAfter: "policies",
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9 ()_.,/@+=-]/ },
  slots: trackedSlots,
  replace: "create-first",
  keepsId: true,
  waits: { create: "instant", delete: { typical: 300, limit: 5400 }, poll: 10 },
  // One page of groups with their instances. For each group, its policies, hooks, schedules and notifications, where the YAML writes them.
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 50)) + 4 * n.ours,
  iam: {
    read: [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeLifecycleHooks",
      "autoscaling:DescribeNotificationConfigurations",
      "autoscaling:DescribePolicies",
      "autoscaling:DescribeScheduledActions",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypeOfferings",
    ],
    write: [
      "autoscaling:AttachLoadBalancerTargetGroups",
      "autoscaling:AttachTrafficSources",
      "autoscaling:CancelInstanceRefresh",
      "autoscaling:CreateAutoScalingGroup",
      "autoscaling:CreateOrUpdateTags",
      "autoscaling:DeleteAutoScalingGroup",
      "autoscaling:DeleteLifecycleHook",
      "autoscaling:DeleteNotificationConfiguration",
      "autoscaling:DeletePolicy",
      "autoscaling:DeleteScheduledAction",
      "autoscaling:DeleteTags",
      "autoscaling:DeleteWarmPool",
      "autoscaling:DescribeInstanceRefreshes",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DetachLoadBalancerTargetGroups",
      "autoscaling:DetachTrafficSources",
      "autoscaling:DisableMetricsCollection",
      "autoscaling:EnableMetricsCollection",
      "autoscaling:PutLifecycleHook",
      "autoscaling:PutNotificationConfiguration",
      "autoscaling:PutScalingPolicy",
      "autoscaling:PutScheduledUpdateGroupAction",
      "autoscaling:PutWarmPool",
      "autoscaling:ResumeProcesses",
      "autoscaling:SetInstanceProtection",
      "autoscaling:StartInstanceRefresh",
      "autoscaling:SuspendProcesses",
      "autoscaling:UpdateAutoScalingGroup",
      "ec2:DescribeLaunchTemplates",
      "ec2:RunInstances",
      "elasticloadbalancing:DescribeTargetHealth",
    ],
    // A group is emptied before it is deleted. Protection and other settings that would keep its instances are removed first.
    remove: [
      "autoscaling:CancelInstanceRefresh",
      "autoscaling:CreateOrUpdateTags",
      "autoscaling:DeleteAutoScalingGroup",
      "autoscaling:DeleteLifecycleHook",
      "autoscaling:DeleteNotificationConfiguration",
      "autoscaling:DeletePolicy",
      "autoscaling:DeleteScheduledAction",
      "autoscaling:DeleteWarmPool",
      "autoscaling:DescribeInstanceRefreshes",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DetachLoadBalancerTargetGroups",
      "autoscaling:DetachTrafficSources",
      "autoscaling:ResumeProcesses",
      "autoscaling:SetInstanceProtection",
      "autoscaling:SuspendProcesses",
      "autoscaling:UpdateAutoScalingGroup",
    ],
    onlyFor: {
      "autoscaling:AttachLoadBalancerTargetGroups": ["targetGroups"],
      "autoscaling:AttachTrafficSources": ["trafficSources"],
      "autoscaling:DeleteLifecycleHook": ["lifecycleHooks"],
      "autoscaling:DeleteNotificationConfiguration": ["notifications"],
      "autoscaling:DeletePolicy": ["scalingPolicies"],
      "autoscaling:DeleteScheduledAction": ["scheduledActions"],
      "autoscaling:DeleteWarmPool": ["warmPool"],
      "autoscaling:DetachLoadBalancerTargetGroups": ["targetGroups"],
      "autoscaling:DetachTrafficSources": ["trafficSources"],
      "autoscaling:DisableMetricsCollection": ["metrics"],
      "autoscaling:EnableMetricsCollection": ["metrics"],
      "autoscaling:PutLifecycleHook": ["lifecycleHooks"],
      "autoscaling:PutNotificationConfiguration": ["notifications"],
      "autoscaling:PutScalingPolicy": ["scalingPolicies"],
      "autoscaling:PutScheduledUpdateGroupAction": ["scheduledActions"],
      "autoscaling:PutWarmPool": ["warmPool"],
      "ec2:DescribeImages": ["mixedInstances"],
      "ec2:DescribeInstanceTypeOfferings": ["launchTemplate"],
      "elasticloadbalancing:DescribeTargetHealth": ["targetGroups"],
    },
    access: {
      "autoscaling:CreateAutoScalingGroup": { made: [groupEnd] },
      // Auto Scaling has no condition key for the create call that writes tags.
      "autoscaling:CreateOrUpdateTags": { made: [groupEnd], ours: [groupEnd] },
      // The launched instance has none of our tags. `implied` grants its launch.
      "ec2:RunInstances": { ...launchedWith, ours: ["launch-template/*"] },
    },
    implied: ({ spec }, index, place) => launching(spec, index, place),
  },
  after,
  createdAfter,
  check,
  network,
  normalise,
  notes,
  authored,
  drawn,
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/autoscaling.ts")),
};

function notes({ spec }: Subject<AutoScalingGroup>, { handle }: LiveGroup): readonly string[] {
  const surplus = handle.desired - spec.maxSize;
  const told = `maxSize is ${spec.maxSize} and the desired capacity is ${handle.desired} now: AWS terminates ${surplus} of its instances`;
  return surplus > 0 ? [told] : [];
}

/** Whether a change of the size is a remark only: while a schedule of the live group sets this value, the size belongs to the schedule. */
function sizeRule(field: "minSize" | "maxSize"): (was: number | undefined, now: number | undefined, specs: Sizes) => Impact {
  return (was, _now, specs) =>
    Object.values(specs.was.scheduledActions ?? {}).some((action) => action[field] !== undefined && action[field] === was)
      ? "note"
      : "update";
}

/** With a policy or a schedule, the written capacity is only the one with which the group began. */
function capacityImpact(_was: number | undefined, _now: number | undefined, { was }: Sizes): Impact {
  return [was.scalingPolicies, was.scheduledActions].some((some) => Object.keys(some ?? {}).length > 0) ? "note" : "update";
}
