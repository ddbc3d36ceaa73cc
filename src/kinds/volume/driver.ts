import type { VolumeType } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter } from "../../resource/ownership.ts";
import type { AwsId, Driver, Member } from "../kind.ts";
import { idFilters, isMeant, tagFilters, type Filter } from "../shared/lookup.ts";
import { changeVolume } from "../shared/instances/volume-change.ts";
import { setAttachments, takeOff } from "./attach.ts";
import { live, type Handle, type VolumeLive } from "./live.ts";
import type { Volume } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export function driver(ec2: Sdk): Driver<Volume, Handle> {
  return {
    async *list(aws, scope) {
      for await (const found of described(ec2, aws, environmentFilter(scope))) yield live(aws, found);
    },

    get: (aws, ids) => read(ec2, aws, ids),

    async create(aws, request, identity) {
      const { size, type, iops, throughput, snapshot, kmsKey, multiAttach } = request;
      const encrypted = kmsKey === undefined ? request.encrypted : true; // EC2 refuses a key without this flag
      const made = await aws.ec2(
        new ec2.CreateVolumeCommand({
          AvailabilityZone: request.availabilityZone,
          ...(size === undefined ? {} : { Size: size }),
          VolumeType: (type ?? "gp3") as VolumeType, // EC2's own default is still gp2
          ...(iops === undefined ? {} : { Iops: iops }),
          ...(throughput === undefined ? {} : { Throughput: throughput }),
          ...(snapshot === undefined ? {} : { SnapshotId: snapshot }),
          ...(encrypted === undefined ? {} : { Encrypted: encrypted }),
          ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
          ...(multiAttach ? { MultiAttachEnabled: true } : {}),
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("volume", identity.tags),
        }),
      );
      return made.VolumeId!;
    },

    async update(aws, stage, found, request, _changes, run) {
      if (stage === "attachments") await setAttachments(ec2, aws, found, request.attachments ?? {}, run);
      else await changeVolume(ec2, aws, { id: found.id, called: found.id }, request, run);
    },

    /** Detaches the volume and deletes it. The data is deleted with it, so nothing on it needs to be unmounted first. */
    async delete(aws, found, run) {
      const now = await run.wait(`EC2 to return ${found.id}`, 300, () => true);
      for (const { instance } of now?.handle.held ?? []) await takeOff(ec2, aws, found, instance, run);
      await aws.ec2(new ec2.DeleteVolumeCommand({ VolumeId: found.id })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(ec2, aws, tagFilters(tags)))
        if (owner === aws.account && isMeant(found, tags, owner) && found.State !== "deleting") ids.push(found.VolumeId!);
      return ids;
    },

    /** Lists volumes that outlive the instances that were found. Volumes that are deleted with an instance are fields of that instance. */
    async within(aws, found) {
      const members: Member[] = [];
      for (const filters of idFilters("attachment.instance-id", [...(found.get("instance") ?? [])]))
        for await (const one of described(ec2, aws, filters)) {
          const [holding] = one.Attachments ?? [];
          if (!holding || holding.DeleteOnTermination !== false) continue;
          members.push({ id: one.VolumeId!, what: `volume of ${one.Size} GiB, ${holding.Device} of ${holding.InstanceId}` });
        }
      return members;
    },
  };
}

async function read(ec2: Sdk, aws: Aws, ids: readonly AwsId[]): Promise<ReadonlyMap<AwsId, VolumeLive>> {
  const lives = new Map<AwsId, VolumeLive>();
  for (const filters of idFilters("volume-id", ids))
    for await (const found of described(ec2, aws, filters)) lives.set(found.VolumeId!, live(aws, found));
  return lives;
}

async function* described(ec2: Sdk, aws: Aws, Filters: Filter[]) {
  for await (const page of aws.ec2.pages(ec2.DescribeVolumesCommand, { Filters, MaxResults: 1000 })) yield* page.Volumes ?? [];
}
