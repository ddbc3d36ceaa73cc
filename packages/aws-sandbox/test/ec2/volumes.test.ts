import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ModifyVolumeCommand,
  RunInstancesCommand,
  type CreateVolumeCommandInput,
  type ModifyVolumeCommandInput,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { openTestbed, codeOf, type Testbed } from "./ec2.ts";
import { network } from "./network.ts";

let b: Testbed;
beforeEach(() => void (b = openTestbed()));

const create = async (more: Partial<CreateVolumeCommandInput> = {}) =>
  (await b.ec2.send(new CreateVolumeCommand({ AvailabilityZone: "ap-northeast-2a", Size: 10, VolumeType: "gp3", ...more }))).VolumeId!;
const look = async (id: string) => (await b.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }))).Volumes![0]!;
const change = (VolumeId: string, what: Partial<ModifyVolumeCommandInput>) => b.ec2.send(new ModifyVolumeCommand({ VolumeId, ...what }));

describe("a volume", () => {
  it.each<[Partial<CreateVolumeCommandInput>, string]>([
    [{ VolumeType: "io1" }, "MissingParameter"],
    [{ VolumeType: "gp2", Iops: 3000 }, "InvalidParameterCombination"],
    [{ VolumeType: "io1", Iops: 400, Throughput: 200 }, "InvalidParameterCombination"],
    [{ VolumeType: "st1" }, "InvalidParameterValue"],
    [{ Iops: 2000 }, "InvalidParameterValue"],
    [{ Throughput: 1000 }, "InvalidParameterValue"],
    [{ AvailabilityZone: "ap-northeast-2x" }, "InvalidZone.NotFound"],
    [{ Size: undefined }, "MissingParameter"],
  ])("is refused with %j", async (more, code) => expect(await codeOf(create(more))).toBe(code));

  it("is gp2 unless the request says otherwise, and its key comes back as an ARN", async () => {
    expect(await look(await create({ VolumeType: undefined, Size: 200 }))).toMatchObject({
      VolumeType: "gp2",
      Iops: 600,
      State: "creating",
    });
    expect((await look(await create({ Encrypted: true, KmsKeyId: "alias/mine" }))).KmsKeyId).toMatch(
      /^arn:aws:kms:ap-northeast-2:\d+:alias\/mine$/,
    );
  });

  it("grows in place, is optimized a while, and no more than four times a day", async () => {
    const id = await create();
    b.pass(10);
    expect(await codeOf(change(id, { Size: 5 }))).toBe("InvalidParameterValue");
    expect((await change(id, { Size: 20, Iops: 6000, Throughput: 500 })).VolumeModification!.ModificationState).toBe("modifying");
    expect((await look(id)).Size).toBe(10);
    b.pass(60);
    expect(await look(id)).toMatchObject({ Size: 20, Iops: 6000, Throughput: 500 });
    expect(await codeOf(change(id, { Size: 30 }))).toBe("IncorrectModificationState");
    const state = async () =>
      (await b.ec2.send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }))).VolumesModifications![0]!.ModificationState;
    expect(await state()).toBe("optimizing");
    b.pass(3600);
    expect(await state()).toBe("completed");
    for (const Size of [30, 40, 50]) {
      await change(id, { Size });
      b.pass(3600);
    }
    expect((await look(id)).Iops).toBe(6000);
    expect(await codeOf(change(id, { Size: 60 }))).toBe("VolumeModificationRateExceeded");
    b.pass(24 * 3600);
    expect(await codeOf(change(id, { VolumeType: "io2" }))).toBe("succeeded");
    b.pass(60);
    expect(await look(id)).toMatchObject({ VolumeType: "io2", Iops: 3000 });
    expect(await codeOf(b.ec2.send(new DescribeVolumesModificationsCommand({ VolumeIds: [await create()] })))).toBe(
      "InvalidVolumeModification.NotFound",
    );
  });

  it("is attached to an instance of its zone, and deleted only when it is free", async () => {
    const net = await network(b);
    const InstanceId = (
      await b.ec2.send(
        new RunInstancesCommand({
          ImageId: "ami-0a1b2c3d4e5f60001",
          InstanceType: "t3.micro",
          MinCount: 1,
          MaxCount: 1,
          SubnetId: net.subnet,
        }),
      )
    ).Instances![0]!.InstanceId!;
    const [id, far] = [await create(), await create({ AvailabilityZone: "ap-northeast-2c" })];
    const attach = (VolumeId: string, Device = "/dev/sdf") => codeOf(b.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device })));
    b.pass(3);
    expect(await attach(id)).toBe("IncorrectState");
    b.pass(60);
    expect(await attach(far)).toBe("InvalidVolume.ZoneMismatch");
    expect(await attach(id, "/dev/xvda")).toBe("InvalidParameterValue");
    expect(await attach(id)).toBe("succeeded");
    expect(await attach(id)).toBe("VolumeInUse");
    expect(await codeOf(b.ec2.send(new DeleteVolumeCommand({ VolumeId: id })))).toBe("VolumeInUse");
    const root = (
      await b.ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
    ).Reservations![0]!.Instances![0]!.BlockDeviceMappings!.find((one) => one.DeviceName === "/dev/xvda")!;
    const detach = (VolumeId: string) => codeOf(b.ec2.send(new DetachVolumeCommand({ VolumeId })));
    expect(await detach(root.Ebs!.VolumeId!)).toBe("OperationNotPermitted");
    expect(await detach(id)).toBe("succeeded");
    expect((await look(id)).Attachments![0]!.State).toBe("detaching");
    b.pass(30);
    expect(await detach(id)).toBe("IncorrectState");
    expect(await codeOf(b.ec2.send(new DeleteVolumeCommand({ VolumeId: id })))).toBe("succeeded");
    expect((await look(id)).State).toBe("deleting");
    b.pass(30);
    expect(await codeOf(look(id))).toBe("InvalidVolume.NotFound");
  });
});

describe("images and types", () => {
  it("has dated versions of Amazon's images, by owner and name", async () => {
    const { Images } = await b.ec2.send(
      new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "name", Values: ["al2023-ami-2023.*-x86_64"] }] }),
    );
    expect(Images!.map((image) => image.ImageId)).toEqual(["ami-0a1b2c3d4e5f60001", "ami-0a1b2c3d4e5f60004"]);
    expect(Images![0]).toMatchObject({
      RootDeviceName: "/dev/xvda",
      Architecture: "x86_64",
      ImageOwnerAlias: "amazon",
      ImdsSupport: "v2.0",
    });
    expect((await b.ec2.send(new DescribeImagesCommand({ Owners: ["self"] }))).Images).toEqual([]);
    expect((await b.ec2.send(new DescribeImagesCommand({ Owners: ["099720109477"] }))).Images).toHaveLength(1);
    const { Snapshots } = await b.ec2.send(
      new DescribeSnapshotsCommand({ SnapshotIds: [Images![0]!.BlockDeviceMappings![0]!.Ebs!.SnapshotId!] }),
    );
    expect(Snapshots![0]).toMatchObject({ VolumeSize: 8, State: "completed" });
  });

  it("knows types, their architecture and where they are offered", async () => {
    const { InstanceTypes } = await b.ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ["t4g.small", "r6i.large"] }));
    expect(
      InstanceTypes!.map((type) => [type.ProcessorInfo!.SupportedArchitectures, type.VCpuInfo!.DefaultVCpus, type.MemoryInfo!.SizeInMiB]),
    ).toEqual([
      [["arm64"], 2, 2048],
      [["x86_64"], 2, 16384],
    ]);
    expect(await codeOf(b.ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ["x9.huge" as "t3.micro"] })))).toBe(
      "InvalidInstanceType",
    );
    const { InstanceTypeOfferings } = await b.ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: "availability-zone",
        Filters: [{ Name: "instance-type", Values: ["t2.micro"] }],
      }),
    );
    expect(InstanceTypeOfferings!.map((one) => one.Location)).toEqual(["ap-northeast-2a", "ap-northeast-2c"]);
  });
});
