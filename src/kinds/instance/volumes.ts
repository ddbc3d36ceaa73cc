/** The disks of a machine: how they are compared and what changes in place. */
import type { VolumeType } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import type { Instance } from "./instance.ts";
import type { AwsId, Impact, Live, Run } from "../kind.ts";
import type { DataVolume } from "../shared/machine-fields.ts";
import { isSameKmsKey } from "../shared/machine-launch.ts";
import type { Disk, Handle } from "./live.ts";
import { Refusal } from "../../resource/refusal.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type Volumes = Readonly<Record<string, DataVolume>>;

export function shrinks(was: number | undefined, now: number | undefined): boolean {
  return was !== undefined && now !== undefined && now < was;
}

/** Whether every declared device is there as declared; what others attached is theirs. */
export function volumesAgree(request: Volumes, have: Volumes | undefined): boolean {
  return Object.entries(request).every(([device, volume]) => {
    const now = have?.[device];
    return now !== undefined && fieldsThatDiffer(volume, now).length === 0;
  });
}

/** What it costs to make the disks agree: the dearest of what their differences cost. */
export function volumesImpact(was: Volumes | undefined, now: Volumes | undefined): Impact {
  let impact: Impact = "update";
  for (const [device, volume] of Object.entries(now ?? {})) {
    const have = was?.[device];
    if (!have) impact = "replace";
    else if (shrinks(have.size, volume.size))
      return {
        refuse: `${device} has ${have.size} GiB, and a disk cannot shrink to ${volume.size}; make a smaller one beside it and copy`,
      };
    else if (fieldsThatDiffer(volume, have).some((field) => fixed.includes(field))) impact = "replace";
  }
  return impact;
}

const fixed: readonly (keyof DataVolume)[] = ["encrypted", "kmsKey", "snapshot"];

function fieldsThatDiffer(request: DataVolume, have: DataVolume): (keyof DataVolume)[] {
  return (Object.keys(request) as (keyof DataVolume)[]).filter((field) => {
    if (request[field] === undefined) return false;
    if (field === "kmsKey") return !isSameKmsKey(request.kmsKey!, have.kmsKey);
    // An account that encrypts by default encrypts what was not asked to be.
    if (field === "encrypted") return request.encrypted !== have.encrypted && have.encrypted !== true;
    return request[field] !== have[field];
  });
}

/** Changes the disks of a machine that differ from what is wanted, in place. */
export async function changeVolumes(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, request: Instance, run: Run): Promise<void> {
  for (const disk of live.handle.disks) {
    const resolved = disk.isRoot ? request.rootVolume : request.volumes?.[disk.device];
    if (!resolved) continue;
    await changeVolume(ec2, aws, disk, resolved, run);
    if (resolved.deleteOnTermination !== undefined && resolved.deleteOnTermination !== disk.diesWithIt)
      await aws.ec2(
        new ec2.ModifyInstanceAttributeCommand({
          InstanceId: live.id,
          BlockDeviceMappings: [
            { DeviceName: disk.device, Ebs: { VolumeId: disk.volume, DeleteOnTermination: resolved.deleteOnTermination } },
          ],
        }),
      );
  }
}

/**
 * One ModifyVolume for all that differs: a volume takes few a day, and none while the last is under way. The volume is read
 * first, since an earlier run may have sent it already.
 */
async function changeVolume(ec2: Sdk, aws: Aws, disk: Disk, request: DataVolume, run: Run): Promise<void> {
  const { Volumes: [now] = [] } = await aws.ec2(
    new ec2.DescribeVolumesCommand({ Filters: [{ Name: "volume-id", Values: [disk.volume] }] }),
  );
  if (!now) throw new Refusal(`EC2 no longer shows ${disk.volume}, the disk of ${disk.device}.`);
  const isChanged = [
    [request.size, now.Size],
    [request.type, now.VolumeType],
    [request.iops, now.Iops],
    [request.throughput, now.Throughput],
  ].some(([resolved, have]) => resolved !== undefined && resolved !== have);
  if (!isChanged) return;
  const type = request.type ?? now.VolumeType;
  const isSameType = type === now.VolumeType;
  // EC2 takes what is left out of a modification for its default, not for the present value: 3,000 IOPS, 125 MiB/s.
  const iops = request.iops ?? (isSameType && takesIops(type) ? now.Iops : undefined);
  const throughput = request.throughput ?? (isSameType && type === "gp3" ? now.Throughput : undefined);
  await aws.ec2(
    new ec2.ModifyVolumeCommand({
      VolumeId: disk.volume,
      Size: request.size ?? now.Size,
      VolumeType: type as VolumeType,
      ...(iops === undefined ? {} : { Iops: iops }),
      ...(throughput === undefined ? {} : { Throughput: throughput }),
    }),
  );
  await run.until(`${disk.volume} (${disk.device}) to have its new form`, 600, 10, () => isUsable(ec2, aws, disk.volume));
  run.say(`${disk.volume} (${disk.device}) is changed; the file system on it must be grown from inside`);
}

function takesIops(type: string | undefined): boolean {
  return type === "gp3" || type === "io1" || type === "io2";
}

/** The new size can be used from "optimizing" on, which itself may last for hours. */
async function isUsable(ec2: Sdk, aws: Aws, volume: AwsId): Promise<boolean> {
  const { VolumesModifications = [] } = await aws.ec2(
    new ec2.DescribeVolumesModificationsCommand({ Filters: [{ Name: "volume-id", Values: [volume] }] }),
  );
  const latest = VolumesModifications.toSorted((a, b) => (b.StartTime?.getTime() ?? 0) - (a.StartTime?.getTime() ?? 0))[0];
  if (latest?.ModificationState === "failed")
    throw new Refusal(`EC2 could not change ${volume}: ${latest.StatusMessage ?? "it gave no reason"}`);
  return latest === undefined || latest.ModificationState === "optimizing" || latest.ModificationState === "completed";
}
