import type { Case } from "../case.ts";

const one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK/DJ3ekXR3IC5c6V/XQFCmSPMN7ywQQPT5h0NkCDpIb";
const two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEUNRKzQNuCpgBoB3FN8T1cFWbEFcdg8KydgdWzmNTUL";

export const keyPair: Case = {
  kind: "keyPair",
  index: {},
  bare: { publicKey: one },
  forms: [
    {
      full: { publicKey: one },
      changes: [
        ["publicKey", two, "replace"],
        [
          "generate",
          "ed25519",
          "replace",
          { also: { publicKey: undefined, privateKey: { ssmParameter: "/keys/other" } }, back: "refused" },
        ],
      ],
    },
    {
      index: { kmsKeys: { lock: { alias: "keys" } } },
      full: { generate: "ed25519", privateKey: { ssmParameter: "/keys/main", kmsKey: "lock" } },
      changes: [
        ["generate", "rsa", "refused"],
        ["privateKey.ssmParameter", "/keys/other", "refused"],
        ["privateKey.kmsKey", undefined, "nothing"],
        ["privateKey.kmsKey", "alias/other", "nothing"],
      ],
    },
  ],
};
