import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { KeyPairInfo } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import { isNotFound } from "../../aws/errors.ts";
import { idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { tagEc2, tagSpecifications } from "../../aws/tagging.ts";
import { file, object, optional, string } from "../../resource/fields.ts";
import { isSameKey, whyNotKey } from "./openssh.ts";
import type { AwsId, Driver, Kind, Live, Problem, Subject } from "../kind.ts";
import { environmentFilter, literal, tagsOf } from "../../resource/ownership.ts";

const schema = object({
  publicKeyFile: optional(
    file("publicKey", "A file with one public key in OpenSSH's form, RSA or ED25519, as `ssh-keygen` writes it to NAME.pub."),
  ),
  publicKey: optional(string("The public key itself, instead of a file.", { examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA… me@home"] })),
});

/** The file's name is no part of it: what it holds is. */
export type KeyPair = Omit<Static<typeof schema>, "publicKeyFile">;

/** Tags are written by this id, everything else goes by the name. */
interface Handle {
  readonly keyPairId: string;
}

export const keyPair: Kind<KeyPair, Handle> = {
  name: "keyPair",
  section: "keyPairs",
  doc: "A public key that new machines let in; the private key never comes near this program.",
  outputs: { fingerprint: "The fingerprint of its public key.", keyPairId: "Its id beside its name." },
  foreign,
  schema,
  fields: {
    publicKey: {
      change: "replace",
      because:
        "AWS cannot change a key; it is imported anew under the same name, for machines to come, and machines that exist keep the old key",
      same: (request, have) => have !== undefined && isSameKey(request, have),
    },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^!-~]/ },
  replace: "delete-first",
  keepsId: true,
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "ec2:key-pair" },
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribeKeyPairs"],
    write: ["ec2:ImportKeyPair", "ec2:DeleteKeyPair", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeleteKeyPair"],
    access: { "ec2:ImportKeyPair": { made: ["key-pair/*"] } },
  },
  check,
  authored: asRead,
  drawn: () => ({ as: "hidden", sub: "key pair" }),
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function check(self: Subject<KeyPair>): readonly Problem[] {
  const { publicKey } = self.spec;
  if (publicKey === undefined)
    return [{ code: "missing-field", summary: "A key pair needs its public key.", hint: "add `publicKeyFile: FILE.pub`" }];
  const why = whyNotKey(publicKey);
  return why === undefined
    ? []
    : [
        {
          code: "bad-key",
          summary: `The public key cannot be imported: ${why}.`,
          path: "publicKey",
          hint: "`ssh-keygen -t ed25519` writes a fitting one to NAME.pub",
        },
      ];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<KeyPair, Handle> {
  return {
    async *list(aws, scope) {
      const { KeyPairs = [] } = await aws.ec2(
        new ec2.DescribeKeyPairsCommand({ Filters: environmentFilter(scope), IncludePublicKey: true }),
      );
      for (const found of KeyPairs) yield live(aws.account, found);
    },

    async get(aws, ids) {
      const lives = new Map<string, Live<KeyPair, Handle>>();
      for (const Filters of idFilters("key-name", ids.map(literal))) {
        const { KeyPairs = [] } = await aws.ec2(new ec2.DescribeKeyPairsCommand({ Filters, IncludePublicKey: true }));
        for (const found of KeyPairs) lives.set(found.KeyName!, live(aws.account, found));
      }
      return lives;
    },

    async create(aws, request, identity) {
      const material = new TextEncoder().encode(request.publicKey!.trim());
      await aws.ec2(
        new ec2.ImportKeyPairCommand({
          KeyName: identity.name,
          PublicKeyMaterial: material,
          TagSpecifications: tagSpecifications("key-pair", identity.tags),
        }),
        { once: true },
      );
      return identity.name;
    },

    initialState: (request) => ({ spec: { publicKey: request.publicKey }, handle: { keyPairId: "" } }),

    async delete(aws, live) {
      await aws.ec2(new ec2.DeleteKeyPairCommand({ KeyName: live.id })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
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
  };
}

function live(account: string, found: KeyPairInfo): Live<KeyPair, Handle> {
  return {
    id: found.KeyName!,
    aliases: [found.KeyPairId!],
    tags: tagsOf(found.Tags),
    owner: account, // EC2 lists the account's own keys only
    name: found.KeyName!,
    state: "ready",
    spec: found.PublicKey ? { publicKey: found.PublicKey.trim() } : {},
    handle: { keyPairId: found.KeyPairId! },
    outputs: { type: found.KeyType ?? "", fingerprint: found.KeyFingerprint ?? "", keyPairId: found.KeyPairId ?? "" },
    ...(found.CreateTime ? { createdAt: found.CreateTime.toISOString() } : {}),
  };
}
