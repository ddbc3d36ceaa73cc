/**
 * Where an object of a type records its owner. Most objects have tags. Others have a text of infra in a property (a mark), or they belong
 * to an object with tags and one of its tags names them (a part; docs/decisions/0069-types-without-tags.md). Pure.
 */
import { createHash } from "node:crypto";
import { ownership } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Live, Tags } from "../kind.ts";
import type { Way } from "./facts.ts";

/** The facts, besides the owner, that must be kept after a resource has left the file. The words are the ends of the tag keys. */
const lasting = ["protect", "retain", "disposable", "superseded", "adopted", "region"] as const;
/** Prefixes of the tags that hold a hash for each property, with the sign that stands for each prefix in a mark. */
const hashes = [
  ["infra:hash:", ""],
  ["infra:unread:", "@"],
] as const;

/** The longest value of a tag (Resource Groups Tagging API, TagResources). */
const longestTag = 256;

/** Returns the mark that stands for these tags, such as `infra shop/prod/jobs protect` for AWS::Scheduler::Schedule/jobs. */
export function markOf(tags: Tags, max: number): string {
  const words = [`infra ${tags[ownership.project]}/${tags[ownership.environment]}/${nameIn(tags)}`, ...wordsOf(tags)];
  return bounded(words.join(" "), max, tags);
}

/** Returns the tags that a mark stands for, and no tags when the text is not a mark. */
export function tagsOfMark(text: unknown, type: string): Tags {
  const [, project, environment, name, more = ""] =
    /^infra ([^/ ]+)\/([^/ ]+)\/(\S+)((?: \S+)*)$/.exec(typeof text === "string" ? text : "") ?? [];
  if (project === undefined || environment === undefined || name === undefined) return {};
  return {
    [ownership.project]: project,
    [ownership.environment]: environment,
    [ownership.resource]: `${type}/${name}`,
    ...tagsOfWords(more.trim().split(" ")),
  };
}

/** Returns the key of the tag that names a part on its holder: `infra:part:Route/items`. */
export function partTagOf(type: string, tags: Tags): string {
  return `${partPrefix(type)}${nameIn(tags)}`;
}

/** Returns the value of that tag: the key of the part, and the facts that must be kept after the part has left the file. */
export function partValueOf(key: string, tags: Tags): string {
  return bounded([key, ...wordsOf(tags)].join(" "), longestTag, tags);
}

/** Returns the tags of a part, made from the tags of its holder; no tags when those do not name the part. */
export function tagsOfPart(type: string, key: string, holder: Tags): Tags {
  const prefix = partPrefix(type);
  for (const [tag, value] of Object.entries(holder)) {
    const [its, ...words] = value.split(" ");
    if (tag.startsWith(prefix) && its === key) return partTags(type, tag.slice(prefix.length), words, holder);
  }
  return {};
}

/** Returns the keys of all parts of a type that the tags of their holder name. */
export function keysIn(type: string, holder: Tags): string[] {
  const prefix = partPrefix(type);
  return Object.entries(holder).flatMap(([tag, value]) => (tag.startsWith(prefix) ? [value.split(" ")[0]!] : []));
}

/** Returns the parts of a type that the tags of their holder name. The key is the tag, the value the part's own tags. */
export function partsNamedIn(type: string, holder: Tags): ReadonlyMap<string, Tags> {
  const prefix = partPrefix(type);
  return new Map(
    Object.entries(holder).flatMap(([tag, value]): [string, Tags][] =>
      tag.startsWith(prefix) ? [[tag, partTags(type, tag.slice(prefix.length), value.split(" ").slice(1), holder)]] : [],
    ),
  );
}

/** Returns the object's ARN, which the tagging API takes. An identifier of several parts may begin with an ARN but is not one. */
export function arnIn({ id, aliases }: Pick<Live, "id" | "aliases">): string | undefined {
  return [id, ...aliases].find((one) => one.startsWith("arn:") && !one.includes("|"));
}

/** Returns a short text for the properties that no two parts of an object share. */
export function keyOf(properties: unknown, ways: readonly Way[]): string {
  const values = ways.map((way) => valueAt(properties, way) ?? null);
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 12);
}

export function valueAt(properties: unknown, way: Way): unknown {
  return way.reduce<unknown>((here, part) => (here as Readonly<Record<string, unknown>> | undefined)?.[part], properties);
}

/** Returns a copy with a value set at a path that may not exist yet. */
export function withValueAt(
  properties: Readonly<Record<string, unknown>>,
  [part = "", ...deeper]: Way,
  value: unknown,
): Record<string, unknown> {
  const inner = (properties[part] ?? {}) as Readonly<Record<string, unknown>>;
  return { ...properties, [part]: deeper.length === 0 ? value : withValueAt(inner, deeper, value) };
}

function partTags(type: string, name: string, words: readonly string[], holder: Tags): Tags {
  const { [ownership.project]: project = "", [ownership.environment]: environment = "" } = holder;
  return {
    [ownership.project]: project,
    [ownership.environment]: environment,
    [ownership.resource]: `${type}/${name}`,
    ...tagsOfWords(words),
  };
}

function partPrefix(type: string): string {
  return `infra:part:${type.split("::")[2]}/`;
}

function nameIn(tags: Tags): string {
  const resource = tags[ownership.resource] ?? "";
  return resource.slice(resource.indexOf("/") + 1);
}

function wordsOf(tags: Tags): string[] {
  const lives = lasting.flatMap((word) => (tags[`infra:${word}`] === undefined ? [] : [wordOf(word, tags[`infra:${word}`]!)]));
  const hashed = Object.entries(tags).flatMap(([key, value]) => {
    const [prefix, sign] = hashes.find(([one]) => key.startsWith(one)) ?? [];
    return prefix === undefined ? [] : [`${sign}${key.slice(prefix.length)}=${value}`];
  });
  return [...lives, ...hashed.sort()];
}

function wordOf(word: string, value: string): string {
  return value === "true" ? word : `${word}:${value}`;
}

function tagsOfWords(words: readonly string[]): Tags {
  const pairs = words.flatMap((word): [string, string][] => {
    const [property, hash] = word.split("=");
    if (hash !== undefined)
      return [property!.startsWith("@") ? [`infra:unread:${property!.slice(1)}`, hash] : [`infra:hash:${property}`, hash]];
    const [name = "", value = "true"] = word.split(":");
    return name === "" ? [] : [[`infra:${name}`, value]];
  });
  return Object.fromEntries(pairs);
}

function bounded(text: string, max: number, tags: Tags): string {
  if (text.length <= max) return text;
  throw new Refusal(
    `The text that names the owner of ${tags[ownership.resource]} needs ${text.length} characters, and AWS allows ${max}.`,
    {
      hint: "give the resource or the environment a shorter name",
    },
  );
}
