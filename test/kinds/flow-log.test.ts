/** Flow logs: what a file may say, refusals inside a success, and what AWS adds to a bucket. */
import { CreateFlowLogsCommand, DescribeFlowLogsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { formatOf, fieldsOf, live, nameOf } from "../../src/kinds/flow-log/record.ts";
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
    ["no destination", "traffic: ALL", "says nowhere where it is written"],
    ["two destinations", "logGroup: flow, role: flow, bucket: logs", "and not into both"],
    ["a log group without a role", "logGroup: flow", "needs a `role`"],
    ["a role for a bucket", "bucket: logs, role: flow", "takes no role"],
    ["a folder in a log group", "logGroup: flow, role: flow, prefix: a", "is for flow logs into a bucket"],
    ["a policy that AWS would change", "bucket: closed", "the next apply would take it away"],
    ["an interval that there is not", "bucket: logs, interval: 300", "interval"],
  ])("is told of %s", (_what, fields, says) => expect(problem(fields)).toContain(says));

  it("takes a bucket of others by its name", () => expect(problem("bucket: { name: logs-one }")).toBe(""));
});

describe("what EC2 tells", () => {
  it("has the fields of a line in their order", () => {
    expect(formatOf(["version", "vpc-id"])).toBe("${version} ${vpc-id}");
    expect(fieldsOf("${version} ${vpc-id}")).toEqual(["version", "vpc-id"]);
  });

  it.each([
    ["arn:aws:logs:eu-west-1:123456789012:log-group:a/b:*", "a/b"],
    ["arn:aws:s3:::logs-one/folder/", "logs-one"],
    ["flow", "flow"],
  ])("%s is called %s", (text, name) => expect(nameOf(text)).toBe(name));

  it("says when no lines arrive", () =>
    expect(live({ FlowLogId: "fl-1", DeliverLogsStatus: "FAILED", DeliverLogsErrorMessage: "Access error" }).notes).toEqual([
      "no lines arrive: Access error",
    ]));

  it("is imported without the options that every one has", () => {
    const found = live({ FlowLogId: "fl-1", ResourceId: "vpc-1", LogDestinationType: "s3", LogDestination: "arn:aws:s3:::b/f/" });
    expect(flowLog.authored!(found.spec, found, () => undefined)).toMatchObject({ spec: { bucket: "b", prefix: "f" } });
    expect(flowLog.authored!(found.spec, found, () => undefined)).not.toHaveProperty("spec.destinationOptions");
  });
});

describe("in the sandbox", () => {
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
    const { outcome } = await testbed.tryApply(yaml("bucket: logs"));
    expect(outcome.failed.map(({ failure }) => failure.code)).toEqual(["slot-taken"]);
    expect(stepsOf((await testbed.tryApply(yaml("bucket: logs, traffic: REJECT"))).run)).toEqual(["create flowLog/main"]);
  });

  it("with another format and the same destination, the old one goes first", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml("bucket: logs, prefix: a"));
    const changed = yaml("bucket: logs, prefix: a, format: [srcaddr, dstaddr]");
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
