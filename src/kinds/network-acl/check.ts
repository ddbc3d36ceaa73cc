/** Checks of a network ACL that a schema cannot express. */
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { indexBy, refKey, vpcOfSubnet } from "../shared/network/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { hasPorts, isIcmp, portsOf, protocolOf } from "../shared/network/protocols.ts";
import { directions, lastNumber, type Direction, type Entries, type Entry } from "./entry.ts";

type Acl = {
  readonly vpc: string;
  readonly subnets?: readonly string[];
  readonly ingress?: Entries;
  readonly egress?: Entries;
};

export function checkAcl(self: Subject<Acl>, index: ResourceIndex): readonly Problem[] {
  const siblings = indexBy(index, "ACLs by vpc", "networkAcl", (acl) => [acl.spec.vpc]).get(refKey(self.spec.vpc)) ?? [];
  return [
    ...beyondQuota(self, siblings, 199, "network ACLs in one VPC, not counting the one that AWS makes,"),
    ...directions.flatMap((direction) => checkEntries(self.spec[direction] ?? {}, direction)),
    ...(self.spec.subnets ?? []).flatMap((subnet, i) => checkSubnet(self, index, subnet, `subnets[${i}]`)),
  ];
}

/** Returns the ACLs that name a subnet. A correct environment has at most one. */
export function aclsNaming(index: ResourceIndex, subnet: unknown): readonly Subject[] {
  const found = indexBy(index, "ACLs by subnet", "networkAcl", (acl) => [...new Set<unknown>(acl.spec.subnets ?? [])]);
  return found.get(refKey(subnet)) ?? [];
}

/** Reports each pair once, on the later ACL. */
function checkSubnet(self: Subject<Acl>, index: ResourceIndex, subnet: string, path: string): Problem[] {
  const first = aclsNaming(index, subnet)[0];
  const vpc = vpcOfSubnet(index, subnet);
  return [
    ...(first && first.address !== self.address
      ? [
          {
            code: "two-acls" as const,
            summary: `${refKey(subnet)} is already associated with ${first.address}, and a subnet has only one network ACL.`,
            path,
          },
        ]
      : []),
    ...(vpc !== undefined && vpc !== refKey(self.spec.vpc)
      ? [{ code: "other-vpc" as const, summary: `${subnet} is in ${vpc}, and the network ACL is in ${refKey(self.spec.vpc)}.`, path }]
      : []),
  ];
}

/** The entries of one direction and address family, including the "*" that AWS adds (Amazon VPC User Guide, Amazon VPC quotas). */
const entryQuota = 20;

function checkEntries(entries: Entries, direction: Direction): Problem[] {
  const all = Object.entries(entries);
  const ipv6 = all.filter(([, entry]) => peerOf(entry).includes(":")).length;
  const most = Math.max(ipv6, all.length - ipv6);
  return [
    ...all.flatMap(([number, entry]) => checkEntry(number, entry, `${direction}.${number}`)),
    ...(most >= entryQuota
      ? [
          {
            code: "quota" as const,
            severity: "warning" as const,
            summary: `${most} ${direction} entries of one address family are declared, and AWS allows ${entryQuota - 1} besides its own unless the account's quota was raised.`,
            path: direction,
          },
        ]
      : []),
  ];
}

function checkEntry(number: string, entry: Entry, path: string): Problem[] {
  const outside = Number(number) > lastNumber;
  return [
    ...(outside
      ? [{ code: "out-of-range" as const, summary: `The number of an entry must be 1 to ${lastNumber}, and this one is ${number}.`, path }]
      : []),
    ...checkProtocol(entry, path),
    ...checkFamily(entry, path),
  ];
}

function checkProtocol(entry: Entry, path: string): Problem[] {
  const protocol = protocolOf(entry.protocol);
  const wrong = (field: string, summary: string, hint?: string): Problem[] => [
    { code: "bad-rule", path: field === "" ? path : `${path}.${field}`, summary, ...(hint ? { hint } : {}) },
  ];
  if (Number(protocol) > 255) return wrong("protocol", `There is no IP protocol ${protocol}; the numbers are 0 to 255.`);
  const field = entry.ports !== undefined ? "ports" : "port";
  const written = entry[field];
  const icmpField = entry.icmpType !== undefined ? "icmpType" : "icmpCode";
  if (!isIcmp(protocol) && entry[icmpField] !== undefined)
    return wrong(icmpField, `\`${icmpField}\` is for ICMP only, and this entry is for ${protocol}.`, "write `protocol: icmp`");
  if (isIcmp(protocol) && entry.icmpCode !== undefined && entry.icmpType === undefined)
    return wrong("icmpCode", "`icmpCode` needs `icmpType`.", "add `icmpType`");
  if (!hasPorts(protocol)) {
    if (written === undefined) return [];
    return wrong(field, `The protocol ${protocol} has no ports; EC2 would ignore them.`, `remove \`${field}\``);
  }
  if (entry.port !== undefined && entry.ports !== undefined) return wrong("ports", "An entry has `port` or `ports`, not both.");
  if (written === undefined)
    return wrong("", `An entry for ${protocol} needs ports.`, 'write `port: 443`, `ports: "1024-65535"`, or `protocol: all`');
  return checkPorts(written, field, wrong);
}

function checkPorts(
  written: string | number,
  field: string,
  wrong: (field: string, summary: string, hint?: string) => Problem[],
): Problem[] {
  const range = portsOf(written);
  if (!range)
    return wrong(
      field,
      `"${written}" is neither a port nor a range of ports.`,
      'write a number, or two numbers with a hyphen: `ports: "1024-65535"`',
    );
  if (field === "port" && range.from !== range.to)
    return wrong(field, `"${written}" is a range of ports.`, `write \`ports: "${written}"\``);
  const bad = [range.from, range.to].find((port) => port > 65_535);
  if (bad !== undefined) return wrong(field, `There is no port ${bad}; ports go from 0 to 65535.`);
  return range.from > range.to
    ? wrong(field, `The ports ${range.from} to ${range.to} are the wrong way round.`, `write \`ports: "${range.to}-${range.from}"\``)
    : [];
}

/**
 * Checks protocol and network of an ICMP entry. EC2 opens all ICMP types when they belong to different families (EC2 API,
 * CreateNetworkAclEntry).
 */
function checkFamily(entry: Entry, path: string): Problem[] {
  const isIpv6 = peerOf(entry).includes(":");
  const protocol = protocolOf(entry.protocol);
  if (protocol === "icmp" && isIpv6)
    return [{ code: "bad-rule", path, summary: "The protocol for an IPv6 network is ICMPv6, not ICMP.", hint: "write `protocol: icmpv6`" }];
  if (protocol === "icmpv6" && !isIpv6)
    return [{ code: "bad-rule", path, summary: "ICMPv6 is for IPv6 networks only.", hint: "write `protocol: icmp`" }];
  return [];
}

function peerOf(entry: Entry): string {
  return entry.source ?? entry.destination ?? "";
}
