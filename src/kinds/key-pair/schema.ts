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

/** The file's name is no part of it: what it holds is. */
export type KeyPair = Omit<Static<typeof schema>, "publicKeyFile">;

/** Tags are written by this id, everything else goes by the name. */
export interface Handle {
  readonly keyPairId: string;
}

/** On a generated pair: the parameter that keeps its private key, for the day on which the file names it no more. */
export const parameterTag = "infra:private-key";
