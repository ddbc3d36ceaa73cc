/**
 * The dimensions that select the series of a metric for an alarm or a scaling policy. A value is a text as CloudWatch knows it, or the
 * address of one of our resources.
 */
import { map, refOr } from "../../resource/fields.ts";
import type { Neighbours, Problem } from "../kind.ts";

/** The dimension that distinguishes the objects of a kind in AWS's own metrics (each service's page of CloudWatch metrics). */
const dimensionOf = {
  autoScalingGroup: "AutoScalingGroupName",
  dbInstance: "DBInstanceIdentifier",
  instance: "InstanceId",
  loadBalancer: "LoadBalancer",
  natGateway: "NatGatewayId",
  targetGroup: "TargetGroup",
  topic: "TopicName",
} as const;

const measured = Object.keys(dimensionOf) as (keyof typeof dimensionOf)[];

/** CloudWatch API, PutMetricAlarm: "Array Members: Maximum number of 30 items". A value has at most 1024 characters. */
const mostDimensions = 30;

export const dimensions = map(
  refOr(
    `^(?!(${measured.join("|")})/).{1,1024}$`,
    measured,
    "A value, or an object as kind/name. A value that looks like kind/name is written as `{ id: VALUE }`.",
  ),
  "The dimensions of the metric, which select one of its series.",
  "^.{1,255}$",
);

type Dimensions = Readonly<Record<string, string>>;

/** Returns the values as CloudWatch knows them. Load balancers, target groups and topics have a part of their ARN. */
export function asMeasured(dimensions: Dimensions): Record<string, string> {
  return Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, measuredName(name, value)]));
}

/** Returns the series that belong to these objects, as "InstanceId i-0abc…". */
export function seriesOf(found: Neighbours): ReadonlySet<string> {
  const of = (kind: (typeof measured)[number]) => {
    const dimension = dimensionOf[kind];
    return [...(found.get(kind) ?? [])].map((id) => `${dimension} ${measuredName(dimension, id)}`);
  };
  return new Set(measured.flatMap(of));
}

/**
 * Returns `app/web/50dc6c495c0c9188` or `targetgroup/web/73e2d6bc24d8a067` (Elastic Load Balancing, "CloudWatch metrics for your
 * Application Load Balancer": the final portion of the ARN), a topic's name (SNS, "Monitoring topics using CloudWatch"), or the value
 * itself.
 */
function measuredName(dimension: string, value: string): string {
  const balanced = /^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:(?:loadbalancer\/((?:app|net|gwy)\/.+)|(targetgroup\/.+))$/.exec(value);
  if (balanced) return balanced[1] ?? balanced[2]!;
  const topic = dimension === dimensionOf.topic ? /^arn:[^:]+:sns:[^:]*:[^:]*:(.+)$/.exec(value) : null;
  return topic?.[1] ?? value;
}

/** Reports too many dimensions, and objects under a dimension that AWS's own metrics use for another kind. */
export function checkDimensions(namespace: string, dimensions: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const count = Object.keys(dimensions).length;
  if (count > mostDimensions)
    problems.push({
      code: "alarm",
      path: "dimensions",
      summary: `a metric may have ${mostDimensions} dimensions at most, and this one has ${count}`,
    });
  for (const [name, value] of Object.entries(dimensions)) {
    const kind = measured.find((one) => typeof value === "string" && value.startsWith(`${one}/`));
    if (kind === undefined || !namespace.startsWith("AWS/") || name === dimensionOf[kind]) continue;
    problems.push({
      code: "alarm",
      path: `dimensions.${name}`,
      summary: `the metrics of ${namespace} have the dimension ${dimensionOf[kind]} for ${String(value)}, not ${name}`,
      hint: `write \`${dimensionOf[kind]}: ${String(value)}\``,
    });
  }
  return problems;
}
