/** ElastiCache's errors, with the codes on the wire: AWS ends some of them in "Fault" and some not. */
import { AwsFault } from "../../model.ts";

export const invalidValue = (message: string) => new AwsFault("InvalidParameterValue", message);
export const invalidCombination = (message: string) => new AwsFault("InvalidParameterCombination", message);
export const noSubnetGroup = (name: string) =>
  new AwsFault("CacheSubnetGroupNotFoundFault", `CacheSubnetGroup ${name} does not exist.`, 400);
export const noParameterGroup = (name: string) =>
  new AwsFault("CacheParameterGroupNotFound", `CacheParameterGroup ${name} not found.`, 404);
export const noGroup = (id: string) => new AwsFault("ReplicationGroupNotFoundFault", `ReplicationGroup ${id} not found.`, 404);
export const noCluster = (id: string) => new AwsFault("CacheClusterNotFound", `CacheCluster not found: ${id}`, 404);
export const clusterBusy = (message: string) => new AwsFault("InvalidCacheClusterState", message);
export const noSnapshot = (name: string) => new AwsFault("SnapshotNotFoundFault", `${name} is either not present or not available.`, 404);
export const groupBusy = (message: string) => new AwsFault("InvalidReplicationGroupState", message);

export const noServerless = (name: string) => new AwsFault("ServerlessCacheNotFoundFault", `ServerlessCache ${name} not found.`, 404);
export const serverlessBusy = (message: string) => new AwsFault("InvalidServerlessCacheStateFault", message);

/** The error for a feature of AWS that this sandbox does not model. An empty success would be wrong. */
export const notModelled = (what: string) => new AwsFault("NotImplemented", `The sandbox does not model ${what}.`, 501);

/** Returns a parameter; throws ElastiCache's error when it is missing. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "")
    throw new AwsFault("InvalidParameterValue", `The parameter ${name} must be provided and must not be blank.`);
  return value;
}
