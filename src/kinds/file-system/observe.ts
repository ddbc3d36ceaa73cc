import type { AccessPointDescription, FileSystemDescription, MountTargetDescription } from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { markOf, marksIn } from "../../resource/made-marks.ts";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import { dnsSuffixOf } from "../../resource/partition.ts";
import type { AwsId, Live, Scope, Tags } from "../kind.ts";
import { parsedPolicy } from "../shared/policies/documents.ts";
import { withoutUndefined } from "../shared/rds/fields.ts";
import type { AccessPoint, FileSystem, MountTarget } from "./schema.ts";

export type Sdk = typeof import("../../aws/sdk/efs.ts");

/** Data that the driver needs about a file system beyond its spec. */
export interface Handle {
  readonly arn: string;
  readonly status: string;
  readonly targets: readonly { readonly id: AwsId; readonly subnet: AwsId }[];
}

export type LiveFileSystem = Live<FileSystem, Handle>;

/**
 * Reads a file system with everything that the YAML asks for. Its mount targets and their groups are always read: if the file system is
 * kept although the file no longer has it, the groups and subnets are kept because of it.
 */
export async function read(aws: Aws, efs: Sdk, found: FileSystemDescription, scope: Scope): Promise<LiveFileSystem | undefined> {
  const id = found.FileSystemId!;
  const tags = tagsOf(found.Tags);
  const address = addressOfTag(tags[ownership.resource] ?? "");
  const marks = marksIn(tags);
  const asks = (field: keyof FileSystem & string) =>
    scope.existence !== true && (scope.whole === true || scope.asks(address, field) || marks.has(markOf(field)));
  const targets = await unlessGone(targetsOf(aws, efs, id));
  if (targets === undefined) return undefined;
  const standing = targets.filter(isStanding);
  const known = new Set([markOf("lifecycle"), markOf("policy"), ...standing.map(({ SubnetId }) => markOf("mountTargets", SubnetId))]);
  const mayHavePoints = [...marks].some((mark) => !known.has(mark));
  const asked = Promise.all([
    mountTargetsOf(aws, efs, standing, scope.existence !== true),
    asks("accessPoints") || (mayHavePoints && scope.existence !== true) ? pointsOf(aws, efs, id) : undefined,
    asks("lifecycle") ? lifecycleOf(aws, efs, id) : undefined,
    asks("backup") ? backupOf(aws, efs, id) : undefined,
    asks("policy") ? policyOf(aws, efs, id) : undefined,
  ]);
  const told = await unlessGone(asked);
  if (told === undefined) return undefined;
  const [mountTargets, accessPoints, lifecycle, backup, policy] = told;
  return {
    id,
    aliases: [found.FileSystemArn!],
    tags,
    ...(found.Name === undefined ? {} : { name: found.Name }),
    owner: found.OwnerId,
    token: found.CreationToken,
    state: stateOf(found.LifeCycleState),
    isUnderWay: [found, ...standing].some(({ LifeCycleState }) => LifeCycleState === "creating" || LifeCycleState === "updating"),
    spec: {
      ...specOf(found),
      mountTargets,
      ...(accessPoints && { accessPoints: Object.fromEntries(accessPoints.filter(isStanding).map(pointIn)) }),
      ...(lifecycle && { lifecycle }),
      ...(backup === undefined ? {} : { backup }),
      ...(policy && { policy: policy.text }),
    } as Partial<FileSystem>,
    handle: {
      arn: found.FileSystemArn!,
      status: found.LifeCycleState!,
      targets: standing.map(({ MountTargetId, SubnetId }) => ({ id: MountTargetId!, subnet: SubnetId! })),
    },
    outputs: {
      arn: found.FileSystemArn!,
      dnsName: `${id}.efs.${aws.region}.${dnsSuffixOf(aws.partition)}`,
      status: found.LifeCycleState!,
    },
    ...(found.CreationTime ? { createdAt: found.CreationTime.toISOString() } : {}),
    ...(found.LifeCycleState !== "available" && { status: found.LifeCycleState }),
    parts: (accessPoints ?? [])
      .filter(isStanding)
      .map((one) => ({ id: one.AccessPointId!, text: `access point ${one.Name ?? ""}`.trim() })),
  };
}

/** The state `updating` ends by itself. Meanwhile AWS takes no change of the settings. */
function stateOf(state: string | undefined): LiveFileSystem["state"] {
  if (state === "available" || state === "updating") return "ready";
  if (state === "deleting" || state === "deleted") return "deleting";
  return state === "error" ? { failed: state } : "pending";
}

function specOf(found: FileSystemDescription): Partial<FileSystem> {
  return withoutUndefined<FileSystem>({
    encrypted: found.Encrypted ?? false,
    kmsKey: found.KmsKeyId,
    performanceMode: found.PerformanceMode as FileSystem["performanceMode"],
    throughputMode: found.ThroughputMode as FileSystem["throughputMode"],
    provisionedThroughput: found.ProvisionedThroughputInMibps,
    availabilityZone: found.AvailabilityZoneName,
    replicationOverwriteProtection:
      found.FileSystemProtection?.ReplicationOverwriteProtection === undefined
        ? undefined
        : found.FileSystemProtection.ReplicationOverwriteProtection !== "DISABLED",
  } as { [F in keyof FileSystem]: FileSystem[F] | undefined });
}

/** A listing of mount targets has ten in a page, whatever page size is asked for (EFS API, DescribeMountTargets). */
export async function targetsOf(aws: Aws, efs: Sdk, FileSystemId: AwsId): Promise<MountTargetDescription[]> {
  const found: MountTargetDescription[] = [];
  for await (const page of aws.efs.pages(efs.DescribeMountTargetsCommand, { FileSystemId })) found.push(...(page.MountTargets ?? []));
  return found;
}

export function isStanding({ LifeCycleState: state }: { LifeCycleState?: string | undefined }): boolean {
  return state !== "deleting" && state !== "deleted";
}

async function mountTargetsOf(
  aws: Aws,
  efs: Sdk,
  targets: readonly MountTargetDescription[],
  withGroups: boolean,
): Promise<Record<AwsId, MountTarget>> {
  const entries = targets.map(async (target): Promise<[AwsId, MountTarget]> => {
    const securityGroups = withGroups ? await groupsOf(aws, efs, target.MountTargetId!) : undefined;
    return [target.SubnetId!, { ...(securityGroups && { securityGroups }), ...(target.IpAddress && { ipAddress: target.IpAddress }) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The security groups of a mount target. Undefined while it is being created, because AWS does not show them then. */
export async function groupsOf(aws: Aws, efs: Sdk, MountTargetId: AwsId): Promise<string[] | undefined> {
  try {
    const answer = await unlessGone(aws.efs(new efs.DescribeMountTargetSecurityGroupsCommand({ MountTargetId })));
    return answer?.SecurityGroups;
  } catch (error) {
    if (hasCode(error, "IncorrectMountTargetState")) return undefined;
    throw error;
  }
}

export async function pointsOf(aws: Aws, efs: Sdk, FileSystemId: AwsId): Promise<AccessPointDescription[]> {
  const found: AccessPointDescription[] = [];
  for await (const page of aws.efs.pages(efs.DescribeAccessPointsCommand, { FileSystemId, MaxResults: 100 }))
    found.push(...(page.AccessPoints ?? []));
  return found;
}

/** The name of an access point: its tag Name, or its id where it has no such tag. */
export function nameOfPoint({ Name, AccessPointId }: AccessPointDescription): string {
  return Name ?? AccessPointId!;
}

function pointIn(found: AccessPointDescription): [string, AccessPoint] {
  const { PosixUser: user, RootDirectory: root } = found;
  const made = root?.CreationInfo;
  const point: AccessPoint = {
    path: root?.Path ?? "/",
    ...(user && {
      posixUser: { uid: user.Uid!, gid: user.Gid!, ...(user.SecondaryGids?.length ? { secondaryGids: user.SecondaryGids } : {}) },
    }),
    ...(made && { creation: { ownerUid: made.OwnerUid!, ownerGid: made.OwnerGid!, permissions: made.Permissions! } }),
  };
  return [nameOfPoint(found), point];
}

async function lifecycleOf(aws: Aws, efs: Sdk, FileSystemId: AwsId): Promise<NonNullable<FileSystem["lifecycle"]>> {
  const { LifecyclePolicies = [] } = await aws.efs(new efs.DescribeLifecycleConfigurationCommand({ FileSystemId }));
  const all = Object.assign({}, ...LifecyclePolicies) as Readonly<Record<string, string | undefined>>;
  return withoutUndefined({
    transitionToIA: all["TransitionToIA"],
    transitionToArchive: all["TransitionToArchive"],
    transitionToPrimaryStorageClass: all["TransitionToPrimaryStorageClass"],
  }) as NonNullable<FileSystem["lifecycle"]>;
}

/** Whether backups are on. A backup policy that is being enabled counts as on. */
async function backupOf(aws: Aws, efs: Sdk, FileSystemId: AwsId): Promise<boolean> {
  const answer = await unlessNone(aws.efs(new efs.DescribeBackupPolicyCommand({ FileSystemId })));
  return ["ENABLED", "ENABLING"].includes(answer?.BackupPolicy?.Status ?? "");
}

async function policyOf(aws: Aws, efs: Sdk, FileSystemId: AwsId): Promise<{ readonly text: FileSystem["policy"] }> {
  const answer = await unlessNone(aws.efs(new efs.DescribeFileSystemPolicyCommand({ FileSystemId })));
  return { text: answer?.Policy === undefined ? undefined : (parsedPolicy(answer.Policy) ?? answer.Policy) };
}

async function unlessNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (hasCode(error, "PolicyNotFound")) return undefined;
    throw error;
  }
}

/** The tags of parts that we make inside a file system: its ownership tags, and the name of the part. */
export function tagsOfPart(tags: Tags, name: string): Tags {
  const kept = [ownership.project, ownership.environment, ownership.resource].flatMap((key) =>
    tags[key] === undefined ? [] : [[key, tags[key]]],
  );
  return { ...(Object.fromEntries(kept) as Tags), Name: name };
}
