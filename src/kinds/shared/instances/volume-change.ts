/** Changes a volume while it is in use: its size, its type, its speed. */
import type { VolumeType } from "@aws-sdk/client-ec2";
import type { Aws } from "../../../aws/aws.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { AwsId, Run } from "../../kind.ts";
import type { DataVolume } from "./fields.ts";

type Sdk = typeof import("../../../aws/sdk/ec2.ts");

/**
 * Makes all changes of a volume in one ModifyVolume. AWS allows few modifications a day, and none while the last one is under way. The
 * volume is read first, because an earlier run may have sent the change already.
 */
export async function changeVolume(
  ec2: Sdk,
  aws: Aws,
  { id, called }: { readonly id: AwsId; readonly called: string },
  request: DataVolume & { readonly multiAttach?: boolean | undefined },
  run: Pick<Run, "until" | "say">,
): Promise<void> {
  const { Volumes: [now] = [] } = await aws.ec2(new ec2.DescribeVolumesCommand({ Filters: [{ Name: "volume-id", Values: [id] }] }));
  if (!now) throw new Refusal(`EC2 no longer returns ${called}.`);
  const isChanged = [
    [request.size, now.Size],
    [request.type, now.VolumeType],
    [request.iops, now.Iops],
    [request.throughput, now.Throughput],
    [request.multiAttach, now.MultiAttachEnabled],
  ].some(([resolved, have]) => resolved !== undefined && resolved !== have);
  if (!isChanged) return;
  const type = request.type ?? now.VolumeType;
  const isSameType = type === now.VolumeType;
  // For a parameter that is left out, ModifyVolume uses its default (3,000 IOPS, 125 MiB/s) and not the present value.
  const iops = request.iops ?? (isSameType && takesIops(type) ? now.Iops : undefined);
  const throughput = request.throughput ?? (isSameType && type === "gp3" ? now.Throughput : undefined);
  await aws.ec2(
    new ec2.ModifyVolumeCommand({
      VolumeId: id,
      Size: request.size ?? now.Size,
      VolumeType: type as VolumeType,
      ...(iops === undefined ? {} : { Iops: iops }),
      ...(throughput === undefined ? {} : { Throughput: throughput }),
      ...(request.multiAttach === undefined || request.multiAttach === now.MultiAttachEnabled
        ? {}
        : { MultiAttachEnabled: request.multiAttach }),
    }),
  );
  await run.until(`the change of ${called} to take effect`, 600, 10, () => isUsable(ec2, aws, id));
  run.say(`${called} is changed; extend its file system from the instance`);
}

function takesIops(type: string | undefined): boolean {
  return type === "gp3" || type === "io1" || type === "io2";
}

/** Whether the volume can be used in its new form. That is so from "optimizing" on, which itself may last for hours. */
async function isUsable(ec2: Sdk, aws: Aws, volume: AwsId): Promise<boolean> {
  const { VolumesModifications = [] } = await aws.ec2(
    new ec2.DescribeVolumesModificationsCommand({ Filters: [{ Name: "volume-id", Values: [volume] }] }),
  );
  const latest = VolumesModifications.toSorted((a, b) => (b.StartTime?.getTime() ?? 0) - (a.StartTime?.getTime() ?? 0))[0];
  if (latest?.ModificationState === "failed")
    throw new Refusal(`EC2 could not change ${volume}: ${latest.StatusMessage ?? "it gave no reason"}`);
  return latest === undefined || latest.ModificationState === "optimizing" || latest.ModificationState === "completed";
}
