/** File systems: created with a permanent token, changed, tagged, deleted once they have no mount targets. */
import type {
  CreateFileSystemRequest,
  DeleteFileSystemRequest,
  DescribeFileSystemsRequest,
  FileSystemDescription,
  ListTagsForResourceRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateFileSystemRequest,
} from "@aws-sdk/client-efs";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { subnets as ec2Subnets } from "../ec2/state.ts";
import {
  accessPoints,
  arnOf,
  badRequest,
  checkedTags,
  fileSystems,
  needAvailable,
  needFileSystem,
  tagList,
  targetsOf,
  type FileSystemRecord,
  type Tags,
} from "./state.ts";

const second = 1000;
const day = 24 * 3_600 * second;

/** The quota of file systems (Amazon EFS User Guide, "Amazon EFS quotas"). */
const mostFileSystems = 1000;

export const fileSystemOperations: Readonly<Record<string, Handler>> = {
  CreateFileSystem(input: CreateFileSystemRequest, call) {
    refuseUnknown(call, input, [
      "CreationToken",
      "PerformanceMode",
      "Encrypted",
      "KmsKeyId",
      "ThroughputMode",
      "ProvisionedThroughputInMibps",
      "AvailabilityZoneName",
      "Backup",
      "Tags",
    ]);
    const token = input.CreationToken!;
    if (token.length > 64) throw badRequest("The creation token has 64 characters at most.");
    const known = [...fileSystems(call).values()].find((one) => one.token === token && one.state !== "deleted");
    if (known)
      throw new AwsFault("FileSystemAlreadyExists", `File system '${known.id}' already exists with creation token '${token}'`, 409, {
        FileSystemId: known.id,
      });
    if (fileSystems(call).size >= mostFileSystems)
      throw new AwsFault("FileSystemLimitExceeded", "The maximum number of file systems for this account has been reached.", 403);
    const { PerformanceMode: performanceMode = "generalPurpose", ThroughputMode: throughputMode = "bursting" } = input;
    if (!["generalPurpose", "maxIO"].includes(performanceMode)) throw badRequest(`Invalid performance mode: ${performanceMode}`);
    if (performanceMode === "maxIO" && throughputMode === "elastic")
      throw badRequest("Elastic throughput is only supported with the General Purpose performance mode.");
    checkThroughput(throughputMode, input.ProvisionedThroughputInMibps);
    const zone = input.AvailabilityZoneName;
    if (zone !== undefined && performanceMode === "maxIO") throw badRequest("One Zone file systems do not support maxIO.");
    if (zone !== undefined && ![...ec2Subnets(call).values()].some((one) => one.zone === zone) && !zone.startsWith(call.region))
      throw new AwsFault("UnsupportedAvailabilityZone", `The Availability Zone ${zone} is not supported.`);
    if (input.KmsKeyId !== undefined && input.Encrypted !== true)
      throw badRequest("KmsKeyId can be specified only when Encrypted is true.");
    if (input.KmsKeyId !== undefined && !call.exists("kmsKey", input.KmsKeyId))
      throw badRequest(`The KMS key ${input.KmsKeyId} does not exist or cannot be used.`);
    const tags = checkedTags(input.Tags, {});
    // Backups of One Zone file systems are on by default (EFS API, CreateFileSystem: Backup).
    const backup = input.Backup ?? zone !== undefined;
    const record: FileSystemRecord = {
      id: call.id("fs"),
      token,
      createdAt: call.now,
      encrypted: input.Encrypted ?? false,
      ...(input.Encrypted === true ? { kmsKeyId: keyArn(call, input.KmsKeyId) } : {}),
      performanceMode,
      ...(zone === undefined ? {} : { zone }),
      state: "creating",
      throughputMode,
      ...(input.ProvisionedThroughputInMibps === undefined ? {} : { provisioned: input.ProvisionedThroughputInMibps }),
      lifecycle: [],
      backup,
      overwriteProtection: "ENABLED",
      tags,
    };
    fileSystems(call).set(record.id, record);
    call.tagged(record.id);
    call.later((5 + (record.id.charCodeAt(6) % 20)) * second, "efs:fileSystemReady", { id: record.id });
    return describe(record, call);
  },

  DescribeFileSystems(input: DescribeFileSystemsRequest, call) {
    if (input.CreationToken !== undefined && input.FileSystemId !== undefined)
      throw badRequest("Specify CreationToken or FileSystemId, not both.");
    if (input.FileSystemId !== undefined) return { FileSystems: [describe(needFileSystem(call, input.FileSystemId), call)] };
    const all = [...fileSystems(call).values()]
      .filter(({ id }) => call.sees(id, "id"))
      .filter(({ token }) => input.CreationToken === undefined || token === input.CreationToken);
    const { items, next } = page(call, all, input, { key: ({ id }) => id, max: Number.MAX_SAFE_INTEGER, size: 100, names: "efs" });
    return { FileSystems: items.map((one) => describe(one, call)), ...next };
  },

  /**
   * Updates the throughput. More is possible at any time; less, or another mode, once a day (EFS API, UpdateFileSystem: TooManyRequests).
   */
  UpdateFileSystem(input: UpdateFileSystemRequest, call) {
    const record = needAvailable(call, input.FileSystemId);
    const mode = input.ThroughputMode ?? record.throughputMode;
    const provisioned = mode === "provisioned" ? (input.ProvisionedThroughputInMibps ?? record.provisioned) : undefined;
    if (mode !== "provisioned" && input.ProvisionedThroughputInMibps !== undefined)
      throw badRequest("ProvisionedThroughputInMibps is only valid with provisioned throughput.");
    if (mode === record.throughputMode && provisioned === record.provisioned)
      throw badRequest("The request changes neither the throughput mode nor the provisioned throughput.");
    if (mode === "elastic" && record.performanceMode === "maxIO")
      throw badRequest("Elastic throughput is only supported with the General Purpose performance mode.");
    checkThroughput(mode, provisioned);
    const isLess = mode !== record.throughputMode || (provisioned ?? 0) < (record.provisioned ?? 0);
    if (isLess && record.throughputChangedAt !== undefined && call.now - record.throughputChangedAt < day)
      throw new AwsFault("TooManyRequests", "The throughput can be decreased, and its mode changed, once in 24 hours.", 429);
    record.throughputMode = mode;
    if (provisioned === undefined) delete record.provisioned;
    else record.provisioned = provisioned;
    record.throughputChangedAt = call.now;
    record.state = "updating";
    call.later(10 * second, "efs:fileSystemReady", { id: record.id });
    return describe(record, call);
  },

  DeleteFileSystem(input: DeleteFileSystemRequest, call) {
    const record = needFileSystem(call, input.FileSystemId);
    if (targetsOf(call, record.id).length > 0) throw new AwsFault("FileSystemInUse", `File system '${record.id}' has mount targets.`, 409);
    if (record.state === "deleting") return {};
    record.state = "deleting";
    call.later(20 * second, "efs:fileSystemGone", { id: record.id });
    return {};
  },

  TagResource(input: TagResourceRequest, call) {
    const { tags, id } = tagged(call, input.ResourceId);
    Object.assign(tags, checkedTags(input.Tags, tags));
    call.tagged(id);
    return {};
  },

  UntagResource(input: UntagResourceRequest, call) {
    const { tags, id } = tagged(call, input.ResourceId);
    for (const key of input.TagKeys ?? []) delete tags[key];
    call.tagged(id);
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceRequest, call) {
    return { Tags: tagList(tagged(call, input.ResourceId).tags) };
  },
};

export const fileSystemTransitions = {
  fileSystemReady({ id }: { id: string }, call: Call) {
    const found = fileSystems(call).get(id);
    if (found && (found.state === "creating" || found.state === "updating")) found.state = "available";
  },

  /** Ends a deletion. Access points are deleted too; backups stay in their vault. */
  fileSystemGone({ id }: { id: string }, call: Call) {
    for (const one of accessPoints(call).values()) if (one.fileSystemId === id) accessPoints(call).delete(one.id);
    fileSystems(call).delete(id);
  },
};

/** Checks the throughput (EFS API, CreateFileSystem: ThroughputMode and ProvisionedThroughputInMibps). */
function checkThroughput(mode: string, provisioned: number | undefined): void {
  if (!["bursting", "provisioned", "elastic"].includes(mode)) throw badRequest(`Invalid throughput mode: ${mode}`);
  if ((mode === "provisioned") !== (provisioned !== undefined))
    throw badRequest("ProvisionedThroughputInMibps is required with provisioned throughput, and only valid there.");
  if (provisioned !== undefined && (provisioned < 1 || provisioned > 3414))
    throw new AwsFault("ThroughputLimitExceeded", "The provisioned throughput is between 1 and 3414 MiB a second.");
}

/** The tags of a file system or an access point. */
function tagged(call: Call, given: string | undefined): { readonly tags: Tags; readonly id: string } {
  const id = (given ?? "").replace(/^arn:.*\//, "");
  const point = accessPoints(call).get(id);
  if (point && call.sees(id, "id")) return { tags: point.tags, id };
  if (id.startsWith("fsap-")) throw new AwsFault("AccessPointNotFound", `Access point ${given} does not exist.`, 404);
  return { tags: needFileSystem(call, given).tags, id };
}

/** The ARN of a key. AWS creates its own key at the first use. */
function keyArn(call: Call, key: string | undefined): string {
  if (key?.startsWith("arn:")) return key;
  return `arn:${call.partition}:kms:${call.region}:${call.account}:key/${key ?? "00000000-0000-0000-0000-0000000000ef"}`;
}

function describe(record: FileSystemRecord, call: Call): FileSystemDescription {
  const name = record.tags["Name"];
  const standing = targetsOf(call, record.id).filter(({ state }) => state !== "deleting");
  // AWS adds this tag when backups are on (Amazon EFS User Guide, "Backing up your file systems").
  const tags = record.backup ? { ...record.tags, "aws:elasticfilesystem:default-backup": "enabled" } : record.tags;
  return {
    OwnerId: call.account,
    CreationToken: record.token,
    FileSystemId: record.id,
    FileSystemArn: arnOf(call, "file-system", record.id),
    CreationTime: new Date(record.createdAt),
    LifeCycleState: record.state as "available",
    ...(name === undefined ? {} : { Name: name }),
    NumberOfMountTargets: standing.length,
    SizeInBytes: { Value: 6144, ValueInIA: 0, ValueInStandard: 6144, ValueInArchive: 0 },
    PerformanceMode: record.performanceMode as "generalPurpose",
    Encrypted: record.encrypted,
    ...(record.kmsKeyId === undefined ? {} : { KmsKeyId: record.kmsKeyId }),
    ThroughputMode: record.throughputMode as "bursting",
    ...(record.provisioned === undefined ? {} : { ProvisionedThroughputInMibps: record.provisioned }),
    ...(record.zone === undefined ? {} : { AvailabilityZoneName: record.zone }),
    Tags: tagList(tags),
    FileSystemProtection: { ReplicationOverwriteProtection: record.overwriteProtection as "ENABLED" },
  };
}
