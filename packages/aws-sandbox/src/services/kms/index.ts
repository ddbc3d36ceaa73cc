/** KMS in the sandbox: keys with their policies, aliases, rotation and tags, and their delayed deletion. Nothing is ever encrypted. */
import type {
  CancelKeyDeletionRequest,
  CreateKeyRequest,
  DescribeKeyRequest,
  DisableKeyRequest,
  DisableKeyRotationRequest,
  EnableKeyRequest,
  EnableKeyRotationRequest,
  GetKeyPolicyRequest,
  GetKeyRotationStatusRequest,
  ListKeysRequest,
  ListResourceTagsRequest,
  PutKeyPolicyRequest,
  ScheduleKeyDeletionRequest,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateKeyDescriptionRequest,
} from "@aws-sdk/client-kms";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { principalsOf, resourceStatements, speaksOf } from "../resource-policies.ts";
import { aliasOperations } from "./aliases.ts";
import { aliases, arnOf, keys, needAlive, needEnabled, needKey, type KeyRecord } from "./state.ts";

const day = 24 * 3_600_000;
const mostTags = 50;

const operations: Record<string, Handler> = {
  ...aliasOperations,

  /** Creates a key. It has neither a token nor a name, so a repeated call creates a second key (KMS API, CreateKey). */
  CreateKey(input: CreateKeyRequest, call) {
    refuseUnknown(call, input, ["Policy", "Description", "KeyUsage", "KeySpec", "MultiRegion", "Tags", "BypassPolicyLockoutSafetyCheck"], {
      Origin: "AWS_KMS",
    });
    const spec = input.KeySpec ?? "SYMMETRIC_DEFAULT";
    const usage = checkUsage(spec, input.KeyUsage);
    const policy = input.Policy ?? defaultPolicy(call);
    checkPolicy(call, policy, input.BypassPolicyLockoutSafetyCheck);
    const digits = (call.id("key").slice(4) + call.id("key").slice(4)).slice(0, 32);
    const id = input.MultiRegion ? `mrk-${digits}` : uuidOf(digits);
    const key: KeyRecord = {
      id,
      arn: arnOf(call, id),
      createdAt: call.now,
      spec,
      usage,
      multiRegion: input.MultiRegion === true,
      description: checkDescription(input.Description ?? ""),
      policy,
      state: "Enabled",
      tags: {},
    };
    addTags(key, input.Tags ?? []);
    keys(call).set(id, key);
    call.tagged(id);
    return { KeyMetadata: shown(call, key) };
  },

  DescribeKey(input: DescribeKeyRequest, call) {
    refuseUnknown(call, input, ["KeyId"]);
    return { KeyMetadata: shown(call, needKey(call, input.KeyId!, "alias")) };
  },

  ListKeys(input: ListKeysRequest, call) {
    const all = [...keys(call).values()].filter(({ id }) => call.sees(id, "id"));
    const { items, next } = page(call, all, input, { key: ({ id }) => id, max: 1000, size: 100, names: "kms" });
    return { Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...next, Truncated: next.NextMarker !== undefined };
  },

  ListResourceTags(input: ListResourceTagsRequest, call) {
    const { tags } = needKey(call, input.KeyId!);
    return { Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })), Truncated: false };
  },

  TagResource(input: TagResourceRequest, call) {
    const key = needAlive(call, input.KeyId!);
    addTags(key, input.Tags!);
    call.tagged(key.id);
    return {};
  },

  UntagResource(input: UntagResourceRequest, call) {
    const key = needAlive(call, input.KeyId!);
    for (const name of input.TagKeys!) delete key.tags[name];
    call.tagged(key.id);
    return {};
  },

  GetKeyPolicy(input: GetKeyPolicyRequest, call) {
    refuseUnknown(call, input, ["KeyId"], { PolicyName: "default" });
    return { Policy: needKey(call, input.KeyId!).policy, PolicyName: "default" };
  },

  PutKeyPolicy(input: PutKeyPolicyRequest, call) {
    refuseUnknown(call, input, ["KeyId", "Policy", "BypassPolicyLockoutSafetyCheck"], { PolicyName: "default" });
    const key = needAlive(call, input.KeyId!);
    checkPolicy(call, input.Policy!, input.BypassPolicyLockoutSafetyCheck);
    key.policy = input.Policy!;
    return {};
  },

  GetKeyRotationStatus(input: GetKeyRotationStatusRequest, call) {
    const key = rotatable(needKey(call, input.KeyId!));
    const period = key.rotation === undefined ? {} : { RotationPeriodInDays: key.rotation };
    return { KeyId: key.arn, KeyRotationEnabled: key.rotation !== undefined && key.state !== "PendingDeletion", ...period };
  },

  EnableKeyRotation(input: EnableKeyRotationRequest, call) {
    const days = input.RotationPeriodInDays ?? 365;
    if (days < 90 || days > 2560) throw invalid(`Value '${days}' at 'rotationPeriodInDays' must be between 90 and 2560`);
    rotatable(needEnabled(call, input.KeyId!)).rotation = days;
    return {};
  },

  DisableKeyRotation(input: DisableKeyRotationRequest, call) {
    delete rotatable(needEnabled(call, input.KeyId!)).rotation;
    return {};
  },

  EnableKey(input: EnableKeyRequest, call) {
    needAlive(call, input.KeyId!).state = "Enabled";
    return {};
  },

  DisableKey(input: DisableKeyRequest, call) {
    needAlive(call, input.KeyId!).state = "Disabled";
    return {};
  },

  UpdateKeyDescription(input: UpdateKeyDescriptionRequest, call) {
    needAlive(call, input.KeyId!).description = checkDescription(input.Description!);
    return {};
  },

  /** Schedules a deletion. From now on the key can neither encrypt nor decrypt. */
  ScheduleKeyDeletion(input: ScheduleKeyDeletionRequest, call) {
    const days = input.PendingWindowInDays ?? 30;
    if (days < 7 || days > 30) throw invalid(`Value '${days}' at 'pendingWindowInDays' must be between 7 and 30`);
    const key = needAlive(call, input.KeyId!);
    key.state = "PendingDeletion";
    key.goneAt = call.now + days * day;
    call.later(days * day, "kms:gone", { id: key.id });
    return { KeyId: key.arn, DeletionDate: new Date(key.goneAt), KeyState: key.state, PendingWindowInDays: days };
  },

  /** Cancels a deletion. The key is then disabled (KMS API, CancelKeyDeletion). */
  CancelKeyDeletion(input: CancelKeyDeletionRequest, call) {
    const key = needKey(call, input.KeyId!);
    if (key.state !== "PendingDeletion") throw new AwsFault("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
    key.state = "Disabled";
    delete key.goneAt;
    return { KeyId: key.arn };
  },
};

const transitions = {
  /** Ends a deletion. The aliases of the key are deleted too. */
  gone({ id }: { id: string }, call: Call) {
    const key = keys(call).get(id);
    if (key?.goneAt === undefined || key.goneAt > call.now) return;
    for (const { name, target } of aliases(call).values()) if (target === id) aliases(call).delete(name);
    keys(call).delete(id);
  },
};

/** The possible usages of each kind of key (KMS Developer Guide, "Key spec reference"). */
const usages: Readonly<Record<string, readonly string[]>> = {
  SYMMETRIC_DEFAULT: ["ENCRYPT_DECRYPT"],
  RSA_2048: ["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
  RSA_3072: ["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
  RSA_4096: ["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
  ECC_NIST_P256: ["SIGN_VERIFY", "KEY_AGREEMENT"],
  ECC_NIST_P384: ["SIGN_VERIFY", "KEY_AGREEMENT"],
  ECC_NIST_P521: ["SIGN_VERIFY", "KEY_AGREEMENT"],
  ECC_SECG_P256K1: ["SIGN_VERIFY"],
  HMAC_224: ["GENERATE_VERIFY_MAC"],
  HMAC_256: ["GENERATE_VERIFY_MAC"],
  HMAC_384: ["GENERATE_VERIFY_MAC"],
  HMAC_512: ["GENERATE_VERIFY_MAC"],
};

function checkUsage(spec: string, asked: string | undefined): string {
  const possible = usages[spec];
  if (!possible) throw invalid(`Value '${spec}' at 'keySpec' is not modelled or does not exist`);
  // "KeyUsage … is required for … asymmetric KMS keys and HMAC KMS keys" (KMS API, CreateKey).
  if (asked === undefined && spec !== "SYMMETRIC_DEFAULT")
    throw invalid("You must specify a KeyUsage value for all KMS keys except symmetric encryption keys.");
  const usage = asked ?? "ENCRYPT_DECRYPT";
  if (!possible.includes(usage)) throw invalid(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  return usage;
}

/** The key, if KMS can rotate it: only symmetric keys that KMS itself made. */
function rotatable(key: KeyRecord): KeyRecord {
  if (key.spec !== "SYMMETRIC_DEFAULT") throw new AwsFault("UnsupportedOperationException", "");
  return key;
}

/** Checks a policy. The caller must be able to change it later, unless the call skips this check. */
function checkPolicy(call: Call, text: string, bypass: boolean | undefined): void {
  if (Buffer.byteLength(text) > 32_768) throw new AwsFault("LimitExceededException", "The policy is longer than 32768 bytes.");
  const statements = resourceStatements(call, text, {
    code: "MalformedPolicyDocumentException",
    unknownPrincipal: "Policy contains a statement with one or more invalid principals.",
  });
  const isManager = (who: string) => who === "*" || who === call.account || who.includes(`:iam::${call.account}:`);
  const isManaged = statements.some(
    (statement) =>
      statement["Effect"] === "Allow" && speaksOf(statement, "kms:PutKeyPolicy") && principalsOf(statement["Principal"]).some(isManager),
  );
  if (!isManaged && bypass !== true)
    throw new AwsFault("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.");
}

/** KMS Developer Guide, "Default key policy". */
function defaultPolicy(call: Call): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:${call.partition}:iam::${call.account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}

function checkDescription(text: string): string {
  if (text.length > 8192)
    throw invalid("Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192");
  return text;
}

function addTags(key: KeyRecord, tags: readonly Tag[]): void {
  const added = Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey!, TagValue ?? ""]));
  if (Object.keys(added).some((name) => /^aws:/i.test(name)))
    throw new AwsFault("TagException", "Tag keys that begin with aws: are reserved.");
  const after = { ...key.tags, ...added };
  if (Object.keys(after).length > mostTags) throw new AwsFault("LimitExceededException", `A key can have at most ${mostTags} tags.`);
  key.tags = after;
}

function shown(call: Call, key: KeyRecord) {
  return {
    AWSAccountId: call.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    MultiRegion: key.multiRegion,
    ...(key.goneAt !== undefined && { DeletionDate: new Date(key.goneAt) }),
  };
}

function uuidOf(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

function invalid(message: string): AwsFault {
  return new AwsFault("ValidationException", message);
}

export const model: ServiceModel = { operations, transitions };
