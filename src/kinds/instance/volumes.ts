/** How the volumes of an instance are compared, and which changes happen in place. */
import type { Aws } from "../../aws/aws.ts";
import type { Instance } from "./schema.ts";
import type { Impact, Live, Run } from "../kind.ts";
import type { DataVolume } from "../shared/instances/fields.ts";
import { isDisk } from "../shared/instances/launch.ts";
import { isSameKmsKey } from "../shared/instances/launch.ts";
import { changeVolume } from "../shared/instances/volume-change.ts";
import type { Handle } from "./live.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type Volumes = Readonly<Record<string, DataVolume>>;

export function shrinks(was: number | undefined, now: number | undefined): boolean {
  return was !== undefined && now !== undefined && now < was;
}

/** Whether every declared device exists as declared. Volumes that others attached do not count. */
export function volumesAgree(request: Volumes, have: Volumes | undefined): boolean {
  return Object.entries(request).every(([device, volume]) => {
    if (!isDisk(volume)) return true;
    const now = have?.[device];
    return now !== undefined && fieldsThatDiffer(volume, now).length === 0;
  });
}

/** The cost of making the volumes agree: the highest cost among their differences. */
export function volumesImpact(was: Volumes | undefined, now: Volumes | undefined): Impact {
  let impact: Impact = "update";
  for (const [device, volume] of Object.entries(now ?? {})) {
    if (!isDisk(volume)) continue;
    const have = was?.[device];
    if (!have) impact = "replace";
    else if (shrinks(have.size, volume.size))
      return {
        refuse: `${device} has ${have.size} GiB, and a volume cannot shrink to ${volume.size}; declare a smaller one beside it and copy the data`,
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
    // An account that encrypts by default also encrypts volumes for which nobody asked for it.
    if (field === "encrypted") return request.encrypted !== have.encrypted && have.encrypted !== true;
    return request[field] !== have[field];
  });
}

/** Changes the volumes of an instance that differ from the desired ones, in place. */
export async function changeVolumes(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, request: Instance, run: Run): Promise<void> {
  for (const disk of live.handle.disks) {
    const resolved = disk.isRoot ? request.rootVolume : request.volumes?.[disk.device];
    if (!resolved || !isDisk(resolved)) continue;
    await changeVolume(ec2, aws, { id: disk.volume, called: `${disk.volume} (${disk.device})` }, resolved, run);
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
