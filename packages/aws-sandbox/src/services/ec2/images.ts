/** The built-in machine images: a few of Amazon's and Canonical's, and the snapshots behind them. */
import type {
  DescribeImagesRequest,
  DescribeImagesResult,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  Image,
  Snapshot,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { idKinds, isWellFormed } from "./ids.ts";
import { timing } from "./timing.ts";
import { images, snapshots, type ImageRecord, type SnapshotRecord } from "./state.ts";
import { tagList } from "./tags.ts";

interface Seed {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly architecture: "x86_64" | "arm64";
  readonly created: string;
  readonly owner?: string;
  readonly rootDevice?: string;
  readonly size?: number;
  readonly volumeType?: string;
  readonly imdsV2?: true;
}

const al2023 = "Amazon Linux 2023 AMI";

const seeds: readonly Seed[] = [
  {
    id: "ami-0a1b2c3d4e5f60001",
    name: "al2023-ami-2023.9.20251110.0-kernel-6.1-x86_64",
    description: al2023,
    architecture: "x86_64",
    created: "2025-11-10T18:04:11.000Z",
    imdsV2: true,
  },
  {
    id: "ami-0a1b2c3d4e5f60002",
    name: "al2023-ami-2023.9.20251110.0-kernel-6.1-arm64",
    description: al2023,
    architecture: "arm64",
    created: "2025-11-10T18:04:12.000Z",
    imdsV2: true,
  },
  {
    id: "ami-0a1b2c3d4e5f60003",
    name: "amzn2-ami-hvm-2.0.20251031.0-x86_64-gp2",
    description: "Amazon Linux 2 AMI 2.0.20251031.0 x86_64 HVM gp2",
    architecture: "x86_64",
    created: "2025-10-31T05:13:08.000Z",
    volumeType: "gp2",
  },
  {
    id: "ami-0a1b2c3d4e5f60004",
    name: "al2023-ami-2023.9.20250929.0-kernel-6.1-x86_64",
    description: al2023,
    architecture: "x86_64",
    created: "2025-09-29T20:11:40.000Z",
    imdsV2: true,
  },
  {
    id: "ami-0a1b2c3d4e5f60005",
    name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251022",
    description: "Canonical, Ubuntu, 24.04, amd64 noble image",
    architecture: "x86_64",
    created: "2025-10-22T09:31:05.000Z",
    owner: "099720109477",
    rootDevice: "/dev/sda1",
    imdsV2: true,
  },
];

/**
 * Creates the public images of a region that an account uses for the first time. Their ids are fixed, so that
 * parameter stores and tests can name them.
 */
export function seedImages(call: Call): void {
  for (const seed of seeds) {
    const { id, name, description, architecture, created, size = 8, rootDevice = "/dev/xvda", volumeType = "gp3", imdsV2 } = seed;
    const owner = seed.owner ?? "137112412989";
    const alias = seed.owner ? {} : { ownerAlias: "amazon" };
    const createdAt = Date.parse(created);
    const snapshotId = id.replace("ami-", "snap-");
    snapshots(call).set(snapshotId, {
      id: snapshotId,
      size,
      owner,
      ...alias,
      startedAt: createdAt,
      description: `Created by CreateImage for ${name}`,
      encrypted: false,
    });
    images(call).set(id, {
      id,
      name,
      description,
      owner,
      ...alias,
      architecture,
      createdAt,
      rootDevice,
      mappings: [{ device: rootDevice, snapshotId, size, volumeType, deleteOnTermination: true, encrypted: false }],
      ...(imdsV2 ? { imdsV2 } : {}),
      public: true,
    });
  }
}

export function needImage(call: Call, id: string): ImageRecord {
  if (!isWellFormed(idKinds.image, id)) throw new AwsFault("InvalidAMIID.Malformed", `Invalid id: "${id}" (expecting "ami-...")`);
  const image = images(call).get(id);
  if (!image || !call.sees(id, "id")) throw new AwsFault("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
  return image;
}

/** The image, for a launch. Nothing can be launched from an image that is still being made. */
export function needReadyImage(call: Call, id: string): ImageRecord {
  const image = needImage(call, id);
  if (imageState(call, image) === "pending") throw new AwsFault("InvalidAMIID.Unavailable", `The image ID '${id}' is not available`);
  return image;
}

/** The state of an image. Images of others were made long ago, so they are available. */
function imageState(call: Call, image: ImageRecord): "pending" | "available" {
  return image.sourceInstanceId !== undefined && call.now < image.createdAt + timing.imageAvailable ? "pending" : "available";
}

function snapshotState(call: Call, one: SnapshotRecord): "pending" | "completed" {
  return one.volumeId !== undefined && call.now < one.startedAt + timing.imageAvailable ? "pending" : "completed";
}

const describeImages: Handler<DescribeImagesRequest, DescribeImagesResult> = (input, call) => {
  const owners = input.Owners?.map((owner) => (owner === "self" ? call.account : owner));
  const isOwned = (image: ImageRecord) => !owners?.length || owners.some((owner) => owner === image.owner || owner === image.ownerAlias);
  const ids = (input.ImageIds ?? []).map((id) => needImage(call, id).id);
  const { found, NextToken } = list<ImageRecord>(call, input, {
    records: [...images(call).values()].filter(isOwned),
    ids: { kind: idKinds.image, given: ids, parameter: "imageId" },
    idsExcludePages: true,
    pages: [1, 1000],
    filters: {
      architecture: (image) => image.architecture,
      "block-device-mapping.device-name": (image) => image.mappings.map((mapping) => mapping.device),
      "block-device-mapping.snapshot-id": (image) => image.mappings.map((mapping) => mapping.snapshotId),
      "block-device-mapping.volume-type": (image) => image.mappings.map((mapping) => mapping.volumeType),
      "block-device-mapping.volume-size": (image) => image.mappings.map((mapping) => mapping.size),
      "creation-date": (image) => new Date(image.createdAt).toISOString(),
      description: (image) => image.description,
      "ena-support": () => true,
      hypervisor: () => "xen",
      "image-id": (image) => image.id,
      "image-type": () => "machine",
      "is-public": (image) => image.public,
      name: (image) => image.name,
      "owner-alias": (image) => image.ownerAlias,
      "owner-id": (image) => image.owner,
      platform: () => undefined,
      "root-device-name": (image) => image.rootDevice,
      "root-device-type": () => "ebs",
      "source-instance-id": (image) => image.sourceInstanceId,
      state: (image) => imageState(call, image),
      "virtualization-type": () => "hvm",
    },
  });
  return { NextToken, Images: found.filter(isOwned).map((image) => describe(call, image)) };
};

function describe(call: Call, image: ImageRecord): Image {
  return {
    ImageId: image.id,
    Name: image.name,
    Description: image.description,
    OwnerId: image.owner,
    ImageOwnerAlias: image.ownerAlias,
    ImageLocation: `${image.ownerAlias ?? image.owner}/${image.name}`,
    Architecture: image.architecture,
    CreationDate: new Date(image.createdAt).toISOString(),
    DeprecationTime: image.sourceInstanceId ? undefined : new Date(image.createdAt + 2 * 365 * 86_400_000).toISOString(),
    SourceInstanceId: image.sourceInstanceId,
    ImageType: "machine",
    State: imageState(call, image),
    Public: image.public,
    RootDeviceName: image.rootDevice,
    RootDeviceType: "ebs",
    VirtualizationType: "hvm",
    Hypervisor: "xen",
    EnaSupport: true,
    SriovNetSupport: "simple",
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    BootMode: image.architecture === "arm64" ? "uefi" : "uefi-preferred",
    ImdsSupport: image.imdsV2 ? "v2.0" : undefined,
    BlockDeviceMappings: image.mappings.map((mapping) => ({
      DeviceName: mapping.device,
      Ebs: {
        SnapshotId: mapping.snapshotId,
        VolumeSize: mapping.size,
        VolumeType: mapping.volumeType as "gp3",
        DeleteOnTermination: mapping.deleteOnTermination,
        Encrypted: mapping.encrypted,
        ...(mapping.volumeType === "gp3" ? { Iops: 3000, Throughput: 125 } : {}),
      },
    })),
    Tags: tagList(call, image.id),
  };
}

const describeSnapshots: Handler<DescribeSnapshotsRequest, DescribeSnapshotsResult> = (input, call) => {
  const owners = input.OwnerIds?.map((owner) => (owner === "self" ? call.account : owner));
  const { found, NextToken } = list<SnapshotRecord>(call, input, {
    records: [...snapshots(call).values()].filter(
      (one) => !owners?.length || owners.some((owner) => owner === one.owner || owner === one.ownerAlias),
    ),
    ids: { kind: idKinds.snapshot, given: input.SnapshotIds, parameter: "snapshotId" },
    idsExcludePages: true,
    pages: [5, 1000],
    filters: {
      description: (one) => one.description,
      encrypted: (one) => one.encrypted,
      "owner-alias": (one) => one.ownerAlias,
      "owner-id": (one) => one.owner,
      progress: (one) => (snapshotState(call, one) === "completed" ? "100%" : "0%"),
      "snapshot-id": (one) => one.id,
      "start-time": (one) => new Date(one.startedAt).toISOString(),
      status: (one) => snapshotState(call, one),
      "volume-id": (one) => one.volumeId,
      "volume-size": (one) => one.size,
    },
  });
  return { NextToken, Snapshots: found.map((one) => describeSnapshot(call, one)) };
};

function describeSnapshot(call: Call, one: SnapshotRecord): Snapshot {
  return {
    SnapshotId: one.id,
    OwnerId: one.owner,
    OwnerAlias: one.ownerAlias,
    Description: one.description,
    VolumeId: one.volumeId ?? "vol-ffffffff",
    VolumeSize: one.size,
    State: snapshotState(call, one),
    Progress: snapshotState(call, one) === "completed" ? "100%" : "0%",
    StartTime: new Date(one.startedAt),
    Encrypted: one.encrypted,
    StorageTier: "standard",
    Tags: tagList(call, one.id),
  };
}

export const imageOperations: Record<string, Handler> = { DescribeImages: describeImages, DescribeSnapshots: describeSnapshots };
