import type { Static } from "typebox";
import { boolean, derivedName, integer, object, oneOf, optional, string } from "../../resource/fields.ts";
import { policyDocument } from "../shared/policy-documents.ts";

/** The key specs that KMS itself can create (KMS Developer Guide, "Key spec reference"). */
const specs = [
  "SYMMETRIC_DEFAULT",
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "HMAC_224",
  "HMAC_256",
  "HMAC_384",
  "HMAC_512",
] as const;

export const schema = object({
  alias: optional(
    derivedName(
      "The name by which people and programs ask for it, with or without `alias/` before it; unique in the account and region. If omitted: PROJECT-ENVIRONMENT-NAME.",
      { max: 250, forbidden: "[^A-Za-z0-9/_-]" },
      { pattern: "^(?!(alias/)?aws/)[A-Za-z0-9/_-]{1,256}$", examples: ["shop-data"] },
    ),
  ),
  description: optional(string("What it is for.", { maxLength: 8192 })),
  policy: optional(
    policyDocument(
      "Who may use and manage the key. If omitted: AWS's default, with which the IAM policies of the account decide. Whoever applies it must stay allowed to change it.",
    ),
  ),
  rotation: optional(
    boolean("Whether AWS makes new key material every year; what was encrypted before can still be read. If omitted: what there is stays."),
  ),
  rotationPeriod: optional(integer("Days between two rotations, with `rotation: true`; 365 when absent.", { minimum: 90, maximum: 2560 })),
  enabled: optional(boolean("Whether it can be used; what it has encrypted cannot be read while it is disabled.")),
  spec: optional(oneOf(specs, "The sort of key; for good. Services of AWS encrypt with `SYMMETRIC_DEFAULT`.")),
  usage: optional(
    oneOf(
      ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"],
      "What it can be used for; for good. A must unless `spec` is `SYMMETRIC_DEFAULT`.",
    ),
  ),
  multiRegion: optional(boolean("Whether it can be replicated to other regions; for good. Replicas are not made here.")),
  deletionWindow: optional(
    integer("Days for which a key that leaves the file can be brought back; 30 when absent.", { minimum: 7, maximum: 30 }),
  ),
});

export type KmsKey = Static<typeof schema>;
