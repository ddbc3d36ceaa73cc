import type { ServerlessCache as AwsCache } from "@aws-sdk/client-elasticache";
import type { Live, Tags } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { unusualStatus, type CacheHandle } from "../shared/cache/tags.ts";
import { descriptionOf } from "../shared/marked-description.ts";
import { withoutUndefined } from "../shared/rds/fields.ts";
import type { ServerlessCache } from "./schema.ts";

export type Handle = CacheHandle;

export type LiveCache = Live<ServerlessCache, Handle>;

/** Returns a cache in the engine's form. AWS returns the status in upper or lower case (ElastiCache API, ServerlessCache: Status). */
export function live(found: AwsCache, tags: Tags, isTold: boolean): LiveCache {
  const status = (found.Status ?? "creating").toLowerCase();
  const { DataStorage: data, ECPUPerSecond: units } = found.CacheUsageLimits ?? {};
  const bounds = (limit: { Minimum?: number | undefined; Maximum?: number | undefined } | undefined) =>
    limit && withoutUndefined<{ minimum: number; maximum: number }>({ minimum: limit.Minimum, maximum: limit.Maximum });
  const isMemcached = found.Engine === "memcached";
  return {
    id: found.ServerlessCacheName!,
    aliases: [found.ARN!],
    tags,
    name: found.ServerlessCacheName!,
    owner: found.ARN!.split(":")[4],
    state: stateOf(status),
    isUnderWay: isAskedFor(status),
    spec: {
      description: descriptionOf(found.Description),
      engine: found.Engine as ServerlessCache["engine"],
      majorEngineVersion: found.MajorEngineVersion,
      usageLimits: data || units ? withoutUndefined({ dataStorage: bounds(data), ecpuPerSecond: bounds(units) }) : undefined,
      subnets: found.SubnetIds ?? [],
      securityGroups: found.SecurityGroupIds ?? [],
      kmsKey: found.KmsKeyId,
      userGroup: found.UserGroupId,
      snapshotRetention: isMemcached ? undefined : (found.SnapshotRetentionLimit ?? 0),
      dailySnapshotTime: found.DailySnapshotTime,
    } as Partial<ServerlessCache>,
    handle: { arn: found.ARN!, status, description: found.Description ?? "", isTold },
    outputs: withoutUndefined<Record<string, string>>({
      arn: found.ARN,
      status,
      endpoint: found.Endpoint?.Address,
      port: found.Endpoint?.Port?.toString(),
      readerEndpoint: found.ReaderEndpoint?.Address,
    }) as Readonly<Record<string, string>>,
    ...(found.CreateTime ? { createdAt: found.CreateTime.toISOString() } : {}),
    status: unusualStatus(status, isTold),
  };
}

function stateOf(status: string): LiveCache["state"] {
  if (status === "available") return "ready";
  if (status === "deleting") return "deleting";
  return status === "create-failed" ? { failed: status } : "pending";
}
