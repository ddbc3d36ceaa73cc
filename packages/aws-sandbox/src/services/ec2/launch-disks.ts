/** The disks of a new instance: the image's disks with the request's changes and additions. */
import type { BlockDeviceMapping } from "@aws-sdk/client-ec2";
import { AwsFault, type Call } from "../../model.ts";
import { missingParameter, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import type { ImageRecord, VolumeShape } from "./state.ts";
import { shapeOf } from "./volume-shapes.ts";

export interface Disk {
  readonly device: string;
  readonly shape: VolumeShape;
  readonly snapshotId?: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string | undefined;
  readonly deleteOnTermination: boolean;
}

/** Plans the disks. Mappings are matched by device name alone: a root with another name than the image's is a second disk. */
export function planDisks(call: Call, image: ImageRecord, given: readonly BlockDeviceMapping[]): Disk[] {
  const byDevice = new Map<string, BlockDeviceMapping>(
    image.mappings.map((mapping) => [
      mapping.device,
      {
        DeviceName: mapping.device,
        Ebs: {
          SnapshotId: mapping.snapshotId,
          VolumeSize: mapping.size,
          VolumeType: mapping.volumeType as "gp3",
          DeleteOnTermination: mapping.deleteOnTermination,
          Encrypted: mapping.encrypted,
        },
      },
    ]),
  );
  for (const mapping of given) {
    const device = required(mapping.DeviceName, "deviceName");
    const known = byDevice.get(device);
    if ([mapping.NoDevice, mapping.VirtualName, mapping.Ebs].filter((one) => one !== undefined).length > 1)
      throw new AwsFault(
        "InvalidBlockDeviceMapping",
        `The mapping of ${device} is more than one of an EBS volume, an instance store and none`,
      );
    if (mapping.NoDevice !== undefined) byDevice.delete(device);
    else if (mapping.VirtualName !== undefined) byDevice.set(device, storeOf(device, mapping.VirtualName));
    else byDevice.set(device, known ? { ...known, Ebs: { ...known.Ebs, ...defined(mapping.Ebs ?? {}) } } : mapping);
  }
  return [...byDevice.values()].filter((mapping) => mapping.VirtualName === undefined).map((mapping) => planDisk(call, mapping));
}

/**
 * The mapping of an instance store. It has no effect for types without instance stores, and for types that attach all of theirs (EC2 User
 * Guide, "Block device mappings").
 */
function storeOf(DeviceName: string, VirtualName: string): BlockDeviceMapping {
  if (!/^ephemeral([0-9]|1[0-9]|2[0-3])$/.test(VirtualName))
    throw new AwsFault("InvalidBlockDeviceMapping", `Invalid virtual device name: ${VirtualName}`);
  return { DeviceName, VirtualName };
}

function planDisk(call: Call, { DeviceName, Ebs = {} }: BlockDeviceMapping): Disk {
  const snapshot = Ebs.SnapshotId ? need(call, idKinds.snapshot, Ebs.SnapshotId, "snapshotId") : undefined;
  const size = Ebs.VolumeSize ?? snapshot?.size;
  if (size === undefined) throw missingParameter("size or snapshotId");
  if (snapshot && size < snapshot.size)
    throw new AwsFault(
      "InvalidBlockDeviceMapping",
      `Volume of size ${size}GB is smaller than snapshot '${snapshot.id}', expect size >= ${snapshot.size}GB`,
    );
  if (Ebs.KmsKeyId && !Ebs.Encrypted) throw keyWithoutEncryption();
  return {
    device: DeviceName!,
    shape: shapeOf({ size, volumeType: Ebs.VolumeType ?? "gp2", iops: Ebs.Iops, throughput: Ebs.Throughput }),
    snapshotId: snapshot?.id,
    encrypted: Ebs.Encrypted ?? false,
    kmsKeyId: Ebs.KmsKeyId,
    deleteOnTermination: Ebs.DeleteOnTermination ?? true,
  };
}

/** The error for a key without encryption: a key alone does not encrypt. */
export function keyWithoutEncryption(): AwsFault {
  return new AwsFault("InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.");
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>;
}
