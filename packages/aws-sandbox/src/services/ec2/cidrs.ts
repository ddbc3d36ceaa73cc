/** Networks in EC2's form: host bits cleared, IPv6 in lower case and compressed. */
import ipaddr from "ipaddr.js";
import { invalidValue } from "./faults.ts";

export interface Ipv4Range {
  readonly first: number;
  readonly prefix: number;
  readonly size: number;
}

const ipv4Form = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The IPv4 network in `text`, host bits cleared; undefined when it is not one. */
export function parseIpv4(text: string): Ipv4Range | undefined {
  const parts = ipv4Form.exec(text)?.slice(1).map(Number);
  if (!parts || parts.slice(0, 4).some((byte) => byte > 255) || parts[4]! > 32) return undefined;
  const prefix = parts[4]!;
  const size = 2 ** (32 - prefix);
  const address = parts.slice(0, 4).reduce((sum, byte) => sum * 256 + byte, 0);
  return { first: address - (address % size), prefix, size };
}

export function ipv4(text: string, parameter: string): Ipv4Range {
  const range = parseIpv4(text);
  if (!range) throw invalidValue(`Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`);
  return range;
}

export function formatIpv4({ first, prefix }: Ipv4Range): string {
  return `${addressOf(first)}/${prefix}`;
}

export function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

export function numberOf(address: string): number | undefined {
  const range = parseIpv4(`${address}/32`);
  return range?.first;
}

export function contains(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

export function overlap(a: Ipv4Range, b: Ipv4Range): boolean {
  return contains(a, b) || contains(b, a);
}

/** The canonical IPv6 network in `text`; undefined when it is not one. */
export function canonicalIpv6(text: string): string | undefined {
  if (!text.includes(":") || !ipaddr.IPv6.isValidCIDR(text)) return undefined;
  const prefix = ipaddr.IPv6.parseCIDR(text)[1];
  return `${ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String()}/${prefix}`;
}

export function ipv6(text: string, parameter: string): string {
  const canonical = canonicalIpv6(text);
  if (!canonical) throw invalidValue(`Value (${text}) for parameter ${parameter} is invalid. This is not a valid IPv6 CIDR block.`);
  return canonical;
}

/** An address in a /64, the same for the same number. */
export function ipv6AddressIn(cidr: string, number: number): string {
  const [network] = ipaddr.IPv6.parseCIDR(cidr);
  const parts = [...network.parts.slice(0, 4), 0x1f, 0x5e, number >> 16, (number & 0xffff) + 0x10];
  return new ipaddr.IPv6(parts).toRFC5952String();
}

export function containsIpv6(outer: string, inner: string): boolean {
  const [network, prefix] = ipaddr.IPv6.parseCIDR(outer);
  const [address, longer] = ipaddr.IPv6.parseCIDR(inner);
  return longer >= prefix && address.match(network, prefix);
}
