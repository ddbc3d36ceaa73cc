import type { CodeDoc } from "./code-doc.ts";

/** Codes of rules that a schema cannot express. */
export const rulesCodes = {
  "bad-cidr": {
    title: "Not a network",
    cause: "A network is an address, a slash and a prefix length, without set bits after the prefix.",
    cure: "Write it as 10.0.0.0/16.",
  },
  "bad-zone": {
    title: "Not a zone of the region",
    cause: "A zone is a letter, a full name in the environment's region, or a zone id.",
    cure: "Write the letter.",
  },
  "bad-tag": {
    title: "A tag that AWS or infra refuses",
    cause: "Keys that begin with aws: or infra: are reserved. The keys, the values and the number of tags are limited.",
    cure: "Rename or shorten the tag.",
  },
  "too-many-tags": {
    title: "An object that would have more tags than AWS allows",
    cause:
      "An object can have 50 tags. The tags that infra would write, such as the ownership tags, do not fit beside the tags that the object has.",
    cure: "Remove tags that nobody needs from the object in AWS.",
  },
  "name-collision": {
    title: "Two resources with one AWS name",
    cause: "AWS would refuse the second resource, or take it for the first.",
    cure: "Give one of them another name: change its key or its `name:`.",
  },
  "bad-address": {
    title: "Not an address",
    cause: "An address is kind/name, with [N] or [KEY] for one object of a repeated resource.",
    cure: "Write it as `infra status` shows it.",
  },
  "bad-moved": {
    title: "A `moved:` line that is impossible",
    cause:
      "`moved` renames a resource: the old address must be gone from the YAML, and the new address must be there and of the same kind.",
    cure: "Correct `from` and `to`.",
  },
  "secret-in-text": {
    title: "A secret in the text",
    cause: "The file contains an access key id, a private key or a password. Many people read the file, and Git keeps it for ever.",
    cure: "Remove the secret and revoke it. For a false alarm, write `# infra:allow-secret REASON` on the line.",
  },
  "unknown-var-file": {
    title: "A variables file that infra cannot use",
    cause: "--var-file takes a YAML mapping of names to scalars.",
    cure: "Correct the file.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
