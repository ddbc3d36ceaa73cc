import ipaddr from "ipaddr.js";
import { isPlainNetwork } from "../../resource/ranges.ts";

/** Returns why a text is not a network, with a hint at the network that was meant; undefined when it is one. */
export function whyNotNetwork(text: string, family: 4 | 6 | "any"): { readonly why: string; readonly hint?: string } | undefined {
  if (family !== 6 && isPlainNetwork(text)) return undefined;
  const slash = text.lastIndexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const isFour = ipaddr.IPv4.isValidFourPartDecimal(address);
  const isSix = !isFour && address.includes(":") && ipaddr.IPv6.isValid(address);
  if (!isFour && !isSix) return { why: `"${address}" is not an IP address` };
  const bits = isFour ? 32 : 128;
  if (family !== "any" && family !== (isFour ? 4 : 6)) return { why: `it is IPv${isFour ? 4 : 6}, but this field takes IPv${family}` };
  if (slash < 0) return { why: "its prefix length is missing", hint: `for this one address write ${text}/${bits}` };
  const prefix = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)
    return { why: `the prefix length is a number from 0 to ${bits}, not "${prefix}"` };
  const network = networkOf(address, Number(prefix));
  return network === ipaddr.parse(address).toString()
    ? undefined
    : { why: `it has bits set beyond the prefix length ${prefix}`, hint: `did you mean "${network}/${prefix}"?` };
}

function networkOf(address: string, prefix: number): string {
  const bytes = ipaddr.parse(address).toByteArray();
  const kept = bytes.map((byte, i) => byte & (0xff << (8 - Math.min(8, Math.max(0, prefix - i * 8)))) & 0xff);
  return ipaddr.fromByteArray(kept).toString();
}
