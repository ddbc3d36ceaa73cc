/** Late values in one apply: AWS's values of one object in the texts of another are read when the first is made, and never made up. */
import { expect, it } from "vitest";
import { applyUnderLease } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { approvalOf } from "../../src/plan/approval.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const image = "{ ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }";
const yaml = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
securityGroups:
  web: { vpc: main }
loadBalancers:
  web: { scheme: internal, subnets: [a, b], securityGroups: [web] }
dbSubnetGroups:
  main: { subnets: [a, b] }
dbInstances:
  main: { engine: postgres, engineVersion: "16", instanceClass: db.t4g.micro, allocatedStorage: 20, masterUsername: app, masterPassword: managed, subnetGroup: main }
instances:
  web:
    subnet: a
    image: ${image}
    instanceType: t3.micro
    disposable: true
    userDataChange: replace
    tags: { database: "\${dbInstance.main.endpoint}", next: "\${dbInstance.main.port + 1}", zone: "\${split(loadBalancer.web.dnsName, '.')[1]}" }
    userData: "\${dbInstance.main.endpoint}:\${dbInstance.main.port} \${loadBalancer.web.dnsName}"
`;

const call = ({ sandbox }: Testbed, service: string, operation: string, input: object) =>
  sandbox.call({ service, operation, account: "123456789012", region: "eu-west-1", input }) as Promise<Readonly<Record<string, never>>>;

async function userDataOf(index: Testbed, InstanceId: string): Promise<string> {
  const { UserData } = await call(index, "ec2", "DescribeInstanceAttribute", { InstanceId, Attribute: "userData" });
  return Buffer.from((UserData as unknown as { Value: string }).Value, "base64").toString();
}

it("a machine is made with the endpoint of a database and the name of a balancer, and plans nothing then; another port makes another machine", async () => {
  const sent: string[] = [];
  const index = openTestbed({ watch: ({ input }) => void sent.push(JSON.stringify(input)) });
  const { run } = await index.apply(yaml);
  expect(run.plan.steps.find(({ address }) => address === "instance/web")!.holds).toEqual({
    "dbInstance/main.endpoint": null,
    "dbInstance/main.port": null,
    "loadBalancer/web.dnsName": null,
  });
  const again = await index.plan(yaml);
  expect(stepsOf(again)).toEqual([]);
  const live = (address: string) => again.observed.objects.get(address)!.live;
  const endpoint = live("dbInstance/main").outputs!["endpoint"]!;
  const name = live("loadBalancer/web").outputs!["dnsName"]!;
  expect(endpoint).toMatch(/rds\.amazonaws\.com$/);
  expect(await userDataOf(index, live("instance/web").id)).toBe(`${endpoint}:5432 ${name}`);
  expect(live("instance/web").tags).toMatchObject({ database: endpoint, next: "5433", zone: name.split(".")[1] });
  expect(sent.length).toBeGreaterThan(100);
  expect(sent.filter((text) => /[\uE000-\uE004]/.test(text))).toEqual([]);
  // The same as if the text were written by hand.
  expect(
    stepsOf(
      await index.plan(
        yaml
          .replaceAll("${dbInstance.main.endpoint}", endpoint)
          .replace("${dbInstance.main.port + 1}", "5433")
          .replace("${split(loadBalancer.web.dnsName, '.')[1]}", name.split(".")[1]!)
          .replace("${loadBalancer.web.dnsName}", name),
      ),
    ),
  ).toEqual([]);

  const other = yaml.replace("subnetGroup: main }", "subnetGroup: main, port: 6543 }");
  expect(stepsOf(await index.plan(other)).sort()).toEqual(["replace instance/web", "restart dbInstance/main"]);
});

it("a group follows its template when a value in its user data changes; a value that was approved as unknown is written", async () => {
  const index = openTestbed();
  const small = (name: string) => `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main }
topics:
  jobs: { name: ${name} }
launchTemplates:
  web: { image: ${image}, instanceType: t3.micro, securityGroups: [web], userData: "jobs at \${topic.jobs.arn}" }
autoScalingGroups:
  web: { launchTemplate: web, subnets: [a], minSize: 1, maxSize: 2 }
`;
  await index.apply(small("jobs"));
  expect(stepsOf(await index.plan(small("jobs")))).toEqual([]);
  const { plan } = await index.plan(small("tasks"));
  expect(stepsOf({ plan })).toEqual(["replace topic/jobs", "update launchTemplate/web", "update autoScalingGroup/web"]);
  const applied = await applyUnderLease(kinds, await index.connection(), index.load(small("tasks")), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => {},
    approval: approvalOf(plan),
    lease: { me: { who: "test", run: "run", process: "1" } },
  });
  expect(applied).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  expect(stepsOf(await index.plan(small("tasks")))).toEqual([]);
  const data = await call(index, "ec2", "DescribeLaunchTemplateVersions", { LaunchTemplateName: "test-web", Versions: ["$Default"] });
  const [version] = data["LaunchTemplateVersions"] as unknown as { LaunchTemplateData: { UserData: string } }[];
  expect(Buffer.from(version!.LaunchTemplateData.UserData, "base64").toString()).toBe("jobs at arn:aws:sns:eu-west-1:123456789012:tasks");
});

it("a record holds the address that AWS gives, and follows when another takes its place; policies name objects that are made beside them", async () => {
  const index = openTestbed();
  const text = `${header.replace("environment: test", 'environment: test\naccount: "123456789012"')}
hostedZones: { main: { name: example.com } }
elasticIps: { web: {}, other: {} }
records:
  www: { zone: main, name: www.example.com, type: A, values: ["\${elasticIp.web.publicIp}"] }
iamRoles:
  reader: { trust: ec2.amazonaws.com }
topics:
  jobs: { policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\${iamRole.reader.arn}"},"Action":"sns:Publish","Resource":"*"}]}' }
buckets:
  data:
    name: lab-data
    policy:
      Version: "2012-10-17"
      Statement: [{ Effect: Allow, Principal: { AWS: "\${iamRole.reader.arn}" }, Action: "s3:GetObject", Resource: "arn:aws:s3:::lab-data/*" }]
kmsKeys:
  main:
    description: "For \${bucket.data.arn}"
    policy:
      Version: "2012-10-17"
      Statement:
        - { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" }
        - { Effect: Allow, Principal: { AWS: "\${iamRole.reader.arn}" }, Action: "kms:Decrypt", Resource: "*" }
`;
  await index.apply(text);
  const again = await index.plan(text);
  expect(stepsOf(again)).toEqual([]);
  const spec = (address: string) => again.observed.objects.get(address)!.live.spec as Record<string, unknown>;
  const output = (address: string, name: string) => again.observed.objects.get(address)!.live.outputs![name]!;
  expect(spec("record/www")["values"]).toEqual([output("elasticIp/web", "publicIp")]);
  expect(spec("kmsKey/main")["description"]).toBe(`For ${output("bucket/data", "arn")}`);
  for (const address of ["bucket/data", "kmsKey/main"])
    expect(JSON.stringify(spec(address)["policy"])).toContain("arn:aws:iam::123456789012:role/");

  expect(stepsOf(await index.plan(text.replace("elasticIp.web.publicIp", "elasticIp.other.publicIp")))).toEqual(["update record/www"]);
});
