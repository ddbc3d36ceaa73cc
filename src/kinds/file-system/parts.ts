/** Brings mount targets and access points from observed to desired. Deletes come first, because a zone can have only one mount target. */
import { createHash } from "node:crypto";
import type { MountTargetDescription } from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { markOf, marksIn } from "../../resource/made-marks.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Changes, Run } from "../kind.ts";
import { unlessDone } from "../shared/unless-done.ts";
import {
  groupsOf,
  isStanding,
  nameOfPoint,
  pointsOf,
  tagsOfPart,
  targetsOf,
  type Handle,
  type LiveFileSystem,
  type Sdk,
} from "./observe.ts";
import { pointText } from "./rules.ts";
import type { AccessPoint, FileSystem, MountTarget } from "./schema.ts";

type FileSystemRun = Pick<Run<FileSystem, Handle>, "until" | "identity" | "say">;

/** The maximum wait for a mount target, in seconds: its creation takes 60 to 120, its deletion 30 to 90. */
const limit = 1800;

/** Whether the part is to be removed: the plan removes it, or we made it. Asked only for parts that the file no longer has. */
function goes(
  found: LiveFileSystem,
  field: "mountTargets" | "accessPoints",
  change: Changes<FileSystem>[typeof field],
  key: string,
): boolean {
  if (change?.items?.removed.some((one) => one.key === key)) return true;
  return marksIn(found.tags).has(markOf(field, key));
}

export async function setMountTargets(
  aws: Aws,
  efs: Sdk,
  found: LiveFileSystem,
  request: FileSystem,
  changes: Changes<FileSystem>,
  run: FileSystemRun,
): Promise<void> {
  const wanted = request.mountTargets ?? {};
  const standing = (await targetsOf(aws, efs, found.id)).filter(isStanding);
  const gone = standing.filter(({ SubnetId: subnet = "", IpAddress }) => {
    const own = wanted[subnet];
    if (own === undefined) return goes(found, "mountTargets", changes.mountTargets, subnet);
    return own.ipAddress !== undefined && own.ipAddress !== IpAddress;
  });
  await removeTargets(aws, efs, found.id, gone, run);
  const left = new Map(standing.filter((one) => !gone.includes(one)).map((one) => [one.SubnetId!, one]));
  for (const [subnet, target] of Object.entries(wanted)) if (!left.has(subnet)) await makeTarget(aws, efs, found.id, subnet, target, run);
  await available(aws, efs, found.id, Object.keys(wanted), run);
  for (const [subnet, { securityGroups }] of Object.entries(wanted)) {
    const MountTargetId = left.get(subnet)?.MountTargetId;
    if (MountTargetId === undefined || securityGroups === undefined) continue;
    const have = new Set(await groupsOf(aws, efs, MountTargetId));
    if (have.size === new Set(securityGroups).size && securityGroups.every((group) => have.has(group))) continue;
    await aws.efs(new efs.ModifyMountTargetSecurityGroupsCommand({ MountTargetId, SecurityGroups: [...securityGroups] }));
  }
}

/** Creates a mount target. The call takes no token: after a lost answer, a mount target in the subnet is the one that the call made. */
async function makeTarget(
  aws: Aws,
  efs: Sdk,
  FileSystemId: AwsId,
  SubnetId: AwsId,
  target: MountTarget,
  run: FileSystemRun,
): Promise<void> {
  const input = {
    FileSystemId,
    SubnetId,
    ...(target.ipAddress === undefined ? {} : { IpAddress: target.ipAddress }),
    ...(target.securityGroups === undefined ? {} : { SecurityGroups: [...target.securityGroups] }),
  };
  await whenAvailable(FileSystemId, run, () =>
    unlessDone<MountTargetDescription>(
      aws,
      () => aws.efs(new efs.CreateMountTargetCommand(input), { once: true }),
      async () => (await targetsOf(aws, efs, FileSystemId)).find((one) => one.SubnetId === SubnetId && isStanding(one)),
    ),
  );
}

async function available(aws: Aws, efs: Sdk, id: AwsId, subnets: readonly AwsId[], run: FileSystemRun): Promise<void> {
  if (subnets.length === 0) return;
  await run.until(`the mount targets of ${id} to be available`, limit, 5, async () => {
    const now = new Map((await targetsOf(aws, efs, id)).map((one) => [one.SubnetId!, one]));
    const failed = subnets.map((subnet) => now.get(subnet)).find((one) => one?.LifeCycleState === "error");
    if (failed)
      throw new Refusal(
        `AWS could not create the mount target ${failed.MountTargetId} in ${failed.SubnetId}. Delete it by hand, and apply again.`,
      );
    return subnets.every((subnet) => now.get(subnet)?.LifeCycleState === "available");
  });
}

/** Deletes mount targets and waits until they are gone: until then AWS does not delete the file system, their subnets or their groups. */
export async function removeTargets(
  aws: Aws,
  efs: Sdk,
  id: AwsId,
  targets: readonly MountTargetDescription[],
  run: Pick<FileSystemRun, "until">,
): Promise<void> {
  if (targets.length === 0) return;
  for (const { MountTargetId } of targets) await unlessGone(aws.efs(new efs.DeleteMountTargetCommand({ MountTargetId })));
  const ids = new Set(targets.map(({ MountTargetId }) => MountTargetId));
  await run.until(`AWS to delete the mount targets of ${id}`, limit, 5, async () => {
    const now = (await unlessGone(targetsOf(aws, efs, id))) ?? [];
    return !now.some(({ MountTargetId, LifeCycleState }) => ids.has(MountTargetId) && LifeCycleState !== "deleted");
  });
}

export async function setAccessPoints(
  aws: Aws,
  efs: Sdk,
  found: LiveFileSystem,
  request: FileSystem,
  changes: Changes<FileSystem>,
  run: FileSystemRun,
): Promise<void> {
  const wanted = request.accessPoints ?? {};
  const before = found.spec.accessPoints ?? {};
  const standing = (await pointsOf(aws, efs, found.id)).filter(isStanding);
  const isOther = (name: string) =>
    wanted[name] !== undefined && before[name] !== undefined && pointText(before[name]) !== pointText(wanted[name]);
  const left = new Set<string>();
  for (const one of standing) {
    const name = nameOfPoint(one);
    const isOld = isOther(name) && one.ClientToken !== tokenOf(run, name, wanted[name]!);
    if (isOld || (wanted[name] === undefined && goes(found, "accessPoints", changes.accessPoints, name)))
      await unlessGone(aws.efs(new efs.DeleteAccessPointCommand({ AccessPointId: one.AccessPointId })));
    else left.add(name);
  }
  for (const [name, point] of Object.entries(wanted)) if (!left.has(name)) await makePoint(aws, efs, found.id, name, point, run);
  const names = Object.keys(wanted);
  if (names.length === 0) return;
  await run.until(`the access points of ${found.id} to be available`, 600, 3, async () => {
    const now = (await pointsOf(aws, efs, found.id)).filter((one) => one.LifeCycleState === "available").map(nameOfPoint);
    return names.every((name) => now.includes(name));
  });
}

async function makePoint(aws: Aws, efs: Sdk, FileSystemId: AwsId, name: string, point: AccessPoint, run: FileSystemRun): Promise<void> {
  const { path = "/", posixUser: user, creation } = point;
  const input = {
    ClientToken: tokenOf(run, name, point),
    FileSystemId,
    Tags: tagList(tagsOfPart(run.identity.tags, name)),
    ...(user && { PosixUser: { Uid: user.uid, Gid: user.gid, ...(user.secondaryGids && { SecondaryGids: [...user.secondaryGids] }) } }),
    RootDirectory: {
      Path: path,
      ...(creation && {
        CreationInfo: { OwnerUid: creation.ownerUid, OwnerGid: creation.ownerGid, Permissions: creation.permissions },
      }),
    },
  };
  await whenAvailable(FileSystemId, run, async () => {
    try {
      await aws.efs(new efs.CreateAccessPointCommand(input));
    } catch (error) {
      if (!hasCode(error, "AccessPointAlreadyExists")) throw error; // the token says that it is this access point
    }
  });
}

/** The client token: the same for the same access point in every run, at most 64 characters. */
function tokenOf(run: Pick<FileSystemRun, "identity">, name: string, point: AccessPoint): string {
  return createHash("sha256")
    .update(JSON.stringify([run.identity.token, name, pointText(point)]))
    .digest("hex");
}

/** Repeats the call until AWS takes it: a change of throughput may come between. */
export async function whenAvailable(id: AwsId, run: Pick<FileSystemRun, "until">, send: () => Promise<unknown>): Promise<void> {
  await run.until(`${id} to be available`, 600, 3, async () => {
    try {
      await send();
      return true;
    } catch (error) {
      if (hasCode(error, "IncorrectFileSystemLifeCycleState", "IncorrectMountTargetState")) return false;
      throw error;
    }
  });
}
