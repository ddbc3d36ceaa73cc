/** Facts about key pairs that several kinds use: the parameters that keep private keys, and the keys that an instance takes. */
import type { Problem, ResourceIndex, Spec, Subject, Tags } from "../../kind.ts";

/** The tag of a parameter that keeps a private key. Its value is the address of the key pair. A file cannot declare such a parameter. */
export const privateKeyOfTag = "infra:private-key-of";

export function keepsPrivateKey(tags: Tags): boolean {
  return privateKeyOfTag in tags;
}

/** "ED25519 keys are not supported for Windows instances" (EC2 User Guide, "Amazon EC2 key pairs and Amazon EC2 instances"). */
export function checkKeyOfWindows({ spec }: Subject<{ image?: unknown; keyPair?: string }>, index: ResourceIndex): Problem[] {
  const key = index.get(String(spec.keyPair));
  if (!isWindowsByName(spec.image) || !isEd25519(key?.spec as Spec | undefined)) return [];
  return [
    {
      code: "bad-key",
      path: "keyPair",
      summary: `${key!.address} is an ED25519 key, but Windows images need an RSA key.`,
      hint: "use an RSA key: write `generate: rsa`, or make one with `ssh-keygen -t rsa`",
    },
  ];
}

export function isEd25519(pair: Spec | undefined): boolean {
  return pair?.["generate"] === "ed25519" || /^\s*ssh-ed25519\s/.test(String(pair?.["publicKey"] ?? ""));
}

/**
 * Whether an image is a Windows image, by the parameter or the name under which AWS publishes it. For other images, the preflight finds
 * out.
 */
function isWindowsByName(image: unknown): boolean {
  const { ssm, name } = (typeof image === "object" && image !== null ? image : {}) as { readonly ssm?: string; readonly name?: string };
  return /windows/i.test(`${ssm ?? ""} ${name ?? ""}`);
}
