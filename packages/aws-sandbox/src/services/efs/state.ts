/** The records of EFS, by id. They are plain JSON. */
import { AwsFault, type Call } from "../../model.ts";

export type Tags = Record<string, string>;

export interface FileSystemRecord {
  readonly id: string;
  readonly token: string;
  readonly createdAt: number;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly performanceMode: string;
  /** The zone of a One Zone file system. */
  readonly zone?: string;
  state: string;
  throughputMode: string;
  provisioned?: number;
  /** When the throughput mode was last changed, or the throughput lowered. */
  throughputChangedAt?: number;
  /** Lifecycle policies with one key each, as in the API. */
  lifecycle: Record<string, string>[];
  backup: boolean;
  policy?: string;
  overwriteProtection: string;
  tags: Tags;
}

export interface MountTargetRecord {
  readonly id: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly ipAddress: string;
  readonly interfaceId: string;
  state: string;
  securityGroups: string[];
}

export interface AccessPointRecord {
  readonly id: string;
  readonly token: string;
  readonly fileSystemId: string;
  readonly posixUser?: { readonly Uid: number; readonly Gid: number; readonly SecondaryGids?: number[] };
  readonly root: {
    readonly Path: string;
    readonly CreationInfo?: { readonly OwnerUid: number; readonly OwnerGid: number; readonly Permissions: string };
  };
  state: string;
  tags: Tags;
}

type In = Pick<Call, "store">;

export const fileSystems = (call: In) => call.store.table<FileSystemRecord>("efs.fileSystems");
export const mountTargets = (call: In) => call.store.table<MountTargetRecord>("efs.mountTargets");
export const accessPoints = (call: In) => call.store.table<AccessPointRecord>("efs.accessPoints");

export function targetsOf(call: In, id: string): MountTargetRecord[] {
  return [...mountTargets(call).values()].filter(({ fileSystemId }) => fileSystemId === id);
}

export function needFileSystem(call: Call, given: string | undefined): FileSystemRecord {
  const id = (given ?? "").replace(/^arn:.*\//, "");
  const found = fileSystems(call).get(id);
  if (!found || !call.sees(id, "id")) throw new AwsFault("FileSystemNotFound", `File system '${given}' does not exist.`, 404);
  return found;
}

/** The file system, if it is available. Otherwise most changes are refused (EFS API: IncorrectFileSystemLifeCycleState). */
export function needAvailable(call: Call, given: string | undefined): FileSystemRecord {
  const found = needFileSystem(call, given);
  if (found.state !== "available")
    throw new AwsFault("IncorrectFileSystemLifeCycleState", `File system '${found.id}' is ${found.state}, and not available.`, 409);
  return found;
}

export const badRequest = (message: string) => new AwsFault("BadRequest", message, 400);

export function arnOf(call: Call, type: "file-system" | "access-point", id: string): string {
  return `arn:${call.partition}:elasticfilesystem:${call.region}:${call.account}:${type}/${id}`;
}

export function checkedTags(list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined, have: Tags): Tags {
  const tags: Tags = {};
  for (const { Key, Value = "" } of list ?? []) {
    if (!Key || Key.length > 128 || Value.length > 256) throw badRequest("Tag keys have 1 to 128 characters and tag values 256 at most.");
    if (/^aws:/i.test(Key)) throw badRequest(`Tag keys beginning with aws: are reserved: ${Key}`);
    if (Key in tags) throw badRequest(`Duplicate tag key: ${Key}`);
    tags[Key] = Value;
  }
  if (Object.keys({ ...have, ...tags }).length > 50) throw badRequest("A resource can have at most 50 tags.");
  return tags;
}

export function tagList(tags: Tags) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
