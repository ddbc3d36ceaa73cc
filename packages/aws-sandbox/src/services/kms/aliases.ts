/** Aliases of keys. They belong to the region and the account, and have no tags (KMS Developer Guide, "Aliases in AWS KMS"). */
import type { CreateAliasRequest, DeleteAliasRequest, ListAliasesRequest, UpdateAliasRequest } from "@aws-sdk/client-kms";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { aliases, needAlive, notFound, type AliasRecord } from "./state.ts";

export const aliasOperations: Record<string, Handler> = {
  CreateAlias(input: CreateAliasRequest, call) {
    const name = checkName(input.AliasName!);
    if (aliases(call).has(name)) throw new AwsFault("AlreadyExistsException", `An alias with the name ${arnOf(call, name)} already exists`);
    const key = needAlive(call, input.TargetKeyId!);
    const ofKey = [...aliases(call).values()].filter(({ target }) => target === key.id).length;
    if (ofKey >= mostAliases) throw new AwsFault("LimitExceededException", `The key has ${mostAliases} aliases already.`);
    aliases(call).set(name, { name, target: key.id, createdAt: call.now, updatedAt: call.now });
    return {};
  },

  UpdateAlias(input: UpdateAliasRequest, call) {
    const alias = needAlias(call, checkName(input.AliasName!));
    alias.target = needAlive(call, input.TargetKeyId!).id;
    alias.updatedAt = call.now;
    return {};
  },

  DeleteAlias(input: DeleteAliasRequest, call) {
    aliases(call).delete(needAlias(call, checkName(input.AliasName!)).name);
    return {};
  },

  ListAliases(input: ListAliasesRequest, call) {
    const all = [...aliases(call).values()].filter(
      ({ name, target }) => call.sees(name, "id") && (input.KeyId === undefined || target === input.KeyId.replace(/^arn:[^/]*:key\//, "")),
    );
    const { items, next } = page(call, all, input, { key: ({ name }) => name, max: 100, size: 50, names: "kms" });
    const Aliases = items.map(({ name, target, createdAt, updatedAt }) => ({
      AliasName: name,
      AliasArn: arnOf(call, name),
      TargetKeyId: target,
      CreationDate: new Date(createdAt),
      LastUpdatedDate: new Date(updatedAt),
    }));
    return { Aliases, ...next, Truncated: next.NextMarker !== undefined };
  },
};

/** The quota of aliases for each KMS key (KMS Developer Guide, "Resource quotas"). */
const mostAliases = 50;

function needAlias(call: Call, name: string): AliasRecord {
  const found = aliases(call).get(name);
  if (!found) throw notFound(`Alias ${arnOf(call, name)} is not found.`);
  return found;
}

function checkName(name: string): string {
  if (name.startsWith("alias/aws/"))
    throw new AwsFault("InvalidAliasNameException", "Aliases that begin with alias/aws/ are reserved for AWS.");
  if (!/^alias\/[A-Za-z0-9/_-]+$/.test(name) || name.length > 256)
    throw new AwsFault("InvalidAliasNameException", 'Alias must start with the prefix "alias/" and hold letters, digits, /, _ and - only.');
  return name;
}

function arnOf(call: Call, name: string): string {
  return `arn:${call.partition}:kms:${call.region}:${call.account}:${name}`;
}
