import { asRead } from "../shared/authored.ts";
import type { ParameterMetadata, ParameterStringFilter } from "@aws-sdk/client-ssm";
import type { Aws } from "../../aws/aws.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { addressOfTag, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import { whyNotParameterName } from "../shared/parameter-names.ts";
import { keepsPrivateKey } from "../shared/instances/private-keys.ts";
import type { AwsId, Driver, Impact, Kind, Live, Scope, Tags } from "../kind.ts";
import { check, textOf } from "./check.ts";
import { schema, type Parameter } from "./schema.ts";

interface Handle {
  readonly type: string;
}

type LiveParameter = Live<Parameter, Handle>;

/** The end of a parameter's ARN. */
const end = "parameter/*";

export const parameter: Kind<Parameter, Handle> = {
  name: "parameter",
  section: "parameters",
  file: "data",
  fromArn: { type: "ssm:parameter", idOf: (arn) => arn.slice(arn.indexOf(":parameter/") + ":parameter".length) },
  doc: "A plain value in Systems Manager's Parameter Store, for programs and other environments to read. Never a secret.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  schema,
  fields: {
    value: {
      change: costOfValue,
      because: { replace: "a list and a text have different types, and the type of a parameter cannot be changed" },
      late: true,
    },
    description: { change: "update", late: true },
    allowedPattern: { change: "update" },
    tier: {
      change: (was) => (was === "Advanced" ? "replace" : "update"),
      because: { replace: "a parameter cannot change from Advanced to Standard" },
    },
  },
  stages: [{ name: "create" }],
  create: "name",
  // Together with the ARN before it, a name has at most 1,011 characters.
  naming: { max: 940, forbidden: /[^A-Za-z0-9_./-]/, whyNot: whyNotParameterName },
  replace: "delete-first",
  keepsId: true,
  // "After deleting a parameter, wait for at least 30 seconds to create a parameter with the same name" (Systems Manager API,
  // DeleteParameter).
  waits: { create: "instant", delete: "instant", lag: 30 },
  tagIndex: { type: "ssm:parameter" },
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 50)) + Math.ceil(ours / 10) + ours,
  iam: {
    read: ["ssm:DescribeParameters", "ssm:ListTagsForResource"],
    // A role that may read a parameter may also read one that is encrypted with AWS's own key.
    readOurs: ["ssm:GetParameters"],
    write: ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource"],
    remove: ["ssm:DeleteParameter"],
    // A put with tags is also an AddTagsToResource (Systems Manager User Guide, "Tagging parameters").
    access: {
      "ssm:AddTagsToResource": { made: [end], ours: [end] },
      "ssm:DeleteParameter": { ours: [end] },
      "ssm:PutParameter": { made: [end], ours: [end] },
      "ssm:RemoveTagsFromResource": { ours: [end] },
    },
  },
  check,
  leaveAlone: (_self, { handle }) =>
    handle.type === "SecureString" ? "it is a SecureString, and a file must not contain a secret" : undefined,
  authored: asRead,
  drawn: () => ({ as: "beside", glyph: "setting", sub: "parameter" }),
  withoutNetwork: "it passes no packets",
  load: async () => driver(await import("../../aws/sdk/ssm.ts")),
};

function costOfValue(was: Parameter["value"] | undefined, now: Parameter["value"] | undefined): Impact {
  return was === undefined || now === undefined || Array.isArray(was) === Array.isArray(now) ? "update" : "replace";
}

type Sdk = typeof import("../../aws/sdk/ssm.ts");

function driver(ssm: Sdk): Driver<Parameter, Handle> {
  return {
    async *list(aws, scope) {
      const { environment, address } = scope;
      const tags = { [ownership.environment]: environment, ...(address !== undefined && { [ownership.resource]: tagOfAddress(address) }) };
      for (const one of await lives(aws, await described(aws, byTags(tags)), scope)) if (!keepsPrivateKey(one.tags)) yield one;
    },

    async get(aws, ids, scope) {
      const found = await Promise.all(batches(ids, 50).map((some) => described(aws, [{ Key: "Name", Option: "Equals", Values: some }])));
      return new Map((await lives(aws, found.flat(), scope)).map((one) => [one.id, one]));
    },

    /** Sends no `Overwrite`, so that Parameter Store refuses a name that is taken. */
    async create(aws, request, identity) {
      const Type = typeof request.value === "string" ? "String" : "StringList";
      await aws.ssm(new ssm.PutParameterCommand({ Name: identity.name, Type, Tags: tagList(identity.tags), ...settings(request) }));
      return identity.name;
    },

    initialState: ({ value }) => ({ spec: { value }, handle: { type: typeof value === "string" ? "String" : "StringList" } }),

    /** Sends all settings in one put, which makes one version. */
    async update(aws, _stage, live, request) {
      await aws.ssm(new ssm.PutParameterCommand({ Name: live.id, Overwrite: true, ...settings(request) }));
    },

    async delete(aws, live) {
      await unlessGone(aws.ssm(new ssm.DeleteParameterCommand({ Name: live.id })));
    },

    async tag(aws, live, set, remove) {
      const of = { ResourceType: "Parameter", ResourceId: live.id } as const;
      if (Object.keys(set).length > 0) await aws.ssm(new ssm.AddTagsToResourceCommand({ ...of, Tags: tagList(set) }));
      if (remove.length > 0) await aws.ssm(new ssm.RemoveTagsFromResourceCommand({ ...of, TagKeys: [...remove] }));
    },

    async named(aws, names) {
      const found = await Promise.all(batches(names, 50).map((some) => described(aws, [{ Key: "Name", Option: "Equals", Values: some }])));
      return new Map(found.flat().map(({ Name }) => [Name!, Name!]));
    },

    async find(aws, tags) {
      return (await described(aws, byTags(tags))).map(({ Name }) => Name!);
    },
  };

  async function described(aws: Aws, ParameterFilters: ParameterStringFilter[]): Promise<ParameterMetadata[]> {
    const found: ParameterMetadata[] = [];
    for await (const page of aws.ssm.pages(ssm.DescribeParametersCommand, { ParameterFilters, MaxResults: 50 }))
      found.push(...(page.Parameters ?? []));
    return found;
  }

  async function lives(aws: Aws, found: readonly ParameterMetadata[], scope: Scope): Promise<LiveParameter[]> {
    const tagged = await Promise.all(found.map(async (one) => ({ one, tags: await tagsIfThere(aws, one.Name!) })));
    const there = tagged.flatMap(({ one, tags }) => (tags ? [{ one, tags }] : []));
    const plain = there.filter(({ one, tags }) => one.Type !== "SecureString" && isRead(tags, scope)).map(({ one }) => one.Name!);
    const values = new Map<string, string>();
    for (const Names of batches(plain, 10)) {
      const { Parameters = [] } = await aws.ssm(new ssm.GetParametersCommand({ Names }));
      for (const { Name, Value } of Parameters) values.set(Name!, Value!);
    }
    return there.map(({ one, tags }) => liveOf(one, tags, values.get(one.Name!)));
  }

  async function tagsIfThere(aws: Aws, ResourceId: AwsId): Promise<Tags | undefined> {
    const answer = await unlessGone(aws.ssm(new ssm.ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId })));
    return answer && tagsOf(answer.TagList);
  }
}

/**
 * Whether the value is read. The values of declared parameters are compared. A parameter that is being adopted has no tags yet, and its
 * value is read as well.
 */
function isRead(tags: Tags, scope: Scope): boolean {
  if (scope.existence) return false;
  const owner = tags[ownership.resource];
  return owner === undefined || (tags[ownership.project] === scope.project && scope.asks(addressOfTag(owner), "value"));
}

function byTags(tags: Tags): ParameterStringFilter[] {
  return Object.entries(tags).map(([key, value]) => ({ Key: `tag:${key}`, Values: [value] }));
}

function settings({ value, description, allowedPattern, tier }: Parameter) {
  return {
    Value: textOf(value),
    ...(description !== undefined && { Description: description }),
    ...(allowedPattern !== undefined && { AllowedPattern: allowedPattern }),
    ...(tier !== undefined && { Tier: tier }),
  };
}

function liveOf(found: ParameterMetadata, tags: Tags, text: string | undefined): LiveParameter {
  const name = found.Name!;
  const arn = found.ARN;
  return {
    id: name,
    aliases: arn === undefined ? [] : [arn],
    tags,
    name,
    ...(arn !== undefined && { owner: arn.split(":")[4] }),
    state: "ready",
    spec: {
      description: found.Description,
      allowedPattern: found.AllowedPattern,
      tier: found.Tier === "Advanced" ? "Advanced" : "Standard",
      ...(text !== undefined && { value: found.Type === "StringList" ? text.split(",") : text }),
    },
    handle: { type: found.Type ?? "String" },
    outputs: { name, ...(arn !== undefined && { arn }) },
  };
}
