import { needsIpv4 } from "../shared/network/ipv6-only.ts";
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { checkPolicy, policyLimits } from "../shared/policies/checks.ts";
import type { FileSystem } from "./schema.ts";

/**
 * Checks that the schema cannot express: fields that need each other, and one mount target in each zone of one VPC (EFS API:
 * CreateFileSystem, CreateMountTarget).
 */
export function check({ spec }: Subject<FileSystem>, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkModes(spec),
    ...checkTargets(spec, index),
    ...(spec.policy === undefined ? [] : checkPolicy(spec.policy, "policy", "resource", policyLimits.fileSystem)),
  ];
}

const conflict = (path: string, summary: string, hint: string): Problem => ({ code: "conflict", path, summary, hint });

function checkModes(spec: FileSystem): Problem[] {
  const { throughputMode = "bursting", provisionedThroughput, performanceMode, availabilityZone, lifecycle } = spec;
  const problems: Problem[] = [];
  if (throughputMode === "provisioned" && provisionedThroughput === undefined)
    problems.push(conflict("throughputMode", "throughputMode: provisioned needs provisionedThroughput", "add provisionedThroughput"));
  if (throughputMode !== "provisioned" && provisionedThroughput !== undefined)
    problems.push(
      conflict(
        "provisionedThroughput",
        `throughputMode: ${throughputMode} has no provisioned throughput`,
        "write throughputMode: provisioned",
      ),
    );
  if (performanceMode === "maxIO" && throughputMode === "elastic")
    problems.push(conflict("performanceMode", "elastic throughput needs performanceMode: generalPurpose", "remove performanceMode"));
  if (performanceMode === "maxIO" && availabilityZone !== undefined)
    problems.push(conflict("performanceMode", "a One Zone file system needs performanceMode: generalPurpose", "remove performanceMode"));
  if (spec.kmsKey !== undefined && spec.encrypted === false)
    problems.push(conflict("kmsKey", "kmsKey needs encryption", "remove encrypted: false"));
  const { transitionToIA: ia, transitionToArchive: archive } = lifecycle ?? {};
  if (archive !== undefined && (throughputMode !== "elastic" || performanceMode === "maxIO"))
    problems.push(
      conflict(
        "lifecycle.transitionToArchive",
        "Archive needs throughputMode: elastic and performanceMode: generalPurpose",
        "write throughputMode: elastic",
      ),
    );
  if (ia !== undefined && archive !== undefined && daysOf(archive) <= daysOf(ia))
    problems.push(
      conflict("lifecycle.transitionToArchive", `files must move to Archive later than to Infrequent Access (${ia})`, "write a later time"),
    );
  return problems;
}

function daysOf(age: string): number {
  return Number(/\d+/.exec(age)?.[0]);
}

function checkTargets({ mountTargets = {}, availabilityZone }: FileSystem, index: ResourceIndex): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(mountTargets);
  const taken = new Map<string, string>();
  let vpc: string | undefined;
  for (const name of names) {
    const path = `mountTargets.${name}`;
    // AWS judges subnets that are not declared here.
    const subnet = index.get(name)?.spec as { vpc?: unknown; availabilityZone?: string } | undefined;
    if (subnet === undefined) continue;
    problems.push(...needsIpv4(index, "a mount target", [[path, name]]));
    const place = refKey(subnet.vpc);
    vpc ??= place;
    if (vpc !== place)
      problems.push(conflict(path, `${name} is in ${place}, and other mount targets are in ${vpc}`, "write subnets of one VPC"));
    const zone = subnet.availabilityZone;
    if (zone !== undefined && availabilityZone !== undefined && zone !== availabilityZone)
      problems.push(
        conflict(
          path,
          `${name} is in ${zone}, and the file system is only in ${availabilityZone}`,
          `write a subnet in ${availabilityZone}`,
        ),
      );
    const other = zone === undefined ? undefined : taken.get(zone);
    if (other !== undefined)
      problems.push(
        conflict(path, `${other} is also in ${zone}, and a file system has one mount target per zone`, "remove one of the two"),
      );
    if (zone !== undefined) taken.set(zone, name);
    for (const [i, group] of (mountTargets[name]!.securityGroups ?? []).entries()) {
      const its = index.get(refKey(group))?.spec.vpc;
      if (its !== undefined && refKey(its) !== place)
        problems.push(
          conflict(
            `${path}.securityGroups[${i}]`,
            `${refKey(group)} is in ${refKey(its)}, and ${name} is in ${place}`,
            `write a security group in ${place}`,
          ),
        );
    }
  }
  if (availabilityZone !== undefined && names.length > 1)
    problems.push(
      conflict("mountTargets", "a One Zone file system has only one mount target", `keep only the mount target in ${availabilityZone}`),
    );
  return problems;
}
