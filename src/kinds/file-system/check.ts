import { needsIpv4 } from "../shared/ipv6-only.ts";
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import { checkPolicy, policyLimits } from "../shared/policy-checks.ts";
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
    problems.push(conflict("throughputMode", "provisioned throughput needs its size", "write provisionedThroughput"));
  if (throughputMode !== "provisioned" && provisionedThroughput !== undefined)
    problems.push(
      conflict("provisionedThroughput", `${throughputMode} has no provisioned throughput`, "write throughputMode: provisioned"),
    );
  if (performanceMode === "maxIO" && throughputMode === "elastic")
    problems.push(conflict("performanceMode", "elastic throughput goes with generalPurpose alone", "take performanceMode out"));
  if (performanceMode === "maxIO" && availabilityZone !== undefined)
    problems.push(conflict("performanceMode", "One Zone goes with generalPurpose alone", "take performanceMode out"));
  if (spec.kmsKey !== undefined && spec.encrypted === false)
    problems.push(conflict("kmsKey", "a key needs encryption", "take encrypted: false out"));
  const { transitionToIA: ia, transitionToArchive: archive } = lifecycle ?? {};
  if (archive !== undefined && (throughputMode !== "elastic" || performanceMode === "maxIO"))
    problems.push(
      conflict("lifecycle.transitionToArchive", "Archive needs elastic throughput and generalPurpose", "write throughputMode: elastic"),
    );
  if (ia !== undefined && archive !== undefined && daysOf(archive) <= daysOf(ia))
    problems.push(
      conflict(
        "lifecycle.transitionToArchive",
        `files move to Archive after they moved to Infrequent Access (${ia})`,
        "write a later time",
      ),
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
    if (vpc !== place) problems.push(conflict(path, `${name} is in ${place}, and other mount targets are in ${vpc}`, "keep to one VPC"));
    const zone = subnet.availabilityZone;
    if (zone !== undefined && availabilityZone !== undefined && zone !== availabilityZone)
      problems.push(
        conflict(path, `${name} is in ${zone}, and the file system in ${availabilityZone} alone`, `name a subnet in ${availabilityZone}`),
      );
    const other = zone === undefined ? undefined : taken.get(zone);
    if (other !== undefined)
      problems.push(
        conflict(path, `${other} is in ${zone}, too, and a file system has one mount target a zone`, "take one of the two out"),
      );
    if (zone !== undefined) taken.set(zone, name);
    for (const [i, group] of (mountTargets[name]!.securityGroups ?? []).entries()) {
      const its = index.get(refKey(group))?.spec.vpc;
      if (its !== undefined && refKey(its) !== place)
        problems.push(
          conflict(
            `${path}.securityGroups[${i}]`,
            `${refKey(group)} is in ${refKey(its)}, and ${name} in ${place}`,
            "name a group of that VPC",
          ),
        );
    }
  }
  if (availabilityZone !== undefined && names.length > 1)
    problems.push(conflict("mountTargets", "a file system of One Zone has one mount target", "keep the one in its zone"));
  return problems;
}
