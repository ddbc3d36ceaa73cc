import { without } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { MetricAlarm, PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { Type, type Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import { asMeasured, checkDimensions, dimensions } from "../shared/alarm-dimensions.ts";
import { boolean, integer, list, number, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import type { AwsId, CreateIdentity, Driver, Kind, Live, Problem, Scope, Subject, Tags } from "../kind.ts";
import { serviceRole } from "../../resource/iam.ts";
import { descriptionOf, markedDescription, mayBeOurs, remarked, type Listed } from "../shared/marked-description.ts";
import { Refusal } from "../../resource/refusal.ts";

const policyAction = object(
  { autoScalingGroup: ref("autoScalingGroup", "The group."), policy: string("The name of one of its step or simple scaling policies.") },
  "Scales a group.",
);

const action = Type.Union([
  refOr("^arn:[^/]*$", "topic", "A topic, or the ARN of another action. One with a slash in it is written as `{ id: ARN }`."),
  policyAction,
]);

const actions = (doc: string) => optional(list(action, doc, { maxItems: 5 }));

/** CloudWatch API, MetricDatum: the units that there are. */
const sizes = [
  "Bytes",
  "Kilobytes",
  "Megabytes",
  "Gigabytes",
  "Terabytes",
  "Bits",
  "Kilobits",
  "Megabits",
  "Gigabits",
  "Terabits",
] as const;
const units = [
  "Seconds",
  "Microseconds",
  "Milliseconds",
  ...sizes,
  "Percent",
  "Count",
  ...sizes.map((size) => `${size}/Second` as const),
  "Count/Second",
  "None",
] as const;

const schema = object({
  description: optional(
    string("What it is for. CloudWatch's description ends with whose the alarm is: `(infra PROJECT/ENVIRONMENT)`.", { maxLength: 900 }),
  ),
  namespace: string("Where the metric comes from.", { examples: ["AWS/EC2", "AWS/ApplicationELB"] }),
  metricName: string("The metric."),
  dimensions: optional(dimensions),
  statistic: optional(
    oneOf(
      ["Average", "Maximum", "Minimum", "SampleCount", "Sum"],
      "What of the values of one period counts. Either this or `extendedStatistic`.",
    ),
  ),
  extendedStatistic: optional(string("A percentile or trimmed mean.", { examples: ["p99", "tm90"] })),
  period: integer("Seconds of one period: 10, 20, 30 or a multiple of 60.", { minimum: 10 }),
  evaluationPeriods: integer("How many periods are looked at.", { minimum: 1 }),
  datapointsToAlarm: optional(integer("How many of them must be beyond the threshold; all when omitted.", { minimum: 1 })),
  threshold: number("What the metric is held against."),
  comparisonOperator: oneOf(
    ["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"],
    "On which side of the threshold it alarms.",
  ),
  treatMissingData: optional(oneOf(["missing", "ignore", "breaching", "notBreaching"], "What a period without values means.")),
  unit: optional(oneOf(units, "The unit of the series, where it has several.")),
  actionsEnabled: optional(boolean("Whether its actions are done.")),
  alarmActions: actions("What is done when it alarms."),
  okActions: actions("What is done when it is over."),
  insufficientDataActions: actions("What is done when there are no values."),
});

export type Alarm = Static<typeof schema>;
type Action = NonNullable<Alarm["alarmActions"]>[number];

interface Handle {
  readonly arn: AwsId;
  readonly description: string;
}

type LiveAlarm = Live<Alarm, Handle>;

export const alarm: Kind<Alarm, Handle> = {
  name: "alarm",
  section: "alarms",
  doc: "A CloudWatch alarm on one metric. The alarms that target tracking makes for itself are AWS's and never among them.",
  outputs: { arn: "Its ARN." },
  foreign,
  summary,
  schema,
  fields: {
    description: { change: "update", late: true },
    namespace: { change: "update" },
    metricName: { change: "update" },
    dimensions: { change: "update", as: "map", whileGone: "free", late: true },
    statistic: { change: "update" },
    extendedStatistic: { change: "update" },
    period: { change: "update" },
    evaluationPeriods: { change: "update" },
    datapointsToAlarm: { change: "update" },
    threshold: { change: "update" },
    comparisonOperator: { change: "update" },
    treatMissingData: { change: "update" },
    unit: { change: "update" },
    actionsEnabled: { change: "update" },
    alarmActions: { change: "update", as: "set", whileGone: "free" },
    okActions: { change: "update", as: "set", whileGone: "free" },
    insufficientDataActions: { change: "update", as: "set", whileGone: "free" },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9 ()_.,:/@+=-]/ },
  replace: "create-first",
  keepsId: true,
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "cloudwatch:alarm", inDoubt: true },
  // All alarms are listed; ours, as their descriptions say, are asked for their tags one by one.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
    write: [
      "autoscaling:DescribePolicies",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ],
    remove: ["cloudwatch:DeleteAlarms"],
    onlyFor: {
      "autoscaling:DescribePolicies": ["alarmActions", "insufficientDataActions", "okActions"].map((list) => `${list}.*.policy`),
    },
    // CloudWatch has no key that names the create in which tags are written.
    access: {
      "cloudwatch:PutMetricAlarm": { made: ["alarm:*"] },
      "cloudwatch:TagResource": { made: ["alarm:*"], ours: ["alarm:*"] },
    },
    implied: ({ spec }) => (actsOnMachines(spec) ? [serviceRole("events.amazonaws.com")] : []),
  },
  check,
  normalise: (spec) => (spec.dimensions ? { ...spec, dimensions: asMeasured(spec.dimensions) } : spec),
  authored: (spec) => ({
    spec: without(spec, { datapointsToAlarm: spec.evaluationPeriods, treatMissingData: "missing", actionsEnabled: true }),
  }),
  drawn: () => ({ as: "beside", glyph: "bell", sub: "alarm" }),
  load: async () => driver(await import("../../aws/sdk/cloudwatch.ts")),
};

/** CloudWatch stops, ends or starts machines with a role of its own (CloudWatch User Guide, "Create alarms to stop, terminate … an instance"). */
function actsOnMachines(spec: Alarm): boolean {
  const arns = [spec.alarmActions, spec.okActions, spec.insufficientDataActions].flatMap((list) => list ?? []);
  return arns.some((one) =>
    /^arn:[^:]+:(automate|swf):/.test(typeof one === "string" ? one : ((one as { readonly id?: string }).id ?? "")),
  );
}

function check({ spec }: Subject<Alarm>): readonly Problem[] {
  const problems: Problem[] = [];
  const problem = (path: keyof Alarm, summary: string) => problems.push({ code: "alarm", path, summary });
  const { statistic, extendedStatistic, period, evaluationPeriods: periods } = spec;
  const longest = period >= 3600 ? 604_800 : 86_400;
  if ((statistic === undefined) === (extendedStatistic === undefined))
    problem(statistic === undefined ? "metricName" : "extendedStatistic", "an alarm has exactly one of statistic and extendedStatistic");
  if (![10, 20, 30].includes(period) && period % 60 !== 0)
    problem("period", `a period is 10, 20 or 30 seconds or a multiple of 60, not ${period}`);
  if (period * periods > longest)
    problem("evaluationPeriods", `period × evaluationPeriods is ${period * periods} seconds, and CloudWatch takes ${longest} at most`);
  if ((spec.datapointsToAlarm ?? 0) > periods) problem("datapointsToAlarm", `${spec.datapointsToAlarm} of ${periods} periods cannot be`);
  return [...problems, ...checkDimensions(spec.namespace, spec.dimensions ?? {})];
}

/** DescribeAlarms takes 100 names and gives pages of 100 (CloudWatch API). */
const perCall = 100;

function driver(cloudwatch: typeof import("../../aws/sdk/cloudwatch.ts")): Driver<Alarm, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.cloudwatch.pages(cloudwatch.DescribeAlarmsCommand, {
        AlarmTypes: ["MetricAlarm"],
        MaxRecords: perCall,
      })) {
        const all = (page.MetricAlarms ?? []).filter((found) => !isTracking(found));
        const candidates = await mayBeOurs(all, told, scope, "alarm");
        for (const live of await withTags(aws, candidates)) if (isInScope(live.tags, scope)) yield live;
      }
    },

    async get(aws, ids) {
      const found = await Promise.all(batches(ids, perCall).map((AlarmNames) => described(aws, AlarmNames)));
      return new Map((await withTags(aws, found.flat())).map((live) => [live.id, live]));
    },

    /** A put would overwrite an alarm of the same name, whosever it is; so its tags are looked at first. */
    async create(aws, request, identity) {
      const [known] = await withTags(aws, await described(aws, [identity.name]));
      if (known && !isSame(known.tags, identity)) throw taken(known.id);
      await put(aws, identity.name, request, identity);
      return identity.name;
    },

    async update(aws, _stage, live, request, _changes, run) {
      // A put is the whole definition: what the YAML does not write stays as it is, unless it belongs to what it writes.
      await put(
        aws,
        live.id,
        { ...live.spec, statistic: undefined, extendedStatistic: undefined, datapointsToAlarm: undefined, ...request },
        run.identity,
      );
    },

    async delete(aws, live) {
      await unlessGone(aws.cloudwatch(new cloudwatch.DeleteAlarmsCommand({ AlarmNames: [live.id] })));
    },

    named: async (aws, names) =>
      new Map(
        (await Promise.all(batches(names, perCall).map((some) => described(aws, some))))
          .flat()
          .map((one) => [one.AlarmName!, one.AlarmName!]),
      ),

    async tag(aws, live, set, remove) {
      const ResourceARN = live.handle.arn;
      // Before the tags: a run that ends between the two finds an alarm of nobody, and begins again.
      if (set[ownership.environment] !== undefined) await setMark(aws, live, { ...live.tags, ...set });
      if (Object.keys(set).length > 0) await aws.cloudwatch(new cloudwatch.TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
      if (remove.length > 0) await aws.cloudwatch(new cloudwatch.UntagResourceCommand({ ResourceARN, TagKeys: [...remove] }));
      if (remove.includes(ownership.environment)) await setMark(aws, live, undefined);
    },
  };

  /** A mark that is there already is made true, and taken off by a release. Where there is none, an adoption writes none. */
  async function setMark(aws: Aws, live: LiveAlarm, owner: Tags | undefined): Promise<void> {
    const { description = "" } = live.handle;
    const text = descriptionOf(description);
    const marked = owner && markedDescription(text, owner[ownership.project] ?? "", owner[ownership.environment] ?? "").trim();
    const wanted = marked === undefined ? text : remarked(description, marked);
    if (wanted === description) return;
    const [found] = await described(aws, [live.id]);
    if (found) await aws.cloudwatch(new cloudwatch.PutMetricAlarmCommand({ ...settingsOf(found), AlarmDescription: wanted }));
  }

  async function described(aws: Aws, AlarmNames: string[]): Promise<MetricAlarm[]> {
    return (
      (await aws.cloudwatch(new cloudwatch.DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ["MetricAlarm"], MaxRecords: perCall })))
        .MetricAlarms ?? []
    );
  }

  async function withTags(aws: Aws, found: readonly MetricAlarm[]): Promise<LiveAlarm[]> {
    const lives = await Promise.all(
      found.map(async (one) => {
        const answer = await unlessGone(aws.cloudwatch(new cloudwatch.ListTagsForResourceCommand({ ResourceARN: one.AlarmArn! })));
        return answer && live(one, tagsOf(answer.Tags));
      }),
    );
    return lives.filter((one) => one !== undefined);
  }

  async function put(aws: Aws, name: string, request: Alarm, identity: CreateIdentity): Promise<void> {
    const arns = (list: Alarm["alarmActions"]) => (list ? Promise.all(list.map((one) => arnOf(aws, one))) : undefined);
    const [AlarmActions, OKActions, InsufficientDataActions] = await Promise.all([
      arns(request.alarmActions),
      arns(request.okActions),
      arns(request.insufficientDataActions),
    ]);
    await aws.cloudwatch(
      new cloudwatch.PutMetricAlarmCommand({
        AlarmName: name,
        AlarmDescription: markedDescription(
          request.description ?? "",
          identity.tags[ownership.project] ?? "",
          identity.tags[ownership.environment] ?? "",
        ).trim(),
        Namespace: request.namespace,
        MetricName: request.metricName,
        Dimensions: Object.entries(asMeasured(request.dimensions ?? {})).map(([Name, Value]) => ({ Name, Value })),
        Statistic: request.statistic,
        ExtendedStatistic: request.extendedStatistic,
        Period: request.period,
        EvaluationPeriods: request.evaluationPeriods,
        DatapointsToAlarm: request.datapointsToAlarm,
        Threshold: request.threshold,
        ComparisonOperator: request.comparisonOperator,
        TreatMissingData: request.treatMissingData,
        Unit: request.unit,
        ActionsEnabled: request.actionsEnabled,
        AlarmActions,
        OKActions,
        InsufficientDataActions,
        // They count when this makes the alarm; for one that exists they are ignored (CloudWatch API, PutMetricAlarm).
        Tags: tagList(identity.tags),
      }),
    );
  }
}

async function arnOf(aws: Aws, resolved: Action): Promise<AwsId> {
  if (typeof resolved === "string") return resolved;
  const autoscaling = await import("../../aws/sdk/autoscaling.ts");
  const { ScalingPolicies: [policy] = [] } = await aws.autoscaling(
    new autoscaling.DescribePoliciesCommand({ AutoScalingGroupName: resolved.autoScalingGroup, PolicyNames: [resolved.policy] }),
  );
  if (!policy) throw new Refusal(`the group ${resolved.autoScalingGroup} has no scaling policy "${resolved.policy}"`);
  return policy.PolicyARN!;
}

/** `…:autoScalingGroupName/GROUP:policyName/POLICY` names a policy; anything else is itself. */
function actionOf(arn: AwsId): Action {
  const [, autoScalingGroup, policy] = /:autoScalingGroupName\/([^:]+):policyName\/(.+)$/.exec(arn) ?? [];
  return autoScalingGroup !== undefined && policy !== undefined ? { autoScalingGroup, policy } : arn;
}

function told({ AlarmName: name, AlarmArn: arn, AlarmDescription: description }: MetricAlarm): Listed {
  return { name: name!, arn: arn!, description };
}

/** Made by target tracking, which no one else may touch. */
function isTracking({ AlarmName, AlarmDescription }: MetricAlarm): boolean {
  return AlarmName!.startsWith("TargetTracking-") && (AlarmDescription ?? "").startsWith("DO NOT EDIT OR DELETE");
}

/** The whole definition of an alarm as a put takes it, which clears what it does not say. */
function settingsOf(found: MetricAlarm): PutMetricAlarmInput {
  const {
    AlarmArn: _arn,
    AlarmConfigurationUpdatedTimestamp: _configured,
    StateValue: _state,
    StateReason: _reason,
    StateReasonData: _data,
    StateUpdatedTimestamp: _updated,
    StateTransitionedTimestamp: _moved,
    EvaluationState: _evaluation,
    AlarmName,
    EvaluationPeriods,
    ComparisonOperator,
    ...settings
  } = found;
  return { ...settings, AlarmName, EvaluationPeriods, ComparisonOperator };
}

function live(found: MetricAlarm, tags: Tags): LiveAlarm {
  const arn = found.AlarmArn!;
  return {
    id: found.AlarmName!,
    aliases: [arn],
    tags,
    owner: arn.split(":")[4],
    name: found.AlarmName,
    state: "ready",
    spec: {
      description: descriptionOf(found.AlarmDescription),
      namespace: found.Namespace,
      metricName: found.MetricName,
      dimensions: Object.fromEntries((found.Dimensions ?? []).map(({ Name, Value }) => [Name!, Value!])),
      statistic: found.Statistic,
      extendedStatistic: found.ExtendedStatistic,
      period: found.Period,
      evaluationPeriods: found.EvaluationPeriods,
      datapointsToAlarm: found.DatapointsToAlarm ?? found.EvaluationPeriods,
      threshold: found.Threshold,
      comparisonOperator: found.ComparisonOperator as Alarm["comparisonOperator"],
      treatMissingData: (found.TreatMissingData ?? "missing") as Alarm["treatMissingData"],
      unit: found.Unit as Alarm["unit"],
      actionsEnabled: found.ActionsEnabled ?? true,
      alarmActions: (found.AlarmActions ?? []).map(actionOf),
      okActions: (found.OKActions ?? []).map(actionOf),
      insufficientDataActions: (found.InsufficientDataActions ?? []).map(actionOf),
    },
    handle: { arn, description: found.AlarmDescription ?? "" },
    outputs: { state: found.StateValue ?? "", arn },
  };
}

function isInScope(tags: Tags, scope: Scope): boolean {
  return (
    tags[ownership.environment] === scope.environment &&
    (scope.address === undefined || tags[ownership.resource] === tagOfAddress(scope.address))
  );
}

function isSame(tags: Tags, identity: CreateIdentity): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === identity.tags[key]);
}

function taken(name: string): AwsError {
  return new AwsError({
    class: "duplicate",
    code: "conflict",
    message: `The name "${name}" is taken by an alarm`,
    service: "cloudwatch",
    operation: "PutMetricAlarm",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}

/** `Maximum of AWS/ApplicationELB UnHealthyHostCount > 0, 3 × 60 s`; nothing where a part of it is missing. */
function summary({ namespace, metricName, statistic, period, evaluationPeriods, threshold, comparisonOperator }: Partial<Alarm>) {
  const sign = comparisonOperator === undefined ? undefined : signs[comparisonOperator];
  if ([namespace, metricName, statistic, period, evaluationPeriods, threshold, sign].includes(undefined)) return { line: "", tells: [] };
  return {
    line: `${statistic} of ${namespace} ${metricName} ${sign} ${threshold}, ${evaluationPeriods} × ${period} s`,
    tells: ["namespace", "metricName", "statistic", "period", "evaluationPeriods", "threshold", "comparisonOperator"] as const,
  };
}

const signs: Readonly<Record<string, string>> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};
