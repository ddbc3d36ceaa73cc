/** Key pairs: imported, never changed, identified by name. */
import { createHash, createPublicKey } from "node:crypto";
import type {
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidValue, missingParameter, required } from "./faults.ts";
import { idKinds } from "./ids.ts";
import { within } from "./quotas.ts";
import { keyPairs, type KeyPairRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";

const importKey: Handler<ImportKeyPairRequest, ImportKeyPairResult> = (input, call) => {
  const name = required(input.KeyName, "keyName");
  if (name.length > 255) throw invalidValue("The name of a key pair is 255 characters long at most");
  const key = parseKey(Buffer.from(required(input.PublicKeyMaterial, "publicKeyMaterial")).toString("utf8"));
  const tags = tagsToBe(input.TagSpecifications, "key-pair");
  if (keyNamed(call, name)) throw new AwsFault("InvalidKeyPair.Duplicate", `The keypair already exists: ${name}`);
  within(call, "keyPairs", keyPairs(call).size, "KeyPairLimitExceeded", "The maximum number of key pairs has been reached.");
  const made: KeyPairRecord = { id: call.id("key"), name, ...key, createdAt: call.now };
  keyPairs(call).set(made.id, made);
  giveTags(call, made.id, tags["key-pair"]);
  return { KeyName: name, KeyPairId: made.id, KeyFingerprint: made.fingerprint, Tags: tagList(call, made.id) };
};

/** Reads a key in OpenSSH form. The fingerprint of RSA is the MD5 of its DER form, of ED25519 the SHA-256 of its blob. */
function parseKey(text: string): Pick<KeyPairRecord, "type" | "publicKey" | "fingerprint"> {
  const malformed = new AwsFault("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  const [algorithm, encoded = ""] = text.trim().split(/\s+/);
  const parts = sshParts(Buffer.from(encoded, "base64"));
  if (!parts || parts[0]?.toString() !== algorithm) throw malformed;
  const publicKey = `${algorithm} ${encoded}`;
  if (algorithm === "ssh-ed25519" && parts[1]?.length === 32)
    return { type: "ed25519", publicKey, fingerprint: createHash("sha256").update(Buffer.from(encoded, "base64")).digest("base64") };
  if (algorithm !== "ssh-rsa" || !parts[1] || !parts[2]) throw malformed;
  const [, e, n] = parts;
  const der = createPublicKey({
    key: { kty: "RSA", e: e!.toString("base64url"), n: unsigned(n!).toString("base64url") },
    format: "jwk",
  }).export({ type: "spki", format: "der" });
  return { type: "rsa", publicKey, fingerprint: createHash("md5").update(der).digest("hex").match(/../g)!.join(":") };
}

function unsigned(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number;
}

/** The length-prefixed parts of an SSH key's blob; undefined when it is malformed. */
function sshParts(blob: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return undefined;
    parts.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return at === blob.length && parts.length > 0 ? parts : undefined;
}

function keyNamed(call: Call, name: string): KeyPairRecord | undefined {
  for (const key of keyPairs(call).values()) if (key.name === name) return key;
  return undefined;
}

export function needKey(call: Call, name: string): KeyPairRecord {
  const key = keyNamed(call, name);
  if (!key || !call.sees(key.id, "id")) throw new AwsFault("InvalidKeyPair.NotFound", `The key pair '${name}' does not exist`);
  return key;
}

/** Deletes a key pair. Succeeds also when there is none; instances that use the key do not prevent it. */
const remove: Handler<DeleteKeyPairRequest, DeleteKeyPairResult> = (input, call) => {
  if (!input.KeyName && !input.KeyPairId) throw missingParameter("keyName");
  const key = input.KeyPairId ? keyPairs(call).get(input.KeyPairId) : keyNamed(call, input.KeyName!);
  if (!key) return { Return: true };
  keyPairs(call).delete(key.id);
  dropTags(call, key.id);
  return { Return: true, KeyPairId: key.id };
};

/** Describes key pairs, without pages. */
const describeKeys: Handler<DescribeKeyPairsRequest, DescribeKeyPairsResult> = (input, call) => {
  const { found } = list<KeyPairRecord>(
    call,
    { Filters: input.Filters },
    {
      records: keyPairs(call).values(),
      ids: {
        kind: idKinds.keyPair,
        given: [...(input.KeyPairIds ?? []), ...(input.KeyNames ?? []).map((name) => needKey(call, name).id)],
        parameter: "keyPairId",
      },
      filters: { fingerprint: (key) => key.fingerprint, "key-name": (key) => key.name, "key-pair-id": (key) => key.id },
    },
  );
  return {
    KeyPairs: found.map((key) => ({
      KeyPairId: key.id,
      KeyName: key.name,
      KeyType: key.type,
      KeyFingerprint: key.fingerprint,
      CreateTime: new Date(key.createdAt),
      PublicKey: input.IncludePublicKey ? `${key.publicKey} ${key.name}` : undefined,
      Tags: tagList(call, key.id),
    })),
  };
};

export const keyOperations: Record<string, Handler> = { DeleteKeyPair: remove, DescribeKeyPairs: describeKeys, ImportKeyPair: importKey };
