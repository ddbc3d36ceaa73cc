import type { Fields, FieldUrgency, Impact } from "../kind.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { meansSame } from "../shared/policies/documents.ts";
import { policyLines } from "../shared/policies/told.ts";
import { defaults, type AccessPoint, type FileSystem, type MountTarget } from "./schema.ts";
import { opensByPolicy, opensWithMore } from "../shared/urgency.ts";

/** Tells the user what to do where AWS cannot change a file system in place: a plan never replaces a file system. */
export const runbook =
  "declare a second file system, copy the files (AWS DataSync, or rsync on an instance that mounts both), mount the new one, and remove this one";

const forGood = (what: string): Impact => ({ refuse: `${what} can only be chosen when a file system is created. By hand: ${runbook}.` });

type Targets = NonNullable<FileSystem["mountTargets"]>;

/** How each field of a file system is compared, and the cost of a change. */
export const fields: Fields<FileSystem> = {
  encrypted: { change: forGood("Encryption"), default: { value: defaults.encrypted, class: "create-only" }, urgency: "safety" },
  kmsKey: { change: forGood("The key"), same: (request, have) => have !== undefined && isSameKey(request, have), urgency: "safety" },
  performanceMode: { change: forGood("The performance mode") },
  throughputMode: { change: "update", because: "the mode changes at once, and AWS accepts the next change only after 24 hours" },
  provisionedThroughput: { change: "update", because: "an increase is possible at once, a decrease only once in 24 hours" },
  availabilityZone: { change: forGood("The zone of a One Zone file system") },
  lifecycle: { change: "update", same: isSameLifecycle, made: { off: {} } },
  backup: { change: "update", urgency: "safety" },
  policy: {
    change: "update",
    late: true,
    same: (request, have) => have !== undefined && meansSame(request, have),
    lines: policyLines,
    made: { off: "" },
    urgency: opensByPolicy,
  },
  replicationOverwriteProtection: { change: "update", urgency: "safety" },
  mountTargets: {
    change: targets,
    as: { map: true, unlisted: "keep", same: isSameTarget },
    made: "entries",
    // The zone can be without a mount target for a while, but clients that mount through it hang.
    whileGone: () => undefined,
    because: "when a mount target is removed, file systems that are mounted through it hang until they are mounted again",
    urgency: urgencyOfTarget,
  },
  accessPoints: { change: "update", as: { map: true, unlisted: "keep", same: isSamePoint }, made: "entries" },
};

/** What it is mounted through, or who reaches it. */
function urgencyOfTarget(expected: MountTarget | undefined, actual: MountTarget | undefined): FieldUrgency {
  const isOpener = expected?.securityGroups !== undefined && opensWithMore(expected.securityGroups, actual?.securityGroups) === "exposure";
  return isOpener ? "exposure" : "traffic";
}

/** Compares all transitions: a transition that is not written must not exist. */
function isSameLifecycle(request: NonNullable<FileSystem["lifecycle"]>, have: FileSystem["lifecycle"]): boolean {
  return (["transitionToIA", "transitionToArchive", "transitionToPrimaryStorageClass"] as const).every(
    (key) => request[key] === have?.[key],
  );
}

/** New mount targets and other groups disturb nobody. Deleting one, or changing its address, disturbs its clients. */
function targets(was: Targets | undefined, now: Targets | undefined): Impact {
  const disturbs = Object.entries(was ?? {}).some(([subnet, { ipAddress }]) => {
    const wanted = now?.[subnet];
    return wanted === undefined || (wanted.ipAddress !== undefined && wanted.ipAddress !== ipAddress);
  });
  return disturbs ? "restart" : "update";
}

/**
 * Whether a mount target is as desired. While AWS is creating it, AWS does not show its groups (EFS API, DescribeMountTargetSecurityGroups:
 * IncorrectMountTargetState). Until then it counts as different: access is evaluated from the written groups, and a run waits for the mount
 * target before it reports success.
 */
function isSameTarget(request: MountTarget, have: MountTarget): boolean {
  const { ipAddress, securityGroups } = request;
  if (ipAddress !== undefined && ipAddress !== have.ipAddress) return false;
  if (securityGroups === undefined) return true;
  if (have.securityGroups === undefined) return false;
  const [wanted, given] = [new Set(securityGroups), new Set(have.securityGroups)];
  return wanted.size === given.size && [...wanted].every((group) => given.has(group));
}

function isSamePoint(request: AccessPoint, have: AccessPoint): boolean {
  return pointText(request) === pointText(have);
}

/** The text of an access point in one form, for comparison. */
export function pointText({ path = "/", posixUser: user, creation }: AccessPoint): string {
  return JSON.stringify([
    path,
    user === undefined ? [] : [user.uid, user.gid, ...(user.secondaryGids ?? []).toSorted((a, b) => a - b)],
    creation === undefined ? [] : [creation.ownerUid, creation.ownerGid, creation.permissions.padStart(4, "0")],
  ]);
}
