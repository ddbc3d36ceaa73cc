/** Parameter groups of instances and of clusters: values by name, and their effect on the instances that use them. */
import type { DescribeDBParametersMessage, DescribeEngineDefaultParametersMessage, Parameter, Tag } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { families } from "./engines.ts";
import { invalidCombination, invalidValue, noParameterGroup, notModelled, required } from "./faults.ts";
import { arn, identifier, nameOf } from "./names.ts";
import { checkParameterValue, definitionsOf, describeParameter, needParameter } from "./parameters.ts";
import { clusterParameterGroups, clusters, instances, parameterGroups, quota, type ParameterGroupRecord } from "./state.ts";
import { newTags } from "./tags.ts";
import { timing } from "./timing.ts";

/** The differences between the two kinds of group: names of calls and members, and the databases that a group affects. */
interface Of {
  readonly of: "DB" | "DBCluster";
  readonly type: "pg" | "cluster-pg";
  readonly scope: "instance" | "cluster";
  readonly table: typeof parameterGroups;
  readonly quota: "parameterGroups" | "clusterParameterGroups";
  readonly user: (call: Call, group: string) => string | undefined;
}

const ofInstances: Of = {
  of: "DB",
  type: "pg",
  scope: "instance",
  table: parameterGroups,
  quota: "parameterGroups",
  user: (call, group) => instances.all(call).find(({ parameterGroup }) => parameterGroup === group)?.id,
};

const ofClusters: Of = {
  of: "DBCluster",
  type: "cluster-pg",
  scope: "cluster",
  table: clusterParameterGroups,
  quota: "clusterParameterGroups",
  user: (call, group) => clusters.all(call).find(({ parameterGroup }) => parameterGroup === group)?.id,
};

interface Input extends Pick<DescribeDBParametersMessage, "Source" | "Filters" | "MaxRecords" | "Marker"> {
  readonly DBParameterGroupName?: string;
  readonly DBClusterParameterGroupName?: string;
  readonly DBParameterGroupFamily?: string;
  readonly Description?: string;
  readonly Tags?: Tag[];
  readonly Parameters?: Parameter[];
  readonly ResetAllParameters?: boolean;
}

const sizes = { min: 20, max: 100, size: 100, names: "rds" } as const;

export const parameterGroupOperations: Readonly<Record<string, Handler>> = { ...operationsOf(ofInstances), ...operationsOf(ofClusters) };

function operationsOf(kind: Of): Readonly<Record<string, Handler>> {
  const { of, table, scope } = kind;
  const nameIn = (input: Input) => input[`${of}ParameterGroupName`];
  return {
    [`Create${of}ParameterGroup`](input: Input, call: Call) {
      const name = identifier(nameIn(input), `${of}ParameterGroupName`, 255);
      const family = required(input.DBParameterGroupFamily, "DBParameterGroupFamily").toLowerCase();
      const description = required(input.Description, "Description");
      if (!familiesOf(scope).includes(family)) throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
      if (table.get(call, name)) throw new AwsFault("DBParameterGroupAlreadyExists", `Parameter group ${name} already exists`);
      if (table.all(call).filter((group) => !isDefault(group.name)).length >= quota(call, kind.quota))
        throw new AwsFault(
          "DBParameterGroupQuotaExceeded",
          "The request would result in the user exceeding the allowed number of DB parameter groups.",
        );
      const record: ParameterGroupRecord = { name, family, description, values: {}, tags: newTags(input.Tags) };
      table.set(call, name, record);
      return { [`${of}ParameterGroup`]: describe(kind, record, call) };
    },

    [`Describe${of}ParameterGroups`](input: Input, call: Call) {
      const name = nameIn(input);
      if (name !== undefined) return { [`${of}ParameterGroups`]: [describe(kind, need(kind, call, name), call)] };
      const all = table.all(call).filter((group) => call.sees(table.key(group.name), "id"));
      const { items, next } = page(call, all, input, { key: (group) => table.key(group.name), ...sizes });
      return { [`${of}ParameterGroups`]: items.map((one) => describe(kind, one, call)), ...next };
    },

    [`Describe${of}Parameters`](input: Input, call: Call) {
      const group = need(kind, call, nameIn(input));
      const wanted = namesOf(input.Filters);
      const all = definitionsOf(group.family, scope)
        .filter(({ name }) => wanted === undefined || wanted.has(name))
        .map((definition) => describeParameter(definition, group))
        .filter(({ Source }) => input.Source === undefined || Source === input.Source);
      const { items, next } = page(call, all, input, { key: ({ ParameterName }) => ParameterName!, ...sizes });
      return { Parameters: items, ...next };
    },

    [of === "DB" ? "DescribeEngineDefaultParameters" : "DescribeEngineDefaultClusterParameters"](
      input: DescribeEngineDefaultParametersMessage,
      call: Call,
    ) {
      const family = required(input.DBParameterGroupFamily, "DBParameterGroupFamily");
      if (!familiesOf(scope).includes(family)) throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
      const all = definitionsOf(family, scope).map((definition) => describeParameter(definition, undefined));
      const { items, next } = page(call, all, input, { key: ({ ParameterName }) => ParameterName!, ...sizes });
      return { EngineDefaults: { DBParameterGroupFamily: family, Parameters: items, ...next } };
    },

    [`Modify${of}ParameterGroup`](input: Input, call: Call) {
      const group = needChangeable(kind, call, nameIn(input));
      const changes = atMostTwenty(input.Parameters).map((parameter) => {
        const definition = needParameter(group.family, parameter.ParameterName, scope);
        const value = required(parameter.ParameterValue, `Parameters[${definition.name}].ParameterValue`);
        checkParameterValue(definition, value);
        checkMethod(definition, parameter);
        return { definition, value };
      });
      for (const { definition, value } of changes) group.values[definition.name] = value;
      tell(
        kind,
        call,
        group,
        changes.map(({ definition }) => definition.type),
      );
      return { [`${of}ParameterGroupName`]: group.name };
    },

    [`Reset${of}ParameterGroup`](input: Input, call: Call) {
      const group = needChangeable(kind, call, nameIn(input));
      // Without ResetAllParameters, the call resets the listed parameters (RDS User Guide, "Resetting parameters in a DB parameter group").
      if (input.ResetAllParameters && input.Parameters?.length)
        throw invalidCombination("ResetAllParameters cannot be combined with a list of parameters.");
      const names = input.Parameters?.length
        ? atMostTwenty(input.Parameters)
        : Object.keys(group.values).map((ParameterName): Parameter => ({ ParameterName, ApplyMethod: "pending-reboot" }));
      const definitions = names.map((parameter) => {
        const definition = needParameter(group.family, parameter.ParameterName, scope);
        checkMethod(definition, parameter);
        return definition;
      });
      for (const { name } of definitions) delete group.values[name];
      tell(
        kind,
        call,
        group,
        definitions.map(({ type }) => type),
      );
      return { [`${of}ParameterGroupName`]: group.name };
    },

    [`Delete${of}ParameterGroup`](input: Input, call: Call) {
      const group = needChangeable(kind, call, nameIn(input));
      if (kind.user(call, group.name) !== undefined)
        throw new AwsFault(
          "InvalidDBParameterGroupState",
          `One or more database ${scope}s are still members of this parameter group ${group.name}, so the group cannot be deleted`,
        );
      table.delete(call, group.name);
      return {};
    },
  };
}

/** The families of a scope. Clusters exist for Aurora, MySQL and PostgreSQL. */
function familiesOf(scope: Of["scope"]): readonly string[] {
  return scope === "cluster" ? families.filter((family) => !family.startsWith("mariadb")) : families;
}

export const parameterTransitions = {
  /** Ends the change of dynamic values on an instance. */
  parametersApplied({ id, resourceId }: { id: string; resourceId: string }, call: Call) {
    const instance = instances.get(call, id);
    if (instance?.resourceId === resourceId && instance.parameterStatus === "applying") instance.parameterStatus = "in-sync";
  },
};

export function needParameterGroup(call: Call, name: string | undefined): ParameterGroupRecord {
  return need(ofInstances, call, name);
}

/**
 * The cluster parameter group of a request. A create of a cluster has its own error code for a missing group (RDS API, CreateDBCluster).
 */
export function needClusterParameterGroup(call: Call, name: string): ParameterGroupRecord {
  try {
    return need(ofClusters, call, name);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    throw new AwsFault("DBClusterParameterGroupNotFound", error.message, 404);
  }
}

function need({ of, table, scope, ...more }: Of, call: Call, name: string | undefined): ParameterGroupRecord {
  const wanted = nameOf(required(name, `${of}ParameterGroupName`));
  const family = /^default\.(.+)$/.exec(wanted)?.[1];
  if (family !== undefined && familiesOf(scope).includes(family)) return makeDefault({ of, table, scope, ...more }, call, family);
  const found = table.get(call, wanted);
  if (!found || !call.sees(table.key(wanted), "id")) throw noParameterGroup(wanted);
  return found;
}

export function defaultParameterGroup(call: Call, family: string): ParameterGroupRecord {
  return makeDefault(ofInstances, call, family);
}

export function defaultClusterParameterGroup(call: Call, family: string): ParameterGroupRecord {
  return makeDefault(ofClusters, call, family);
}

/** Makes AWS's default group at its first use. */
function makeDefault({ table }: Of, call: Call, family: string): ParameterGroupRecord {
  const name = `default.${family}`;
  const known = table.get(call, name);
  if (known) return known;
  const record: ParameterGroupRecord = { name, family, description: `Default parameter group for ${family}`, values: {}, tags: {} };
  table.set(call, name, record);
  return record;
}

function needChangeable(kind: Of, call: Call, name: string | undefined): ParameterGroupRecord {
  const group = need(kind, call, name);
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

/**
 * Passes a change of a group to its instances. Static values wait for a reboot, which no maintenance window makes; dynamic values arrive
 * within seconds. Values of a cluster wait on its instances.
 */
function tell(kind: Of, call: Call, group: ParameterGroupRecord, types: readonly string[]): void {
  const using = new Set(clusters.all(call).flatMap((one) => (one.parameterGroup === group.name ? one.members : [])));
  for (const instance of instances.all(call)) {
    if (kind.scope === "cluster" ? !using.has(instance.id) : instance.parameterGroup !== group.name) continue;
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

function describe({ of, type }: Of, record: ParameterGroupRecord, call: Call) {
  return {
    [`${of}ParameterGroupName`]: record.name,
    DBParameterGroupFamily: record.family,
    Description: record.description,
    [`${of}ParameterGroupArn`]: arn(call, type, record.name),
  };
}
