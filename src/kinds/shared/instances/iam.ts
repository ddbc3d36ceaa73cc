/**
 * The permissions that EC2 checks when somebody launches an instance: for the resources of the launch, its profile, and the keys of its
 * volumes.
 */
import { ec2Service, passRole, profileArns, roleArns, useKey } from "../../../resource/iam.ts";
import type { Access, Condition, Grant, IamPlace, ResourceIndex } from "../../kind.ts";
import type { DataVolume, Machine } from "./fields.ts";

/** The resources of RunInstances besides the instance itself. Its volumes and interfaces are created without our tags. */
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

/**
 * Returns the grant to tag parts of a launch. EC2 checks CreateTags for each resource type only with the tags of that type, and these do
 * not include ours.
 */
export function tagInLaunch(types: readonly string[]): Grant {
  return {
    sid: "TagPartsOfLaunch",
    actions: ["ec2:CreateTags"],
    resources: types.map((type) => `${type}/*`),
    condition: { StringEquals: { "ec2:CreateAction": "RunInstances" }, "ForAllValues:StringNotLike": { "aws:TagKeys": "infra:*" } },
  };
}

/** Returns the condition that a launch uses the profile that the YAML names, or none. */
export function profileCondition(profile: string | undefined, index: ResourceIndex, place: IamPlace): Condition {
  return profile === undefined
    ? { Null: { "ec2:InstanceProfile": "true" } }
    : { ArnLike: { "ec2:InstanceProfile": profileArns(profile, index, place) } };
}

/** Returns the grant to pass the role of a profile to EC2. The role in a foreign profile is not known, so the grant covers every role. */
export function passProfile(profile: string | undefined, index: ResourceIndex, place: IamPlace): Grant {
  const role = (index.get(profile ?? "")?.spec as { readonly role?: unknown } | undefined)?.role;
  return passRole(role === undefined ? ["role/*"] : roleArns(role, index, place), ec2Service(place));
}

/** EBS User Guide, "Requirements for Amazon EBS encryption": without these, EC2 accepts the launch and then terminates the instance. */
export const diskActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"];

/**
 * Returns grants for the keys of its volumes. An encrypted volume without a written key uses the account's default key, which may be a
 * customer's key. No policy can name that key.
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
