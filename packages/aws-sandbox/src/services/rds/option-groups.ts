/** Option groups: additional features of an engine. Databases, snapshots and backups prevent the deletion of the group that they use. */
import type {
  CreateOptionGroupMessage,
  DeleteOptionGroupMessage,
  DescribeOptionGroupOptionsMessage,
  DescribeOptionGroupsMessage,
  ModifyOptionGroupMessage,
  Option,
  OptionConfiguration,
  OptionGroup,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { groups as securityGroups } from "../ec2/state.ts";
import { isDefaultOptionGroup, needOptionGroup, vpcOf } from "./chosen-options.ts";
import { engines, needEngine } from "./engines.ts";
import { invalidCombination, invalidValue, required } from "./faults.ts";
import { arn, identifier } from "./names.ts";
import { isAllowed, optionsOf, type OptionDefinition } from "./options.ts";
import {
  instances,
  optionGroups,
  quota,
  retainedBackups,
  snapshots,
  type InstanceRecord,
  type OptionGroupRecord,
  type OptionRecord,
} from "./state.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { occupy } from "./work.ts";

const sizes = { min: 20, max: 100, size: 100, names: "rds" } as const;

export const optionGroupOperations: Readonly<Record<string, Handler>> = {
  CreateOptionGroup(input: CreateOptionGroupMessage, call) {
    refuseUnknown(call, input, ["OptionGroupName", "EngineName", "MajorEngineVersion", "OptionGroupDescription", "Tags"]);
    const name = identifier(input.OptionGroupName, "OptionGroupName", 255);
    const engine = needEngine(required(input.EngineName, "EngineName"));
    const major = required(input.MajorEngineVersion, "MajorEngineVersion");
    const description = required(input.OptionGroupDescription, "OptionGroupDescription");
    if (!Object.hasOwn(engines[engine].versions, major)) throw invalidCombination(`Cannot find major version ${major} for ${engine}`);
    if (optionGroups.get(call, name)) throw new AwsFault("OptionGroupAlreadyExistsFault", `An option group named ${name} already exists.`);
    if (optionGroups.all(call).filter((group) => !isDefaultOptionGroup(group.name)).length >= quota(call, "optionGroups"))
      throw new AwsFault(
        "OptionGroupQuotaExceededFault",
        "The request would result in the user exceeding the allowed number of option groups.",
      );
    const record: OptionGroupRecord = { name, engine, major, description, options: {}, tags: newTags(input.Tags) };
    optionGroups.set(call, name, record);
    return { OptionGroup: describe(record, call) };
  },

  DescribeOptionGroups(input: DescribeOptionGroupsMessage, call) {
    const { OptionGroupName: name, EngineName: engine, MajorEngineVersion: major } = input;
    refuseUnknown(call, input, ["OptionGroupName", "EngineName", "MajorEngineVersion", "MaxRecords", "Marker"]);
    if (name !== undefined && engine !== undefined) throw invalidCombination("OptionGroupName cannot be combined with EngineName.");
    if (major !== undefined && engine === undefined) throw invalidCombination("MajorEngineVersion needs EngineName.");
    if (name !== undefined) return { OptionGroupsList: [describe(needOptionGroup(call, name), call)] };
    const all = optionGroups
      .all(call)
      .filter((group) => call.sees(optionGroups.key(group.name), "id"))
      .filter((group) => (engine === undefined || group.engine === engine) && (major === undefined || group.major === major));
    const { items, next } = page(call, all, input, { key: (group) => optionGroups.key(group.name), ...sizes });
    return { OptionGroupsList: items.map((one) => describe(one, call)), ...next };
  },

  DescribeOptionGroupOptions(input: DescribeOptionGroupOptionsMessage, call) {
    refuseUnknown(call, input, ["EngineName", "MajorEngineVersion", "MaxRecords", "Marker"]);
    const engine = needEngine(required(input.EngineName, "EngineName"));
    const majors = Object.keys(engines[engine].versions).filter((one) => (input.MajorEngineVersion ?? one) === one);
    const all = majors.flatMap((major) => optionsOf(engine, major).map((option) => ({ option, major })));
    const { items, next } = page(call, all, input, { key: ({ option, major }) => `${option.name}/${major}`, ...sizes });
    return {
      OptionGroupOptions: items.map(({ option, major }) => ({
        Name: option.name,
        Description: option.description,
        EngineName: engine,
        MajorEngineVersion: major,
        PortRequired: option.port !== undefined,
        ...(option.port === undefined ? {} : { DefaultPort: option.port }),
        OptionsDependedOn: [],
        OptionsConflictsWith: [],
        Persistent: false,
        Permanent: false,
        VpcOnly: false,
        OptionGroupOptionSettings: option.settings.map(({ name, dflt, allowed }) => ({
          SettingName: name,
          ...(dflt === undefined ? {} : { DefaultValue: dflt }),
          ...(allowed === undefined ? {} : { AllowedValues: allowed }),
          ApplyType: "DYNAMIC",
          IsModifiable: true,
          IsRequired: false,
        })),
      })),
      ...next,
    };
  },

  ModifyOptionGroup(input: ModifyOptionGroupMessage, call) {
    const group = needChangeable(call, input.OptionGroupName);
    const included = input.OptionsToInclude ?? [];
    const removed = input.OptionsToRemove ?? [];
    if (included.length + removed.length === 0) throw invalidValue("At least one option must be added, modified, or removed.");
    const both = included.find(({ OptionName }) => removed.includes(OptionName!));
    if (both) throw invalidCombination(`The option ${both.OptionName} cannot be included and removed in the same request.`);
    const users = instances.all(call).filter((one) => one.optionGroup === group.name);
    if (users.some((one) => one.making.includes("OptionGroupName") || one.optionStatus === "applying"))
      throw new AwsFault("InvalidOptionGroupStateFault", `The option group ${group.name} is being applied to a DB instance.`);
    const added = included.map((one) => [one.OptionName!, includedAs(call, group, one)] as const);
    for (const name of removed)
      if (!Object.hasOwn(group.options, name)) throw invalidValue(`The option ${name} is not in the option group ${group.name}.`);
    const options = { ...group.options, ...Object.fromEntries(added) };
    for (const name of removed) delete options[name];
    vpcOf(call, options);
    group.options = options;
    if (input.ApplyImmediately === true) for (const one of users) applyTo(call, one);
    return { OptionGroup: describe(group, call) };
  },

  DeleteOptionGroup(input: DeleteOptionGroupMessage, call) {
    const group = needChangeable(call, input.OptionGroupName);
    if (holds(call, group.name))
      throw new AwsFault("InvalidOptionGroupStateFault", `The option group '${group.name}' cannot be deleted because it is in use.`);
    optionGroups.delete(call, group.name);
    return {};
  },
};

export const optionGroupTransitions = {
  optionsApplied({ id, resourceId }: { id: string; resourceId: string }, call: Call) {
    const instance = instances.get(call, id);
    if (instance?.resourceId === resourceId) delete instance.optionStatus;
  },
};

/** Applies a change of the option group to an instance, when the call asks for it at once. */
function applyTo(call: Call, instance: InstanceRecord): void {
  if (instance.status !== "available") return;
  instance.optionStatus = "applying";
  const ms = timeFor(call, instance.resourceId, "adjusted");
  occupy(call, instance, "modifying", ms);
  call.later(ms, "rds:optionsApplied", { id: instance.id, resourceId: instance.resourceId });
}

/**
 * Whether a group is in use: by a database, a snapshot, or a backup that outlives its database (RDS
 * User Guide, "Working with option groups").
 */
function holds(call: Call, group: string): boolean {
  return (
    instances.all(call).some((one) => one.optionGroup === group || one.pending.OptionGroupName === group) ||
    snapshots.all(call).some(({ of }) => of.optionGroup === group) ||
    retainedBackups.all(call).some(({ of }) => of.optionGroup === group)
  );
}

function needChangeable(call: Call, name: string | undefined): OptionGroupRecord {
  const group = needOptionGroup(call, name);
  if (isDefaultOptionGroup(group.name)) throw invalidValue(`The default option group ${group.name} cannot be modified or deleted.`);
  return group;
}

/** The new record of an option. Settings that are not given keep their values, or get their defaults. */
function includedAs(call: Call, group: OptionGroupRecord, asked: OptionConfiguration): OptionRecord {
  const name = required(asked.OptionName, "OptionsToInclude.OptionName");
  const definition = optionsOf(group.engine, group.major).find((one) => one.name === name);
  if (!definition) throw invalidValue(`Invalid option: ${name} is not available for ${group.engine} ${group.major}.`);
  const before = group.options[name];
  const groups = asked.VpcSecurityGroupMemberships?.length ? [...asked.VpcSecurityGroupMemberships] : (before?.groups ?? []);
  if (asked.DBSecurityGroupMemberships?.length) throw invalidCombination("DB security groups are of EC2-Classic.");
  if (definition.port === undefined && (asked.Port !== undefined || groups.length > 0))
    throw invalidCombination(`The option ${name} does not have a port.`);
  if (definition.port !== undefined && groups.length === 0)
    throw invalidCombination(`The option ${name} needs at least one VPC security group.`);
  const port = asked.Port ?? before?.port ?? definition.port;
  if (port !== undefined && (port < 1150 || port > 65535)) throw invalidValue(`Invalid port: ${port}`);
  for (const id of groups) if (!securityGroups(call).has(id)) throw invalidValue(`The security group ${id} does not exist.`);
  if (asked.OptionVersion !== undefined) throw invalidValue(`The option ${name} has no versions.`);
  const settings = { ...before?.settings };
  for (const { Name, Value } of asked.OptionSettings ?? []) settings[Name ?? ""] = checkSetting(definition, Name, Value);
  return { ...(port === undefined ? {} : { port }), groups, settings };
}

function checkSetting(definition: OptionDefinition, name: string | undefined, value: string | undefined): string {
  const setting = definition.settings.find((one) => one.name === name);
  if (!setting) throw invalidValue(`Invalid option setting: ${name} is not a setting of ${definition.name}.`);
  if (value === undefined || value === "") throw invalidValue(`The option setting ${name} needs a value.`);
  if (!isAllowed(setting, value)) throw invalidValue(`Invalid value for ${name}: ${value}. Allowed values: ${setting.allowed}`);
  return value;
}

function describe(record: OptionGroupRecord, call: Call): OptionGroup {
  const VpcId = vpcOf(call, record.options);
  return {
    OptionGroupName: record.name,
    OptionGroupDescription: record.description,
    EngineName: record.engine,
    MajorEngineVersion: record.major,
    Options: Object.entries(record.options).map(([name, option]) => describeOption(name, option, record)),
    AllowsVpcAndNonVpcInstanceMemberships: VpcId === undefined,
    ...(VpcId === undefined ? {} : { VpcId }),
    OptionGroupArn: arn(call, "og", record.name),
  };
}

function describeOption(name: string, { port, groups, settings }: OptionRecord, { engine, major }: OptionGroupRecord): Option {
  const definition = optionsOf(engine, major).find((one) => one.name === name)!;
  return {
    OptionName: name,
    OptionDescription: definition.description,
    Persistent: false,
    Permanent: false,
    ...(port === undefined ? {} : { Port: port }),
    OptionSettings: definition.settings.map((setting) => ({
      Name: setting.name,
      ...((settings[setting.name] ?? setting.dflt) === undefined ? {} : { Value: settings[setting.name] ?? setting.dflt }),
      ...(setting.dflt === undefined ? {} : { DefaultValue: setting.dflt }),
      ...(setting.allowed === undefined ? {} : { AllowedValues: setting.allowed }),
      ApplyType: "DYNAMIC",
      DataType: "STRING",
      IsModifiable: true,
      IsCollection: setting.isCollection === true,
    })),
    DBSecurityGroupMemberships: [],
    VpcSecurityGroupMemberships: groups.map((id) => ({ VpcSecurityGroupId: id, Status: "active" })),
  };
}
