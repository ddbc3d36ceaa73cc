/** Names and values of DNS, in the forms that people write and Route 53 returns. Pure. */

/** A domain as an author writes it: labels of letters, digits, `-` and `_`. */
export const domainPattern = "^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.?$";
/** The same pattern, which also takes `*` as the whole first label. */
export const recordPattern = domainPattern.replace("^", "^(\\*\\.)?");

/**
 * Returns a name in the form for comparisons: lower case, without a dot at the end, `\052` as `*` (Route 53 Developer Guide, "DNS domain
 * name format").
 */
export function plainName(name: string): string {
  return name
    .replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, "")
    .toLowerCase();
}

/** Whether a name is in a zone, or is its apex. */
export function isWithin(name: string, zone: string): boolean {
  const [inner, outer] = [plainName(name), plainName(zone)];
  return inner === outer || inner.endsWith(`.${outer}`);
}

/** Returns a hosted zone's id from an id, an ARN, or the form in Route 53's answers. */
export function zoneIdOf(given: string): string {
  return given.slice(given.lastIndexOf("/") + 1);
}

const textTypes: ReadonlySet<string> = new Set(["TXT", "SPF"]);
const longestString = 255;

/** Returns a value in the form that Route 53 takes. A text without quotation marks is split into strings of at most 255 characters. */
export function wireValue(type: string, value: string): string {
  if (!textTypes.has(type) || value.startsWith('"')) return value;
  const parts = value.match(new RegExp(`[^]{1,${longestString}}`, "g")) ?? [""];
  return parts.map((part) => `"${part.replace(/[\\"]/g, "\\$&")}"`).join(" ");
}

/** Returns the meaning of a value in one form: resolvers join the strings of a text, names have no case, and spaces do not count. */
export function meantValue(type: string, value: string): string {
  if (textTypes.has(type)) return value.startsWith('"') ? joinedText(value) : value;
  if (type === "AAAA") return expandedIpv6(value);
  const words = value.trim().split(/\s+/);
  if (type === "CAA") return words.join(" ");
  return words.map((word) => (/[A-Za-z]/.test(word) ? word.toLowerCase().replace(/\.$/, "") : word)).join(" ");
}

function joinedText(value: string): string {
  const strings = value.match(/"(?:[^"\\]|\\[^])*"/g) ?? [];
  return strings
    .map((part) =>
      part.slice(1, -1).replace(/\\(\d{3}|[^])/g, (_, it: string) => (it.length === 3 ? String.fromCharCode(Number.parseInt(it, 8)) : it)),
    )
    .join("");
}

/** Returns an IPv6 address with all eight groups, so that `::1` and `0:0:0:0:0:0:0:1` compare equal. */
function expandedIpv6(text: string): string {
  const [head = "", tail] = text.toLowerCase().split("::", 2);
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => group.replace(/^0+(?=.)/, "")));
  if (tail === undefined) return groups(head).join(":");
  const [first, last] = [groups(head), groups(tail)];
  return [...first, ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0"), ...last].join(":");
}
