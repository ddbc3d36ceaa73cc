/** Network ACLs. Every subnet has exactly one, a new subnet the default ACL of its VPC. */
import type {
  CreateNetworkAclEntryRequest,
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclEntryRequest,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclEntry,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
  ReplaceNetworkAclEntryRequest,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { formatIpv4, ipv4, ipv6 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { dependency, invalidCombination, invalidValue, missingParameter, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { aclAssociations, networkAcls, subnets, vpcs, type AclEntry, type NetworkAclRecord, type SubnetRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { once } from "./tokens.ts";

/** Numbers of the last entries of every ACL, shown as "*" in the console. They cannot be deleted. */
const lastIpv4 = 32767;
const lastIpv6 = 32768;

export function makeDefaultAcl(call: Call, vpcId: string): NetworkAclRecord {
  const open = (egress: boolean): AclEntry => ({ number: 100, egress, protocol: "-1", action: "allow", cidr: "0.0.0.0/0" });
  return makeAcl(call, vpcId, true, [open(true), open(false)]);
}

function makeAcl(call: Call, vpcId: string, isDefault: boolean, entries: AclEntry[]): NetworkAclRecord {
  const deny = (egress: boolean): AclEntry => ({ number: lastIpv4, egress, protocol: "-1", action: "deny", cidr: "0.0.0.0/0" });
  const acl: NetworkAclRecord = {
    id: call.id("acl"),
    vpcId,
    isDefault,
    entries: [...entries, deny(true), deny(false)],
    associations: [],
    touched: false,
  };
  networkAcls(call).set(acl.id, acl);
  if (vpcs(call).get(vpcId)?.ipv6.some(isLive)) openAclToIpv6(acl);
  return acl;
}

/** Opens an untouched default ACL to IPv6 when its VPC gets an IPv6 block, and adds the last IPv6 entry to every ACL, as AWS does. */
export function openAclToIpv6(acl: NetworkAclRecord): void {
  for (const egress of [true, false]) {
    // The entries stay when the block goes, and an ACL has each number only once.
    const has = (number: number) => acl.entries.some((entry) => entry.number === number && entry.egress === egress);
    if (acl.isDefault && !acl.touched && !has(101))
      acl.entries.push({ number: 101, egress, protocol: "-1", action: "allow", ipv6Cidr: "::/0" });
    if (!has(lastIpv6)) acl.entries.push({ number: lastIpv6, egress, protocol: "-1", action: "deny", ipv6Cidr: "::/0" });
  }
}

/** Adds a new subnet to the default ACL of its VPC. */
export function adoptSubnet(call: Call, subnet: SubnetRecord): void {
  associate(call, defaultAclOf(call, subnet.vpcId), subnet);
}

export function forgetSubnet(call: Call, subnet: SubnetRecord): void {
  const acl = networkAcls(call).get(subnet.aclId);
  if (!acl) return;
  for (const association of acl.associations) if (association.subnetId === subnet.id) aclAssociations(call).delete(association.id);
  acl.associations = acl.associations.filter((association) => association.subnetId !== subnet.id);
}

function defaultAclOf(call: Call, vpcId: string): NetworkAclRecord {
  for (const acl of networkAcls(call).values()) if (acl.vpcId === vpcId && acl.isDefault) return acl;
  throw new Error(`VPC ${vpcId} has no default network ACL`);
}

function associate(call: Call, acl: NetworkAclRecord, subnet: SubnetRecord): string {
  const id = call.id("aclassoc");
  acl.associations.push({ id, subnetId: subnet.id });
  aclAssociations(call).set(id, { owner: acl.id });
  subnet.aclId = acl.id;
  return id;
}

const create: Handler<CreateNetworkAclRequest, CreateNetworkAclResult> = (input, call) => {
  const { ids } = once(call, input, () => {
    const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
    const tags = tagsToBe(input.TagSpecifications, "network-acl");
    const have = [...networkAcls(call).values()].filter((acl) => acl.vpcId === vpc.id).length;
    within(call, "networkAclsPerVpc", have, "NetworkAclLimitExceeded", "The maximum number of network ACLs has been reached.");
    const acl = makeAcl(call, vpc.id, false, []);
    giveTags(call, acl.id, tags["network-acl"]);
    return [acl.id];
  });
  const acl = networkAcls(call).get(ids[0]!);
  return { NetworkAcl: acl ? describe(call, acl) : { NetworkAclId: ids[0], VpcId: input.VpcId }, ClientToken: input.ClientToken };
};

const remove: Handler<DeleteNetworkAclRequest, object> = (input, call) => {
  const acl = need(call, idKinds.networkAcl, input.NetworkAclId, "networkAclId");
  if (acl.isDefault) throw invalidValue(`cannot delete default network ACL ${acl.id}`);
  if (acl.associations.length > 0) throw dependency(`The networkAcl '${acl.id}' has dependencies and cannot be deleted.`);
  networkAcls(call).delete(acl.id);
  dropTags(call, acl.id);
  return {};
};

const createEntry: Handler<CreateNetworkAclEntryRequest, object> = (input, call) => {
  const acl = need(call, idKinds.networkAcl, input.NetworkAclId, "networkAclId");
  const entry = entryOf(input);
  if (find(acl, entry))
    throw new AwsFault("NetworkAclEntryAlreadyExists", `The network acl entry identified by ${entry.number} already exists.`);
  const have = acl.entries.filter((one) => one.egress === entry.egress && Boolean(one.ipv6Cidr) === Boolean(entry.ipv6Cidr)).length;
  within(call, "entriesPerAcl", have, "NetworkAclEntryLimitExceeded", "The maximum number of network ACL entries has been reached.");
  put(acl, entry);
  return {};
};

const replaceEntry: Handler<ReplaceNetworkAclEntryRequest, object> = (input, call) => {
  const acl = need(call, idKinds.networkAcl, input.NetworkAclId, "networkAclId");
  const entry = entryOf(input);
  if (!find(acl, entry)) throw noEntry(acl, entry);
  put(acl, entry);
  return {};
};

const deleteEntry: Handler<DeleteNetworkAclEntryRequest, object> = (input, call) => {
  const acl = need(call, idKinds.networkAcl, input.NetworkAclId, "networkAclId");
  const key = { number: ruleNumber(input.RuleNumber), egress: required(input.Egress, "egress") };
  if (!find(acl, key)) throw noEntry(acl, key);
  acl.entries = acl.entries.filter((entry) => !isSame(entry, key));
  acl.touched = true;
  return {};
};

type EntryKey = Pick<AclEntry, "number" | "egress">;

function find(acl: NetworkAclRecord, key: EntryKey): AclEntry | undefined {
  return acl.entries.find((entry) => isSame(entry, key));
}

function isSame(a: EntryKey, b: EntryKey): boolean {
  return a.number === b.number && a.egress === b.egress;
}

function noEntry(acl: NetworkAclRecord, { number, egress }: EntryKey): AwsFault {
  return new AwsFault(
    "InvalidNetworkAclEntry.NotFound",
    `The ${egress ? "egress" : "ingress"} entry with rule number ${number} does not exist in network ACL ${acl.id}`,
  );
}

function put(acl: NetworkAclRecord, entry: AclEntry): void {
  acl.entries = [...acl.entries.filter((one) => !isSame(one, entry)), entry].sort((a, b) => a.number - b.number);
  acl.touched = true;
}

function entryOf(input: CreateNetworkAclEntryRequest): AclEntry {
  const number = ruleNumber(input.RuleNumber);
  const egress = required(input.Egress, "egress");
  const protocol = protocolOf(required(input.Protocol, "protocol"));
  const action = required(input.RuleAction, "ruleAction");
  if (action !== "allow" && action !== "deny") throw invalidValue(`Value (${action}) for parameter ruleAction is invalid.`);
  if (input.CidrBlock && input.Ipv6CidrBlock) throw invalidCombination("Only one of cidrBlock and ipv6CidrBlock may be given");
  if (!input.CidrBlock && !input.Ipv6CidrBlock) throw missingParameter("cidrBlock");
  return {
    number,
    egress,
    protocol,
    action,
    ...(input.CidrBlock
      ? { cidr: formatIpv4(ipv4(input.CidrBlock, "cidrBlock")) }
      : { ipv6Cidr: ipv6(input.Ipv6CidrBlock!, "ipv6CidrBlock") }),
    ...portsOf(protocol, input),
  };
}

/** Ports for TCP and UDP, type and code for ICMP. Any other protocol ignores them. */
function portsOf(protocol: string, input: CreateNetworkAclEntryRequest): Pick<AclEntry, "ports" | "icmp"> {
  if (protocol === "6" || protocol === "17") {
    const { From: from, To: to } = required(input.PortRange, "portRange");
    if (from === undefined || to === undefined || from > to || from < 0 || to > 65535)
      throw invalidValue(`Invalid port range ${from}-${to}`);
    return { ports: { from, to } };
  }
  if (protocol === "1" || protocol === "58") {
    const { Type: type, Code: code } = required(input.IcmpTypeCode, "icmpTypeCode");
    return { icmp: { type: type ?? -1, code: code ?? -1 } };
  }
  return {};
}

const protocolNumbers: Readonly<Record<string, string>> = { tcp: "6", udp: "17", icmp: "1", icmpv6: "58", all: "-1" };

function protocolOf(given: string): string {
  const number = protocolNumbers[given.toLowerCase()] ?? given;
  if (!/^(-1|\d{1,3})$/.test(number) || Number(number) > 255) throw invalidValue(`Invalid value '${given}' for protocol.`);
  return number;
}

function ruleNumber(given: number | undefined): number {
  const number = required(given, "ruleNumber");
  if (number < 1 || number > 32766)
    throw invalidValue(`Value (${number}) for parameter ruleNumber is invalid. Rule number must be in the range 1..32766`);
  return number;
}

/** Associates a subnet with another ACL. The association gets a new id each time. */
const replaceAssociation: Handler<ReplaceNetworkAclAssociationRequest, ReplaceNetworkAclAssociationResult> = (input, call) => {
  const id = required(input.AssociationId, "associationId");
  const from = networkAcls(call).get(aclAssociations(call).get(id)?.owner ?? "");
  const association = from?.associations.find((one) => one.id === id);
  if (!from || !association) throw new AwsFault("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
  const to = need(call, idKinds.networkAcl, input.NetworkAclId, "networkAclId");
  if (to.vpcId !== from.vpcId) throw invalidValue(`network ACL ${to.id} and network ACL ${from.id} belong to different networks`);
  const subnet = subnets(call).get(association.subnetId)!;
  forgetSubnet(call, subnet);
  return { NewAssociationId: associate(call, to, subnet) };
};

const describeAcls: Handler<DescribeNetworkAclsRequest, DescribeNetworkAclsResult> = (input, call) => {
  const entries = (pick: (entry: AclEntry) => string | number | boolean | undefined) => (acl: NetworkAclRecord) => acl.entries.map(pick);
  const { found, NextToken } = list<NetworkAclRecord>(call, input, {
    records: networkAcls(call).values(),
    ids: { kind: idKinds.networkAcl, given: input.NetworkAclIds, parameter: "networkAclId" },
    pages: [5, 1000],
    filters: {
      "association.association-id": (acl) => acl.associations.map((one) => one.id),
      "association.network-acl-id": (acl) => acl.associations.map(() => acl.id),
      "association.subnet-id": (acl) => acl.associations.map((one) => one.subnetId),
      default: (acl) => acl.isDefault,
      "entry.cidr": entries((entry) => entry.cidr),
      "entry.egress": entries((entry) => entry.egress),
      "entry.ipv6-cidr": entries((entry) => entry.ipv6Cidr),
      "entry.protocol": entries((entry) => entry.protocol),
      "entry.rule-action": entries((entry) => entry.action),
      "entry.rule-number": entries((entry) => entry.number),
      "network-acl-id": (acl) => acl.id,
      "owner-id": () => call.account,
      "vpc-id": (acl) => acl.vpcId,
    },
  });
  return { NextToken, NetworkAcls: found.map((acl) => describe(call, acl)) };
};

function describe(call: Call, acl: NetworkAclRecord): NetworkAcl {
  return {
    NetworkAclId: acl.id,
    VpcId: acl.vpcId,
    OwnerId: call.account,
    IsDefault: acl.isDefault,
    Entries: acl.entries.map(describeEntry),
    Associations: acl.associations.map(({ id, subnetId }) => ({ NetworkAclAssociationId: id, NetworkAclId: acl.id, SubnetId: subnetId })),
    Tags: tagList(call, acl.id),
  };
}

function describeEntry(entry: AclEntry): NetworkAclEntry {
  return {
    RuleNumber: entry.number,
    Egress: entry.egress,
    Protocol: entry.protocol,
    RuleAction: entry.action,
    CidrBlock: entry.cidr,
    Ipv6CidrBlock: entry.ipv6Cidr,
    PortRange: entry.ports ? { From: entry.ports.from, To: entry.ports.to } : undefined,
    IcmpTypeCode: entry.icmp ? { Type: entry.icmp.type, Code: entry.icmp.code } : undefined,
  };
}

export const networkAclOperations: Record<string, Handler> = {
  CreateNetworkAcl: create,
  CreateNetworkAclEntry: createEntry,
  DeleteNetworkAcl: remove,
  DeleteNetworkAclEntry: deleteEntry,
  DescribeNetworkAcls: describeAcls,
  ReplaceNetworkAclAssociation: replaceAssociation,
  ReplaceNetworkAclEntry: replaceEntry,
};
