import type { Static } from "typebox";
import { file, object, oneOf, optional, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

const privateKey = object(
  {
    ssmParameter: string("The name of the parameter, a SecureString of Parameter Store. An existing parameter is never overwritten.", {
      pattern: "^/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$",
      maxLength: 940,
      examples: ["/keys/web"],
    }),
    kmsKey: optional(keyRef("The KMS key that encrypts the parameter when it is made. If omitted: `aws/ssm`, the AWS managed key.")),
  },
  "The place for the private key of a generated pair. infra writes it there once, never shows it, and leaves it when the pair is removed from the file.",
);

export const schema = object({
  publicKeyFile: optional(
    file("publicKey", "A file with one public key, RSA or ED25519, in OpenSSH format, such as NAME.pub from `ssh-keygen`."),
  ),
  publicKey: optional(string("The public key itself, instead of a file.", { examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA… me@home"] })),
  generate: optional(
    oneOf(
      ["ed25519", "rsa"],
      "The type of a key that infra generates when the pair is made, instead of a public key of yours. Windows instances need `rsa`. The private key is only written to `privateKey`.",
    ),
  ),
  privateKey: optional(privateKey),
});

/** The spec contains the content of the public key file, not its name. */
export type KeyPair = Omit<Static<typeof schema>, "publicKeyFile">;

/** Tags are written by this id. All other calls use the name. */
export interface Handle {
  readonly keyPairId: string;
}

/**
 * The tag of a generated key pair with the parameter that stores its private key. A delete needs it after the file no longer names the
 * parameter.
 */
export const parameterTag = "infra:private-key";
