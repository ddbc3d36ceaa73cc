/** Roles with their trust policy, permissions boundary, inline and attached policies. */
import type * as Iam from "@aws-sdk/client-iam";
import type { Call, Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { checkIdentityPolicy, countedLength, encoded } from "./documents.ts";
import { checkName, checkPath, conflict, exists, invalid, limit, noSuch, tagsFrom, tagsShown, untagged } from "./faults.ts";
import { listing, pages, truncated } from "./listing.ts";
import { needAttachable } from "./policies.ts";
import { keptTrust, shownTrust } from "./principals.ts";
import { named, profiles, roleKey, roles, type RoleRecord } from "./state.ts";

/** IAM User Guide, "IAM and AWS STS quotas". */
const quotas = { trust: 2_048, inline: 10_240, attached: 10, roles: 1_000 };

export const roleOperations: Record<string, Handler> = {
  CreateRole(input: Iam.CreateRoleRequest, call): Iam.CreateRoleResponse {
    const name = checkName(input.RoleName, "roleName", 64);
    const path = checkPath(input.Path);
    const trust = checkedTrust(call, input.AssumeRolePolicyDocument);
    checkSettings(input);
    if (roles(call).has(roleKey(name))) throw exists(`Role with name ${name} already exists.`);
    if (call.exists("role", name)) throw exists(`Role with name ${name} already exists.`);
    if (roles(call).size >= quotas.roles) throw limit(`Cannot exceed quota for RolesPerAccount: ${quotas.roles}`);
    if (input.PermissionsBoundary !== undefined) needAttachable(call, input.PermissionsBoundary);
    const role: RoleRecord = {
      ...named(call, "role", "AROA", name, path),
      ...trust,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      maxSession: input.MaxSessionDuration ?? 3600,
      ...(input.PermissionsBoundary === undefined ? {} : { boundary: input.PermissionsBoundary }),
      inline: {},
      attached: [],
      tags: tagsFrom(input.Tags),
    };
    roles(call).set(roleKey(name), role);
    return { Role: shown(call, role) };
  },

  GetRole(input: Iam.GetRoleRequest, call): Iam.GetRoleResponse {
    const role = roleOrFact(call, input.RoleName);
    const boundary = role.boundary && {
      PermissionsBoundary: { PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const, PermissionsBoundaryArn: role.boundary },
    };
    return { Role: { ...shown(call, role), ...boundary, Tags: tagsShown(role.tags), RoleLastUsed: {} } };
  },

  /** Lists roles, without tags and boundaries (IAM API reference, ListRoles). */
  ListRoles(input: Iam.ListRolesRequest, call): Iam.ListRolesResponse {
    const { items, more } = listing(call, [...roles(call).values()], input, roleKey);
    return { Roles: items.map((role) => shown(call, role)), ...more };
  },

  /** Updates a role. Values that the call does not give stay. */
  UpdateRole(input: Iam.UpdateRoleRequest, call): Iam.UpdateRoleResponse {
    const role = need(call, input.RoleName);
    checkSettings(input);
    if (input.Description !== undefined) role.description = input.Description;
    if (input.MaxSessionDuration !== undefined) role.maxSession = input.MaxSessionDuration;
    return {};
  },

  UpdateAssumeRolePolicy(input: Iam.UpdateAssumeRolePolicyRequest, call) {
    const role = need(call, input.RoleName);
    Object.assign(role, checkedTrust(call, input.PolicyDocument));
    return {};
  },

  PutRolePermissionsBoundary(input: Iam.PutRolePermissionsBoundaryRequest, call) {
    const role = need(call, input.RoleName);
    needAttachable(call, input.PermissionsBoundary ?? "");
    role.boundary = input.PermissionsBoundary!;
    return {};
  },

  DeleteRolePermissionsBoundary(input: Iam.DeleteRolePermissionsBoundaryRequest, call) {
    const role = need(call, input.RoleName);
    if (role.boundary === undefined) throw noSuch(`Role ${role.name} does not have a permissions boundary.`);
    delete role.boundary;
    return {};
  },

  PutRolePolicy(input: Iam.PutRolePolicyRequest, call) {
    const role = need(call, input.RoleName);
    const name = checkName(input.PolicyName, "policyName", 128);
    checkIdentityPolicy(input.PolicyDocument);
    const sum = Object.values({ ...role.inline, [name]: input.PolicyDocument! }).reduce((all, text) => all + countedLength(text), 0);
    if (sum > quotas.inline) throw limit(`Maximum policy size of ${quotas.inline} bytes exceeded for role ${role.name}`);
    role.inline[name] = input.PolicyDocument!;
    return {};
  },

  GetRolePolicy(input: Iam.GetRolePolicyRequest, call): Iam.GetRolePolicyResponse {
    const role = roleOrFact(call, input.RoleName);
    const text = role.inline[input.PolicyName ?? ""];
    if (text === undefined) throw noSuch(`The role policy with name ${input.PolicyName} cannot be found.`);
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encoded(text) };
  },

  DeleteRolePolicy(input: Iam.DeleteRolePolicyRequest, call) {
    const role = need(call, input.RoleName);
    if (role.inline[input.PolicyName ?? ""] === undefined) throw noSuch(`The role policy with name ${input.PolicyName} cannot be found.`);
    delete role.inline[input.PolicyName!];
    return {};
  },

  ListRolePolicies(input: Iam.ListRolePoliciesRequest, call): Iam.ListRolePoliciesResponse {
    const { items, next } = page(call, Object.keys(roleOrFact(call, input.RoleName).inline).sort(), input, { key: (one) => one, ...pages });
    return { PolicyNames: [...items], ...truncated(next) };
  },

  /** Attaches a policy. Attaching it again changes nothing. */
  AttachRolePolicy(input: Iam.AttachRolePolicyRequest, call) {
    const role = need(call, input.RoleName);
    const arn = input.PolicyArn ?? "";
    needAttachable(call, arn);
    if (role.attached.includes(arn)) return {};
    if (role.attached.length >= quotas.attached) throw limit(`Cannot exceed quota for PoliciesPerRole: ${quotas.attached}`);
    role.attached.push(arn);
    return {};
  },

  DetachRolePolicy(input: Iam.DetachRolePolicyRequest, call) {
    const role = need(call, input.RoleName);
    if (!role.attached.includes(input.PolicyArn ?? "")) throw noSuch(`Policy ${input.PolicyArn} was not found.`);
    role.attached = role.attached.filter((arn) => arn !== input.PolicyArn);
    return {};
  },

  ListAttachedRolePolicies(input: Iam.ListAttachedRolePoliciesRequest, call): Iam.ListAttachedRolePoliciesResponse {
    const { items, next } = page(call, roleOrFact(call, input.RoleName).attached, input, { key: (one) => one, ...pages });
    return { AttachedPolicies: items.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split("/").at(-1) })), ...truncated(next) };
  },

  TagRole(input: Iam.TagRoleRequest, call) {
    const role = need(call, input.RoleName);
    role.tags = tagsFrom(input.Tags, role.tags);
    return {};
  },

  UntagRole(input: Iam.UntagRoleRequest, call) {
    const role = need(call, input.RoleName);
    role.tags = untagged(role.tags, input.TagKeys);
    return {};
  },

  DeleteRole(input: Iam.DeleteRoleRequest, call) {
    const role = need(call, input.RoleName);
    if ([...profiles(call).values()].some((profile) => profile.role?.name === role.name))
      throw conflict("Cannot delete entity, must remove roles from instance profile first.");
    if (role.attached.length > 0) throw conflict("Cannot delete entity, must detach all policies first.");
    if (Object.keys(role.inline).length > 0) throw conflict("Cannot delete entity, must delete policies first.");
    roles(call).delete(roleKey(role.name));
    return {};
  },
};

export function needRole(call: Call, name: string | undefined): RoleRecord {
  return need(call, name);
}

/** A role in the form of all answers, without the values that only GetRole shows. */
export function shown(call: Call, role: RoleRecord): Iam.Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.uniqueId,
    Arn: role.arn,
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encoded(shownTrust(call, role)),
    Description: role.description,
    MaxSessionDuration: role.maxSession,
  };
}

function need(call: Call, name: string | undefined): RoleRecord {
  const role = roles(call).get(roleKey(name ?? ""));
  if (!role || !call.sees(roleKey(role.name), "id")) throw noSuch(`The role with name ${name} cannot be found.`);
  return role;
}

/** The role with a name, also one in the account's facts. Of such a role only the name is known. */
export function roleOrFact(call: Call, name = ""): RoleRecord {
  if (roles(call).has(roleKey(name)) || !call.exists("role", name)) return need(call, name);
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: call.account }, Action: "sts:AssumeRole" }],
  });
  const arn = `arn:${call.partition}:iam::${call.account}:role/${name}`;
  return {
    arn,
    uniqueId: "AROASANDBOXSANDBOX000",
    name,
    path: "/",
    created: 0,
    tags: {},
    trust,
    principals: {},
    maxSession: 3600,
    inline: {},
    attached: [],
  };
}

function checkedTrust(call: Call, text: string | undefined): Pick<RoleRecord, "trust" | "principals"> {
  const kept = keptTrust(call, text);
  if (countedLength(text ?? "") > quotas.trust) throw limit(`Cannot exceed quota for ACLSizePerRole: ${quotas.trust}`);
  return kept;
}

function checkSettings({
  Description,
  MaxSessionDuration,
}: {
  readonly Description?: string | undefined;
  readonly MaxSessionDuration?: number | undefined;
}): void {
  if (Description !== undefined && !/^[\t\n\r\x20-\xff]{0,1000}$/.test(Description))
    throw invalid("Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern");
  if (MaxSessionDuration !== undefined && (MaxSessionDuration < 3600 || MaxSessionDuration > 43_200))
    throw invalid("Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200");
}
