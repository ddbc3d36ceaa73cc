import type { NetworkInterface as AwsInterface } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { inOrder } from "../../resource/in-order.ts";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Live } from "../kind.ts";
import type { NetworkInterface } from "./schema.ts";

export interface Handle {
  /** The attachment and its instance. */
  readonly attachment?: AwsId;
  readonly instance?: AwsId;
}

export type InterfaceLive = Live<NetworkInterface, Handle>;

export function live(aws: Pick<Aws, "account" | "region" | "partition">, found: AwsInterface): InterfaceLive {
  const id = found.NetworkInterfaceId!;
  const addresses = found.PrivateIpAddresses ?? [];
  const [first, further] = [true, false].map((isFirst) =>
    addresses.flatMap(({ Primary = false, PrivateIpAddress: ip }) => (Primary === isFirst && ip !== undefined ? ip : [])),
  );
  const ips = [...first!, ...inOrder(further!)];
  const { Attachment: attachment } = found;
  const shown = {
    status: found.Status,
    privateIp: found.PrivateIpAddress,
    publicIp: found.Association?.PublicIp,
    ipv6: found.Ipv6Addresses?.[0]?.Ipv6Address,
    macAddress: found.MacAddress,
    instance: attachment?.InstanceId,
  };
  return {
    id,
    aliases: [`arn:${aws.partition}:ec2:${aws.region}:${found.OwnerId ?? aws.account}:network-interface/${id}`],
    tags: tagsOf(found.TagSet),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: found.Status === ("pending" as string) ? "pending" : "ready",
    spec: {
      subnet: found.SubnetId!,
      securityGroups: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      privateIpAddresses: ips,
      secondaryPrivateIpAddressCount: Math.max(0, ips.length - 1),
      ipv6AddressCount: found.Ipv6Addresses?.length ?? 0,
      sourceDestCheck: found.SourceDestCheck ?? true,
      description: found.Description ?? "",
    },
    handle: {
      ...(attachment?.AttachmentId ? { attachment: attachment.AttachmentId } : {}),
      ...(attachment?.InstanceId ? { instance: attachment.InstanceId } : {}),
    },
    outputs: Object.fromEntries(Object.entries(shown).filter((entry): entry is [string, string] => Boolean(entry[1]))),
  };
}
