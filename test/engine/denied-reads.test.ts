/** A read that AWS denies is never taken for "does not exist", for every operation and every kind. */
import { expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { connect } from "../../src/aws/connect.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { isNight } from "../support/night.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";

const yaml = `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true, dhcpOptions: main } }
dhcpOptions: { main: { domainNameServers: [AmazonProvidedDNS] } }
internetGateways: { main: { vpc: main } }
vpnGateways: { main: { vpc: main } }
customerGateways: { office: { ipAddress: 203.0.113.9, bgpAsn: 65010 } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
routeTables: { main: { vpc: main, subnets: [a, b], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
networkAcls: { main: { vpc: main, ingress: { 100: { action: allow, protocol: all, source: 0.0.0.0/0 } } } }
prefixLists: { office: { addressFamily: IPv4, maxEntries: 5, entries: [{ cidr: 203.0.113.0/24 }] } }
securityGroups: { web: { vpc: main, ingress: [{ port: 80, source: 0.0.0.0/0 }] } }
flowLogs: { main: { of: vpc/main, to: logGroup/web, role: flow } }
elasticIps: { spare: {} }
networkInterfaces: { spare: { subnet: a, securityGroups: [web] } }
volumes: { data: { availabilityZone: a, size: 8 } }
launchTemplates: { web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [web] } }
autoScalingGroups: { web: { launchTemplate: web, subnets: [a, b], minSize: 0, maxSize: 1 } }
targetGroups: { web: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers: { web: { scheme: internet-facing, subnets: [a, b], securityGroups: [web], listeners: { 80: { protocol: HTTP, forward: web } } } }
alarms: { busy: { namespace: AWS/EC2, metricName: CPUUtilization, dimensions: { AutoScalingGroupName: autoScalingGroup/web }, statistic: Average, period: 60, evaluationPeriods: 1, threshold: 80, comparisonOperator: GreaterThanThreshold } }
topics: { alerts: {} }
hostedZones: { main: { name: example.org } }
records: { www: { zone: main, name: www.example.org, type: A, values: [192.0.2.1] } }
iamRoles: { web: { trust: ec2.amazonaws.com }, flow: { trust: vpc-flow-logs.amazonaws.com } }
iamPolicies: { read: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } } }
instanceProfiles: { web: { role: web } }
logGroups: { web: { retention: 30 } }
parameters: { greeting: { value: hello } }
secrets: { app: { description: of the lab } }
kmsKeys: { main: { alias: lab } }
buckets: { files: { name: files-of-the-lab, versioning: true } }
dbSubnetGroups: { main: { subnets: [a, b] } }
dbParameterGroups: { main: { family: postgres17 } }
cacheSubnetGroups: { main: { subnets: [a, b] } }
cacheParameterGroups: { main: { family: valkey8 } }
AWS::SQS::Queue: { jobs: { VisibilityTimeout: 60 } }
`;

/** Returns the refusal of a service: its code and status. */
function denial(service: string): { readonly code: string; readonly status: number } {
  if (service === "ec2") return { code: "UnauthorizedOperation", status: 403 };
  const isJson = /^(ssm|kms|secretsmanager|logs|acm|tagging|cloudcontrol|resourcegroupstaggingapi)$/.test(service);
  return isJson ? { code: "AccessDeniedException", status: 400 } : { code: "AccessDenied", status: 403 };
}

test("each read that a plan makes, denied", { timeout: 1_200_000 }, async () => {
  const state = new SandboxState();
  const testbed = openTestbed({ sandbox: { state } });
  await testbed.apply(yaml);
  const environment = loadText(yaml);
  const planned = async (denied?: string) => {
    const clock = new VirtualClock(testbed.clock.now() + 3_600_000);
    const refuse = denied === undefined ? [] : [{ operation: denied, times: "always" as const, ...denial(denied.split(":")[0]!) }];
    const sandbox = createSandbox({ clock, state: state.copy(), faults: { refuse } });
    const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" };
    const way = await connect({ region: "eu-west-1", clock, requestHandler: sandbox.requestHandler, credentials });
    const run = await planEnvironment(kinds, way, environment, { goal: "agree" });
    return { run, operations: sandbox.calls.map(({ service, operation }) => `${service}:${operation}`) };
  };
  const { run, operations } = await planned();
  expect(stepsOf(run)).toEqual([]);
  const all = [...new Set(operations)].filter((one) => one !== "sts:GetCallerIdentity").sort();
  expect(all.length).toBeGreaterThan(50);
  const believed: string[] = [];
  for (const denied of all.filter((one, i) => isNight || i % 12 === 0 || one.startsWith("kms:"))) {
    try {
      const steps = stepsOf((await planned(denied)).run);
      if (steps.length > 0) believed.push(`${denied}: ${steps.join(", ")}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }
  expect(believed).toEqual([]);
});
