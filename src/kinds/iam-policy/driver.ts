import type { Policy, PolicyVersion } from "@aws-sdk/client-iam";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import type { AwsId, Blocker, Driver, Live, Scope } from "../kind.ts";
import {
  allOf,
  byLowerCase,
  createNamed,
  iamLive,
  isOfSameEnvironment,
  namesToRead,
  pathOf,
  pathOfScope,
  tagsFrom,
  writeTags,
} from "../shared/iam-objects.ts";
import { byEach } from "../shared/lookup.ts";
import { meansSame, parsedPolicy, policyText, type PolicyDocument } from "../shared/policies/documents.ts";
import { unlessDone } from "../shared/unless-done.ts";
import type { Handle, IamPolicy } from "./schema.ts";
import { isInScope } from "../shared/in-scope.ts";

type Sdk = typeof import("../../aws/sdk/iam.ts");
type LivePolicy = Live<IamPolicy, Handle>;

/** The maximum number of versions (IAM User Guide, "Versioning IAM policies"). */
const versionLimit = 5;

/**
 * Milliseconds to wait before a new version becomes the default. If one call did both, the version and its permissions would be missing for
 * moments.
 */
const settling = 5_000;

export function driver(iam: Sdk): Driver<IamPolicy, Handle> {
  return {
    async *list(aws, scope) {
      const pages = aws.iam.pages(iam.ListPoliciesCommand, { Scope: "Local", PathPrefix: pathOfScope(scope) });
      const listed = await allOf(pages, (page) => page.Policies);
      const elsewhere = namesToRead(
        scope,
        "iamPolicy",
        listed.map(({ PolicyName }) => PolicyName!),
      ).slice(listed.length);
      const all = [...listed.map(({ Arn }) => Arn!), ...(await arnsOf(aws, elsewhere)).values()];
      const lives = await Promise.all(all.map((arn) => unlessGone(observe(aws, arn, scope))));
      for (const live of lives) if (live) yield live;
    },

    async get(aws, ids) {
      const lives = await Promise.all(ids.map((arn) => unlessGone(observe(aws, arn))));
      return new Map(lives.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    create(aws, request, identity) {
      const Path = request.path ?? pathOf(identity.tags);
      const send = async () => {
        const { Policy: made } = await aws.iam(
          new iam.CreatePolicyCommand({
            PolicyName: identity.name,
            Path,
            PolicyDocument: policyText(request.document),
            Description: request.description,
            Tags: tagList(identity.tags),
          }),
        );
        return made!.Arn!;
      };
      return createNamed(identity, send, async () => {
        const arn = (await arnsOf(aws, [identity.name])).get(identity.name);
        return arn === undefined ? undefined : { arn, tags: tagsFrom((await policyOf(aws, arn)).Tags) };
      });
    },

    initialState: (request) => ({ spec: request, handle: { version: "v1" } }),

    async update(aws, _stage, live, request, changes) {
      if (changes.document) await setDocument(aws, live.id, request.document);
    },

    /**
     * Deletes a policy. AWS requires that it is attached to nothing and has one version. Our own roles are detached first. Foreign
     * attachments block the delete.
     */
    async delete(aws, live) {
      await detachOurs(aws, live);
      for (const { VersionId, IsDefaultVersion } of (await unlessGone(versionsOf(aws, live.id))) ?? [])
        if (!IsDefaultVersion) await deleteVersion(aws, live.id, VersionId!);
      await unlessGone(aws.iam(new iam.DeletePolicyCommand({ PolicyArn: live.id })));
    },

    tag(aws, { id: PolicyArn }, set, remove) {
      return writeTags(
        set,
        remove,
        (tags) => aws.iam(new iam.TagPolicyCommand({ PolicyArn, Tags: tagList(tags) })),
        (TagKeys) => aws.iam(new iam.UntagPolicyCommand({ PolicyArn, TagKeys })),
      );
    },

    blockers(aws, lives) {
      return byEach(lives, (live) => holdersOf(aws, live));
    },

    named: (aws, names) => arnsOf(aws, names),
  };

  /** Finds the ARNs by name in the list of all policies. A policy is read by its ARN, and the ARN contains its path. */
  async function arnsOf(aws: Aws, names: readonly string[]): Promise<ReadonlyMap<string, AwsId>> {
    if (names.length === 0) return new Map();
    const all = await allOf(aws.iam.pages(iam.ListPoliciesCommand, { Scope: "Local", MaxItems: 1000 }), (page) => page.Policies);
    const byName = byLowerCase(all.map(({ PolicyName, Arn }) => [PolicyName!, Arn!] as const));
    const found = names.map((name) => [name, byName.get(name.toLowerCase())] as const);
    return new Map(found.filter((one): one is readonly [string, string] => one[1] !== undefined));
  }

  async function policyOf(aws: Aws, PolicyArn: AwsId): Promise<Policy> {
    const { Policy: policy } = await aws.iam(new iam.GetPolicyCommand({ PolicyArn }));
    return policy!;
  }

  async function observe(aws: Aws, arn: AwsId, scope?: Scope): Promise<LivePolicy | undefined> {
    const policy = await policyOf(aws, arn);
    const tags = tagsFrom(policy.Tags);
    if (scope && !isInScope(tags, scope)) return undefined;
    const version = policy.DefaultVersionId!;
    return {
      ...iamLive(arn, policy.PolicyName!, tags, policy.CreateDate),
      handle: { version },
      spec: {
        ...(scope?.existence ? {} : { document: await documentOf(aws, arn, version) }),
        description: policy.Description ?? "",
        path: policy.Path,
      },
    };
  }

  async function documentOf(aws: Aws, PolicyArn: AwsId, VersionId: string): Promise<PolicyDocument> {
    const { PolicyVersion: version } = await aws.iam(new iam.GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return parsedPolicy(version?.Document) ?? version?.Document ?? "";
  }

  /**
   * Makes the document the default. A version that already has the text is reused: an earlier attempt made it, or the change is taken back.
   */
  async function setDocument(aws: Aws, PolicyArn: AwsId, document: PolicyDocument): Promise<void> {
    const others = await otherVersions(aws, PolicyArn);
    const same = await versionWith(aws, PolicyArn, others, document);
    if (same) return setDefault(aws, PolicyArn, same.VersionId!);
    const oldest = others.sort(byAge)[0];
    if (oldest && others.length + 1 >= versionLimit) await deleteVersion(aws, PolicyArn, oldest.VersionId!);
    const made = await makeVersion(aws, PolicyArn, document);
    await aws.clock.sleep(settling);
    await setDefault(aws, PolicyArn, made!.VersionId!);
  }

  async function otherVersions(aws: Aws, PolicyArn: AwsId): Promise<PolicyVersion[]> {
    return (await versionsOf(aws, PolicyArn)).filter(({ IsDefaultVersion }) => !IsDefaultVersion);
  }

  /** Creates a version. A policy has at most five, so after a lost answer the version is looked for before it is created again. */
  function makeVersion(aws: Aws, PolicyArn: AwsId, document: PolicyDocument): Promise<PolicyVersion | undefined> {
    const input = { PolicyArn, PolicyDocument: policyText(document), SetAsDefault: false };
    return unlessDone(
      aws,
      async () => (await aws.iam(new iam.CreatePolicyVersionCommand(input), { once: true })).PolicyVersion,
      async () => versionWith(aws, PolicyArn, await otherVersions(aws, PolicyArn), document),
    );
  }

  async function versionWith(
    aws: Aws,
    PolicyArn: AwsId,
    versions: readonly PolicyVersion[],
    document: PolicyDocument,
  ): Promise<PolicyVersion | undefined> {
    for (const version of versions) if (meansSame(await documentOf(aws, PolicyArn, version.VersionId!), document)) return version;
    return undefined;
  }

  async function setDefault(aws: Aws, PolicyArn: AwsId, VersionId: string): Promise<void> {
    await aws.iam(new iam.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId }));
  }

  async function deleteVersion(aws: Aws, PolicyArn: AwsId, VersionId: string): Promise<void> {
    await unlessGone(aws.iam(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId })));
  }

  function versionsOf(aws: Aws, PolicyArn: AwsId): Promise<PolicyVersion[]> {
    return allOf(aws.iam.pages(iam.ListPolicyVersionsCommand, { PolicyArn }), (page) => page.Versions);
  }

  /**
   * The users, groups and roles that have the policy attached or as their boundary. Roles of the environment are detached automatically.
   */
  async function holdersOf(aws: Aws, live: LivePolicy): Promise<Blocker[]> {
    const pages = aws.iam.pages(iam.ListEntitiesForPolicyCommand, { PolicyArn: live.id });
    const answers = (await unlessGone(allOf(pages, (page) => [page]))) ?? [];
    const roles = answers.flatMap(({ PolicyRoles = [] }) => PolicyRoles.map(({ RoleName }) => RoleName!));
    const areOurs = await Promise.all(roles.map((name) => isOurRole(aws, name, live)));
    return [
      ...roles.map((name, i) => holder(live, "role", name, areOurs[i]!)),
      ...answers.flatMap(({ PolicyUsers = [], PolicyGroups = [] }) => [
        ...PolicyUsers.map(({ UserName }) => holder(live, "user", UserName!, false)),
        ...PolicyGroups.map(({ GroupName }) => holder(live, "group", GroupName!, false)),
      ]),
    ];
  }

  async function isOurRole(aws: Aws, RoleName: string, live: LivePolicy): Promise<boolean> {
    const answer = await unlessGone(aws.iam(new iam.GetRoleCommand({ RoleName })));
    return isOfSameEnvironment(tagsFrom(answer?.Role?.Tags), live.tags);
  }

  async function detachOurs(aws: Aws, live: LivePolicy): Promise<void> {
    const PolicyArn = live.id;
    const pages = aws.iam.pages(iam.ListEntitiesForPolicyCommand, {
      PolicyArn,
      PolicyUsageFilter: "PermissionsPolicy",
      EntityFilter: "Role",
    });
    for (const { RoleName } of (await unlessGone(allOf(pages, (page) => page.PolicyRoles))) ?? [])
      if (await isOurRole(aws, RoleName!, live))
        await unlessGone(aws.iam(new iam.DetachRolePolicyCommand({ RoleName: RoleName!, PolicyArn })));
  }
}

function holder(live: LivePolicy, sort: "role" | "user" | "group", name: string, isOurs: boolean): Blocker {
  const id = `${live.id.replace(/:policy\/.*$/, "")}:${sort}/${name}`;
  return { id, what: `the ${sort} ${name}, which has it as a policy or as a permissions boundary`, ...(isOurs ? {} : { holder: id }) };
}

/** Sorts by age: `v10` is younger than `v9`. */
function byAge(a: PolicyVersion, b: PolicyVersion): number {
  return Number(a.VersionId!.slice(1)) - Number(b.VersionId!.slice(1));
}
