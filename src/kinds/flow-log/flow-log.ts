import { passRole, roleArns } from "../../resource/iam.ts";
import type { Authored, FieldRule, Grant, IamPlace, Kind, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import { refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { destinationIn, usualFields } from "./record.ts";
import { type FlowLog, schema } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const fixed = { change: "replace", because: "a flow log cannot be changed; a new one replaces it" } as const;

/** A destination of this file is an address on both sides. A foreign one is a name with its kind, or an ARN. */
const destination: FieldRule<string> = {
  ...fixed,
  same: (request, have) => have !== undefined && destinationIn(request) === destinationIn(have),
};

export const flowLog: Kind<FlowLog, null> = {
  name: "flowLog",
  section: "flowLogs",
  idPrefix: "fl-",
  doc: "A log of the connections of a VPC, a subnet or a network interface, without the content of packets.",
  outputs: { status: "The delivery status: `SUCCESS`, or the reason of a failure." },
  foreign,
  schema,
  fields: {
    of: fixed,
    traffic: { ...fixed, default: { value: "ALL", class: "enforced" }, urgency: "safety" },
    to: { ...destination, urgency: "safety" },
    role: fixed,
    prefix: fixed,
    destinationOptions: fixed,
    format: { ...fixed, default: { value: [...usualFields], class: "enforced" } },
    interval: { ...fixed, default: { value: 600, class: "enforced" } },
  },
  summary: ({ of, to }) => ({ line: `of ${textOf(of)} to ${textOf(to)}`, tells: ["of", "to"] }),
  stages: [{ name: "create" }],
  create: "token",
  slots,
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("vpc-flow-log"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeFlowLogs"],
    write: ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteFlowLogs"],
    access: { "ec2:CreateFlowLogs": { made: ["vpc-flow-log/*"], free: ["network-interface/*", "subnet/*", "vpc/*"] } },
    implied,
  },
  normalise: (spec) => ({
    ...spec,
    ...(spec.destinationOptions === undefined ? {} : { destinationOptions: { ...usualOptions, ...spec.destinationOptions } }),
  }),
  check,
  authored,
  drawn: ({ name, spec }) => ({ as: "fact", on: [refKey(spec.of)], text: `flow log ${name}` }),
  withoutNetwork: "it records connections and passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

const usualOptions = { fileFormat: "plain-text", hiveCompatiblePartitions: false, perHourPartition: false } as const;

/** One object has one flow log for the same traffic and destination (EC2 API, CreateFlowLogs: FlowLogAlreadyExists). */
function slots({ spec }: Subject<Partial<FlowLog>>): readonly Slot[] {
  const { of, traffic = "ALL", to, prefix } = spec;
  if (of === undefined || to === undefined) return [];
  const place = `${destinationIn(refKey(to))}${prefix === undefined ? "" : `/${prefix}`}`;
  const what = `the single flow log that AWS allows of ${refKey(of)} for ${traffic} to ${place}`;
  return [{ space: `flow logs of ${refKey(of)}`, value: `${traffic} ${place}`, path: "of", what, of: [of, to] }];
}

/**
 * The permissions of the caller that creates a flow log (Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs" and "Publish flow
 * logs to Amazon S3").
 */
function implied({ spec }: Subject<FlowLog>, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const { role, to } = spec;
  return [
    ...(role === undefined ? [] : [passRole(roleArns(role, index, place), "vpc-flow-logs.amazonaws.com")]),
    ...(kindOf(to) !== "bucket"
      ? []
      : [
          { sid: "DeliverFlowLogs", actions: ["logs:CreateLogDelivery", "logs:DeleteLogDelivery"], resources: ["*"] },
          // AWS adds the statements for delivery to the policy of the bucket, in the caller's name.
          {
            sid: "OpenBucketsToFlowLogs",
            actions: ["s3:GetBucketPolicy", "s3:PutBucketPolicy"],
            resources: [bucketArn(to, index, place)],
          },
        ]),
  ];
}

function bucketArn(to: unknown, index: ResourceIndex, place: IamPlace): string {
  const [, partition] = place.arn("s3", "").split(":");
  const { name } = (typeof to === "object" ? to : {}) as { readonly name?: string };
  const own = typeof to === "string" ? index.get(to)?.awsName : undefined;
  if (typeof to === "string" && to.startsWith("arn:")) return to.replace(/\/.*$/, "");
  return `arn:${partition}:s3:::${own ?? name ?? "*"}`;
}

/** The kind of a destination as it is written: an address, an ARN, or a mapping with the kind. */
function kindOf(to: unknown): string | undefined {
  if (typeof to === "object" && to !== null) return (to as { readonly kind?: string }).kind;
  return /^(logGroup|bucket)[:/]/.exec(destinationIn(String(to)))?.[1];
}

function check(self: Subject<FlowLog>, index: ResourceIndex): readonly Problem[] {
  const { to, role, prefix, destinationOptions } = self.spec;
  const problems: Problem[] = [];
  const say = (code: Problem["code"], path: string, summary: string, hint: string) => problems.push({ code, summary, path, hint });
  const kind = kindOf(to);
  if (kind === undefined)
    say("bad-value", "to", `${textOf(to)} is neither a log group nor a bucket.`, "write the ARN of a log group or of a bucket");
  if (kind === "logGroup" && role === undefined)
    say("missing-field", "to", "A flow log to CloudWatch Logs needs a `role` that may write it.", roleHint);
  if (kind === "bucket" && role !== undefined)
    say("conflict", "role", "A flow log to a bucket needs no `role`, and AWS refuses one.", "remove `role`");
  if (kind === "logGroup")
    for (const [path, value] of Object.entries({ prefix, destinationOptions }))
      if (value !== undefined) say("conflict", path, `\`${path}\` is only for flow logs to a bucket.`, `remove \`${path}\``);
  const policy =
    kind === "bucket" && typeof to === "string" ? (index.get(to)?.spec as { readonly policy?: unknown } | undefined)?.policy : undefined;
  if (policy !== undefined && !JSON.stringify(policy).includes("delivery.logs.amazonaws.com"))
    say(
      "conflict",
      "to",
      `The policy of ${refKey(to)} does not allow flow logs. AWS would add a statement for them, and the next apply would remove it.`,
      "allow delivery.logs.amazonaws.com s3:PutObject on BUCKET/AWSLogs/ACCOUNT/* and s3:GetBucketAcl on the bucket, or remove `policy`",
    );
  return problems;
}

const roleHint =
  "declare an iamRole that trusts vpc-flow-logs.amazonaws.com and allows logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogGroups and logs:DescribeLogStreams";

/** Every flow log into a bucket has options. Only options other than AWS's defaults are written. */
function authored(spec: Partial<FlowLog>): Authored<FlowLog> {
  const isUsual = JSON.stringify(spec.destinationOptions ?? usualOptions) === JSON.stringify(usualOptions);
  return { spec: isUsual ? omit(spec, ["destinationOptions"]) : spec };
}
