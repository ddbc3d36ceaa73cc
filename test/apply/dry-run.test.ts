import { describe, expect, it } from "vitest";
import { dryRun, type DryRun, type Tried } from "../../src/apply/dry-run.ts";
import { rehearsal, RehearsalEnded } from "../../src/aws/rehearsal.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, type Testbed } from "../support/testbed.ts";

const vpc = "vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n";
const rest = `subnets:
  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main, description: Web }
`;

/** Runs a dry run; throws when one of its calls changed something. */
async function fly(aws: Testbed, yaml: string): Promise<DryRun> {
  const { connection, ...run } = await aws.plan(yaml);
  const before = aws.sandbox.calls.length;
  const found = await dryRun({ kinds, aws: connection.aws, ...run });
  const written = aws.sandbox.calls.slice(before).filter(({ mutating, code }) => mutating && code === undefined);
  expect(written.map(({ operation }) => operation)).toEqual([]);
  return found;
}

const tried = async (aws: Testbed, yaml: string) => (await fly(aws, yaml)).tried;
const outcomes = (all: readonly Tried[]) => Object.fromEntries(all.map(({ address, outcome }) => [address, outcome]));
const refused = (all: readonly Tried[]) =>
  all.filter(({ outcome }) => outcome === "refused").map(({ address, text, at }) => `${address}, line ${at?.line}: ${text}`);

async function foreign(aws: Testbed, service: string, operation: string, input: object): Promise<unknown> {
  return aws.sandbox.call({ service, operation, account: "123456789012", region: "eu-west-1", input });
}

describe("preflight", () => {
  it("of an empty account tries objects that stand alone, says what is made first, and makes nothing", async () => {
    const all = await tried(openTestbed(), header + vpc + rest);
    expect(outcomes(all)).toEqual({ "vpc/main": "allowed", "subnet/a": "untried", "securityGroup/web": "untried" });
    expect(all.find(({ address }) => address === "vpc/main")?.text).toBe("CreateVpc is allowed");
    expect(all.find(({ address }) => address === "subnet/a")?.text).toBe("vpc/main must be created first");
  });

  it("tries subnets, groups and machines where their network is", async () => {
    const aws = openTestbed();
    await aws.apply(header + vpc + rest);
    const more = `${header}${vpc}${rest}  db: { vpc: main, description: Db }\ninstances:\n  web: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro }\n`;
    const all = await tried(aws, more.replace("subnets:\n", "subnets:\n  b: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b }\n"));
    expect(outcomes(all)).toMatchObject({ "subnet/b": "allowed", "securityGroup/db": "allowed", "instance/web": "refused" });
  });

  it("tries changes, deletes and tags", async () => {
    const aws = openTestbed();
    await aws.apply(header + vpc + rest);
    const changed =
      header + vpc.replace("/16 }", "/16, enableDnsHostnames: true, tags: { team: web } }") + rest.slice(0, rest.indexOf("securityGroups"));
    const all = await tried(aws, changed.replace("\n  a: {", "\n  b: {") + "moved: [{ from: subnet/a, to: subnet/b }]\n");
    expect(all.map(({ address, outcome, text }) => [address, outcome, text])).toEqual(
      expect.arrayContaining([
        ["vpc/main", "untried", "ModifyVpcAttribute has no dry run"],
        ["vpc/main", "allowed", "CreateTags is allowed"],
        ["subnet/b", "allowed", "CreateTags is allowed"],
        ["securityGroup/web", "allowed", "DeleteSecurityGroup is allowed"],
      ]),
    );
    const opened = rest.replace("description: Web", "description: Web, ingress: [{ port: 443, source: 0.0.0.0/0 }]");
    expect(await tried(aws, header + vpc + opened)).toMatchObject([
      { address: "securityGroup/web", outcome: "allowed", text: "AuthorizeSecurityGroupIngress is allowed", at: { line: 10 } },
    ]);
  });

  it("takes a refusal because of an object that the plan itself removes for none", async () => {
    const aws = openTestbed();
    await aws.apply(header + vpc + rest);
    const all = await tried(aws, header);
    expect(outcomes(all)["vpc/main"]).not.toBe("refused");
    expect(refused(all)).toEqual([]);
  });

  it("reports missing objects on their lines: an image, a zone, a key, somebody's network", async () => {
    const found = await tried(
      openTestbed(),
      `${header}${vpc}subnets:
  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: z }
  b: { vpc: { id: vpc-0123456789abcdef0 }, cidrBlock: 10.0.1.0/24, availabilityZone: a }
instances:
  web:
    subnet: a
    image: ami-0123456789abcdef0
    instanceType: m99.large
    keyPair: { id: nobodys }
`,
    );
    expect(refused(found).filter((line) => !line.includes("CreateSubnet"))).toEqual([
      "subnet/b, line 9: there is no vpc vpc-0123456789abcdef0 in eu-west-1 that this account can see",
      "subnet/a, line 8: eu-west-1 has no zone eu-west-1z for this account; it has eu-west-1a, eu-west-1b, eu-west-1c",
      "instance/web, line 15: there is no keyPair nobodys in eu-west-1 that this account can see",
      "instance/web, line 13: there is no available image ami-0123456789abcdef0 in eu-west-1 for this account",
      "instance/web, line 14: eu-west-1 does not offer the instance type m99.large",
    ]);
  });

  it("knows the processors of images and types, and the security policies that there are", async () => {
    const image = (architecture: string) => `{ owner: amazon, name: "al2023-ami-*-${architecture}" }`;
    const yaml = `${header}${vpc}subnets:
  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b }
launchTemplates:
  good: { image: ${image("arm64")}, instanceType: t4g.micro }
  bad: { image: ${image("x86_64")}, instanceType: t4g.micro }
autoScalingGroups:
  web: { launchTemplate: good, subnets: [a, b], minSize: 0, maxSize: 1, mixedInstances: { overrides: [{ instanceType: t4g.small }, { instanceType: t3.small }] } }
securityGroups:
  web: { vpc: main }
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 80 }
loadBalancers:
  web:
    scheme: internal
    subnets: [a, b]
    securityGroups: [web]
    listeners:
      443: { protocol: HTTPS, forward: web, certificate: "arn:aws:acm:eu-west-1:123456789012:certificate/main", sslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-07 }
`;
    expect(refused(await tried(openTestbed(), yaml)).map((line) => line.replace(/ami-[0-9a-f]+/, "AMI"))).toEqual([
      "launchTemplate/bad, line 12: the image AMI is for x86_64, but t4g.micro has arm64 processors",
      "loadBalancer/web, line 25: eu-west-1 has no security policy ELBSecurityPolicy-TLS13-1-2-2021-07; did you mean ELBSecurityPolicy-TLS13-1-2-2021-06?",
      "autoScalingGroup/web, line 14: the image AMI is for arm64, but t3.small has x86_64 processors",
    ]);
  });

  it("makes, changes and deletes nothing through Cloud Control, which has no dry run", async () => {
    const aws = openTestbed();
    const cluster = (name: string, insights: string) =>
      `${header}AWS::ECS::Cluster:\n  ${name}: { ClusterSettings: [{ Name: containerInsights, Value: ${insights} }] }\n`;
    const said = async (yaml: string) => (await tried(aws, yaml)).map(({ outcome, text }) => `${outcome}: ${text}`);
    expect(await said(cluster("web", "enabled"))).toEqual(["untried: CreateResource has no dry run"]);
    await aws.apply(cluster("web", "enabled"));
    expect(await said(cluster("web", "disabled"))).toEqual(["untried: UpdateResource has no dry run"]);
    expect(await said(cluster("api", "enabled"))).toEqual([
      "untried: CreateResource has no dry run",
      "untried: DeleteResource has no dry run",
    ]);
  });

  it("finds names that are taken", async () => {
    const aws = openTestbed();
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJYqzXTJrQzHcJ1xjDM1v4LUIsqUS1sZ3Y8oRFXjx8eE me@home";
    const yaml = `${header}keyPairs:
  a: { publicKey: "${key}" }
topics:
  alerts: {}
dbParameterGroups:
  main: { family: mysql8.4 }
alarms:
  cpu: { namespace: AWS/EC2, metricName: CPUUtilization, statistic: Average, period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanThreshold }
`;
    await foreign(aws, "ec2", "ImportKeyPair", { KeyName: "test-a", PublicKeyMaterial: new TextEncoder().encode(key) });
    await foreign(aws, "sns", "CreateTopic", { Name: "test-alerts" });
    const group = { DBParameterGroupName: "test-main", DBParameterGroupFamily: "mysql8.4", Description: "theirs" };
    await foreign(aws, "rds", "CreateDBParameterGroup", group);
    const alarm = { Namespace: "AWS/EC2", MetricName: "x", Statistic: "Average", Period: 60, EvaluationPeriods: 1, Threshold: 1 };
    await foreign(aws, "cloudwatch", "PutMetricAlarm", { AlarmName: "test-cpu", ComparisonOperator: "GreaterThanThreshold", ...alarm });
    const lines = refused(await tried(aws, yaml));
    for (const [address, name] of [
      ["keyPair/a", "test-a"],
      ["topic/alerts", "test-alerts"],
      ["dbParameterGroup/main", "test-main"],
      ["alarm/cpu", "test-cpu"],
    ])
      expect(lines.some((line) => line.startsWith(`${address}, line`) && line.includes(`the name "${name}" is taken by`))).toBe(true);
  });

  it("counts the quotas of the account", async () => {
    const ips = Array.from({ length: 6 }, (_, i) => `  ip${i}: {}\n`).join("");
    const [one, ...others] = refused(await tried(openTestbed(), `${header}elasticIps:\n${ips}`)).filter((line) =>
      line.includes("Service Quotas"),
    );
    expect(one).toBe(
      "elasticIp/ip5, line 11: the account may have 5 Elastic IPs here and has 0, and the plan would add 6 (request a higher quota in Service Quotas)",
    );
    expect(others).toEqual([]);
  });

  it("knows classes of databases, and where certificates must be", async () => {
    const yaml = `${header}${vpc}subnets:
  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b }
dbSubnetGroups:
  main: { subnets: [a, b] }
dbInstances:
  main: { engine: mysql, engineVersion: "4.1", instanceClass: db.t3.micro, allocatedStorage: 20, subnetGroup: main, masterUsername: dbadmin }
  big: { engine: mysql, instanceClass: db.z99.large, allocatedStorage: 20, subnetGroup: main, masterUsername: dbadmin }
internetGateways:
  main: { vpc: main }
securityGroups:
  web: { vpc: main, description: Web }
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 80 }
loadBalancers:
  web:
    scheme: internal
    subnets: [a, b]
    securityGroups: [web]
    listeners:
      "443": { protocol: HTTPS, certificate: "arn:aws:acm:us-east-1:123456789012:certificate/1", forward: web }
`;
    const { tried: all, unchecked } = await fly(openTestbed(), yaml);
    const lines = refused(all);
    expect(lines).toContainEqual(
      expect.stringMatching(/^dbInstance\/main, line 13: RDS does not offer mysql 4\.1 on db\.t3\.micro in eu-west-1; it offers 8\./),
    );
    expect(lines).toContain("dbInstance/big, line 14: RDS does not offer the class db.z99.large for mysql in eu-west-1");
    expect(lines).toContain(
      "loadBalancer/web, line 27: the certificate is in us-east-1, but a load balancer can use only certificates of its own region, eu-west-1",
    );
    expect(unchecked).toEqual(["whether certificates exist: AWS checks that when it creates the listener"]);
  });

  it("names reads that are denied, and continues", async () => {
    const refuse = ["DescribeAvailabilityZones", "DescribeAccountAttributes"].map((operation) => {
      return { operation, code: "UnauthorizedOperation", status: 403, times: "always" as const };
    });
    const { tried: all, unchecked } = await fly(
      openTestbed({ sandbox: { faults: { refuse } } }),
      `${header}${vpc}${rest}elasticIps:\n  a: {}\n`,
    );
    expect(outcomes(all)).toMatchObject({ "vpc/main": "allowed", "elasticIp/a": "allowed" });
    expect(unchecked).toEqual([
      "the limit of Elastic IPs: DescribeAccountAttributes was denied (UnauthorizedOperation)",
      "whether zones exist: DescribeAvailabilityZones was denied (UnauthorizedOperation)",
    ]);
  });

  it("reports the refusals of AWS: no right, a range that is taken", async () => {
    const denied = openTestbed({
      sandbox: { faults: { refuse: [{ operation: "CreateVpc", code: "UnauthorizedOperation", status: 403 }] } },
    });
    expect(await tried(denied, header + vpc)).toMatchObject([
      { address: "vpc/main", outcome: "refused", code: "UnauthorizedOperation", at: { line: 6 } },
    ]);

    const taken = openTestbed();
    await taken.apply(header + vpc);
    const VpcId = (await taken.plan(header + vpc)).observed.objects.get("vpc/main")!.live.id;
    await foreign(taken, "ec2", "CreateSubnet", { VpcId, CidrBlock: "10.0.0.0/24" });
    const all = (await tried(taken, header + vpc + rest)).filter(({ address }) => address === "subnet/a");
    expect(all).toMatchObject([{ outcome: "refused", finding: "slot-taken", at: { line: 8 } }]);
    expect(all[0]!.text).toMatch(/^10\.0\.0\.0\/24 overlaps 10\.0\.0\.0\/24 of subnet-[0-9a-f]+, which is not in this environment$/);
  });
});

describe("a rehearsal", () => {
  it("never lets a write through that has no dry run, and waits for nothing", async () => {
    const aws = openTestbed();
    const { aws: real } = await aws.connection();
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const ssm = await import("../../src/aws/sdk/ssm.ts");
    const way = rehearsal(real);
    await expect(
      way.ec2(new ec2.ModifySubnetAttributeCommand({ SubnetId: "subnet-1", MapPublicIpOnLaunch: { Value: true } })),
    ).rejects.toMatchObject({ wasTried: false });
    await expect(way.ssm(new ssm.PutParameterCommand({ Name: "/x", Value: "y" }))).rejects.toBeInstanceOf(RehearsalEnded);
    await expect(way.ec2(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).rejects.toMatchObject({ wasTried: true });
    await expect(way.clock.sleep(1_000)).rejects.toBeInstanceOf(RehearsalEnded);
    expect((await real.ec2(new ec2.DescribeVpcsCommand({}))).Vpcs?.filter(({ IsDefault }) => !IsDefault)).toEqual([]);
  });
});
