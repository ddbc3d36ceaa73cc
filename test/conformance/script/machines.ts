/** Key pairs, instances, volumes, launch templates. */
import * as ec2 from "@aws-sdk/client-ec2";
import { steps } from "./step.ts";

const key = Buffer.from(
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDAXYSsEa0MUMtxoxNMCt7JA8w0PVXSXZ3X8WnQgS2lC7xA5f/LI42h9otpSBZ7jheiZx4BWbMbhtfeb6a2asvGsDLU+oNJKgkLWKSECGOw4yCtClZuW1s+/My4rumHEqve0I/KAHvc70h00ras10fIr+3MajQ7AmOav3tNdVLa0nj7ZSkYIEnGXjZ1Goip3vhTy177ZrYv9j472diAUVVsf3vy3cP0lHef5D/zx1hlVu3+U19qoLjd2DgSjAsNOSU2S8jod+tZV5yacM2vCdCCN/4u4QzwIoum065jGxFWj6QCAXH2L8rgcCSmCHswAcTMy2CH1CNoWF6yWnCkQwTL box",
);
const zone = "ap-northeast-2a";

export const machines = steps("ec2", [
  ["a key pair", () => new ec2.ImportKeyPairCommand({ KeyName: "made", PublicKeyMaterial: key })],
  ["a key pair of that name", () => new ec2.ImportKeyPairCommand({ KeyName: "made", PublicKeyMaterial: key })],
  ["a key pair that is none", () => new ec2.ImportKeyPairCommand({ KeyName: "bad", PublicKeyMaterial: Buffer.from("hello") })],
  ["the key pair", () => new ec2.DescribeKeyPairsCommand({ KeyNames: ["made"] })],
  ["a key pair that is missing", () => new ec2.DescribeKeyPairsCommand({ KeyNames: ["nope"] })],

  [
    "an instance",
    (id) =>
      new ec2.RunInstancesCommand({
        ImageId: id("image"),
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        KeyName: "made",
        SubnetId: id("subnet-b"),
        SecurityGroupIds: [id("group-of-box")],
        BlockDeviceMappings: [{ DeviceName: id("root"), Ebs: { VolumeSize: 8, VolumeType: "gp3", DeleteOnTermination: true } }],
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: "box" }] }],
      }),
    { box: "Instances.0.InstanceId" },
  ],
  [
    "an instance of an image that is missing",
    (id) =>
      new ec2.RunInstancesCommand({
        ImageId: "ami-0123456789abcdef0",
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        SubnetId: id("subnet-b"),
      }),
  ],
  [
    "an instance with a key that is missing",
    (id) =>
      new ec2.RunInstancesCommand({
        ImageId: id("image"),
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        KeyName: "nope",
        SubnetId: id("subnet-b"),
      }),
  ],
  [
    "an instance of a type that is none",
    (id) =>
      new ec2.RunInstancesCommand({
        ImageId: id("image"),
        InstanceType: "t3.nope" as "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        SubnetId: id("subnet-b"),
      }),
  ],
  [
    "an instance in a subnet that is missing",
    (id) =>
      new ec2.RunInstancesCommand({
        ImageId: id("image"),
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        SubnetId: "subnet-0123456789abcdef0",
      }),
  ],
  [
    "the instance",
    () =>
      new ec2.DescribeInstancesCommand({
        Filters: [
          { Name: "tag:Name", Values: ["box"] },
          { Name: "instance-state-name", Values: ["running"] },
        ],
      }),
  ],
  ["an instance that is missing", () => new ec2.DescribeInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })],
  [
    "its termination protection",
    (id) => new ec2.DescribeInstanceAttributeCommand({ InstanceId: id("box"), Attribute: "disableApiTermination" }),
  ],
  [
    "protected from termination",
    (id) => new ec2.ModifyInstanceAttributeCommand({ InstanceId: id("box"), DisableApiTermination: { Value: true } }),
  ],
  ["a protected instance is not terminated", (id) => new ec2.TerminateInstancesCommand({ InstanceIds: [id("box")] })],
  [
    "no longer protected",
    (id) => new ec2.ModifyInstanceAttributeCommand({ InstanceId: id("box"), DisableApiTermination: { Value: false } }),
  ],
  [
    "the type of a running instance",
    (id) => new ec2.ModifyInstanceAttributeCommand({ InstanceId: id("box"), InstanceType: { Value: "t3.small" } }),
  ],

  [
    "a volume",
    () =>
      new ec2.CreateVolumeCommand({
        AvailabilityZone: zone,
        Size: 4,
        VolumeType: "gp3",
        TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "Name", Value: "disk" }] }],
      }),
    { volume: "VolumeId" },
  ],
  ["the volume", (id) => new ec2.DescribeVolumesCommand({ VolumeIds: [id("volume")] })],
  ["a volume that is missing", () => new ec2.DescribeVolumesCommand({ VolumeIds: ["vol-0123456789abcdef0"] })],
  [
    "the volume in another zone attached",
    (id) => new ec2.AttachVolumeCommand({ VolumeId: id("volume"), InstanceId: id("box"), Device: "/dev/sdf" }),
  ],
  [
    "a volume in the zone",
    () => new ec2.CreateVolumeCommand({ AvailabilityZone: "ap-northeast-2b", Size: 4, VolumeType: "gp3" }),
    { near: "VolumeId" },
  ],
  ["it attached", (id) => new ec2.AttachVolumeCommand({ VolumeId: id("near"), InstanceId: id("box"), Device: "/dev/sdg" })],
  ["an attached volume is not deleted", (id) => new ec2.DeleteVolumeCommand({ VolumeId: id("near") })],
  ["it detached", (id) => new ec2.DetachVolumeCommand({ VolumeId: id("near"), InstanceId: id("box"), Device: "/dev/sdg" })],
  ["it deleted", (id) => new ec2.DeleteVolumeCommand({ VolumeId: id("near") })],
  ["it deleted again", (id) => new ec2.DeleteVolumeCommand({ VolumeId: id("near") })],

  [
    "a launch template",
    (id) =>
      new ec2.CreateLaunchTemplateCommand({
        LaunchTemplateName: "fleet",
        LaunchTemplateData: { ImageId: id("image"), InstanceType: "t3.micro", KeyName: "made" },
      }),
    { template: "LaunchTemplate.LaunchTemplateId" },
  ],
  [
    "a launch template of that name",
    (id) => new ec2.CreateLaunchTemplateCommand({ LaunchTemplateName: "fleet", LaunchTemplateData: { ImageId: id("image") } }),
  ],
  [
    "a second version",
    (id) =>
      new ec2.CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id("template"),
        LaunchTemplateData: { ImageId: id("image"), InstanceType: "t3.small" },
      }),
  ],
  ["the second as default", (id) => new ec2.ModifyLaunchTemplateCommand({ LaunchTemplateId: id("template"), DefaultVersion: "2" })],
  ["the template", (id) => new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id("template")] })],
  [
    "its latest version",
    (id) => new ec2.DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id("template"), Versions: ["$Latest"] }),
  ],
  ["a template that is missing", () => new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ["nope"] })],

  ["the instance stopped", (id) => new ec2.StopInstancesCommand({ InstanceIds: [id("box")] })],
  ["the stopped instance", (id) => new ec2.DescribeInstanceStatusCommand({ InstanceIds: [id("box")], IncludeAllInstances: true })],
  [
    "the type of the stopped instance",
    (id) => new ec2.ModifyInstanceAttributeCommand({ InstanceId: id("box"), InstanceType: { Value: "t3.nano" } }),
  ],
  ["the instance started", (id) => new ec2.StartInstancesCommand({ InstanceIds: [id("box")] })],
  ["the instance terminated", (id) => new ec2.TerminateInstancesCommand({ InstanceIds: [id("box")] })],
  ["a terminated instance started", (id) => new ec2.StartInstancesCommand({ InstanceIds: [id("box")] })],
  ["an instance that is missing terminated", () => new ec2.TerminateInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })],
  ["the key pair deleted", () => new ec2.DeleteKeyPairCommand({ KeyName: "made" })],
  ["the key pair deleted again", () => new ec2.DeleteKeyPairCommand({ KeyName: "made" })],
]);

export const templatesGone = steps("ec2", [
  ["the template deleted", (id) => new ec2.DeleteLaunchTemplateCommand({ LaunchTemplateId: id("template") })],
  ["the template deleted again", () => new ec2.DeleteLaunchTemplateCommand({ LaunchTemplateName: "fleet" })],
]);
