/** EBS volumes and their attachments. Modifications are in volume-modifications.ts. */
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
import { invalidCombination, invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { keyWithoutEncryption } from "./launch-disks.ts";
import { instances, volumes, type InstanceRecord, type VolumeAttachmentRecord, type VolumeRecord, type VolumeShape } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";
import { shapeNow } from "./volume-modifications.ts";
import { shapeOf } from "./volume-shapes.ts";
import { zonesOf } from "./zones.ts";

/** Creates a volume. The API's default type is gp2, whatever the console shows. */
const create: Handler<CreateVolumeRequest, Volume> = (input, call) => {
  const { ids } = once(call, input, () => {
    if (input.OutpostArn) throw notModelled("Outposts volumes");
    checkMultiAttach(input.MultiAttachEnabled ?? false, input.VolumeType ?? "gp2");
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
      multiAttach: input.MultiAttachEnabled,
    });
    giveTags(call, made.id, tags["volume"]);
    // AWS checks the key later: the call succeeds and the volume fails (EC2 API, CreateVolume).
    if (input.KmsKeyId && !call.exists("kmsKey", input.KmsKeyId)) dropVolume(call, made);
    return [made.id];
  });
  const made = volumes(call).get(ids[0]!);
  return made ? describe(call, made) : { VolumeId: ids[0] };
};

/**
 * Checks Multi-Attach: only for Provisioned IOPS volumes (EBS User Guide, "Attach an EBS volume to
 * multiple EC2 instances using Multi-Attach").
 */
function checkMultiAttach(wanted: boolean, volumeType: string): void {
  if (wanted && volumeType !== "io1" && volumeType !== "io2")
    throw invalidCombination(`The parameter MultiAttachEnabled is not supported for ${volumeType} volumes.`);
}

export interface NewVolume {
  readonly zone: string;
  readonly shape: VolumeShape;
  readonly snapshotId?: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string | undefined;
  readonly multiAttach?: boolean | undefined;
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
    multiAttach: of.multiAttach ?? false,
    ...of.shape,
    attachments: [],
    modifiedAt: [],
  };
  volumes(call).set(made.id, made);
  return made;
}

/** The ARN of a key, which answers always use. */
function keyArn(call: Call, key: string): string {
  if (key.startsWith("arn:")) return key;
  const id = key.startsWith("alias/aws/ebs") ? "3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f" : key;
  return `arn:${call.partition}:kms:${call.region}:${call.account}:${id.startsWith("alias/") ? id : `key/${id}`}`;
}

const remove: Handler<DeleteVolumeRequest, object> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  const [held] = volume.attachments;
  if (held) throw new AwsFault("VolumeInUse", `Volume ${volume.id} is currently attached to ${held.instanceId}`);
  if (volume.deleting || stateOf(call, volume) === "creating")
    throw new AwsFault("IncorrectState", `The volume '${volume.id}' is in the '${stateOf(call, volume)}' state.`);
  dropVolume(call, volume);
  return {};
};

/** Starts the deletion. Answers show the volume a little longer. */
function dropVolume(call: Call, volume: VolumeRecord): void {
  volume.deleting = true;
  volume.attachments = [];
  call.later(timing.volumeDeleted, "ec2:volumeGone", { id: volume.id });
}

function gone({ id }: { readonly id: string }, call: Call): void {
  volumes(call).delete(id);
  dropTags(call, id);
}

/** Attaches a volume to a running or stopped instance of the same zone. Volumes attached after launch outlive the instance. */
const attach: Handler<AttachVolumeRequest, VolumeAttachment> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const device = required(input.Device, "device");
  if (!/^(\/dev\/)?(sd|xvd)[a-z]([a-z]|\d{1,2})?$/.test(device))
    throw invalidValue(`Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`);
  if (volume.attachments.length > 0 && !volume.multiAttach)
    throw new AwsFault("VolumeInUse", `${volume.id} is already attached to an instance`);
  if (volume.attachments.some(({ instanceId }) => instanceId === instance.id))
    throw new AwsFault("VolumeInUse", `${volume.id} is already attached to ${instance.id}`);
  // EBS User Guide, "Multi-Attach": at most 16 instances.
  if (volume.attachments.length >= 16)
    throw new AwsFault("AttachmentLimitExceeded", `Volume ${volume.id} is attached to 16 instances already`);
  const state = stateOf(call, volume);
  if (state !== "available" && !(volume.multiAttach && state === "in-use"))
    throw new AwsFault("IncorrectState", `Volume '${volume.id}' is not 'available'.`);
  if (instance.state !== "running" && instance.state !== "stopped")
    throw new AwsFault("IncorrectState", `Instance '${instance.id}' is not 'running'.`);
  if (volume.zone !== instance.zone)
    throw new AwsFault(
      "InvalidVolume.ZoneMismatch",
      `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
    );
  if (instance.devices[device])
    throw invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);
  const attachment: VolumeAttachmentRecord = { instanceId: instance.id, device, since: call.now };
  volume.attachments.push(attachment);
  instance.devices[device] = { volumeId: volume.id, deleteOnTermination: false, attachedAt: call.now };
  return describeAttachment(call, volume, attachment);
};

/** Detaches a volume. If several instances may attach it, the call must name the instance (EC2 API, DetachVolume). */
const detach: Handler<DetachVolumeRequest, VolumeAttachment> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  if (volume.attachments.length === 0) throw new AwsFault("IncorrectState", `Volume '${volume.id}' is in the 'available' state.`);
  if (volume.multiAttach && !input.InstanceId) throw missingParameter("instanceId");
  const attachment = volume.attachments.find(
    (one) => (!input.InstanceId || one.instanceId === input.InstanceId) && (!input.Device || one.device === input.Device),
  );
  if (!attachment)
    throw new AwsFault(
      "InvalidAttachment.NotFound",
      `The attachment of volume '${volume.id}' to instance '${input.InstanceId}' does not exist`,
    );
  const instance = instances(call).get(attachment.instanceId);
  if (instance?.rootDevice === attachment.device && instance.state !== "stopped")
    throw new AwsFault("OperationNotPermitted", `Unable to detach root volume '${volume.id}' from instance '${instance.id}'`);
  // EBS User Guide, "Detach an EBS volume": a mounted volume is busy until it is unmounted or the instance stops.
  attachment.leaving = instance?.state === "running" && call.fault("ec2:volumeIsMounted") ? "busy" : "detaching";
  if (attachment.leaving === "detaching")
    call.later(timing.volumeDetached, "ec2:volumeDetached", { id: volume.id, instanceId: attachment.instanceId });
  return describeAttachment(call, volume, attachment);
};

function detached({ id, instanceId }: { readonly id: string; readonly instanceId: string }, call: Call): void {
  const volume = volumes(call).get(id);
  const attachment = volume?.attachments.find((one) => one.instanceId === instanceId && one.leaving);
  if (!volume || !attachment) return;
  delete instances(call).get(instanceId)?.devices[attachment.device];
  volume.attachments = volume.attachments.filter((one) => one !== attachment);
}

/** Detaches the busy volumes of an instance that has stopped, because it no longer mounts them. */
export function releaseBusy(call: Call, instance: InstanceRecord): void {
  for (const { volumeId } of Object.values(instance.devices)) {
    const busy = volumes(call)
      .get(volumeId)
      ?.attachments.find(({ instanceId, leaving }) => instanceId === instance.id && leaving === "busy");
    if (!busy) continue;
    busy.leaving = "detaching";
    call.later(timing.volumeDetached, "ec2:volumeDetached", { id: volumeId, instanceId: instance.id });
  }
}

/** Releases the disks of a terminated instance: they are deleted or left behind. */
export function releaseDisks(call: Call, instance: InstanceRecord): void {
  for (const { volumeId, deleteOnTermination } of Object.values(instance.devices)) {
    const volume = volumes(call).get(volumeId);
    if (!volume) continue;
    volume.attachments = volume.attachments.filter((one) => one.instanceId !== instance.id);
    if (deleteOnTermination && volume.attachments.length === 0) dropVolume(call, volume);
  }
  instance.devices = {};
}

const describeVolumes: Handler<DescribeVolumesRequest, DescribeVolumesResult> = (input, call) => {
  const attachments =
    <T>(pick: (found: VolumeAttachment) => T) =>
    (volume: VolumeRecord) =>
      volume.attachments.map((one) => pick(describeAttachment(call, volume, one)));
  const { found, NextToken } = list<VolumeRecord>(call, input, {
    records: volumes(call).values(),
    ids: { kind: idKinds.volume, given: input.VolumeIds, parameter: "volumeId" },
    idsExcludePages: true,
    pages: [5, 1000],
    filters: {
      "attachment.delete-on-termination": attachments((one) => one.DeleteOnTermination),
      "attachment.device": attachments((one) => one.Device),
      "attachment.instance-id": attachments((one) => one.InstanceId),
      "attachment.status": attachments((one) => one.State),
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

function stateOf(call: Call, volume: VolumeRecord): "creating" | "available" | "in-use" | "deleting" {
  if (volume.deleting) return "deleting";
  if (volume.attachments.length > 0) return "in-use";
  return call.now < volume.createdAt + timing.volumeAvailable ? "creating" : "available";
}

function describe(call: Call, volume: VolumeRecord): Volume {
  const { size, volumeType, iops, throughput } = shapeNow(call, volume);
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
    Attachments: volume.attachments.map((one) => describeAttachment(call, volume, one)),
    Tags: tagList(call, volume.id),
  };
}

function describeAttachment(call: Call, volume: VolumeRecord, attachment: VolumeAttachmentRecord): VolumeAttachment {
  return {
    VolumeId: volume.id,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    State: attachment.leaving ?? (call.now < attachment.since + timing.volumeAttached ? "attaching" : "attached"),
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
