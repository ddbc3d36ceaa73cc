/** Checks of a group's rules and name that a schema cannot express. */
import ipaddr from "ipaddr.js";
import { networksOf } from "../shared/network/prefix-lists.ts";
import type { Desired, Problem, Subject, ResourceIndex } from "../kind.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import type { SecurityGroup } from "./schema.ts";
import { hasPorts, isIcmp, portsOf, protocolOf } from "../shared/network/protocols.ts";
import { familyOf, openingKey, openingOf, type Direction, type Opening, type Rule } from "./rule.ts";
import { forbiddenIn } from "../../resource/naming.ts";
import { canonicalCidr } from "../../resource/ranges.ts";

/** The characters that names and descriptions may not hold (EC2 API, CreateSecurityGroup). */
export const forbidden = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/;

export function checkSecurityGroup(self: Subject<SecurityGroup>, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkName(self, index),
    ...checkText(self.spec.description, "description"),
    ...checkRules(self.spec.ingress ?? [], "ingress", self, index),
    ...checkRules(self.spec.egress ?? [], "egress", self, index),
  ];
}

function checkName(self: Subject<SecurityGroup>, index: ResourceIndex): Problem[] {
  const name = awsName(self);
  if (name === undefined) return [];
  if (name === "default" || name.startsWith("sg-"))
    return [
      {
        code: "bad-name",
        path: "name",
        summary: `EC2 reserves ${name === "default" ? 'the name "default"' : 'names that begin with "sg-"'}.`,
        hint: "write another `name:`",
      },
    ];
  const alike = indexBy(index, "groups by name", "securityGroup", (one) => [`${refKey(one.spec.vpc)} ${awsName(one)?.toLowerCase()}`]);
  const twin = alike.get(`${refKey(self.spec.vpc)} ${name.toLowerCase()}`)?.find((other) => awsName(other) !== name);
  if (!twin || twin.address < self.address) return [];
  return [
    {
      code: "name-collision",
      path: "name",
      summary: `${self.address} and ${twin.address} would have the names "${name}" and "${awsName(twin)}" in one VPC, which are the same name to EC2.`,
      hint: "give one of them another `name:`",
    },
  ];
}

function awsName(subject: Subject): string | undefined {
  return (subject as Partial<Desired>).awsName;
}

function checkText(text: string | undefined, path: string): Problem[] {
  const bad = forbiddenIn(text ?? "", forbidden);
  if (bad !== undefined)
    return [
      {
        code: "bad-value",
        path,
        summary: `EC2 does not allow ${JSON.stringify(bad)} in this description.`,
        hint: "use a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*",
      },
    ];
  return (text?.length ?? 0) > 255
    ? [{ code: "bad-value", path, summary: `This description has ${text!.length} characters, but EC2 allows 255.` }]
    : [];
}

/** EC2's quota of rules in one direction, counted separately for IPv4 and IPv6. A rule with a group or a prefix list counts in both. */
const ruleQuota = 60;

function checkRules(rules: readonly Rule[], direction: Direction, self: Subject<SecurityGroup>, index: ResourceIndex): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  const count = { 4: 0, 6: 0 };
  rules.forEach((rule, place) => {
    const path = `${direction}[${place}]`;
    const wrong = [
      ...checkRange(rule, path),
      ...checkPeer(rule, path, direction, self, index),
      ...checkText(rule.description, `${path}.description`),
    ];
    problems.push(...wrong);
    if (wrong.some((problem) => problem.severity !== "warning")) return;
    const opening = openingOf(rule);
    const twin = seen.get(openingKey(opening));
    if (twin !== undefined)
      problems.push({
        code: "duplicate-rule",
        path,
        summary: `This rule is the same as ${direction}[${twin}]: ${openingKey(opening)}.`,
        hint: "remove one of them: rules with the same protocol, ports and source are the same rule",
      });
    seen.set(openingKey(opening), twin ?? place);
    const family = familyOf(opening.peer);
    const weight = weightOf(index, opening.peer);
    if (family !== 6) count[4] += weight;
    if (family !== 4) count[6] += weight;
    if (direction === "ingress" && twin === undefined) problems.push(...checkExposure(opening, path));
  });
  const most = Math.max(count[4], count[6]);
  if (most > ruleQuota)
    problems.push({
      code: "quota",
      severity: "warning",
      path: direction,
      summary: `The group has ${most} ${direction} rules of one address family, but EC2 allows ${ruleQuota} unless the quota was raised.`,
    });
  return problems;
}

/** Returns how many rules a rule counts for. A prefix list counts as many as it may hold (Amazon VPC User Guide, "Amazon VPC quotas"). */
function weightOf(index: ResourceIndex, peer: string): number {
  const networks = networksOf(index, peer);
  return networks === undefined ? 1 : ((index.get(peer)!.spec.maxEntries as number | undefined) ?? Math.max(1, networks.length));
}

function checkRange(rule: Rule, path: string): Problem[] {
  const protocol = protocolOf(rule.protocol);
  const wrong = (field: string, summary: string, hint?: string): Problem[] => [
    { code: "bad-rule", path: `${path}.${field}`, summary, ...(hint ? { hint } : {}) },
  ];
  const number = Number(protocol);
  if (Number.isInteger(number) && number > 255)
    return wrong("protocol", `${number} is not an IP protocol number; they range from 0 to 255.`);
  const field = rule.ports !== undefined ? "ports" : "port";
  const written = rule[field];
  if (!isIcmp(protocol) && (rule.icmpType !== undefined || rule.icmpCode !== undefined))
    return wrong(
      rule.icmpType !== undefined ? "icmpType" : "icmpCode",
      `\`icmpType\` and \`icmpCode\` belong to ICMP; this rule is for ${protocol}.`,
      "write `protocol: icmp`",
    );
  if (isIcmp(protocol) && rule.icmpCode !== undefined && rule.icmpType === undefined)
    return wrong("icmpCode", "An ICMP code needs an ICMP type.", "write `icmpType:` too");
  if (!hasPorts(protocol)) {
    if (written === undefined) return [];
    return wrong(
      field,
      `Protocol ${protocol} has no ports; EC2 would ignore them and allow all traffic of the protocol.`,
      `remove \`${field}\`, or write \`protocol: tcp\` or \`udp\``,
    );
  }
  if (rule.port !== undefined && rule.ports !== undefined) return wrong("ports", "A rule has `port` or `ports`, not both.");
  if (written === undefined)
    return [
      {
        code: "bad-rule",
        path,
        summary: `A rule for ${protocol} needs a port.`,
        hint: 'write `port: 443`, `ports: "8000-8100"`, or `protocol: all` for everything',
      },
    ];
  return checkPorts(written, field, wrong);
}

function checkPorts(
  written: string | number,
  field: string,
  wrong: (field: string, summary: string, hint?: string) => Problem[],
): Problem[] {
  const range = portsOf(written);
  if (!range)
    return wrong(field, `"${written}" is not a port or a port range.`, 'write a number, or two with a hyphen: `ports: "8000-8100"`');
  if (field === "port" && String(written).includes("-"))
    return wrong(field, `"${written}" is a range of ports.`, `write \`ports: "${written}"\``);
  const bad = [range.from, range.to].find((port) => port > 65_535);
  if (bad !== undefined) return wrong(field, `${bad} is not a port: ports go from 0 to 65535.`);
  return range.from > range.to
    ? wrong(field, `The port range ${range.from} to ${range.to} is in the wrong order.`, `write \`ports: "${range.to}-${range.from}"\``)
    : [];
}

function checkPeer(rule: Rule, path: string, direction: Direction, self: Subject<SecurityGroup>, index: ResourceIndex): Problem[] {
  const field = direction === "ingress" ? "source" : "destination";
  const peer: unknown = rule[field];
  const wrong = (summary: string, hint?: string): Problem[] => [
    { code: "bad-cidr", path: `${path}.${field}`, summary, ...(hint ? { hint } : {}) },
  ];
  if (typeof peer !== "string") return [];
  if (/^[0-9a-fA-F.]*[.:][0-9a-fA-F.:]*(\/\d+)?$/.test(peer)) return checkNetwork(peer, protocolOf(rule.protocol), wrong);
  if (peer === self.address)
    return [
      {
        code: "bad-rule",
        path: `${path}.${field}`,
        summary: "A security group refers to itself with `self`.",
        hint: `write \`${field}: self\``,
      },
    ];
  const vpc = index.get(peer)?.spec.vpc;
  if (vpc === undefined || vpc === self.spec.vpc || arePeered(index, vpc, self.spec.vpc)) return [];
  return [
    {
      code: "other-vpc",
      severity: "warning",
      path: `${path}.${field}`,
      summary: `${peer} is in another VPC (${vpc}); EC2 allows it only if the two VPCs are peered.`,
    },
  ];
}

/** Whether a declared peering connects two VPCs. */
function arePeered(index: ResourceIndex, ...vpcs: readonly [unknown, unknown]): boolean {
  const [one, other] = vpcs.map(refKey);
  return index.of("vpcPeering").some(({ spec }) => {
    const ends = [refKey(spec.vpc), refKey(spec.peerVpc)];
    return ends.includes(one!) && ends.includes(other!);
  });
}

function checkNetwork(peer: string, protocol: string, wrong: (summary: string, hint?: string) => Problem[]): Problem[] {
  if (!peer.includes("/")) {
    if (!ipaddr.isValid(peer)) return wrong(`"${peer}" is not an IP address.`, "write a network such as 10.0.0.0/16");
    const isEverywhere = /^(0\.0\.0\.0|::)$/.test(peer);
    const length = isEverywhere ? 0 : ipaddr.parse(peer).kind() === "ipv4" ? 32 : 128;
    return wrong(
      `"${peer}" is an address, but a rule needs a network.`,
      `write ${peer}/${length} for ${isEverywhere ? "every address" : "this address alone"}`,
    );
  }
  const family = familyOf(peer);
  if (family === undefined || !isDotted(peer))
    return wrong(`"${peer}" is not a network.`, "write a network such as 10.0.0.0/16 or 2001:db8::/32");
  const network = canonicalCidr(peer);
  if (network !== peer && ipaddr.parseCIDR(peer)[0].toString() !== ipaddr.parseCIDR(network)[0].toString())
    return wrong(`${peer} has bits set beyond its mask; EC2 would change it to ${network}.`, `write ${network}, or a longer mask`);
  if (protocol === "icmp" && family === 6) return wrong("The protocol `icmp` has no IPv6 addresses.", "write `protocol: icmpv6`");
  return protocol === "icmpv6" && family === 4 ? wrong("The protocol `icmpv6` has no IPv4 addresses.", "write `protocol: icmp`") : [];
}

/** Whether an address is complete. The parser reads 10.1/16 as 10.0.0.1/16, which nobody means. */
function isDotted(peer: string): boolean {
  return peer.includes(":") || peer.split(".").length === 4;
}

/** Ports for the administration of instances. When they are open to the world, attackers find them within minutes. */
const adminPorts: Readonly<Record<number, string>> = { 22: "SSH", 3389: "Remote Desktop" };

function checkExposure({ protocol, from, to, peer }: Opening, path: string): Problem[] {
  if ((peer !== "0.0.0.0/0" && peer !== "::/0") || (protocol !== "tcp" && protocol !== "all")) return [];
  const open = Object.entries(adminPorts).filter(([port]) => protocol === "all" || (from <= Number(port) && Number(port) <= to));
  if (open.length === 0) return [];
  const names = open.map(([port, name]) => `${name} (${port})`).join(" and ");
  return [
    {
      code: "open-admin-port",
      severity: "warning",
      path,
      summary: `This opens ${names} to the whole internet.`,
      hint: "write only the networks that need access, or use a bastion or Session Manager",
    },
  ];
}
