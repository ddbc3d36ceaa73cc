/**
 * Companions: a TXT record beside each record that we made, which names the record's owner, because records have no tags
 * (docs/decisions/0044-companions-of-records.md). It is written and deleted in the same batch as its record. Pure.
 */
import { createHash } from "node:crypto";
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { ownership } from "../../../resource/ownership.ts";
import type { Tags } from "../../kind.ts";
import { ownerHash, ownerOf, ownerTags, type Owner } from "./owner.ts";
import { meantValue, wireValue } from "./names.ts";

export interface Companion {
  /** Name and type of the record that it belongs to. */
  readonly name: string;
  readonly type: string;
  /** The set identifier, for a record that shares its name and type with others. */
  readonly set?: string;
  readonly owner: string;
  /** The resource, as the tag `infra:resource` would name it. */
  readonly resource: string;
  /** Our other tags: `infra:protect`, `infra:region`. */
  readonly more: Tags;
  readonly raw: ResourceRecordSet;
}

const prefix = "_infra.";
const version = "1";
const seconds = 300;

/** The tags, besides the owner, that must be kept after the record has left the file. */
const lasting = [
  ownership.protect,
  ownership.retain,
  ownership.disposable,
  ownership.superseded,
  ownership.adopted,
  ownership.region,
] as const;

/** The longest name of a record that leaves room for the name of its companion. */
export const longestRecordName = 255 - `${prefix}naptr._wildcard.`.length;
/** The same limit for a record that is one of several sets. */
export const longestSetName = longestRecordName - "01234567.".length;

/**
 * Returns the name of a companion: `_infra.a.www.example.com` for the A record of `www.example.com`, and `_infra.a.SETHASH.www.example.com`
 * for one of several sets.
 */
export function companionName(name: string, type: string, set?: string): string {
  const which = set === undefined ? "" : `${setHash(set)}.`;
  return `${prefix}${type.toLowerCase()}.${which}${name.replace(/^\*\./, "_wildcard.")}`;
}

/** Returns a hash of a set identifier, which may hold any characters. */
function setHash(set: string): string {
  return createHash("sha256").update(set).digest("hex").slice(0, 8);
}

/** Returns the companion that records the owner in these tags. */
export function companionFor(name: string, type: string, tags: Tags, set?: string): ResourceRecordSet {
  const more = lasting.flatMap((key) =>
    tags[key] === undefined ? [] : [`${key.slice("infra:".length)}=${encodeURIComponent(tags[key])}`],
  );
  if (set !== undefined) more.push(`set=${encodeURIComponent(set)}`);
  const words = [`infra=${version}`, `of=${ownerHash(ownerOf(tags))}`, `is=${tags[ownership.resource] ?? ""}`, ...more.sort()];
  return {
    Name: companionName(name, type, set),
    Type: "TXT",
    TTL: seconds,
    ResourceRecords: [{ Value: wireValue("TXT", words.join(" ")) }],
  };
}

/** Returns the contents of a TXT record that is a companion, and undefined for any other record. */
export function companionOf({
  name,
  type,
  raw,
}: {
  readonly name: string;
  readonly type: string;
  readonly raw: ResourceRecordSet;
}): Companion | undefined {
  const [, itsType, itsName] = /^_infra\.([a-z]+)\.(.+)$/.exec(name) ?? [];
  if (type !== "TXT" || itsType === undefined || itsName === undefined) return undefined;
  const text = meantValue("TXT", raw.ResourceRecords?.[0]?.Value ?? "");
  const words = new Map(text.split(" ").map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
  const { infra, of: owner, is: resource, set: escaped, ...rest } = Object.fromEntries(words) as Record<string, string | undefined>;
  if (infra !== version || owner === undefined || resource === undefined) return undefined;
  const more = Object.entries(rest).map(([key, value]) => [`infra:${key}`, decodeURIComponent(value!)]);
  const set = escaped === undefined ? undefined : decodeURIComponent(escaped);
  const bare = set === undefined ? itsName : itsName.slice(`${setHash(set)}.`.length);
  return {
    name: bare.replace(/^_wildcard\./, "*."),
    type: itsType.toUpperCase(),
    ...(set !== undefined && { set }),
    owner,
    resource,
    more: Object.fromEntries(more) as Tags,
    raw,
  };
}

/** Whether a companion names exactly the environment and resource in these tags. */
export function isOf({ owner, resource, more }: Companion, tags: Tags): boolean {
  const region = more[ownership.region];
  const isHere = region === undefined || region === tags[ownership.region];
  return isHere && owner === ownerHash(ownerOf(tags)) && resource === tags[ownership.resource];
}

/** Returns the tags that a record's companion stands for. Of another environment, only the hash is known. */
export function tagsOfCompanion(companion: Companion | undefined, owner: Owner): Tags {
  if (!companion) return {};
  const isOurs = companion.owner === ownerHash(owner);
  const unknown = { project: "(unknown)", environment: `(hash ${companion.owner})` };
  return { ...companion.more, ...ownerTags(isOurs ? owner : unknown, companion.resource) };
}
