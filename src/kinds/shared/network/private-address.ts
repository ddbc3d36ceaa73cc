/** A private address and its subnet. */
import ipaddr from "ipaddr.js";

/** Returns why a subnet cannot have this address; undefined when it can, or when the text is not an address. */
export function whyNotIn(ip: string, range: string, subnet: string): string | undefined {
  if (!ipaddr.IPv4.isValidCIDR(range) || !ipaddr.IPv4.isValidFourPartDecimal(ip)) return undefined;
  const parsed = ipaddr.IPv4.parse(ip);
  if (!parsed.match(ipaddr.IPv4.parseCIDR(range))) return `${ip} is not inside ${subnet} (${range}).`;
  const number = (text: ipaddr.IPv4) => text.toByteArray().reduce((sum, octet) => sum * 256 + octet, 0);
  const first = number(ipaddr.IPv4.networkAddressFromCIDR(range));
  const last = number(ipaddr.IPv4.broadcastAddressFromCIDR(range));
  const at = number(parsed);
  return at < first + 4 || at === last ? `AWS reserves ${ip}: the first four addresses and the last address of every subnet.` : undefined;
}
