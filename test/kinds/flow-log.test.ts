/** Flow logs: the values that a file may hold, refusals inside a successful answer, and the statements that AWS adds to a bucket. */
import { CreateFlowLogsCommand, DescribeFlowLogsCommand } from "@aws-sdk/client-ec2";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { destinationIn, formatOf, fieldsOf, live } from "../../src/kinds/flow-log/record.ts";
import { flowLog } from "../../src/kinds/flow-log/flow-log.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";

const around = `
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
logGroups: { flow: {} }
iamRoles: { flow: { trust: vpc-flow-logs.amazonaws.com } }
buckets:
  logs: { name: lab-flow-logs }
  closed: { name: lab-closed, policy: { Statement: [{ Effect: Deny, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::lab-closed/*" }] } }
`;
const yaml = (fields: string) => `${header}${around}flowLogs: { main: { of: vpc/main, ${fields} } }\n`;
const bare = `${header}${around}`;

describe("a file", () => {
  const problem = (fields: string): string => {
    try {
      loadText(yaml(fields));
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string, string]>([
    ["no destination", "traffic: ALL", "to"],
    ["a destination without its kind", "to: flow, role: flow", "several kinds fit here"],
    ["a name of others without its kind", "to: { name: logs-one }", "several kinds fit here"],
    ["a kind beside an ARN", "to: { kind: bucket, arn: 'arn:aws:s3:::logs-one' }", "already says which kind"],
    ["an ARN of something else", "to: { arn: 'arn:aws:sqs:eu-west-1:123456789012:logs' }", "neither a log group nor a bucket"],
    ["a log group without a role", "to: logGroup/flow", "needs a `role`"],
    ["a role for a bucket", "to: bucket/logs, role: flow", "AWS refuses one"],
    ["a folder in a log group", "to: logGroup/flow, role: flow, prefix: a", "is only for flow logs to a bucket"],
    ["a policy that AWS would change", "to: bucket/closed", "the next apply would remove it"],
    ["an interval that there is not", "to: bucket/logs, interval: 300", "interval"],
  ])("has a diagnostic for %s", (_what, fields, says) => expect(problem(fields)).toContain(says));

  it("takes a bucket of others by its name", () => expect(problem("to: { kind: bucket, name: logs-one }")).toBe(""));
  it("takes a log group of others by its ARN", () =>
    expect(problem("role: flow, to: { arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:all' }")).toBe(""));
});

describe("the answers of EC2", () => {
  const place = { partition: "aws", region: "eu-west-1", account: "123456789012" };

  it("a group of the account is known by the ARN of its name", () =>
    expect(live({ FlowLogId: "fl-1", LogDestinationType: "cloud-watch-logs", LogGroupName: "flow" }, place).spec.to).toBe(
      "arn:aws:logs:eu-west-1:123456789012:log-group:flow",
    ));

  it("has the fields of a line in their order", () => {
    expect(formatOf(["version", "vpc-id"])).toBe("${version} ${vpc-id}");
    expect(fieldsOf("${version} ${vpc-id}")).toEqual(["version", "vpc-id"]);
  });

  it.each([
    ["arn:aws:logs:eu-west-1:123456789012:log-group:a/b:*", "logGroup:a/b"],
    ["arn:aws:s3:::logs-one/folder/", "bucket:logs-one"],
    ["logGroup/flow", "logGroup/flow"],
  ])("%s is %s", (text, name) => expect(destinationIn(text)).toBe(name));

  it("says when no lines arrive", () =>
    expect(live({ FlowLogId: "fl-1", DeliverLogsStatus: "FAILED", DeliverLogsErrorMessage: "Access error" }, place).notes).toEqual([
      "no lines arrive: Access error",
    ]));

  it("is imported without the options that every one has", () => {
    const found = live({ FlowLogId: "fl-1", ResourceId: "vpc-1", LogDestinationType: "s3", LogDestination: "arn:aws:s3:::b/f/" }, place);
    expect(flowLog.authored!(found.spec, found, () => undefined)).toMatchObject({ spec: { to: "arn:aws:s3:::b", prefix: "f" } });
    expect(flowLog.authored!(found.spec, found, () => undefined)).not.toHaveProperty("spec.destinationOptions");
  });
});

describe("in the sandbox", () => {
  const names = `${header}${around.replace("flow: {}", "flow: { name: one-name }").replace("name: lab-flow-logs", "name: one-name")}`;
  const into = (to: string, more = "") => `${names}flowLogs: { main: { of: vpc/main, to: ${to}${more} } }\n`;

  it("a log group and a bucket of one name are told apart, ours and others'", async () => {
    const testbed = openTestbed();
    const destination = async () => {
      const { aws } = await testbed.connection();
      const { FlowLogs = [] } = await aws.ec2(new DescribeFlowLogsCommand({}));
      return FlowLogs.map(({ LogDestinationType }) => LogDestinationType);
    };
    await testbed.apply(into("bucket/logs"));
    expect(await destination()).toEqual(["s3"]);
    expect(stepsOf(await testbed.plan(into("bucket/logs")))).toEqual([]);
    const group = into("logGroup/flow", ", role: flow");
    expect(stepsOf((await testbed.apply(group)).run)).toEqual(["replace flowLog/main"]);
    expect(await destination()).toEqual(["cloud-watch-logs"]);
    expect(stepsOf(await testbed.plan(group))).toEqual([]);
    // Flow logs of others.
    const { aws } = await testbed.connection();
    await aws.s3(new CreateBucketCommand({ Bucket: "theirs", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }));
    await aws.logs(new CreateLogGroupCommand({ logGroupName: "theirs", tags: { team: "net" } }));
    const two = (bucket: string, logGroup: string) =>
      `${names}flowLogs: { a: { of: vpc/main, to: ${bucket} }, b: { of: vpc/main, to: ${logGroup}, role: flow } }\n`;
    const theirs = two("{ kind: bucket, name: theirs }", "{ kind: logGroup, name: theirs }");
    await testbed.apply(theirs);
    expect((await destination()).sort()).toEqual(["cloud-watch-logs", "s3"]);
    expect(stepsOf(await testbed.plan(theirs))).toEqual([]);
    const arns = two("{ arn: 'arn:aws:s3:::theirs' }", "{ arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:theirs:*' }");
    expect(stepsOf(await testbed.plan(arns))).toEqual([]);
  });

  it("a refusal inside a success says that another has the same destination", async () => {
    const testbed = openTestbed();
    const { observed } = await testbed.apply(bare).then(() => testbed.plan(bare));
    const { aws } = await testbed.connection();
    const VPC = observed.objects.get("vpc/main")!.live.id;
    await aws.ec2(
      new CreateFlowLogsCommand({
        ResourceIds: [VPC],
        ResourceType: "VPC",
        TrafficType: "ALL",
        LogDestinationType: "s3",
        LogDestination: "arn:aws:s3:::lab-flow-logs",
      }),
    );
    const { outcome } = await testbed.tryApply(yaml("to: bucket/logs"));
    expect(outcome.failed.map(({ failure }) => failure.code)).toEqual(["slot-taken"]);
    expect(stepsOf((await testbed.tryApply(yaml("to: bucket/logs, traffic: REJECT"))).run)).toEqual(["create flowLog/main"]);
  });

  it("with another format and the same destination, the old one goes first", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml("to: bucket/logs, prefix: a"));
    const changed = yaml("to: bucket/logs, prefix: a, format: [srcaddr, dstaddr]");
    expect(stepsOf((await testbed.apply(changed)).run)).toEqual(["replace flowLog/main"]);
    const { aws } = await testbed.connection();
    const { FlowLogs = [] } = await aws.ec2(new DescribeFlowLogsCommand({}));
    expect(FlowLogs).toMatchObject([{ LogDestination: "arn:aws:s3:::lab-flow-logs/a/", LogFormat: "${srcaddr} ${dstaddr}" }]);
    expect(stepsOf(await testbed.plan(changed))).toEqual([]);
    expect(await flowLog.load().then((driver) => driver.within!(aws, new Map([["vpc", new Set([FlowLogs[0]!.ResourceId!])]])))).toEqual([
      { id: FlowLogs[0]!.FlowLogId, what: `flow log of ${FlowLogs[0]!.ResourceId}` },
    ]);
  });
});
