import {
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  type Instance as AwsInstance,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { instance } from "../../src/kinds/instance/instance.ts";
import type { Instance } from "../../src/kinds/instance/schema.ts";
import { architectureOf } from "../../src/kinds/shared/instances/processor.ts";
import type { Live } from "../../src/kinds/kind.ts";
import { withDefaults } from "../../src/plan/diff.ts";
import { base, driver, seen, machineTestbed } from "./machine-testbed.ts";
import { all, identity, refusal, scope, sent, resourceIndexOf, type Declared } from "./mocked-ec2.ts";

const { answer, asking, listed, mocked, planned } = machineTestbed();

it.each([
  ["t3.micro", "x86_64"],
  ["t4g.small", "arm64"],
  ["m7gd.large", "arm64"],
  ["is4gen.large", "arm64"],
  ["im4gn.large", "arm64"],
  ["x2iedn.xlarge", "x86_64"],
  ["g5.xlarge", "x86_64"],
  ["g5g.xlarge", "arm64"],
  ["gr6.4xlarge", "x86_64"],
  ["a1.large", "arm64"],
  ["hpc7g.4xlarge", "arm64"],
  ["u-6tb1.metal", "x86_64"],
  ["u7i-12tb.224xlarge", "x86_64"],
  ["mac1.metal", "x86_64"],
  ["mac2-m2.metal", "arm64"],
])("%s has processors of %s", (type, architecture) => {
  expect(architectureOf(type)).toBe(architecture);
});

describe("check", () => {
  const problems = (spec: Partial<Instance>, ...others: readonly Declared[]) => {
    const index = resourceIndexOf(
      { address: "subnet/a", spec: { vpc: "vpc/a", cidrBlock: "10.0.1.0/24" } },
      { address: "instance/web", spec: { ...base, subnet: "subnet/a", ...spec } },
      ...others,
    );
    return instance.check!(index.subject("instance/web"), index).map(({ code, path, summary }) => `${code} ${path}: ${summary}`);
  };

  it.each([
    [{ userData: "x".repeat(16_385) }, "user-data-too-long userData: The user data has 16,385 bytes, but EC2 allows 16,384."],
    [{ userData: "é".repeat(8_193) }, "user-data-too-long userData: The user data has 16,386 bytes, but EC2 allows 16,384."],
    [{ rootVolume: { type: "st1", size: 500 } }, "bad-volume rootVolume.type: An instance cannot boot from a volume of type st1."],
    [
      { rootVolume: { kmsKey: "k", encrypted: false } },
      "bad-volume rootVolume.kmsKey: A volume with `encrypted: false` cannot have a KMS key.",
    ],
    [
      { rootVolume: { type: "gp2", iops: 3000 } },
      "bad-volume rootVolume.iops: `iops` cannot be set for type gp2, only for gp3, io1 and io2.",
    ],
    [{ rootVolume: { type: "io1", size: 10 } }, "bad-volume rootVolume: A volume of type io1 needs `iops`."],
    [{ rootVolume: { type: "gp3", iops: 100 } }, "bad-volume rootVolume.iops: A gp3 volume must have at least 3,000 IOPS, not 100."],
    [{ volumes: { "/dev/sdf": {} } }, "bad-volume volumes./dev/sdf: A volume needs a size or a snapshot."],
    [
      { volumes: { "/dev/sdf": { type: "sc1", size: 10 } } },
      "bad-volume volumes./dev/sdf.size: A volume of type sc1 must have at least 125 GiB, not 10.",
    ],
    [
      { volumes: { "/dev/sdf": { type: "gp2", size: 10, throughput: 125 } } },
      "bad-volume volumes./dev/sdf.throughput: `throughput` cannot be set for type gp2, only for gp3.",
    ],
    [
      { spot: { type: "persistent" } },
      "bad-spot spot: A persistent Spot request can stop or hibernate its instance at an interruption, but not terminate it.",
    ],
    [
      { spot: { interruptionBehavior: "stop" } },
      "bad-spot spot.interruptionBehavior: A one-time Spot request cannot stop its instance at an interruption.",
    ],
    [{ spot: true, disableApiTermination: true }, "bad-spot disableApiTermination: EC2 has no termination protection for Spot Instances."],
    [{ spot: true, state: "stopped" }, "bad-spot state: EC2 cannot stop an instance of a one-time Spot request."],
    [
      { securityGroups: ["1", "2", "3", "4", "5", "6"] },
      "quota securityGroups: A network interface may have 5 security groups unless the quota was raised; this one has 6.",
    ],
    [{ privateIpAddress: "10.0.1" }, 'bad-value privateIpAddress: "10.0.1" is not an IPv4 address.'],
    [{ privateIpAddress: "10.0.2.9" }, "bad-value privateIpAddress: 10.0.2.9 is not inside subnet/a (10.0.1.0/24)."],
    [
      { privateIpAddress: "10.0.1.3" },
      "bad-value privateIpAddress: AWS reserves 10.0.1.3: the first four addresses and the last address of every subnet.",
    ],
    [
      { privateIpAddress: "10.0.1.255" },
      "bad-value privateIpAddress: AWS reserves 10.0.1.255: the first four addresses and the last address of every subnet.",
    ],
    [
      { image: { ssm: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" } },
      "bad-value image: The image is for arm64, but t3.micro has x86_64 processors.",
    ],
    [
      { image: { owner: "amazon", name: "al2023*", architecture: "x86_64" }, instanceType: "t4g.micro" },
      "bad-value image: The image is for x86_64, but t4g.micro has arm64 processors.",
    ],
    [
      { instanceType: "m7i.large", creditSpecification: "unlimited" },
      "bad-value creditSpecification: m7i.large has no CPU credits; only t2, t3, t3a and t4g instances have them.",
    ],
  ] as [Partial<Instance>, string][])("%j", (spec, expected) => {
    expect(problems(spec)).toEqual([expected]);
  });

  it("finds nothing wrong with a machine that writes everything", () => {
    expect(
      problems({
        privateIpAddress: "10.0.1.4",
        userData: "x".repeat(16_384),
        rootVolume: { size: 8, type: "io2", iops: 1000, kmsKey: "alias/x" },
        volumes: { "/dev/sdf": { size: 1 }, "/dev/sdg": { snapshot: "snap-0123456789abcdef0", type: "gp3", iops: 3000, throughput: 125 } },
        spot: { type: "persistent", interruptionBehavior: "stop", maxPrice: "0.05" },
        state: "stopped",
        creditSpecification: "standard",
        image: { ssm: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" },
      }),
    ).toEqual([]);
  });

  it("finds a group of another VPC", () => {
    const group = (vpc: string) => ({ address: "securityGroup/g", spec: { vpc } });
    expect(problems({ securityGroups: ["securityGroup/g"] }, group("vpc/a"))).toEqual([]);
    expect(problems({ securityGroups: ["securityGroup/g"] }, group("vpc/b"))).toEqual([
      "other-vpc securityGroups[0]: securityGroup/g is in vpc/b, but subnet/a is in vpc/a.",
    ]);
    const template = {
      address: "launchTemplate/t",
      spec: { securityGroups: ["securityGroup/g"], networkInterfaces: [{ securityGroups: ["securityGroup/g"] }] },
    };
    const ofTemplate = ["other-vpc launchTemplate: securityGroup/g of launchTemplate/t is in vpc/b, but subnet/a is in vpc/a."];
    expect(problems({ launchTemplate: template.address }, group("vpc/b"), template)).toEqual(ofTemplate);
    expect(problems({ launchTemplate: template.address, securityGroups: ["sg-0a"] }, group("vpc/b"), template)).toEqual(ofTemplate);
    const instead = { securityGroups: ["sg-0a"], networkInterfaces: ["networkInterface/n"] };
    expect(problems({ launchTemplate: template.address, ...instead }, group("vpc/b"), template)).toEqual([]);
    expect(problems({ launchTemplate: template.address }, group("vpc/a"), template)).toEqual([]);
  });

  it("finds two machines with one address, and names the other on the second", () => {
    const twin = (address: string) => ({ address, spec: { ...base, subnet: "subnet/a", privateIpAddress: "10.0.1.9" } });
    expect(problems({ privateIpAddress: "10.0.1.9" }, twin("instance/a"))).toEqual([
      "conflict privateIpAddress: instance/a already has the address 10.0.1.9.",
    ]);
    expect(problems({ privateIpAddress: "10.0.1.9" }, twin("instance/z"))).toEqual([]);
  });

  it("leaves the machines of one declaration to the check of slots", () => {
    const item = (i: number) => ({
      address: `instance/b[${i}]`,
      spec: { ...base, image: "ami-1", subnet: "subnet/a", privateIpAddress: "10.0.1.9" },
    });
    const index = resourceIndexOf({ address: "subnet/a", spec: { vpc: "vpc/a", cidrBlock: "10.0.1.0/24" } }, item(0), item(1));
    expect(instance.check!(index.subject("instance/b[1]"), index)).toEqual([]);
  });
});

it("comes after the way out of its subnet", () => {
  const index = resourceIndexOf(
    { address: "subnet/a", spec: { vpc: "vpc/a" } },
    { address: "internetGateway/g", spec: { vpc: "vpc/a" } },
    { address: "routeTable/main", spec: { vpc: "vpc/a", main: true } },
    { address: "routeTable/a", spec: { vpc: "vpc/a", subnets: ["subnet/a"] } },
    { address: "internetGateway/other", spec: { vpc: "vpc/b" } },
    { address: "instance/web", spec: { ...base, subnet: "subnet/a" } },
    { address: "instance/far", spec: { ...base, subnet: "subnet-0123" } },
  );
  expect(instance.after!(index.subject("instance/web"), index)).toEqual(["routeTable/a", "internetGateway/g"]);
  expect(instance.after!(index.subject("instance/far"), index)).toEqual([]);
});

describe("quarantine", () => {
  const reason = (groups: readonly string[], declared: object = {}) => {
    const self = {
      address: "instance/web",
      kind: "instance",
      name: "web",
      tags: {},
      spec: { ...base, securityGroups: ["securityGroup/web", "sg-shared"] },
      ...declared,
    };
    return instance.leaveAlone!(self, { spec: { securityGroups: groups } } as unknown as Live<Instance, never>);
  };
  it("leaves a machine alone that has a foreign group", () => {
    expect(reason(["sg-quarantine"])).toContain("it has sg-quarantine");
    expect(reason(["securityGroup/web", "sg-shared", "sg-x"])).toContain("it has sg-x");
  });
  it("takes our own groups for ordinary drift, and obeys `unlisted: remove`", () => {
    expect(reason(["securityGroup/web", "sg-shared", "securityGroup/db"])).toBeUndefined();
    expect(reason(["sg-quarantine"], { unlisted: "remove" })).toBeUndefined();
    expect(reason(["sg-quarantine"], { unlisted: { securityGroups: "remove" } })).toBeUndefined();
  });
});

describe("launch", () => {
  const launched = async (spec: Partial<Instance>, tags: Record<string, string> = {}) => {
    mocked.ec2.on(RunInstancesCommand).resolves({ Instances: [{ InstanceId: "i-1" }] });
    const request = withDefaults(instance, { ...base, ...spec }) as Instance;
    expect(await driver.create(mocked.aws, request, identity({ tags: { "infra:project": "lab", ...tags } }))).toBe("i-1");
    return mocked.ec2.commandCalls(RunInstancesCommand)[0]!.args[0].input;
  };

  it("sends only the written fields, IMDSv2, and our tags for the instance alone", async () => {
    expect(await launched({ securityGroups: ["sg-1"] })).toEqual({
      MinCount: 1,
      MaxCount: 1,
      ClientToken: "t0k3n",
      ImageId: "ami-0123456789abcdef0",
      InstanceType: "t3.micro",
      SubnetId: "subnet-1",
      SecurityGroupIds: ["sg-1"],
      MetadataOptions: { HttpTokens: "required" },
      TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "infra:project", Value: "lab" }] }],
    });
    expect(mocked.ec2.commandCalls(DescribeImagesCommand)).toHaveLength(0);
  });

  it("gives disks and interfaces the declared tags", async () => {
    const { TagSpecifications } = await launched({}, { Name: "web", team: "a" });
    const declared = [
      { Key: "Name", Value: "web" },
      { Key: "team", Value: "a" },
    ];
    expect(TagSpecifications).toEqual([
      { ResourceType: "instance", Tags: [{ Key: "infra:project", Value: "lab" }, ...declared] },
      { ResourceType: "volume", Tags: declared },
      { ResourceType: "network-interface", Tags: declared },
    ]);
  });

  it("asks for a public address on the interface, where then subnet, groups and address stand too", async () => {
    const input = await launched({ associatePublicIpAddress: true, securityGroups: ["sg-1"], privateIpAddress: "10.0.1.9" });
    expect(input).not.toHaveProperty("SubnetId");
    expect(input).not.toHaveProperty("SecurityGroupIds");
    expect(input.NetworkInterfaces).toEqual([
      {
        DeviceIndex: 0,
        AssociatePublicIpAddress: true,
        DeleteOnTermination: true,
        SubnetId: "subnet-1",
        PrivateIpAddress: "10.0.1.9",
        Groups: ["sg-1"],
      },
    ]);
  });

  it("names the image's root device, with its size and its end", async () => {
    mocked.ec2.on(DescribeImagesCommand).resolves({
      Images: [
        { RootDeviceName: "/dev/sda", BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { VolumeSize: 30 } }], Architecture: "x86_64" },
      ],
    });
    const { BlockDeviceMappings } = await launched({
      rootVolume: { encrypted: true },
      volumes: { "/dev/sdf": { size: 5, kmsKey: "alias/k", deleteOnTermination: false } },
    });
    expect(BlockDeviceMappings).toEqual([
      { DeviceName: "/dev/sda1", Ebs: { VolumeSize: 30, Encrypted: true, DeleteOnTermination: true } },
      {
        DeviceName: "/dev/sdf",
        Ebs: { VolumeSize: 5, VolumeType: "gp3", Encrypted: true, KmsKeyId: "alias/k", DeleteOnTermination: false },
      },
    ]);
  });

  it("reads an image once, however many machines it makes, and again after a failure", async () => {
    mocked.ec2
      .on(DescribeImagesCommand)
      .rejectsOnce(refusal("UnauthorizedOperation"))
      .resolves({ Images: [{ RootDeviceName: "/dev/xvda", BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 8 } }] }] });
    await expect(launched({ rootVolume: { size: 9 } })).rejects.toMatchObject({ class: "auth" });
    await Promise.all([launched({ rootVolume: { size: 9 } }), launched({ rootVolume: { size: 10 } })]);
    expect(mocked.ec2.commandCalls(DescribeImagesCommand)).toHaveLength(2);
  });

  it("puts every other field where EC2 has it", async () => {
    const input = await launched({
      keyPair: "dev-key",
      instanceProfile: "web",
      userData: "#!/bin/sh\necho é\n",
      metadataOptions: { httpPutResponseHopLimit: 2 },
      monitoring: true,
      disableApiTermination: true,
      shutdownBehavior: "terminate",
      spot: { maxPrice: "0.05", type: "one-time" },
      placementGroup: "near",
      tenancy: "dedicated",
      capacityReservation: "cr-0123456789abcdef0",
      ebsOptimized: true,
      creditSpecification: "standard",
    });
    expect(input).toMatchObject({
      KeyName: "dev-key",
      IamInstanceProfile: { Name: "web" },
      UserData: Buffer.from("#!/bin/sh\necho é\n").toString("base64"),
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
      Monitoring: { Enabled: true },
      DisableApiTermination: true,
      InstanceInitiatedShutdownBehavior: "terminate",
      InstanceMarketOptions: { MarketType: "spot", SpotOptions: { MaxPrice: "0.05", SpotInstanceType: "one-time" } },
      Placement: { Tenancy: "dedicated", GroupName: "near" },
      CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: "cr-0123456789abcdef0" } },
      EbsOptimized: true,
      CreditSpecification: { CpuCredits: "standard" },
    });
  });
});

describe("reading", () => {
  it("costs one call while nothing is written that needs more", async () => {
    const live = await listed({});
    expect(sent(mocked.ec2)).toEqual([
      { name: "DescribeInstances", input: { Filters: [{ Name: "tag:infra:environment", Values: ["dev"] }], MaxResults: 1000 } },
    ]);
    expect(live).toMatchObject({ id: "i-1", token: "t0k3n", owner: "123456789012", state: "ready", createdAt: "2025-12-01T00:00:00.000Z" });
    expect(live.aliases).toEqual(["arn:aws:ec2:eu-west-1:123456789012:instance/i-1", "eni-1"]);
    expect(live.spec).not.toHaveProperty("rootVolume");
    expect(live.spec).not.toHaveProperty("disableApiTermination");
    expect(planned(live, { securityGroups: ["sg-1"], privateIpAddress: "10.0.1.9" }).impacts).toEqual([]);
  });

  it("reads disks and attributes only for instances whose YAML writes them, and nothing about deleted ones or those of others", async () => {
    mocked.ec2.on(DescribeInstancesCommand).resolves({
      Reservations: [
        {
          OwnerId: "123456789012",
          Instances: [
            seen({ BlockDeviceMappings: [...seen().BlockDeviceMappings!, { DeviceName: "/dev/sdf", Ebs: { VolumeId: "vol-data" } }] }),
          ],
        },
        {
          OwnerId: "123456789012",
          Instances: [
            seen({ InstanceId: "i-2", State: { Name: "terminated" } }),
            seen({ InstanceId: "i-3", Tags: [{ Key: "infra:environment", Value: "dev" }] }),
          ],
        },
      ],
    });
    mocked.ec2.on(DescribeVolumesCommand).resolves({
      Volumes: [
        {
          VolumeId: "vol-root",
          Size: 8,
          VolumeType: "gp3",
          Iops: 3000,
          Throughput: 125,
          Encrypted: true,
          KmsKeyId: "arn:aws:kms:eu-west-1:1:key/k",
          SnapshotId: "snap-1",
        },
        { VolumeId: "vol-data", Size: 100, VolumeType: "gp2", Iops: 300, SnapshotId: "" },
      ],
    });
    mocked.ec2
      .on(DescribeInstanceAttributeCommand, { Attribute: "disableApiTermination" })
      .resolves({ DisableApiTermination: { Value: true } });
    mocked.ec2
      .on(DescribeInstanceAttributeCommand, { Attribute: "instanceInitiatedShutdownBehavior" })
      .resolves({ InstanceInitiatedShutdownBehavior: { Value: "terminate" } });
    mocked.ec2
      .on(DescribeInstanceCreditSpecificationsCommand)
      .resolves({ InstanceCreditSpecifications: [{ InstanceId: "i-1", CpuCredits: "unlimited" }] });
    const lives = await all(
      driver.list(mocked.aws, asking("rootVolume", "volumes", "disableApiTermination", "shutdownBehavior", "creditSpecification")),
    );
    expect(lives.map(({ id, state }) => `${id} ${String(state)}`)).toEqual(["i-1 ready", "i-2 dead", "i-3 ready"]);
    expect(lives[0]!.spec).toMatchObject({
      rootVolume: { size: 8, type: "gp3", encrypted: true, deleteOnTermination: true },
      volumes: { "/dev/sdf": { size: 100, type: "gp2", encrypted: false, deleteOnTermination: false } },
      disableApiTermination: true,
      shutdownBehavior: "terminate",
      creditSpecification: "unlimited",
    });
    const looks = sent(mocked.ec2).slice(1);
    expect(looks).toHaveLength(4);
    expect(JSON.stringify(looks)).not.toMatch(/i-2|i-3/);
  });

  it("tells how a spot machine was bought", async () => {
    mocked.ec2.on(DescribeSpotInstanceRequestsCommand).resolves({
      SpotInstanceRequests: [
        { SpotInstanceRequestId: "sir-1", Type: "persistent", InstanceInterruptionBehavior: "stop", SpotPrice: "0.050000" },
      ],
    });
    const live = await listed({ InstanceLifecycle: "spot", SpotInstanceRequestId: "sir-1" }, "spot");
    expect(planned(live, { spot: true }).impacts).toEqual([]);
    expect(planned(live, { spot: { type: "persistent", interruptionBehavior: "stop", maxPrice: "0.05" } }).impacts).toEqual([]);
    expect(planned(live, { spot: { maxPrice: "0.06" } }).impacts).toEqual(["spot replace"]);
    expect(planned(live, { spot: false }).impacts).toEqual(["spot replace"]);
  });

  it.each([
    ["pending", "pending"],
    ["running", "ready"],
    ["stopping", "pending"],
    ["stopped", "ready"],
    ["shutting-down", "deleting"],
    ["terminated", "dead"],
  ] as const)("takes %s for %s", async (Name, state) => {
    expect((await listed({ State: { Name } })).state).toBe(state);
  });

  it("says why a launch ended, to the step that waits for it, and only counts it as dead later", async () => {
    const failed = {
      State: { Name: "terminated" as const },
      LaunchTime: new Date(mocked.clock.now() - 60_000),
      StateReason: { Code: "Client.InvalidKMSKey.InvalidState", Message: "The KMS key is disabled" },
    };
    answer(failed);
    expect((await driver.get(mocked.aws, ["i-1"], scope)).get("i-1")!.state).toEqual({
      failed: "Client.InvalidKMSKey.InvalidState: The KMS key is disabled",
    });
    expect((await listed(failed)).state).toBe("dead");
    answer({ ...failed, StateReason: { Code: "Client.UserInitiatedShutdown", Message: "x" } });
    expect((await driver.get(mocked.aws, ["i-1"], scope)).get("i-1")!.state).toBe("dead");
    answer({ ...failed, LaunchTime: new Date(mocked.clock.now() - 3_600_000) });
    expect((await driver.get(mocked.aws, ["i-1"], scope)).get("i-1")!.state).toBe("dead");
  });

  it("knows an automatic public address from an Elastic IP, and says nothing of a stopped machine", async () => {
    const card = (Association: object | undefined) => ({
      NetworkInterfaces: [{ ...seen().NetworkInterfaces![0]!, Association }] as AwsInstance["NetworkInterfaces"],
    });
    const read = async (one: Partial<AwsInstance>) => (await listed(one)).spec.associatePublicIpAddress;
    expect(await read(card({ IpOwnerId: "amazon" }))).toBe(true);
    expect(await read(card({ IpOwnerId: "123456789012" }))).toBeUndefined();
    expect(await read(card(undefined))).toBe(false);
    expect(await read({ ...card(undefined), State: { Name: "stopped" } })).toBeUndefined();
  });

  it("asks for disks of 200 machines a call", async () => {
    const many = Array.from({ length: 450 }, (_, i) => seen({ InstanceId: `i-${i}` }));
    mocked.ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: many }] });
    mocked.ec2.on(DescribeVolumesCommand).resolves({});
    await all(driver.list(mocked.aws, asking("rootVolume")));
    expect(sent(mocked.ec2)).toHaveLength(instance.readCost({ ours: 450, account: 0 }));
  });

  it("finds by tags the living of this account", async () => {
    mocked.ec2.on(DescribeInstancesCommand).resolves({
      Reservations: [
        {
          OwnerId: "123456789012",
          Instances: [
            seen({ Tags: [{ Key: "Name", Value: "x" }] }),
            seen({ InstanceId: "i-2", Tags: [{ Key: "Name", Value: "x" }], State: { Name: "terminated" } }),
            seen({ InstanceId: "i-3", Tags: [] }),
          ],
        },
        { OwnerId: "999999999999", Instances: [seen({ InstanceId: "i-4", Tags: [{ Key: "Name", Value: "x" }] })] },
      ],
    });
    expect(await driver.find!(mocked.aws, { Name: "x" }, undefined)).toEqual(["i-1"]);
  });

  it("finds the machines of a VPC, and says which are made by Auto Scaling", async () => {
    mocked.ec2.on(DescribeInstancesCommand).resolves({
      Reservations: [
        {
          Instances: [
            seen(),
            seen({ InstanceId: "i-2", Tags: [{ Key: "Name", Value: "hand" }] }),
            seen({ InstanceId: "i-3", Tags: [{ Key: "aws:autoscaling:groupName", Value: "g" }] }),
          ],
        },
      ],
    });
    expect(await driver.within!(mocked.aws, new Map([["vpc", new Set(["vpc-1"])]]))).toMatchObject([
      { id: "i-1", isMadeByService: false },
      { id: "i-2", what: "instance hand in vpc-1", isMadeByService: false },
      { id: "i-3", isMadeByService: true },
    ]);
  });
});
