/**
 * Addresses of both families in one order, so that sets of them are spans: IPv4 addresses as numbers, and IPv6 addresses as bigints after
 * them. No address is both, and no span contains addresses of both families.
 */
import ipaddr from "ipaddr.js";
import { canonicalCidr, hextetsOf, isLikeNetwork, rangeOf } from "../resource/ranges.ts";
import { minus, normal, type Span, type Spans, type Value } from "./spans.ts";

export type Address = Value;
export type Addresses = Spans<Address>;
export type Family = 4 | 6;

export const families: readonly Family[] = [4, 6];

const firstOfIpv6 = 1n << 64n;

const all: Readonly<Record<Family, Span<Address>>> = {
  4: [0, 0xffff_ffff],
  6: [firstOfIpv6, firstOfIpv6 + (1n << 128n) - 1n],
};

export const everywhere: Addresses = [all[4], all[6]];

export function familyOf(address: Address): Family {
  return typeof address === "bigint" ? 6 : 4;
}

/** Returns the addresses of one family. IPv4 addresses come first. */
export function ofFamily(addresses: Addresses, family: Family): Addresses {
  if (isOfFamily(addresses, family)) return addresses;
  return addresses.filter(([first]) => familyOf(first) === family);
}

function isOfFamily(addresses: Addresses, family: Family): boolean {
  return addresses.length > 0 && familyOf(addresses[0]![0]) === family && familyOf(addresses.at(-1)![0]) === family;
}

export function hasFamily(addresses: Addresses, family: Family): boolean {
  const one = family === 4 ? addresses[0] : addresses.at(-1);
  return one !== undefined && familyOf(one[0]) === family;
}

/** A cache of parsed texts: the same texts occur in many rules, and every step of a plan needs them again. */
const spans = new Map<string, Span<Address> | "none">();
const mostTexts = 50_000;

/** Returns the addresses of a network, or undefined for a text that is not a network. */
export function spanOf(text: string): Span<Address> | undefined {
  const known = spans.get(text);
  if (known !== undefined) return known === "none" ? undefined : known;
  if (spans.size > mostTexts) spans.clear();
  const span = readSpan(text);
  spans.set(text, span ?? "none");
  return span;
}

function readSpan(text: string): Span<Address> | undefined {
  if (!text.includes(":")) {
    const range = rangeOf(text);
    return range && [range.first, range.last];
  }
  const hextets = hextetsOf(text);
  if (!hextets) return undefined;
  const first = hextets.reduce((sum, hextet) => (sum << 16n) | BigInt(hextet), 0n);
  const size = 1n << BigInt(128 - Number(text.slice(text.indexOf("/") + 1)));
  return [firstOfIpv6 + first, firstOfIpv6 + first + size - 1n];
}

/** Returns the addresses of a network, or a single address. */
export function spanOfEither(text: string): Span<Address> | undefined {
  return spanOf(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
}

export function spansOf(texts: readonly string[]): Addresses {
  return normal(texts.map(spanOf).filter((span) => span !== undefined));
}

/** Returns the network that was meant when a text has bits set beyond its mask: 10.0.0.0/8 for 10.0.0.5/8. */
export function withoutHostBits(text: string): string | undefined {
  const slash = text.indexOf("/");
  const span = slash < 0 ? undefined : spanOf(text);
  return span && spanOfEither(text.slice(0, slash))?.[0] !== span[0] ? canonicalCidr(text) : undefined;
}

/** Whether a text is a network of either family. */
export function isNetwork(text: string): boolean {
  return isLikeNetwork(text) && spanOf(text) !== undefined;
}

export function isEverything([first, last]: Span<Address>): boolean {
  const [start, end] = all[familyOf(first)];
  return first === start && last === end;
}

export function sizeOf([first, last]: Span<Address>): Value {
  return typeof last === "bigint" ? last - BigInt(first) : last - Number(first);
}

/** Returns an address as text: "203.0.113.10", "2001:db8::1". */
export function addressText(address: Address): string {
  if (typeof address === "number") return [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join(".");
  const value = address - firstOfIpv6;
  const bytes = Array.from({ length: 16 }, (_, i) => Number((value >> BigInt(8 * (15 - i))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

/**
 * The public IPv4 addresses: those that are not reserved for private use, the own host, a link or multicast (IANA, IPv4 Special-Purpose
 * Address Registry).
 */
const publicIpv4: Addresses = minus(
  [all[4]],
  spansOf(["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"]),
);

/** Addresses that internet gateways pass neither in nor out (Reachability Analyzer User Guide, "Explanation codes": RFC 1918, RFC 6598). */
export const refusedByGateways: Addresses = spansOf(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]);

/** All IPv6 addresses that can be assigned to somebody (IANA, Internet Protocol Version 6 Address Space: global unicast). */
export const globalIpv6: Addresses = spansOf(["2000::/3"]);

export const publicAddresses: Addresses = [...publicIpv4, ...globalIpv6];
