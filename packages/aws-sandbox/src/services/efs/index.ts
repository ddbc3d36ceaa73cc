/**
 * EFS in the sandbox: file systems with their mount targets, access points, lifecycle, backup and policy. They hold no data. Replication is
 * not modelled, and its calls answer so.
 */
import { together, type Handler, type ServiceModel } from "../../model.ts";
import { accessPointOperations, accessPointTransitions } from "./access-points.ts";
import { fileSystemOperations, fileSystemTransitions } from "./file-systems.ts";
import { mountTargetOperations, mountTargetTransitions } from "./mount-targets.ts";
import { settingOperations } from "./settings.ts";

const operations: Readonly<Record<string, Handler>> = together(
  accessPointOperations,
  fileSystemOperations,
  mountTargetOperations,
  settingOperations,
);

export const model: ServiceModel = {
  operations,
  transitions: { ...accessPointTransitions, ...fileSystemTransitions, ...mountTargetTransitions },
};
