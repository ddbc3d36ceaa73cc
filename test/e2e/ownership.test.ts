/** Objects that are not ours but look like ours are reported and never touched. */
import { CreateAutoScalingGroupCommand, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  ImportKeyPairCommand,
  type Tag,
} from "@aws-sdk/client-ec2";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withoutDescriptionsOfGroupRules } from "./bends.ts";
import { root } from "./support/infra.ts";
import { ours, plain, type Thing } from "./support/inventory.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeOnEach, region, type Endpoint } from "./support/moto.ts";

describeOnEach("objects that are not ours", (start) => {
  let aws: Endpoint;
  beforeAll(async () => {
    aws = await start();
  });
  afterAll(() => aws.stop());

  test.concurrent("apply and destroy leave all objects alone with the tags of another environment, of another project, or without any", async () => {
    const testbed = await openMotoTestbed(aws);
    const { workshop } = testbed;
    withoutDescriptionsOfGroupRules(workshop, "nat-bastion");
    await fillWithForeignThings(testbed);
    await workshop.apply("nat-bastion"); // a second environment in the same account and region
    workshop.write("environments/namesake.yaml", namesake);
    await workshop.apply("environments/namesake.yaml"); // an environment of another project that is also called basic-vpc
    const before = await testbed.inventory();
    expect(ours(before, "basic-vpc", "elsewhere")).toHaveLength(3);

    const applied = await workshop.apply("basic-vpc");
    expect(words(applied.stderr)).toContain("project elsewhere has an environment basic-vpc here too");
    expect(plain(await testbed.inventory(), ({ kind, id }) => before.has(`${kind} ${id}`))).toEqual(plain(before));

    const plan = await workshop.infra("plan basic-vpc --detailed-exitcode");
    expect(plan.code, plan.stdout).toBe(0);
    expect(words(plan.stdout)).toContain("project elsewhere has an environment basic-vpc here too");

    await workshop.destroy("basic-vpc", testbed.account, region);
    expect(plain(await testbed.inventory())).toEqual(plain(before));
    expect((await workshop.infra("plan nat-bastion --detailed-exitcode")).code).toBe(0);
    expect((await workshop.infra("plan environments/namesake.yaml --detailed-exitcode")).code).toBe(0);
  });

  test.concurrent("a copy of our tags on a foreign group is reported and left alone, by destroy too", async () => {
    const testbed = await openMotoTestbed(aws);
    const {
      workshop,
      clients: { ec2 },
    } = testbed;
    await workshop.apply("basic-vpc");
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.99.0.0/16" }));
    const Tags = listOf(await tagsOf(testbed, "basic-vpc", "securityGroup/web"));
    const TagSpecifications = [{ ResourceType: "security-group" as const, Tags }];
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "others", Description: "Not of this project", VpcId: Vpc!.VpcId!, TagSpecifications }),
    );
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: GroupId!,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
      }),
    );
    await expectLeftAlone(testbed, GroupId!);
    const before = plain(await testbed.inventory(), ({ id }) => id === GroupId);
    await workshop.destroy("basic-vpc", testbed.account, region);
    const after = await testbed.inventory();
    expect(ours(after, "basic-vpc").map(({ id }) => id)).toEqual([GroupId]);
    expect(plain(after, ({ id }) => id === GroupId)).toEqual(before);
  });

  test.concurrent("a machine with our tags that an Auto Scaling group made is a copy, and is left alone", async () => {
    const testbed = await openMotoTestbed(aws);
    const {
      workshop,
      clients: { ec2, autoScaling },
    } = testbed;
    await workshop.apply("basic-vpc");
    const Tags = listOf(await tagsOf(testbed, "basic-vpc", "instance/web-a"));
    const { Images } = await ec2.send(
      new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "name", Values: ["al2023-ami-2*x86_64"] }] }),
    );
    const LaunchTemplateData = { ImageId: Images![0]!.ImageId!, InstanceType: "t3.micro" as const };
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "others", LaunchTemplateData }));
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: "others",
        LaunchTemplate: { LaunchTemplateName: "others", Version: "1" },
        MinSize: 1,
        MaxSize: 1,
        VPCZoneIdentifier: await testbed.id("basic-vpc", "subnet/public-a"),
        Tags: Tags.map((tag) => ({ Key: tag.Key!, Value: tag.Value!, PropagateAtLaunch: true })),
      }),
    );
    await expectLeftAlone(testbed, await machineOf(testbed, "others"));
  });
});

/** Returns the one instance of an Auto Scaling group, once it runs. */
async function machineOf({ clients: { autoScaling } }: Testbed, group: string): Promise<string> {
  for (;;) {
    const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }));
    const machine = AutoScalingGroups![0]!.Instances?.find(({ LifecycleState }) => LifecycleState === "InService");
    if (machine) return machine.InstanceId!;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * Checks that plan and drift name the copy and see no difference, that status lists only our objects, and that an apply with something to
 * repair does not touch the copy.
 */
async function expectLeftAlone({ workshop, inventory, clients: { ec2 }, id }: Testbed, copy: string): Promise<void> {
  const before = plain(await inventory(), (thing) => thing.id === copy);
  expect(Object.keys(before)).toHaveLength(1);
  for (const command of ["plan", "drift"]) {
    const looked = await workshop.infra(`${command} basic-vpc`);
    expect(words(looked.stdout), command).toMatch(new RegExp(`${copy} has the tags of \\S+ but is not it`));
    expect(looked.code, command).toBe(0);
  }
  const status = await workshop.infra("status basic-vpc");
  expect(status.code, status.stderr).toBe(0);
  expect(status.stdout).toContain(await id("basic-vpc", "subnet/public-a"));
  expect(status.stdout).not.toContain(copy);
  await ec2.send(new CreateTagsCommand({ Resources: [await id("basic-vpc", "vpc/main")], Tags: [{ Key: "Name", Value: "not-ours" }] }));
  await workshop.apply("basic-vpc");
  expect(plain(await inventory(), (thing) => thing.id === copy)).toEqual(before);
}

function listOf(tags: Thing["tags"]): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

async function tagsOf(testbed: Testbed, environment: string, address: string): Promise<Thing["tags"]> {
  const id = await testbed.id(environment, address);
  return [...(await testbed.inventory()).values()].find((thing) => thing.id === id)!.tags;
}

/**
 * Makes objects of several kinds without our tags. moto ignores the filters of some reads, such as those for NAT gateways, and returns
 * these objects too.
 */
async function fillWithForeignThings({ clients: { ec2 } }: Testbed): Promise<void> {
  const named = [{ ResourceType: "vpc" as const, Tags: [{ Key: "Name", Value: "basic-vpc-main" }] }];
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.10.0.0/16", TagSpecifications: named }));
  const half = [{ ResourceType: "subnet" as const, Tags: [{ Key: "infra:environment", Value: "basic-vpc" }] }];
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: Vpc!.VpcId!, CidrBlock: "10.10.1.0/24", AvailabilityZone: `${region}a`, TagSpecifications: half }),
  );
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const { InternetGatewayId } = InternetGateway!;
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: InternetGatewayId!, VpcId: Vpc!.VpcId! }));
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  await ec2.send(new CreateNatGatewayCommand({ SubnetId: Subnet!.SubnetId!, AllocationId: AllocationId! }));
  await ec2.send(new CreateSecurityGroupCommand({ GroupName: "basic-vpc-web", Description: "Another of that name", VpcId: Vpc!.VpcId! }));
  await ec2.send(
    new ImportKeyPairCommand({ KeyName: "basic-vpc-admin", PublicKeyMaterial: readFileSync(join(root, "environments/keys/admin.pub")) }),
  );
}

const namesake = `format: 1
project: elsewhere
environment: basic-vpc
region: ${region}
vpcs:
  main: { cidrBlock: 10.10.0.0/16 }
subnets:
  public-a: { vpc: main, cidrBlock: 10.10.1.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main, description: Web servers, ingress: [] }
`;
