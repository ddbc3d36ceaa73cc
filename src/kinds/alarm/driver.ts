import type { MetricAlarm, PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, CreateIdentity, Driver, Live, Member, Tags } from "../kind.ts";
import { seriesOf } from "../shared/alarm-dimensions.ts";
import { descriptionOf, markedDescription, mayBeOurs, remarked, type Listed } from "../shared/marked-description.ts";
import { dimensionsRequest, metricsOf, metricsRequest } from "./metrics.ts";
import type { Action, Alarm, Handle } from "./schema.ts";
import { hasIdentity, isInScope } from "../shared/in-scope.ts";

type LiveAlarm = Live<Alarm, Handle>;

/** DescribeAlarms takes 100 names and gives pages of 100 (CloudWatch API). */
const perCall = 100;

export function driver(cloudwatch: typeof import("../../aws/sdk/cloudwatch.ts")): Driver<Alarm, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of pages(aws)) {
        const candidates = await mayBeOurs(page, told, scope, "alarm");
        for (const live of await withTags(aws, candidates)) if (isInScope(live.tags, scope)) yield live;
      }
    },

    async get(aws, ids) {
      const found = await Promise.all(batches(ids, perCall).map((AlarmNames) => described(aws, AlarmNames)));
      return new Map((await withTags(aws, found.flat())).map((live) => [live.id, live]));
    },

    /** Reads the tags of an alarm of the same name first, because a put would overwrite it, whoever owns it. */
    async create(aws, request, identity) {
      const [known] = await withTags(aws, await described(aws, [identity.name]));
      if (known && !hasIdentity(known.tags, identity)) throw taken(known.id);
      await put(aws, identity.name, request, identity);
      return identity.name;
    },

    async update(aws, _stage, live, request, _changes, run) {
      // A put replaces the whole definition. Fields that the YAML does not write keep their values, unless they contradict the fields that
      // it writes.
      await put(
        aws,
        live.id,
        { ...kept(live.spec, request), statistic: undefined, extendedStatistic: undefined, datapointsToAlarm: undefined, ...request },
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

    /** Finds alarms on the instances, load balancers and databases that were found. */
    async within(aws, found) {
      const series = seriesOf(found);
      if (series.size === 0) return [];
      const members: Member[] = [];
      for await (const page of pages(aws))
        for (const one of page) {
          const watched = dimensionsOf(one).find((text) => series.has(text));
          if (watched !== undefined) members.push({ id: one.AlarmName!, what: `alarm on ${watched}` });
        }
      return members;
    },

    async tag(aws, live, set, remove) {
      const ResourceARN = live.handle.arn;
      // The mark is written before the tags: if a run ends between the two, the next one finds an alarm without an owner and begins again.
      if (set[ownership.environment] !== undefined) await setMark(aws, live, { ...live.tags, ...set });
      if (Object.keys(set).length > 0) await aws.cloudwatch(new cloudwatch.TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
      if (remove.length > 0) await aws.cloudwatch(new cloudwatch.UntagResourceCommand({ ResourceARN, TagKeys: [...remove] }));
      if (remove.includes(ownership.environment)) await setMark(aws, live, undefined);
    },
  };

  /** All alarms except those of target tracking. */
  async function* pages(aws: Aws): AsyncIterable<MetricAlarm[]> {
    for await (const { MetricAlarms = [] } of aws.cloudwatch.pages(cloudwatch.DescribeAlarmsCommand, {
      AlarmTypes: ["MetricAlarm"],
      MaxRecords: perCall,
    }))
      yield MetricAlarms.filter((found) => !isTracking(found));
  }

  /** Corrects an existing mark, and a release removes it. An adoption writes no mark where there is none. */
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
        ...(request.metrics ? { Metrics: metricsRequest(request.metrics) } : { Dimensions: dimensionsRequest(request.dimensions) }),
        ThresholdMetricId: request.thresholdMetric,
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
        // AWS uses the tags when this call creates the alarm. It ignores them for an existing one (CloudWatch API, PutMetricAlarm).
        Tags: tagList(identity.tags),
      }),
    );
  }
}

/** The settings that stay. An alarm watches one metric or several; the settings of the other way are dropped. */
function kept(have: Partial<Alarm>, { metrics, thresholdMetric }: Alarm): Partial<Alarm> {
  const { namespace: _n, metricName: _m, dimensions: _d, period: _p, unit: _u, metrics: _, threshold, ...rest } = have;
  if (metrics === undefined) return { ...have, metrics: undefined, thresholdMetric: undefined };
  return { ...rest, ...(thresholdMetric === undefined ? { threshold, thresholdMetric: undefined } : {}) };
}

async function arnOf(aws: Aws, resolved: Action): Promise<AwsId> {
  if (typeof resolved === "string") return resolved;
  const autoscaling = await import("../../aws/sdk/autoscaling.ts");
  const { ScalingPolicies: [policy] = [] } = await aws.autoscaling(
    new autoscaling.DescribePoliciesCommand({ AutoScalingGroupName: resolved.autoScalingGroup, PolicyNames: [resolved.policy] }),
  );
  if (!policy) throw new Refusal(`the Auto Scaling group ${resolved.autoScalingGroup} has no scaling policy "${resolved.policy}"`);
  return policy.PolicyARN!;
}

/** Reads the policy from `…:autoScalingGroupName/GROUP:policyName/POLICY`. Any other ARN stays as it is. */
function actionOf(arn: AwsId): Action {
  const [, autoScalingGroup, policy] = /:autoScalingGroupName\/([^:]+):policyName\/(.+)$/.exec(arn) ?? [];
  return autoScalingGroup !== undefined && policy !== undefined ? { autoScalingGroup, policy } : arn;
}

/** Returns every series that the alarm watches, as "InstanceId i-0abc…". */
function dimensionsOf({ Dimensions, Metrics = [] }: MetricAlarm): string[] {
  const all = [Dimensions, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric?.Dimensions)];
  return all.flatMap((some) => some ?? []).map(({ Name, Value }) => `${Name} ${Value}`);
}

function told({ AlarmName: name, AlarmArn: arn, AlarmDescription: description }: MetricAlarm): Listed {
  return { name: name!, arn: arn!, description };
}

/** Whether target tracking made the alarm. Nobody else may touch such an alarm. */
function isTracking({ AlarmName, AlarmDescription }: MetricAlarm): boolean {
  return AlarmName!.startsWith("TargetTracking-") && (AlarmDescription ?? "").startsWith("DO NOT EDIT OR DELETE");
}

/** The whole definition of an alarm for a put. A put clears everything that it does not contain. */
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
      metrics: found.Metrics?.length ? metricsOf(found.Metrics) : undefined,
      thresholdMetric: found.ThresholdMetricId,
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

function taken(name: string): AwsError {
  return new AwsError({
    class: "duplicate",
    code: "conflict",
    message: `The name "${name}" is taken by another alarm`,
    service: "cloudwatch",
    operation: "PutMetricAlarm",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}
