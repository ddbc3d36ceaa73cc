/** Compares load balancers, target groups, Auto Scaling groups and databases with the YAML, as another client describes them. */
import { DescribePoliciesCommand, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  type LoadBalancer,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { DBInstance, DBSubnetGroup } from "@aws-sdk/client-rds";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Clients } from "./clients.ts";

type Section<T> = Readonly<Record<string, T>> | undefined;

export interface TiersYaml {
  readonly project: string;
  readonly environment: string;
  readonly launchTemplates: Section<{
    image: { ssm: string };
    instanceType: string;
    keyPair?: string;
    securityGroups: readonly string[];
    userDataFile: string;
  }>;
  readonly targetGroups: Section<{
    vpc: string;
    protocol: string;
    port: number | string;
    healthCheck: { path: string; interval: number; healthyThreshold?: number };
    deregistrationDelay?: number;
    targets?: readonly string[];
  }>;
  readonly loadBalancers: Section<{
    type: string;
    scheme: string;
    subnets: readonly string[];
    securityGroups: readonly string[];
    dropInvalidHeaderFields?: boolean;
    listeners: Record<string, { protocol: string; forward: string; rules?: Record<string, Rule> }>;
  }>;
  readonly autoScalingGroups: Section<{
    launchTemplate: string;
    subnets: readonly string[];
    minSize: number;
    maxSize: number;
    targetGroups: readonly string[];
    healthCheckType: string;
    scalingPolicies: Record<string, { targetTracking: { metric: string; target: number } }>;
  }>;
  readonly dbSubnetGroups: Section<{ subnets: readonly string[] }>;
  readonly dbInstances: Section<Database>;
}

interface Rule {
  readonly priority: number;
  readonly conditions: { readonly path: readonly string[] };
  readonly fixedResponse: { readonly statusCode: number; readonly contentType: string; readonly messageBody: string };
}

interface Database {
  readonly engine?: string;
  readonly engineVersion?: string;
  readonly instanceClass: string;
  readonly allocatedStorage?: number;
  readonly subnetGroup?: string;
  readonly securityGroups: readonly string[];
  readonly masterUsername?: string;
  readonly masterPassword?: object;
  readonly multiAz?: boolean;
  readonly deletionProtection?: boolean;
  readonly replicaOf?: string;
}

/** The objects that a test finds, by address or by AWS's name. */
export interface Found {
  /** The id of an object whose description includes its tags. */
  id(address: string): string;
  at<T>(address: string): T;
  /** Returns the only object of a kind for which `is` holds. */
  only<T>(kind: string, is: (one: T) => boolean): T;
}

export async function expectTiers(clients: Clients, found: Found, yaml: TiersYaml, folder: string): Promise<void> {
  const named = (name: string) => `${yaml.environment}-${name}`;
  const group = (name: string) => found.only<TargetGroup>("targetGroup", ({ TargetGroupName }) => TargetGroupName === named(name));
  await expectTemplates(clients, found, yaml, folder);

  for (const [name, written] of entries(yaml.targetGroups)) {
    const arn = group(name).TargetGroupArn!;
    expect(group(name)).toMatchObject({
      Protocol: written.protocol,
      Port: Number(written.port),
      VpcId: found.id(`vpc/${written.vpc}`),
      TargetType: "instance",
      HealthCheckPath: written.healthCheck.path,
      HealthCheckIntervalSeconds: written.healthCheck.interval,
      HealthyThresholdCount: written.healthCheck.healthyThreshold ?? 5,
    });
    const { Attributes } = await clients.elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
    expect(Attributes).toContainEqual({ Key: "deregistration_delay.timeout_seconds", Value: String(written.deregistrationDelay ?? 300) });
    await expectTags(clients, arn, yaml, `targetGroup/${name}`);
    if (!written.targets) continue;
    const { TargetHealthDescriptions } = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    const targets = TargetHealthDescriptions!.map(({ Target }) => `${Target!.Id}:${Target!.Port}`).sort();
    expect(targets).toEqual(written.targets.map((target) => `${found.id(`instance/${target}`)}:${written.port}`).sort());
  }

  for (const [name, written] of entries(yaml.loadBalancers)) {
    const balancer = found.only<LoadBalancer>("loadBalancer", ({ LoadBalancerName }) => LoadBalancerName === named(name));
    const LoadBalancerArn = balancer.LoadBalancerArn!;
    expect(balancer).toMatchObject({ Type: written.type, Scheme: written.scheme });
    expect(balancer.AvailabilityZones!.map(({ SubnetId }) => SubnetId).sort()).toEqual(idsOf(found, "subnet", written.subnets));
    expect([...balancer.SecurityGroups!].sort()).toEqual(idsOf(found, "securityGroup", written.securityGroups));
    const { Attributes } = await clients.elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    if (written.dropInvalidHeaderFields)
      expect(Attributes).toContainEqual({ Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" });
    await expectTags(clients, LoadBalancerArn, yaml, `loadBalancer/${name}`);
    const { Listeners } = await clients.elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    expect(Listeners!.map(({ Port }) => String(Port)).sort()).toEqual(Object.keys(written.listeners).sort());
    for (const listener of Listeners!) {
      const resolved = written.listeners[String(listener.Port)]!;
      expect(listener.Protocol).toBe(resolved.protocol);
      const [action] = listener.DefaultActions!;
      const target = action!.TargetGroupArn ?? action!.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn;
      expect([action!.Type, target]).toEqual(["forward", group(resolved.forward).TargetGroupArn]);
      await expectRules(clients, listener.ListenerArn!, resolved.rules ?? {});
    }
  }

  for (const [name, written] of entries(yaml.autoScalingGroups)) {
    const scaled = found.at<AutoScalingGroup>(`autoScalingGroup/${name}`);
    expect(scaled).toMatchObject({
      AutoScalingGroupName: named(name),
      MinSize: written.minSize,
      MaxSize: written.maxSize,
      HealthCheckType: written.healthCheckType,
      TargetGroupARNs: written.targetGroups.map((target) => group(target).TargetGroupArn!),
      LaunchTemplate: {
        LaunchTemplateId: found.id(`launchTemplate/${written.launchTemplate}`),
        Version: expect.stringMatching(/^\d+$/) as string,
      },
    });
    expect(scaled.VPCZoneIdentifier!.split(",").sort()).toEqual(idsOf(found, "subnet", written.subnets));
    expect(scaled.DesiredCapacity).toBe(written.minSize);
    const { ScalingPolicies } = await clients.autoScaling.send(new DescribePoliciesCommand({ AutoScalingGroupName: named(name) }));
    const policies = ScalingPolicies!.map(({ PolicyName, TargetTrackingConfiguration: tracking }) => [
      PolicyName,
      tracking?.PredefinedMetricSpecification?.PredefinedMetricType,
      tracking?.TargetValue,
    ]);
    expect(policies).toEqual(
      entries(written.scalingPolicies).map(([policy, { targetTracking }]) => [policy, targetTracking.metric, targetTracking.target]),
    );
  }

  for (const [name, { subnets }] of entries(yaml.dbSubnetGroups)) {
    const subnetGroup = found.only<DBSubnetGroup>("dbSubnetGroup", ({ DBSubnetGroupName }) => DBSubnetGroupName === named(name));
    expect(subnetGroup.Subnets!.map(({ SubnetIdentifier }) => SubnetIdentifier).sort()).toEqual(idsOf(found, "subnet", subnets));
    expect(subnetGroup.VpcId).toBe(found.id("vpc/web"));
  }

  for (const [name, written] of entries(yaml.dbInstances)) expectDatabase(found, named, name, written);
}

function expectDatabase(found: Found, named: (name: string) => string, name: string, written: Database): void {
  const database = found.at<DBInstance>(`dbInstance/${name}`);
  expect(database).toMatchObject({
    DBInstanceIdentifier: named(name),
    Engine: written.engine,
    DBInstanceClass: written.instanceClass,
    AllocatedStorage: written.allocatedStorage,
    MasterUsername: written.masterUsername,
    MultiAZ: written.multiAz,
    DeletionProtection: written.deletionProtection,
    DBInstanceStatus: "available",
    StorageEncrypted: true,
    PubliclyAccessible: false,
    DBSubnetGroup: { DBSubnetGroupName: named(written.subnetGroup!) },
  });
  expect(database.EngineVersion).toMatch(new RegExp(`^${written.engineVersion!.replace(".", "\\.")}(\\.|$)`));
  expect(database.MasterUserSecret?.SecretArn).toMatch(/^arn:aws:secretsmanager:/);
  expect(database.VpcSecurityGroups!.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId).sort()).toEqual(
    idsOf(found, "securityGroup", written.securityGroups),
  );
}

async function expectTemplates(clients: Clients, found: Found, yaml: TiersYaml, folder: string): Promise<void> {
  for (const [name, written] of entries(yaml.launchTemplates)) {
    const { LaunchTemplateVersions } = await clients.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: found.id(`launchTemplate/${name}`), Versions: ["$Latest"] }),
    );
    const data = LaunchTemplateVersions![0]!.LaunchTemplateData!;
    const { Parameter: image } = await clients.ssm.send(new GetParameterCommand({ Name: written.image.ssm }));
    expect(data).toMatchObject({ ImageId: image!.Value, InstanceType: written.instanceType, MetadataOptions: { HttpTokens: "required" } });
    if (written.keyPair !== undefined) expect(data.KeyName).toBe(`${yaml.environment}-${written.keyPair}`);
    expect([...data.SecurityGroupIds!].sort()).toEqual(idsOf(found, "securityGroup", written.securityGroups));
    expect(Buffer.from(data.UserData!, "base64").toString()).toBe(readFileSync(join(folder, written.userDataFile), "utf8"));
    // moto keeps the template's own tags in its data too. None of these reaches an instance.
    const toMachines = (data.TagSpecifications ?? []).filter(({ ResourceType }) => String(ResourceType) !== "launch-template");
    const travelling = toMachines.flatMap(({ Tags }) => Tags ?? []).map(({ Key }) => Key!);
    expect(travelling.filter((key) => key.startsWith("infra:"))).toEqual([]);
  }
}

async function expectRules({ elb }: Clients, ListenerArn: string, written: Record<string, Rule>): Promise<void> {
  const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  const rules = Rules!
    .filter(({ IsDefault }) => !IsDefault)
    .map(({ Priority, Conditions, Actions }) => ({
      priority: Number(Priority),
      path: Conditions!.flatMap(({ PathPatternConfig, Values }) => PathPatternConfig?.Values ?? Values ?? []),
      answer: Actions![0]!.FixedResponseConfig,
    }));
  expect(rules).toEqual(
    Object.values(written).map(({ priority, conditions, fixedResponse: { statusCode, contentType, messageBody } }) => ({
      priority,
      path: conditions.path,
      answer: { StatusCode: String(statusCode), ContentType: contentType, MessageBody: messageBody },
    })),
  );
}

/** Checks the tags of a load balancer or target group, which need a separate read. */
async function expectTags({ elb }: Clients, arn: string, { project, environment }: TiersYaml, address: string): Promise<void> {
  const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
  const tags = Object.fromEntries(TagDescriptions![0]!.Tags!.map(({ Key, Value }) => [Key!, Value]));
  expect(tags).toMatchObject({ "infra:project": project, "infra:environment": environment, "infra:resource": address });
}

function idsOf(found: Found, kind: string, names: readonly string[]): string[] {
  return names.map((name) => found.id(`${kind}/${name}`)).sort();
}

function entries<T>(section: Section<T>): [string, T][] {
  return Object.entries(section ?? {});
}
