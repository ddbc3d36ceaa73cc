/**
 * RDS in the sandbox: instances of MySQL, MariaDB and PostgreSQL with their groups, parameters, replicas and snapshots, and clusters of
 * Aurora and of three instances, and proxies. Restores of clusters, custom endpoints, option groups, blue/green deployments and event
 * subscriptions are not modelled, and say so.
 */
import type { Handler, ServiceModel } from "../../model.ts";
import { catalogueOperations } from "./catalogue.ts";
import { clusterModifyOperations } from "./cluster-modify.ts";
import { clusterRemoveOperations, clusterRemoveTransitions } from "./cluster-remove.ts";
import { clusterTransitions } from "./cluster-work.ts";
import { clusterOperations } from "./clusters.ts";
import { instanceOperations } from "./instances.ts";
import { modifyOperations } from "./modify.ts";
import { networkTransitions } from "./network.ts";
import { parameterGroupOperations, parameterTransitions } from "./parameter-groups.ts";
import { powerOperations, powerTransitions } from "./power.ts";
import { proxyOperations, proxyTransitions } from "./proxies.ts";
import { removeOperations, removeTransitions } from "./remove.ts";
import { replicaOperations, replicaTransitions } from "./replicas.ts";
import { snapshotOperations, snapshotTransitions } from "./snapshots.ts";
import { subnetGroupOperations } from "./subnet-groups.ts";
import { tagOperations } from "./tags.ts";
import { workTransitions } from "./work.ts";

const operations: Readonly<Record<string, Handler>> = {
  ...catalogueOperations,
  ...clusterModifyOperations,
  ...clusterOperations,
  ...clusterRemoveOperations,
  ...instanceOperations,
  ...modifyOperations,
  ...parameterGroupOperations,
  ...powerOperations,
  ...proxyOperations,
  ...removeOperations,
  ...replicaOperations,
  ...snapshotOperations,
  ...subnetGroupOperations,
  ...tagOperations,
};

export const model: ServiceModel = {
  operations,
  transitions: {
    ...clusterRemoveTransitions,
    ...clusterTransitions,
    ...networkTransitions,
    ...parameterTransitions,
    ...powerTransitions,
    ...proxyTransitions,
    ...removeTransitions,
    ...replicaTransitions,
    ...snapshotTransitions,
    ...workTransitions,
  },
};
