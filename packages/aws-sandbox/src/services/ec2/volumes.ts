/** EBS volumes and where they are attached. Modifications are in volume-modifications.ts. */
import type {
  AttachVolumeRequest,
  CreateVolumeRequest,
  DeleteVolumeRequest,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  DetachVolumeRequest,
  Volume,
  VolumeAttachment,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { keyWithoutEncryption } from "./launch-disks.ts";
import { instances, volumes, type InstanceRecord, type VolumeRecord, type VolumeShape } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";
import { shapeNow } from "./volume-modifications.ts";
import { shapeOf } from "./volume-shapes.ts";
import { zonesOf } from "./zones.ts";

/** The API's default type is gp2, whatever the console says. */
const create: Handler<CreateVolumeRequest, Volume> = (input, call) => {
  const { ids } = once(call, input, () => {
    if (input.MultiAttachEnabled || input.OutpostArn) throw notModelled("multi-attach and Outposts volumes");
    const zone = zonesOf(call).find(
      (one) => one.name === input.AvailabilityZone || (input.AvailabilityZoneId !== undefined && one.id === input.AvailabilityZoneId),
    );
    if (!input.AvailabilityZone && !input.AvailabilityZoneId) throw missingParameter("zone");
    if (!zone)
      throw new AwsFault("InvalidZone.NotFound", `The zone '${input.AvailabilityZone ?? input.AvailabilityZoneId}' does not exist.`);
    const snapshot = input.SnapshotId ? need(call, idKinds.snapshot, input.SnapshotId, "snapshotId") : undefined;
    const size = input.Size ?? snapshot?.size;
    if (size === undefined) throw missingParameter("size or snapshot");
    if (snapshot && size < snapshot.size)
      throw invalidValue(`Volume of size ${size}GB is smaller than snapshot '${snapshot.id}', expect size >= ${snapshot.size}GB`);
    const shape = shapeOf({ size, volumeType: input.VolumeType ?? "gp2", iops: input.Iops, throughput: input.Throughput });
    if (input.KmsKeyId && !input.Encrypted) throw keyWithoutEncryption();
    const tags = tagsToBe(input.TagSpecifications, "volume");
    const made = makeVolume(call, {
      zone: zone.name,
      shape,
      snapshotId: snapshot?.id,
      encrypted: input.Encrypted ?? false,
      kmsKeyId: input.KmsKeyId,
    });
    giveTags(call, made.id, tags["volume"]);
    // The key is looked at later: the call succeeds and the volume fails (EC2 API, CreateVolume).
    if (input.KmsKeyId && !call.exists("kmsKey", input.KmsKeyId)) dropVolume(call, made);
    return [made.id];
  });
  const made = volumes(call).get(ids[0]!);
  return made ? describe(call, made) : { VolumeId: ids[0] };
};

export interface NewVolume {
  readonly zone: string;
  readonly shape: VolumeShape;
  readonly snapshotId?: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string | undefined;
}

export function makeVolume(call: Call, of: NewVolume): VolumeRecord {
  const key = of.encrypted ? (of.kmsKeyId ?? "alias/aws/ebs") : undefined;
  const made: VolumeRecord = {
    id: call.id("vol"),
    zone: of.zone,
    createdAt: call.now,
    ...(of.snapshotId ? { snapshotId: of.snapshotId } : {}),
    encrypted: of.encrypted,
    ...(key ? { kmsKeyId: keyArn(call, key) } : {}),
    multiAttach: false,
    ...of.shape,
    modifiedAt: [],
  };
  volumes(call).set(made.id, made);
  return made;
}

/** Whatever names a key, the answer has its ARN. */
function keyArn(call: Call, key: string): string {
  if (key.startsWith("arn:")) return key;
  const id = key.startsWith("alias/aws/ebs") ? "3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f" : key;
  return `arn:${call.partition}:kms:${call.region}:${call.account}:${id.startsWith("alias/") ? id : `key/${id}`}`;
}

const remove: Handler<DeleteVolumeRequest, object> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  if (volume.attachment) throw new AwsFault("VolumeInUse", `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`);
  if (volume.deleting || stateOf(call, volume) === "creating")
    throw new AwsFault("IncorrectState", `The volume '${volume.id}' is in the '${stateOf(call, volume)}' state.`);
  dropVolume(call, volume);
  return {};
};

/** Starts the deletion; the volume is listed a little longer. */
export function dropVolume(call: Call, volume: VolumeRecord): void {
  volume.deleting = true;
  delete volume.attachment;
  call.later(timing.volumeDeleted, "ec2:volumeGone", { id: volume.id });
}

function gone({ id }: { readonly id: string }, call: Call): void {
  volumes(call).delete(id);
  dropTags(call, id);
}

/** To an instance of the same zone that runs or is stopped; volumes attached after launch outlive it. */
const attach: Handler<AttachVolumeRequest, VolumeAttachment> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const device = required(input.Device, "device");
  if (!/^(\/dev\/)?(sd|xvd)[a-z]([a-z]|\d{1,2})?$/.test(device))
    throw invalidValue(`Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`);
  if (volume.attachment) throw new AwsFault("VolumeInUse", `${volume.id} is already attached to an instance`);
  if (stateOf(call, volume) !== "available") throw new AwsFault("IncorrectState", `Volume '${volume.id}' is not 'available'.`);
  if (instance.state !== "running" && instance.state !== "stopped")
    throw new AwsFault("IncorrectState", `Instance '${instance.id}' is not 'running'.`);
  if (volume.zone !== instance.zone)
    throw new AwsFault(
      "InvalidVolume.ZoneMismatch",
      `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
    );
  if (instance.devices[device])
    throw invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);
  volume.attachment = { instanceId: instance.id, device, since: call.now };
  instance.devices[device] = { volumeId: volume.id, deleteOnTermination: false, attachedAt: call.now };
  return describeAttachment(call, volume)!;
};

const detach: Handler<DetachVolumeRequest, VolumeAttachment> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  const { attachment } = volume;
  if (!attachment) throw new AwsFault("IncorrectState", `Volume '${volume.id}' is in the 'available' state.`);
  if ((input.InstanceId && input.InstanceId !== attachment.instanceId) || (input.Device && input.Device !== attachment.device))
    throw new AwsFault(
      "InvalidAttachment.NotFound",
      `The attachment of volume '${volume.id}' to instance '${input.InstanceId}' does not exist`,
    );
  const instance = instances(call).get(attachment.instanceId);
  if (instance?.rootDevice === attachment.device && instance.state !== "stopped")
    throw new AwsFault("OperationNotPermitted", `Unable to detach root volume '${volume.id}' from instance '${instance.id}'`);
  attachment.leaving = true;
  call.later(timing.volumeDetached, "ec2:volumeDetached", { id: volume.id, instanceId: attachment.instanceId });
  return describeAttachment(call, volume)!;
};

function detached({ id, instanceId }: { readonly id: string; readonly instanceId: string }, call: Call): void {
  const volume = volumes(call).get(id);
  if (!volume?.attachment?.leaving || volume.attachment.instanceId !== instanceId) return;
  delete instances(call).get(instanceId)?.devices[volume.attachment.device];
  delete volume.attachment;
}

/** The end of an instance: its disks die with it or are left behind. */
export function releaseDisks(call: Call, instance: InstanceRecord): void {
  for (const { volumeId, deleteOnTermination } of Object.values(instance.devices)) {
    const volume = volumes(call).get(volumeId);
    if (!volume) continue;
    delete volume.attachment;
    if (deleteOnTermination) dropVolume(call, volume);
  }
  instance.devices = {};
}

const describeVolumes: Handler<DescribeVolumesRequest, DescribeVolumesResult> = (input, call) => {
  const deletesOnTermination = (volume: VolumeRecord) => describeAttachment(call, volume)?.DeleteOnTermination;
  const { found, NextToken } = list<VolumeRecord>(call, input, {
    records: volumes(call).values(),
    ids: { kind: idKinds.volume, given: input.VolumeIds, parameter: "volumeId" },
    idsExcludePages: true,
    pages: [5, 1000],
    filters: {
      "attachment.delete-on-termination": deletesOnTermination,
      "attachment.device": (volume) => volume.attachment?.device,
      "attachment.instance-id": (volume) => volume.attachment?.instanceId,
      "attachment.status": (volume) => describeAttachment(call, volume)?.State,
      "availability-zone": (volume) => volume.zone,
      "create-time": (volume) => new Date(volume.createdAt).toISOString(),
      encrypted: (volume) => volume.encrypted,
      "multi-attach-enabled": (volume) => volume.multiAttach,
      size: (volume) => shapeNow(call, volume).size,
      "snapshot-id": (volume) => volume.snapshotId,
      status: (volume) => stateOf(call, volume),
      "volume-id": (volume) => volume.id,
      "volume-type": (volume) => shapeNow(call, volume).volumeType,
    },
  });
  return { NextToken, Volumes: found.map((volume) => describe(call, volume)) };
};

export function stateOf(call: Call, volume: VolumeRecord): "creating" | "available" | "in-use" | "deleting" {
  if (volume.deleting) return "deleting";
  if (volume.attachment) return "in-use";
  return call.now < volume.createdAt + timing.volumeAvailable ? "creating" : "available";
}

function describe(call: Call, volume: VolumeRecord): Volume {
  const { size, volumeType, iops, throughput } = shapeNow(call, volume);
  const attachment = describeAttachment(call, volume);
  return {
    VolumeId: volume.id,
    AvailabilityZone: volume.zone,
    AvailabilityZoneId: zonesOf(call).find((zone) => zone.name === volume.zone)?.id,
    State: stateOf(call, volume),
    Size: size,
    VolumeType: volumeType as "gp3",
    Iops: iops,
    Throughput: throughput,
    Encrypted: volume.encrypted,
    KmsKeyId: volume.kmsKeyId,
    SnapshotId: volume.snapshotId ?? "",
    MultiAttachEnabled: volume.multiAttach,
    CreateTime: new Date(volume.createdAt),
    Attachments: attachment ? [attachment] : [],
    Tags: tagList(call, volume.id),
  };
}

function describeAttachment(call: Call, volume: VolumeRecord): VolumeAttachment | undefined {
  const { attachment } = volume;
  if (!attachment) return undefined;
  return {
    VolumeId: volume.id,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    State: attachment.leaving ? "detaching" : call.now < attachment.since + timing.volumeAttached ? "attaching" : "attached",
    AttachTime: new Date(attachment.since),
    DeleteOnTermination: instances(call).get(attachment.instanceId)?.devices[attachment.device]?.deleteOnTermination ?? false,
  };
}

export const volumeOperations: Record<string, Handler> = {
  AttachVolume: attach,
  CreateVolume: create,
  DeleteVolume: remove,
  DescribeVolumes: describeVolumes,
  DetachVolume: detach,
};

export const volumeTransitions = { volumeDetached: detached, volumeGone: gone };
