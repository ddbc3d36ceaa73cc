/** What several kinds know of key pairs: the parameters that keep private keys, and which keys a machine takes. */
import type { Problem, ResourceIndex, Spec, Subject, Tags } from "../kind.ts";

/** On a parameter that keeps a private key: the address of the pair, which is no parameter that a file could declare. */
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
      summary: `${key!.address} is an ED25519 key, and the image is one of Windows, which takes RSA keys only.`,
      hint: "`generate: rsa` makes one, as does `ssh-keygen -t rsa`",
    },
  ];
}

export function isEd25519(pair: Spec | undefined): boolean {
  return pair?.["generate"] === "ed25519" || /^\s*ssh-ed25519\s/.test(String(pair?.["publicKey"] ?? ""));
}

/** By the parameter or the name under which AWS publishes its images of Windows; of others the preflight knows. */
function isWindowsByName(image: unknown): boolean {
  const { ssm, name } = (typeof image === "object" && image !== null ? image : {}) as { readonly ssm?: string; readonly name?: string };
  return /windows/i.test(`${ssm ?? ""} ${name ?? ""}`);
}
