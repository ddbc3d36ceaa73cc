/** Giving a volume to machines, and taking it from them. */
import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode, isNotFound } from "../../aws/errors.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Run } from "../kind.ts";
import type { Handle, VolumeLive } from "./live.ts";
import type { Volume } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type VolumeRun = Pick<Run<Volume, Handle>, "wait" | "until" | "say">;

/** Seconds; a volume is attached and detached in 5 to 20. */
const limit = 300;

/** Exactly these machines hold it. Those that leave go first: a volume has one place, and a machine one disk under each device. */
export async function setAttachments(
  ec2: Sdk,
  aws: Aws,
  volume: VolumeLive,
  request: NonNullable<Volume["attachments"]>,
  run: VolumeRun,
): Promise<void> {
  const stays = ({ instance, device, state }: Handle["held"][number]) =>
    request[instance]?.device === device && state !== "detaching" && state !== "busy";
  // A machine that is gone since the plan has let go of it already.
  const { held } = (await run.wait(`${volume.id} to be read`, limit, () => true))?.handle ?? volume.handle;
  for (const one of held) if (!stays(one)) await takeOff(ec2, aws, volume, one.instance, run);
  for (const [instance, { device }] of Object.entries(request)) {
    if (held.some((one) => one.instance === instance && stays(one))) continue;
    await attach(ec2, aws, volume.id, instance, device);
  }
  const wanted = Object.entries(request);
  if (wanted.length > 0)
    await run.wait(`${volume.id} to be attached`, limit, (now) =>
      wanted.every(([instance]) => now?.handle.held.some((one) => one.instance === instance && one.state === "attached")),
    );
}

/** It may be attached already: the answer of an earlier call was lost. */
async function attach(ec2: Sdk, aws: Aws, VolumeId: AwsId, InstanceId: AwsId, Device: string): Promise<void> {
  await aws.ec2(new ec2.AttachVolumeCommand({ VolumeId, InstanceId, Device })).catch(async (error) => {
    if (!hasCode(error, "VolumeInUse", "IncorrectState", "InvalidParameterValue")) throw error;
    const { Volumes: [now] = [] } = await aws.ec2(new ec2.DescribeVolumesCommand({ Filters: [{ Name: "volume-id", Values: [VolumeId] }] }));
    if (!now?.Attachments?.some((one) => one.InstanceId === InstanceId && one.Device === Device)) throw error;
  });
}

/**
 * Takes it from a machine. A machine that has been replaced is stopped first, so that what it has in memory for the disk is written. Any
 * other is left running: what it has mounted it keeps, until somebody unmounts it.
 */
export async function takeOff(ec2: Sdk, aws: Aws, { id: VolumeId }: VolumeLive, InstanceId: AwsId, run: VolumeRun): Promise<void> {
  await stopReplaced(ec2, aws, InstanceId, run);
  await aws.ec2(new ec2.DetachVolumeCommand({ VolumeId, InstanceId })).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
  await run.wait(
    `${InstanceId} to let go of ${VolumeId} (what is mounted there stays: unmount it, or stop the machine)`,
    limit,
    (now) => !now?.handle.held.some(({ instance }) => instance === InstanceId),
  );
}

async function stopReplaced(ec2: Sdk, aws: Aws, id: AwsId, run: VolumeRun): Promise<void> {
  const look = async () => {
    const { Reservations = [] } = await aws.ec2(new ec2.DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [id] }] }));
    return Reservations.flatMap(({ Instances = [] }) => Instances).find(({ InstanceId }) => InstanceId === id);
  };
  const found = await look();
  if (found?.State?.Name !== "running" || !(ownership.superseded in tagsOf(found.Tags))) return;
  run.say(`stopping ${id}, which is replaced, so that the disk is whole`);
  try {
    await aws.ec2(new ec2.StopInstancesCommand({ InstanceIds: [id] }));
  } catch (error) {
    // EC2 stops no machine of a one-time spot request, and none that is going already.
    if (error instanceof AwsError && (error.code === "UnsupportedOperation" || error.class === "wrong-state" || isNotFound(error))) return;
    throw error;
  }
  await run.until(`${id} to stop`, 600, 5, async () => !["running", "stopping"].includes((await look())?.State?.Name ?? "terminated"));
}
