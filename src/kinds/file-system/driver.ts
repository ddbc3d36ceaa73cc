import type { FileSystemDescription, LifecyclePolicy } from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { markOf, marksIn } from "../../resource/made-marks.ts";
import { tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Blocker, Changes, Driver, Member, Run, Tags } from "../kind.ts";
import { isInScope } from "../shared/in-scope.ts";
import { policyText } from "../shared/policies/documents.ts";
import { isStanding, read, targetsOf, type Handle, type LiveFileSystem, type Sdk } from "./observe.ts";
import { removeTargets, setAccessPoints, setMountTargets, whenAvailable } from "./parts.ts";
import { defaults, type FileSystem } from "./schema.ts";

export function driver(efs: Sdk): Driver<FileSystem, Handle> {
  return {
    async *list(aws, scope) {
      for await (const found of fileSystems(aws)) {
        const one = isInScope(tagsOf(found.Tags), scope) ? await read(aws, efs, found, scope) : undefined;
        if (one) yield one;
      }
    },

    async get(aws, ids, scope) {
      const lives = new Map<AwsId, LiveFileSystem>();
      for (const found of ids.length === 1 ? await one(aws, ids[0]!) : await some(aws, new Set(ids))) {
        const live = await read(aws, efs, found, scope);
        if (live) lives.set(live.id, live);
      }
      return lives;
    },

    async within(aws, found) {
      const subnets = found.get("subnet") ?? new Set<AwsId>();
      const members: Member[] = [];
      if (subnets.size > 0)
        for await (const { FileSystemId: id = "", Name, NumberOfMountTargets: count = 0 } of fileSystems(aws)) {
          const targets = count === 0 ? [] : ((await unlessGone(targetsOf(aws, efs, id))) ?? []);
          const inside = targets.filter(({ SubnetId }) => subnets.has(SubnetId!));
          if (inside.length > 0)
            members.push({ id, what: `file system ${Name ?? id}, mounted in ${inside.map(({ SubnetId }) => SubnetId).join(", ")}` });
        }
      return members;
    },

    /**
     * The file system keeps its creation token for life. When a create is sent again, AWS names the file system that has the token (EFS
     * API, CreateFileSystem).
     */
    async create(aws, request, identity) {
      const CreationToken = identity.token;
      try {
        const made = await aws.efs(
          new efs.CreateFileSystemCommand({
            CreationToken,
            Encrypted: request.encrypted ?? defaults.encrypted,
            KmsKeyId: request.kmsKey,
            PerformanceMode: request.performanceMode,
            ThroughputMode: request.throughputMode,
            ProvisionedThroughputInMibps: request.provisionedThroughput,
            AvailabilityZoneName: request.availabilityZone,
            Backup: request.backup,
            Tags: tagList(identity.tags),
          }),
        );
        return made.FileSystemId!;
      } catch (error) {
        if (!hasCode(error, "FileSystemAlreadyExists")) throw error;
        const { FileSystems: [known] = [] } = await aws.efs(new efs.DescribeFileSystemsCommand({ CreationToken }));
        if (known?.FileSystemId === undefined) throw error;
        return known.FileSystemId;
      }
    },

    async update(aws, stage, found, request, changes, run) {
      if (stage === "mountTargets") return setMountTargets(aws, efs, found, request, changes, run);
      if (stage === "accessPoints") return setAccessPoints(aws, efs, found, request, changes, run);
      if (changes.throughputMode || changes.provisionedThroughput) await setThroughput(aws, found, request, run);
      await setSettings(aws, found.id, request, changes, run);
    },

    /** Deletes the file system. If it has mount targets of others, says so and deletes nothing: they are not ours to remove. */
    async delete(aws, found, run) {
      const standing = ((await unlessGone(targetsOf(aws, efs, found.id))) ?? []).filter(isStanding);
      const foreign = standing.filter(({ SubnetId = "" }) => !isOurs(found.tags, SubnetId));
      if (foreign.length > 0)
        throw new Refusal(
          `${found.id} has mount targets that infra did not make: ${foreign.map(({ MountTargetId, SubnetId }) => `${MountTargetId} in ${SubnetId}`).join(", ")}. Delete them by hand, or list them under \`mountTargets\` and apply first.`,
        );
      await removeTargets(aws, efs, found.id, standing, run);
      await run.until(`${found.id} to accept the deletion`, 600, 5, async () => {
        try {
          await unlessGone(aws.efs(new efs.DeleteFileSystemCommand({ FileSystemId: found.id })));
          return true;
        } catch (error) {
          if (hasCode(error, "FileSystemInUse", "IncorrectFileSystemLifeCycleState")) return false;
          throw error;
        }
      });
    },

    async tag(aws, found, set, remove) {
      if (Object.keys(set).length > 0) await aws.efs(new efs.TagResourceCommand({ ResourceId: found.id, Tags: tagList(set) }));
      if (remove.length > 0) await aws.efs(new efs.UntagResourceCommand({ ResourceId: found.id, TagKeys: [...remove] }));
    },

    async find(aws, tags) {
      const ids: AwsId[] = [];
      for await (const found of fileSystems(aws)) {
        const have = tagsOf(found.Tags);
        if (isStanding(found) && Object.entries(tags).every(([key, value]) => have[key] === value)) ids.push(found.FileSystemId!);
      }
      return ids;
    },

    async blockers(aws, lives) {
      const found = new Map<AwsId, Blocker[]>();
      for (const { id, tags } of lives) {
        const standing = ((await unlessGone(targetsOf(aws, efs, id))) ?? []).filter(isStanding);
        found.set(
          id,
          standing
            .filter(({ SubnetId = "" }) => !isOurs(tags, SubnetId))
            .map(({ MountTargetId, SubnetId }) => ({
              id: MountTargetId!,
              what: `mount target ${MountTargetId} in ${SubnetId}`,
              holder: MountTargetId!,
            })),
        );
      }
      return found;
    },
  };

  async function* fileSystems(aws: Aws): AsyncIterable<FileSystemDescription> {
    for await (const page of aws.efs.pages(efs.DescribeFileSystemsCommand, { MaxItems: 100 })) yield* page.FileSystems ?? [];
  }

  async function one(aws: Aws, FileSystemId: AwsId): Promise<FileSystemDescription[]> {
    const answer = await unlessGone(aws.efs(new efs.DescribeFileSystemsCommand({ FileSystemId })));
    return answer?.FileSystems ?? [];
  }

  async function some(aws: Aws, ids: ReadonlySet<AwsId>): Promise<FileSystemDescription[]> {
    const found: FileSystemDescription[] = [];
    for await (const each of fileSystems(aws)) if (ids.has(each.FileSystemId!)) found.push(each);
    return found;
  }

  /** Changes the throughput. AWS lowers it, or changes its mode, only once in 24 hours, and nothing waits that long. */
  async function setThroughput(aws: Aws, found: LiveFileSystem, request: FileSystem, run: Run<FileSystem, Handle>): Promise<void> {
    const mode = request.throughputMode ?? found.spec.throughputMode;
    const input = {
      FileSystemId: found.id,
      ThroughputMode: mode,
      ...(mode === "provisioned" ? { ProvisionedThroughputInMibps: request.provisionedThroughput } : {}),
    };
    const isDone = async () => {
      const [now] = await one(aws, found.id);
      return (
        now?.ThroughputMode === mode && (mode !== "provisioned" || now?.ProvisionedThroughputInMibps === request.provisionedThroughput)
      );
    };
    await whenAvailable(found.id, run, async () => {
      try {
        await aws.efs(new efs.UpdateFileSystemCommand(input));
      } catch (error) {
        if (hasCode(error, "IncorrectFileSystemLifeCycleState") || !(await isDone()))
          throw hasCode(error, "TooManyRequests") ? tooSoon(found.id, error.message) : error;
      }
    });
    await run.wait(`AWS to change the throughput of ${found.id}`, 600, (now) => now === undefined || now.handle.status === "available");
  }

  async function setSettings(
    aws: Aws,
    FileSystemId: AwsId,
    request: FileSystem,
    changes: Changes<FileSystem>,
    run: Run<FileSystem, Handle>,
  ): Promise<void> {
    const { lifecycle, backup, policy, replicationOverwriteProtection: protection } = changes;
    const send = (what: () => Promise<unknown>) => whenAvailable(FileSystemId, run, what);
    if (lifecycle)
      await send(() =>
        aws.efs(new efs.PutLifecycleConfigurationCommand({ FileSystemId, LifecyclePolicies: transitions(lifecycle.after ?? {}) })),
      );
    if (backup?.after !== undefined)
      await send(() =>
        aws.efs(new efs.PutBackupPolicyCommand({ FileSystemId, BackupPolicy: { Status: request.backup ? "ENABLED" : "DISABLED" } })),
      );
    if (policy)
      await send(() =>
        request.policy === undefined || request.policy === ""
          ? unlessGone(aws.efs(new efs.DeleteFileSystemPolicyCommand({ FileSystemId })))
          : aws.efs(new efs.PutFileSystemPolicyCommand({ FileSystemId, Policy: policyText(request.policy) })),
      );
    if (protection?.after !== undefined)
      await send(() =>
        aws.efs(
          new efs.UpdateFileSystemProtectionCommand({
            FileSystemId,
            ReplicationOverwriteProtection: protection.after ? "ENABLED" : "DISABLED",
          }),
        ),
      );
  }
}

function isOurs(tags: Tags, subnet: AwsId): boolean {
  return marksIn(tags).has(markOf("mountTargets", subnet));
}

function tooSoon(id: AwsId, message: string): Refusal {
  return new Refusal(
    `AWS changes the throughput mode of ${id}, or lowers its throughput, only once in 24 hours (${message}). Apply again tomorrow.`,
  );
}

/** Writes one policy for each transition. An empty list clears them. */
function transitions(lifecycle: NonNullable<FileSystem["lifecycle"]>): LifecyclePolicy[] {
  const { transitionToIA, transitionToArchive, transitionToPrimaryStorageClass } = lifecycle;
  return [
    ...(transitionToIA ? [{ TransitionToIA: transitionToIA }] : []),
    ...(transitionToArchive ? [{ TransitionToArchive: transitionToArchive }] : []),
    ...(transitionToPrimaryStorageClass ? [{ TransitionToPrimaryStorageClass: transitionToPrimaryStorageClass }] : []),
  ];
}
