import type { Image as AwsImage } from "@aws-sdk/client-ec2";
import { tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Live } from "../kind.ts";
import type { Image } from "./schema.ts";

export interface Handle {
  readonly snapshots: readonly AwsId[];
}

/** The tag with the version of an image and the number of old ones to keep. AWS knows neither. */
export const keepTag = "infra:image-version";

/**
 * The tag of an image that has a successor, with the address that it had. The image is kept to go back to, and no longer belongs to a
 * resource of the file.
 */
export const keptTag = "infra:kept";

export function live(found: AwsImage): Live<Image, Handle> {
  const tags = tagsOf(found.Tags);
  const [version = 1, keep = 1] = (tags[keepTag] ?? "").split(" ").filter(Boolean).map(Number);
  const snapshots = (found.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  const shown = { rootSnapshot: snapshots[0], architecture: found.Architecture, state: found.State };
  return {
    id: found.ImageId!,
    aliases: [],
    tags,
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    ...(found.Name ? { name: found.Name } : {}),
    state: keptTag in tags ? "dead" : stateOf(found),
    spec: {
      ...(found.SourceInstanceId ? { from: found.SourceInstanceId } : {}),
      version,
      keep,
      description: found.Description ?? "",
    },
    handle: { snapshots },
    outputs: Object.fromEntries(Object.entries(shown).filter((entry): entry is [string, string] => Boolean(entry[1]))),
    ...(found.CreationDate ? { createdAt: found.CreationDate } : {}),
  };
}

function stateOf({ State, StateReason }: AwsImage): Live["state"] {
  switch (State) {
    case "available":
      return "ready";
    case "deregistered":
      return "dead";
    case "failed":
    case "error":
    case "invalid":
      return { failed: StateReason?.Message ?? "EC2 could not create it" };
    default:
      return "pending";
  }
}
