/** Prefix lists: the lists that AWS manages for S3 and DynamoDB, and the account's own. Rules and routes can name both. */
import type {
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { formatIpv4, ipv4, ipv6 } from "./cidrs.ts";
import { list } from "./describe.ts";
import { dependency, invalidCombination, invalidValue, knownValue, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { groups, prefixLists, routeTables, type PrefixListRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";

interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}

/** AWS's lists. They are the same for all accounts in a region, so the state does not hold them. */
function awsLists(call: Call): readonly PrefixList[] {
  return [
    { id: "pl-78a54011", name: `com.amazonaws.${call.region}.s3`, cidrs: ["52.219.56.0/22", "52.219.60.0/23", "3.5.140.0/22"] },
    { id: "pl-48a54021", name: `com.amazonaws.${call.region}.dynamodb`, cidrs: ["52.94.8.0/24", "3.5.144.0/23"] },
  ];
}

/** The prefix list with an id, AWS's or the account's. */
export function needPrefixList(call: Call, id: string): { readonly id: string } {
  return awsLists(call).find((one) => one.id === id) ?? needOwn(call, id);
}

function needOwn(call: Call, id: string | undefined): PrefixListRecord {
  return need(call, idKinds.prefixList, id, "prefixListId");
}

/** The list of a service with gateway endpoints; undefined for all other services. */
export function prefixListNamed(call: Call, service: string): PrefixList | undefined {
  return awsLists(call).find(({ name }) => name === service);
}

/** The number of rules that a list counts as in the quota of a security group: the maximum size for an own list. */
export function weightOf(call: Call, id: string): number {
  return awsLists(call).find((one) => one.id === id)?.cidrs.length ?? needOwn(call, id).max;
}

const create: Handler<CreateManagedPrefixListRequest, CreateManagedPrefixListResult> = (input, call) => {
  const { ids } = once(call, input, () => [begin(call, input).id], 255);
  const made = prefixLists(call).get(ids[0]!);
  return { PrefixList: made ? describeOwn(call, made) : { PrefixListId: ids[0] } };
};

function begin(call: Call, input: CreateManagedPrefixListRequest): PrefixListRecord {
  const name = required(input.PrefixListName, "prefixListName");
  if (name.startsWith("com.amazonaws")) throw invalidValue("The prefix list name cannot start with com.amazonaws.");
  const family = required(input.AddressFamily, "addressFamily");
  knownValue(family, ["IPv4", "IPv6"], "addressFamily");
  const max = required(input.MaxEntries, "maxEntries");
  if (max < 1 || max > 1000) throw new AwsFault("PrefixListMaxEntriesExceeded", "The maximum number of entries of a prefix list is 1000.");
  const given = input.Entries ?? [];
  if (given.length > 100) throw tooManyAtOnce();
  const tags = tagsToBe(input.TagSpecifications, "prefix-list");
  within(call, "prefixLists", prefixLists(call).size, "PrefixListLimitExceeded", "The maximum number of prefix lists has been reached.");
  const made: PrefixListRecord = {
    id: call.id("pl"),
    name,
    family: family as "IPv4" | "IPv6",
    max,
    version: 1,
    changedAt: call.now,
    entries: {},
  };
  for (const { Cidr, Description } of given) {
    const cidr = networkOf(made, Cidr);
    if (made.entries[cidr]) throw invalidValue(`The CIDR ${cidr} is given twice.`);
    made.entries[cidr] = Description ? { description: Description } : {};
  }
  checkRoom(made, made.entries);
  prefixLists(call).set(made.id, made);
  giveTags(call, made.id, tags["prefix-list"]);
  return made;
}

function networkOf({ family }: PrefixListRecord, text: string | undefined): string {
  const cidr = required(text, "cidr");
  if (cidr.includes(":") !== (family === "IPv6")) throw invalidValue(`The CIDR ${cidr} is not of the family ${family} of the prefix list.`);
  return family === "IPv6" ? ipv6(cidr, "cidr") : formatIpv4(ipv4(cidr, "cidr"));
}

function checkRoom({ max }: PrefixListRecord, entries: object): void {
  if (Object.keys(entries).length > max)
    throw new AwsFault("PrefixListMaxEntriesExceeded", `The prefix list holds ${max} entries at most.`);
}

function tooManyAtOnce(): AwsFault {
  return invalidValue("A request takes 100 entries to add and 100 to remove at most.");
}

/** Changes the entries or the maximum size. Both in one call are refused (EC2 API, ModifyManagedPrefixList). */
const modify: Handler<ModifyManagedPrefixListRequest, ModifyManagedPrefixListResult> = (input, call) => {
  if (awsLists(call).some(({ id }) => id === input.PrefixListId))
    throw new AwsFault("UnauthorizedOperation", "The prefix list is managed by AWS.", 403);
  const one = needOwn(call, input.PrefixListId);
  if (stateOf(call, one).endsWith("-in-progress"))
    throw new AwsFault("IncorrectState", `The prefix list ${one.id} is in the state ${stateOf(call, one)}.`);
  const { AddEntries: add, RemoveEntries: remove, MaxEntries: max } = input;
  if (remove?.length === 0) throw new AwsFault("InvalidRequest", "The request received was invalid: RemoveEntries is empty.");
  if (max !== undefined && (add ?? remove)) throw invalidCombination("MaxEntries cannot be changed together with entries");
  if ((add?.length ?? 0) > 100 || (remove?.length ?? 0) > 100) throw tooManyAtOnce();
  if (add ?? remove) {
    if (required(input.CurrentVersion, "currentVersion") !== one.version)
      throw new AwsFault(
        "PrefixListVersionMismatch",
        `The prefix list has the version ${one.version}, and the request names ${input.CurrentVersion}.`,
      );
    const after = { ...one.entries };
    for (const { Cidr } of remove ?? []) {
      const cidr = networkOf(one, Cidr);
      if (!after[cidr]) throw invalidValue(`The CIDR ${cidr} is not in the prefix list.`);
      delete after[cidr];
    }
    for (const { Cidr, Description } of add ?? []) {
      const cidr = networkOf(one, Cidr);
      if (remove?.some((entry) => networkOf(one, entry.Cidr) === cidr)) throw invalidValue(`The CIDR ${cidr} is both added and removed.`);
      after[cidr] = Description ? { description: Description } : {};
    }
    checkRoom(one, after);
    one.entries = after;
    one.version++;
  }
  if (max !== undefined) {
    if (max < 1 || max > 1000)
      throw new AwsFault("PrefixListMaxEntriesExceeded", "The maximum number of entries of a prefix list is 1000.");
    checkRoom({ ...one, max }, one.entries);
    one.max = max;
  }
  if (input.PrefixListName !== undefined) one.name = input.PrefixListName;
  one.changedAt = call.now;
  one.isModified = true;
  return { PrefixList: describeOwn(call, one) };
};

const remove: Handler<DeleteManagedPrefixListRequest, DeleteManagedPrefixListResult> = (input, call) => {
  const one = needOwn(call, input.PrefixListId);
  for (const { id, rules } of groups(call).values())
    if (rules.some(({ source }) => source.value === one.id)) throw dependency(`The prefix list ${one.id} is used by ${id}.`);
  for (const { id, routes } of routeTables(call).values())
    if (routes.some(({ destination }) => destination === one.id)) throw dependency(`The prefix list ${one.id} is used by ${id}.`);
  prefixLists(call).delete(one.id);
  dropTags(call, one.id);
  return { PrefixList: { ...describeOwn(call, one), State: "delete-in-progress" } };
};

function stateOf(
  call: Call,
  { changedAt, isModified }: PrefixListRecord,
): "create-in-progress" | "create-complete" | "modify-in-progress" | "modify-complete" {
  const isDone = call.now >= changedAt + timing.prefixListChanged;
  return isModified ? (isDone ? "modify-complete" : "modify-in-progress") : isDone ? "create-complete" : "create-in-progress";
}

function describeOwn(call: Call, one: PrefixListRecord): ManagedPrefixList {
  return {
    PrefixListId: one.id,
    PrefixListName: one.name,
    PrefixListArn: `arn:${call.partition}:ec2:${call.region}:${call.account}:prefix-list/${one.id}`,
    AddressFamily: one.family,
    MaxEntries: one.max,
    OwnerId: call.account,
    State: stateOf(call, one),
    Version: one.version,
    Tags: tagList(call, one.id),
  };
}

/** Describes prefix lists. The call has no filter for tags. */
const describeManaged: Handler<DescribeManagedPrefixListsRequest, DescribeManagedPrefixListsResult> = (input, call) => {
  for (const id of input.PrefixListIds ?? []) needPrefixList(call, id);
  const all = [
    ...awsLists(call).map((one) => ({ ...one, owner: "AWS" })),
    ...[...prefixLists(call).values()].map((one) => ({ ...one, owner: call.account })),
  ];
  const { found, NextToken } = list<(typeof all)[number]>(call, input, {
    records: all.filter((one) => !input.PrefixListIds?.length || input.PrefixListIds.includes(one.id)),
    pages: [1, 100],
    tagged: null,
    filters: { "owner-id": (one) => one.owner, "prefix-list-id": (one) => one.id, "prefix-list-name": (one) => one.name },
  });
  return {
    NextToken,
    PrefixLists: found.map((one) => {
      const own = prefixLists(call).get(one.id);
      if (own) return describeOwn(call, own);
      return {
        PrefixListId: one.id,
        PrefixListName: one.name,
        PrefixListArn: `arn:${call.partition}:ec2:${call.region}:aws:prefix-list/${one.id}`,
        AddressFamily: "IPv4",
        OwnerId: "AWS",
        State: "create-complete",
        Tags: [],
      };
    }),
  };
};

const describe: Handler<DescribePrefixListsRequest, DescribePrefixListsResult> = (input, call) => {
  for (const id of input.PrefixListIds ?? []) needPrefixList(call, id);
  const { found, NextToken } = list<PrefixList>(call, input, {
    records: awsLists(call).filter((one) => !input.PrefixListIds?.length || input.PrefixListIds.includes(one.id)),
    pages: [1, 1000],
    filters: { "prefix-list-id": (one) => one.id, "prefix-list-name": (one) => one.name },
  });
  return { NextToken, PrefixLists: found.map((one) => ({ PrefixListId: one.id, PrefixListName: one.name, Cidrs: [...one.cidrs] })) };
};

const entries: Handler<GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult> = (input, call) => {
  const aws = awsLists(call).find(({ id }) => id === input.PrefixListId);
  if (aws) return { Entries: aws.cidrs.map((Cidr) => ({ Cidr })) };
  const own = needOwn(call, input.PrefixListId);
  return { Entries: Object.entries(own.entries).map(([Cidr, { description }]) => ({ Cidr, Description: description })) };
};

export const prefixListOperations: Record<string, Handler> = {
  CreateManagedPrefixList: create,
  DeleteManagedPrefixList: remove,
  DescribeManagedPrefixLists: describeManaged,
  DescribePrefixLists: describe,
  GetManagedPrefixListEntries: entries,
  ModifyManagedPrefixList: modify,
};
