import { foreign } from "./foreign.ts";
import { useKey } from "../../resource/iam.ts";
import { indexBy } from "../shared/network/network-index.ts";
import { whyNotParameterName } from "../shared/parameter-names.ts";
import { without } from "../shared/authored.ts";
import type { Grant, IamPlace, Impact, Kind, Live, Problem, ResourceIndex, Subject, Tags } from "../kind.ts";
import { isSameKey, whyNotKey } from "./openssh.ts";
import { parameterTag, schema, type Handle, type KeyPair } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export type { KeyPair } from "./schema.ts";

const neverAgain =
  "existing instances accept only the key that they were launched with, and its private key is stored; declare another key pair beside it, and remove this one when no instance uses it";

export const keyPair: Kind<KeyPair, Handle> = {
  name: "keyPair",
  section: "keyPairs",
  doc: "A public key for logging in to new instances. Either you provide it, and infra never gets the private key; or infra generates it and keeps the private key in a parameter that it never shows.",
  outputs: {
    fingerprint: "The fingerprint of the public key.",
    keyPairId: "The id of the pair, in addition to its name.",
    publicKey: "The public key in OpenSSH format.",
  },
  foreign,
  schema,
  fields: {
    publicKey: {
      change: (_was, _now, { was }) => (was.generate === undefined ? "replace" : { refuse: `it was generated: ${neverAgain}` }),
      because:
        "AWS cannot change a key; infra imports the new key under the same name for new instances, and existing instances keep the old key",
      same: (request, have) => have !== undefined && isSameKey(request, have),
      urgency: "safety",
    },
    generate: {
      change: (was) => (was === undefined ? "replace" : { refuse: `a generated key is never replaced: ${neverAgain}` }),
      because: "a generated key replaces the imported one, for new instances",
    },
    privateKey: {
      change: costOfPlace,
      because: "a generated key replaces the imported one",
      of: { ssmParameter: { change: costOfPlace }, kmsKey: { change: "never" } },
    },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^!-~]/ },
  replace: "delete-first",
  keepsId: true,
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("key-pair"),
  readCost: ({ parts = 0 }) => 1 + Math.min(parts, 1),
  iam: {
    read: ["ec2:DescribeKeyPairs", "ssm:DescribeParameters", "ssm:ListTagsForResource"],
    write: ["ec2:ImportKeyPair", "ec2:DeleteKeyPair", "ec2:CreateTags", "ec2:DeleteTags", "ssm:DeleteParameter"],
    remove: ["ec2:DeleteKeyPair", "ssm:DeleteParameter"],
    onlyFor: {
      "ssm:DescribeParameters": ["generate"],
      "ssm:ListTagsForResource": ["generate"],
      "ssm:DeleteParameter": ["generate"],
    },
    access: { "ec2:ImportKeyPair": { made: ["key-pair/*"] }, "ssm:DeleteParameter": { ours: ["parameter/*"] } },
    implied: (self, index, place) => keeping(self, index, place),
  },
  marks: ({ privateKey }): Tags => (privateKey === undefined ? {} : { [parameterTag]: privateKey.ssmParameter }),
  keeps: (live) => {
    const kept = live.tags[parameterTag];
    return kept === undefined ? undefined : `the private key stays in the parameter ${kept}`;
  },
  check,
  // Only the environment that made a private key knows where it is stored. An import takes the public half.
  authored: (spec) => ({ spec: without({ ...spec, generate: undefined, privateKey: undefined }, {}) }),
  drawn: () => ({ as: "hidden", sub: "key pair" }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/** Permissions to store a private key under one name, with our tags, and to read it only under that name. */
function keeping({ spec: { privateKey } }: Subject<KeyPair>, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  if (privateKey === undefined) return [];
  const resources = [`parameter${privateKey.ssmParameter}`];
  return [
    { sid: "KeepPrivateKeys", actions: ["ssm:AddTagsToResource", "ssm:PutParameter"], resources, tie: "made" },
    { sid: "ReadKeptPrivateKeys", actions: ["ssm:GetParameter"], resources, tie: "ours" },
    // For a SecureString of the Standard tier (Systems Manager User Guide, "AWS KMS encryption for SecureString parameters").
    ...(privateKey.kmsKey === undefined ? [] : [useKey(privateKey.kmsKey, "ssm", ["Decrypt", "Encrypt"], index, place)]),
  ];
}

type Generated = { readonly live?: Live<KeyPair> };

/** The cost of naming another parameter. A stored private key stays where it is, and a lost one is not made again. */
function costOfPlace(was: unknown, _now: unknown, { live }: Generated): Impact {
  const kept = live?.tags[parameterTag];
  if (kept === undefined) return "replace";
  return {
    refuse:
      was === undefined
        ? `its private key was kept in the parameter ${kept}, which no longer exists or is not a SecureString: store the key there again, or declare another key pair and remove this one`
        : `the private key is in the parameter ${kept} and is never moved`,
  };
}

function check(self: Subject<KeyPair>, index: ResourceIndex): readonly Problem[] {
  const { publicKey, generate, privateKey } = self.spec;
  if (generate !== undefined || privateKey !== undefined) return checkGenerated(self, index);
  if (publicKey === undefined)
    return [
      {
        code: "missing-field",
        summary: "A key pair needs a public key.",
        hint: "add `publicKeyFile: FILE.pub`, or let infra generate a key: `generate: ed25519` with `privateKey: { ssmParameter: /keys/NAME }`",
      },
    ];
  const why = whyNotKey(publicKey);
  return why === undefined
    ? []
    : [
        {
          code: "bad-key",
          summary: `The public key cannot be imported: ${why}.`,
          path: "publicKey",
          hint: "run `ssh-keygen -t ed25519`, which writes a suitable key to NAME.pub",
        },
      ];
}

function checkGenerated({ address, spec }: Subject<KeyPair>, index: ResourceIndex): readonly Problem[] {
  const { publicKey, generate, privateKey } = spec;
  if (publicKey !== undefined)
    return [
      {
        code: "conflict",
        path: "generate",
        summary: "`generate` and a public key exclude each other.",
        hint: "remove `generate`, or remove the public key",
      },
    ];
  if (privateKey === undefined)
    return [
      {
        code: "missing-field",
        path: "generate",
        summary: "A generated key pair needs a place for its private key.",
        hint: "add `privateKey: { ssmParameter: /keys/NAME }`",
      },
    ];
  if (generate === undefined)
    return [
      {
        code: "missing-field",
        path: "privateKey",
        summary: "`privateKey` is allowed only with `generate`; the private key of an imported key stays with you.",
        hint: "add `generate: ed25519`, or remove `privateKey`",
      },
    ];
  const name = privateKey.ssmParameter;
  const why = whyNotParameterName(name);
  const sharing = indexBy(index, "private keys", "keyPair", (pair) => [(pair.spec as KeyPair).privateKey?.ssmParameter]).get(name) ?? [];
  const other = sharing.find((pair) => pair.address < address) ?? index.of("parameter").find(({ awsName }) => awsName === name);
  return [
    ...(why === undefined ? [] : [placeProblem("bad-value", `The parameter cannot have the name ${name}: ${why}.`)]),
    ...(other
      ? [placeProblem("conflict", `${other.address} already uses the parameter ${name}, and infra never overwrites an existing parameter.`)]
      : []),
  ];
}

function placeProblem(code: "bad-value" | "conflict", summary: string): Problem {
  return { code, path: "privateKey.ssmParameter", summary };
}
