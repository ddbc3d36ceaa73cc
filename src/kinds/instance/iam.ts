import { profileArns, serviceRole } from "../../resource/iam.ts";
import type { Instance } from "./schema.ts";
import type { Grant, IamPlace, ResourceIndex } from "../kind.ts";
import { diskKeys, passProfile, profileCondition, tagInLaunch } from "../shared/instances/iam.ts";
import { spotOf } from "../shared/instances/launch.ts";

/** Fields of volumes that change in place. */
export const diskPaths = ["rootVolume", "volumes.*"].flatMap((disk) =>
  ["size", "type", "iops", "throughput"].map((field) => `${disk}.${field}`),
);

/** The other permissions for launching an instance and giving it its profile. */
export function launching(spec: Instance, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const { instanceProfile: profile } = spec;
  return [
    {
      sid: "LaunchMachines",
      actions: ["ec2:RunInstances"],
      resources: ["instance/*"],
      tie: "made",
      condition: profileCondition(profile, index, place),
    },
    tagInLaunch(["network-interface", "volume"]),
    ...(spec.volumeTags === undefined ? [] : [tagDisks]),
    ...diskKeys(spec, index, place),
    ...(spotOf(spec.spot) ? [serviceRole("spot.amazonaws.com")] : []),
    ...(profile === undefined ? [] : [passProfile(profile, index, place), giveProfile(profile, index, place)]),
  ];
}

/** Volumes do not have our tags. */
const tagDisks: Grant = {
  sid: "TagDisks",
  actions: ["ec2:CreateTags", "ec2:DeleteTags"],
  resources: ["volume/*"],
  tie: "free",
  condition: { "ForAllValues:StringNotLike": { "aws:TagKeys": "infra:*" } },
};

function giveProfile(profile: string, index: ResourceIndex, place: IamPlace): Grant {
  return {
    sid: "GiveProfiles",
    actions: ["ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation"],
    resources: ["instance/*"],
    tie: "ours",
    condition: { ArnLike: { "ec2:NewInstanceProfile": profileArns(profile, index, place) } },
  };
}
