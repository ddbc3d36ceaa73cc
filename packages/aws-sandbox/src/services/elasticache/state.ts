/** The records and tables of ElastiCache, one type and one table for each kind of resource. They are plain JSON. */
import type { Call } from "../../model.ts";

export type Tags = Record<string, string>;

export interface SubnetGroupRecord {
  readonly name: string;
  readonly vpcId: string;
  description: string;
  subnetIds: string[];
  tags: Tags;
}

export interface ParameterGroupRecord {
  readonly name: string;
  readonly family: string;
  readonly description: string;
  /** Only values that were set. */
  values: Record<string, string>;
  tags: Tags;
}

export interface MemberRecord {
  readonly id: string;
  /** The id of its shard, such as "0001". */
  readonly shard: string;
  readonly zone: string;
  readonly interfaceId: string;
}

export interface LogRecord {
  readonly type: string;
  readonly format: string;
  readonly destinationType: string;
  readonly destination: string;
}

/** The new values of a change, applied at its end. */
export interface GroupPatch {
  engine?: string;
  engineVersion?: string;
  nodeType?: string;
  automaticFailover?: boolean;
  multiAz?: boolean;
  parameterGroup?: string;
  transit?: "disabled" | "preferred" | "required";
  /** Number of nodes in each shard. */
  nodes?: number;
  shards?: string[];
  userGroups?: string[];
  logs?: LogRecord[];
}

export interface ReplicationGroupRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly clusterEnabled: boolean;
  readonly subnetGroup: string;
  readonly vpcId: string;
  readonly port: number;
  readonly atRest: boolean;
  readonly kmsKeyId?: string;
  description: string;
  status: string;
  engine: string;
  engineVersion: string;
  nodeType: string;
  members: MemberRecord[];
  automaticFailover: boolean;
  multiAz: boolean;
  parameterGroup: string;
  securityGroups: string[];
  transit: "disabled" | "preferred" | "required";
  userGroups: string[];
  snapshotRetention: number;
  snapshotWindow: string;
  maintenanceWindow: string;
  topic?: string;
  autoMinorVersionUpgrade: boolean;
  logs: LogRecord[];
  /** The change that is being made now. */
  pending: GroupPatch;
  tags: Tags;
}

export interface NodeRecord {
  /** The number of the node, such as "0001". */
  readonly id: string;
  readonly zone: string;
  readonly interfaceId: string;
  readonly createdAt: number;
}

export interface ClusterPatch {
  engineVersion?: string;
  nodeType?: string;
  parameterGroup?: string;
  /** Zones of new nodes, and ids of removed nodes. */
  added?: string[];
  removed?: string[];
  logs?: LogRecord[];
}

/** A cluster without a replication group: Memcached, or one node of Redis OSS. */
export interface ClusterRecord {
  readonly id: string;
  readonly createdAt: number;
  readonly engine: string;
  readonly subnetGroup: string;
  readonly vpcId: string;
  readonly port: number;
  readonly transit: boolean;
  status: string;
  engineVersion: string;
  nodeType: string;
  nodes: NodeRecord[];
  parameterGroup: string;
  securityGroups: string[];
  snapshotRetention: number;
  snapshotWindow?: string;
  maintenanceWindow: string;
  topic?: string;
  autoMinorVersionUpgrade: boolean;
  logs: LogRecord[];
  /** The change that is being made now. */
  pending: ClusterPatch;
  tags: Tags;
}

export interface ServerlessRecord {
  readonly name: string;
  readonly createdAt: number;
  readonly subnetIds: readonly string[];
  readonly vpcId: string;
  readonly kmsKeyId?: string;
  readonly interfaceIds: readonly string[];
  description: string;
  status: string;
  engine: string;
  major: string;
  limits: { data?: Bounds; units?: Bounds };
  securityGroups: string[];
  userGroup?: string;
  snapshotRetention: number;
  snapshotTime?: string;
  tags: Tags;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface SnapshotRecord {
  readonly name: string;
  /** The source of the snapshot, if it is a cluster without a group. */
  readonly clusterId?: string;
  readonly groupId?: string;
  readonly askedAt: number;
  readonly engine: string;
  readonly engineVersion: string;
  readonly nodeType: string;
  status: "creating" | "available";
  tags: Tags;
}

type In = Pick<Call, "store">;

export const subnetGroups = table<SubnetGroupRecord>("subnetGroups", "subnetgroup");
export const parameterGroups = table<ParameterGroupRecord>("parameterGroups", "parametergroup");
export const replicationGroups = table<ReplicationGroupRecord>("replicationGroups", "replicationgroup");
export const cacheClusters = table<ClusterRecord>("clusters", "cluster");
export const serverlessCaches = table<ServerlessRecord>("serverlessCaches", "serverlesscache");
export const serverlessSnapshots = table<{ readonly name: string; tags: Tags }>("serverlessSnapshots", "serverlesscachesnapshot");
export const snapshots = table<SnapshotRecord>("snapshots", "snapshot");

/** A table that finds records by their name in lower case, as ElastiCache stores it. */
interface Named<R extends object> {
  get(call: In, name: string): R | undefined;
  set(call: In, name: string, record: R): void;
  delete(call: In, name: string): void;
  all(call: In): R[];
  key(name: string): string;
}

function table<R extends object>(name: string, type: string): Named<R> {
  const rows = (call: In) => call.store.table<R>(`elasticache.${name}`);
  // The store remembers creations by key, for all services together.
  const key = (id: string) => `elasticache:${type}:${id.toLowerCase()}`;
  return {
    get: (call, id) => rows(call).get(key(id)),
    set: (call, id, record) => void rows(call).set(key(id), record),
    delete: (call, id) => void rows(call).delete(key(id)),
    all: (call) => [...rows(call)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record),
    key,
  };
}

/** Quotas of an account in a region (ElastiCache User Guide, "Quotas for ElastiCache"). */
const defaults = { subnetGroups: 150, subnetsPerGroup: 20, parameterGroups: 150, nodes: 300 } as const;

/** A quota. The table "elasticache.quotas" of the store overrides AWS's defaults. */
export function quota(call: In, name: keyof typeof defaults): number {
  return call.store.table<{ value: number }>("elasticache.quotas").get(name)?.value ?? defaults[name];
}
