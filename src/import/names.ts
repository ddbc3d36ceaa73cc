/** Names the objects that were found. The same estate gets the same names, whatever order AWS lists it in. */
import type { Address, AwsId, Kind, Live } from "../kinds/kind.ts";

export interface Nameable {
  readonly kind: Kind;
  readonly live: Live;
  /** A name from elsewhere: a Terraform state, a stack. */
  readonly given?: string | undefined;
  /** The name that people use when AWS has no name for it: a domain, an alias. */
  readonly called?: string | undefined;
}

/** The source of names: the tag Name and AWS's own names, or ids alone. */
export type NameStyle = "name-tag" | "id";

/** Returns the address of each object. */
export function nameAll(all: readonly Nameable[], style: NameStyle): Map<Live, Address> {
  const addresses = new Map<Live, Address>();
  const prefix = style === "id" ? "" : sharedPrefix(all.filter(({ given }) => given === undefined).flatMap((one) => ownName(one) ?? []));
  const zones = new Map(all.flatMap(({ live }) => (zoneIn(live) === undefined ? [] : [[live.id, zoneIn(live)!] as const])));
  const byKind = new Map<Kind, Nameable[]>();
  for (const one of [...all].sort((a, b) => compare(a.live.id, b.live.id))) byKind.set(one.kind, [...(byKind.get(one.kind) ?? []), one]);
  for (const [kind, members] of byKind)
    for (const [live, name] of distinct(members, zones, (one) => nameOf(one, style, prefix))) addresses.set(live, `${kind.name}/${name}`);
  return addresses;
}

function nameOf(one: Nameable, style: NameStyle, prefix: string): string {
  if (one.given !== undefined) return slug(one.given);
  if (style === "id") return slug(one.live.id);
  const own = withoutKindWord(slug(ownName(one) ?? ""), one.kind);
  if (own === "") return unnamed(one);
  return `${own}-` === prefix ? "main" : own.startsWith(prefix) ? own.slice(prefix.length) : own;
}

/** Returns the tag Name, otherwise AWS's own name, the name that people use, or an id that is a name. */
function ownName({ kind, live, called }: Nameable): string | undefined {
  const isName = kind.idPrefix === undefined && !live.id.startsWith("arn:");
  return live.tags["Name"] || live.name || called || (isName ? live.id : undefined);
}

/** Returns a name for an object without one, made from its zone when it has one. */
function unnamed({ kind, live }: Nameable): string {
  const zone = zoneIn(live);
  return zone === undefined ? "main" : `${defaultName(kind)}-${zone}`;
}

function defaultName(kind: Kind): string {
  return slug(kind.name.replace(/[A-Z]/g, (letter) => `-${letter}`));
}

/** Returns the letter of an object's zone, when the object has one. */
function zoneIn({ spec }: Live): string | undefined {
  const zone = (spec as { availabilityZone?: unknown }).availabilityZone;
  return typeof zone === "string" ? /[a-z]$/.exec(zone)?.[0] : undefined;
}

/** The letters of zones, by the ids of objects that have a zone of their own: subnets. */
type Zones = ReadonlyMap<AwsId, string>;

/** Returns the letter of an object's zone, or of its subnet's zone. */
function zoneOf(live: Live, zones: Zones): string | undefined {
  const { subnet } = live.spec as { subnet?: unknown };
  return zoneIn(live) ?? (typeof subnet === "string" ? zones.get(subnet) : undefined);
}

/** Tells equal names apart: by their zones when these differ, and then by a number in the order of ids. */
function distinct(members: readonly Nameable[], zones: Zones, nameOf: (one: Nameable) => string): Map<Live, string> {
  const names = new Map<Live, string>();
  const groups = new Map<string, Nameable[]>();
  for (const one of members) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
  const taken = new Set([...groups].filter(([, { length }]) => length === 1).map(([name]) => name));
  for (const [name, some] of groups) {
    const letters = new Set(some.map(({ live }) => zoneOf(live, zones)));
    const byZone = letters.size > 1 && !letters.has(undefined);
    for (const { live } of some) {
      const wanted = byZone ? ended(name, `-${zoneOf(live, zones)}`) : name;
      names.set(live, some.length === 1 ? name : free(wanted, taken));
    }
  }
  return names;
}

function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = ended(wanted, `-${n}`);
  taken.add(name);
  return name;
}

/** Adds an ending that stays whole, however long the name is. */
function ended(name: string, end: string): string {
  return `${name.slice(0, longest - end.length).replace(/-+$/, "")}${end}`;
}

/** The most characters of a name (config/schema/schema.ts, namePattern). */
const longest = 63;

/** Returns a name in the form that addresses take: letters, digits and `-`. */
export function slug(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest)
    .replace(/^-|-+$/g, "");
}

/** Returns "prod-" or "shop-prod-" when at least three names, and six of ten, begin with it; otherwise "". */
function sharedPrefix(names: readonly string[]): string {
  const slugs = names.map(slug);
  const counts = new Map<string, number>();
  for (const name of slugs) for (let at = name.indexOf("-"); at > 0; at = name.indexOf("-", at + 1)) count(counts, name.slice(0, at + 1));
  const shared = [...counts].filter(([, n]) => n >= 3 && n >= slugs.length * 0.6).map(([prefix]) => prefix);
  return shared.sort((a, b) => b.length - a.length)[0] ?? "";
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Takes a word for the kind off a name: "web-sg" is `securityGroup/web`, because the address already says the kind. */
function withoutKindWord(name: string, kind: Kind): string {
  const words = [kind.name, defaultName(kind), ...(kind.foreign?.kind ?? [])].map(slug);
  const end = words.find((word) => word !== "" && name.endsWith(`-${word}`));
  return end === undefined ? name : name.slice(0, -end.length - 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
