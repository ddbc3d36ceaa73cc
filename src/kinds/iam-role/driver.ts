import type { InstanceProfile, Role } from "@aws-sdk/client-iam";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import type { AwsId, Changes, Driver, Live, Scope } from "../kind.ts";
import {
  allOf,
  createNamed,
  iamLive,
  isMeant,
  isOfSameEnvironment,
  nameOf,
  namesToRead,
  pathOf,
  pathOfScope,
  tagsFrom,
  takenOf,
  writeTags,
} from "../shared/iam-objects.ts";
import { parsedPolicy, policyText, type PolicyDocument } from "../shared/policies/documents.ts";
import { byEach } from "../shared/lookup.ts";
import { trustDocument, trustOf, type IamRole } from "./schema.ts";
import { isInScope } from "../shared/in-scope.ts";

type Sdk = typeof import("../../aws/sdk/iam.ts");
type LiveRole = Live<IamRole, null>;

/** The quota of attached policies (IAM User Guide, "IAM and AWS STS quotas"). Beyond it, one is detached before another is attached. */
const attachedLimit = 10;

export function driver(iam: Sdk): Driver<IamRole, null> {
  return {
    async *list(aws, scope) {
      const listed = await allOf(aws.iam.pages(iam.ListRolesCommand, { PathPrefix: pathOfScope(scope) }), (page) => page.Roles);
      const names = namesToRead(
        scope,
        "iamRole",
        listed.map(({ RoleName }) => RoleName!),
      );
      const lives = await Promise.all(names.map((name) => unlessGone(observe(aws, name, scope))));
      for (const live of lives) if (live) yield live;
    },

    async get(aws, ids) {
      const lives = await Promise.all(ids.map((id) => unlessGone(observe(aws, nameOf(id)))));
      return new Map(lives.flatMap((live, i) => (live && isMeant(live, ids[i]!) ? [[live.id, live] as const] : [])));
    },

    create(aws, request, identity) {
      const send = async () => {
        const { Role: made } = await aws.iam(
          new iam.CreateRoleCommand({
            RoleName: identity.name,
            Path: request.path ?? pathOf(identity.tags),
            AssumeRolePolicyDocument: policyText(trustDocument(request.trust)),
            Description: request.description,
            MaxSessionDuration: request.maxSessionDuration,
            PermissionsBoundary: boundaryOf(request),
            Tags: tagList(identity.tags),
          }),
        );
        return made!.Arn!;
      };
      return createNamed(identity, send, async () => {
        const role = await unlessGone(roleOf(aws, identity.name));
        return role && { arn: role.Arn!, tags: tagsFrom(role.Tags) };
      });
    },

    initialState: (request) => ({ spec: { ...request, managedPolicies: [], policies: {} }, handle: null }),

    async update(aws, stage, live, request, changes) {
      if (stage === "access") return setAccess(aws, live, request, changes);
      const PolicyDocument = policyText(trustDocument(request.trust));
      if (changes.trust) await aws.iam(new iam.UpdateAssumeRolePolicyCommand({ RoleName: live.name!, PolicyDocument }));
      if (changes.permissionsBoundary) await setBoundary(aws, live.name!, boundaryOf(request));
      if (changes.description || changes.maxSessionDuration)
        await aws.iam(
          new iam.UpdateRoleCommand({
            RoleName: live.name!,
            Description: request.description ?? live.spec.description ?? "",
            MaxSessionDuration: request.maxSessionDuration ?? 3600,
          }),
        );
    },

    /** Deletes a role. AWS requires that it is empty and in no instance profile. A foreign profile stays and blocks the delete. */
    async delete(aws, live) {
      await unlessGone(empty(aws, live));
      await unlessGone(aws.iam(new iam.DeleteRoleCommand({ RoleName: live.name! })));
    },

    tag(aws, { name: RoleName }, set, remove) {
      return writeTags(
        set,
        remove,
        (tags) => aws.iam(new iam.TagRoleCommand({ RoleName: RoleName!, Tags: tagList(tags) })),
        (TagKeys) => aws.iam(new iam.UntagRoleCommand({ RoleName: RoleName!, TagKeys })),
      );
    },

    blockers(aws, lives) {
      return byEach(lives, async (live) => {
        const holding = (await unlessGone(profilesOf(aws, live))) ?? [];
        const foreign = await Promise.all(holding.map(async (profile) => ((await isOurs(aws, profile, live)) ? [] : [profile])));
        return foreign
          .flat()
          .map(({ Arn, InstanceProfileName }) => ({ id: Arn!, what: `the instance profile ${InstanceProfileName}`, holder: Arn! }));
      });
    },

    named(aws, names) {
      const all = () => allOf(aws.iam.pages(iam.ListRolesCommand, { MaxItems: 1000 }), (page) => page.Roles);
      return takenOf(
        names,
        async (name) => (await roleOf(aws, name)).Arn,
        async () => (await all()).map(({ RoleName, Arn }) => [RoleName!, Arn!] as const),
      );
    },
  };

  async function roleOf(aws: Aws, RoleName: string): Promise<Role> {
    const { Role: role } = await aws.iam(new iam.GetRoleCommand({ RoleName }));
    return role!;
  }

  /** Reads a role. Undefined for a role that is looked up by its name and is not ours. */
  async function observe(aws: Aws, name: string, scope?: Scope): Promise<LiveRole | undefined> {
    const role = await roleOf(aws, name);
    const tags = tagsFrom(role.Tags);
    if (scope && !isInScope(tags, scope)) return undefined;
    const access = scope?.existence ? {} : await accessOf(aws, name);
    const trust = parsedPolicy(role.AssumeRolePolicyDocument);
    return {
      ...iamLive(role.Arn!, role.RoleName!, tags, role.CreateDate),
      handle: null,
      spec: {
        ...(trust ? { trust: trustOf(trust) } : {}),
        permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn ?? "none",
        path: role.Path,
        maxSessionDuration: role.MaxSessionDuration,
        description: role.Description ?? "",
        ...access,
      },
    };
  }

  async function accessOf(aws: Aws, RoleName: string): Promise<Required<Pick<IamRole, "managedPolicies" | "policies">>> {
    const [attached, names] = await Promise.all([attachedTo(aws, RoleName), inlineOf(aws, RoleName)]);
    const policies = await Promise.all(
      names.map(async (PolicyName) => {
        const answer = await unlessGone(aws.iam(new iam.GetRolePolicyCommand({ RoleName, PolicyName })));
        return [PolicyName, answer && (parsedPolicy(answer.PolicyDocument) ?? answer.PolicyDocument)] as const;
      }),
    );
    const there = policies.filter((one): one is readonly [string, PolicyDocument] => one[1] !== undefined);
    return { managedPolicies: attached, policies: Object.fromEntries(there) };
  }

  function attachedTo(aws: Aws, RoleName: string): Promise<AwsId[]> {
    const pages = aws.iam.pages(iam.ListAttachedRolePoliciesCommand, { RoleName });
    return allOf(pages, (page) => page.AttachedPolicies?.map(({ PolicyArn }) => PolicyArn!));
  }

  function inlineOf(aws: Aws, RoleName: string): Promise<string[]> {
    return allOf(aws.iam.pages(iam.ListRolePoliciesCommand, { RoleName }), (page) => page.PolicyNames);
  }

  async function setBoundary(aws: Aws, RoleName: string, PermissionsBoundary: AwsId | undefined): Promise<void> {
    if (PermissionsBoundary === undefined) await unlessGone(aws.iam(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName })));
    else await aws.iam(new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
  }

  /** Grants first and revokes afterwards, so that users of the role are never without both. A role at its quota loses first. */
  async function setAccess(aws: Aws, live: LiveRole, request: IamRole, changes: Changes<IamRole>): Promise<void> {
    const RoleName = live.name!;
    const { added = [], removed = [] } = changes.managedPolicies?.items ?? {};
    const isFull = (live.spec.managedPolicies?.length ?? 0) + added.length > attachedLimit;
    if (isFull) await detach(aws, RoleName, keysOf(removed));
    for (const PolicyArn of keysOf(added)) await aws.iam(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const own = changes.policies?.items;
    for (const PolicyName of keysOf([...(own?.added ?? []), ...(own?.changed ?? [])]))
      await aws.iam(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: policyText(request.policies![PolicyName]!) }));
    if (!isFull) await detach(aws, RoleName, keysOf(removed));
    await deleteInline(aws, RoleName, keysOf(own?.removed ?? []));
  }

  async function detach(aws: Aws, RoleName: string, arns: readonly AwsId[]): Promise<void> {
    for (const PolicyArn of arns) await unlessGone(aws.iam(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn })));
  }

  async function deleteInline(aws: Aws, RoleName: string, names: readonly string[]): Promise<void> {
    for (const PolicyName of names) await unlessGone(aws.iam(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }

  async function empty(aws: Aws, live: LiveRole): Promise<void> {
    const RoleName = live.name!;
    for (const profile of await profilesOf(aws, live))
      if (await isOurs(aws, profile, live)) {
        const InstanceProfileName = profile.InstanceProfileName!;
        await unlessGone(aws.iam(new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName })));
      }
    await detach(aws, RoleName, await attachedTo(aws, RoleName));
    await deleteInline(aws, RoleName, await inlineOf(aws, RoleName));
  }

  function profilesOf(aws: Aws, { name }: LiveRole): Promise<InstanceProfile[]> {
    return allOf(aws.iam.pages(iam.ListInstanceProfilesForRoleCommand, { RoleName: name! }), (page) => page.InstanceProfiles);
  }

  /** Whether the instance profile is ours. A listing returns profiles without their tags. */
  async function isOurs(aws: Aws, { InstanceProfileName }: InstanceProfile, { tags }: LiveRole): Promise<boolean> {
    const answer = await unlessGone(aws.iam(new iam.GetInstanceProfileCommand({ InstanceProfileName: InstanceProfileName! })));
    return answer === undefined || isOfSameEnvironment(tagsFrom(answer.InstanceProfile?.Tags), tags);
  }
}

function boundaryOf({ permissionsBoundary }: IamRole): string | undefined {
  return permissionsBoundary === "none" ? undefined : permissionsBoundary;
}

function keysOf(items: readonly { readonly key: string }[]): string[] {
  return items.map(({ key }) => key);
}
