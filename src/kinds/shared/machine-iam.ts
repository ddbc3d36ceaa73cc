/** What EC2 checks of whoever launches a machine: what it is launched with, its profile, and the keys of its disks. */
import { ec2Service, passRole, profileArns, roleArns, useKey } from "../../resource/iam.ts";
import type { Access, Condition, Grant, IamPlace, ResourceIndex } from "../kind.ts";
import type { DataVolume, Machine } from "./machine-fields.ts";

/** The resources of RunInstances that are not the machine itself. Its disks and interfaces are made without our tags. */
export const launchedWith: Access = {
  free: [
    "capacity-reservation/*",
    "key-pair/*",
    "network-interface/*",
    "placement-group/*",
    "security-group/*",
    "spot-instances-request/*",
    "subnet/*",
    "volume/*",
  ],
  any: ["*:image/*", "*:snapshot/*"],
};

/** Tags on parts of a launch. EC2 checks CreateTags for each type with the tags of that type alone, and ours are not among them. */
export function tagInLaunch(types: readonly string[]): Grant {
  return {
    sid: "TagPartsOfLaunch",
    actions: ["ec2:CreateTags"],
    resources: types.map((type) => `${type}/*`),
    condition: { StringEquals: { "ec2:CreateAction": "RunInstances" }, "ForAllValues:StringNotLike": { "aws:TagKeys": "infra:*" } },
  };
}

/** That a launch gives the profile that the YAML names, or none. */
export function profileCondition(profile: string | undefined, index: ResourceIndex, place: IamPlace): Condition {
  return profile === undefined
    ? { Null: { "ec2:InstanceProfile": "true" } }
    : { ArnLike: { "ec2:InstanceProfile": profileArns(profile, index, place) } };
}

/** Handing the role of a profile to EC2. Which role is in a profile of others, no policy can tell. */
export function passProfile(profile: string | undefined, index: ResourceIndex, place: IamPlace): Grant {
  const role = (index.get(profile ?? "")?.spec as { readonly role?: unknown } | undefined)?.role;
  return passRole(role === undefined ? ["role/*"] : roleArns(role, index, place), ec2Service(place));
}

/** EBS User Guide, "Requirements for Amazon EBS encryption": without these EC2 takes the launch and ends the machine. */
export const diskActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"];

/**
 * The keys of its disks. An encrypted disk without a written key has the account's default key, which may be a customer's;
 * no policy can name it.
 */
export function diskKeys(
  { rootVolume, volumes }: Pick<Machine, "rootVolume" | "volumes">,
  index: ResourceIndex,
  place: IamPlace,
): readonly Grant[] {
  const disks: readonly DataVolume[] = [...(rootVolume ? [rootVolume] : []), ...Object.values(volumes ?? {})];
  return disks
    .filter(({ encrypted, kmsKey }) => encrypted === true || kmsKey !== undefined)
    .map(({ kmsKey }) => useKey(kmsKey, "ec2", diskActions, index, place));
}
