/** Customer managed policies and their versions, of which each has at most five. */
import type * as Iam from "@aws-sdk/client-iam";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { checkIdentityPolicy, countedLength, encoded } from "./documents.ts";
import { checkName, checkPath, conflict, exists, invalid, limit, noSuch, tagsFrom, tagsShown, untagged } from "./faults.ts";
import { listing, pages, truncated } from "./listing.ts";
import { named, policies, policyKey, roles, type PolicyRecord, type PolicyVersionRecord } from "./state.ts";

/** IAM User Guide, "IAM and AWS STS quotas". */
const quotas = { size: 6_144, versions: 5 };

export const policyOperations: Record<string, Handler> = {
  CreatePolicy(input: Iam.CreatePolicyRequest, call): Iam.CreatePolicyResponse {
    const name = checkName(input.PolicyName, "policyName", 128);
    const path = checkPath(input.Path);
    const document = checkedDocument(input.PolicyDocument);
    if ((input.Description ?? "").length > 1000)
      throw invalid("Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000");
    if (policies(call).has(policyKey(name))) throw exists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    const policy: PolicyRecord = {
      ...named(call, "policy", "ANPA", name, path),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      updated: call.now,
      versions: [{ id: "v1", document, created: call.now }],
      defaultVersion: "v1",
      lastVersion: 1,
      tags: tagsFrom(input.Tags),
    };
    policies(call).set(policyKey(name), policy);
    return { Policy: shown(call, policy) };
  },

  GetPolicy(input: Iam.GetPolicyRequest, call): Iam.GetPolicyResponse {
    const policy = need(call, input.PolicyArn);
    return { Policy: { ...shown(call, policy), Description: policy.description, Tags: tagsShown(policy.tags) } };
  },

  /** Lists policies, without descriptions and tags (IAM API reference, ListPolicies). */
  ListPolicies(input: Iam.ListPoliciesRequest, call): Iam.ListPoliciesResponse {
    if (input.Scope !== "Local") throw new AwsFault("NotImplemented", "The sandbox lists policies of the scope Local only.");
    const { items, more } = listing(call, [...policies(call).values()], input, policyKey);
    return { Policies: items.map((policy) => shown(call, policy)), ...more };
  },

  CreatePolicyVersion(input: Iam.CreatePolicyVersionRequest, call): Iam.CreatePolicyVersionResponse {
    const policy = need(call, input.PolicyArn);
    const document = checkedDocument(input.PolicyDocument);
    if (policy.versions.length >= quotas.versions)
      throw limit(
        `A managed policy can have up to ${quotas.versions} versions. Before you create a new version, you must delete an existing version.`,
      );
    const version = { id: `v${++policy.lastVersion}`, document, created: call.now };
    policy.versions.push(version);
    if (input.SetAsDefault) setDefault(policy, version.id, call);
    return { PolicyVersion: shownVersion(policy, version) };
  },

  GetPolicyVersion(input: Iam.GetPolicyVersionRequest, call): Iam.GetPolicyVersionResponse {
    const policy = need(call, input.PolicyArn);
    const version = needVersion(policy, input.VersionId);
    return { PolicyVersion: { ...shownVersion(policy, version), Document: encoded(version.document) } };
  },

  ListPolicyVersions(input: Iam.ListPolicyVersionsRequest, call): Iam.ListPolicyVersionsResponse {
    const policy = need(call, input.PolicyArn);
    const { items, next } = page(call, [...policy.versions].reverse(), input, { key: (one) => one.id, ...pages });
    return { Versions: items.map((version) => shownVersion(policy, version)), ...truncated(next) };
  },

  SetDefaultPolicyVersion(input: Iam.SetDefaultPolicyVersionRequest, call) {
    const policy = need(call, input.PolicyArn);
    setDefault(policy, needVersion(policy, input.VersionId).id, call);
    return {};
  },

  DeletePolicyVersion(input: Iam.DeletePolicyVersionRequest, call) {
    const policy = need(call, input.PolicyArn);
    const { id } = needVersion(policy, input.VersionId);
    if (id === policy.defaultVersion) throw conflict("Cannot delete the default version of a policy.");
    policy.versions = policy.versions.filter((version) => version.id !== id);
    return {};
  },

  ListEntitiesForPolicy(input: Iam.ListEntitiesForPolicyRequest, call): Iam.ListEntitiesForPolicyResponse {
    const arn = input.PolicyArn ?? "";
    needAttachable(call, arn);
    const isBoundary = input.PolicyUsageFilter === "PermissionsBoundary";
    const holders = [...roles(call).values()].filter((role) => (isBoundary ? role.boundary === arn : role.attached.includes(arn)));
    const { items, next } = page(call, holders, input, { key: (role) => role.arn, ...pages });
    return {
      PolicyGroups: [],
      PolicyUsers: [],
      PolicyRoles: items.map(({ name, uniqueId }) => ({ RoleName: name, RoleId: uniqueId })),
      ...truncated(next),
    };
  },

  TagPolicy(input: Iam.TagPolicyRequest, call) {
    const policy = need(call, input.PolicyArn);
    policy.tags = tagsFrom(input.Tags, policy.tags);
    return {};
  },

  UntagPolicy(input: Iam.UntagPolicyRequest, call) {
    const policy = need(call, input.PolicyArn);
    policy.tags = untagged(policy.tags, input.TagKeys);
    return {};
  },

  DeletePolicy(input: Iam.DeletePolicyRequest, call) {
    const policy = need(call, input.PolicyArn);
    if (countOf(call, policy.arn, false) > 0) throw conflict("Cannot delete a policy attached to entities.");
    if (countOf(call, policy.arn, true) > 0) throw conflict("Cannot delete a policy that is used as a permissions boundary.");
    if (policy.versions.length > 1)
      throw conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions.");
    policies(call).delete(policyKey(policy.name));
    return {};
  },
};

/** Refuses a policy that cannot be attached: a missing policy of this account, or an unknown one of AWS's. */
export function needAttachable(call: Call, arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/.+$/.test(arn)) throw invalid(`ARN ${arn} is not valid.`);
  if (byArn(call, arn) || call.exists("policy", arn)) return;
  throw noSuch(`Policy ${arn} does not exist or is not attachable.`);
}

function need(call: Call, arn = ""): PolicyRecord {
  if (!/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/.+$/.test(arn)) throw invalid(`ARN ${arn} is not valid.`);
  const policy = byArn(call, arn);
  if (!policy || !call.sees(policyKey(policy.name), "id")) throw noSuch(`Policy ${arn} was not found.`);
  return policy;
}

function byArn(call: Call, arn: string): PolicyRecord | undefined {
  const policy = policies(call).get(policyKey(arn.split("/").at(-1)!));
  return policy?.arn === arn ? policy : undefined;
}

function needVersion(policy: PolicyRecord, id: string | undefined): PolicyVersionRecord {
  const version = policy.versions.find((one) => one.id === id);
  if (!version) throw noSuch(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return version;
}

function setDefault(policy: PolicyRecord, id: string, call: Call): void {
  policy.defaultVersion = id;
  policy.updated = call.now;
}

function countOf(call: Call, arn: string, asBoundary: boolean): number {
  return [...roles(call).values()].filter((role) => (asBoundary ? role.boundary === arn : role.attached.includes(arn))).length;
}

function shown(call: Call, policy: PolicyRecord): Iam.Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: countOf(call, policy.arn, false),
    PermissionsBoundaryUsageCount: countOf(call, policy.arn, true),
    IsAttachable: true,
    CreateDate: new Date(policy.created),
    UpdateDate: new Date(policy.updated),
  };
}

function shownVersion(policy: PolicyRecord, { id, created }: PolicyVersionRecord): Iam.PolicyVersion {
  return { VersionId: id, IsDefaultVersion: id === policy.defaultVersion, CreateDate: new Date(created) };
}

function checkedDocument(text: string | undefined): string {
  checkIdentityPolicy(text);
  if (countedLength(text!) > quotas.size) throw limit(`Cannot exceed quota for PolicySize: ${quotas.size}`);
  return text!;
}
