import type { Static } from "typebox";
import { file, object, oneOf, optional, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

const privateKey = object(
  {
    ssmParameter: string("The name of the parameter, a SecureString of Parameter Store. One that exists is never overwritten.", {
      pattern: "^/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$",
      maxLength: 940,
      examples: ["/keys/web"],
    }),
    kmsKey: optional(keyRef("The KMS key that encrypts the parameter when it is made. If omitted: `aws/ssm`, AWS's own.")),
  },
  "Where the private half of a generated key is kept. It is written there once, shown to nobody, and stays when the pair leaves the file.",
);

export const schema = object({
  publicKeyFile: optional(
    file("publicKey", "A file with one public key in OpenSSH's form, RSA or ED25519, as `ssh-keygen` writes it to NAME.pub."),
  ),
  publicKey: optional(string("The public key itself, instead of a file.", { examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA… me@home"] })),
  generate: optional(
    oneOf(
      ["ed25519", "rsa"],
      "Makes the key when the pair is made, instead of a public key of yours. Machines of Windows take `rsa` only. The private half goes to `privateKey` alone.",
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
