import type { Static } from "typebox";
import { boolean, derivedName, integer, object, oneOf, optional, string } from "../../resource/fields.ts";
import { policyDocument } from "../shared/policies/documents.ts";

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
      "The alias, with or without `alias/` before it; unique in the account and region. If omitted: PROJECT-ENVIRONMENT-NAME.",
      { max: 250, forbidden: "[^A-Za-z0-9/_-]" },
      { pattern: "^(?!(alias/)?aws/)[A-Za-z0-9/_-]{1,256}$", examples: ["shop-data"] },
    ),
  ),
  description: optional(string("A description of the key.", { maxLength: 8192 })),
  policy: optional(
    policyDocument(
      "The key policy: who may use and manage the key. If omitted: AWS's default, with which the IAM policies of the account decide. The principal that applies it must keep the permission to change it.",
    ),
  ),
  rotation: optional(
    boolean("Whether AWS rotates the key material every year; data encrypted before can still be read. If omitted: it stays unchanged."),
  ),
  rotationPeriod: optional(
    integer("Number of days between two rotations, with `rotation: true`. Default: 365.", { minimum: 90, maximum: 2560 }),
  ),
  enabled: optional(boolean("Whether the key is enabled; data that it has encrypted cannot be read while it is disabled.")),
  spec: optional(oneOf(specs, "The key spec; it cannot be changed. AWS services encrypt with `SYMMETRIC_DEFAULT`.")),
  usage: optional(
    oneOf(
      ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"],
      "The key usage; it cannot be changed. Required unless `spec` is `SYMMETRIC_DEFAULT`.",
    ),
  ),
  multiRegion: optional(
    boolean(
      "Whether it is a multi-Region key, which can be replicated to other regions; it cannot be changed. infra does not make replicas.",
    ),
  ),
  deletionWindow: optional(
    integer("The waiting period in days before a deleted key is gone, during which the deletion can be cancelled. Default: 30.", {
      minimum: 7,
      maximum: 30,
    }),
  ),
});

export type KmsKey = Static<typeof schema>;
