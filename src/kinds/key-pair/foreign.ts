import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["key", "ssh_key"],
  fields: { public_key: "publicKey", public_key_material: "publicKey", PublicKeyMaterial: "publicKey", key: "publicKey" },
};
