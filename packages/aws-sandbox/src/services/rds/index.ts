/**
 * RDS in the sandbox: instances of MySQL, MariaDB and PostgreSQL with their groups, parameters, replicas and snapshots; Aurora
 * and Multi-AZ clusters; proxies, option groups, event subscriptions, and blue/green deployments of instances. Custom endpoints
 * are not modelled, and their calls answer so.
 */
import { together, type Handler, type ServiceModel } from "../../model.ts";
import { blueGreenOperations, blueGreenTransitions } from "./blue-green.ts";
import { catalogueOperations } from "./catalogue.ts";
import { clusterModifyOperations } from "./cluster-modify.ts";
import { clusterRemoveOperations, clusterRemoveTransitions } from "./cluster-remove.ts";
import { clusterTransitions } from "./cluster-work.ts";
import { clusterOperations } from "./clusters.ts";
import { clusterRestoreOperations } from "./cluster-restore.ts";
import { eventSubscriptionOperations, eventSubscriptionTransitions } from "./event-subscriptions.ts";
import { instanceOperations } from "./instances.ts";
import { modifyOperations } from "./modify.ts";
import { networkTransitions } from "./network.ts";
import { optionGroupOperations, optionGroupTransitions } from "./option-groups.ts";
import { parameterGroupOperations, parameterTransitions } from "./parameter-groups.ts";
import { pointInTimeOperations } from "./point-in-time.ts";
import { powerOperations, powerTransitions } from "./power.ts";
import { proxyOperations, proxyTransitions } from "./proxies.ts";
import { removeOperations, removeTransitions } from "./remove.ts";
import { replicaOperations, replicaTransitions } from "./replicas.ts";
import { snapshotOperations, snapshotTransitions } from "./snapshots.ts";
import { subnetGroupOperations } from "./subnet-groups.ts";
import { tagOperations } from "./tags.ts";
import { workTransitions } from "./work.ts";

const operations: Readonly<Record<string, Handler>> = together(
  blueGreenOperations,
  catalogueOperations,
  clusterModifyOperations,
  clusterOperations,
  clusterRemoveOperations,
  clusterRestoreOperations,
  eventSubscriptionOperations,
  instanceOperations,
  modifyOperations,
  optionGroupOperations,
  parameterGroupOperations,
  pointInTimeOperations,
  powerOperations,
  proxyOperations,
  removeOperations,
  replicaOperations,
  snapshotOperations,
  subnetGroupOperations,
  tagOperations,
);

export const model: ServiceModel = {
  operations,
  transitions: {
    ...blueGreenTransitions,
    ...clusterRemoveTransitions,
    ...clusterTransitions,
    ...eventSubscriptionTransitions,
    ...networkTransitions,
    ...optionGroupTransitions,
    ...parameterTransitions,
    ...powerTransitions,
    ...proxyTransitions,
    ...removeTransitions,
    ...replicaTransitions,
    ...snapshotTransitions,
    ...workTransitions,
  },
};
