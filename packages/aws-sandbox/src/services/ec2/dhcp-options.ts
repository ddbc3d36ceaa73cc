/** DHCP option sets. They never change; each account and region has one default set. */
import type {
  AssociateDhcpOptionsRequest,
  CreateDhcpOptionsRequest,
  CreateDhcpOptionsResult,
  DeleteDhcpOptionsRequest,
  DescribeDhcpOptionsRequest,
  DescribeDhcpOptionsResult,
  DhcpOptions,
} from "@aws-sdk/client-ec2";
import type { Call, Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { dependency, invalidValue, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { dhcpOptions, settings, vpcs, type DhcpOptionsRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";

const keys = [
  "domain-name",
  "domain-name-servers",
  "ntp-servers",
  "netbios-name-servers",
  "netbios-node-type",
  "ipv6-address-preferred-lease-time",
];

/** The default set of an account and region, created once. `default` in AssociateDhcpOptions does not mean this set. */
export function defaultDhcpOptions(call: Call): DhcpOptionsRecord {
  const known = settings(call).get("defaultDhcpOptions")?.value as string | undefined;
  if (known) return dhcpOptions(call).get(known)!;
  const domain = call.region === "us-east-1" ? "ec2.internal" : `${call.region}.compute.internal`;
  const made: DhcpOptionsRecord = {
    id: call.id("dopt"),
    options: [
      { key: "domain-name", values: [domain] },
      { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
    ],
  };
  dhcpOptions(call).set(made.id, made);
  settings(call).set("defaultDhcpOptions", { value: made.id });
  return made;
}

const create: Handler<CreateDhcpOptionsRequest, CreateDhcpOptionsResult> = (input, call) => {
  const given = required(input.DhcpConfigurations, "dhcpConfiguration");
  for (const { Key, Values } of given) {
    if (!Key || !keys.includes(Key)) throw invalidValue(`Value (${Key}) for parameter name is invalid. Unknown DHCP option`);
    if (!Values?.length || Values.some((value) => value === "")) throw invalidValue(`The DHCP option ${Key} must have a value`);
    if (Key !== "domain-name" && Values.length > 4) throw invalidValue(`The DHCP option ${Key} takes four values at most`);
  }
  const tags = tagsToBe(input.TagSpecifications, "dhcp-options");
  const made: DhcpOptionsRecord = { id: call.id("dopt"), options: given.map(({ Key, Values }) => ({ key: Key!, values: Values! })) };
  dhcpOptions(call).set(made.id, made);
  giveTags(call, made.id, tags["dhcp-options"]);
  return { DhcpOptions: describe(call, made) };
};

const remove: Handler<DeleteDhcpOptionsRequest, object> = (input, call) => {
  const set = need(call, idKinds.dhcpOptions, input.DhcpOptionsId, "dhcpOptionsId");
  for (const vpc of vpcs(call).values())
    if (vpc.dhcpOptionsId === set.id) throw dependency(`The dhcpOptions '${set.id}' has dependencies and cannot be deleted.`);
  dhcpOptions(call).delete(set.id);
  dropTags(call, set.id);
  return {};
};

/** Associates a set with a VPC. `default` means no options at all. */
const associate: Handler<AssociateDhcpOptionsRequest, object> = (input, call) => {
  const vpc = need(call, idKinds.vpc, input.VpcId, "vpcId");
  const id = required(input.DhcpOptionsId, "dhcpOptionsId");
  vpc.dhcpOptionsId = id === "default" ? "default" : need(call, idKinds.dhcpOptions, id, "dhcpOptionsId").id;
  return {};
};

const describeSets: Handler<DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult> = (input, call) => {
  const { found, NextToken } = list<DhcpOptionsRecord>(call, input, {
    records: dhcpOptions(call).values(),
    ids: { kind: idKinds.dhcpOptions, given: input.DhcpOptionsIds, parameter: "dhcpOptionsId" },
    pages: [5, 1000],
    filters: {
      "dhcp-options-id": (set) => set.id,
      key: (set) => set.options.map((option) => option.key),
      value: (set) => set.options.flatMap((option) => option.values),
      "owner-id": () => call.account,
    },
  });
  return { NextToken, DhcpOptions: found.map((set) => describe(call, set)) };
};

function describe(call: Call, set: DhcpOptionsRecord): DhcpOptions {
  return {
    DhcpOptionsId: set.id,
    OwnerId: call.account,
    DhcpConfigurations: set.options.map(({ key, values }) => ({ Key: key, Values: values.map((Value) => ({ Value })) })),
    Tags: tagList(call, set.id),
  };
}

export const dhcpOptionsOperations: Record<string, Handler> = {
  AssociateDhcpOptions: associate,
  CreateDhcpOptions: create,
  DeleteDhcpOptions: remove,
  DescribeDhcpOptions: describeSets,
};
