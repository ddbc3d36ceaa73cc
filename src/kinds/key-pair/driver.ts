import type { KeyPairInfo } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagEc2, tagSpecifications } from "../../aws/tagging.ts";
import { addressOfTag, environmentFilter, literal, ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live, Scope, Tags } from "../kind.ts";
import { idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { existingParameters, forgetKey, keepNewKey, whyNotKept } from "./kept.ts";
import { parameterTag, type Handle, type KeyPair } from "./schema.ts";

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<KeyPair, Handle> {
  return {
    async *list(aws, scope) {
      const { KeyPairs = [] } = await aws.ec2(
        new ec2.DescribeKeyPairsCommand({ Filters: environmentFilter(scope), IncludePublicKey: true }),
      );
      yield* await lives(aws, KeyPairs, scope);
    },

    async get(aws, ids, scope) {
      const found: KeyPairInfo[] = [];
      for (const Filters of idFilters("key-name", ids.map(literal)))
        found.push(...((await aws.ec2(new ec2.DescribeKeyPairsCommand({ Filters, IncludePublicKey: true }))).KeyPairs ?? []));
      return new Map((await lives(aws, found, scope)).map((one) => [one.id, one]));
    },

    /** Stores the private key before importing its public half, so that no key pair exists without a stored private key. */
    async create(aws, { publicKey, generate, privateKey }, identity) {
      const line = generate && privateKey ? await keepNewKey(aws, generate, privateKey, identity) : publicKey!;
      await aws.ec2(
        new ec2.ImportKeyPairCommand({
          KeyName: identity.name,
          PublicKeyMaterial: new TextEncoder().encode(line.trim()),
          TagSpecifications: tagSpecifications("key-pair", identity.tags),
        }),
        { once: true },
      );
      return identity.name;
    },

    initialState: ({ publicKey }) => (publicKey === undefined ? undefined : { spec: { publicKey }, handle: { keyPairId: "" } }),

    /** Deletes the parameter first. After the key pair is gone, nothing would show that the parameter exists. */
    async delete(aws, live, run) {
      const kept = live.tags[parameterTag];
      if (kept !== undefined && run.mayDestroy) {
        const isGone = await forgetKey(aws, kept, live.tags);
        run.say(
          isGone
            ? `deleted the private key in the parameter ${kept}`
            : `the parameter ${kept} no longer contains the private key of this pair, so it stays`,
        );
      } else if (kept !== undefined) run.say(`the private key stays in the parameter ${kept}`);
      await unlessGone(aws.ec2(new ec2.DeleteKeyPairCommand({ KeyName: live.id })));
    },

    tag: (aws, live, set, remove) => tagEc2(aws, [live.handle.keyPairId], set, remove),

    async named(aws, names) {
      const found = new Map<string, AwsId>();
      for (const Filters of idFilters("key-name", names.map(literal)))
        for (const { KeyName } of (await aws.ec2(new ec2.DescribeKeyPairsCommand({ Filters }))).KeyPairs ?? [])
          found.set(KeyName!, KeyName!);
      return found;
    },

    async find(aws, tags, owner = aws.account) {
      if (owner !== aws.account) return []; // EC2 lists the account's own keys only
      const { KeyPairs = [] } = await aws.ec2(new ec2.DescribeKeyPairsCommand({ Filters: tagFilters(tags) }));
      return KeyPairs.filter((found) => isMeant(found, tags, owner)).map((found) => found.KeyName!);
    },

    async preflight(aws, planned, { scope: { project, environment } }) {
      const problems = await Promise.all(
        planned.map(async ({ address, request: { privateKey } }) => {
          if (privateKey === undefined) return [];
          const pair = { [ownership.project]: project, [ownership.environment]: environment, [ownership.resource]: tagOfAddress(address) };
          const why = await whyNotKept(aws, privateKey.ssmParameter, pair);
          return why === undefined ? [] : [{ address, path: "privateKey.ssmParameter", text: why }];
        }),
      );
      return { problems: problems.flat(), unchecked: [] };
    },
  };
}

/** Reads key pairs. The parameter is looked up only where the file still names it. */
async function lives(aws: Aws, found: readonly KeyPairInfo[], scope: Scope): Promise<Live<KeyPair, Handle>[]> {
  const all = found.map((one) => liveOf(aws.account, one));
  const asked = scope.existence ? [] : all.flatMap(({ tags }) => (isAsked(tags, scope) ? tags[parameterTag]! : []));
  if (asked.length === 0) return all;
  const there = await existingParameters(aws, asked);
  return all.map((one) => {
    const kept = one.tags[parameterTag];
    const isLost = kept !== undefined && asked.includes(kept) && !there.has(kept);
    return isLost ? { ...one, spec: { ...one.spec, privateKey: undefined } } : one;
  });
}

/** Whether the file still names the place of the private key of this key pair. */
function isAsked(tags: Tags, scope: Scope): boolean {
  const address = addressOfTag(tags[ownership.resource] ?? "");
  return tags[parameterTag] !== undefined && tags[ownership.project] === scope.project && scope.asks(address, "privateKey");
}

function liveOf(account: string, found: KeyPairInfo): Live<KeyPair, Handle> {
  const tags = tagsOf(found.Tags);
  const publicKey = found.PublicKey?.trim();
  const kept = tags[parameterTag];
  return {
    id: found.KeyName!,
    aliases: [found.KeyPairId!],
    tags,
    owner: account, // EC2 lists the account's own keys only
    name: found.KeyName!,
    state: "ready",
    spec: {
      ...(publicKey !== undefined && { publicKey }),
      generate: kept === undefined ? undefined : found.KeyType === "rsa" ? "rsa" : "ed25519",
      privateKey: kept === undefined ? undefined : { ssmParameter: kept },
    },
    handle: { keyPairId: found.KeyPairId! },
    outputs: {
      type: found.KeyType ?? "",
      fingerprint: found.KeyFingerprint ?? "",
      keyPairId: found.KeyPairId ?? "",
      ...(publicKey !== undefined && { publicKey }),
    },
    ...(found.CreateTime ? { createdAt: found.CreateTime.toISOString() } : {}),
  };
}
