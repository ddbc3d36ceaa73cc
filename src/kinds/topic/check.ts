/** Checks of a topic that a schema cannot express. */
import type { Problem, Subject } from "../kind.ts";
import { whyNotPolicy } from "./policy.ts";
import type { Subscription, Topic } from "./schema.ts";

export function check({ spec }: Subject<Topic>): readonly Problem[] {
  const policy = (spec.policy === undefined ? [] : whyNotPolicy(spec.policy)).map((problem) => ({
    code: "bad-value" as const,
    path: "policy",
    ...problem,
  }));
  return [
    ...policy,
    ...checkFifo(spec),
    ...(spec.subscriptions ?? []).flatMap((one, i) => [
      ...checkEndpoint(one, `subscriptions[${i}].endpoint`),
      ...checkAttributes(one, `subscriptions[${i}]`),
    ]),
  ];
}

/** Checks a FIFO topic, whose subscribers can only be queues (SNS Developer Guide, "Message delivery for FIFO topics"). */
function checkFifo(spec: Topic): Problem[] {
  if (!spec.fifo)
    return (["contentBasedDeduplication", "fifoThroughputScope"] as const).flatMap((path): Problem[] =>
      spec[path] === undefined
        ? []
        : [{ code: "conflict", path, summary: `\`${path}\` is allowed only for FIFO topics.`, hint: "write `fifo: true`" }],
    );
  const tracing: Problem[] =
    spec.tracingConfig === "Active"
      ? [{ code: "conflict", path: "tracingConfig", summary: "SNS supports tracing only for standard topics." }]
      : [];
  return [
    ...tracing,
    ...(spec.subscriptions ?? []).flatMap(({ protocol }, i): Problem[] =>
      protocol === "sqs"
        ? []
        : [
            {
              code: "conflict",
              path: `subscriptions[${i}].protocol`,
              summary: `A FIFO topic can deliver only to SQS queues, not by ${protocol}.`,
            },
          ],
    ),
  ];
}

/** The form of an endpoint, by protocol (SNS API, Subscribe). Telephone numbers are in E.164 form, digits only. */
const endpoints: Readonly<Record<Subscription["protocol"], readonly [shape: RegExp, what: string]>> = {
  email: [/^[^@\s]+@[^@\s]+$/, "an e-mail address"],
  "email-json": [/^[^@\s]+@[^@\s]+$/, "an e-mail address"],
  http: [/^http:\/\/./, "a URL that begins with http://"],
  https: [/^https:\/\/./, "a URL that begins with https://"],
  lambda: [/^arn:[^:]+:lambda:/, "the ARN of a Lambda function"],
  sms: [/^\+[1-9][0-9]{1,14}$/, "a telephone number of `+`, country code and number, digits only"],
  sqs: [/^arn:[^:]+:sqs:/, "the ARN of an SQS queue"],
  firehose: [/^arn:[^:]+:firehose:/, "the ARN of a Firehose stream"],
  application: [/^arn:[^:]+:sns:[^:]*:[0-9]*:endpoint\//, "the ARN of an endpoint of a mobile app"],
};

function checkEndpoint({ protocol, endpoint }: Subscription, path: string): Problem[] {
  const [shape, what] = endpoints[protocol];
  if (shape.test(endpoint)) return [];
  const number = protocol === "sms" ? `+${endpoint.replace(/[^0-9]/g, "")}` : "";
  const hint = shape.test(number) ? { hint: `write "${number}"` } : {};
  return [{ code: "bad-value", path, summary: `"${endpoint}" is not ${what}, which the protocol ${protocol} needs`, ...hint }];
}

/** Checks which attributes fit the protocol (SNS API, Subscribe). */
function checkAttributes(one: Subscription, path: string): Problem[] {
  const problems: Problem[] = [];
  if (one.filterPolicyScope !== undefined && one.filterPolicy === undefined)
    problems.push({
      code: "missing-field",
      path: `${path}.filterPolicyScope`,
      summary: "`filterPolicyScope` needs a `filterPolicy`.",
    });
  if (one.filterPolicy !== undefined && !isDocument(one.filterPolicy))
    problems.push({ code: "bad-value", path: `${path}.filterPolicy`, summary: "The filter policy is not a JSON object." });
  if (one.rawMessageDelivery && !["sqs", "http", "https", "firehose"].includes(one.protocol))
    problems.push({
      code: "conflict",
      path: `${path}.rawMessageDelivery`,
      summary: `SNS delivers raw messages only by sqs, firehose, http and https, not by ${one.protocol}.`,
    });
  if ((one.protocol === "firehose") !== (one.subscriptionRole !== undefined))
    problems.push(
      one.subscriptionRole === undefined
        ? { code: "missing-field", path, summary: "A Firehose stream needs a `subscriptionRole` that allows SNS to write to it." }
        : { code: "conflict", path: `${path}.subscriptionRole`, summary: "`subscriptionRole` is allowed only for Firehose streams." },
    );
  return problems;
}

function isDocument(document: unknown): boolean {
  if (typeof document !== "string") return true;
  try {
    const value: unknown = JSON.parse(document);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
