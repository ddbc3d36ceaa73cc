import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreatePlacementGroupCommand,
  DeleteLaunchTemplateCommand,
  DeleteLaunchTemplateVersionsCommand,
  DeletePlacementGroupCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribePlacementGroupsCommand,
  DescribeVolumesCommand,
  ModifyLaunchTemplateCommand,
  RunInstancesCommand,
  type RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { openTestbed, codeOf, type Testbed } from "./ec2.ts";
import { network } from "./network.ts";

let b: Testbed;
beforeEach(() => void (b = openTestbed()));

const data: RequestLaunchTemplateData = { ImageId: "ami-0a1b2c3d4e5f60001", InstanceType: "t3.micro" };
const create = async (more: object = {}) =>
  (await b.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "web", LaunchTemplateData: data, ...more }))).LaunchTemplate!
    .LaunchTemplateId!;
const version = (LaunchTemplateId: string, LaunchTemplateData: RequestLaunchTemplateData, more: object = {}) =>
  b.ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData, ...more }));
const versions = async (LaunchTemplateId: string, ...Versions: string[]) =>
  (await b.ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions }))).LaunchTemplateVersions!;

describe("a launch template", () => {
  it("has versions that are whole documents, or merged over another", async () => {
    const id = await create({
      VersionDescription: "first",
      TagSpecifications: [{ ResourceType: "launch-template", Tags: [{ Key: "a", Value: "b" }] }],
    });
    await version(id, { InstanceType: "t3.small" });
    await version(id, { InstanceType: "t3.large" }, { SourceVersion: "1" });
    expect(
      (await versions(id, "2", "$Latest", "$Default")).map((one) => [one.VersionNumber, one.DefaultVersion, one.LaunchTemplateData]),
    ).toEqual([
      [2, false, { InstanceType: "t3.small" }],
      [3, false, { ImageId: data.ImageId, InstanceType: "t3.large" }],
      [1, true, data],
    ]);
    await b.ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: "3" }));
    const { LaunchTemplates } = await b.ec2.send(new DescribeLaunchTemplatesCommand({ Filters: [{ Name: "tag:a", Values: ["b"] }] }));
    expect(LaunchTemplates![0]).toMatchObject({ LaunchTemplateName: "web", DefaultVersionNumber: 3, LatestVersionNumber: 3 });
    const gone = await b.ec2.send(new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ["1", "3", "9"] }));
    expect([gone.SuccessfullyDeletedLaunchTemplateVersions!.length, gone.UnsuccessfullyDeletedLaunchTemplateVersions!.length]).toEqual([
      1, 2,
    ]);
  });

  it("takes ids that do not exist, but not an empty template; errors by name and by id differ", async () => {
    expect(await codeOf(create({ LaunchTemplateData: {} }))).toBe("MissingParameter");
    expect(await codeOf(create({ LaunchTemplateData: { KeyName: "none", ImageId: "ami-0123456789abcdef0" } }))).toBe("succeeded");
    expect(await codeOf(create())).toBe("InvalidLaunchTemplateName.AlreadyExistsException");
    expect(await codeOf(create({ LaunchTemplateName: "a b" }))).toBe("InvalidLaunchTemplateName.MalformedException");
    expect(await codeOf(b.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: "none" })))).toBe(
      "InvalidLaunchTemplateName.NotFoundException",
    );
    expect(await codeOf(b.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: "lt-0123456789abcdef0" })))).toBe(
      "InvalidLaunchTemplateId.NotFound",
    );
    expect(await codeOf(versions(await create({ LaunchTemplateName: "two" }), "7"))).toBe("InvalidLaunchTemplateId.VersionNotFound");
  });

  it("trap 2: gives one version for one client token", async () => {
    const id = await create({ ClientToken: "t" });
    expect(await create({ ClientToken: "t" })).toBe(id);
    for (let i = 0; i < 2; i++)
      expect((await version(id, { InstanceType: "t3.small" }, { ClientToken: "u" })).LaunchTemplateVersion!.VersionNumber).toBe(2);
    expect(await codeOf(version(id, { InstanceType: "t3.large" }, { ClientToken: "u" }))).toBe("IdempotentParameterMismatch");
  });

  it("sets the fields that a launch omits: the request wins, disks are matched by device and tags by key", async () => {
    const net = await network(b);
    await create({
      LaunchTemplateData: {
        ...data,
        KeyName: undefined,
        Monitoring: { Enabled: true },
        BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 30 } }],
        TagSpecifications: [
          {
            ResourceType: "instance",
            Tags: [
              { Key: "a", Value: "template" },
              { Key: "b", Value: "template" },
            ],
          },
        ],
      },
    });
    await b.ec2.send(
      new RunInstancesCommand({
        LaunchTemplate: { LaunchTemplateName: "web" },
        MinCount: 1,
        MaxCount: 1,
        SubnetId: net.subnet,
        InstanceType: "t3.small",
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "a", Value: "request" }] }],
      }),
    );
    const instance = (await b.ec2.send(new DescribeInstancesCommand({}))).Reservations![0]!.Instances![0]!;
    expect([instance.InstanceType, instance.ImageId, instance.Monitoring!.State]).toEqual(["t3.small", data.ImageId, "enabled"]);
    expect(Object.fromEntries(instance.Tags!.map((tag) => [tag.Key, tag.Value]))).toMatchObject({
      a: "request",
      b: "template",
      "aws:ec2launchtemplate:version": "1",
    });
    expect((await b.ec2.send(new DescribeVolumesCommand({}))).Volumes!.map((one) => one.Size)).toEqual([30]);
  });
});

describe("a placement group", () => {
  it("is unique by name and has the parts of its strategy", async () => {
    const make = (GroupName: string, more: object) => b.ec2.send(new CreatePlacementGroupCommand({ GroupName, ...more }));
    await make("pg", { Strategy: "partition", PartitionCount: 3 });
    expect(await codeOf(make("pg", { Strategy: "spread" }))).toBe("InvalidPlacementGroup.Duplicate");
    expect(await codeOf(make("other", { Strategy: "spread", PartitionCount: 3 }))).toBe("InvalidParameterCombination");
    expect(await codeOf(make("other", { Strategy: "partition", PartitionCount: 8 }))).toBe("InvalidParameterValue");
    b.pass(30);
    const { PlacementGroups } = await b.ec2.send(new DescribePlacementGroupsCommand({ GroupNames: ["pg"] }));
    expect(PlacementGroups![0]).toMatchObject({ GroupName: "pg", Strategy: "partition", PartitionCount: 3, State: "available" });
    await b.ec2.send(new DeletePlacementGroupCommand({ GroupName: "pg" }));
    expect(await codeOf(b.ec2.send(new DeletePlacementGroupCommand({ GroupName: "pg" })))).toBe("InvalidPlacementGroup.Unknown");
  });
});
