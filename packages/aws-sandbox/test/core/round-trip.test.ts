/**
 * The request of a client reaches the model unchanged, and the answer of a model reaches the client unchanged, for every input and output
 * of the schemas.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ServiceSchemas } from "../../src/protocol/schemas.ts";
import { services } from "../../src/services/index.ts";
import { valueOf } from "./arbitrary.ts";
import { clients, configFor, toySandbox } from "./toys.ts";

const OPERATIONS: Readonly<Record<keyof typeof clients, readonly string[]>> = {
  acm: ["RequestCertificate", "DescribeCertificate", "ListCertificates"],
  autoscaling: [
    "CreateAutoScalingGroup",
    "DescribeAutoScalingGroups",
    "PutScalingPolicy",
    "StartInstanceRefresh",
    "DescribeScalingActivities",
  ],
  cloudwatch: ["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"],
  ec2: [
    "AuthorizeSecurityGroupIngress",
    "CreateVpc",
    "DescribeInstances",
    "DescribeRouteTables",
    "ModifyInstanceAttribute",
    "RunInstances",
    "CreateLaunchTemplate",
    "ImportKeyPair",
  ],
  elbv2: ["CreateListener", "CreateLoadBalancer", "CreateRule", "DescribeTargetHealth", "ModifyTargetGroupAttributes", "DescribeTags"],
  logs: ["CreateLogGroup", "DescribeLogGroups", "ListTagsForResource"],
  elasticache: ["CreateReplicationGroup", "DescribeReplicationGroups", "DescribeCacheClusters", "ModifyCacheParameterGroup"],
  kms: ["CreateKey", "DescribeKey", "ListAliases", "ListResourceTags"],
  rds: ["CreateDBInstance", "DescribeDBInstances", "DescribeDBParameters", "ModifyDBParameterGroup", "CreateDBSnapshot"],
  route53: [
    "ChangeTagsForResource",
    "CreateHostedZone",
    "GetHostedZone",
    "ListHostedZones",
    "ListHostedZonesByVPC",
    "ListResourceRecordSets",
    "ListTagsForResources",
  ],
  efs: ["CreateFileSystem", "DescribeFileSystems", "CreateMountTarget", "PutLifecycleConfiguration", "UntagResource"],
  cloudformation: ["DescribeStacks", "DescribeStackResources", "ListStackResources"],
  secretsmanager: ["CreateSecret", "ListSecrets", "DescribeSecret"],
  sns: ["CreateTopic", "GetTopicAttributes", "Subscribe"],
  ssm: ["PutParameter", "GetParameter", "DescribeParameters", "GetParametersByPath"],
  tagging: ["GetResources"],
  sts: ["AssumeRole", "GetCallerIdentity"],
};

const JSON_SPEAKERS: ReadonlySet<string> = new Set(["acm", "cloudwatch", "efs", "kms", "logs", "secretsmanager", "ssm", "tagging"]);

/** Any text that XML 1.0 can carry, except a single line break, which the SDK takes for indentation. */
const text = fc
  .string({ unit: "binary", maxLength: 12 })
  .map((text) => text.replaceAll(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, "·"))
  .map((text) => (/^\s+$/.test(text) ? "blank" : text));

describe.each(Object.entries(OPERATIONS))("%s", (service, operations) => {
  test.each(operations)("%s", async (operation) => {
    const exports = (await services[service]!.schemas()) as Record<string, unknown>;
    const schema = new ServiceSchemas(exports).operation(operation)!;
    const forms = !JSON_SPEAKERS.has(service);
    let seen: unknown;
    let answer: unknown;
    const handle = (input: unknown) => {
      seen = input;
      return answer;
    };
    const sandbox = toySandbox({ [service]: { operations: { [operation]: handle } } });
    const client = new clients[service as keyof typeof clients](configFor(sandbox)) as unknown as {
      send(command: object): Promise<object>;
    };
    const Command = exports[`${operation}Command`] as new (input: object) => object;
    // A path has no empty part: https://smithy.io/2.0/spec/http-bindings.html#httplabel-trait
    const sent = service === "route53" || service === "efs" ? text.map((one) => one || "-") : text;
    const all = valueOf(schema.input, { empty: !forms, text: sent })!.map((input) => without(input as object, "DryRun"));
    // The query protocol sends nothing for an empty list, and this list is required.
    const inputs =
      operation === "UntagResource" ? all.filter((input) => !("TagKeys" in input) || (input.TagKeys as string[]).length > 0) : all;
    const outputs = schema.output.isUnitSchema() ? fc.constant({}) : valueOf(schema.output, { empty: true, text })!;
    await fc.assert(
      fc.asyncProperty(inputs, outputs, async (input, output) => {
        answer = output;
        const received = await client.send(new Command(input));
        expect(plain(seen)).toEqual(plain(input));
        expect(plain(without(received, "$metadata"))).toEqual(plain(output));
      }),
      { numRuns: 40, seed: 20261121 },
    );
  });
});

/** Replaces bytes by their digits, so that a Buffer equals an array of the same bytes, and drops undefined members. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (value instanceof Date || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, plain(item)]),
  );
}

function without(value: object, name: string): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
