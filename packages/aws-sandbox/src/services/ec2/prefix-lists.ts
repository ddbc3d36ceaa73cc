/** Prefix lists: only those that AWS itself manages, for S3 and DynamoDB, to be named in rules and routes. */
import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";

interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}

/** The lists are AWS's and the same for everyone in a region, so they are no state. */
function prefixLists(call: Call): readonly PrefixList[] {
  return [
    { id: "pl-78a54011", name: `com.amazonaws.${call.region}.s3`, cidrs: ["52.219.56.0/22", "52.219.60.0/23", "3.5.140.0/22"] },
    { id: "pl-48a54021", name: `com.amazonaws.${call.region}.dynamodb`, cidrs: ["52.94.8.0/24", "3.5.144.0/23"] },
  ];
}

export function needPrefixList(call: Call, id: string): PrefixList {
  if (!/^pl-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw new AwsFault("InvalidPrefixListId.Malformed", `Invalid id: "${id}" (expecting "pl-...")`);
  const found = prefixLists(call).find((one) => one.id === id);
  if (!found) throw new AwsFault("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);
  return found;
}

/** The list of the service that can have gateway endpoints; undefined for all other services. */
export function prefixListNamed(call: Call, service: string): PrefixList | undefined {
  return prefixLists(call).find(({ name }) => name === service);
}

/** What a rule that names the list counts against the quota of its group. */
export function weightOf(call: Call, id: string): number {
  return needPrefixList(call, id).cidrs.length;
}

const describeManaged: Handler<DescribeManagedPrefixListsRequest, DescribeManagedPrefixListsResult> = (input, call) => {
  for (const id of input.PrefixListIds ?? []) needPrefixList(call, id);
  const { found, NextToken } = list<PrefixList>(call, input, {
    records: prefixLists(call).filter((one) => !input.PrefixListIds?.length || input.PrefixListIds.includes(one.id)),
    pages: [1, 100],
    filters: { "owner-id": () => "AWS", "prefix-list-id": (one) => one.id, "prefix-list-name": (one) => one.name },
  });
  return {
    NextToken,
    PrefixLists: found.map((one) => ({
      PrefixListId: one.id,
      PrefixListName: one.name,
      PrefixListArn: `arn:${call.partition}:ec2:${call.region}:aws:prefix-list/${one.id}`,
      AddressFamily: "IPv4",
      OwnerId: "AWS",
      State: "create-complete",
      Tags: [],
    })),
  };
};

const describe: Handler<DescribePrefixListsRequest, DescribePrefixListsResult> = (input, call) => {
  for (const id of input.PrefixListIds ?? []) needPrefixList(call, id);
  const { found, NextToken } = list<PrefixList>(call, input, {
    records: prefixLists(call).filter((one) => !input.PrefixListIds?.length || input.PrefixListIds.includes(one.id)),
    pages: [1, 1000],
    filters: { "prefix-list-id": (one) => one.id, "prefix-list-name": (one) => one.name },
  });
  return { NextToken, PrefixLists: found.map((one) => ({ PrefixListId: one.id, PrefixListName: one.name, Cidrs: [...one.cidrs] })) };
};

const entries: Handler<GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult> = (input, call) => {
  const { cidrs } = needPrefixList(call, input.PrefixListId ?? "");
  return { Entries: cidrs.map((Cidr) => ({ Cidr })) };
};

export const prefixListOperations: Record<string, Handler> = {
  DescribeManagedPrefixLists: describeManaged,
  DescribePrefixLists: describe,
  GetManagedPrefixListEntries: entries,
};
