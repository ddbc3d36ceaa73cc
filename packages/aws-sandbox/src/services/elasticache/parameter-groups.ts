/** Cache parameter groups: values by name. A call cannot choose when a value is applied: the parameter decides. */
import type {
  CacheParameterGroup,
  CreateCacheParameterGroupMessage,
  DeleteCacheParameterGroupMessage,
  DescribeCacheParameterGroupsMessage,
  DescribeCacheParametersMessage,
  ModifyCacheParameterGroupMessage,
  ParameterNameValue,
  ResetCacheParameterGroupMessage,
} from "@aws-sdk/client-elasticache";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { invalidCombination, invalidValue, noParameterGroup, required } from "./faults.ts";
import { arn, identifier } from "./names.ts";
import { checkValue, definitionsOf, describeParameter, families, needParameter } from "./parameters.ts";
import { cacheClusters, parameterGroups, quota, replicationGroups, type ParameterGroupRecord } from "./state.ts";
import { newTags } from "./tags.ts";

export const parameterGroupOperations: Readonly<Record<string, Handler>> = {
  CreateCacheParameterGroup(input: CreateCacheParameterGroupMessage, call) {
    const name = identifier(input.CacheParameterGroupName, "CacheParameterGroupName", 255);
    const family = required(input.CacheParameterGroupFamily, "CacheParameterGroupFamily").toLowerCase();
    const description = required(input.Description, "Description");
    if (!Object.hasOwn(families, family)) throw invalidValue(`CacheParameterGroupFamily ${family} is not a valid parameter group family.`);
    if (parameterGroups.get(call, name))
      throw new AwsFault("CacheParameterGroupAlreadyExists", `Cache parameter group ${name} already exists.`);
    if (parameterGroups.all(call).length >= quota(call, "parameterGroups"))
      throw new AwsFault("CacheParameterGroupQuotaExceeded", "The request would exceed the maximum number of cache parameter groups.");
    const record: ParameterGroupRecord = { name, family, description, values: {}, tags: newTags(input.Tags) };
    parameterGroups.set(call, name, record);
    return { CacheParameterGroup: describe(record, call) };
  },

  DescribeCacheParameterGroups(input: DescribeCacheParameterGroupsMessage, call) {
    if (input.CacheParameterGroupName !== undefined)
      return { CacheParameterGroups: [describe(needParameterGroup(call, input.CacheParameterGroupName), call)] };
    const all = parameterGroups.all(call).filter(({ name }) => call.sees(parameterGroups.key(name), "id"));
    const key = ({ name }: ParameterGroupRecord) => parameterGroups.key(name);
    const { items, next } = page(call, all, input, { key, min: 20, max: 100, size: 100, names: "rds" });
    return { CacheParameterGroups: items.map((one) => describe(one, call)), ...next };
  },

  DescribeCacheParameters(input: DescribeCacheParametersMessage, call) {
    const group = needParameterGroup(call, input.CacheParameterGroupName);
    const all = definitionsOf(group.family)
      .map((definition) => describeParameter(definition, group))
      .filter(({ Source }) => input.Source === undefined || Source === input.Source);
    const key = ({ ParameterName }: { ParameterName?: string | undefined }) => ParameterName!;
    const { items, next } = page(call, all, input, { key, min: 20, max: 100, size: 100, names: "rds" });
    return { Parameters: items, CacheNodeTypeSpecificParameters: [], ...next };
  },

  ModifyCacheParameterGroup(input: ModifyCacheParameterGroupMessage, call) {
    const group = needChangeable(call, input.CacheParameterGroupName);
    const changes = atMostTwenty(input.ParameterNameValues).map(({ ParameterName, ParameterValue }) => {
      const definition = needParameter(group.family, ParameterName);
      const value = required(ParameterValue, `ParameterValue of ${definition.name}`);
      checkValue(definition, value);
      return { name: definition.name, value };
    });
    // The cluster mode is fixed at the creation of a group (ElastiCache User Guide, "Valkey and Redis OSS parameters": cluster-enabled).
    if (changes.some(({ name }) => name === "cluster-enabled") && usersOf(call, group).length > 0)
      throw invalidValue("The parameter cluster-enabled cannot be modified while the parameter group is in use.");
    for (const { name, value } of changes) group.values[name] = value;
    return { CacheParameterGroupName: group.name };
  },

  ResetCacheParameterGroup(input: ResetCacheParameterGroupMessage, call) {
    const group = needChangeable(call, input.CacheParameterGroupName);
    if (input.ResetAllParameters === true) {
      if (input.ParameterNameValues?.length) throw invalidCombination("ResetAllParameters cannot be combined with a list of parameters.");
      group.values = {};
      return { CacheParameterGroupName: group.name };
    }
    const names = atMostTwenty(input.ParameterNameValues).map(({ ParameterName }) => needParameter(group.family, ParameterName).name);
    for (const name of names) delete group.values[name];
    return { CacheParameterGroupName: group.name };
  },

  DeleteCacheParameterGroup(input: DeleteCacheParameterGroupMessage, call) {
    const group = needChangeable(call, input.CacheParameterGroupName);
    const [user] = usersOf(call, group);
    if (user !== undefined)
      throw new AwsFault(
        "InvalidCacheParameterGroupState",
        `One or more cache clusters are still using the cache parameter group ${group.name}: ${user}.`,
      );
    parameterGroups.delete(call, group.name);
    return {};
  },
};

function usersOf(call: Call, group: ParameterGroupRecord): string[] {
  return [...replicationGroups.all(call), ...cacheClusters.all(call)]
    .filter(({ parameterGroup, pending }) => parameterGroup === group.name || pending.parameterGroup === group.name)
    .map(({ id }) => id);
}

/** The parameter group, one of the account's or AWS's. */
export function needParameterGroup(call: Call, name: string | undefined): ParameterGroupRecord {
  const wanted = required(name, "CacheParameterGroupName").toLowerCase();
  const family = /^default\.(.+?)(\.cluster\.on)?$/.exec(wanted);
  if (family && Object.hasOwn(families, family[1]!))
    return {
      name: wanted,
      family: family[1]!,
      description: `Default parameter group for ${family[1]!}`,
      values: family[2] === undefined ? {} : { "cluster-enabled": "yes" },
      tags: {},
    };
  const found = parameterGroups.get(call, wanted);
  if (!found || !call.sees(parameterGroups.key(wanted), "id")) throw noParameterGroup(wanted);
  return found;
}

function needChangeable(call: Call, name: string | undefined): ParameterGroupRecord {
  const group = needParameterGroup(call, name);
  if (group.name.startsWith("default."))
    throw new AwsFault("InvalidCacheParameterGroupState", `The default parameter group ${group.name} cannot be changed.`);
  return group;
}

function atMostTwenty(list: readonly ParameterNameValue[] | undefined): readonly ParameterNameValue[] {
  const given = required(list?.length ? list : undefined, "ParameterNameValues");
  if (given.length > 20) throw invalidValue("A maximum of 20 parameters can be given in one request.");
  return given;
}

function describe(record: ParameterGroupRecord, call: Call): CacheParameterGroup {
  return {
    CacheParameterGroupName: record.name,
    CacheParameterGroupFamily: record.family,
    Description: record.description,
    IsGlobal: false,
    ARN: arn(call, "parametergroup", record.name),
  };
}
