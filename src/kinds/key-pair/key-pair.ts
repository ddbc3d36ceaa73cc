import { foreign } from "./foreign.ts";
import { useKey } from "../../resource/iam.ts";
import { indexBy } from "../shared/network-index.ts";
import { whyNotParameterName } from "../shared/parameter-names.ts";
import { without } from "../shared/authored.ts";
import type { Grant, IamPlace, Impact, Kind, Live, Problem, ResourceIndex, Subject, Tags } from "../kind.ts";
import { isSameKey, whyNotKey } from "./openssh.ts";
import { parameterTag, schema, type Handle, type KeyPair } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export type { KeyPair } from "./schema.ts";

const neverAgain =
  "machines that exist let in the key that they were launched with, and its private half is kept: declare another pair beside it, and take this one out once nothing uses it";

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
        "AWS cannot change a key; infra imports the new one under the same name, for new instances, and existing instances keep the old key",
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
  withoutNetwork: "who may log in is no matter of the network",
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
        ? `its private key was kept in the parameter ${kept}, which is gone or no SecureString any more: put the key there again, or declare another pair and take this one out`
        : `the private key is in the parameter ${kept}, and stays there`,
  };
}

function check(self: Subject<KeyPair>, index: ResourceIndex): readonly Problem[] {
  const { publicKey, generate, privateKey } = self.spec;
  if (generate !== undefined || privateKey !== undefined) return checkGenerated(self, index);
  if (publicKey === undefined)
    return [
      {
        code: "missing-field",
        summary: "A key pair needs its public key.",
        hint: "add `publicKeyFile: FILE.pub`, or let one be made: `generate: ed25519` with `privateKey: { ssmParameter: /keys/NAME }`",
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
          hint: "`ssh-keygen -t ed25519` writes a fitting one to NAME.pub",
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
        summary: "A key that is generated has its public half from itself, and the pair names a public key, too.",
        hint: "leave one of the two out",
      },
    ];
  if (privateKey === undefined)
    return [
      {
        code: "missing-field",
        path: "generate",
        summary: "A key that is generated needs a place for its private half.",
        hint: "add `privateKey: { ssmParameter: /keys/NAME }`",
      },
    ];
  if (generate === undefined)
    return [
      {
        code: "missing-field",
        path: "privateKey",
        summary: "The private half of a key that is not generated is yours to keep.",
        hint: "add `generate: ed25519`, or leave `privateKey` out",
      },
    ];
  const name = privateKey.ssmParameter;
  const why = whyNotParameterName(name);
  const sharing = indexBy(index, "private keys", "keyPair", (pair) => [(pair.spec as KeyPair).privateKey?.ssmParameter]).get(name) ?? [];
  const other = sharing.find((pair) => pair.address < address) ?? index.of("parameter").find(({ awsName }) => awsName === name);
  return [
    ...(why === undefined ? [] : [placeProblem("bad-value", `The parameter cannot be called ${name}: ${why}.`)]),
    ...(other
      ? [placeProblem("conflict", `${other.address} is the parameter ${name} already, and one that exists is never overwritten.`)]
      : []),
  ];
}

function placeProblem(code: "bad-value" | "conflict", summary: string): Problem {
  return { code, path: "privateKey.ssmParameter", summary };
}
