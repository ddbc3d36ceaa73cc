/** DB parameter groups: values by name, and what they do to the instances that use them. */
import type {
  CreateDBParameterGroupMessage,
  DBParameterGroup,
  DeleteDBParameterGroupMessage,
  DescribeDBParameterGroupsMessage,
  DescribeDBParametersMessage,
  DescribeEngineDefaultParametersMessage,
  ModifyDBParameterGroupMessage,
  Parameter,
  ResetDBParameterGroupMessage,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { families } from "./engines.ts";
import { invalidCombination, invalidValue, noParameterGroup, notModelled, required } from "./faults.ts";
import { arn, identifier, nameOf } from "./names.ts";
import { checkParameterValue, definitionsOf, describeParameter, needParameter } from "./parameters.ts";
import { instances, parameterGroups, quota, type ParameterGroupRecord } from "./state.ts";
import { newTags } from "./tags.ts";
import { timing } from "./timing.ts";

export const parameterGroupOperations: Readonly<Record<string, Handler>> = {
  CreateDBParameterGroup(input: CreateDBParameterGroupMessage, call) {
    const name = identifier(input.DBParameterGroupName, "DBParameterGroupName", 255);
    const family = required(input.DBParameterGroupFamily, "DBParameterGroupFamily").toLowerCase();
    const description = required(input.Description, "Description");
    if (!families.includes(family)) throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
    if (parameterGroups.get(call, name)) throw new AwsFault("DBParameterGroupAlreadyExists", `Parameter group ${name} already exists`);
    if (parameterGroups.all(call).filter((group) => !isDefault(group.name)).length >= quota(call, "parameterGroups"))
      throw new AwsFault(
        "DBParameterGroupQuotaExceeded",
        "The request would result in the user exceeding the allowed number of DB parameter groups.",
      );
    const record: ParameterGroupRecord = { name, family, description, values: {}, tags: newTags(input.Tags) };
    parameterGroups.set(call, name, record);
    return { DBParameterGroup: describe(record, call) };
  },

  DescribeDBParameterGroups(input: DescribeDBParameterGroupsMessage, call) {
    if (input.DBParameterGroupName !== undefined)
      return { DBParameterGroups: [describe(needParameterGroup(call, input.DBParameterGroupName), call)] };
    const all = parameterGroups.all(call).filter(({ name }) => call.sees(parameterGroups.key(name), "id"));
    const { items, next } = page(call, all, input, {
      key: ({ name }) => parameterGroups.key(name),
      min: 20,
      max: 100,
      size: 100,
      names: "rds",
    });
    return { DBParameterGroups: items.map((one) => describe(one, call)), ...next };
  },

  DescribeDBParameters(input: DescribeDBParametersMessage, call) {
    const group = needParameterGroup(call, input.DBParameterGroupName);
    const wanted = namesOf(input.Filters);
    const all = definitionsOf(group.family)
      .filter(({ name }) => wanted === undefined || wanted.has(name))
      .map((definition) => describeParameter(definition, group))
      .filter(({ Source }) => input.Source === undefined || Source === input.Source);
    const { items, next } = page(call, all, input, {
      key: ({ ParameterName }) => ParameterName!,
      min: 20,
      max: 100,
      size: 100,
      names: "rds",
    });
    return { Parameters: items, ...next };
  },

  DescribeEngineDefaultParameters(input: DescribeEngineDefaultParametersMessage, call) {
    const family = required(input.DBParameterGroupFamily, "DBParameterGroupFamily");
    if (!families.includes(family)) throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
    const all = definitionsOf(family).map((definition) => describeParameter(definition, undefined));
    const { items, next } = page(call, all, input, {
      key: ({ ParameterName }) => ParameterName!,
      min: 20,
      max: 100,
      size: 100,
      names: "rds",
    });
    return { EngineDefaults: { DBParameterGroupFamily: family, Parameters: items, ...next } };
  },

  ModifyDBParameterGroup(input: ModifyDBParameterGroupMessage, call) {
    const group = needChangeable(call, input.DBParameterGroupName);
    const changes = atMostTwenty(input.Parameters).map((parameter) => {
      const definition = needParameter(group.family, parameter.ParameterName);
      const value = required(parameter.ParameterValue, `Parameters[${definition.name}].ParameterValue`);
      checkParameterValue(definition, value);
      checkMethod(definition, parameter);
      return { definition, value };
    });
    for (const { definition, value } of changes) group.values[definition.name] = value;
    tell(
      call,
      group,
      changes.map(({ definition }) => definition.type),
    );
    return { DBParameterGroupName: group.name };
  },

  ResetDBParameterGroup(input: ResetDBParameterGroupMessage, call) {
    const group = needChangeable(call, input.DBParameterGroupName);
    if (input.ResetAllParameters !== false && input.Parameters?.length)
      throw invalidCombination("ResetAllParameters cannot be combined with a list of parameters.");
    const names = input.Parameters?.length
      ? atMostTwenty(input.Parameters)
      : Object.keys(group.values).map((ParameterName): Parameter => ({ ParameterName, ApplyMethod: "pending-reboot" }));
    const definitions = names.map((parameter) => {
      const definition = needParameter(group.family, parameter.ParameterName);
      checkMethod(definition, parameter);
      return definition;
    });
    for (const { name } of definitions) delete group.values[name];
    tell(
      call,
      group,
      definitions.map(({ type }) => type),
    );
    return { DBParameterGroupName: group.name };
  },

  DeleteDBParameterGroup(input: DeleteDBParameterGroupMessage, call) {
    const group = needChangeable(call, input.DBParameterGroupName);
    const user = instances.all(call).find(({ parameterGroup }) => parameterGroup === group.name);
    if (user)
      throw new AwsFault(
        "InvalidDBParameterGroupState",
        `One or more database instances are still members of this parameter group ${group.name}, so the group cannot be deleted`,
      );
    parameterGroups.delete(call, group.name);
    return {};
  },
};

export const parameterTransitions = {
  /** The dynamic values have reached the instance. */
  parametersApplied({ id, resourceId }: { id: string; resourceId: string }, call: Call) {
    const instance = instances.get(call, id);
    if (instance?.resourceId === resourceId && instance.parameterStatus === "applying") instance.parameterStatus = "in-sync";
  },
};

export function needParameterGroup(call: Call, name: string | undefined): ParameterGroupRecord {
  const wanted = nameOf(required(name, "DBParameterGroupName"));
  const family = /^default\.(.+)$/.exec(wanted)?.[1];
  if (family !== undefined && families.includes(family)) return defaultParameterGroup(call, family);
  const found = parameterGroups.get(call, wanted);
  if (!found || !call.sees(parameterGroups.key(wanted), "id")) throw noParameterGroup(wanted);
  return found;
}

/** AWS makes these when they are first used. */
export function defaultParameterGroup(call: Call, family: string): ParameterGroupRecord {
  const name = `default.${family}`;
  const known = parameterGroups.get(call, name);
  if (known) return known;
  const record: ParameterGroupRecord = { name, family, description: `Default parameter group for ${family}`, values: {}, tags: {} };
  parameterGroups.set(call, name, record);
  return record;
}

function needChangeable(call: Call, name: string | undefined): ParameterGroupRecord {
  const group = needParameterGroup(call, name);
  if (isDefault(group.name))
    throw new AwsFault("InvalidDBParameterGroupState", `The default parameter group ${group.name} cannot be modified or deleted.`);
  return group;
}

export function isDefault(name: string): boolean {
  return name.startsWith("default.");
}

function atMostTwenty(parameters: readonly Parameter[] | undefined): readonly Parameter[] {
  const given = required(parameters, "Parameters");
  if (given.length === 0 || given.length > 20)
    throw invalidValue(`A maximum of 20 parameters can be modified in a single request, and ${given.length} were given.`);
  return given;
}

function checkMethod(definition: { readonly name: string; readonly type: string }, { ApplyMethod }: Parameter): void {
  if (definition.type === "static" && ApplyMethod === "immediate")
    throw invalidCombination(`cannot use immediate apply method for static parameter: ${definition.name}`);
}

/** Static values wait for a reboot that no maintenance window makes; dynamic ones arrive within seconds. */
function tell(call: Call, group: ParameterGroupRecord, types: readonly string[]): void {
  for (const instance of instances.all(call)) {
    if (instance.parameterGroup !== group.name) continue;
    if (types.includes("static")) instance.parameterStatus = "pending-reboot";
    else if (instance.parameterStatus === "in-sync") {
      instance.parameterStatus = "applying";
      call.later(timing.applied, "rds:parametersApplied", { id: instance.id, resourceId: instance.resourceId });
    }
  }
}

function namesOf(filters: DescribeDBParametersMessage["Filters"]): ReadonlySet<string> | undefined {
  if (!filters?.length) return undefined;
  const other = filters.find(({ Name }) => Name !== "parameter-name");
  if (other) throw notModelled(`the filter ${other.Name} of DescribeDBParameters`);
  return new Set(filters.flatMap(({ Values }) => Values ?? []).map((name) => name.toLowerCase()));
}

function describe(record: ParameterGroupRecord, call: Call): DBParameterGroup {
  return {
    DBParameterGroupName: record.name,
    DBParameterGroupFamily: record.family,
    Description: record.description,
    DBParameterGroupArn: arn(call, "pg", record.name),
  };
}
