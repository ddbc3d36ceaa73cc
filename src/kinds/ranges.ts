/** IPv4 networks as numbers, for what the kinds check about each other's ranges. */
import ipaddr from "ipaddr.js";

/** All addresses from `first` to `last`; host bits of the text are cleared, as AWS does. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** The network that `text` names; undefined when it is no IPv4 network, which the schema's own check reports. */
export function rangeOf(text: unknown): Range | undefined {
  if (typeof text !== "string" || !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const size = 2 ** (32 - prefix);
  const number = address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = number - (number % size);
  return { first, last: first + size - 1, prefix };
}

/** The networks that these texts name; what is none is left out. */
export function rangesOf(texts: readonly unknown[]): readonly Range[] {
  return texts.flatMap((text) => rangeOf(text) ?? []);
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** VPCs and subnets are /16 to /28; no quota changes that (Amazon VPC User Guide, VPC CIDR blocks). */
export function isVpcSized(range: Range): boolean {
  return range.prefix >= 16 && range.prefix <= 28;
}

/** How a range that is too small or too large is refused. */
export function whyNotSized(text: string, range: Range): string | undefined {
  return isVpcSized(range) ? undefined : `${text} is a /${range.prefix}, and AWS takes /16 to /28.`;
}

/** Whether a text could be a network at all; the library throws to say no, and references ("subnet/web") are asked about too. */
export function isLikeNetwork(text: string): boolean {
  return /^[0-9a-fA-F:.]+\/\d{1,3}$/.test(text);
}

/** Whether a text is an IPv4 network in the form in which AWS gives it back: nearly all are, and to see it is ten times cheaper than to parse. */
export function isPlainNetwork(text: string): boolean {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\/(0|[1-9]\d?)$/.exec(text);
  if (!match) return false;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  const isAddress = a <= 255 && b <= 255 && c <= 255 && d <= 255 && prefix <= 32;
  return isAddress && (((a * 256 + b) * 256 + c) * 256 + d) % 2 ** (32 - prefix) === 0;
}

/** A network, IPv4 or IPv6, in the form in which AWS gives it back: host bits cleared, IPv6 compressed (RFC 5952). Other texts stay. */
export function canonicalCidr(text: string): string {
  if (isPlainNetwork(text) || !isLikeNetwork(text)) return text;
  const bits = text.slice(text.indexOf("/") + 1);
  if (ipaddr.IPv4.isValidCIDR(text)) return `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${Number(bits)}`;
  return ipaddr.IPv6.isValidCIDR(text) ? `${ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String()}/${Number(bits)}` : text;
}
