/** Serverless caches: created, changed and deleted by name. Their tags can be read and changed only while they are available. */
import type {
  CreateServerlessCacheRequest,
  DeleteServerlessCacheRequest,
  DescribeServerlessCachesRequest,
  ModifyServerlessCacheRequest,
  ServerlessCache,
} from "@aws-sdk/client-elasticache";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createManagedInterface } from "../ec2/interfaces.ts";
import { subnets as ec2Subnets } from "../ec2/state.ts";
import { invalidCombination, invalidValue, noServerless, notModelled, required, serverlessBusy } from "./faults.ts";
import { arn, identifier } from "./names.ts";
import { chooseGroups } from "./nodes.ts";
import { checkRetention } from "./replication-groups.ts";
import { serverlessCaches, serverlessSnapshots, type ServerlessRecord } from "./state.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";

const modelled = `ServerlessCacheName Description Engine MajorEngineVersion CacheUsageLimits KmsKeyId SubnetIds SecurityGroupIds UserGroupId
  SnapshotRetentionLimit DailySnapshotTime Tags`.split(/\s+/);

const changeable = `ServerlessCacheName Description Engine MajorEngineVersion CacheUsageLimits SecurityGroupIds UserGroupId RemoveUserGroup
  SnapshotRetentionLimit DailySnapshotTime`.split(/\s+/);

/** Major versions, the newest first (ElastiCache User Guide, "Serverless caches: supported versions"). */
const majors: Readonly<Record<string, readonly string[]>> = { valkey: ["8", "7"], redis: ["7"], memcached: ["1.6"] };

export const serverlessOperations: Readonly<Record<string, Handler>> = {
  CreateServerlessCache(input: CreateServerlessCacheRequest, call) {
    refuseUnknown(call, input, modelled, { NetworkType: "ipv4" });
    const name = identifier(input.ServerlessCacheName, "ServerlessCacheName", 40);
    if (serverlessCaches.get(call, name))
      throw new AwsFault("ServerlessCacheAlreadyExistsFault", `Serverless cache ${name} already exists.`);
    const engine = required(input.Engine, "Engine").toLowerCase();
    if (!Object.hasOwn(majors, engine)) throw invalidValue(`Invalid engine name: ${input.Engine}`);
    // Without subnets in the call, AWS uses those of the default VPC.
    if (!input.SubnetIds?.length) throw notModelled("serverless caches without subnets");
    const subnets = [...new Set(input.SubnetIds)].map((id) => {
      const found = ec2Subnets(call).get(id);
      if (!found || !call.sees(id, "id")) throw invalidValue(`Some input subnets in :[${id}] are invalid.`);
      return found;
    });
    if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1) throw invalidCombination("All subnets must be in the same VPC.");
    if (subnets.length > 3 || new Set(subnets.map(({ zone }) => zone)).size < Math.min(2, subnets.length))
      throw invalidCombination("A serverless cache has subnets in two or three Availability Zones.");
    if (input.KmsKeyId !== undefined && !call.exists("kmsKey", input.KmsKeyId))
      throw invalidValue(`The KMS key ${input.KmsKeyId} does not exist, is not enabled or you do not have permissions to access it.`);
    const vpcId = subnets[0]!.vpcId;
    const securityGroups = chooseGroups(call, vpcId, input.SecurityGroupIds);
    refuseOfMemcached(engine, input);
    const record: ServerlessRecord = {
      name,
      createdAt: call.now,
      description: input.Description ?? "",
      status: "creating",
      engine,
      major: majorOf(engine, input.MajorEngineVersion),
      limits: checkLimits(input.CacheUsageLimits),
      subnetIds: subnets.map(({ id }) => id),
      vpcId,
      securityGroups,
      ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: keyArn(call, input.KmsKeyId) }),
      ...(input.UserGroupId === undefined ? {} : { userGroup: input.UserGroupId }),
      snapshotRetention: checkRetention(input.SnapshotRetentionLimit ?? 0),
      ...(input.DailySnapshotTime === undefined ? {} : { snapshotTime: input.DailySnapshotTime }),
      interfaceIds: subnets.map(
        ({ id }) =>
          createManagedInterface(call, {
            subnetId: id,
            groups: securityGroups,
            description: `ElastiCache ${name}`,
            requesterId: "amazon-elasticache",
            publicAddress: false,
          }).id,
      ),
      tags: newTags(input.Tags),
    };
    serverlessCaches.set(call, name, record);
    call.later(timeFor(call, name, "serverlessCreated"), "elasticache:serverlessReady", { name, createdAt: call.now });
    return { ServerlessCache: describe(record, call) };
  },

  DescribeServerlessCaches(input: DescribeServerlessCachesRequest, call) {
    refuseUnknown(call, input, ["ServerlessCacheName", "MaxResults", "NextToken"]);
    if (input.ServerlessCacheName !== undefined) return { ServerlessCaches: [describe(need(call, input.ServerlessCacheName), call)] };
    const all = serverlessCaches.all(call).filter(({ name }) => call.sees(serverlessCaches.key(name), "id"));
    const { items, next } = page(call, all, input, {
      key: ({ name }) => serverlessCaches.key(name),
      min: 1,
      max: 50,
      size: 50,
      names: "ec2",
    });
    return { ServerlessCaches: items.map((one) => describe(one, call)), ...next };
  },

  ModifyServerlessCache(input: ModifyServerlessCacheRequest, call) {
    refuseUnknown(call, input, changeable);
    const record = needAvailable(call, input.ServerlessCacheName);
    if (Object.entries(input).every(([key, value]) => key === "ServerlessCacheName" || value === undefined))
      throw invalidCombination("No modifications were requested");
    const engine = input.Engine?.toLowerCase() ?? record.engine;
    if (engine !== record.engine && !(record.engine === "redis" && engine === "valkey"))
      throw invalidCombination(`A serverless cache of ${record.engine} cannot become ${engine}.`);
    const major = input.MajorEngineVersion === undefined ? record.major : majorOf(engine, input.MajorEngineVersion);
    if (engine === record.engine && Number(major) < Number(record.major))
      throw invalidCombination(`Cannot downgrade from ${record.major} to ${major}.`);
    refuseOfMemcached(engine, input);
    const limits = input.CacheUsageLimits === undefined ? record.limits : { ...record.limits, ...checkLimits(input.CacheUsageLimits) };
    const retention = checkRetention(input.SnapshotRetentionLimit ?? record.snapshotRetention);
    const groups = input.SecurityGroupIds?.length ? chooseGroups(call, record.vpcId, input.SecurityGroupIds) : record.securityGroups;
    Object.assign(record, { engine, major, limits, snapshotRetention: retention, securityGroups: groups, status: "modifying" });
    if (input.Description !== undefined) record.description = input.Description;
    if (input.UserGroupId !== undefined) record.userGroup = input.UserGroupId;
    if (input.RemoveUserGroup === true) delete record.userGroup;
    if (input.DailySnapshotTime !== undefined) record.snapshotTime = input.DailySnapshotTime;
    call.later(timeFor(call, record.name, "adjusted"), "elasticache:serverlessReady", { name: record.name, createdAt: record.createdAt });
    return { ServerlessCache: describe(record, call) };
  },

  DeleteServerlessCache(input: DeleteServerlessCacheRequest, call) {
    refuseUnknown(call, input, ["ServerlessCacheName", "FinalSnapshotName"]);
    const record = needAvailable(call, input.ServerlessCacheName);
    const last = input.FinalSnapshotName;
    if (last !== undefined) {
      if (record.engine === "memcached") throw invalidCombination("Snapshots are not supported for memcached.");
      const name = identifier(last, "FinalSnapshotName", 255);
      if (serverlessSnapshots.get(call, name))
        throw new AwsFault("ServerlessCacheSnapshotAlreadyExistsFault", `Serverless cache snapshot ${name} already exists.`);
      serverlessSnapshots.set(call, name, { name, tags: {} });
    }
    record.status = "deleting";
    call.later(timeFor(call, record.name, "serverlessDeleted"), "elasticache:serverlessGone", {
      name: record.name,
      createdAt: record.createdAt,
    });
    return { ServerlessCache: describe(record, call) };
  },
};

interface Of {
  readonly name: string;
  readonly createdAt: number;
}

export const serverlessTransitions = {
  serverlessReady(of: Of, call: Call) {
    const found = same(call, of);
    if (found && found.status !== "deleting") found.status = "available";
  },

  serverlessGone(of: Of, call: Call) {
    const found = same(call, of);
    if (!found) return;
    for (const id of found.interfaceIds) call.later(timeFor(call, id, "interfacesLinger"), "elasticache:interfaceGone", { id });
    serverlessCaches.delete(call, found.name);
  },
};

function same(call: Call, { name, createdAt }: Of): ServerlessRecord | undefined {
  const found = serverlessCaches.get(call, name);
  return found?.createdAt === createdAt ? found : undefined;
}

function need(call: Call, name: string | undefined): ServerlessRecord {
  const wanted = required(name, "ServerlessCacheName").toLowerCase();
  const found = serverlessCaches.get(call, wanted);
  if (!found || !call.sees(serverlessCaches.key(wanted), "id")) throw noServerless(wanted);
  return found;
}

function needAvailable(call: Call, name: string | undefined): ServerlessRecord {
  const found = need(call, name);
  if (found.status !== "available") throw serverlessBusy(`The serverless cache ${found.name} is ${found.status}, and not available.`);
  return found;
}

function majorOf(engine: string, asked: string | undefined): string {
  const known = majors[engine]!;
  if (asked === undefined) return known[0]!;
  if (!known.includes(asked)) throw invalidCombination(`Cannot find version ${asked} for ${engine}`);
  return asked;
}

function refuseOfMemcached(engine: string, input: ModifyServerlessCacheRequest): void {
  const foreign = (["UserGroupId", "SnapshotRetentionLimit", "DailySnapshotTime"] as const).find((name) => input[name] !== undefined);
  if (engine === "memcached" && foreign) throw invalidCombination(`${foreign} is not supported for memcached.`);
}

function checkLimits(asked: CreateServerlessCacheRequest["CacheUsageLimits"]): ServerlessRecord["limits"] {
  const bounds = (limit: { Minimum?: number | undefined; Maximum?: number | undefined } | undefined, most: number) => {
    if (!limit) return undefined;
    const { Minimum: min, Maximum: max } = limit;
    if ((min ?? 1) < 1 || (max ?? 1) < 1 || (min ?? 1) > most || (max ?? 1) > most || (min ?? 0) > (max ?? most))
      throw invalidValue(`Invalid cache usage limit: ${min} to ${max}.`);
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  };
  const data = bounds(asked?.DataStorage, 5000);
  const units = bounds(asked?.ECPUPerSecond, 15_000_000);
  return { ...(data && { data }), ...(units && { units }) };
}

function describe(record: ServerlessRecord, call: Call): ServerlessCache {
  const { data, units } = record.limits;
  const port = record.engine === "memcached" ? 11211 : 6379;
  const host = `${record.name}-${call.account.slice(0, 6)}.serverless.${call.region}.cache.amazonaws.com`;
  const isUp = record.status !== "creating";
  return {
    ServerlessCacheName: record.name,
    ARN: arn(call, "serverlesscache", record.name),
    Description: record.description,
    CreateTime: new Date(record.createdAt),
    Status: record.status,
    Engine: record.engine,
    MajorEngineVersion: record.major,
    FullEngineVersion: record.major,
    ...(data || units
      ? {
          CacheUsageLimits: {
            ...(data && { DataStorage: { Minimum: data.min, Maximum: data.max, Unit: "GB" as const } }),
            ...(units && { ECPUPerSecond: { Minimum: units.min, Maximum: units.max } }),
          },
        }
      : {}),
    ...(record.kmsKeyId === undefined ? {} : { KmsKeyId: record.kmsKeyId }),
    SubnetIds: [...record.subnetIds],
    SecurityGroupIds: [...record.securityGroups],
    ...(record.userGroup === undefined ? {} : { UserGroupId: record.userGroup }),
    SnapshotRetentionLimit: record.snapshotRetention,
    ...(record.snapshotTime === undefined ? {} : { DailySnapshotTime: record.snapshotTime }),
    ...(isUp ? { Endpoint: { Address: host, Port: port } } : {}),
    ...(isUp && record.engine !== "memcached" ? { ReaderEndpoint: { Address: host, Port: port + 1 } } : {}),
  };
}

function keyArn(call: Call, key: string): string {
  return key.startsWith("arn:") ? key : `arn:${call.partition}:kms:${call.region}:${call.account}:key/${key}`;
}
