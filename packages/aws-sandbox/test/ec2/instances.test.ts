import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateIamInstanceProfileCommand,
  CancelSpotInstanceRequestsCommand,
  CreatePlacementGroupCommand,
  CreateSecurityGroupCommand,
  DeleteKeyPairCommand,
  DeletePlacementGroupCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeAddressesCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  DetachInternetGatewayCommand,
  ImportKeyPairCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceCreditSpecificationCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySubnetAttributeCommand,
  MonitorInstancesCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { openTestbed, codeOf, type Testbed } from "./ec2.ts";
import { network, type Network } from "./network.ts";

let b: Testbed;
let net: Network;
beforeEach(async () => {
  b = openTestbed();
  net = await network(b);
});

const x86 = "ami-0a1b2c3d4e5f60001";
const arm = "ami-0a1b2c3d4e5f60002";
const tags = (ResourceType: "instance" | "volume" | "network-interface", Key = "of", Value: string = ResourceType) => ({
  ResourceType,
  Tags: [{ Key, Value }],
});
const ask = (more: Partial<RunInstancesCommandInput> = {}) =>
  b.ec2.send(new RunInstancesCommand({ ImageId: x86, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, SubnetId: net.subnet, ...more }));
const run = async (more: Partial<RunInstancesCommandInput> = {}) => (await ask(more)).Instances![0]!.InstanceId!;
const running = async (more: Partial<RunInstancesCommandInput> = {}) => {
  const id = await run(more);
  b.pass(60);
  return id;
};
const look = async (id: string) => (await b.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations![0]!.Instances![0]!;
const terminate = (...InstanceIds: string[]) => b.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
const stop = (id: string) => b.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
const start = (id: string) => b.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
const modify = (InstanceId: string, what: object) => codeOf(b.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, ...what })));
const userData = (text: string) => Buffer.from(text).toString("base64");

describe("an instance", () => {
  it("is pending, then running, with a disk of the image's and an interface of its own", async () => {
    await b.ec2.send(new ModifySubnetAttributeCommand({ SubnetId: net.subnet, MapPublicIpOnLaunch: { Value: true } }));
    const id = await run({ TagSpecifications: [tags("instance"), tags("volume"), tags("network-interface")] });
    expect((await look(id)).State).toEqual({ Code: 0, Name: "pending" });
    b.pass(60);
    const instance = await look(id);
    expect(instance).toMatchObject({
      State: { Code: 16, Name: "running" },
      VpcId: net.vpc,
      SubnetId: net.subnet,
      PrivateIpAddress: "10.0.0.4",
      PrivateDnsName: "ip-10-0-0-4.ap-northeast-2.compute.internal",
      RootDeviceName: "/dev/xvda",
      SecurityGroups: [{ GroupId: net.defaultGroup, GroupName: "default" }],
      MetadataOptions: { State: "applied", HttpTokens: "required", HttpPutResponseHopLimit: 2 },
      Tags: [{ Key: "of", Value: "instance" }],
    });
    expect(instance.PublicIpAddress).toMatch(/^3\.34\./);
    expect(instance.NetworkInterfaces![0]!.Association!.IpOwnerId).toBe("amazon");
    const { Volumes } = await b.ec2.send(new DescribeVolumesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [id] }] }));
    expect(Volumes![0]).toMatchObject({
      Size: 8,
      VolumeType: "gp3",
      Iops: 3000,
      Throughput: 125,
      Encrypted: false,
      State: "in-use",
      Tags: [{ Key: "of", Value: "volume" }],
    });
    const { NetworkInterfaces } = await b.ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [id] }] }),
    );
    expect(NetworkInterfaces![0]!.TagSet).toEqual([{ Key: "of", Value: "network-interface" }]);
  });

  it("has the disks of the image and the request together", async () => {
    const id = await running({
      BlockDeviceMappings: [
        { DeviceName: "/dev/xvda", Ebs: { VolumeSize: 20, Encrypted: true, DeleteOnTermination: false } },
        { DeviceName: "/dev/sdf", Ebs: { VolumeSize: 100, VolumeType: "io2", Iops: 1000 } },
      ],
    });
    const { Volumes } = await b.ec2.send(new DescribeVolumesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [id] }] }));
    expect(
      Volumes!.map((one) => [
        one.Attachments![0]!.Device,
        one.Size,
        one.VolumeType,
        one.Encrypted,
        one.Attachments![0]!.DeleteOnTermination,
      ]),
    ).toEqual([
      ["/dev/xvda", 20, "gp3", true, false],
      ["/dev/sdf", 100, "io2", false, true],
    ]);
    await terminate(id);
    b.pass(120);
    const left = await b.ec2.send(new DescribeVolumesCommand({}));
    expect(left.Volumes!.map((one) => [one.Size, one.State])).toEqual([[20, "available"]]);
  });

  it.each<[string, Partial<RunInstancesCommandInput>, string]>([
    ["an image that does not exist", { ImageId: "ami-0123456789abcdef0" }, "InvalidAMIID.NotFound"],
    ["a malformed image", { ImageId: "ami-x" }, "InvalidAMIID.Malformed"],
    ["an unknown type", { InstanceType: "t9.huge" as "t3.micro" }, "InvalidParameterValue"],
    ["a type of another architecture", { ImageId: arm }, "InvalidParameterValue"],
    [
      "a type that its zone does not have",
      { InstanceType: "t2.micro", SubnetId: undefined, Placement: { AvailabilityZone: "ap-northeast-2b" } },
      "Unsupported",
    ],
    ["a key that does not exist", { KeyName: "none" }, "InvalidKeyPair.NotFound"],
    ["a placement group that does not exist", { Placement: { GroupName: "none" } }, "InvalidPlacementGroup.Unknown"],
    ["a missing profile", { IamInstanceProfile: { Name: "nobody" } }, "InvalidParameterValue"],
    [
      "a profile of another account",
      { IamInstanceProfile: { Arn: "arn:aws:iam::999999999999:instance-profile/web" } },
      "InvalidParameterValue",
    ],
    [
      "protection of a Spot Instance",
      { InstanceMarketOptions: { MarketType: "spot" }, DisableApiTermination: true },
      "InvalidParameterCombination",
    ],
    ["an unknown market", { InstanceMarketOptions: { MarketType: "flea" as "spot" } }, "InvalidParameterValue"],
    ["too much user data", { UserData: userData("x".repeat(16_385)) }, "InvalidParameterValue"],
    ["user data that is not base64", { UserData: "#!/bin/sh" }, "InvalidUserData.Malformed"],
    [
      "a root smaller than its snapshot",
      { BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 4 } }] },
      "InvalidBlockDeviceMapping",
    ],
    ["an address outside the subnet", { PrivateIpAddress: "10.9.0.1" }, "InvalidParameterValue"],
    ["an address that AWS keeps", { PrivateIpAddress: "10.0.0.1" }, "InvalidParameterValue"],
    ["interfaces and a subnet at once", { NetworkInterfaces: [{ DeviceIndex: 0 }] }, "InvalidParameterCombination"],
    ["tags for a subnet", { TagSpecifications: [{ ResourceType: "subnet", Tags: [{ Key: "a", Value: "b" }] }] }, "InvalidParameterValue"],
  ])("is refused with %s", async (_, more, code) => {
    expect(await codeOf(ask(more))).toBe(code);
    expect((await b.ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
    expect((await b.ec2.send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
  });

  it.each([
    ["11111111-1111-1111-1111-111111111111", "running"],
    ["alias/aws/ebs", "running"],
    ["99999999-9999-9999-9999-999999999999", "terminated: Client.InternalError"],
  ])("with a disk of the key %s is %s", async (KmsKeyId, expected) => {
    const Ebs = { Encrypted: true, KmsKeyId };
    const { Instances } = await ask({ BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs }] });
    b.pass(120);
    const { Reservations } = await b.ec2.send(new DescribeInstancesCommand({ InstanceIds: [Instances![0]!.InstanceId!] }));
    const { State, StateReason } = Reservations![0]!.Instances![0]!;
    expect([State!.Name, StateReason?.Code].filter(Boolean).join(": ")).toBe(expected);
  });

  it("takes subnet, groups and public address from its interface, where they stand there", async () => {
    const { GroupId } = await b.ec2.send(new CreateSecurityGroupCommand({ VpcId: net.vpc, GroupName: "web", Description: "web" }));
    const id = await running({
      SubnetId: undefined,
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId: net.subnet, Groups: [GroupId!], AssociatePublicIpAddress: true, PrivateIpAddress: "10.0.0.77" },
      ],
    });
    const instance = await look(id);
    expect([instance.PrivateIpAddress, instance.SecurityGroups![0]!.GroupId, typeof instance.PublicIpAddress]).toEqual([
      "10.0.0.77",
      GroupId,
      "string",
    ]);
    expect(await codeOf(ask({ PrivateIpAddress: "10.0.0.77" }))).toBe("InvalidIPAddress.InUse");
    expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe("DependencyViolation");
    const eni = instance.NetworkInterfaces![0]!.NetworkInterfaceId!;
    await b.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni, Groups: [net.defaultGroup] }));
    expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe("succeeded");
    const five = Array.from({ length: 6 }, (_, i) =>
      b.ec2.send(new CreateSecurityGroupCommand({ VpcId: net.vpc, GroupName: `g${i}`, Description: "g" })),
    );
    const Groups = (await Promise.all(five)).map((one) => one.GroupId!);
    expect(await codeOf(b.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni, Groups })))).toBe(
      "SecurityGroupsPerInterfaceLimitExceeded",
    );
  });

  it("loses and gets an automatic public address by the settings of its first interface", async () => {
    const id = await running();
    const NetworkInterfaceId = (await look(id)).NetworkInterfaces![0]!.NetworkInterfaceId!;
    const tell = (AssociatePublicIpAddress: boolean) =>
      b.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, AssociatePublicIpAddress }));
    await tell(true);
    expect((await look(id)).PublicIpAddress).toMatch(/^[0-9.]+$/);
    await tell(false);
    expect((await look(id)).PublicIpAddress).toBeUndefined();
  });

  it("trap 2: is the same for the same client token, an error with other parameters, and another error when it is dead", async () => {
    const id = await running({ ClientToken: "t" });
    expect(await run({ ClientToken: "t" })).toBe(id);
    expect(await codeOf(run({ ClientToken: "t", TagSpecifications: [tags("instance")] }))).toBe("IdempotentParameterMismatch");
    const found = await b.ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: "client-token", Values: ["t"] }] }));
    expect(found.Reservations).toHaveLength(1);
    await terminate(id);
    expect(await codeOf(run({ ClientToken: "t" }))).toBe("IdempotentInstanceTerminated");
    b.pass(7200);
    expect(await codeOf(run({ ClientToken: "t" }))).toBe("IdempotentInstanceTerminated");
  });

  it("ends over some time, twice without error, is listed an hour, and keeps the objects that it uses until it is terminated", async () => {
    await b.ec2.send(new CreatePlacementGroupCommand({ GroupName: "pg", Strategy: "spread" }));
    const id = await running({ Placement: { GroupName: "pg" }, TagSpecifications: [tags("instance", "env", "a")] });
    const inUse = async () => [
      await codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId: net.subnet }))),
      await codeOf(b.ec2.send(new DeletePlacementGroupCommand({ GroupName: "pg" }))),
    ];
    const { TerminatingInstances } = await terminate(id);
    expect([TerminatingInstances![0]!.PreviousState!.Name, TerminatingInstances![0]!.CurrentState!.Name]).toEqual([
      "running",
      "shutting-down",
    ]);
    expect(await inUse()).toEqual(["DependencyViolation", "InvalidPlacementGroup.InUse"]);
    b.pass(60);
    const dead = await look(id);
    expect([dead.State!.Name, dead.VpcId, dead.NetworkInterfaces, dead.StateReason!.Code]).toEqual([
      "terminated",
      undefined,
      [],
      "Client.UserInitiatedShutdown",
    ]);
    expect((await terminate(id)).TerminatingInstances![0]!.CurrentState!.Name).toBe("terminated");
    expect(await inUse()).toEqual(["succeeded", "succeeded"]);
    const tagged = () => b.ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: "tag:env", Values: ["a"] }] }));
    expect((await tagged()).Reservations).toHaveLength(1);
    b.pass(3600);
    expect((await tagged()).Reservations).toEqual([]);
    expect(await codeOf(terminate(id))).toBe("InvalidInstanceID.NotFound");
  });

  it("is protected from termination, and protects the others of a call", async () => {
    const [a, c] = [await running({ DisableApiTermination: true }), await running()];
    expect(await codeOf(terminate(a, c))).toBe("OperationNotPermitted");
    expect((await look(c)).State!.Name).toBe("running");
    expect(await modify(a, { DisableApiTermination: { Value: false } })).toBe("succeeded");
    expect(await codeOf(terminate(a, c))).toBe("succeeded");
  });

  it("stops and starts, and gives back the public address that AWS gave", async () => {
    await b.ec2.send(new ModifySubnetAttributeCommand({ SubnetId: net.subnet, MapPublicIpOnLaunch: { Value: true } }));
    const id = await running();
    const before = (await look(id)).PublicIpAddress;
    await stop(id);
    expect((await look(id)).PublicIpAddress).toBeUndefined();
    expect(await codeOf(start(id))).toBe("IncorrectInstanceState");
    b.pass(60);
    expect((await look(id)).State!.Name).toBe("stopped");
    await start(id);
    b.pass(60);
    const after = await look(id);
    expect([after.State!.Name, after.PublicIpAddress === before]).toEqual(["running", false]);
  });

  it("changes type and user data only when it is stopped, one attribute a call", async () => {
    const id = await running();
    expect(await modify(id, { InstanceType: { Value: "t3.small" }, DisableApiStop: { Value: true } })).toBe("InvalidParameterCombination");
    expect(await modify(id, { InstanceType: { Value: "t3.small" } })).toBe("IncorrectInstanceState");
    expect(await modify(id, { UserData: { Value: Buffer.from("x") } })).toBe("IncorrectInstanceState");
    expect(await modify(id, { InstanceInitiatedShutdownBehavior: { Value: "terminate" } })).toBe("succeeded");
    await stop(id);
    b.pass(60);
    expect(await modify(id, { InstanceType: { Value: "t4g.small" } })).toBe("InvalidParameterValue");
    expect(await modify(id, { InstanceType: { Value: "m5.large" } })).toBe("succeeded");
    expect(await modify(id, { UserData: { Value: Buffer.from("hello") } })).toBe("succeeded");
    const read = (Attribute: "userData" | "instanceInitiatedShutdownBehavior") =>
      b.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute }));
    expect((await read("userData")).UserData!.Value).toBe(userData("hello"));
    expect((await read("instanceInitiatedShutdownBehavior")).InstanceInitiatedShutdownBehavior!.Value).toBe("terminate");
    expect((await look(id)).InstanceType).toBe("m5.large");
  });

  it("keeps the metadata options that a change does not name", async () => {
    const id = await running();
    await b.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpPutResponseHopLimit: 5 }));
    expect((await look(id)).MetadataOptions).toMatchObject({ State: "pending", HttpTokens: "required", HttpPutResponseHopLimit: 5 });
    b.pass(5);
    expect((await look(id)).MetadataOptions!.State).toBe("applied");
  });

  it("has monitoring, credits and checks", async () => {
    const id = await running();
    await b.ec2.send(new MonitorInstancesCommand({ InstanceIds: [id] }));
    expect((await look(id)).Monitoring!.State).toBe("enabled");
    const credits = async () =>
      (await b.ec2.send(new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [id] }))).InstanceCreditSpecifications![0]!
        .CpuCredits;
    expect(await credits()).toBe("unlimited");
    const { UnsuccessfulInstanceCreditSpecifications: failed } = await b.ec2.send(
      new ModifyInstanceCreditSpecificationCommand({
        InstanceCreditSpecifications: [
          { InstanceId: id, CpuCredits: "standard" },
          { InstanceId: "i-0123456789abcdef0", CpuCredits: "standard" },
        ],
      }),
    );
    expect([await credits(), failed!.map((one) => one.Error!.Code)]).toEqual(["standard", ["InvalidInstanceID.NotFound"]]);
    const status = async () =>
      (await b.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }))).InstanceStatuses![0]!.InstanceStatus!.Status;
    expect(await status()).toBe("initializing");
    b.pass(180);
    expect(await status()).toBe("ok");
  });

  it("has one profile, replaced only while it runs", async () => {
    const id = await running({ IamInstanceProfile: { Name: "web" } });
    const again = () => b.ec2.send(new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile: { Name: "other" } }));
    expect(await codeOf(again())).toBe("IncorrectState");
    const find = async () =>
      (await b.ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters: [{ Name: "instance-id", Values: [id] }] })))
        .IamInstanceProfileAssociations![0]!;
    const AssociationId = (await find()).AssociationId!;
    const replace = (id: string) =>
      b.ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId: id, IamInstanceProfile: { Name: "other" } }));
    const { IamInstanceProfileAssociation: made } = await replace(AssociationId);
    expect(made!.AssociationId).not.toBe(AssociationId);
    expect((await look(id)).IamInstanceProfile!.Arn).toBe(
      `arn:aws:iam::${(await look(id)).NetworkInterfaces![0]!.OwnerId}:instance-profile/other`,
    );
    await stop(id);
    b.pass(60);
    expect(await codeOf(replace(made!.AssociationId!))).toBe("IncorrectState");
  });

  it("answers a lack of capacity with a server error, and dies at launch, on request", async () => {
    b.sandbox.setFaults({ events: ["ec2:insufficientCapacity", "ec2:instanceTerminatesAtLaunch"] });
    await expect(ask()).rejects.toMatchObject({ name: "InsufficientInstanceCapacity", $metadata: { httpStatusCode: 500 } });
    const id = await run();
    b.pass(10);
    expect(await look(id)).toMatchObject({ State: { Name: "terminated" }, StateReason: { Code: "Client.InternalError" } });
  });

  it("has an Elastic IP only when it is not pending, which goes free when it dies", async () => {
    const { AllocationId } = await b.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const id = await run();
    const associate = () => b.ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: id }));
    expect(await codeOf(associate())).toBe("InvalidInstanceID");
    b.pass(60);
    await associate();
    const address = async () => (await b.ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId!] }))).Addresses![0]!;
    expect([(await address()).InstanceId, (await look(id)).PublicIpAddress]).toEqual([id, (await address()).PublicIp]);
    expect(await codeOf(b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc })))).toBe(
      "DependencyViolation",
    );
    await terminate(id);
    b.pass(60);
    expect((await address()).AssociationId).toBeUndefined();
  });

  it("may be a spot instance, whose persistent request outlives it", async () => {
    const market = (options: object) => ({ InstanceMarketOptions: { MarketType: "spot" as const, SpotOptions: options } });
    expect(await codeOf(run(market({ SpotInstanceType: "persistent" })))).toBe("InvalidParameterCombination");
    const id = await running(market({ SpotInstanceType: "persistent", InstanceInterruptionBehavior: "stop" }));
    const { InstanceLifecycle, SpotInstanceRequestId } = await look(id);
    expect(InstanceLifecycle).toBe("spot");
    expect(await modify(id, { DisableApiTermination: { Value: true } })).toBe("UnsupportedOperation");
    const request = async () =>
      (await b.ec2.send(new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [SpotInstanceRequestId!] })))
        .SpotInstanceRequests![0]!.State;
    expect(await request()).toBe("active");
    expect(await codeOf(stop(id))).toBe("succeeded");
    expect(await codeOf(stop(await running(market({}))))).toBe("UnsupportedOperation");
    await terminate(id);
    b.pass(60);
    expect(await request()).toBe("open");
    await b.ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [SpotInstanceRequestId!] }));
    expect(await request()).toBe("cancelled");
  });

  it("pages, but not together with ids", async () => {
    await ask({ MinCount: 7, MaxCount: 7 });
    const first = await b.ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    expect(first.Reservations!.flatMap((one) => one.Instances!)).toHaveLength(5);
    const second = await b.ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect(second.Reservations!.flatMap((one) => one.Instances!)).toHaveLength(2);
    const id = first.Reservations![0]!.Instances![0]!.InstanceId!;
    expect(await codeOf(b.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id], MaxResults: 5 })))).toBe(
      "InvalidParameterCombination",
    );
  });
});

describe("a key pair", () => {
  const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9kD2cCjRMhHnW0f0T4pXKp5YJkq0aW9oZ8cV1mHq0d someone@laptop";
  const importKey = (KeyName: string, material: string) =>
    b.ec2.send(new ImportKeyPairCommand({ KeyName, PublicKeyMaterial: Buffer.from(material) }));

  it("is imported once a name, shown without its comment, and deleted without question", async () => {
    const { KeyPairId, KeyFingerprint } = await importKey("web", ed25519);
    expect([KeyPairId!.slice(0, 4), KeyFingerprint!.length]).toEqual(["key-", 44]);
    expect(await codeOf(importKey("web", ed25519))).toBe("InvalidKeyPair.Duplicate");
    expect(await codeOf(importKey("bad", "ssh-rsa nonsense"))).toBe("InvalidKey.Format");
    const { KeyPairs } = await b.ec2.send(new DescribeKeyPairsCommand({ KeyNames: ["web"], IncludePublicKey: true }));
    expect(KeyPairs![0]).toMatchObject({ KeyType: "ed25519", PublicKey: `${ed25519.split(" ").slice(0, 2).join(" ")} web` });
    await running({ KeyName: "web" });
    await b.ec2.send(new DeleteKeyPairCommand({ KeyName: "web" }));
    expect(await codeOf(b.ec2.send(new DeleteKeyPairCommand({ KeyName: "web" })))).toBe("succeeded");
    expect(await codeOf(b.ec2.send(new DescribeKeyPairsCommand({ KeyNames: ["web"] })))).toBe("InvalidKeyPair.NotFound");
  });
});
