/** Instance profiles, with at most one role each. */
import type * as Iam from "@aws-sdk/client-iam";
import type { Call, Handler } from "../../model.ts";
import { checkName, checkPath, conflict, exists, limit, noSuch, tagsFrom, tagsShown, untagged } from "./faults.ts";
import { listing } from "./listing.ts";
import { needRole, roleOrFact, shown as shownRole } from "./roles.ts";
import { named, profileKey, profiles, type ProfileRecord } from "./state.ts";

export const profileOperations: Record<string, Handler> = {
  CreateInstanceProfile(input: Iam.CreateInstanceProfileRequest, call): Iam.CreateInstanceProfileResponse {
    const name = checkName(input.InstanceProfileName, "instanceProfileName", 128);
    const path = checkPath(input.Path);
    if (profiles(call).has(profileKey(name)) || call.exists("instanceProfile", name))
      throw exists(`Instance Profile ${name} already exists.`);
    const profile: ProfileRecord = { ...named(call, "instance-profile", "AIPA", name, path), tags: tagsFrom(input.Tags) };
    profiles(call).set(profileKey(name), profile);
    return { InstanceProfile: shown(call, profile) };
  },

  GetInstanceProfile(input: Iam.GetInstanceProfileRequest, call): Iam.GetInstanceProfileResponse {
    const profile = profileOrFact(call, input.InstanceProfileName);
    return { InstanceProfile: { ...shown(call, profile), Tags: tagsShown(profile.tags) } };
  },

  /** Lists profiles, without tags (IAM API reference, ListInstanceProfiles). */
  ListInstanceProfiles(input: Iam.ListInstanceProfilesRequest, call): Iam.ListInstanceProfilesResponse {
    const { items, more } = listing(call, [...profiles(call).values()], input, profileKey);
    return { InstanceProfiles: items.map((profile) => shown(call, profile)), ...more };
  },

  ListInstanceProfilesForRole(input: Iam.ListInstanceProfilesForRoleRequest, call): Iam.ListInstanceProfilesForRoleResponse {
    const role = needRole(call, input.RoleName);
    const holding = [...profiles(call).values()].filter((profile) => profile.role?.name === role.name);
    const { items, more } = listing(call, holding, input as { PathPrefix?: string }, profileKey);
    return { InstanceProfiles: items.map((profile) => shown(call, profile)), ...more };
  },

  AddRoleToInstanceProfile(input: Iam.AddRoleToInstanceProfileRequest, call) {
    const profile = need(call, input.InstanceProfileName);
    const role = roleOrFact(call, input.RoleName);
    if (profile.role) throw limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    profile.role = { name: role.name, since: call.now };
    return {};
  },

  RemoveRoleFromInstanceProfile(input: Iam.RemoveRoleFromInstanceProfileRequest, call) {
    const profile = need(call, input.InstanceProfileName);
    if (profile.role?.name.toLowerCase() !== input.RoleName?.toLowerCase())
      throw noSuch(`Role ${input.RoleName} in Instance Profile ${profile.name} cannot be found.`);
    delete profile.role;
    return {};
  },

  TagInstanceProfile(input: Iam.TagInstanceProfileRequest, call) {
    const profile = need(call, input.InstanceProfileName);
    profile.tags = tagsFrom(input.Tags, profile.tags);
    return {};
  },

  UntagInstanceProfile(input: Iam.UntagInstanceProfileRequest, call) {
    const profile = need(call, input.InstanceProfileName);
    profile.tags = untagged(profile.tags, input.TagKeys);
    return {};
  },

  /** Deletes a profile. IAM does not check whether instances use it. */
  DeleteInstanceProfile(input: Iam.DeleteInstanceProfileRequest, call) {
    const profile = need(call, input.InstanceProfileName);
    if (profile.role) throw conflict("Cannot delete entity, must remove roles from instance profile first.");
    profiles(call).delete(profileKey(profile.name));
    return {};
  },
};

function need(call: Call, name: string | undefined): ProfileRecord {
  const profile = profiles(call).get(profileKey(name ?? ""));
  if (!profile || !call.sees(profileKey(profile.name), "id")) throw noSuch(`Instance Profile ${name} cannot be found.`);
  return profile;
}

function profileOrFact(call: Call, name = ""): ProfileRecord {
  if (profiles(call).has(profileKey(name)) || !call.exists("instanceProfile", name)) return need(call, name);
  const arn = `arn:${call.partition}:iam::${call.account}:instance-profile/${name}`;
  return { arn, uniqueId: "AIPASANDBOXSANDBOX000", name, path: "/", created: 0, tags: {} };
}

function shown(call: Call, profile: ProfileRecord): Iam.InstanceProfile {
  const role = profile.role && roleOrFact(call, profile.role.name);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.uniqueId,
    Arn: profile.arn,
    CreateDate: new Date(profile.created),
    Roles: role ? [shownRole(call, role)] : [],
  };
}
