/** IPv4 networks as numbers, for the checks that kinds make of each other's ranges. */
import ipaddr from "ipaddr.js";

/** All addresses from `first` to `last`; host bits of the text are cleared, as AWS does. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** Returns the network that `text` names. Undefined when it is not an IPv4 network, which the schema's own check reports. */
export function rangeOf(text: unknown): Range | undefined {
  if (typeof text !== "string" || !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const size = 2 ** (32 - prefix);
  const number = address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = number - (number % size);
  return { first, last: first + size - 1, prefix };
}

/** Returns the networks that these texts name. Texts that name none are left out. */
export function rangesOf(texts: readonly unknown[]): readonly Range[] {
  return texts.flatMap((text) => rangeOf(text) ?? []);
}

/** Returns the range as text: "10.0.1.0/24". */
export function textOfRange({ first, prefix }: Range): string {
  return `${[24, 16, 8, 0].map((bits) => (first >>> bits) & 255).join(".")}/${prefix}`;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether a range has the size of a VPC or subnet, /16 to /28. No quota changes that (Amazon VPC User Guide, VPC CIDR blocks). */
function isVpcSized(range: Range): boolean {
  return range.prefix >= 16 && range.prefix <= 28;
}

/** Returns the error text for a range that is too small or too large. */
export function whyNotSized(text: string, range: Range): string | undefined {
  return isVpcSized(range) ? undefined : `${text} is a /${range.prefix}, but AWS allows only /16 to /28.`;
}

/** Whether a text could be a network at all. The library throws for other texts, and references ("subnet/web") are tested, too. */
export function isLikeNetwork(text: string): boolean {
  return /^[0-9a-fA-F:.]+\/\d{1,3}$/.test(text);
}

/**
 * Whether a text is an IPv4 network in the form in which AWS returns it. Nearly all are, and this test is many times cheaper than parsing.
 */
export function isPlainNetwork(text: string): boolean {
  let at = 0;
  let address = 0;
  for (let i = 0; i < 4; i++) {
    const end = text.indexOf(i < 3 ? "." : "/", at);
    const octet = plainNumber(text, at, end);
    if (octet > 255) return false;
    address = address * 256 + octet;
    at = end + 1;
  }
  const prefix = plainNumber(text, at, text.length);
  return prefix <= 32 && address % 2 ** (32 - prefix) === 0;
}

/** Returns the number of one to three digits between two positions, without leading zeros; infinite when there is none. */
function plainNumber(text: string, start: number, end: number): number {
  if (end <= start || end > start + 3 || (end > start + 1 && text[start] === "0")) return Infinity;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Infinity;
    number = number * 10 + digit;
  }
  return number;
}

/**
 * Returns a network, IPv4 or IPv6, in the form in which AWS returns it: host bits cleared, IPv6 compressed (RFC 5952). Other texts stay.
 */
export function canonicalCidr(text: string): string {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  // Many rules contain the same texts, and rules are compared again for every state of a plan.
  if (canonical.size > 10_000) canonical.clear();
  const found = canonicalOf(text);
  canonical.set(text, found);
  return found;
}

const canonical = new Map<string, string>();

function canonicalOf(text: string): string {
  if (isPlainNetwork(text) || !isLikeNetwork(text)) return text;
  const bits = text.slice(text.indexOf("/") + 1);
  if (ipaddr.IPv4.isValidCIDR(text)) return `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${Number(bits)}`;
  return ipaddr.IPv6.isValidCIDR(text) ? `${ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String()}/${Number(bits)}` : text;
}

/** Returns the eight parts of an IPv6 network's first address; undefined for other texts. */
export function hextetsOf(text: string): readonly number[] | undefined {
  return text.includes(":") && ipaddr.IPv6.isValidCIDR(text) ? ipaddr.IPv6.networkAddressFromCIDR(text).parts : undefined;
}

/** Whether a network contains every address. */
export function isEverywhere(network: string): boolean {
  return ["0.0.0.0/0", "::/0"].includes(canonicalCidr(network));
}
