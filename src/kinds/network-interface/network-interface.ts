import type { Authored, Kind, Slot, Subject } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { atLeast, privateAddressSlot } from "../shared/slots.ts";
import { textOf } from "../shared/told.ts";
import { checkInterface } from "./check.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import type { Handle } from "./live.ts";
import { network } from "./network.ts";
import { type NetworkInterface, schema } from "./schema.ts";
import { opensWithMore } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const networkInterface: Kind<NetworkInterface, Handle> = {
  name: "networkInterface",
  section: "networkInterfaces",
  idPrefix: "eni-",
  doc: "A network interface that exists independently of instances: it keeps its addresses when it moves from one instance to another.",
  outputs: {
    privateIp: "The primary private IPv4 address.",
    publicIp: { doc: "The public address of the primary private address, if there is one.", changesWith: "update" },
    ipv6: "The first IPv6 address, if there is one.",
    macAddress: "The MAC address.",
  },
  foreign,
  schema,
  fields: {
    subnet: { change: "replace", because: "a network interface cannot move to another subnet" },
    // An interface in a VPC has at least one security group (EC2 API, ModifyNetworkInterfaceAttribute).
    securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
    privateIpAddresses: {
      // The first address is fixed at creation.
      change: (was, now) => (was?.[0] === now?.[0] ? "update" : "replace"),
      same: (request, have = [], _live, _resolved, spec) =>
        request[0] === have[0] && (spec?.secondaryPrivateIpAddressCount !== undefined || sameSet(request, have)),
      because: "the primary private address of a network interface cannot be changed",
    },
    secondaryPrivateIpAddressCount: { change: "update" },
    ipv6AddressCount: { change: "update" },
    sourceDestCheck: { change: "update", default: { value: true, class: "enforced" }, urgency: "safety" },
    description: { change: "update", late: true, default: { value: "", class: "create-only" } },
  },
  summary: ({ subnet }) => ({ line: `in ${textOf(subnet)}`, tells: ["subnet"] }),
  stages: [{ name: "create" }, { name: "settings", fields: ["sourceDestCheck"] }],
  create: "token",
  slots,
  waits: { create: { typical: 2, limit: 120 }, delete: { typical: 5, limit: 300 }, poll: 2 },
  tagIndex: ec2Index("network-interface"),
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 1000)),
  iam: {
    read: ["ec2:DescribeNetworkInterfaces"],
    write: [
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DetachNetworkInterface",
      "ec2:ModifyNetworkInterfaceAttribute",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
      "ec2:AssignIpv6Addresses",
      "ec2:UnassignIpv6Addresses",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface"],
    onlyFor: {
      "ec2:AssignPrivateIpAddresses": ["privateIpAddresses", "secondaryPrivateIpAddressCount"],
      "ec2:UnassignPrivateIpAddresses": ["privateIpAddresses", "secondaryPrivateIpAddressCount"],
      "ec2:AssignIpv6Addresses": ["ipv6AddressCount"],
      "ec2:UnassignIpv6Addresses": ["ipv6AddressCount"],
    },
    access: {
      "ec2:CreateNetworkInterface": { made: ["network-interface/*"], free: ["subnet/*", "security-group/*"] },
      "ec2:DetachNetworkInterface": { ours: ["network-interface/*"], free: ["instance/*"] },
      "ec2:ModifyNetworkInterfaceAttribute": { ours: ["network-interface/*"], free: ["instance/*", "security-group/*"] },
    },
  },
  check: checkInterface,
  network,
  authored,
  drawn,
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((ip) => other.includes(ip));
}

function slots({ spec: { subnet, privateIpAddresses = [] } }: Subject<Partial<NetworkInterface>>): readonly Slot[] {
  return subnet === undefined ? [] : privateIpAddresses.map((ip, i) => privateAddressSlot(subnet, ip, `privateIpAddresses[${i}]`));
}

/** Keeps the addresses: an interface with a life of its own exists for the sake of its addresses. */
function authored(spec: Partial<NetworkInterface>): Authored<NetworkInterface> {
  return {
    spec: without(omit(spec, ["secondaryPrivateIpAddressCount"]), { sourceDestCheck: true, description: "", ipv6AddressCount: 0 }),
  };
}
