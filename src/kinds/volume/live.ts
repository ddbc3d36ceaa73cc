import type { Volume as AwsVolume } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Live } from "../kind.ts";
import type { Volume } from "./schema.ts";

export type VolumeLive = Live<Volume, Handle>;

export interface Handle {
  readonly held: readonly Holding[];
}

/** An instance that has the volume, or that is about to release it. */
export interface Holding {
  readonly instance: AwsId;
  readonly device: string;
  /** EC2's state of the attachment: attaching, attached, detaching, busy. */
  readonly state: string;
}

export function live(aws: Pick<Aws, "account" | "region" | "partition">, found: AwsVolume): VolumeLive {
  const held = (found.Attachments ?? []).flatMap(({ InstanceId, Device, State }) =>
    InstanceId && Device && State !== "detached" ? [{ instance: InstanceId, device: Device, state: State ?? "attached" }] : [],
  );
  const staying = held.filter(({ state }) => state !== "detaching" && state !== "busy");
  return {
    id: found.VolumeId!,
    aliases: [`arn:${aws.partition}:ec2:${aws.region}:${aws.account}:volume/${found.VolumeId}`],
    tags: tagsOf(found.Tags),
    owner: aws.account, // EC2 lists the account's own volumes only
    state: stateOf(found),
    spec: {
      availabilityZone: found.AvailabilityZone!,
      size: found.Size,
      type: found.VolumeType as Volume["type"],
      iops: found.Iops,
      throughput: found.Throughput,
      snapshot: found.SnapshotId || undefined,
      encrypted: found.Encrypted ?? false,
      kmsKey: found.KmsKeyId,
      multiAttach: found.MultiAttachEnabled ?? false,
      attachments: Object.fromEntries(staying.map(({ instance, device }) => [instance, { device }])),
    },
    handle: { held },
    outputs: {
      zone: found.AvailabilityZone ?? "",
      size: String(found.Size ?? ""),
      ...(staying.length > 0 ? { attachedTo: staying.map(({ instance, device }) => `${instance} (${device})`).join(", ") } : {}),
    },
    ...(found.CreateTime ? { createdAt: found.CreateTime.toISOString() } : {}),
    ...notesOf(held),
  };
}

function notesOf(held: readonly Holding[]): { readonly notes?: readonly string[] } {
  const busy = held.filter(({ state }) => state === "busy");
  return busy.length === 0
    ? {}
    : {
        notes: busy.map(
          ({ instance, device }) =>
            `it cannot be detached while ${instance} has it mounted as ${device}: unmount it there, or stop the instance`,
        ),
      };
}

function stateOf({ State }: AwsVolume): VolumeLive["state"] {
  switch (State) {
    case "creating":
      return "pending";
    case "deleting":
      return "deleting";
    case "deleted":
      return "dead";
    case "error":
      return { failed: "EC2 could not create it: its KMS key may not exist, or this account may not be allowed to use it" };
    default:
      return "ready";
  }
}
