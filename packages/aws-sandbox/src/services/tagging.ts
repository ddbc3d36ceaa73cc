/** The Resource Groups Tagging API in the sandbox: an index of the tags of objects whose own service cannot be asked by tag. */
import type { GetResourcesInput } from "@aws-sdk/client-resource-groups-tagging-api";
import { AwsFault, type Call, type ServiceModel } from "../model.ts";
import { page } from "../paging.ts";
import { refuseUnknown } from "../unmodelled.ts";
import { arnOf as arnOfGroup, logGroups } from "./logs/state.ts";

interface Entry {
  readonly arn: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the index covers, by the service; a filter names one or a type of one (Tagging API, GetResources). */
const covered: Readonly<Record<string, (call: Call) => readonly Entry[]>> = {
  logs: (call) => [...logGroups(call).values()].map(({ name, tags }) => ({ arn: arnOfGroup(call, name), id: name, tags })),
};

function getResources(input: GetResourcesInput, call: Call) {
  refuseUnknown(call, input, ["PaginationToken", "TagFilters", "ResourceTypeFilters", "ResourcesPerPage"]);
  const asked = input.ResourceTypeFilters ?? [];
  if (asked.length === 0) throw new AwsFault("NotImplemented", "The sandbox models GetResources with ResourceTypeFilters only.");
  const found = asked.flatMap((type) => {
    const entries = covered[type];
    if (!entries) throw new AwsFault("NotImplemented", `The sandbox's index of tags does not cover ${type}.`);
    return entries(call).filter((entry) => call.sees(entry.id, "tags") && hasTags(entry, input.TagFilters ?? []));
  });
  const { items, next } = page(call, found, input, { key: ({ arn }) => arn, max: 100, size: 100, names: "tagging" });
  return {
    ResourceTagMappingList: items.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
    PaginationToken: "",
    ...next,
  };
}

/** All filters must hold; the values of one are alternatives, and none means any (Tagging API, GetResources). */
function hasTags({ tags }: Entry, filters: NonNullable<GetResourcesInput["TagFilters"]>): boolean {
  return filters.every(({ Key, Values = [] }) => tags[Key!] !== undefined && (Values.length === 0 || Values.includes(tags[Key!]!)));
}

export const model: ServiceModel = { operations: { GetResources: getResources } };
