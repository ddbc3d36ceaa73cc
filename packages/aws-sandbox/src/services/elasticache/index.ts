/**
 * ElastiCache in the sandbox: replication groups of Valkey and Redis OSS, clusters of Memcached and Redis OSS, their subnet and parameter
 * groups, and serverless caches. Global datastores, users, AUTH tokens, restores and changes that wait for the maintenance window are not
 * modelled, and their calls answer so.
 */
import { together, type Handler, type ServiceModel } from "../../model.ts";
import { clusterModifyOperations, clusterModifyTransitions } from "./cluster-modify.ts";
import { clusterOperations, clusterTransitions } from "./clusters.ts";
import { modifyOperations, modifyTransitions } from "./modify.ts";
import { nodeTransitions } from "./nodes.ts";
import { parameterGroupOperations } from "./parameter-groups.ts";
import { replicationGroupOperations, replicationGroupTransitions } from "./replication-groups.ts";
import { serverlessOperations, serverlessTransitions } from "./serverless.ts";
import { subnetGroupOperations } from "./subnet-groups.ts";
import { tagOperations } from "./tags.ts";

const operations: Readonly<Record<string, Handler>> = together(
  clusterModifyOperations,
  clusterOperations,
  modifyOperations,
  parameterGroupOperations,
  replicationGroupOperations,
  serverlessOperations,
  subnetGroupOperations,
  tagOperations,
);

export const model: ServiceModel = {
  operations,
  transitions: {
    ...clusterModifyTransitions,
    ...clusterTransitions,
    ...modifyTransitions,
    ...nodeTransitions,
    ...replicationGroupTransitions,
    ...serverlessTransitions,
  },
};
