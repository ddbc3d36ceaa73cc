/** OpenID Connect identity providers: one for each URL in an account. */
import type * as Iam from "@aws-sdk/client-iam";
import type { Call, Handler } from "../../model.ts";
import { exists, invalid, limit, noSuch, tagsFrom, tagsShown, untagged } from "./faults.ts";
import { providers, type ProviderRecord } from "./state.ts";

/** The default fingerprint of the issuer's certificate. IAM fetches it itself; the sandbox does not. */
const fetchedThumbprint = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280";

export const providerOperations: Record<string, Handler> = {
  CreateOpenIDConnectProvider(input: Iam.CreateOpenIDConnectProviderRequest, call): Iam.CreateOpenIDConnectProviderResponse {
    const url = checkedUrl(input.Url);
    const arn = `arn:${call.partition}:iam::${call.account}:oidc-provider/${url}`;
    if (providers(call).has(arn)) throw exists(`Provider with url ${input.Url} already exists.`);
    providers(call).set(arn, {
      arn,
      url,
      created: call.now,
      clientIds: checkedClients([...(input.ClientIDList ?? [])]),
      thumbprints: input.ThumbprintList?.length ? checkedThumbprints(input.ThumbprintList) : [fetchedThumbprint],
      tags: tagsFrom(input.Tags),
    });
    return { OpenIDConnectProviderArn: arn, Tags: input.Tags };
  },

  GetOpenIDConnectProvider(input: Iam.GetOpenIDConnectProviderRequest, call): Iam.GetOpenIDConnectProviderResponse {
    const { url, clientIds, thumbprints, created, tags } = need(call, input.OpenIDConnectProviderArn);
    return { Url: url, ClientIDList: clientIds, ThumbprintList: thumbprints, CreateDate: new Date(created), Tags: tagsShown(tags) };
  },

  /** Lists all ARNs, without pages. */
  ListOpenIDConnectProviders(_input: Iam.ListOpenIDConnectProvidersRequest, call): Iam.ListOpenIDConnectProvidersResponse {
    const all = [...providers(call).values()].filter(({ arn }) => call.sees(arn, "id"));
    return { OpenIDConnectProviderList: all.map(({ arn }) => ({ Arn: arn })) };
  },

  /** Adds a client id. Adding an existing one changes nothing. */
  AddClientIDToOpenIDConnectProvider(input: Iam.AddClientIDToOpenIDConnectProviderRequest, call) {
    const provider = need(call, input.OpenIDConnectProviderArn);
    if (!provider.clientIds.includes(input.ClientID!)) provider.clientIds = checkedClients([...provider.clientIds, input.ClientID!]);
    return {};
  },

  RemoveClientIDFromOpenIDConnectProvider(input: Iam.RemoveClientIDFromOpenIDConnectProviderRequest, call) {
    const provider = need(call, input.OpenIDConnectProviderArn);
    provider.clientIds = provider.clientIds.filter((id) => id !== input.ClientID);
    return {};
  },

  UpdateOpenIDConnectProviderThumbprint(input: Iam.UpdateOpenIDConnectProviderThumbprintRequest, call) {
    const provider = need(call, input.OpenIDConnectProviderArn);
    provider.thumbprints = checkedThumbprints(input.ThumbprintList ?? []);
    return {};
  },

  TagOpenIDConnectProvider(input: Iam.TagOpenIDConnectProviderRequest, call) {
    const provider = need(call, input.OpenIDConnectProviderArn);
    provider.tags = tagsFrom(input.Tags, provider.tags);
    return {};
  },

  UntagOpenIDConnectProvider(input: Iam.UntagOpenIDConnectProviderRequest, call) {
    const provider = need(call, input.OpenIDConnectProviderArn);
    provider.tags = untagged(provider.tags, input.TagKeys);
    return {};
  },

  DeleteOpenIDConnectProvider(input: Iam.DeleteOpenIDConnectProviderRequest, call) {
    const { arn } = need(call, input.OpenIDConnectProviderArn);
    providers(call).delete(arn);
    return {};
  },
};

function need(call: Call, arn = ""): ProviderRecord {
  const provider = providers(call).get(arn);
  if (!provider || !call.sees(arn, "id")) throw noSuch(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}

function checkedUrl(url: string | undefined): string {
  const [, rest] = /^https:\/\/([^\s?#]+?)\/?$/.exec(url ?? "") ?? [];
  if (rest === undefined || rest.length > 255) throw invalid("Invalid Open ID Connect Provider URL");
  return rest;
}

function checkedClients(ids: string[]): string[] {
  if (ids.length > 100) throw limit("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100");
  if (ids.some((id) => id === "" || id.length > 255))
    throw invalid("Value at 'clientID' failed to satisfy constraint: Member must have length between 1 and 255");
  return ids;
}

function checkedThumbprints(given: readonly string[]): string[] {
  if (given.length === 0) throw invalid("Thumbprint list must contain at least one entry.");
  if (given.length > 5) throw invalid("Thumbprint list must contain fewer than 5 entries.");
  if (given.some((one) => !/^[0-9a-fA-F]{40}$/.test(one))) throw invalid("Invalid thumbprint: it must have 40 hexadecimal digits");
  return [...given];
}
