/** ElastiCache's errors, with the codes of the wire: some end in "Fault" and some do not, and that is AWS's own doing. */
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

/** Something AWS has and this sandbox does not model. Says so instead of answering with an empty success. */
export const notModelled = (what: string) => new AwsFault("NotImplemented", `The sandbox does not model ${what}.`, 501);

/** Throws ElastiCache's error unless a parameter is there. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "")
    throw new AwsFault("InvalidParameterValue", `The parameter ${name} must be provided and must not be blank.`);
  return value;
}
