/** Changes of a volume in use: its size, type or speed. */
import type {
  DescribeVolumesModificationsRequest,
  DescribeVolumesModificationsResult,
  ModifyVolumeRequest,
  ModifyVolumeResult,
  VolumeModification,
  VolumeModificationState,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, missingParameter } from "./faults.ts";
import { idKinds, need, needAll } from "./ids.ts";
import { volumes, type VolumeRecord, type VolumeShape } from "./state.ts";
import { timing } from "./timing.ts";
import { shapeOf } from "./volume-shapes.ts";

const day = 24 * 60 * 60 * 1000;

/**
 * Modifies a volume: four times a day at most, and only after the last modification is complete (EC2 API, ModifyVolume). A new type brings
 * its own default speed, so a speed that the call does not repeat is lost.
 */
const modify: Handler<ModifyVolumeRequest, ModifyVolumeResult> = (input, call) => {
  const volume = need(call, idKinds.volume, input.VolumeId, "volumeId");
  if (
    input.Size === undefined &&
    !input.VolumeType &&
    input.Iops === undefined &&
    input.Throughput === undefined &&
    input.MultiAttachEnabled === undefined
  )
    throw missingParameter("size, volumeType, iops, throughput or multiAttachEnabled");
  if (volume.deleting) throw new AwsFault("IncorrectState", `The volume '${volume.id}' is in the 'deleting' state.`);
  const was: VolumeShape = { size: volume.size, volumeType: volume.volumeType, ...speed(volume) };
  if (input.Size !== undefined && input.Size < was.size) throw invalidValue(`New size cannot be smaller than existing size`);
  const now = shapeOf(wanted(was, input));
  if (input.MultiAttachEnabled !== undefined && input.MultiAttachEnabled !== volume.multiAttach)
    checkSwitch(volume, input.MultiAttachEnabled);
  const state = modificationState(call, volume);
  if (state === "modifying" || state === "optimizing")
    throw new AwsFault(
      "IncorrectModificationState",
      `Cannot modify volume ${volume.id}: currently in modification state ${state.toUpperCase()}`,
    );
  volume.modifiedAt = volume.modifiedAt.filter((at) => at > call.now - day);
  if (volume.modifiedAt.length >= 4)
    throw new AwsFault(
      "VolumeModificationRateExceeded",
      `You've reached the maximum modification rate per volume limit. Wait until ${new Date(volume.modifiedAt[0]! + day).toISOString()} before modifying ${volume.id} again.`,
    );
  volume.modifiedAt.push(call.now);
  volume.modification = { startedAt: call.now, was, now };
  delete volume.iops;
  delete volume.throughput;
  Object.assign(volume, now);
  if (input.MultiAttachEnabled !== undefined) volume.multiAttach = input.MultiAttachEnabled;
  return { VolumeModification: describe(call, volume) };
};

/**
 * Checks a change of Multi-Attach: only for io2, and only while the volume is not attached (EBS User Guide, "Attach an EBS volume to
 * multiple EC2 instances using Multi-Attach").
 */
function checkSwitch(volume: VolumeRecord, on: boolean): void {
  if (volume.volumeType !== "io2")
    throw invalidCombination(`Multi-Attach of a volume of type ${volume.volumeType} cannot be changed after it is created`);
  if (volume.attachments.length > (on ? 0 : 1))
    throw new AwsFault("IncorrectState", `Volume ${volume.id} is attached; Multi-Attach cannot be changed`);
}

function wanted(was: VolumeShape, input: ModifyVolumeRequest) {
  const volumeType = input.VolumeType ?? was.volumeType;
  const keeps = volumeType === was.volumeType && volumeType !== "gp2";
  return {
    size: input.Size ?? was.size,
    volumeType,
    iops: input.Iops ?? (keeps ? was.iops : volumeType.startsWith("io") ? 3000 : undefined),
    throughput: input.Throughput ?? (keeps ? was.throughput : undefined),
  };
}

function speed({ iops, throughput }: VolumeShape): Pick<VolumeShape, "iops" | "throughput"> {
  return { ...(iops === undefined ? {} : { iops }), ...(throughput === undefined ? {} : { throughput }) };
}

/** The shape that answers show: the new one as soon as the modification is optimizing. */
export function shapeNow(call: Call, volume: VolumeRecord): VolumeShape {
  return modificationState(call, volume) === "modifying" ? volume.modification!.was : volume;
}

function modificationState(call: Call, volume: VolumeRecord): VolumeModificationState | undefined {
  if (!volume.modification) return undefined;
  const age = call.now - volume.modification.startedAt;
  if (age < timing.volumeModifying) return "modifying";
  return age < timing.volumeModifying + timing.volumeOptimizing ? "optimizing" : "completed";
}

const describeModifications: Handler<DescribeVolumesModificationsRequest, DescribeVolumesModificationsResult> = (input, call) => {
  const asked = needAll(call, idKinds.volume, input.VolumeIds ?? [], "volumeId");
  const never = asked.find((volume) => !volume.modification);
  if (never) throw new AwsFault("InvalidVolumeModification.NotFound", `Modification for volume '${never.id}' does not exist.`);
  const { found, NextToken } = list<VolumeRecord>(
    call,
    { Filters: input.Filters, MaxResults: input.MaxResults, NextToken: input.NextToken },
    {
      records: asked.length > 0 ? asked : [...volumes(call).values()].filter((volume) => volume.modification),
      pages: [1, 500],
      tagged: null,
      filters: {
        "modification-state": (volume) => modificationState(call, volume),
        "original-size": (volume) => volume.modification!.was.size,
        "original-volume-type": (volume) => volume.modification!.was.volumeType,
        "target-size": (volume) => volume.modification!.now.size,
        "target-volume-type": (volume) => volume.modification!.now.volumeType,
        "volume-id": (volume) => volume.id,
      },
    },
  );
  return { NextToken, VolumesModifications: found.map((volume) => describe(call, volume)) };
};

function describe(call: Call, volume: VolumeRecord): VolumeModification {
  const { was, now, startedAt } = volume.modification!;
  const state = modificationState(call, volume)!;
  const whole = timing.volumeModifying + timing.volumeOptimizing;
  return {
    VolumeId: volume.id,
    ModificationState: state,
    OriginalSize: was.size,
    OriginalVolumeType: was.volumeType as "gp3",
    OriginalIops: was.iops,
    OriginalThroughput: was.throughput,
    TargetSize: now.size,
    TargetVolumeType: now.volumeType as "gp3",
    TargetIops: now.iops,
    TargetThroughput: now.throughput,
    Progress: state === "completed" ? 100 : Math.floor(((call.now - startedAt) / whole) * 100),
    StartTime: new Date(startedAt),
    EndTime: state === "completed" ? new Date(startedAt + whole) : undefined,
  };
}

export const volumeModificationOperations: Record<string, Handler> = {
  DescribeVolumesModifications: describeModifications,
  ModifyVolume: modify,
};
