import { asRead } from "../shared/authored.ts";
import type { InstanceProfile as AwsProfile } from "@aws-sdk/client-iam";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { object, ref } from "../../resource/fields.ts";
import type { Driver, Kind, Live, Scope } from "../kind.ts";
import { ec2Service, passRole, roleArns } from "../../resource/iam.ts";
import {
  allOf,
  checkTagCases,
  createNamed,
  iamLive,
  iamNaming,
  isMeant,
  nameOf,
  namesToRead,
  pathField,
  pathOf,
  pathOfScope,
  replaceOrder,
  tagsFrom,
  takenOf,
  writeTags,
} from "../shared/iam-objects.ts";
import { textOf } from "../shared/told.ts";
import { isInScope } from "../shared/in-scope.ts";

const schema = object({
  role: ref("iamRole", "The role that instances with this profile assume; a profile holds one role.", { named: true }),
  path: pathField,
});

export type InstanceProfile = Static<typeof schema>;

/** The role that the profile has now. */
interface Handle {
  readonly role: string | undefined;
}

type LiveProfile = Live<InstanceProfile, Handle>;

const profileEnd = "instance-profile/*";

export const instanceProfile: Kind<InstanceProfile, Handle> = {
  name: "instanceProfile",
  section: "instanceProfiles",
  fromArn: { type: "iam:instance-profile", idOf: (arn) => arn.slice(arn.lastIndexOf("/") + 1) },
  doc: "An instance profile, with which EC2 passes a role to an instance.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  summary: ({ role }) => ({ line: `for ${textOf(role)}`, tells: ["role"] }),
  schema,
  fields: {
    role: { change: "update", because: "instances get the credentials of the new role some minutes later", urgency: "safety" },
    path: { change: "replace", because: "the path is part of the ARN" },
  },
  stages: [{ name: "create" }, { name: "role", fields: ["role"] }],
  create: "name",
  isGlobal: true,
  naming: iamNaming(128),
  replace: replaceOrder,
  waits: { create: "instant", delete: "instant" },
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 100)) + n.ours,
  iam: {
    read: ["iam:GetInstanceProfile", "iam:ListInstanceProfiles"],
    write: [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:UntagInstanceProfile",
    ],
    remove: ["iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
    access: {
      "iam:CreateInstanceProfile": { made: [profileEnd] },
      "iam:TagInstanceProfile": { made: [profileEnd], ours: [profileEnd] },
    },
    implied: ({ spec }, index, place) => [passRole(roleArns(spec.role, index, place), ec2Service(place))],
  },
  check: checkTagCases,
  authored: asRead,
  drawn: () => ({ as: "hidden", sub: "instance profile" }),
  withoutNetwork: "the network model does not contain permissions",
  load: async () => driver(await import("../../aws/sdk/iam.ts")),
};

type Sdk = typeof import("../../aws/sdk/iam.ts");

function driver(iam: Sdk): Driver<InstanceProfile, Handle> {
  return {
    async *list(aws, scope) {
      const pages = aws.iam.pages(iam.ListInstanceProfilesCommand, { PathPrefix: pathOfScope(scope) });
      const listed = await allOf(pages, (page) => page.InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName!));
      const names = namesToRead(scope, "instanceProfile", listed);
      const lives = await Promise.all(names.map((name) => unlessGone(observe(aws, name, scope))));
      for (const live of lives) if (live) yield live;
    },

    async get(aws, ids) {
      const lives = await Promise.all(ids.map((id) => unlessGone(observe(aws, nameOf(id)))));
      return new Map(lives.flatMap((live, i) => (live && isMeant(live, ids[i]!) ? [[live.id, live] as const] : [])));
    },

    create(aws, request, identity) {
      const send = async () => {
        const { InstanceProfile: made } = await aws.iam(
          new iam.CreateInstanceProfileCommand({
            InstanceProfileName: identity.name,
            Path: request.path ?? pathOf(identity.tags),
            Tags: tagList(identity.tags),
          }),
        );
        return made!.Arn!;
      };
      return createNamed(identity, send, async () => {
        const profile = await unlessGone(profileOf(aws, identity.name));
        return profile && { arn: profile.Arn!, tags: tagsFrom(profile.Tags) };
      });
    },

    initialState: (request) => ({ spec: { ...request, role: "" }, handle: { role: undefined } }),

    /** Changes the role. Between the two calls the profile is empty for a moment, but instances keep the credentials that they have. */
    async update(aws, stage, live, request, changes) {
      if (stage !== "role" || !changes.role) return;
      const { role: before } = live.handle;
      if (before !== undefined) await takeOut(aws, live, before);
      await putIn(aws, live, nameOf(request.role));
    },

    async delete(aws, live) {
      const InstanceProfileName = live.name!;
      const now = await unlessGone(profileOf(aws, InstanceProfileName));
      const role = now?.Roles?.[0]?.RoleName;
      if (role !== undefined) await takeOut(aws, live, role);
      await unlessGone(aws.iam(new iam.DeleteInstanceProfileCommand({ InstanceProfileName })));
    },

    tag(aws, { name }, set, remove) {
      const InstanceProfileName = name!;
      return writeTags(
        set,
        remove,
        (tags) => aws.iam(new iam.TagInstanceProfileCommand({ InstanceProfileName, Tags: tagList(tags) })),
        (TagKeys) => aws.iam(new iam.UntagInstanceProfileCommand({ InstanceProfileName, TagKeys })),
      );
    },

    named(aws, names) {
      const all = () => allOf(aws.iam.pages(iam.ListInstanceProfilesCommand, { MaxItems: 1000 }), (page) => page.InstanceProfiles);
      return takenOf(
        names,
        async (name) => (await profileOf(aws, name)).Arn,
        async () => (await all()).map(({ InstanceProfileName, Arn }) => [InstanceProfileName!, Arn!] as const),
      );
    },
  };

  async function profileOf(aws: Aws, InstanceProfileName: string): Promise<AwsProfile> {
    const { InstanceProfile: profile } = await aws.iam(new iam.GetInstanceProfileCommand({ InstanceProfileName }));
    return profile!;
  }

  async function observe(aws: Aws, name: string, scope?: Scope): Promise<LiveProfile | undefined> {
    const profile = await profileOf(aws, name);
    const tags = tagsFrom(profile.Tags);
    if (scope && !isInScope(tags, scope)) return undefined;
    const role = profile.Roles?.[0];
    return {
      ...iamLive(profile.Arn!, profile.InstanceProfileName!, tags, profile.CreateDate),
      handle: { role: role?.RoleName },
      spec: { role: role?.Arn ?? "", path: profile.Path },
    };
  }

  /** Adds the role. It may already be there, because the answer to an earlier attempt was lost. */
  async function putIn(aws: Aws, { name }: LiveProfile, RoleName: string): Promise<void> {
    const InstanceProfileName = name!;
    try {
      await soon(aws, () => aws.iam(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName })));
    } catch (error) {
      if (!hasCode(error, "LimitExceeded", "LimitExceededException")) throw error;
      const now = await profileOf(aws, InstanceProfileName);
      if (now.Roles?.[0]?.RoleName !== RoleName) throw error;
    }
  }

  async function takeOut(aws: Aws, { name }: LiveProfile, RoleName: string): Promise<void> {
    await unlessGone(aws.iam(new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name!, RoleName })));
  }
}
