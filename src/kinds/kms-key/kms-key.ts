import { foreign } from "./foreign.ts";
import type { Kind, Problem, Slot, Subject, Tags } from "../kind.ts";
import { checkPolicy, policyLimits } from "../shared/policies/checks.ts";
import { meansSame, parsedPolicy, statementsOf, type PolicyDocument } from "../shared/policies/documents.ts";
import { authored } from "./authored.ts";
import type { Handle, Kept } from "./driver.ts";
import { schema, type KmsKey } from "./schema.ts";
import { policyLines } from "../shared/policies/told.ts";
import { opensByPolicy } from "../shared/urgency.ts";

/** The ends of the ARNs of a key and of an alias. */
const end = "key/*";
const aliasEnd = "alias/*";

/** These tags keep `deletionWindow` and `alias` after the YAML no longer has the key. */
const windowTag = "infra:deletion-window";
const aliasTag = "infra:alias";
const mostDays = 30;

const forGood = (what: string) => ({
  refuse: `AWS cannot change ${what} of a key, and a new key could not decrypt the data that this one encrypted; declare a second key with another name, move the data, and remove this one`,
});

export const kmsKey: Kind<KmsKey, Handle> = {
  name: "kmsKey",
  section: "kmsKeys",
  file: "data",
  doc: "A KMS key with its alias, which encrypts data of other services.",
  outputs: { arn: "The ARN, for policies and other services.", keyId: "The key id.", alias: "The alias, with `alias/` before it." },
  schema,
  foreign,
  fields: {
    alias: { change: "update" },
    description: { change: "update", late: true },
    policy: {
      change: "update",
      late: true,
      same: (request, have) => have !== undefined && meansSame(request, have),
      lines: policyLines,
      urgency: opensByPolicy,
    },
    rotation: { change: "update", urgency: "safety" },
    rotationPeriod: { change: "update", urgency: "safety" },
    enabled: {
      change: "update",
      default: { value: true, class: "enforced" },
      because: "data that the key has encrypted can be read only while it is enabled",
      urgency: "safety",
    },
    spec: { change: forGood("the spec"), default: { value: "SYMMETRIC_DEFAULT", class: "create-only" } },
    usage: { change: forGood("the usage") },
    multiRegion: { change: forGood("multiRegion"), default: { value: false, class: "create-only" } },
    deletionWindow: { change: "never" },
  },
  stages: [
    { name: "create" },
    { name: "settings", fields: ["rotation", "rotationPeriod", "enabled"] },
    { name: "alias", fields: ["alias"] },
  ],
  create: "tag-lookup",
  slots,
  dataLoss: "data",
  neverReplaced: "declare a second key with another name, move the data, and remove this one",
  marks: ({ deletionWindow = mostDays, alias }) => ({
    [windowTag]: String(deletionWindow),
    ...(alias !== undefined && { [aliasTag]: bareAlias(alias) }),
  }),
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "kms:key" },
  // The tag index, a page of aliases, and for each key its settings and its tags. A policy and a rotation that the YAML writes are one more
  // call each.
  readCost: ({ ours }) => 2 + 2 * ours,
  iam: {
    arn: end,
    read: [
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListAliases",
      "kms:ListKeys",
      "kms:ListResourceTags",
      "tag:GetResources",
    ],
    write: [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:CreateKey",
      "kms:DeleteAlias",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateKeyDescription",
    ],
    remove: ["kms:DeleteAlias", "kms:ScheduleKeyDeletion"],
    onlyFor: {
      "kms:DisableKey": ["enabled"],
      "kms:DisableKeyRotation": ["rotation"],
      "kms:EnableKeyRotation": ["rotation", "rotationPeriod"],
      "kms:GetKeyPolicy": ["policy"],
      "kms:GetKeyRotationStatus": ["rotation", "rotationPeriod"],
      "kms:PutKeyPolicy": ["policy"],
      "kms:UpdateKeyDescription": ["description"],
    },
    // An alias has no tags. AWS checks its calls on the alias and on the key (KMS Developer Guide, "Controlling access to aliases").
    access: {
      "kms:CreateKey": {},
      "kms:CreateAlias": { ours: [end], any: [aliasEnd] },
      "kms:DeleteAlias": { ours: [end], any: [aliasEnd] },
      "kms:TagResource": { made: [end], ours: [end] },
    },
    // AWS checks a create on no resource (Service Authorization Reference, AWS KMS: CreateKey).
    implied: () => [{ sid: "MakeKeys", actions: ["kms:CreateKey"], resources: ["*"], tie: "made" }],
  },
  normalise: (spec) => (spec.alias?.startsWith("alias/") ? { ...spec, alias: bareAlias(spec.alias) } : spec),
  check,
  authored,
  drawn: () => ({ as: "beside", glyph: "lock", sub: "KMS key" }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/kms.ts"), kept),
};

/** Reads the data that our tags keep about a key. */
function kept(tags: Tags): Kept {
  return { days: Number(tags[windowTag] ?? mostDays), alias: tags[aliasTag] };
}

/** The alias without `alias/`. Authors may write it or not. */
function bareAlias(alias: string): string {
  return alias.replace(/^alias\//, "");
}

function slots({ spec: { alias } }: Subject<KmsKey>): readonly Slot[] {
  if (alias === undefined) return [];
  const name = bareAlias(alias);
  return [{ space: "aliases of keys", value: name, path: "alias", what: `the alias ${name}` }];
}

function check({ spec }: Subject<KmsKey>): readonly Problem[] {
  const { spec: sort = "SYMMETRIC_DEFAULT", usage, rotation, rotationPeriod, policy } = spec;
  const problems: Problem[] = [];
  const wrong = (path: string, summary: string, hint: string) => problems.push({ code: "conflict", path, summary, hint });
  if (sort === "SYMMETRIC_DEFAULT" && usage !== undefined && usage !== "ENCRYPT_DECRYPT")
    wrong("usage", "a SYMMETRIC_DEFAULT key can be used for ENCRYPT_DECRYPT only", "remove `usage`, or choose another `spec`");
  if (sort !== "SYMMETRIC_DEFAULT" && !usesOf(sort).includes(usage ?? ""))
    wrong(
      usage === undefined ? "spec" : "usage",
      `a key with spec ${sort} needs a \`usage\` that fits it`,
      `write \`usage: ${usesOf(sort).join("` or `usage: ")}\``,
    );
  if (sort !== "SYMMETRIC_DEFAULT" && rotation === true) wrong("rotation", "AWS rotates only SYMMETRIC_DEFAULT keys", "remove `rotation`");
  if (rotationPeriod !== undefined && rotation !== true)
    wrong("rotationPeriod", "`rotationPeriod` needs `rotation: true`", "write `rotation: true` as well");
  return policy === undefined
    ? problems
    : [...problems, ...checkPolicy(policy, "policy", "resource", policyLimits.key), ...checkManager(policy)];
}

/** The usages that a key spec allows (KMS Developer Guide, "Key spec reference"). */
function usesOf(spec: string): readonly string[] {
  if (spec.startsWith("HMAC")) return ["GENERATE_VERIFY_MAC"];
  if (spec.startsWith("RSA")) return ["ENCRYPT_DECRYPT", "SIGN_VERIFY"];
  return spec === "ECC_SECG_P256K1" ? ["SIGN_VERIFY"] : ["SIGN_VERIFY", "KEY_AGREEMENT"];
}

/**
 * Warns about a policy that lets nobody manage the key. Such a key is lost: only AWS Support can help (KMS Developer Guide, "Default key
 * policy").
 */
function checkManager(policy: PolicyDocument): readonly Problem[] {
  const parsed = parsedPolicy(policy);
  if (!parsed) return [];
  const manages = statementsOf(parsed).some(
    ({ Effect, Action }) =>
      Effect === "Allow" && [Action ?? []].flat().some((action) => /^(\*|kms:(\*|put\*|putkeypolicy))$/i.test(String(action))),
  );
  if (manages) return [];
  const hint = 'add a statement that allows kms:* to the account: Principal: { AWS: "arn:${partition}:iam::${account}:root" }';
  return [
    { code: "policy", path: "policy", summary: "policy: with this policy, nobody could change the policy again, so AWS refuses it", hint },
  ];
}
