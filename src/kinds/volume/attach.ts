/** Attaches a volume to instances, and detaches it. */
import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode, isNotFound } from "../../aws/errors.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Run } from "../kind.ts";
import type { Handle, VolumeLive } from "./live.ts";
import type { Volume } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type VolumeRun = Pick<Run<Volume, Handle>, "wait" | "until" | "say">;

/** The longest wait in seconds; attaching or detaching a volume takes 5 to 20. */
const limit = 300;

/**
 * Attaches the volume to exactly these instances. Detaches it from others first: a volume has one place, and an instance has one volume for
 * each device name.
 */
export async function setAttachments(
  ec2: Sdk,
  aws: Aws,
  volume: VolumeLive,
  request: NonNullable<Volume["attachments"]>,
  run: VolumeRun,
): Promise<void> {
  const stays = ({ instance, device, state }: Handle["held"][number]) =>
    request[instance]?.device === device && state !== "detaching" && state !== "busy";
  // An instance that was deleted after the plan has released the volume already.
  const { held } = (await run.wait(`EC2 to return ${volume.id}`, limit, () => true))?.handle ?? volume.handle;
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

/** Attaches the volume. It may be attached already, by an earlier call whose answer was lost. */
async function attach(ec2: Sdk, aws: Aws, VolumeId: AwsId, InstanceId: AwsId, Device: string): Promise<void> {
  await aws.ec2(new ec2.AttachVolumeCommand({ VolumeId, InstanceId, Device })).catch(async (error) => {
    if (!hasCode(error, "VolumeInUse", "IncorrectState", "InvalidParameterValue")) throw error;
    const { Volumes: [now] = [] } = await aws.ec2(new ec2.DescribeVolumesCommand({ Filters: [{ Name: "volume-id", Values: [VolumeId] }] }));
    if (!now?.Attachments?.some((one) => one.InstanceId === InstanceId && one.Device === Device)) throw error;
  });
}

/**
 * Detaches the volume from an instance. An instance that has been replaced is stopped first, so that it writes the data that it holds in
 * memory for the volume. Any other instance keeps running and keeps what it has mounted, until somebody unmounts it.
 */
export async function takeOff(ec2: Sdk, aws: Aws, { id: VolumeId }: VolumeLive, InstanceId: AwsId, run: VolumeRun): Promise<void> {
  await stopReplaced(ec2, aws, InstanceId, run);
  await aws.ec2(new ec2.DetachVolumeCommand({ VolumeId, InstanceId })).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
  await run.wait(
    `${VolumeId} to be detached from ${InstanceId} (a mounted volume stays attached: unmount it, or stop the instance)`,
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
  run.say(`stopping ${id}, which is replaced, so that it writes all data to the volume`);
  try {
    await aws.ec2(new ec2.StopInstancesCommand({ InstanceIds: [id] }));
  } catch (error) {
    // EC2 cannot stop an instance of a one-time Spot request, or one that is already terminating.
    if (error instanceof AwsError && (error.code === "UnsupportedOperation" || error.class === "wrong-state" || isNotFound(error))) return;
    throw error;
  }
  await run.until(`${id} to stop`, 600, 5, async () => !["running", "stopping"].includes((await look())?.State?.Name ?? "terminated"));
}
