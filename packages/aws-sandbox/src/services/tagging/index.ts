/**
 * The Resource Groups Tagging API: one index of the tags in all other services. It never shows Auto Scaling groups. Faults: `lag.index`
 * delays it. Each of two fault events is used up by one call: with `tagging:silent` it shows nothing, with `tagging:stale` it still shows
 * its earlier state, including deleted resources.
 */
import type {
  GetResourcesInput,
  GetResourcesOutput,
  TagFilter,
  TagResourcesInput,
  TagResourcesOutput,
  UntagResourcesInput,
  UntagResourcesOutput,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { AwsFault, type Call, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { objects } from "../cloudcontrol/state.ts";
import { setTags } from "../cloudcontrol/objects.ts";
import { taggedResources, type TaggedResource } from "./resources.ts";

export const model: ServiceModel = {
  operations: { GetResources: getResources, TagResources: tagResources, UntagResources: untagResources },
};

type Failures = NonNullable<TagResourcesOutput["FailedResourcesMap"]>;

/** Tags objects of Cloud Control only. Resources of other services are tagged through their own APIs. */
function tagResources({ ResourceARNList = [], Tags = {} }: TagResourcesInput, call: Call): TagResourcesOutput {
  return { FailedResourcesMap: retag(call, ResourceARNList, (tags) => ({ ...tags, ...Tags })) };
}

function untagResources({ ResourceARNList = [], TagKeys = [] }: UntagResourcesInput, call: Call): UntagResourcesOutput {
  const without = (tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key)));
  return { FailedResourcesMap: retag(call, ResourceARNList, without) };
}

function retag(call: Call, arns: readonly string[], change: (tags: Record<string, string>) => Record<string, string>): Failures {
  const failures: Failures = {};
  for (const arn of arns) {
    const record = [...objects(call).values()].find((one) => one.arn === arn);
    if (record) setTags(call, record, change);
    else failures[arn] = { StatusCode: 400, ErrorCode: "InvalidParameterException", ErrorMessage: "The resource does not exist." };
  }
  return failures;
}

const mostFilters = 50;
const mostValues = 20;
const mostTypes = 100;

function getResources(input: GetResourcesInput, call: Call): GetResourcesOutput {
  refuseUnknown(call, input, ["PaginationToken", "TagFilters", "ResourceTypeFilters", "ResourceARNList", "ResourcesPerPage"]);
  const { TagFilters: filters = [], ResourceTypeFilters: types = [], ResourceARNList: arns = [] } = input;
  check(filters, types);
  // "You can't specify both this parameter and other filters in the same request" (GetResources, ResourceARNList).
  if (arns.length > 0 && (filters.length > 0 || types.length > 0))
    throw new AwsFault("InvalidParameterException", "ResourceARNList cannot be combined with other filters.");
  if (arns.length > 100) throw new AwsFault("InvalidParameterException", "ResourceARNList has at most 100 ARNs.");
  const isMeant = (one: TaggedResource) =>
    (arns.length === 0 || arns.includes(one.arn)) &&
    hasTags(one, filters) &&
    (types.length === 0 || filtersOf(one.arn).some((type) => types.includes(type)));
  const found = shown(call).filter(isMeant);
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

function check(filters: readonly TagFilter[], types: readonly string[]): void {
  if (filters.length > mostFilters || filters.some(({ Values = [] }) => Values.length > mostValues) || types.length > mostTypes)
    throw new AwsFault("InvalidParameterException", "The request has too many filters.");
  const bad = types.find((type) => !/^[a-z0-9-]+(:[A-Za-z0-9-]+)?$/.test(type));
  if (bad !== undefined) throw new AwsFault("InvalidParameterException", `Unsupported resource type format "${bad}".`);
}

/** The filters that match an ARN: `ec2:vpc` matches this service and type, `sns` all types of the service. */
function filtersOf(arn: string): readonly string[] {
  const [, , service = "", , , ...rest] = arn.split(":");
  return [service, `${service}:${rest.join(":").split(/[/:]/, 1)[0]}`];
}

/** Whether a resource passes all filters. A filter without values asks only for the key. */
function hasTags({ tags }: TaggedResource, filters: readonly TagFilter[]): boolean {
  return filters.every(({ Key = "", Values = [] }) => Key in tags && (Values.length === 0 || Values.includes(tags[Key]!)));
}

function shown(call: Call): readonly TaggedResource[] {
  if (call.fault("tagging:silent")) return [];
  const now = taggedResources(call).filter(({ key }) => call.sees(key, "index"));
  if (!call.fault("tagging:stale")) return now;
  const remembered = call.store.table<TaggedResource>("tagging.remembered");
  for (const one of now) remembered.set(one.arn, { ...one, tags: { ...one.tags } });
  return [...remembered.values()];
}
