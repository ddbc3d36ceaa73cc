import { asRead } from "../shared/authored.ts";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { list, object, optional, string } from "../../resource/fields.ts";
import { ownership } from "../../resource/ownership.ts";
import type { AwsId, Driver, Kind, Live, Scope, Tags } from "../kind.ts";
import { checkTagCases, createNamed, tagsFrom, writeTags } from "../shared/iam-objects.ts";
import { isInScope } from "../shared/in-scope.ts";
import { opensWithMore } from "../shared/urgency.ts";

const schema = object({
  url: string("The URL of the issuer of the tokens. An account can have one provider per URL.", {
    pattern: "^https://[^\\s?#/]+(/[^\\s?#]*[^\\s?#/])?$",
    examples: ["https://token.actions.githubusercontent.com"],
  }),
  clientIds: list(string("An audience.", { minLength: 1, maxLength: 255 }), "The audiences (`aud`) of tokens that AWS accepts.", {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    examples: [["sts.amazonaws.com"]],
  }),
  thumbprints: optional(
    list(
      string("40 hexadecimal digits.", { pattern: "^[0-9a-f]{40}$" }),
      "The thumbprints of the issuer's certificates. If omitted: AWS finds them itself; for GitHub, AWS ignores them.",
      { minItems: 1, maxItems: 5, uniqueItems: true },
    ),
  ),
});

export type OidcProvider = Static<typeof schema>;

type LiveProvider = Live<OidcProvider, null>;

const providerEnd = "oidc-provider/*";

export const oidcProvider: Kind<OidcProvider, null> = {
  name: "oidcProvider",
  section: "oidcProviders",
  fromArn: { type: "iam:oidc-provider", idOf: (arn) => arn },
  doc: "An OpenID Connect provider, whose tokens AWS accepts as proof of identity, for example those of GitHub Actions.",
  outputs: { arn: "The ARN." },
  schema,
  fields: {
    url: { change: "replace", because: "a provider is identified by its URL" },
    clientIds: { change: "update", as: "set", urgency: opensWithMore },
    thumbprints: { change: "update", as: "set", urgency: opensWithMore },
  },
  stages: [{ name: "create" }],
  create: "name",
  isGlobal: true,
  slots: ({ spec: { url } }) => [
    { space: "OpenID Connect providers", value: url, path: "url", what: `the single provider that AWS allows for ${url}` },
  ],
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  // The list has only ARNs, so each provider of the account is read.
  readCost: (n) => 1 + n.account,
  iam: {
    read: ["iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"],
    write: [
      "iam:AddClientIDToOpenIDConnectProvider",
      "iam:CreateOpenIDConnectProvider",
      "iam:DeleteOpenIDConnectProvider",
      "iam:RemoveClientIDFromOpenIDConnectProvider",
      "iam:TagOpenIDConnectProvider",
      "iam:UntagOpenIDConnectProvider",
      "iam:UpdateOpenIDConnectProviderThumbprint",
    ],
    remove: ["iam:DeleteOpenIDConnectProvider"],
    onlyFor: { "iam:UpdateOpenIDConnectProviderThumbprint": ["thumbprints"] },
    access: {
      "iam:CreateOpenIDConnectProvider": { made: [providerEnd] },
      "iam:TagOpenIDConnectProvider": { made: [providerEnd], ours: [providerEnd] },
    },
  },
  check: checkTagCases,
  authored: asRead,
  drawn: () => ({ as: "beside", glyph: "person", sub: "OIDC provider" }),
  withoutNetwork: "the network model does not contain permissions",
  load: async () => driver(await import("../../aws/sdk/iam.ts")),
};

type Sdk = typeof import("../../aws/sdk/iam.ts");

function driver(iam: Sdk): Driver<OidcProvider, null> {
  return {
    async *list(aws, scope) {
      const { OpenIDConnectProviderList = [] } = await aws.iam(new iam.ListOpenIDConnectProvidersCommand({}));
      const lives = await Promise.all(OpenIDConnectProviderList.map(({ Arn }) => observe(aws, Arn!, scope)));
      for (const live of lives) if (live) yield live;
    },

    async get(aws, ids) {
      const lives = await Promise.all(ids.map((arn) => observe(aws, arn)));
      return new Map(lives.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    create(aws, request, identity) {
      const send = async () => {
        const { OpenIDConnectProviderArn } = await aws.iam(
          new iam.CreateOpenIDConnectProviderCommand({
            Url: request.url,
            ClientIDList: [...request.clientIds],
            ThumbprintList: request.thumbprints && [...request.thumbprints],
            Tags: tagList(identity.tags),
          }),
        );
        return OpenIDConnectProviderArn!;
      };
      return createNamed(identity, send, async () =>
        observe(aws, arnOf(aws, request.url)).then((live) => live && { arn: live.id, tags: live.tags }),
      );
    },

    initialState: (request) => ({ spec: request, handle: null }),

    async update(aws, _stage, live, request, changes) {
      const OpenIDConnectProviderArn = live.id;
      if (changes.clientIds) {
        const before = live.spec.clientIds ?? [];
        for (const ClientID of request.clientIds.filter((id) => !before.includes(id)))
          await aws.iam(new iam.AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
        for (const ClientID of before.filter((id) => !request.clientIds.includes(id)))
          await aws.iam(new iam.RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
      }
      if (changes.thumbprints && request.thumbprints)
        await aws.iam(
          new iam.UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList: [...request.thumbprints] }),
        );
    },

    async delete(aws, { id: OpenIDConnectProviderArn }) {
      await unlessGone(aws.iam(new iam.DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })));
    },

    tag(aws, { id: OpenIDConnectProviderArn }, set, remove) {
      return writeTags(
        set,
        remove,
        (tags) => aws.iam(new iam.TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: tagList(tags) })),
        (TagKeys) => aws.iam(new iam.UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys })),
      );
    },

    /**
     * Checks for an existing provider. An account can have one provider of a URL, such as GitHub's: it belongs to its first creator, and
     * all others name it by its ARN.
     */
    async preflight(aws, planned) {
      const found = await Promise.all(
        planned.map(async ({ address, request }) => {
          const there = await observe(aws, arnOf(aws, request.url));
          if (!there) return [];
          const owner = environmentOf(there.tags);
          const leaveIt = `remove it here, and write that ARN instead of \${${address.replace("/", ".")}.arn}`;
          const [text, cure] =
            owner === undefined
              ? [
                  `the account already has a provider for ${request.url}: ${there.id}`,
                  `take it over with \`adopt: { id: ${there.id} }\`, or ${leaveIt}`,
                ]
              : [`an account has only one provider for ${request.url}, and it belongs to ${owner}: ${there.id}`, leaveIt];
          return [{ address, path: "url", text, cure, code: "slot-taken" as const }];
        }),
      );
      return { problems: found.flat(), unchecked: [] };
    },
  };

  async function observe(aws: Aws, arn: AwsId, scope?: Scope): Promise<LiveProvider | undefined> {
    const found = await unlessGone(aws.iam(new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })));
    if (!found) return undefined;
    const tags = tagsFrom(found.Tags);
    if (scope && !isInScope(tags, scope)) return undefined;
    return {
      id: arn,
      aliases: [],
      tags,
      state: "ready",
      owner: arn.split(":")[4]!,
      handle: null,
      // IAM returns the URL without its scheme.
      spec: {
        url: `https://${found.Url?.replace(/^https:\/\//, "")}`,
        clientIds: found.ClientIDList ?? [],
        thumbprints: found.ThumbprintList ?? [],
      },
      outputs: { arn },
      ...(found.CreateDate ? { createdAt: found.CreateDate.toISOString() } : {}),
    };
  }
}

/** Returns the environment of a provider as text for people. */
function environmentOf({
  [ownership.project]: project,
  [ownership.environment]: name,
  [ownership.region]: region,
}: Tags): string | undefined {
  return name === undefined ? undefined : `${project ?? "no project"}/${name}${region === undefined ? "" : ` in ${region}`}`;
}

function arnOf({ partition, account }: Aws, url: string): AwsId {
  return `arn:${partition}:iam::${account}:oidc-provider/${url.replace(/^https:\/\//, "")}`;
}
