import type { CodeDoc } from "./code-doc.ts";

/** Codes of rules that a schema cannot express. */
export const rulesCodes = {
  "bad-cidr": {
    title: "Not a network",
    cause: "A network is an address, a slash and a prefix length, with no bits set behind the prefix.",
    cure: "Write it as 10.0.0.0/16.",
  },
  "bad-zone": {
    title: "Not a zone of the region",
    cause: "A zone is a letter, a full name in the environment's region, or a zone id.",
    cure: "Write the letter.",
  },
  "bad-tag": {
    title: "A tag that AWS or Plumbline does not take",
    cause: "Keys that begin with aws: or infra: are reserved; keys, values and their number are limited.",
    cure: "Rename or shorten it.",
  },
  "too-many-tags": {
    title: "An object that would have more tags than AWS takes",
    cause:
      "An object has 50 tags at most, and those that are to be written, such as the ones that say whose it is, do not fit beside those that it has.",
    cure: "Take tags off it in AWS that nobody needs.",
  },
  "name-collision": {
    title: "Two resources with one AWS name",
    cause: "AWS would refuse the second, or take it for the first.",
    cure: "Give one of them another name: its key, or `name:`.",
  },
  "bad-address": {
    title: "Not an address",
    cause: "An address is kind/name, with [N] for one of a counted resource.",
    cure: "Write it as `infra status` shows it.",
  },
  "bad-moved": {
    title: "A move that cannot be",
    cause: "`moved` renames: the old address is gone from the YAML, and the new one is there, of the same kind.",
    cure: "Correct from and to.",
  },
  "secret-in-text": {
    title: "A secret in the text",
    cause: "An access key id, a private key or a password stands in a file that many read, and that Git keeps for ever.",
    cure: "Take it out and revoke it; for a false alarm write `# infra:allow-secret REASON` on the line.",
  },
  "unknown-var-file": {
    title: "A variables file that cannot be used",
    cause: "--var-file takes a YAML mapping of names to scalars.",
    cure: "Correct the file.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
