/**
 * Where an object of a type has whose it is. Most have tags. Others have a text of ours in a property (a mark), or belong to an object
 * that has tags, and are named in one of them (a part; docs/decisions/0069-types-without-tags.md). Pure.
 */
import { createHash } from "node:crypto";
import { ownership } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Live, Tags } from "../kind.ts";
import type { Way } from "./facts.ts";

/** What outlives the file besides whose it is, by the word for it. */
const lasting = ["protect", "retain", "disposable", "superseded", "adopted", "region"] as const;
/** Tags with a hash for each property, by the beginning of their words. */
const hashes = [
  ["infra:hash:", ""],
  ["infra:unread:", "@"],
] as const;

/** Longest value of a tag (Resource Groups Tagging API, TagResources). */
const longestTag = 256;

/** `infra shop/prod/jobs protect` for the tags of AWS::Scheduler::Schedule/jobs. */
export function markOf(tags: Tags, max: number): string {
  const words = [`infra ${tags[ownership.project]}/${tags[ownership.environment]}/${nameIn(tags)}`, ...wordsOf(tags)];
  return bounded(words.join(" "), max, tags);
}

/** The tags that a mark stands for; none where the text is no mark. */
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

/** The tag by which the object that a part belongs to names it: `infra:part:Route/items`. */
export function partTagOf(type: string, tags: Tags): string {
  return `${partPrefix(type)}${nameIn(tags)}`;
}

/** The value of that tag: what tells the part from others, and what outlives the file. */
export function partValueOf(key: string, tags: Tags): string {
  return bounded([key, ...wordsOf(tags)].join(" "), longestTag, tags);
}

/** The tags of a part, from those of the object that it belongs to; none where they do not name it. */
export function tagsOfPart(type: string, key: string, holder: Tags): Tags {
  const prefix = partPrefix(type);
  for (const [tag, value] of Object.entries(holder)) {
    const [its, ...words] = value.split(" ");
    if (tag.startsWith(prefix) && its === key) return partTags(type, tag.slice(prefix.length), words, holder);
  }
  return {};
}

/** What tells apart the parts of a type that the tags of their holder name. */
export function keysIn(type: string, holder: Tags): string[] {
  const prefix = partPrefix(type);
  return Object.entries(holder).flatMap(([tag, value]) => (tag.startsWith(prefix) ? [value.split(" ")[0]!] : []));
}

/** The parts of a type that the tags of their holder name, each by its tag and with its own tags. */
export function partsNamedIn(type: string, holder: Tags): ReadonlyMap<string, Tags> {
  const prefix = partPrefix(type);
  return new Map(
    Object.entries(holder).flatMap(([tag, value]): [string, Tags][] =>
      tag.startsWith(prefix) ? [[tag, partTags(type, tag.slice(prefix.length), value.split(" ").slice(1), holder)]] : [],
    ),
  );
}

/** Its ARN, by which the tagging API knows it. An identifier of several parts may begin with one and is none. */
export function arnIn({ id, aliases }: Pick<Live, "id" | "aliases">): string | undefined {
  return [id, ...aliases].find((one) => one.startsWith("arn:") && !one.includes("|"));
}

/** A short text for the properties that no two parts of an object share. */
export function keyOf(properties: unknown, ways: readonly Way[]): string {
  const values = ways.map((way) => valueAt(properties, way) ?? null);
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 12);
}

export function valueAt(properties: unknown, way: Way): unknown {
  return way.reduce<unknown>((here, part) => (here as Readonly<Record<string, unknown>> | undefined)?.[part], properties);
}

/** A copy with a value put in, at a place that may not be there yet. */
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
  throw new Refusal(`AWS has room for ${max} characters to say whose ${tags[ownership.resource]} is, and it takes ${text.length}.`, {
    hint: "give the resource or the environment a shorter name",
  });
}
