/** Blue/green deployments of instances: a green copy that follows the blue instance and takes its name at the switchover. */
import type {
  BlueGreenDeployment,
  CreateBlueGreenDeploymentRequest,
  DeleteBlueGreenDeploymentRequest,
  DescribeBlueGreenDeploymentsRequest,
  SwitchoverBlueGreenDeploymentRequest,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { chooseOptionGroup, isDefaultOptionGroup } from "./chosen-options.ts";
import { familyOf, isAurora, isNewer, majorOf, needClass, resolveVersion, type EngineName } from "./engines.ts";
import { invalidCombination, invalidState, invalidValue, noBlueGreen, notModelled, required } from "./faults.ts";
import { arn, identifier, nameOf, words } from "./names.ts";
import { add, blank, needInstance, newIdentifier, newResourceId } from "./new-instance.ts";
import { defaultParameterGroup, isDefault, needParameterGroup } from "./parameter-groups.ts";
import { standAlone } from "./replicas.ts";
import { blueGreens, instances, proxies, type BlueGreenRecord, type InstanceRecord } from "./state.ts";
import { newStorage } from "./storage.ts";
import { newTags, tagList } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { isFree } from "./work.ts";

const modelled = words(`
  BlueGreenDeploymentName Source TargetEngineVersion TargetDBParameterGroupName TargetDBInstanceClass TargetStorageType
  TargetAllocatedStorage TargetIops TargetStorageThroughput Tags
`);

/** The tag that RDS puts on the green instance of a deployment. */
const greenTag = "aws:rds:bluegreen";

const wrongState = (message: string) => new AwsFault("InvalidBlueGreenDeploymentStateFault", message);
const notSupported = (message: string) => new AwsFault("SourceDatabaseNotSupportedFault", message);

export const blueGreenOperations: Readonly<Record<string, Handler>> = {
  CreateBlueGreenDeployment(input: CreateBlueGreenDeploymentRequest, call) {
    refuseUnknown(call, input, modelled, { UpgradeTargetStorageConfig: false });
    identifier(input.BlueGreenDeploymentName, "BlueGreenDeploymentName", 60);
    const name = input.BlueGreenDeploymentName!;
    if (blueGreens.all(call).some((one) => one.name.toLowerCase() === name.toLowerCase()))
      throw new AwsFault(
        "BlueGreenDeploymentAlreadyExistsFault",
        `A blue/green deployment with the specified name ${name} already exists.`,
      );
    const blue = needSource(call, required(input.Source, "Source"));
    const tags = newTags(input.Tags);
    const green = greenOf(call, blue, input);
    const id = `bgd-${call.id("x").slice(2)}`;
    add(call, green, timeFor(call, green.resourceId, "replicaCreated"));
    blue.replicaIds.push(green.id);
    green.tags[greenTag] = id;
    const record: BlueGreenRecord = {
      id,
      name,
      createdAt: call.now,
      source: { id: blue.id, resourceId: blue.resourceId },
      target: { id: green.id, resourceId: green.resourceId },
      status: "PROVISIONING",
      tags,
    };
    blueGreens.set(call, id, record);
    const upgraded = green.engineVersion === blue.engineVersion ? "restarted" : "majorUpgraded";
    call.later(
      timeFor(call, green.resourceId, "replicaCreated") + timeFor(call, green.resourceId, upgraded) + timing.firstBackup[1],
      "rds:blueGreenProvisioned",
      { id },
    );
    return { BlueGreenDeployment: describe(record, call) };
  },

  DescribeBlueGreenDeployments(input: DescribeBlueGreenDeploymentsRequest, call) {
    if (input.BlueGreenDeploymentIdentifier !== undefined)
      return { BlueGreenDeployments: [describe(needDeployment(call, input.BlueGreenDeploymentIdentifier), call)] };
    const all = filtered(
      call,
      blueGreens.all(call).filter(({ id }) => call.sees(blueGreens.key(id), "id")),
      input.Filters,
    );
    const { items, next } = page(call, all, input, { key: ({ id }) => blueGreens.key(id), min: 20, max: 100, size: 100, names: "rds" });
    return { BlueGreenDeployments: items.map((one) => describe(one, call)), ...next };
  },

  SwitchoverBlueGreenDeployment(input: SwitchoverBlueGreenDeploymentRequest, call) {
    refuseUnknown(call, input, ["BlueGreenDeploymentIdentifier", "SwitchoverTimeout"]);
    const record = needDeployment(call, input.BlueGreenDeploymentIdentifier);
    const { SwitchoverTimeout: limit = 300 } = input;
    if (limit < 30 || limit > 3600) throw invalidValue(`Invalid SwitchoverTimeout: ${limit}. It must be between 30 and 3600 seconds.`);
    const pair = pairOf(call, record);
    if (record.status !== "AVAILABLE") throw wrongState(`The blue/green deployment ${record.id} is ${record.status}, not AVAILABLE.`);
    const busy = pair.find((one) => one === undefined || !isFree(one) || one.works > 0);
    if (busy !== undefined || pair.includes(undefined))
      throw wrongState(`The blue/green deployment ${record.id} has an instance that is not available.`);
    record.status = "SWITCHOVER_IN_PROGRESS";
    for (const one of pair) one!.status = "renaming";
    call.later(timing.switchedOver, "rds:blueGreenSwitched", { id: record.id });
    return { BlueGreenDeployment: describe(record, call) };
  },

  DeleteBlueGreenDeployment(input: DeleteBlueGreenDeploymentRequest, call) {
    refuseUnknown(call, input, ["BlueGreenDeploymentIdentifier", "DeleteTarget"]);
    const record = needDeployment(call, input.BlueGreenDeploymentIdentifier);
    if (record.status === "PROVISIONING" || record.status === "SWITCHOVER_IN_PROGRESS" || record.status === "DELETING")
      throw wrongState(`The blue/green deployment ${record.id} is ${record.status} and can't be deleted.`);
    const green = instanceOf(call, record.target);
    if (input.DeleteTarget === true) {
      if (record.status === "SWITCHOVER_COMPLETED")
        throw invalidCombination("DeleteTarget can't be specified for a blue/green deployment that is SWITCHOVER_COMPLETED.");
      if (green?.deletionProtection)
        throw invalidCombination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
    }
    record.status = "DELETING";
    if (green) {
      delete green.tags[greenTag];
      standAlone(call, green);
      if (input.DeleteTarget === true) {
        green.status = "deleting";
        const of = { id: green.id, resourceId: green.resourceId, keepBackups: false };
        call.later(timeFor(call, green.resourceId, "deleted"), "rds:deleted", of);
      }
    }
    call.later(timing.deploymentDeleted, "rds:blueGreenDeleted", { id: record.id });
    return { BlueGreenDeployment: describe(record, call) };
  },
};

export const blueGreenTransitions = {
  blueGreenProvisioned({ id }: { id: string }, call: Call) {
    const record = blueGreens.get(call, id);
    if (record?.status !== "PROVISIONING") return;
    const green = instanceOf(call, record.target);
    if (call.fault("rds:blueGreenInvalid") || green === undefined || green.status === "failed") {
      record.status = "INVALID_CONFIGURATION";
      record.details = "Resources in the green environment are invalid, so switchover isn't possible.";
    } else if (isFree(green)) record.status = "AVAILABLE";
    else call.later(timing.applied, "rds:blueGreenProvisioned", { id });
  },

  blueGreenSwitched({ id }: { id: string }, call: Call) {
    const record = blueGreens.get(call, id);
    const [blue, green] = record ? pairOf(call, record) : [];
    if (!record || !blue || !green) return;
    for (const one of [blue, green]) one.status = "available";
    if (call.fault("rds:switchoverFails")) {
      record.status = "SWITCHOVER_FAILED";
      record.details = "Switchover was attempted but failed: it was rolled back.";
      return;
    }
    const name = blue.id;
    standAlone(call, green);
    rename(call, blue, oldName(call, name));
    rename(call, green, name);
    record.status = "SWITCHOVER_COMPLETED";
    record.details = "Switchover completed";
  },

  blueGreenDeleted({ id }: { id: string }, call: Call) {
    blueGreens.delete(call, id);
  },
};

function needDeployment(call: Call, given: string | undefined): BlueGreenRecord {
  const id = required(given, "BlueGreenDeploymentIdentifier").toLowerCase();
  const found = blueGreens.get(call, id);
  if (!found || !call.sees(blueGreens.key(id), "id")) throw noBlueGreen(id);
  return found;
}

/** The instance, if it can have a deployment (RDS User Guide, "Limitations and considerations for blue/green deployments"). */
function needSource(call: Call, source: string): InstanceRecord {
  if (!/^arn:[^:]+:rds:[^:]*:[^:]*:(db|cluster):/.test(source)) throw invalidValue(`Invalid ARN: ${source}`);
  if (source.includes(":cluster:")) throw notModelled("blue/green deployments of clusters");
  const blue = needInstance(call, nameOf(source));
  if (blue.clusterId !== undefined || isAurora(blue.engine)) throw notSupported(`${blue.id} is an instance of a cluster.`);
  if (blue.secret)
    throw notSupported(`Blue/green deployments don't support managing master user passwords with AWS Secrets Manager: ${blue.id}.`);
  if (blueGreens.all(call).some(({ source, target }) => [source, target].some(({ resourceId }) => resourceId === blue.resourceId)))
    throw notSupported(`${blue.id} is part of another blue/green deployment.`);
  if (blue.sourceId !== undefined) throw notSupported(`${blue.id} is a read replica.`);
  if (blue.replicaIds.length > 0) throw notModelled("blue/green deployments of instances with read replicas");
  if (proxies.all(call).some(({ targets }) => targets.some(({ id }) => id === blue.id)))
    throw notSupported(`${blue.id} is a target of an RDS Proxy.`);
  if (!isFree(blue)) throw invalidState(`Database instance is not in available state: ${blue.id} is ${blue.status}.`);
  if (blue.backupRetention === 0) throw invalidState(`Automated backups are not enabled for the database instance ${blue.id}.`);
  return blue;
}

/** The planned green copy: the requested changes, and all other values of the blue instance, including tags and protection. */
function greenOf(call: Call, blue: InstanceRecord, input: CreateBlueGreenDeploymentRequest): InstanceRecord {
  const engine = blue.engine as EngineName;
  const version = input.TargetEngineVersion === undefined ? blue.engineVersion : resolveVersion(engine, input.TargetEngineVersion);
  if (isNewer(version, blue.engineVersion)) throw invalidCombination(`Cannot upgrade ${engine} from ${blue.engineVersion} to ${version}`);
  const isMajor = majorOf(engine, version) !== majorOf(engine, blue.engineVersion);
  if (isMajor && !isDefaultOptionGroup(blue.optionGroup))
    throw invalidCombination(`The option group ${blue.optionGroup} is non-default: no major version upgrade can be specified.`);
  const { storageLockedUntil: _locked, storageLoadsUntil: _loads, optionStatus: _option, createdAt: _createdAt, ...copied } = blue;
  const resourceId = newResourceId(call);
  const { iops: _iops, throughput: _throughput, ...rest } = copied;
  return {
    ...rest,
    ...blank(call, newIdentifier(call, `${blue.id.slice(0, 50)}-green-${call.id("x").slice(-6)}`), resourceId),
    engineVersion: version,
    instanceClass: needClass(input.TargetDBInstanceClass ?? blue.instanceClass, engine, version),
    parameterGroup: parametersOf(call, blue, version, input.TargetDBParameterGroupName),
    optionGroup: isMajor ? chooseOptionGroup(call, engine, version, blue.vpcId, undefined) : blue.optionGroup,
    ...storageOf(call, blue, input),
    securityGroups: [...blue.securityGroups],
    logExports: [...blue.logExports],
    tags: { ...blue.tags },
    sourceId: blue.id,
  };
}

function parametersOf(call: Call, blue: InstanceRecord, version: string, asked: string | undefined): string {
  const family = familyOf(blue.engine as EngineName, version);
  if (asked === undefined && isDefault(blue.parameterGroup)) return defaultParameterGroup(call, family).name;
  const group = needParameterGroup(call, asked ?? blue.parameterGroup);
  if (group.family === family) return group.name;
  throw invalidCombination(
    `The parameter group ${group.name} with DBParameterGroupFamily ${group.family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${family}.`,
  );
}

function storageOf(call: Call, blue: InstanceRecord, input: CreateBlueGreenDeploymentRequest) {
  const { TargetStorageType: type, TargetAllocatedStorage: size, TargetIops: iops, TargetStorageThroughput: throughput } = input;
  const isAsked = type !== undefined || size !== undefined || iops !== undefined || throughput !== undefined;
  const isSame = type === undefined || type === blue.storageType;
  const chosen = isAsked
    ? newStorage(call, blue.engine, {
        AllocatedStorage: size ?? blue.allocatedStorage,
        StorageType: type ?? blue.storageType,
        ...((iops ?? (isSame ? ownIo(blue).iops : undefined)) === undefined ? {} : { Iops: iops ?? ownIo(blue).iops! }),
        ...((throughput ?? (isSame ? ownIo(blue).throughput : undefined)) === undefined
          ? {}
          : { StorageThroughput: throughput ?? ownIo(blue).throughput! }),
      })
    : { type: blue.storageType, size: blue.allocatedStorage, iops: blue.iops, throughput: blue.throughput };
  return {
    storageType: chosen.type,
    allocatedStorage: chosen.size,
    ...(chosen.iops === undefined ? {} : { iops: chosen.iops }),
    ...(chosen.throughput === undefined ? {} : { throughput: chosen.throughput }),
  };
}

/** The IOPS and throughput that a user chose. For a small gp3 disk AWS sets them. */
function ownIo({ storageType, allocatedStorage, iops, throughput }: InstanceRecord): { iops?: number; throughput?: number } {
  if (storageType === "gp3" && allocatedStorage < 400) return {};
  return { ...(iops === undefined ? {} : { iops }), ...(throughput === undefined ? {} : { throughput }) };
}

type Of = BlueGreenRecord["source"];

/** Finds an instance by its resource id, which stays the same when its name goes to another instance. */
function instanceOf(call: Call, { resourceId }: Of): InstanceRecord | undefined {
  return instances.all(call).find((one) => one.resourceId === resourceId);
}

function pairOf(call: Call, { source, target }: BlueGreenRecord) {
  return [instanceOf(call, source), instanceOf(call, target)] as const;
}

function oldName(call: Call, name: string): string {
  let number = 1;
  while (instances.get(call, `${name}-old${number}`)) number++;
  return `${name}-old${number}`;
}

function rename(call: Call, instance: InstanceRecord, name: string): void {
  instances.delete(call, instance.id);
  instance.id = name;
  instances.set(call, name, instance);
}

/** Throws if a deployment that was not switched over holds the instance, which therefore cannot be deleted. */
export function refuseInDeployment(call: Call, { id, resourceId }: InstanceRecord): void {
  const holder = blueGreens.all(call).find(({ status, source, target }) => {
    const isPart = source.resourceId === resourceId || target.resourceId === resourceId;
    return isPart && status !== "SWITCHOVER_COMPLETED" && status !== "DELETING";
  });
  if (holder) throw invalidState(`Instance ${id} is part of the blue/green deployment ${holder.id}.`);
}

function describe(record: BlueGreenRecord, call: Call): BlueGreenDeployment {
  const named = (of: Of) => arn(call, "db", instanceOf(call, of)?.id ?? of.id);
  return {
    BlueGreenDeploymentIdentifier: record.id,
    BlueGreenDeploymentName: record.name,
    Source: named(record.source),
    Target: named(record.target),
    SwitchoverDetails: [{ SourceMember: named(record.source), TargetMember: named(record.target), Status: record.status }],
    Tasks: ["CREATING_READ_REPLICA_OF_SOURCE", "DB_ENGINE_VERSION_UPGRADE", "CONFIGURE_BACKUPS"].map((Name) => ({
      Name,
      Status: record.status === "PROVISIONING" ? "IN_PROGRESS" : "COMPLETED",
    })),
    Status: record.status,
    ...(record.details === undefined ? {} : { StatusDetails: record.details }),
    CreateTime: new Date(record.createdAt),
    TagList: tagList(record.tags),
  };
}

function filtered(
  call: Call,
  all: readonly BlueGreenRecord[],
  filters: DescribeBlueGreenDeploymentsRequest["Filters"],
): readonly BlueGreenRecord[] {
  const tests = (filters ?? []).map(({ Name, Values }) => {
    const wanted = new Set((Values ?? []).map((value) => value.toLowerCase()));
    if (wanted.size === 0) throw invalidValue(`The filter ${Name} needs values.`);
    if (Name === "blue-green-deployment-identifier") return ({ id }: BlueGreenRecord) => wanted.has(id);
    if (Name === "blue-green-deployment-name") return ({ name }: BlueGreenRecord) => wanted.has(name.toLowerCase());
    if (Name === "source") return (one: BlueGreenRecord) => wanted.has(describe(one, call).Source!);
    if (Name === "target") return (one: BlueGreenRecord) => wanted.has(describe(one, call).Target!);
    throw invalidValue(`Unrecognized filter name: ${Name}`);
  });
  return all.filter((one) => tests.every((test) => test(one)));
}
