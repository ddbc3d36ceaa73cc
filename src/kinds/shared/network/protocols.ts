/** Protocols and ports of rules and entries, as authors write them. */

const protocolNames: Readonly<Record<string, string>> = { "-1": "all", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6" };

export const protocolNumbers: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(protocolNames).map(([number, name]) => [name, number]),
);

/** Returns "tcp" for `tcp`, "TCP", 6 and an absent value. */
export function protocolOf(written: string | number | undefined): string {
  const text = String(written ?? "tcp").toLowerCase();
  return protocolNames[text] ?? text;
}

export function isIcmp(protocol: string): boolean {
  return protocol === "icmp" || protocol === "icmpv6";
}

export function hasPorts(protocol: string): boolean {
  return protocol === "tcp" || protocol === "udp";
}

/** Returns "8000-8100", "22" or 22 as a range; undefined when the value is not one. */
export function portsOf(written: string | number | undefined): { from: number; to: number } | undefined {
  const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(String(written ?? ""));
  return match ? { from: Number(match[1]), to: Number(match[2] ?? match[1]) } : undefined;
}
