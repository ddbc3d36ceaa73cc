import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { whyNotType } from "../shared/instances/types.ts";
import { checkFamily, checkLogs, checkNetwork, checkPublic, checkUser } from "../shared/rds/checks.ts";
import { checkInsights } from "../shared/rds/insights.ts";
import { isAurora } from "../shared/rds/engines.ts";
import { checkWindows } from "../shared/rds/windows.ts";
import { idOf } from "./members.ts";
import { isRestored, type DbCluster, type MemberSpec } from "./schema.ts";

type Self = Subject<DbCluster>;

/**
 * Checks of a cluster that the schema cannot express: features of Aurora that a Multi-AZ cluster lacks, and requests that AWS refuses only
 * minutes later.
 */
export function check(self: Self, index: ResourceIndex): readonly Problem[] {
  const { spec } = self;
  return [
    ...(isAurora(spec.engine) ? checkAurora(self, index) : checkThree(spec, index)),
    ...checkUser(spec.masterUsername, spec.engine),
    ...checkLogs(spec.logExports, spec.engine),
    ...checkFamily("cluster", spec, spec.engine, index),
    ...checkNetwork(spec.securityGroups, spec.subnetGroup, index),
    ...checkWindows(spec),
    ...checkInsights(spec),
    ...checkCreation(spec),
    ...checkClass(spec.instanceClass, "instanceClass"),
    ...checkRest(spec),
  ];
}

/** Fields of Multi-AZ clusters only, and fields of Aurora only. */
const ofThree = ["instanceClass", "allocatedStorage", "iops"] as const;
const ofAurora = ["instances", "serverlessV2Scaling", "backtrackWindow", "httpEndpoint", "localWriteForwarding"] as const;

function checkAurora(self: Self, index: ResourceIndex): Problem[] {
  const { spec } = self;
  const instances = Object.entries(spec.instances ?? {});
  const problems: Problem[] = ofThree
    .filter((field) => spec[field] !== undefined)
    .map((field) => ({
      code: "db-cluster-shape",
      path: field,
      summary: `${field} is for Multi-AZ clusters only (engine mysql or postgres), and this is an Aurora cluster`,
      hint:
        field === "instanceClass"
          ? "write instanceClass for each instance under instances"
          : `remove ${field}: Aurora storage grows automatically`,
    }));
  if (spec.storageType !== undefined && !spec.storageType.startsWith("aurora"))
    problems.push({
      code: "db-cluster-shape",
      path: "storageType",
      summary: `Aurora has no ${spec.storageType} storage`,
      hint: "write aurora or aurora-iopt1",
    });
  if (spec.backtrackWindow !== undefined && spec.engine !== "aurora-mysql")
    problems.push({
      code: "db-cluster-shape",
      path: "backtrackWindow",
      summary: "only Aurora MySQL supports backtracking",
      hint: "remove backtrackWindow",
    });
  if (instances.length === 0)
    problems.push({
      code: "db-cluster-shape",
      severity: "warning",
      path: "engine",
      summary: "the cluster has no instances, so nothing can connect to it",
      hint: "write `instances: { a: { instanceClass: … } }`",
    });
  return [...problems, ...instances.flatMap(([name, member]) => checkMember(self, name, member, index)), ...checkScaling(spec)];
}

function checkMember({ spec, awsName }: Self, name: string, member: MemberSpec, index: ResourceIndex): Problem[] {
  const path = `instances.${name}`;
  const family = { parameterGroup: member.parameterGroup, engineVersion: spec.engineVersion };
  const id = idOf(awsName ?? "", name);
  return [
    ...checkClass(member.instanceClass, `${path}.instanceClass`),
    ...checkFamily("cluster", family, spec.engine, index, `${path}.parameterGroup`),
    ...(member.publiclyAccessible === true ? checkPublic(`${path}.publiclyAccessible`, spec.subnetGroup, index) : []),
    ...(id.length <= 63
      ? []
      : [
          {
            code: "bad-value" as const,
            path,
            summary: `the instance would have the name ${id}, and AWS allows 63 characters`,
            hint: "give the instance, or the cluster (`name:`), a shorter name",
          },
        ]),
  ];
}

function checkScaling({ instances = {}, serverlessV2Scaling: scaling }: DbCluster): Problem[] {
  const problems: Problem[] = [];
  const serverless = Object.entries(instances).find(([, { instanceClass }]) => instanceClass === "db.serverless");
  if (serverless && scaling === undefined)
    problems.push({
      code: "missing-field",
      path: `instances.${serverless[0]}.instanceClass`,
      summary: "db.serverless needs serverlessV2Scaling on the cluster",
      hint: "write `serverlessV2Scaling: { minCapacity: 0.5, maxCapacity: 4 }`",
    });
  if (scaling && scaling.minCapacity > scaling.maxCapacity)
    problems.push({ code: "bad-value", path: "serverlessV2Scaling.minCapacity", summary: "minCapacity is greater than maxCapacity" });
  if (scaling?.untilAutoPause !== undefined && scaling.minCapacity !== 0)
    problems.push({
      code: "conflict",
      path: "serverlessV2Scaling.untilAutoPause",
      summary: "only a cluster with minCapacity 0 can pause",
      hint: "write minCapacity: 0, or remove untilAutoPause",
    });
  return problems;
}

function checkThree(spec: DbCluster, index: ResourceIndex): Problem[] {
  const problems: Problem[] = ofAurora
    .filter((field) => spec[field] !== undefined)
    .map((field) => ({
      code: "db-cluster-shape",
      path: field,
      summary: `${field} is for Aurora only, and the engine ${spec.engine} makes a Multi-AZ cluster`,
      hint: field === "instances" ? "remove instances: AWS creates a writer and two readers with instanceClass" : `remove ${field}`,
    }));
  for (const field of ["instanceClass", "allocatedStorage"] as const)
    if (spec[field] === undefined)
      problems.push({
        code: "missing-field",
        summary: `${field} is missing`,
        hint: "a Multi-AZ cluster needs it; only Aurora does not",
      });
  const group = index.get(spec.subnetGroup)?.spec as { subnets?: readonly string[] } | undefined;
  const zones = group?.subnets?.map((subnet) => (index.get(subnet)?.spec as { availabilityZone?: string } | undefined)?.availabilityZone);
  // AWS judges subnets whose zone is not written.
  if (zones && !zones.includes(undefined) && new Set(zones).size < 3)
    problems.push({
      code: "db-zones",
      path: "subnetGroup",
      summary: `a Multi-AZ cluster needs subnets in three zones, and those of ${spec.subnetGroup} are in ${new Set(zones).size}`,
      hint: "add a subnet in another zone to the group",
    });
  const { storageType = "gp3", iops } = spec;
  if (storageType.startsWith("aurora"))
    problems.push({
      code: "db-cluster-shape",
      path: "storageType",
      summary: `a Multi-AZ cluster cannot have ${storageType} storage`,
    });
  if (storageType.startsWith("io") && iops === undefined)
    problems.push({ code: "missing-field", summary: `${storageType} storage needs iops`, path: "storageType" });
  return problems;
}

function checkClass(name: string | undefined, path: string): Problem[] {
  const wrong = name === undefined || name === "db.serverless" ? undefined : whyNotType(name, "db.");
  return wrong ? [{ code: "bad-instance-type", path, summary: `RDS has no class "${name}": ${wrong.why}.`, hint: wrong.hint }] : [];
}

/** A cluster is created in only one of these ways. */
function checkCreation(spec: DbCluster): Problem[] {
  const { snapshot, restoreToPointInTime: point } = spec;
  const problems: Problem[] = [];
  if (spec.masterUsername === undefined && !isRestored(spec))
    problems.push({
      code: "missing-field",
      summary: "masterUsername is missing",
      hint: "only a cluster that is created from a snapshot or another cluster already has a master user",
    });
  if (snapshot !== undefined && point !== undefined)
    problems.push({
      code: "conflict",
      path: "restoreToPointInTime",
      summary: "a cluster is created from only one source: snapshot and restoreToPointInTime exclude each other",
      hint: "remove one of them",
    });
  if (point?.type === "copy-on-write" && (!isAurora(spec.engine) || point.time !== "latest"))
    problems.push({
      code: "conflict",
      path: "restoreToPointInTime.type",
      summary: "copy-on-write is for Aurora only, and only with time: latest",
      hint: isAurora(spec.engine) ? "write time: latest, or remove type" : "remove type",
    });
  return problems;
}

function checkRest(spec: DbCluster): Problem[] {
  const problems: Problem[] = [];
  if ((spec.monitoringInterval ?? 0) > 0 && spec.monitoringRole === undefined)
    problems.push({ code: "missing-field", summary: "monitoringInterval needs monitoringRole", path: "monitoringInterval" });
  if (spec.kmsKey !== undefined && spec.storageEncrypted === false)
    problems.push({ code: "conflict", path: "kmsKey", summary: "kmsKey needs encrypted storage", hint: "remove storageEncrypted: false" });
  return problems;
}
